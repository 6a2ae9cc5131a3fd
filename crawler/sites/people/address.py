"""PURE: the article and column addresses of people.com.cn, judged by their path alone."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from crawler.sites.model import ArticleAddress
from crawler.urls import host_of

PUBLISHER = "people.com.cn"
_LONGEST_KEPT = 300

_URL = re.compile(r"\s*(?P<scheme>https?)://(?P<host>[^/?#\s]+)(?P<path>/[^?#\s]*)", re.I)
_MIRROR = re.compile(r"(?:/(?:GB|BIG5|GBK))+(?=/)", re.I)
#: /n2/2021/0605/c365411-34762345-2.html: era, day, column, id, part.
_DATED = re.compile(
    r"(?P<stem>/n\d?/\d{4}/\d{3,4}/c(?:\d+-)?(?P<id>\d{5,12}))(?:-(?P<part>\d{1,3}))?(?P<end>\.html?)",
    re.I | re.ASCII,
)
#: /GB/134816/134818/9701267.html and /GB/365409/c28459122.html, here without the prefix.
_NUMBERED = re.compile(
    r"(?P<stem>(?:/\w+)+/(?:c(?:\d+-)?)?(?P<id>\d{4,12}))(?:-(?P<part>\d{1,3}))?(?P<end>\.html?)",
    re.I | re.ASCII,
)
_COLUMN = re.compile(r"/GB(?:/\d+)+/?(?:index\d*\.html?)?", re.I | re.ASCII)
_DAY = re.compile(r"/n\d?/(\d{4})/(\d{2})(\d{2})/", re.ASCII)


def locate(url: str) -> ArticleAddress | None:
    """Take an article's address apart, whatever its host, era, mirror and part; None for any other address.

    In the oldest era `/GB/` belongs to the address (`/GB/134816/134818/9701267.html`) and stays in the
    canonical form; in front of `/n…/` it is a mirror's prefix and goes.
    """
    return _locate(url) if len(url) <= _LONGEST_KEPT else _locate.__wrapped__(url)


# A watched channel shows the same addresses again and again: those that were taken apart are kept.
@lru_cache(maxsize=4096)
def _locate(url: str) -> ArticleAddress | None:
    whole = _URL.match(url)
    if whole is None:
        return None
    path = whole["path"]
    mirror = _MIRROR.match(path)
    plain = path[mirror.end() :] if mirror else path
    match, prefix = _DATED.fullmatch(plain), ""
    if match is None and mirror:
        match, prefix = _NUMBERED.fullmatch(plain), "/GB"
    if match is None:
        return None
    host = whole["host"].lower()
    if (":" in host or "@" in host) and not (host := host_of(url.strip())):
        return None
    canonical = f"{whole['scheme'].lower()}://{host}{prefix}{match['stem']}{match['end']}"
    return ArticleAddress(match["id"], max(1, int(match["part"] or 1)), canonical)


def day_of(url: str) -> date | None:
    """Return the day that an article's address names, or None."""
    match = _DAY.search(url)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def is_column(path: str) -> bool:
    """Tell whether a path leads to a column (`/GB/365401/367673/index.html`), at any page of it."""
    return _COLUMN.fullmatch(path) is not None


def part_order(url: str) -> int:
    """Return the number of the part that an address leads to, for sorting."""
    address = locate(url)
    return address.part if address else 0
