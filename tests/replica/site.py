"""The state of the replica's site: which articles exist, what they say now, and which page lies at which
path.

An article that was never touched is computed anew each time; only changes are kept, so memory grows with the
changes
and not with the articles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from . import edits, words
from .articles import CHINA, Article, Plan, address, is_gallery, is_pictorial, make_article, make_title
from .pages import feeds, listings, mirror
from .pages import render as rendering
from .pages.furniture import Link, Surroundings
from .pages.listings import Item
from .prose import text_of

PAGE_SIZE = 20
HOME_ITEMS = 31
FEED_ITEMS = 20
SITEMAP_ITEMS = 100
EPOCH = datetime(2026, 11, 5, 10, 0, tzinfo=CHINA)
COLUMNS = (367673, 365402, 365403, 365405, 365408, 365411, 365409)
#: A column that the server refuses to show, and one that sends its readers to another.
REFUSED, SIGNPOST, SIGNPOST_TARGET = 367737, 367640, 365411
ARTICLE_PATH = re.compile(
    r"/(?:(?P<folder>n|n1|n2)/(?P<day>\d{4}/\d{4})/c|GB/)(?P<column>\d+)[-/]c?(?P<id>\d{8,9})(?:-(?P<part>\d+))?\.html"
)
LISTING_PATH = re.compile(r"/GB/(?:(?P<parent>\d+)/)?(?P<column>\d+)/(?:index(?P<page>\d*)\.html)?")
HTML = "text/html"


class NoSuchArticle(LookupError):
    """The replica has no article of that number or name."""


@dataclass(frozen=True, slots=True)
class Page:
    """What lies at a path: `version` changes when its bytes do, `make` renders them."""

    make: Callable[[], bytes]
    version: str = ""
    modified: datetime | None = None
    status: int = 200
    content_type: str = HTML
    location: str = ""
    charset: str = ""
    article: int | None = None


@dataclass(slots=True)
class Changes:
    """What became of one article since the start."""

    article: Article | None = None
    gone: str = ""
    listed: bool = True
    version: int = 0
    churn: int = 0
    markup: int = 0
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """How the site behaves. `churn_changes_etag`: whether new furniture gives a page a new ETag and
    Last-Modified;
    `validators`: both, etag, last-modified or none; `weight` in bytes; `crawl_delay` in seconds.
    """

    weight: int = 0
    churn_changes_etag: bool = True
    validators: str = "both"
    crawl_delay: float | None = None
    robots_status: int = 200
    listing_label: str = "GB2312"
    listing_charset: str = "gb18030"


class Channel:
    """One channel's articles and pages at the present moment."""

    def __init__(self, plan: Plan, settings: Settings) -> None:
        self.plan = plan
        self.settings = settings
        self.base = ""
        self.siblings: Sequence[str] = (plan.channel,)
        self.later: list[int] = []
        self.changes: dict[int, Changes] = {}
        self.edition = 0
        self.churn = 0
        self.design = "original"
        self.modified = plan.epoch
        self.furnished: datetime | None = None
        self._computed = lru_cache(maxsize=64)(lambda number: make_article(plan, number))
        self._titles = lru_cache(maxsize=4096)(lambda number: text_of(make_title(plan, number)))

    # What exists

    def exists(self, number: int) -> bool:
        """Tell whether the article was ever published."""
        return 0 <= number < self.plan.count + len(self.later)

    def article(self, number: int) -> Article:
        """Return the article as it is now. Raises NoSuchArticle."""
        if not self.exists(number):
            raise NoSuchArticle(f"channel {self.plan.channel} has no article {number}")
        changes = self.changes.get(number)
        return changes.article if changes and changes.article else self._computed(number)

    def changed(self, number: int) -> Changes:
        """Return the article's record of changes, to be written to."""
        return self.changes.setdefault(number, Changes())

    def is_gone(self, number: int) -> str:
        """Return how the article was removed, '' while it is published."""
        changes = self.changes.get(number)
        return changes.gone if changes else ""

    def numbers(self) -> Iterator[int]:
        """Every article ever published, newest first."""
        return reversed(range(self.plan.count + len(self.later)))

    def title(self, number: int) -> str:
        """Return an article's headline as it is now, without writing its text."""
        changes = self.changes.get(number)
        return changes.article.title_text if changes and changes.article else self._titles(number)

    def item(self, number: int, *, lead: bool = False) -> Item:
        """Return an article as listings show it."""
        changes = self.changes.get(number)
        if lead or number >= self.plan.count or (changes and changes.article):
            article = self.article(number)
            return Item(
                article.path, article.title_text, article.published_at, _teaser(article) if lead else ""
            )
        return self.first_item(number)

    def first_item(self, number: int) -> Item:
        """Return an article of the start as listings showed it then."""
        generation, when = self.plan.era_of(number)
        column = self.plan.column_of(number)
        short = is_pictorial(column, generation) and not is_gallery(number)
        return Item(address(column, self.plan.id_of(number), when, short), self._titles(number), when)

    # Changes

    def touch(self, number: int, at: datetime) -> Changes:
        """Note that the page of an article changed at a moment."""
        changes = self.changed(number)
        changes.version += 1
        changes.modified = at
        self.touch_listings(at)
        return changes

    def touch_listings(self, at: datetime) -> None:
        """Note that the listings changed at a moment."""
        self.edition += 1
        self.modified = at

    def refurnish(self, at: datetime) -> None:
        """Note that every page of the channel changed around its article."""
        self.furnished = self.modified = at

    def publish(self, at: datetime, **given: Any) -> Article:
        """Publish the next article."""
        number = self.plan.count + len(self.later)
        at = at.replace(microsecond=0)
        article = make_article(self.plan, number, at=at, **given)
        self.later.append(number)
        self.changed(number).article = article
        self.touch_listings(at)
        return article

    # Pages

    def page(self, path: str) -> Page:
        """Return what lies at a path (without query)."""
        if path == "/BIG5" or path.startswith("/BIG5/"):
            return self._mirrored(path.removeprefix("/BIG5") or "/")
        if path.startswith("/GB/n"):
            path = path.removeprefix("/GB")
        if path in ("/", "/index.html", "/GB/", "/GB/index.html"):
            return self._listing(lambda: self._home(), "home")
        match = ARTICLE_PATH.fullmatch(path)
        if match:
            return self._article_page(path, match)
        match = LISTING_PATH.fullmatch(path)
        if match:
            return self._column_page(match)
        return self._other(path)

    def _other(self, path: str) -> Page:
        static: dict[str, tuple[Callable[[], str], str]] = {
            "/sitemap_index.xml": (lambda: feeds.sitemap_index(self.base, self.siblings), "text/xml"),
            f"/sitemap/cn/{self.plan.channel}/news_sitemap.xml": (self._sitemap, "text/xml"),
            "/rss/news.xml": (self._feed, "text/xml"),
        }
        if path == "/robots.txt":
            if self.settings.robots_status != 200:
                return self.absent(self.settings.robots_status)
            delay = self.settings.crawl_delay
            return Page(lambda: feeds.robots(self.base, delay).encode(), content_type="text/plain")
        if path in static:
            make, kind = static[path]
            return Page(lambda: make().encode(), f"{self.edition}", self.modified, content_type=kind)
        if path.endswith((".jpg", ".png")):
            return Page(lambda: PIXEL, "image", self.plan.epoch, content_type="image/jpeg")
        return self.absent()

    def absent(self, status: int = 404) -> Page:
        """The site's own page for what is not there."""
        return Page(
            lambda: self._encoded(listings.not_found(self.plan.channel, self.settings.listing_label)),
            status=status,
        )

    def _encoded(self, chunks: list[str]) -> bytes:
        return rendering.encode(chunks, self.settings.listing_charset)

    def _listing(self, make: Callable[[], list[str]], name: str) -> Page:
        churn = self.churn if self.settings.churn_changes_etag else 0
        return Page(lambda: self._encoded(make()), f"{name}-{self.edition}-{churn}", self.modified)

    def _around(self, number: int | None = None) -> Surroundings:
        changes = self.changes.get(number) if number is not None else None
        return Surroundings(
            host=self.plan.channel,
            related=self._related(number) if number is not None else (),
            churn=self.churn + (changes.churn if changes else 0),
            weight=self.settings.weight if number is not None else 0,
            markup=changes.markup if changes else 0,
        )

    def _related(self, number: int) -> list[Link]:
        """Six older articles; which ones, changes with the furniture."""
        changes = self.changes.get(number)
        turn = self.churn + (changes.churn if changes else 0)
        found = []
        for step in range(1, 7):
            other = number - step * 3 - turn
            if 0 <= other < self.plan.count and not self.is_gone(other):
                item = self.item(other)
                found.append(Link(item.path, item.title))
        return found

    def _article_page(self, path: str, match: re.Match[str]) -> Page:
        number = self.plan.number_of(match["id"])
        if number is None or not self.exists(number):
            return self.absent()
        article = self._designed(number)
        part = int(match["part"] or 1)
        if part > article.parts or path != article.part_path(part) or match["part"] in ("0", "1"):
            return self.absent()
        gone = self.is_gone(number)
        if gone and gone != "empty":
            return self._gone_page(gone, number)
        if gone:
            article = replace(article, body=(), pictures=(), parts=1)
        return self._present_page(article, number, part)

    def _present_page(self, article: Article, number: int, part: int) -> Page:
        changes = self.changes.get(number, _UNCHANGED)
        stamp = f"{number}-{part}-{changes.version}-{self.design}"
        if self.settings.churn_changes_etag:
            stamp += f"-{self.churn}-{changes.churn}-{changes.markup}"
        return Page(
            lambda: rendering.render(article, part, self._around(number)),
            stamp,
            max(filter(None, (changes.modified or article.published_at, self.furnished))),
            article=number,
            charset=article.charset,
        )

    def _designed(self, number: int) -> Article:
        article = self.article(number)
        if self.design == "original" or (article.kind == "gallery" and self.design != "unknown"):
            return article
        return replace(article, generation=self.design)

    def _gone_page(self, how: str, number: int) -> Page:
        if how == "redirect-home":
            return Page(lambda: b"", status=302, location="/", article=number)
        status = {"404": 404, "410": 410, "soft-404": 200}[how]
        return replace(self.absent(status), article=number)

    def _column_page(self, match: re.Match[str]) -> Page:
        column = int(match["column"])
        if column == REFUSED:
            return Page(
                lambda: b"<html><head><title>403 Forbidden</title></head><body>403 Forbidden</body></html>",
                status=403,
            )
        if column == SIGNPOST:
            target = f"{listings.folder_of(SIGNPOST_TARGET)}index.html"
            return self._listing(lambda: listings.signpost(target, self.settings.listing_label), "signpost")
        parent = words.PARENTS.get(column)
        if column in words.PARENTS.values():
            column = next(sub for sub, above in words.PARENTS.items() if above == column)
        elif match["parent"] and int(match["parent"]) != parent:
            return self.absent()
        page = int(match["page"] or 1)
        if column not in self.plan.columns or not 1 <= page <= self.column_pages(column):
            return self.absent()
        return self._listing(lambda: self._column(column, page), f"column-{column}-{page}")

    def column_pages(self, column: int) -> int:
        """How many pages a column has, at least one."""
        return max(1, -(-self._column_length(column) // PAGE_SIZE))

    def _column_later(self, column: int) -> list[int]:
        return [number for number in reversed(self.later) if self.article(number).column == column]

    def _column_length(self, column: int) -> int:
        return len(self._column_later(column)) + self.plan.column_size(column)

    def column_numbers(self, column: int, page: int) -> list[int]:
        """The articles on one page of a column, newest first, without those taken off the listings."""
        later = self._column_later(column)
        size = self.plan.column_size(column)
        places = range((page - 1) * PAGE_SIZE, min(page * PAGE_SIZE, len(later) + size))
        numbers = [
            later[place]
            if place < len(later)
            else self.plan.in_column(column, size - 1 - (place - len(later)))
            for place in places
        ]
        return [number for number in numbers if self._is_listed(number)]

    def _is_listed(self, number: int) -> bool:
        changes = self.changes.get(number)
        return changes is None or not changes.gone or changes.listed

    def newest(self, count: int) -> list[int]:
        """The newest articles on the listings."""
        found: list[int] = []
        for number in self.numbers():
            if len(found) == count:
                break
            if self._is_listed(number):
                found.append(number)
        return found

    def _home(self) -> list[str]:
        items = [
            _with_query(self.item(number, lead=index in _TEASER_PLACES), number)
            for index, number in enumerate(self.newest(HOME_ITEMS))
        ]
        columns = (*self.plan.columns, SIGNPOST, REFUSED)
        return listings.home(self.plan.channel, items, columns, self._around(), self.settings.listing_label)

    def _column(self, column: int, page: int) -> list[str]:
        place = listings.Column(column, listings.folder_of(column), page, self.column_pages(column))
        items = [self.item(number) for number in self.column_numbers(column, page)]
        return listings.column(self.plan.channel, place, items, self._around(), self.settings.listing_label)

    def _sitemap(self) -> str:
        return feeds.news_sitemap(self.base, [self.item(number) for number in self.newest(SITEMAP_ITEMS)])

    def _feed(self) -> str:
        articles = [self.article(number) for number in self.newest(FEED_ITEMS) if not self.is_gone(number)]
        return feeds.rss(self.base, self.plan.channel, articles)

    def _mirrored(self, path: str) -> Page:
        """The mirror's page: only articles and listings are mirrored."""
        if path.startswith(("/GB", "/BIG5")):
            return self.absent()
        inner = self.page(
            path if path.startswith("/n") or path == "/" or path == "/index.html" else f"/GB{path}"
        )
        if inner.status != 200 or inner.content_type != HTML:
            return inner
        return replace(inner, make=lambda: self._mirror(inner), version=f"big5-{inner.version}")

    def _mirror(self, inner: Page) -> bytes:
        return mirror.mirror(inner.make().decode(inner.charset or self.settings.listing_charset))


_UNCHANGED = Changes()
_TEASER_PLACES = frozenset((1, 2, 3, 14, 15, 16))
#: The smallest JPEG file: one grey point.
PIXEL = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300" + "01" * 64 + "ffc0000b080001000101011100"
    "ffc40014000100000000000000000000000000000009ffc40014100100000000000000000000000000000000ffda0008010100003f002a9fffd9"
)


def _teaser(article: Article) -> str:
    return text_of(article.body[0])[:60]


def _with_query(item: Item, number: int) -> Item:
    """Give some addresses a query that changes nothing, as the site's editors do."""
    return replace(item, path=f"{item.path}?{number * 2654435761 % 2**32:08x}") if number % 9 == 4 else item


@dataclass(slots=True)
class Site:
    """All channels of the replica, and the names that timelines gave to articles."""

    channels: dict[str, Channel]
    epoch: datetime = EPOCH
    names: dict[str, tuple[str, int]] = field(default_factory=dict)

    @classmethod
    def build(
        cls,
        seed: int,
        articles: int,
        channels: Sequence[str] = ("cq",),
        columns: Sequence[int] = COLUMNS,
        settings: Settings | None = None,
        epoch: datetime = EPOCH,
    ) -> Site:
        """Make a site. Raises ValueError for a channel or column that the replica does not know."""
        _check(articles, channels, columns)
        slots = list(words.REGIONS)
        built = {
            name: Channel(
                Plan(seed, name, articles, slots.index(name), tuple(columns), epoch), settings or Settings()
            )
            for name in channels
        }
        for channel in built.values():
            channel.siblings = tuple(built)
        return cls(built, epoch)

    def find(self, article: int | str, channel: str | None = None) -> tuple[Channel, int]:
        """Return an article by its number (in `channel`, else the first), its name, id or path. Raises
        NoSuchArticle.
        """
        if isinstance(article, str) and article in self.names:
            name, number = self.names[article]
            return self.channels[name], number
        places = (
            [self.channel(channel)] if channel or isinstance(article, int) else list(self.channels.values())
        )
        for place in places:
            number_here = article if isinstance(article, int) else place.plan.number_of(_id_in(article))
            if number_here is not None and place.exists(number_here):
                return place, number_here
        raise NoSuchArticle(f"the replica has no article {article!r}")

    def channel(self, name: str | None) -> Channel:
        """Return a channel by name, the first without one. Raises NoSuchArticle."""
        if name is None:
            return next(iter(self.channels.values()))
        if name not in self.channels:
            raise NoSuchArticle(
                f"the replica does not serve the channel {name!r}, only {', '.join(self.channels)}"
            )
        return self.channels[name]

    def time(self, at: float) -> datetime:
        """Turn seconds after the start into a time of day."""
        return self.epoch + timedelta(seconds=at)

    def edit(self, channel: Channel, number: int, classes: Sequence[str], at: float) -> None:
        """Edit an article once in each of the given classes. Raises edits.CannotEdit."""
        article = channel.article(number)
        version = channel.changed(number).version
        for kind in classes:
            article = edits.edit(article, kind, channel.plan, str(version))
        channel.touch(number, self.time(at)).article = article


def _id_in(text: str) -> str:
    found = re.search(r"(\d{8,9})(?:-\d+)?(?:\.html)?(?:[?#].*)?$", text)
    return found[1] if found else ""


def _check(articles: int, channels: Sequence[str], columns: Sequence[int]) -> None:
    if articles < 0:
        raise ValueError("a replica cannot have fewer than no articles")
    unknown = [name for name in channels if name not in words.REGIONS]
    if unknown or not channels:
        raise ValueError(f"unknown channel {unknown or channels!r}; known are {', '.join(words.REGIONS)}")
    strange = [column for column in columns if column not in words.TOPICS_OF]
    if strange or not columns:
        raise ValueError(
            f"unknown column {strange or columns!r}; known are {', '.join(map(str, words.TOPICS_OF))}"
        )
