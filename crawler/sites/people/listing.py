"""PURE: home and column pages → article links, further pages, columns."""

from __future__ import annotations

import re
from datetime import datetime
from posixpath import dirname
from urllib.parse import urlsplit

from lxml import etree

from crawler.extract.dates import read_listed
from crawler.extract.flow import tidy
from crawler.extract.html import parse
from crawler.extract.refresh import refresh_target
from crawler.sites.model import ListingPage
from crawler.sites.people.address import PUBLISHER, day_of, is_column, locate
from crawler.urls import absolute, host_of
from storage.records import Link

_PAGE = re.compile(r"(?:.*/)?index(\d+)\.html?", re.I)
_INDEX = re.compile(r"index1?\.html?$", re.I)
#: An entry's date stands alone, perhaps in brackets: `2021年06月05日`, `[10月04日16:59]`.
_DATE = re.compile(
    r"[\[(（【]?\s*(?:\d{4}\s?[年/.\-])?\s?\d{1,2}\s?[月/\-]\s?\d{1,2}\s?日?\s*"
    r"(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?\s*[\])）】]?"
)
_LONGEST_DATE = 28
_ENTRIES = frozenset(("li", "dd", "tr"))
#: How many elements above its link an entry's date can stand.
_HIGHEST = 3


class _Collector:
    """Sorts the links of one page."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.host = host_of(url)
        self.path = urlsplit(url).path
        self.folder = dirname(self.path) + "/"
        self.links: dict[str, Link] = {}
        self.pages: dict[int, str] = {}
        self.columns: dict[str, str] = {}

    def take(self, anchor: etree._Element) -> None:
        href = anchor.get("href")
        target = absolute(href, self.url) if href else None
        if target is None or not self._is_here(target):
            return
        address = locate(target)
        if address is not None:
            self._article(anchor, address.key, address.canonical)
        else:
            self._page_or_column(target)

    def _is_here(self, target: str) -> bool:
        """Tell whether an address is on the page's own host; most are not, and are told apart cheaply."""
        netloc = target[target.find("//") + 2 :].partition("/")[0].lower()
        return netloc == self.host or ((":" in netloc or "@" in netloc) and host_of(target) == self.host)

    def _article(self, anchor: etree._Element, key: str, url: str) -> None:
        known = self.links.get(key)
        if known is None:
            self.links[key] = Link(url, PUBLISHER, key, _title(anchor), self.url, _listed_at(anchor, url))
        elif not known.listed_at or not known.title:
            title, listed_at = known.title or _title(anchor), known.listed_at or _listed_at(anchor, url)
            self.links[key] = Link(known.url, PUBLISHER, key, title, self.url, listed_at)

    def _page_or_column(self, target: str) -> None:
        plain = target.split("#")[0].split("?")[0]
        path = urlsplit(plain).path
        number = _PAGE.fullmatch(path)
        further = int(number[1]) if number else 0
        if further > 1:
            if dirname(path) + "/" == self.folder and path != self.path:
                self.pages.setdefault(further, plain)
        elif is_column(path):
            folder = _INDEX.sub("", path).rstrip("/") + "/"
            if folder != self.folder:
                self.columns.setdefault(folder, plain)


def _title(anchor: etree._Element) -> str:
    """Return what a link says; one that is only a picture, what its `title` or the picture's `alt` says."""
    text = tidy("".join(map(str, anchor.itertext())) if len(anchor) else anchor.text or "")
    if text:
        return text
    image = anchor.find(".//img")
    return tidy(anchor.get("title") or (image.get("alt") if image is not None else "") or "")


def _date_in(text: str | None) -> str:
    """Return a text that is a date and nothing else, '' for any other."""
    if not text or not 4 < len(text := text.strip()) <= _LONGEST_DATE:
        return ""
    return text if _DATE.fullmatch(text) else ""


def _date_beside(element: etree._Element, parent: etree._Element) -> str:
    """Return the date that stands right behind or before an element, '' if none does."""
    after, before = element.getnext(), element.getprevious()
    return (
        _date_in(element.tail)
        or (after is not None and (_date_in(after.text) or _date_in(after.tail)))
        or (before is not None and (_date_in(before.tail) or _date_in(before.text)))
        or (before is None and _date_in(parent.text))
        or ""
    )


def _listed_at(anchor: etree._Element, url: str) -> datetime | None:
    """Return the time of a link's entry: it stands beside the link, or beside what holds the link."""
    element, parent = anchor, anchor.getparent()
    for _ in range(_HIGHEST):
        if parent is None:
            return None
        if date := _date_beside(element, parent):
            return read_listed(date, day_of(url))
        if parent.tag in _ENTRIES:
            return None
        element, parent = parent, parent.getparent()
    return None


def read_listing(html: str, url: str) -> ListingPage:
    """Read a home or column page: links on its own host, an article once, by its key."""
    tree = parse(html)
    if tree is None:
        return ListingPage()
    collector = _Collector(url)
    for anchor in tree.iter("a"):
        collector.take(anchor)
    moved_to = None if collector.links else refresh_target(tree, url)
    pages = tuple(collector.pages[number] for number in sorted(collector.pages))
    return ListingPage(tuple(collector.links.values()), pages, tuple(collector.columns.values()), moved_to)
