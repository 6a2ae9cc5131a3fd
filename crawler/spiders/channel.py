"""The spider `channel`: listings → article links → articles, each long article whole."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.answers import asked_url, body_of, header, latency, reason
from crawler.bounded import Bounded
from crawler.faults import Faults
from crawler.helper import ReaderDied
from crawler.hosts import Hosts
from crawler.listed import depth_after, front, is_alive, is_followed, read_before, to_visit, touched
from crawler.listings import Offered, read_listing
from crawler.middlewares import StoppedError
from crawler.offered import (
    SITEMAP_LINKS,
    is_dated,
    is_sitemap,
    sitemaps_worth_a_visit,
)
from crawler.pipeline import Visited, count
from crawler.quarantine import Quarantine, Wanted
from crawler.read import Part
from crawler.readers import LARGE, LARGE_SOURCE, Readers
from crawler.render.ask import browser_meta
from crawler.sites import channel as channel_named
from crawler.sites.model import ArticleAddress, ListingPage
from crawler.sources import Source, SourceKind
from crawler.sources.discover import link_header
from crawler.sources.model import MOST_BYTES
from crawler.task import CrawlTask, PageVisit, Tally
from crawler.visit import Ask, Visit, judge
from storage import articles, hubs
from storage.bodies import body_digest
from storage.database import Database
from storage.errors import PageAbsent, PageError, StorageError
from storage.records import EventKind, Link, Outcome

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
#: A sitemap may be larger than a page: so many bytes are fetched of one, and read of a packed one.
SOURCE_BYTES = MOST_BYTES
#: That a page is the same (304) is believed so long; then its body is asked for, whatever its ETag says. Servers lie.
BELIEVED = timedelta(days=3)
#: How many requests wait for their answers at a time; the articles beyond are kept as no more than key and address.
AT_ONCE = 64


class Role(StrEnum):
    """How we came to a listing, which says what it is good for."""

    HOME = "home"  # shows the channel's columns
    NAMED = "named"  # a column that the channel names, or a person
    FOUND = "found"  # a column that the home page shows: some are closed, and that is no failure of ours


@dataclass(frozen=True, slots=True)
class Way:
    """The way to a listing page: as what, its number, the address that it began with, and whether that one
    was read in an earlier crawl. `first`: the address of its first page; `before`: what is known of that one; `depth`:
    how many pages earlier crawls read, from that one on."""

    role: Role
    page: int = 1
    origin: str = ""
    known: bool = False
    first: str = ""
    before: articles.Listed | None = None
    hops: int = 0
    depth: int = 0


class ChannelSpider(Spider):
    """Crawls one channel. `scrapy crawl channel -a channel=cq [-a home=URL] [-a pages=N] [-a since=DATE]`."""

    name = "channel"

    def __init__(
        self,
        channel: str = "cq",
        home: str | None = None,
        pages: str | None = None,
        since: str | None = None,
        *,
        task: CrawlTask | None = None,
        tally: Tally | None = None,
        database: Database | None = None,
        hosts: Hosts | None = None,
        browser: Any = None,
        bounded: Bounded | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.task = task or task_from_words(channel, home, pages, since)
        self.tally = tally or Tally()
        self.publisher = self.task.channel.publisher
        self.run_id: int | None = None
        self.hosts = hosts
        self.browser = browser  # crawler.render.browser.Browser, for a channel that needs one
        self.readers = Readers(bounded)
        self.faults = Faults(self.tally, self.task.channel.home)
        self._database = database
        self._quarantine: Quarantine | None = None
        self._keys: set[str] = set()  # of the articles that this run visits
        self._backlog: deque[tuple[str, str]] = deque()  # key and address of those whose turn is to come
        self._open = 0  # requests without an answer
        self._unknown: set[str] = set()  # found, not visited yet: the store has nothing to say of them
        self._listings: set[str] = set()
        self._sources = set(self.task.channel.sources)
        self._links_found = 0
        self._began = datetime.now(UTC)
        self._left: dict[
            str, tuple[frozenset[str], frozenset[str]]
        ] = {}  # listing -> what it shows, no longer shows

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Build from Scrapy's arguments; open the store of the settings where none is given."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.settle_doubts, signals.spider_idle)
        crawler.signals.connect(spider.closed_down, signals.spider_closed)
        for fault in (signals.spider_error, signals.item_error):
            crawler.signals.connect(spider.met_a_fault, fault)
        if spider._database is None:
            spider._database = Database.open(crawler.settings["NEWSDELTA_DATABASE_URL"])
        return spider

    @property
    def database(self) -> Database:
        """The store."""
        if self._database is None:
            raise RuntimeError("the spider was built without from_crawler()")
        return self._database

    @property
    def quarantine(self) -> Quarantine:
        """The judge of this run, made when it is first needed."""
        if self._quarantine is None:
            self._quarantine = Quarantine(
                self.database,
                self.task.channel.name,
                self.publisher,
                self.task.policy,
                partial(count, self.tally),
                home=self.task.channel.home,
                dry_run=self.task.dry_run,
            )
        return self._quarantine

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the listings, for what was found earlier and never read, and for what is known."""
        now = datetime.now(UTC)
        if not self.task.dry_run:
            self.run_id = articles.start_run(self.database, self.task.channel.name, now)
        if self.task.urls:
            for request in self._given(self.task.urls):
                yield request
            return
        for request in self._channel_listings():
            yield request
        pending = articles.pending(self.database, self.task.channel.name)
        self._unknown.update(link.key for link in pending)
        for request in self._plan((link.key, link.url) for link in pending):
            yield request
        known = articles.revisitable(self.database, self.task.channel.name, since=now - self.task.revisit_for)
        for request in self._plan((article.key, article.url) for article in known):
            yield request

    # -- listings

    def _channel_listings(self) -> Iterator[Request]:
        home, *named = self.task.channel.listings
        yield from self._listing_requests([home], Way(Role.HOME))
        yield from self._listing_requests(named, Way(Role.NAMED))

    async def parse_listing(self, response: Response, way: Way) -> AsyncIterator[Request]:
        """Find a listing's articles, its next page and, on a home page, its columns."""
        self._answered(response)
        if response.status == 304:
            self.quarantine.listing(asked_url(response), None)
            self._listing_visited(way)
        elif response.status != 200:
            self._listing_failed(response.url, f"the server answers {response.status}", way)
        else:
            for request in await self._read_listing(response, way):
                yield request
        for request in self._next():
            yield request

    async def _read_listing(self, response: Response, way: Way) -> Iterable[Request]:
        """Read a listing. What calls itself HTML is a feed or sitemap only where the channel says so."""
        may_be_source = "html" not in (header(response, "Content-Type") or "html")
        may_be_source |= asked_url(response) in self._sources
        most = SITEMAP_LINKS if self.task.pages is None else None
        work = partial(read_listing, may_be_source=may_be_source, most=most)
        large = LARGE_SOURCE if may_be_source else LARGE
        page = body_of(response, response.url)
        try:
            read = await self.readers.do(work, page, self.publisher, datetime.now(UTC), large=large)
        except (PageError, ReaderDied) as error:
            self._listing_failed(
                response.url, error.message if isinstance(error, PageError) else str(error), way
            )
            return ()
        if isinstance(read, Offered):
            return self._follow_source(read, response, way)
        return self._follow(read, response, way)

    def _follow_source(self, offered: Offered, response: Response, way: Way) -> Iterator[Request]:
        """Go on from a feed or sitemap: the articles that it offers, the sitemaps of an index, a feed's next page."""
        source = offered.source
        self._note_hub(source, response)
        if source.problem and not (offered.entries or source.further):
            self._listing_failed(response.url, source.problem, way)
            return
        if offered.entries and not offered.links and way.page == 1:
            self.tally.problem(
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

    def _note_hub(self, source: Source, response: Response) -> None:
        """Keep which hub tells of this feed at once (WebSub): the header's word goes before the feed's."""
        named, topic = link_header(header(response, "Link") or "", response.url)
        hub = named or source.hub
        if hub and not self.task.dry_run and asked_url(response) in self.task.channel.sources:
            topic = topic or source.self_url or response.url
            hubs.offer(
                self.database, self.task.channel.name, asked_url(response), topic, hub, datetime.now(UTC)
            )

    def _follow_index(self, index: Source, response: Response, way: Way) -> Iterator[Request]:
        asked = asked_url(response)
        known = articles.validators(self.database, [*index.further, asked])
        visited = {url: one.visited_at for url, one in known.items() if one.visited_at is not None}
        chosen = sitemaps_worth_a_visit(index, visited, visited.get(asked), self.task.pages)
        if way.page < SITEMAP_DEPTH:
            self._sources.update(chosen)
            yield from self._listing_requests(chosen, dataclasses.replace(way, page=way.page + 1))
        # An index that does not say what changed is asked for in full: that it is the same means nothing.
        self._remember_listing(response, way, (), with_validators=is_dated(index))
        self._listing_visited(way)

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
        unknown = self._discover(links)
        if not listing.links and offered is None and not self._has_sources(way):
            self._tell_of_no_links(response.url)
        shows = front(links) if way.page == 1 and not (offered and is_sitemap(offered.source)) else ()
        if self.quarantine.listing(asked_url(response), len(listing.links)):
            self._remember_listing(response, way, self._with_those_that_left(response, way, shows))
            self._note_depth(way, links, unknown, ends=ends)
        self._listing_visited(way, len(unknown))
        if self.task.follow:
            again = self._again(shows, way, offered)
            yield from self._plan((link.key, link.url) for link in to_visit(links, unknown, again))
        if way.role is Role.HOME:
            self.tally.columns.extend(listing.columns[: self._room_for_columns()])
            if self.task.follow:
                yield from self._listing_requests(self._columns(listing), Way(Role.FOUND))
        if self._deeper(way, links, unknown):
            yield from self._listing_requests(
                self._next_page(listing), dataclasses.replace(way, page=way.page + 1)
            )

    def _follow_signpost(self, target: str, response: Response, way: Way) -> Iterator[Request]:
        if way.hops < MOST_HOPS:
            yield from self._listing_requests([target], dataclasses.replace(way, hops=way.hops + 1))
        else:
            self._listing_failed(
                response.url, f"it sends its reader elsewhere more than {MOST_HOPS} times", way
            )

    def _taken(self, links: list[Link], url: str) -> list[Link]:
        """As many of a page's links as a run takes."""
        room = max(0, MOST_LINKS - self._links_found) if self.task.pages is None else len(links)
        if len(links) > room:
            self.tally.problem(
                url,
                f"The channel shows more than {MOST_LINKS} articles in one run: no more are taken",
                "Look at its home page and columns: no paper has so many at a time",
                page_failed=False,
            )
        return links[:room]

    def _tell_of_no_links(self, url: str) -> None:
        changed = "If it shows articles in a browser, its markup changed: "
        heal = f"newsdelta channels heal {self.task.channel.name} offers new selectors"
        self.tally.problem(
            url,
            "The listing has no article links",
            changed + (heal if self.publisher.rules else "please report it"),
            page_failed=False,
        )

    def _again(self, shows: tuple[str, ...], way: Way, offered: Offered | None) -> Collection[str]:
        """The keys of those that are visited although they are known and may be old."""
        if offered is not None and is_sitemap(offered.source):
            visits = articles.last_visits(self.database, self.publisher.name, offered.changes)
            return touched(offered.changes, visits)
        return shows if is_alive(shows, way.before, datetime.now(UTC), self.task.revisit_for) else ()

    def _note_depth(self, way: Way, links: list[Link], unknown: Collection[str], *, ends: bool) -> None:
        """Keep how far the listing is known; by links that `since` left out nothing can be told."""
        depth = depth_after(way.page, way.depth, links, unknown, ends=ends)
        if not self.task.dry_run and self.task.since is None and (way.page > 1 or depth != way.depth):
            articles.note_depth(self.database, way.first, depth)

    def _has_sources(self, way: Way) -> bool:
        """Whether a home without articles is no surprise: they are found through feeds and sitemaps."""
        return way.role is Role.HOME and bool(self.task.channel.sources)

    def _deeper(self, way: Way, links: list[Link], unknown: Collection[str]) -> bool:
        if self.task.pages is not None:
            return is_followed(way.page, way.depth, self.task.pages, links, unknown)
        catching_up = way.known or self.task.follow  # a plan has no need of what was there before it
        return catching_up and way.page < CATCH_UP_PAGES and bool(links) and len(unknown) == len(links)

    def _next_page(self, listing: ListingPage) -> list[str]:
        return [url for url in listing.pages if url not in self._listings][:1]

    def _columns(self, listing: ListingPage) -> list[str]:
        room = self._room_for_columns()
        return [url for url in listing.columns if url not in self._listings][:room]

    def _room_for_columns(self) -> int:
        return max(0, COLUMN_LIMIT - len(self.task.channel.columns))

    def _wanted(self, link: Link) -> bool:
        since = self.task.since
        return not (since and link.listed_at and link.listed_at.date() < since)

    def _discover(self, links: list[Link]) -> Collection[str]:
        """Keep what a listing shows; returns the keys of what is not known yet."""
        if self.task.dry_run:
            return {link.key for link in links}
        found = articles.discover(self.database, self.task.channel.name, links, datetime.now(UTC))
        unknown = {link.key for link in found}
        self._unknown.update(unknown)
        return unknown

    def _with_those_that_left(self, response: Response, way: Way, shows: Collection[str]) -> Collection[str]:
        """What a first page shows, and what it showed last: that stays until it was seen what became of it."""
        left = (way.before.shows if way.before else frozenset()) - set(shows)
        if way.page == 1 and shows and left:
            self._left[asked_url(response)] = frozenset(shows), left
            return {*shows, *left}
        return shows

    def _let_go(self) -> None:
        """Forget those that left a listing and were visited since; whose visit failed, or was not believed, stays."""
        for url, (shows, left) in self._left.items():
            visits = articles.last_visits(self.database, self.publisher.name, left)
            waiting = {key for key, visited_at in visits.items() if visited_at < self._began}
            articles.narrow_listing(self.database, url, shows | waiting)

    def _remember_listing(
        self, response: Response, way: Way, shows: Collection[str], *, with_validators: bool = True
    ) -> None:
        if not self.task.dry_run:
            articles.remember_listing(
                self.database,
                asked_url(response),
                channel=self.task.channel.name,
                etag=header(response, "ETag") if with_validators else None,
                last_modified=header(response, "Last-Modified") if with_validators else None,
                now=datetime.now(UTC),
                digest=body_digest(response.body),
                shows=shows if way.page == 1 else None,
            )

    def _listing_visited(self, way: Way, discovered: int = 0, change: str = "unchanged") -> None:
        self.tally.visited(PageVisit(way.origin, datetime.now(UTC).timestamp(), change, discovered))

    def _listing_failed(self, url: str, what: str, way: Way) -> None:
        if way.page == 1:
            self._listing_visited(way, change="failed")
        if way.role is Role.FOUND:
            self.logger.info("the column %s is closed: %s", url, what)
            return
        self.tally.problem(url, f"The listing could not be read: {what}", "It is tried again in the next run")

    def _listing_requests(self, urls: Iterable[str], way: Way) -> Iterator[Request]:
        wanted = [url for url in urls if url not in self._listings]
        self._listings.update(wanted)
        known = articles.validators(self.database, wanted)
        firsts = articles.listed(self.database, wanted) if way.page == 1 else {}
        for url in wanted:
            here = dataclasses.replace(way, origin=way.origin or url, known=way.known or url in known)
            if way.page == 1:
                shown = firsts.get(url)
                here = dataclasses.replace(here, first=url, before=shown, depth=shown.depth if shown else 0)
            stored = known.get(url)
            sent = stored if self._may_be_unmodified(here) else None
            before = stored.digest if stored is not None else ""
            yield self._request(
                url, self.parse_listing, sent, {"way": here}, priority=LISTING_PRIORITY, before=before
            )

    def _may_be_unmodified(self, way: Way) -> bool:
        """Whether a listing need not be sent that is as it was: we know what it showed, and all behind it."""
        if way.role is Role.HOME and way.page == 1 and self.task.follow:
            return False  # it leads to the columns, which may show what it does not
        if self.task.pages is None:
            return way.page > 1 or way.before is not None
        return way.page == 1 and way.depth >= self.task.pages

    # -- articles

    def _given(self, urls: Iterable[str]) -> Iterator[Request]:
        for url in urls:
            address = self._article_at(url)
            if address is None:
                yield from self._listing_requests([url], Way(self._role_of(url)))
            else:
                yield from self._visit(address.key, url, address)

    def _article_at(self, url: str) -> ArticleAddress | None:
        """The article that a given page is, None for a listing. Where the address does not tell, the store may."""
        if url in self.task.channel.listings:
            return None
        located = self.publisher.locate(url)
        if located is not None:
            return located
        listed = self.publisher.listed(url)
        if listed is None:
            return None
        known = articles.validators(self.database, [url]).get(url)
        if known is None:
            found = articles.pending(self.database, self.task.channel.name)
            return listed if listed.key in {link.key for link in found} else None
        return listed if known.article is not None else None

    def _role_of(self, url: str) -> Role:
        if self.task.follow:
            return Role.NAMED  # a person asks for it
        home, *named = self.task.channel.listings
        if url == home:
            return Role.HOME
        return Role.NAMED if url in named else Role.FOUND

    def _plan(self, found: Iterable[tuple[str, str]]) -> Iterator[Request]:
        """Note articles by key and address, each to be visited once; begin with those that there is room for."""
        for key, url in found:
            if key not in self._keys:
                self._keys.add(key)
                self._backlog.append((key, url))
                self.tally.requested()
        yield from self._next()

    def _next(self) -> Iterator[Request]:
        """The requests for which there is room now. To be called after every answer."""
        while self._backlog and self._open < AT_ONCE:
            key, url = self._backlog.popleft()
            self.tally.queued -= 1  # its requests are counted one by one
            address = self.publisher.listed(url)
            yield from self._begin(key, url, address) if address is not None else ()

    def _visit(
        self, key: str, url: str, address: ArticleAddress | None = None, *, fresh: bool = False
    ) -> list[Request]:
        """The first requests of a visit to an article, or none where this run visits it already."""
        address = address or self.publisher.listed(url)
        if key in self._keys or address is None:
            return []
        self._keys.add(key)
        return self._begin(key, url, address, fresh=fresh)

    def _begin(self, key: str, url: str, address: ArticleAddress, *, fresh: bool = False) -> list[Request]:
        is_new = key in self._unknown
        known = {} if is_new else articles.parts(self.database, self.publisher.name, key)
        self._unknown.discard(key)
        if known:
            url = known[1].url if 1 in known else url
        visit: Visit[Part] = Visit(address, url, {part: entry.url for part, entry in known.items()}, is_new)
        stored = {} if fresh else {entry.url: entry for entry in known.values()}
        return [self._ask(visit, ask, stored.get(ask.url)) for ask in visit.begin()]

    def _ask(self, visit: Visit[Part], ask: Ask, known: articles.Validators | None = None) -> Request:
        sent = None if ask.fresh else known
        before = "" if visit.is_new else known.digest if known is not None else None
        return self._request(ask.url, self.parse_article, sent, {"visit": visit, "ask": ask}, before=before)

    async def parse_article(
        self, response: Response, visit: Visit[Part], ask: Ask
    ) -> AsyncIterator[Request | Visited]:
        """Read one page of an article; when its visit is done, hand it on."""
        self._answered(response)
        visit.transferred(response.status, len(response.body), latency(response), ask.part)
        verdict = judge(
            response.status, asked_url(response), response.url, len(response.body), self.publisher
        )
        if verdict is None:
            asks = await self._read(response, visit, ask)
        elif verdict[0] is Outcome.NOT_MODIFIED:
            asks = visit.unmodified(ask)
        else:
            asks = visit.failed(ask, *verdict)
        for wanted in (*self._carry_on(visit, asks), *self._next()):
            yield wanted

    async def _read(self, response: Response, visit: Visit[Part], ask: Ask) -> list[Ask]:
        page = body_of(response, ask.url, ask.part)
        try:
            part = await self.readers.read(page, self.publisher)
        except PageAbsent as absent:
            return visit.failed(ask, absent.outcome, absent.message, page)
        except PageError as error:
            return visit.failed(ask, Outcome.UNREADABLE, error.message, page)
        except ReaderDied as died:
            return visit.failed(ask, Outcome.FAILED, str(died))
        return visit.read(ask, part, part.further)

    def failed(self, failure: Failure) -> Iterator[Request | Visited]:
        """Note a request that got no answer."""
        if isinstance(failure.value, StoppedError):
            return
        self._unanswered()
        request: Request = failure.request  # type: ignore[attr-defined]
        what = reason(failure)
        visit = request.cb_kwargs.get("visit")
        if visit is None:
            self._listing_failed(request.url, what, request.cb_kwargs["way"])
        else:
            ask = request.cb_kwargs["ask"]
            yield from self._carry_on(visit, visit.failed(ask, Outcome.FAILED, what))
        yield from self._next()

    def _carry_on(self, visit: Visit[Part], asks: list[Ask]) -> Iterator[Request | Visited]:
        for ask in asks:
            yield self._ask(visit, ask)
        if visit.done:
            yield Visited(visit, datetime.now(UTC))

    # -- doubts

    def settle_doubts(self) -> None:
        """Before the run ends, fetch what its judge needs to settle a doubt. Raises DontCloseSpider."""
        requests = list(self._next()) or [
            request for wanted in self.quarantine.wanted() for request in self._wanted_pages(wanted)
        ]
        if not requests or self.crawler.engine is None:
            return
        for request in requests:
            self.crawler.engine.crawl(request)
        raise DontCloseSpider

    def _wanted_pages(self, wanted: Wanted) -> list[Request]:
        if wanted.key is not None:
            return self._visit(wanted.key, wanted.url, fresh=wanted.fresh)
        self._asked()
        rendering, time_zone = self.task.channel.rendering, self.publisher.time_zone
        asked = browser_meta(rendering, listing=False, time_zone=time_zone)
        probe = Request(wanted.url, self.parse_probe, errback=self.probe_failed, meta=asked, dont_filter=True)
        return [probe]

    def parse_probe(self, response: Response) -> None:
        """Note what the site shows for an address that never was."""
        self._answered(response)
        shows_a_page = response.status == 200 and response.url == asked_url(response)
        self.quarantine.probed(body_of(response, response.url) if shows_a_page else None)

    def probe_failed(self, failure: Failure) -> None:
        """Note that the probe got no answer: the doubt stays."""
        self._unanswered()

    # -- common

    def met_a_fault(self, failure: Failure) -> None:
        """Note what was raised where a page was read, or stored."""
        self.faults.note(failure.value)

    def _asked(self) -> None:
        self._open += 1
        self.tally.requested()

    def _answered(self, response: Response) -> None:
        self._open -= 1
        self.tally.answer(response.status, len(response.body))

    def _unanswered(self) -> None:
        self._open -= 1
        self.tally.unanswered()

    def _request(
        self,
        url: str,
        callback: Any,
        known: articles.Validators | None,
        arguments: dict[str, Any],
        priority: int = 0,
        before: str | None = None,
    ) -> Request:
        """A request, conditional where the page is `known`; `before`: see `crawler.archive`."""
        self._asked()
        rendering, time_zone = self.task.channel.rendering, self.publisher.time_zone
        is_source = url in self._sources
        meta = browser_meta(
            None if is_source else rendering, listing=callback == self.parse_listing, time_zone=time_zone
        )
        if known and not meta and _is_believed(known):
            meta = {"validators": (known.etag, known.last_modified)}
        if is_source:
            meta["download_maxsize"] = SOURCE_BYTES
        meta["digest_before"] = before
        return Request(
            url,
            callback=callback,
            errback=self.failed,
            cb_kwargs=arguments,
            meta=meta,
            priority=priority,
            dont_filter=True,  # what was asked for already is known by its key
        )

    async def closed_down(self, reason: str) -> None:
        """Judge what is held, and close the run in the store."""
        await self.readers.close()
        try:
            self._close_run()
        except StorageError as error:  # what was held is visited again
            self.faults.note(error)

    def _close_run(self) -> None:
        self._judge()
        if not self.task.dry_run:
            self._let_go()
        if (
            not self._links_found
            and not self.task.urls
            and self.tally.answered
            and not self.tally.not_modified
        ):
            self.tally.problem(
                self.task.channel.home,
                f"No article links were found on {self.task.channel.name}",
                "Open the home page in a browser: if it shows articles, the site was redesigned",
            )
        if self.run_id is not None:
            articles.finish_run(
                self.database, self.run_id, datetime.now(UTC), self.tally.counts(), self.tally.notes()
            )

    def _judge(self) -> None:
        told = self.quarantine.finish(datetime.now(UTC))
        if told is not None and told[0] is EventKind.CHANNEL_BROKEN:
            self.tally.problem(
                self.task.channel.home,
                f"The channel {self.task.channel.name} looks broken: {told[1]}",
                "Nothing is concluded from it. Look at the site in a browser: if it is well, update newsdelta",
                page_failed=False,
            )


def _is_believed(known: articles.Validators) -> bool:
    """Whether the body was read of late, so that a 304 may stand for it."""
    return known.visited_at is None or datetime.now(UTC) - known.visited_at < BELIEVED


def task_from_words(channel: str, home: str | None, pages: str | None, since: str | None) -> CrawlTask:
    """Build a task from the words of `scrapy crawl -a …`. Raises ConfigError for an unknown channel."""
    found = channel_named(channel)
    if home:
        found = dataclasses.replace(found, home=home.rstrip("/") + "/")
    return CrawlTask(
        channel=found,
        pages=int(pages) if pages else None,
        since=date.fromisoformat(since) if since else None,
    )
