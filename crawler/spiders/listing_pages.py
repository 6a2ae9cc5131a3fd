"""Walks a channel's listings: each page's articles, the next page, a home's columns, feeds and sitemaps alike."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.answers import asked_url, body_of, header
from crawler.helper import ReaderDied
from crawler.listed import front, is_alive, is_followed, read_before, to_visit, touched
from crawler.listings import Offered, read_listing
from crawler.offered import SITEMAP_LINKS, is_dated, is_sitemap, sitemaps_worth_a_visit
from crawler.pipeline import Visited
from crawler.readers import LARGE, LARGE_SOURCE
from crawler.sites.model import ListingPage
from crawler.sources import Source, SourceKind
from crawler.spiders.article_pages import ArticlePages
from crawler.spiders.crawl import Crawl
from crawler.spiders.listing_memory import ListingMemory
from crawler.spiders.way import Role, Way
from crawler.task import PageVisit
from storage import articles
from storage.errors import PageError
from storage.records import Link

#: Listings come before articles, so that what they show is known early.
LISTING_PRIORITY = 10
#: How far a listing is followed by itself, while everything on it is unknown.
CATCH_UP_PAGES = 3
#: A listing that is only a signpost leads to a further one, and that on, so often.
MOST_HOPS = 5
#: So many article links are taken of a run that goes as deep as it likes; a person's `pages` says how deep.
MOST_LINKS = 5000
#: How many columns of a channel are visited: those it names, and those its home page shows.
COLUMN_LIMIT = 24
#: An index of sitemaps may lead to a further index, and that to no more.
SITEMAP_DEPTH = 3


class ListingPages:
    """The listings of one crawl, asked for and read; the articles on them are handed on to be visited."""

    def __init__(self, crawl: Crawl, article_pages: ArticlePages) -> None:
        self._crawl = crawl
        self._task, self._tally = crawl.task, crawl.tally
        self._database, self._publisher = crawl.database, crawl.publisher
        self._articles = article_pages
        self._memory = ListingMemory(crawl)
        self._asked_for: set[str] = set()
        self._links_found = 0

    async def parse(self, response: Response, way: Way) -> AsyncIterator[Request]:
        """Find a listing's articles, its next page and, on a home page, its columns."""
        self._crawl.answered(response)
        if response.status == 304:
            self._crawl.quarantine.listing(asked_url(response), None)
            self._visited(way)
        elif response.status != 200:
            self._fail(response.url, f"the server answers {response.status}", way)
        else:
            for request in await self._read(response, way):
                yield request
        for request in self._articles.next():
            yield request

    def failed(self, failure: Failure) -> Iterator[Request | Visited]:
        """Note a listing that got no answer, and go on."""
        what = self._crawl.unanswered(failure)
        if what is None:
            return
        request: Request = failure.request  # type: ignore[attr-defined]
        self._fail(request.url, what, request.cb_kwargs["way"])
        yield from self._articles.next()

    async def _read(self, response: Response, way: Way) -> Iterable[Request]:
        """Read a listing. What calls itself HTML is a feed or sitemap only where the channel says so."""
        may_be_source = "html" not in (header(response, "Content-Type") or "html")
        may_be_source |= asked_url(response) in self._crawl.sources
        most = SITEMAP_LINKS if self._task.pages is None else None
        work = partial(read_listing, may_be_source=may_be_source, most=most)
        large = LARGE_SOURCE if may_be_source else LARGE
        page = body_of(response, response.url)
        try:
            read = await self._crawl.readers.do(work, page, self._publisher, datetime.now(UTC), large=large)
        except (PageError, ReaderDied) as error:
            self._fail(response.url, error.message if isinstance(error, PageError) else str(error), way)
            return ()
        if isinstance(read, Offered):
            return self._follow_source(read, response, way)
        return self._follow(read, response, way)

    def _follow_source(self, offered: Offered, response: Response, way: Way) -> Iterator[Request]:
        """Go on from a feed or sitemap: the articles that it offers, the sitemaps of an index, a feed's next page."""
        source = offered.source
        self._memory.note_hub(source, response)
        if source.problem and not (offered.entries or source.further):
            self._fail(response.url, source.problem, way)
            return
        if offered.entries and not offered.links and way.page == 1:
            self._tally.problem(
                response.url,
                f"Of {offered.entries} addresses here none is an article's",
                "Look at the channel's pattern: article = { url = … }",
                page_failed=False,
            )
        if source.kind is not SourceKind.INDEX:
            pages = () if is_sitemap(source) else source.further
            yield from self._follow(ListingPage(offered.links, pages), response, way, offered)
            return
        yield from self._follow_index(source, response, way)

    def _follow_index(self, index: Source, response: Response, way: Way) -> Iterator[Request]:
        asked = asked_url(response)
        known = articles.validators(self._database, [*index.further, asked])
        visited = {url: one.visited_at for url, one in known.items() if one.visited_at is not None}
        chosen = sitemaps_worth_a_visit(index, visited, visited.get(asked), self._task.pages)
        if way.page < SITEMAP_DEPTH:
            self._crawl.sources.update(chosen)
            yield from self.requests(chosen, dataclasses.replace(way, page=way.page + 1))
        # An index that does not say what changed is asked for in full: that it is the same means nothing.
        self._memory.remember(response, way, (), with_validators=is_dated(index))
        self._visited(way)

    def _follow(
        self, listing: ListingPage, response: Response, way: Way, offered: Offered | None = None
    ) -> Iterator[Request]:
        """Go on from a page of a listing: a site's own, or one that a feed or sitemap makes."""
        if listing.moved_to and not listing.links:
            yield from self._follow_signpost(listing.moved_to, response, way)
            return
        links = self._taken([link for link in listing.links if self._wanted(link)], response.url)
        self._links_found += len(links)
        ends = not listing.pages
        way = dataclasses.replace(way, depth=read_before(way.depth, ends=ends))
        unknown = self._memory.discover(links)
        if not listing.links and offered is None and not self._has_sources(way):
            self._tell_of_no_links(response.url)
        shows = front(links) if way.page == 1 and not (offered and is_sitemap(offered.source)) else ()
        if self._crawl.quarantine.listing(asked_url(response), len(listing.links)):
            self._memory.remember(response, way, self._memory.with_those_that_left(response, way, shows))
            self._memory.note_depth(way, links, unknown, ends=ends)
        self._visited(way, len(unknown))
        if self._task.follow:
            again = self._again(shows, way, offered)
            yield from self._articles.plan((link.key, link.url) for link in to_visit(links, unknown, again))
        if way.role is Role.HOME:
            self._tally.columns.extend(listing.columns[: self._room_for_columns()])
            if self._task.follow:
                yield from self.requests(self._columns(listing), Way(Role.FOUND))
        if self._deeper(way, links, unknown):
            yield from self.requests(self._next_page(listing), dataclasses.replace(way, page=way.page + 1))

    def _follow_signpost(self, target: str, response: Response, way: Way) -> Iterator[Request]:
        if way.hops < MOST_HOPS:
            yield from self.requests([target], dataclasses.replace(way, hops=way.hops + 1))
        else:
            self._fail(response.url, f"it sends its reader elsewhere more than {MOST_HOPS} times", way)

    def _taken(self, links: list[Link], url: str) -> list[Link]:
        """As many of a page's links as a run takes."""
        room = max(0, MOST_LINKS - self._links_found) if self._task.pages is None else len(links)
        if len(links) > room:
            self._tally.problem(
                url,
                f"The channel shows more than {MOST_LINKS} articles in one run: no more are taken",
                "Look at its home page and columns: no paper has so many at a time",
                page_failed=False,
            )
        return links[:room]

    def _tell_of_no_links(self, url: str) -> None:
        changed = "If it shows articles in a browser, its markup changed: "
        heal = f"newsdelta channels heal {self._task.channel.name} offers new selectors"
        self._tally.problem(
            url,
            "The listing has no article links",
            changed + (heal if self._publisher.rules else "please report it"),
            page_failed=False,
        )

    def _again(self, shows: tuple[str, ...], way: Way, offered: Offered | None) -> Collection[str]:
        """The keys of those that are visited although they are known and may be old."""
        if offered is not None and is_sitemap(offered.source):
            visits = articles.last_visits(self._database, self._publisher.name, offered.changes)
            return touched(offered.changes, visits)
        return shows if is_alive(shows, way.before, datetime.now(UTC), self._task.revisit_for) else ()

    def _has_sources(self, way: Way) -> bool:
        """Whether a home without articles is no surprise: they are found through feeds and sitemaps."""
        return way.role is Role.HOME and bool(self._task.channel.sources)

    def _deeper(self, way: Way, links: list[Link], unknown: Collection[str]) -> bool:
        if self._task.pages is not None:
            return is_followed(way.page, way.depth, self._task.pages, links, unknown)
        catching_up = way.known or self._task.follow  # a plan has no need of what was there before it
        return catching_up and way.page < CATCH_UP_PAGES and bool(links) and len(unknown) == len(links)

    def _next_page(self, listing: ListingPage) -> list[str]:
        return [url for url in listing.pages if url not in self._asked_for][:1]

    def _columns(self, listing: ListingPage) -> list[str]:
        room = self._room_for_columns()
        return [url for url in listing.columns if url not in self._asked_for][:room]

    def _room_for_columns(self) -> int:
        return max(0, COLUMN_LIMIT - len(self._task.channel.columns))

    def _wanted(self, link: Link) -> bool:
        since = self._task.since
        return not (since and link.listed_at and link.listed_at.date() < since)

    def _visited(self, way: Way, discovered: int = 0, change: str = "unchanged") -> None:
        self._tally.visited(PageVisit(way.origin, datetime.now(UTC).timestamp(), change, discovered))

    def _fail(self, url: str, what: str, way: Way) -> None:
        if way.page == 1:
            self._visited(way, change="failed")
        if way.role is Role.FOUND:
            self._crawl.logger.info("the column %s is closed: %s", url, what)
            return
        self._tally.problem(
            url, f"The listing could not be read: {what}", "It is tried again in the next run"
        )

    def requests(self, urls: Iterable[str], way: Way) -> Iterator[Request]:
        """Requests for listings, those apart that this crawl asked for already."""
        wanted = [url for url in urls if url not in self._asked_for]
        self._asked_for.update(wanted)
        known = articles.validators(self._database, wanted)
        firsts = articles.listed(self._database, wanted) if way.page == 1 else {}
        for url in wanted:
            here = dataclasses.replace(way, origin=way.origin or url, known=way.known or url in known)
            if way.page == 1:
                shown = firsts.get(url)
                here = dataclasses.replace(here, first=url, before=shown, depth=shown.depth if shown else 0)
            stored = known.get(url)
            sent = stored if self._may_be_unmodified(here) else None
            before = stored.digest if stored is not None else ""
            yield self._crawl.request(
                url,
                self.parse,
                self.failed,
                {"way": here},
                listing=True,
                known=sent,
                before=before,
                priority=LISTING_PRIORITY,
            )

    def _may_be_unmodified(self, way: Way) -> bool:
        """Whether a listing need not be sent that is as it was: we know what it showed, and all behind it."""
        if way.role is Role.HOME and way.page == 1 and self._task.follow:
            return False  # it leads to the columns, which may show what it does not
        if self._task.pages is None:
            return way.page > 1 or way.before is not None
        return way.page == 1 and way.depth >= self._task.pages

    def close(self) -> None:
        """Let go of what left the listings, and say where none of them led to an article."""
        self._memory.let_go()
        tally = self._tally
        if not (self._links_found or self._task.urls or tally.not_modified) and tally.answered:
            name = self._task.channel.name
            tally.problem(
                self._task.channel.home,
                f"No article links were found on {name}",
                "Open the home page in a browser: if it shows articles, the site was redesigned",
            )
