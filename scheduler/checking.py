"""What a channel's rules read on its real pages: the home, a listing and some articles, fetched and tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.probe import Probe, probe_article, probe_listing
from storage.errors import PageError

if TYPE_CHECKING:
    from crawler.run import Fetch
    from crawler.sites.model import Channel

#: So many listings, the home among them, and articles are looked at.
LISTINGS, ARTICLES = 2, 3


@dataclass(frozen=True, slots=True)
class TriedSelector:
    """What a selector matched on one page: how many places and the first one's words, or what is nearest to it."""

    name: str
    selector: str
    matches: int
    text: str
    nearest: str
    failed: bool


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """What was read of an article; `characters` of its text."""

    title: str
    published_at: datetime | None
    source: str
    authors: tuple[str, ...]
    characters: int


@dataclass(frozen=True, slots=True)
class CheckedPage:
    """One page: `kind` is listing, source or article. `problem` says why it could not be read, or is ''.

    `articles`: how many a listing or source leads to; `article`: what was read of one. Both are None for a page that
    could not be read. `failed`: it could not be, or a selector that must match does not.
    """

    kind: str
    url: str
    failed: bool
    selectors: tuple[TriedSelector, ...] = ()
    articles: int | None = None
    article: ReadArticle | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """All that was looked at of a channel. `failed`: a page has, or no article was found."""

    channel: str
    pages: tuple[CheckedPage, ...]
    failed: bool

    @property
    def has_articles(self) -> bool:
        """Whether any article was found from its listings."""
        return any(page.kind == "article" for page in self.pages)


def check(
    channel: Channel,
    now: datetime,
    *,
    allow_private_addresses: bool = False,
    listener: Callable[[CheckedPage], None] = lambda page: None,
) -> Checked:
    """Fetch the home, a listing and some articles of a channel, and try its rules there; `listener` gets each page.

    robots.txt, spacing and address guard are those of a crawl. Only once in a process. Raises ConfigError where its
    pages need a browser and there is none.
    """
    from crawler.run import fetching

    async def work(fetch: Fetch) -> Checked:
        return await _Check(channel, now, fetch, listener).made()

    return fetching(work, allow_private_addresses=allow_private_addresses, rendering=channel.rendering)


@dataclass(frozen=True, slots=True)
class _Check:
    channel: Channel
    now: datetime
    fetch: Fetch
    listener: Callable[[CheckedPage], None]

    async def made(self) -> Checked:
        pages: list[CheckedPage] = []
        links: dict[str, None] = {}
        for url in self.channel.listings[:LISTINGS]:
            page, found = await self._listing(url)
            pages.append(page)
            self.listener(page)
            links.update(dict.fromkeys(found))
        for url in list(links)[:ARTICLES]:
            pages.append(await self._article(url))
            self.listener(pages[-1])
        failed = any(page.failed for page in pages) or not links
        return Checked(self.channel.name, tuple(pages), failed)

    async def _listing(self, url: str) -> tuple[CheckedPage, list[str]]:
        from crawler.offered import links_of
        from crawler.read import decode_page
        from crawler.sources import read_source

        publisher = self.channel.publisher
        try:
            page = await self.fetch(url, listing=True)
            source = read_source(
                page.content, page.content_type or None, url, now=self.now, time_zone=publisher.time_zone
            )
            if source is not None:
                links = [link.url for link in links_of(source, publisher, url)]
                return CheckedPage("source", url, failed=False, articles=len(links)), links
            html = decode_page(page, publisher).text
        except PageError as error:
            return _failed("listing", url, error), []
        links = [link.url for link in publisher.read_listing(html, url, now=self.now).links]
        probes = probe_listing(publisher.site, html) if isinstance(publisher, ConfiguredPublisher) else ()
        selectors, failed = _tried(probes)
        return CheckedPage("listing", url, failed, selectors, articles=len(links)), links

    async def _article(self, url: str) -> CheckedPage:
        from crawler.read import decode_page, read_page

        publisher = self.channel.publisher
        probes: tuple[Probe, ...] = ()
        try:
            page = await self.fetch(url)
            if isinstance(publisher, ConfiguredPublisher):
                probes = probe_article(publisher.site, decode_page(page, publisher).text)
            fields = read_page([page], publisher).fields
        except PageError as error:
            return _failed("article", url, error, probes)
        selectors, failed = _tried(probes)
        read = ReadArticle(
            fields.title, fields.published_at, fields.source, fields.authors, sum(map(len, fields.body))
        )
        return CheckedPage("article", url, failed, selectors, article=read)


def _tried(probes: tuple[Probe, ...]) -> tuple[tuple[TriedSelector, ...], bool]:
    """The selectors as they are told, and whether one has failed."""
    tried = tuple(
        TriedSelector(one.name, one.selector, one.count, one.text, one.nearest, one.has_failed)
        for one in probes
    )
    return tried, any(one.failed for one in tried)


def _failed(kind: str, url: str, error: PageError, probes: tuple[Probe, ...] = ()) -> CheckedPage:
    return CheckedPage(kind, url, True, _tried(probes)[0], problem=str(error))
