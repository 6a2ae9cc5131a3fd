"""PURE: which parts and lines of an article's container are the page's furniture and not its text."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

from crawler.extract.flow import UNSEEN, is_unseen
from crawler.extract.words import words

#: Class names and ids of share widgets, pagers, editors' lines, related links, players.
_NAMES = words(
    """
    otitle edit editor zdfy paper_num section-common-share-wrap rm_relevant box_news rm_download rm_entry
    rm_type page_n page_num pages pager tjyd rwb_tjyd rel_news related share bdsharebuttonbox hide p_editor
    p_paging rm_bbs player_box ad ads col-1-2 channel_tool txt_float_r
    """
)
_PREFIXES = ("voice-", "bshare", "bdshare", "share_", "jiathis")
_SHORTEST_NOTE = 10
_LINE = re.compile(
    r"(?:(?:上一页|下一页|首页|尾页|末页|【\d{1,3}】|\[\d{1,3}\]|共\d{1,3}页|第\d{1,3}页)[\s|>]*)+(?:\d{1,3}[\s|]*)*"
    r"|分享让更多人看到|返回顶部|点击进入专题.{0,30}|[>》]*相关(?:新闻|链接|阅读)[：:]?|\(\s*\)|（\s*）"
)


@lru_cache(maxsize=512)
def _is_furniture_class(name: str) -> bool:
    classes = name.split()
    return not _NAMES.isdisjoint(classes) or any(word.startswith(_PREFIXES) for word in classes)


def _is_empty_note(note: etree._Element) -> bool:
    """Tell whether the site's own script leaves an editor's note hidden: it shows those over 10 signs."""
    return sum(len("".join(map(str, text.itertext()))) for text in note.iter("p")) <= _SHORTEST_NOTE


def is_furniture(element: etree._Element) -> bool:
    """Tell whether an element of an article's container is no part of its text."""
    if not element.keys():
        return element.tag in UNSEEN
    if is_unseen(element):
        return True
    name, identity = element.get("class"), element.get("id")
    if identity is not None and identity in _NAMES:
        return True
    if name == "bza":
        return _is_empty_note(element)
    return bool(name) and _is_furniture_class(name)


def is_furniture_line(text: str) -> bool:
    """Tell whether a line is a pager or a share widget's words."""
    return len(text) <= 60 and _LINE.fullmatch(text) is not None
