"""PURE: a listing of a configured site → article links with their dates, further pages, columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, tzinfo
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml import etree

from crawler.extract.flow import tidy
from crawler.extract.generic.times import read_address, read_time
from crawler.extract.html import parse
from crawler.extract.refresh import refresh_target
from crawler.sites.addresses import as_parts, is_file, is_home, is_service, plain, site_of
from crawler.sites.beside import date_beside, title_of
from crawler.sites.model import ArticleAddress, ListingPage, SiteRules
from crawler.sites.selectors import Matched, matches
from crawler.urls import absolute, host_of
from storage.records import Link

Locate = Callable[[str], ArticleAddress | None]

#: An entry's date stands alone, perhaps in brackets: `2026-11-24`, `[10月04日16:59]`, `昨天 08:15`, `3小时前`.
_DATE = re.compile(
    r"[\[(（【]?\s*(?:(?:发布)?(?:时间|日期)\s?[:：]\s?)?(?:"
    r"(?:(?:19|20)\d{2}\s?[年/.\-])?\s?\d{1,2}\s?[月/.\-]\s?\d{1,2}\s?日?"
    r"|(?:今|昨|前)[天日]|[Tt]oday|[Yy]esterday|刚刚|剛剛|just now"
    r"|[\d一二两三四五六七八九十半]{1,3}\s?个?(?:秒|分钟|分鐘|小时|小時|天|日|seconds?|minutes?|mins?|hours?|days?)\s?(?:之?前|ago)"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.?\s\d{1,2},?\s(?:19|20)\d{2}"
    r"|\d{1,2}\s(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.?,?\s(?:19|20)\d{2}"
    r")[\s,T]*(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?\s?(?:[AaPp]\.?[Mm]\.?)?\s*[\])）】]?"
)
_NEXT = re.compile(
    r"\s*(?:下一?[页頁]|后一?页|後一頁|更早|older(?: posts| stories)?|next(?: page)?)\s?(?:[>»›→]{1,2})?\s*"
    r"|[>»›→]{1,2}",
    re.I,
)
_MORE = re.compile(r"(?:阅读|查看|閱讀|查看|read|view)?\s?(?:更多|全文|more|详情|詳情|详细)\W*", re.I)
_LONGEST_MENU, _DEEPEST_COLUMN = 24, 3
_CATEGORY = re.compile(r"/categor(?:y|ies)/", re.I)
_WORD = re.compile(r"[^\W\d_]")


class _Collector:
    """Sorts the links of one page."""

    def __init__(self, site: SiteRules, locate: Locate, url: str, now: datetime | None) -> None:
        self.site, self.locate, self.now = site, locate, now
        self.url, self.here = url, plain(url)
        self.host = host_of(url)
        self.zone: tzinfo = ZoneInfo(site.time_zone)
        self.links: dict[str, Link] = {}
        self.pages: dict[int, str] = {}
        self.next: list[str] = []
        self.columns: dict[str, str] = {}

    def articles(self, anchors: Iterable[etree._Element]) -> None:
        for anchor in anchors:
            target = absolute(anchor.get("href"), self.url)
            address = self.locate(target) if target else None
            if address is not None and address.canonical != self.here:
                self._article(anchor, address)

    def _article(self, anchor: etree._Element, address: ArticleAddress) -> None:
        title, known = title_of(anchor)[:300], self.links.get(address.key)
        if known is not None:
            title = max(known.title, "" if _MORE.fullmatch(title) else title, key=len)
        listed_at = known.listed_at if known and known.listed_at else self._listed_at(anchor, address)
        self.links[address.key] = Link(
            address.canonical, self.site.name, address.key, title, self.url, listed_at
        )

    def _listed_at(self, anchor: etree._Element, address: ArticleAddress) -> datetime | None:
        date = date_beside(anchor, _DATE)
        if not date:
            return None
        day = read_address(address.canonical, self.zone)
        found = read_time(date, self.zone, now=self.now, near=day.at if day else self.now)
        return found.at if found else None

    def others(self, anchors: Iterable[etree._Element]) -> None:
        for anchor in anchors:
            target = absolute(anchor.get("href"), self.url)
            if target is None or host_of(target) != self.host:
                continue
            address = plain(target)
            if address == self.here or is_file(address):
                continue
            self._page(anchor, address)
            if self.locate(target) is None:
                self._column(anchor, address)

    def _page(self, anchor: etree._Element, address: str) -> None:
        """Note a further page of this listing: by its address, or because it calls itself the next."""
        if _NEXT.fullmatch(title_of(anchor)) or "next" in (anchor.get("rel") or "").split():
            self.next.append(address)
        own = [self.here, *(part.first for part in as_parts(self.here))]
        for part in as_parts(address):
            if any(_same_listing(part.first, one) for one in own):
                self.pages.setdefault(part.number, address)

    def _column(self, anchor: etree._Element, address: str) -> None:
        words = tidy("".join(map(str, anchor.itertext())))
        is_menu = len(words) <= _LONGEST_MENU and _WORD.search(words) and not _NEXT.fullmatch(words)
        plain_path = _CATEGORY.sub("/", address)  # no article's, but a column's
        if is_menu and _is_folder(address) and not (is_home(address) or is_service(plain_path)):
            self.columns.setdefault(address.rstrip("/"), address)

    def further(self) -> tuple[str, ...]:
        """The pages after this one, in order; where none has a number, the one that calls itself the next."""
        here = next((part.number for part in as_parts(self.here)), 1)
        numbered = [self.pages[number] for number in sorted(self.pages) if number > here]
        return tuple(dict.fromkeys([*numbered, *self.next])) if numbered else tuple(self.next[:1])


def _is_folder(address: str) -> bool:
    """Tell whether an address has the form of a column's first page."""
    parts = urlsplit(address)
    steps = [step for step in parts.path.split("/") if step]
    plain_name = not steps or "." not in steps[-1] or re.fullmatch(r"(?:index|list)\.\w+", steps[-1])
    return (
        bool(plain_name)
        and 0 < len(steps) <= _DEEPEST_COLUMN
        and not parts.query
        and not any(as_parts(address))
    )


def _same_listing(one: str, other: str) -> bool:
    """Tell whether two addresses are of one listing's first page: /news/ and /news/index.html and /news."""

    def short(address: str) -> str:
        return re.sub(r"/(?:index|list|default|page)?(?:\.\w+)?$", "", address)

    return short(one) == short(other)


def _anchors(items: Iterable[Matched]) -> Iterator[etree._Element]:
    """The links that a selector leads to: what it matches, or what stands in that."""
    for item in items:
        if isinstance(item, str):
            anchor = etree.Element("a")
            anchor.set("href", item)
            yield anchor
        elif item.get("href"):
            yield item
        else:
            yield from (anchor for anchor in item.iter("a") if anchor.get("href"))


def read_listing(
    site: SiteRules, locate: Locate, listed: Locate, html: str, url: str, now: datetime | None
) -> ListingPage:
    """Read a listing page of a configured site.

    Article links are those that `locate` knows; where the site names a selector of them, those that it matches and
    `listed` takes. Columns are looked for on the home page alone. A meta refresh counts where nothing else is there.
    """
    tree = parse(html)
    if tree is None:
        return ListingPage()
    everything = [anchor for anchor in tree.iter("a") if anchor.get("href")]
    page = _Collector(site, listed if site.links else locate, url, now)
    page.articles(_anchors(matches(site.links, tree)) if site.links else everything)
    page.locate = locate
    page.others(everything)
    if site.pages:
        chosen = (absolute(anchor.get("href"), url) for anchor in _anchors(matches(site.pages, tree)))
        further = tuple(
            dict.fromkeys(plain(target) for target in chosen if target and _is_ours(site, target))
        )
    else:
        further = page.further()
    is_front = plain(url).rstrip("/") == plain(site.home).rstrip("/")
    columns = tuple(page.columns.values()) if site.finds_columns and is_front else ()
    moved_to = None if page.links else refresh_target(tree, url)
    return ListingPage(tuple(page.links.values()), further, columns, moved_to)


def _is_ours(site: SiteRules, url: str) -> bool:
    return site_of(url) == site_of(site.home)
