"""PURE: home and column pages → article links, further pages, columns."""

from __future__ import annotations

import re
from datetime import date, datetime
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

_PAGE = re.compile(r"^(?:.*/)?index(\d+)\.html?$", re.I)
_INDEX = re.compile(r"index1?\.html?$", re.I)
_ITEMS = frozenset(("li", "h5", "h4", "h3", "h2", "p", "dd", "dt", "td", "div"))
_DATED = re.compile(r"\d{1,4}\s?[年月/.\-]\s?\d{1,2}")
_LONGEST_ITEM = 200


class _Collector:
    """Sorts the links of one page."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.host = host_of(url)
        self.here = _INDEX.sub("", urlsplit(url).path)
        self.folder = dirname(urlsplit(url).path)
        self.links: dict[str, Link] = {}
        self.pages: dict[int, str] = {}
        self.columns: dict[str, str] = {}

    def take(self, anchor: etree._Element) -> None:
        target = absolute(anchor.get("href"), self.url)
        if target is None or host_of(target) != self.host:
            return
        address = locate(target)
        if address is not None:
            self._article(anchor, address.key, address.canonical)
            return
        path = urlsplit(target).path
        number = _PAGE.match(path)
        if number and dirname(path) == self.folder:
            self._page(int(number.group(1)), target)
        elif is_column(path) and not (number and int(number.group(1)) > 1):
            self._column(path, target)

    def _article(self, anchor: etree._Element, key: str, url: str) -> None:
        known = self.links.get(key)
        title = tidy(_words(anchor)) or _picture_title(anchor)
        if known is None:
            self.links[key] = Link(url, PUBLISHER, key, title, self.url, _listed_at(anchor, url))
        elif not known.listed_at or not known.title:
            listed_at = known.listed_at or _listed_at(anchor, url)
            self.links[key] = Link(known.url, PUBLISHER, key, known.title or title, self.url, listed_at)

    def _page(self, number: int, target: str) -> None:
        plain = target.split("#")[0].split("?")[0]
        if number > 1 and urlsplit(plain).path != urlsplit(self.url).path:
            self.pages.setdefault(number, plain)

    def _column(self, path: str, target: str) -> None:
        folder = _INDEX.sub("", path)
        folder = folder if folder.endswith("/") else folder + "/"
        if folder != self.here and folder.rstrip("/") != self.folder:
            self.columns.setdefault(folder, target.split("#")[0].split("?")[0])


def _words(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


def _picture_title(anchor: etree._Element) -> str:
    """Return what a link that is only a picture says."""
    image = anchor.find(".//img")
    return tidy(anchor.get("title") or (image.get("alt") if image is not None else "") or "")


def _listed_at(anchor: etree._Element, url: str) -> datetime | None:
    """Return the time beside an entry: in its own item, outside the link."""
    item = anchor.getparent()
    while item is not None and item.tag not in _ITEMS:
        item = item.getparent()
    if item is None or len(item) > 12:
        return None
    words = _words(item)
    beside = words.replace(_words(anchor), " ", 1)
    if len(beside) > _LONGEST_ITEM or not _DATED.search(beside):
        return None
    day = day_of(url)
    return read_listed(beside, _date(day) if day else None)


def _date(day: tuple[int, int, int]) -> date | None:
    try:
        return date(*day)
    except ValueError:
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
