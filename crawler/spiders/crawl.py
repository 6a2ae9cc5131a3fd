"""What the parts of one crawl share: task, tally, store, readers, judge; and how they ask for a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from logging import Logger, LoggerAdapter
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.answers import reason
from crawler.bounded import Bounded
from crawler.middlewares import StoppedError
from crawler.pipeline import count
from crawler.quarantine import Quarantine
from crawler.readers import Readers
from crawler.render.ask import browser_meta
from crawler.sources.model import MOST_BYTES
from crawler.task import CrawlTask, Tally
from storage import articles
from storage.database import Database

#: A sitemap may be larger than a page: so many bytes are fetched of one, and read of a packed one.
SOURCE_BYTES = MOST_BYTES
#: That a page is the same (304) is believed so long; then its body is asked for, whatever its ETag says. Servers lie.
BELIEVED = timedelta(days=3)


class Crawl:
    """One crawl of one channel, for those who walk its listings and visit its articles."""

    def __init__(
        self,
        task: CrawlTask,
        tally: Tally,
        database: Database,
        bounded: Bounded | None,
        logger: LoggerAdapter[Logger],
    ) -> None:
        self.task = task
        self.tally = tally
        self.database = database
        self.publisher = task.channel.publisher
        self.logger = logger
        self.readers = Readers(bounded)
        self.sources = set(task.channel.sources)  # addresses of feeds and sitemaps
        self.unknown: set[str] = set()  # keys found, not visited yet: the store has nothing to say of them
        self.open = 0  # requests without an answer

    @cached_property
    def quarantine(self) -> Quarantine:
        """The judge of this run, made when it is first needed."""
        return Quarantine(
            self.database,
            self.task.channel.name,
            self.publisher,
            self.task.policy,
            partial(count, self.tally),
            home=self.task.channel.home,
            dry_run=self.task.dry_run,
        )

    def asked(self) -> None:
        """Count a request that is made now."""
        self.open += 1
        self.tally.requested()

    def answered(self, response: Response) -> None:
        """Count an answer."""
        self.open -= 1
        self.tally.answer(response.status, len(response.body))

    def unanswered(self, failure: Failure) -> str | None:
        """Count a request that got none; why, in our words, or None where the crawl is being stopped."""
        if isinstance(failure.value, StoppedError):
            return None
        self.open -= 1
        self.tally.unanswered()
        return reason(failure)

    def request(
        self,
        url: str,
        callback: Callable[..., Any],
        errback: Callable[..., Any],
        arguments: dict[str, Any],
        *,
        listing: bool = False,
        known: articles.Validators | None = None,
        before: str | None = None,
        priority: int = 0,
    ) -> Request:
        """A request, conditional where the page is `known`; `before`: see `crawler.archive`."""
        self.asked()
        is_source = url in self.sources
        meta = {} if is_source else self.rendered(listing=listing)
        if known and not meta and _is_believed(known):
            meta["validators"] = (known.etag, known.last_modified)
        if is_source:
            meta["download_maxsize"] = SOURCE_BYTES
        meta["digest_before"] = before
        return Request(
            url,
            callback=callback,
            errback=errback,
            cb_kwargs=arguments,
            meta=meta,
            priority=priority,
            dont_filter=True,  # what was asked for already is known by its key
        )

    def rendered(self, *, listing: bool) -> dict[str, Any]:
        """What a request says so that a browser fetches its page; {} where the channel needs none."""
        return browser_meta(self.task.channel.rendering, listing=listing, time_zone=self.publisher.time_zone)


def _is_believed(known: articles.Validators) -> bool:
    """Whether the body was read of late, so that a 304 may stand for it."""
    return known.visited_at is None or datetime.now(UTC) - known.visited_at < BELIEVED
