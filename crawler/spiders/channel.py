"""The spider `channel`: listings → article links → articles, each long article whole."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.answers import asked_url, body_of
from crawler.bounded import Bounded
from crawler.faults import Faults
from crawler.hosts import Hosts
from crawler.quarantine import Quarantine, Wanted
from crawler.sites import channel as channel_named
from crawler.sites.model import ArticleAddress
from crawler.spiders.article_pages import ArticlePages
from crawler.spiders.crawl import Crawl
from crawler.spiders.listing_pages import ListingPages
from crawler.spiders.way import Role, Way
from crawler.task import CrawlTask, Tally
from storage import articles
from storage.database import Database
from storage.errors import StorageError
from storage.records import EventKind


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
        database: Database,
        task: CrawlTask | None = None,
        tally: Tally | None = None,
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
        self._faults = Faults(self.tally, self.task.channel.home)
        self._database = database
        self._crawl = Crawl(self.task, self.tally, database, bounded, self.logger)
        self._articles = ArticlePages(self._crawl)
        self._listings = ListingPages(self._crawl, self._articles)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Build from Scrapy's arguments; open the store of the settings where none is given."""
        if kwargs.get("database") is None:
            kwargs["database"] = Database.open(crawler.settings["NEWSDELTA_DATABASE_URL"])
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.settle_doubts, signals.spider_idle)
        crawler.signals.connect(spider.closed_down, signals.spider_closed)
        for fault in (signals.spider_error, signals.item_error):
            crawler.signals.connect(spider.met_a_fault, fault)
        return spider

    @property
    def quarantine(self) -> Quarantine:
        """The judge of this run."""
        return self._crawl.quarantine

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the listings, for what was found earlier and never read, and for what is known."""
        now, name = datetime.now(UTC), self.task.channel.name
        if not self.task.dry_run:
            self.run_id = articles.start_run(self._database, name, now)
        if self.task.urls:
            for request in self._given(self.task.urls):
                yield request
            return
        for request in self._channel_listings():
            yield request
        pending = articles.pending(self._database, name)
        self._crawl.unknown.update(link.key for link in pending)
        for request in self._articles.plan((link.key, link.url) for link in pending):
            yield request
        known = articles.revisitable(self._database, name, since=now - self.task.revisit_for)
        for request in self._articles.plan((article.key, article.url) for article in known):
            yield request

    def _channel_listings(self) -> Iterator[Request]:
        home, *named = self.task.channel.listings
        yield from self._listings.requests([home], Way(Role.HOME))
        yield from self._listings.requests(named, Way(Role.NAMED))

    # -- pages that were given

    def _given(self, urls: Iterable[str]) -> Iterator[Request]:
        for url in urls:
            address = self._article_at(url)
            if address is None:
                yield from self._listings.requests([url], Way(self._role_of(url)))
            else:
                yield from self._articles.visit(address.key, url, address)

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
        known = articles.validators(self._database, [url]).get(url)
        if known is None:
            found = articles.pending(self._database, self.task.channel.name)
            return listed if listed.key in {link.key for link in found} else None
        return listed if known.article is not None else None

    def _role_of(self, url: str) -> Role:
        if self.task.follow:
            return Role.NAMED  # a person asks for it
        home, *named = self.task.channel.listings
        if url == home:
            return Role.HOME
        return Role.NAMED if url in named else Role.FOUND

    # -- doubts

    def settle_doubts(self) -> None:
        """Before the run ends, fetch what its judge needs to settle a doubt. Raises DontCloseSpider."""
        requests = list(self._articles.next()) or [
            request for wanted in self.quarantine.wanted() for request in self._wanted_pages(wanted)
        ]
        if not requests or self.crawler.engine is None:
            return
        for request in requests:
            self.crawler.engine.crawl(request)
        raise DontCloseSpider

    def _wanted_pages(self, wanted: Wanted) -> list[Request]:
        if wanted.key is not None:
            return self._articles.visit(wanted.key, wanted.url, fresh=wanted.fresh)
        self._crawl.asked()
        meta = self._crawl.rendered(listing=False)
        return [Request(wanted.url, self.parse_probe, errback=self.probe_failed, meta=meta, dont_filter=True)]

    def parse_probe(self, response: Response) -> None:
        """Note what the site shows for an address that never was."""
        self._crawl.answered(response)
        shows_a_page = response.status == 200 and response.url == asked_url(response)
        self.quarantine.probed(body_of(response, response.url) if shows_a_page else None)

    def probe_failed(self, failure: Failure) -> None:
        """Note that the probe got no answer: the doubt stays."""
        self._crawl.unanswered(failure)

    # -- the end

    def met_a_fault(self, failure: Failure) -> None:
        """Note what was raised where a page was read, or stored."""
        self._faults.note(failure.value)

    async def closed_down(self, reason: str) -> None:
        """Judge what is held, and close the run in the store."""
        await self._crawl.readers.close()
        try:
            self._close_run()
        except StorageError as error:  # what was held is visited again
            self._faults.note(error)

    def _close_run(self) -> None:
        self._judge()
        self._listings.close()
        if self.run_id is not None:
            articles.finish_run(
                self._database, self.run_id, datetime.now(UTC), self.tally.counts(), self.tally.notes()
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
