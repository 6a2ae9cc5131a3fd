"""[[channel]] of newsdelta.toml: a built-in channel with values laid over it, or any news site in a few words."""

from __future__ import annotations

import dataclasses
import re
from urllib.parse import urlsplit

from crawler.politeness import PUBLIC_BUDGET, is_loopback
from crawler.sites.addresses import site_of
from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.model import Channel, Rendering, Selectors, SiteRules
from crawler.sites.registry import CHANNELS
from crawler.sites.selectors import compile_selector
from crawler.text.labels import codec_of
from scheduler.heart_settings import quiet_after
from scheduler.rhythm import Cron, Every, Plan, Rhythm, check_cron
from scheduler.settings import Section, check_address, check_time_zone, did_you_mean, interval

#: How often a channel without a budget is crawled, where nothing is set.
DEFAULT_EVERY = "15m"
_LONGEST_NAME = 60

_SELECTORS = tuple(field.name for field in dataclasses.fields(Selectors))


def _tidy_home(home: str) -> str:
    """A home ends in a slash, unless it is a page that has a name."""
    parts = urlsplit(home)
    return home if parts.query or "." in parts.path.rpartition("/")[2] else home.rstrip("/") + "/"


def _check_selector(key: str, selector: str) -> None:
    if not selector:
        return
    try:
        compile_selector(selector)
    except ValueError as error:
        raise ValueError(f"{key} = {error}") from None


def _check_pattern(key: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        place = (
            f", before {pattern[error.pos :]!r}" if error.pos is not None and error.pos < len(pattern) else ""
        )
        raise ValueError(f"{key} = {pattern!r} is no regular expression: {error.msg}{place}") from None


def _check_page(key: str, address: str) -> None:
    parts = urlsplit(address)
    if (parts.scheme and parts.scheme not in ("http", "https")) or not address.strip():
        raise ValueError(f"{key} = … holds {address!r}, which is no page; write /news/ or https://…")


class ArticleSection(Section, frozen=True):
    """article = { … } of a [[channel]]: the pattern of article addresses, and where their pages keep what."""

    url: str = ""
    title: str = ""
    kicker: str = ""
    subtitle: str = ""
    time: str = ""
    source: str = ""
    authors: str = ""
    editors: str = ""
    section: str = ""
    body: str = ""
    next: str = ""

    def __post_init__(self) -> None:
        _check_pattern("url", self.url)
        for name in _SELECTORS:
            _check_selector(name, getattr(self, name))

    def selectors(self) -> Selectors:
        """The selectors alone."""
        return Selectors(**{name: getattr(self, name) for name in _SELECTORS})


class ListingSection(Section, frozen=True):
    """listing = { … } of a [[channel]]: the article links of a listing, and the links to its further pages."""

    links: str = ""
    pages: str = ""

    def __post_init__(self) -> None:
        _check_selector("links", self.links)
        _check_selector("pages", self.pages)


class JavascriptSection(Section, frozen=True):
    """javascript = { … } of a [[channel]]: how its pages are read in a browser."""

    wait_for: str = ""
    more: str = ""
    depth: int = 0
    listings: bool = True
    articles: bool = True

    def __post_init__(self) -> None:
        _check_selector("wait_for", self.wait_for)
        _check_selector("more", self.more)
        if not 0 <= self.depth <= 100:
            raise ValueError(f"depth = {self.depth} is out of reach; write 0 to 100")
        if not (self.listings or self.articles):
            raise ValueError(
                "listings = false and articles = false leave nothing to a browser; write javascript = false"
            )

    def rendering(self) -> Rendering:
        """The same in the crawler's words."""
        return Rendering(self.wait_for, self.more, self.depth, self.listings, self.articles)


class ChannelSection(Section, frozen=True):
    """One [[channel]]"""

    name: str
    home: str | None = None
    label: str | None = None
    columns: tuple[str, ...] | None = None
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    article: ArticleSection = ArticleSection()
    listing: ListingSection = ListingSection()
    charset: str = ""
    time_zone: str | None = None
    javascript: bool | JavascriptSection = False
    publisher: str | None = None
    every: str | None = None
    cron: str | None = None
    quiet_after: str | None = None

    def __post_init__(self) -> None:
        self._check_name()
        self._check_rhythm()
        if self.quiet_after is not None:
            quiet_after(self.quiet_after)
        if self.home is not None:
            check_address("home", self.home)
        for key in ("columns", "feeds", "sitemaps"):
            for address in getattr(self, key) or ():
                _check_page(key, address)
        if self.charset and codec_of(self.charset) is None:
            raise ValueError(
                f"charset = {self.charset!r} is unknown; write for example utf-8, gb18030 or big5"
            )
        if self.time_zone is not None:
            check_time_zone(self.time_zone)
        for key in ("label", "publisher"):
            if getattr(self, key) is not None and not getattr(self, key).strip():
                raise ValueError(f'{key} = "" says nothing; leave it out')

    def _check_rhythm(self) -> None:
        if self.every is not None and self.cron is not None:
            raise ValueError("every and cron exclude each other; keep one")
        if self.every is not None:
            interval(self.every)
        if self.cron is not None:
            check_cron(self.cron)

    def _check_name(self) -> None:
        if (
            not self.name.isprintable()
            or not 0 < len(self.name) <= _LONGEST_NAME
            or re.search(r"[\s/\\]", self.name)
        ):
            raise ValueError(f"name = {self.name[:100]!r} is no name; write one word, such as mypaper")
        if self.name in CHANNELS:
            self._check_built_in()
        elif self.home is None:
            raise ValueError(
                f"no channel is called {self.name!r}{did_you_mean(self.name, CHANNELS)}"
                f'. Another news site needs its address: home = "https://…"'
            )

    def _check_built_in(self) -> None:
        """What a built-in channel's own templates know is not to be set."""
        said = {
            "article": self.article != ArticleSection(),
            "listing": self.listing != ListingSection(),
            "charset": bool(self.charset),
            "time_zone": self.time_zone is not None,
            "publisher": self.publisher is not None,
        }
        for key, is_said in said.items():
            if is_said:
                raise ValueError(
                    f"{key} = … does not go with {self.name!r}, which is built in and has templates of its own; "
                    "for other rules give the channel another name"
                )

    def channel(self) -> Channel:
        """The channel that this section means."""
        rendering = self._rendering()
        built_in = CHANNELS.get(self.name)
        if built_in is None:
            return self._configured(_tidy_home(self.home or ""), rendering)
        return dataclasses.replace(
            built_in,
            home=_tidy_home(self.home or built_in.home),
            label=self.label or built_in.label,
            columns=built_in.columns if self.columns is None else self.columns,
            feeds=self.feeds,
            sitemaps=self.sitemaps,
            rendering=rendering,
        )

    def _configured(self, home: str, rendering: Rendering | None) -> Channel:
        rules = SiteRules(
            name=self.publisher or site_of(home),
            home=home,
            article_url=self.article.url,
            article=self.article.selectors(),
            links=self.listing.links,
            pages=self.listing.pages,
            charset=self.charset,
            time_zone=self.time_zone or "Asia/Shanghai",
            finds_columns=self.columns is None and not self.feeds and not self.sitemaps,
        )
        return Channel(
            name=self.name,
            label=self.label or self.name,
            home=home,
            publisher=ConfiguredPublisher(rules),
            columns=self.columns or (),
            feeds=self.feeds,
            sitemaps=self.sitemaps,
            rendering=rendering,
        )

    def _rendering(self) -> Rendering | None:
        if isinstance(self.javascript, JavascriptSection):
            return self.javascript.rendering()
        return Rendering() if self.javascript else None

    def rhythm(self, requests_per_hour: float | None, every: str | None) -> Rhythm:
        """When the channel is crawled: as it says itself, as [watch] says (`every`), else by plan.

        A copy of a site on this machine has no budget, and so no plan, unless one is set.
        """
        if self.cron is not None:
            return Cron(self.cron)
        if every := self.every or every:
            return Every(interval(every))
        if requests_per_hour is None and is_loopback(urlsplit(self.channel().home).netloc):
            return Every(interval(DEFAULT_EVERY))
        return Plan(PUBLIC_BUDGET if requests_per_hour is None else requests_per_hour)
