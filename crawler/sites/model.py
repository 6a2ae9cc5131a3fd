"""What the crawler needs to know of a site: the records, and the protocol that each publisher fulfils."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from urllib.parse import urljoin

from storage.records import ArticleFields, Link, Outcome


@dataclass(frozen=True, slots=True)
class ArticleAddress:
    """One address taken apart: the article's key at its publisher, and which part of a long article it is.

    `key` is the publisher's own id, else the canonical URL. `canonical` is the address of part 1 in its plain
    form (no mirror or `/GB/` prefix, no query, no fragment), on the host that was asked.
    """

    key: str
    part: int
    canonical: str


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """One page of an article as read by a template; `parts` are the addresses of all its further pages."""

    fields: ArticleFields
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListingPage:
    """What a home or column page offers: articles in reading order, further pages, columns.

    `moved_to` is the target of a meta refresh, where the page is only a signpost.
    """

    links: tuple[Link, ...] = ()
    pages: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    moved_to: str | None = None


class Publisher(Protocol):
    """How one publisher's pages look. Every method is pure; addresses are judged by their path alone,
    so that a local copy of the site reads like the site.

    charset: what the pages' bytes are, '' where each page is judged by its evidence. rules: names, beside the
    versions of decoder, repairer and extractor, what a reading depends on; '' where that is our code alone.
    """

    name: str
    time_zone: str
    charset: str
    rules: str

    def locate(self, url: str) -> ArticleAddress | None:
        """Take an article's address apart, or return None where it is no article's."""

    def listed(self, url: str) -> ArticleAddress | None:
        """As `locate`, of an address that a feed or listing named as an article's: its form need not say so."""

    def read_article(self, html: str, url: str) -> ArticlePage | None:
        """Read one page of an article, or return None where no template matches."""

    def read_listing(self, html: str, url: str, *, now: datetime | None = None) -> ListingPage:
        """Read a home or column page; one that is neither gives an empty ListingPage.

        Words such as 昨天 beside its entries are counted from `now`.
        """

    def absence(self, html: str, url: str) -> Outcome | None:
        """Say SOFT_GONE, BLOCKED or EMPTIED where the page itself says that the article is not there, and
        REDIRECTED_HOME where it sends its reader away from the article.
        """


@dataclass(frozen=True, slots=True)
class Selectors:
    """Where the article pages of a configured site keep what: CSS, or XPath where it begins with "/", "./" or "(".

    '' says that the field is found without a selector. `next` leads to the links to an article's further pages.
    """

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


@dataclass(frozen=True, slots=True)
class SiteRules:
    """A site as the config describes it; pure values that cross process borders.

    name: the publisher's. article_url: a regular expression that article addresses fit (its group `id`, where it
    has one, is the article's key), or '' where addresses are judged by their form. links: selector of the article
    links of a listing, '' for all that fit. pages: selector of the links to a listing's further pages. charset:
    what the site's bytes are, '' where each page is judged by its evidence. time_zone: of times without one.
    finds_columns: columns are looked for on the home page, where the config names no listings.
    """

    name: str
    home: str
    article_url: str = ""
    article: Selectors = field(default_factory=Selectors)
    links: str = ""
    pages: str = ""
    charset: str = ""
    time_zone: str = "Asia/Shanghai"
    finds_columns: bool = True


@dataclass(frozen=True, slots=True)
class Rendering:
    """How a channel's pages are read in a browser.

    wait_for: a selector that must be there before a page counts as loaded. more: selector of a listing's "more"
    button, pressed until it is gone or `depth` is reached. depth: presses, or scrolls to the end, of a listing.
    listings, articles: which of the channel's pages need the browser.
    """

    wait_for: str = ""
    more: str = ""
    depth: int = 0
    listings: bool = True
    articles: bool = True


@dataclass(frozen=True, slots=True)
class Channel:
    """One watched channel: `home` ends in a slash; `columns` are pages that are always visited, as links on it.

    `short` is a one-character name of the region, such as 渝, or ''. `feeds` and `sitemaps` are visited like
    columns, and are written like them: /news/, news/ below the home, or a whole address. `rendering` is None
    where plain requests bring all.
    """

    name: str
    label: str
    home: str
    publisher: Publisher
    columns: tuple[str, ...] = field(default=())
    short: str = ""
    feeds: tuple[str, ...] = field(default=())
    sitemaps: tuple[str, ...] = field(default=())
    rendering: Rendering | None = None

    @property
    def listings(self) -> tuple[str, ...]:
        """The addresses of all that is visited to find articles: home, columns, feeds, sitemaps."""
        written = (*self.columns, *self.feeds, *self.sitemaps)
        return tuple(dict.fromkeys((self.home, *(urljoin(self.home, one) for one in written))))

    @property
    def sources(self) -> tuple[str, ...]:
        """The addresses of the feeds and sitemaps."""
        return tuple(urljoin(self.home, one) for one in (*self.feeds, *self.sitemaps))
