"""One crawl: a task in, a result out, on the asyncio reactor that Scrapy needs."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings
from scrapy.utils.reactor import install_reactor

from crawler.archive import Archive, ArchivePlace
from crawler.bounded import Bounded
from crawler.hosts import Hosts
from crawler.memory import TIDY_EVERY, Tidying, be_frugal, be_long_lived
from crawler.middlewares import Politeness
from crawler.render.ask import SETTINGS as BROWSER_SETTINGS
from crawler.render.ask import Limits, browser_meta, require_browser
from crawler.sites.model import Rendering
from crawler.task import CrawlResult, CrawlTask, Tally
from storage.database import Database
from storage.errors import FetchFailed
from storage.records import PageBody

T = TypeVar("T")
REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"


@dataclass(frozen=True, slots=True)
class Options:
    """What all crawls of one process share. `requests_spent`: host → requests in the hour before; `archive`:
    where what is fetched is archived, None for nowhere; `browser`: what bounds it.
    """

    requests_per_hour: float | None = None
    allow_private_addresses: bool = False
    requests_spent: Mapping[str, int] = field(default_factory=dict)
    archive: ArchivePlace | None = None
    browser: Limits = field(default_factory=Limits)
    overrides: Mapping[str, Any] = field(default_factory=dict)

    def settings(self) -> Settings:
        """Scrapy's settings for these options."""
        settings = Settings()
        settings.setmodule("crawler.settings")
        settings.set("NEWSDELTA_REQUESTS_PER_HOUR", self.requests_per_hour, "cmdline")
        settings.set("NEWSDELTA_ALLOW_PRIVATE_ADDRESSES", self.allow_private_addresses, "cmdline")
        settings.setdict(dict(self.overrides), "cmdline")
        return settings


class Crawls:
    """Runs tasks in a running asyncio reactor, also several at once; they share what they know of hosts."""

    def __init__(self, database: Database, options: Options) -> None:
        self.database = database
        self._hosts = Hosts(options.requests_per_hour, options.requests_spent)
        self._going: dict[Crawler, CrawlTask] = {}
        self._options = options
        self._browser: Any = None  # crawler.render.browser.Browser, where a channel needs one
        settings = options.settings()
        self._runner = AsyncCrawlerRunner(settings)
        place = options.archive
        self._archive = Archive(database, place, settings["USER_AGENT"]) if place else None
        self._bounded = Bounded()

    async def crawl(self, task: CrawlTask, listener: Callable[[Tally], None]) -> CrawlResult:
        """Do one task. A failure inside is a problem of the result, never an exception of the page's making.

        Raises ConfigError where its pages need a browser and there is none.
        """
        tally = Tally(listener, for_plan=not task.follow)
        started = time.monotonic()
        host = urlsplit(task.channel.home).netloc
        if task.host is not None:
            self._hosts.budget(host).recall(host, task.host, started)
        crawler = self._crawler(task)
        self._going[crawler] = task
        try:
            await self._runner.crawl(
                crawler,
                task=task,
                tally=tally,
                database=self.database,
                hosts=self._hosts,
                archive=None if task.dry_run else self._archive,
                browser=self._browser,
                bounded=self._bounded,
            )
        finally:
            del self._going[crawler]
        spider = crawler.spider
        return CrawlResult(
            run=getattr(spider, "run_id", None),
            channel=task.channel.name,
            counts=tally.counts(),
            seconds=round(time.monotonic() - started, 3),
            answered=tally.answered,
            problems=tuple(tally.problems),
            changes=tuple(tally.seen),
            changed=tally.changed_articles,
            visits=tuple(tally.visits.values()),
            columns=tuple(tally.columns),
            sent=tally.sent,
            pause=tally.pause,
            gap=self._hosts.budget(host).gap(host, time.monotonic()),
        )

    def _crawler(self, task: CrawlTask) -> Crawler:
        """The crawler for a task; one whose pages need it is given the browser of this process."""
        from crawler.spiders.channel import ChannelSpider

        settings = self._options.settings()
        if task.channel.rendering is not None:
            if self._browser is None:
                self._browser = make_browser(self._options)
            settings.setdict(BROWSER_SETTINGS, "cmdline")
        return Crawler(ChannelSpider, settings)

    async def stop(self, only: CrawlTask | None = None) -> None:
        """Finish the pages in hand and end all crawls, or only that of one task; requests that still wait for
        their turn are given up.

        A crawl that has only just begun is ended as soon as it runs.
        """
        while any(not _runs(crawler) for crawler in self._chosen(only)):
            await asyncio.sleep(0.02)  # Scrapy cannot stop what has not started
        running = self._chosen(only)
        for crawler in running:
            if polite := crawler.get_downloader_middleware(Politeness):
                polite.stop()
        await asyncio.gather(*(crawler.stop_async() for crawler in running))

    async def close(self) -> None:
        """End the browser and the reader of large pages, let go of the archive's file, when all crawls have ended."""
        await self._bounded.close()
        if self._browser is not None:
            await self._browser.close()
        if self._archive is not None:
            self._archive.close()

    def _chosen(self, only: CrawlTask | None) -> list[Crawler]:
        return [crawler for crawler, task in self._going.items() if only is None or task is only]


def make_browser(options: Options) -> Any:
    """The browser of a process (`crawler.render.browser.Browser`). Raises ConfigError where there is none."""
    require_browser()
    from crawler.render.browser import Browser

    return Browser(options.browser, allow_private_addresses=options.allow_private_addresses)


def _runs(crawler: Crawler) -> bool:
    return crawler.engine is not None and crawler.engine.running


def crawl_all(
    tasks: Sequence[CrawlTask],
    database: Database,
    options: Options,
    listener: Callable[[CrawlTask, Tally], None] = lambda task, tally: None,
) -> list[CrawlResult]:
    """Do all tasks, one after another, and return when done. Ctrl-C ends the crawl after the pages in hand.

    Only once in a process: Twisted's reactor cannot start again.
    """

    async def work() -> list[CrawlResult]:
        crawls = Crawls(database, options)
        stopped = asyncio.Event()
        endings: list[asyncio.Future[None]] = []

        def interrupt() -> None:
            stopped.set()
            endings.append(asyncio.ensure_future(crawls.stop()))

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, interrupt)
        results = []
        try:
            for task in tasks:
                if stopped.is_set():
                    break
                results.append(await crawls.crawl(task, partial(listener, task)))
        finally:
            await crawls.close()
        return results

    return in_reactor(work)


class Fetch(Protocol):
    """Fetches one page under the same rules as a crawl. Raises FetchFailed."""

    async def __call__(self, url: str, *, listing: bool = False) -> PageBody:
        """Fetch the page at `url`; as a listing, where the browser treats those otherwise."""


def fetching(
    work: Callable[[Fetch], Coroutine[Any, Any, T]],
    *,
    allow_private_addresses: bool = False,
    rendering: Rendering | None = None,
) -> T:
    """Let `work` fetch pages, under the same rules as a crawl; by the browser, where `rendering` says so.

    Raises what `work` does, and ConfigError where there is no browser. Once in a process, as `crawl_all`.
    """
    from crawler.spiders.page import PageSpider

    async def working() -> T:
        settings = Options(allow_private_addresses=allow_private_addresses).settings()
        if rendering is not None:
            require_browser()
            settings.setdict(BROWSER_SETTINGS, "cmdline")
        runner = AsyncCrawlerRunner(settings)
        hosts = Hosts()

        async def fetch(url: str, *, listing: bool = False) -> PageBody:
            crawler = runner.create_crawler(PageSpider)
            asked = browser_meta(rendering, listing=listing)
            await runner.crawl(crawler, url=url, meta=asked, hosts=hosts)
            spider: Any = crawler.spider
            if spider.page is None:
                raise FetchFailed(f"The page could not be fetched, {spider.problem}", subject=url)
            page: PageBody = spider.page
            return page

        return await work(fetch)

    return in_reactor(working)


def fetch_one(
    url: str,
    *,
    allow_private_addresses: bool = False,
    rendering: Rendering | None = None,
    listing: bool = False,
) -> PageBody:
    """Fetch one page, as `fetching` does. Raises FetchFailed, and ConfigError where there is no browser."""
    return fetching(
        lambda fetch: fetch(url, listing=listing),
        allow_private_addresses=allow_private_addresses,
        rendering=rendering,
    )


def in_reactor(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine on a fresh asyncio reactor; return its result or raise its exception."""
    be_frugal()
    install_reactor(REACTOR)
    be_long_lived()
    from twisted.internet import reactor as installed

    reactor: Any = installed
    outcome: list[asyncio.Future[T]] = []

    def begin() -> None:
        task = asyncio.ensure_future(work())
        outcome.append(task)
        task.add_done_callback(lambda done: reactor.stop())

    tidy = Tidying()

    def tidy_on() -> None:
        tidy()
        reactor.callLater(TIDY_EVERY, tidy_on)

    reactor.callWhenRunning(begin)
    reactor.callWhenRunning(tidy_on)
    reactor.run(installSignalHandlers=False)
    return outcome[0].result()
