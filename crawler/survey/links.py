"""PURE: a page → the links of its site with their words, and whether its text is made by a script."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from crawler.extract.html import anchors, compiled, nodes, parse, words_in
from crawler.extract.words import words
from crawler.sites.addresses import is_file, is_home, is_service, plain, site_of
from crawler.sites.beside import title_of
from crawler.urls import absolute

_HAN = re.compile(r"[\u3400-\u9fff]")
_BASE = compiled("//base[@href]")
_SCRIPTS = compiled("//script[@src]")
_APP = re.compile(r'id="?(?:app|root|__next|__nuxt|main-app|q-app)\b', re.I)
_SIGN_IN = re.compile(r'type=["\']?password', re.I)
#: What links to pages that are no columns say: services, and the same site in another script or form.
_SERVICE = words(
    "关于 關於 联系 聯繫 聯絡 登录 登入 登錄 注册 註冊 广告 廣告 下载 下載 客户端 客戶端 帮助 幫助 举报 舉報"
    " 隐私 隱私 条款 條款 版权 版權 投稿 招聘 收藏 首页 首頁 会员 會員 订阅 訂閱 购物车 邮箱 登陆 退出 搜索 搜尋"
    " 繁體 繁体 简体 簡體 手机版 手機版 无障碍 english"
    " about contact login subscribe register privacy terms help advertise jobs careers newsletter home account cart"
    " search"
)
_MORE = re.compile(r"\W*(?:更多|查看更多|查看全部|全部|更多新闻|more|see all|view all|read more)?\W*", re.I)
_LEAST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link to a page of the same site: its plain address, and the longest words that lead there from this page."""

    url: str
    words: str

    @property
    def is_headline(self) -> bool:
        """Words as long as a headline's: seven Han characters, or four words and twenty letters."""
        return len(_HAN.findall(self.words)) >= 7 or (len(self.words.split()) >= 4 and len(self.words) >= 20)

    @property
    def is_label(self) -> bool:
        """Words as short as a column's name."""
        return 1 < len(self.words) <= 24 and not self.is_headline and len(self.words.split()) <= 3


def links_of(html: str, url: str) -> list[Anchor]:
    """The links of a decoded page to other pages of its site, each address once, in the page's order."""
    tree = parse(html)
    if tree is None:
        return []
    base = next((place for node in nodes(_BASE, tree) if (place := absolute(node.get("href"), url))), url)
    found: dict[str, str] = {}
    own = site_of(url)
    for anchor in anchors(tree):
        address = _address(anchor, base)
        if address and site_of(address) == own and not is_file(address):
            text = title_of(anchor)
            if _says_more(text, found.get(address, "")):
                found[address] = text
    return [Anchor(address, text) for address, text in found.items() if address != plain(url)]


def _says_more(text: str, known: str) -> bool:
    """Whether words tell more of a page than others: a name more than 更多, and of names the longer."""
    if not known or not text:
        return not known
    empty, was_empty = _MORE.fullmatch(text), _MORE.fullmatch(known)
    return bool(was_empty) if bool(was_empty) != bool(empty) else len(text) >= len(known)


def _address(anchor: etree._Element, base: str) -> str:
    try:
        address = absolute(anchor.get("href"), base)
        return plain(address) if address else ""
    except ValueError:
        return ""


def may_be_column(anchor: Anchor) -> bool:
    """Tell whether a link may lead to a listing: a short name, no service, no home, no tag or author."""
    if not anchor.is_label or is_home(anchor.url) or is_service(_all_but_category(anchor.url)):
        return False
    return not any(word in anchor.words.lower() for word in _SERVICE)


def _all_but_category(url: str) -> str:
    """`/category/local` and `/page/x` are columns, though the step before says that the page serves or lists."""
    return re.sub(r"/(?:category|categories|page|pages)/(?=[^/])", "/", url)


def text_of(html: str) -> str:
    """The words of a page that a reader sees without scripts, on one line."""
    tree = parse(html)
    if tree is None:
        return ""
    for node in list(tree.iter("script", "style", "noscript", "template", "head")):
        if (parent := node.getparent()) is not None:
            _keep_tail(node)
            parent.remove(node)
    return words_in(tree)


def _keep_tail(node: etree._Element) -> None:
    """Text behind an element that is taken out stays in the page."""
    before, parent = node.getprevious(), node.getparent()
    if before is not None:
        before.tail = (before.tail or "") + (node.tail or "")
    elif parent is not None:
        parent.text = (parent.text or "") + (node.tail or "")


def is_scripted(html: str) -> bool:
    """Tell whether a page has scripts and hardly a word or link of its own, so that a script must bring them."""
    tree = parse(html)
    if tree is None or not (nodes(_SCRIPTS, tree) or "<script" in html):
        return False
    bare = len(text_of(html)) < _LEAST_TEXT
    return bare and (bool(_APP.search(html)) or sum(1 for _ in anchors(tree)) < 3)


def asks_for_password(html: str) -> bool:
    """Tell whether a page has a field for a password."""
    return _SIGN_IN.search(html) is not None
