"""PURE: home and column pages → article links, further pages, columns."""

from __future__ import annotations

import re
from datetime import datetime
from posixpath import dirname
from urllib.parse import urlsplit

from lxml import etree

from crawler.extract.dates import read_listed
from crawler.extract.html import parse
from crawler.extract.refresh import refresh_target
from crawler.sites.beside import date_beside, title_of
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
            self.links[key] = Link(url, PUBLISHER, key, title_of(anchor), self.url, _listed_at(anchor, url))
        elif not known.listed_at or not known.title:
            title, listed_at = known.title or title_of(anchor), known.listed_at or _listed_at(anchor, url)
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


def _listed_at(anchor: etree._Element, url: str) -> datetime | None:
    """Return the time of a link's entry, in the year of the day that its address names."""
    date = date_beside(anchor, _DATE)
    return read_listed(date, day_of(url)) if date else None


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
