"""PURE: a listing as a browser shows it → the button that brings older articles, known by its words."""

from __future__ import annotations

import re

from lxml import etree

from crawler.extract.html import compiled, nodes, parse, words_in

#: So many new headlines show that a press or a scroll brings older articles: advertisements come by ones and twos.
LEAST_NEW = 3
_BUTTONS = compiled(
    "//button | //a[not(@href) or starts-with(@href, '#') or starts-with(@href, 'javascript:')]"
    " | //*[self::div or self::span or self::p][@role='button' or @onclick or contains(@class, 'more')]"
)
_WORDS = re.compile(
    r"\W*(?:点击|點擊|轻触)?(?:加载|加載|載入|查看|显示|顯示|浏览|瀏覽|展开|展開|阅读|閱讀|看)?更多"
    r"(?:新闻|新聞|文章|内容|內容|资讯|資訊|报道|報導|消息|动态)?\W*"
    r"|\W*(?:load|show|see|view)\s+(?:more|older)(?:\s+(?:news|stories|articles|posts|results))?\W*"
    r"|\W*(?:more|older)\s+(?:news|stories|articles|posts)\W*",
    re.I,
)
_NAME = re.compile(r"[A-Za-z][A-Za-z-]*(?:_[A-Za-z-]+)*")


def more_button(html: str) -> str:
    """Return a selector of a listing's "more" button, CSS or XPath; '' where there is none.

    A link to another page is no button. Where several say so, none is: each is for a block of its own.
    """
    tree = parse(html)
    if tree is None:
        return ""
    found = [node for node in nodes(_BUTTONS, tree) if _WORDS.fullmatch(words_in(node))]
    innermost = [
        node
        for node in found
        if not any(other is not node and node in other.iterancestors() for other in found)
    ]
    return _selector(innermost[0], tree) if len(innermost) == 1 else ""


def _selector(node: etree._Element, tree: etree._Element) -> str:
    """Its id or classes where these are words and its alone; else what it says."""
    if _is_word(name := node.get("id", "")):
        return f"#{name}"
    names = [name for name in (node.get("class") or "").split() if _is_word(name)]
    for classes in (*([name] for name in names), names):
        if classes and sum(1 for other in tree.iter(node.tag) if set(classes) <= _classes(other)) == 1:
            return ".".join([str(node.tag), *classes])
    return f"//{node.tag}[normalize-space()={_quoted(words_in(node))}]"


def _classes(node: etree._Element) -> set[str]:
    return set((node.get("class") or "").split())


def _is_word(name: str) -> bool:
    """Names with digits or signs are made by a machine, and made anew with the next build."""
    return _NAME.fullmatch(name) is not None


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"
