"""A worker: takes crawls out of the queue and carries each out in its crawling process, until it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from crawler.serve import Order
from crawler.task import CrawlResult, CrawlTask
from scheduler import queue
from scheduler.child import CrawlerProcess, CrawlFailedError
from storage import crawls
from storage.database import Database
from storage.errors import DatabaseUnreachable, StorageError
from storage.records import HandedCrawl, OrderProgress, Worker

log = logging.getLogger(__name__)

#: Seconds between two signs of life, of the worker and of each crawl.
BEAT = 1.0
#: Seconds between two tries to reach the database; so many tries to write down what a crawl came to.
AGAIN, TRIES = 2.0, 15


class Station:
    """One worker's hands: the crawling process, and what it has to say of itself."""

    def __init__(
        self, database: Database, process: CrawlerProcess, concurrency: int, now: Callable[[], datetime]
    ) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._database = database
        self._process = process
        self._concurrency = concurrency
        self._now = now
        self._since = now()

    async def carry(self, number: int) -> None:
        """Carry one crawl out, and write down what came of it. Nothing is done where it was cancelled."""
        found = await self._taken(number)
        if found is None:
            return
        following = _Following(self._database, found, self.name, self._now)
        beating = asyncio.ensure_future(following.beat())
        try:
            result = await self._process.crawl(self._task(found), following.tell, following.cancelled)
        except CrawlFailedError as error:
            await self._end(number, error=str(error))
        else:
            await self._end(number, result=result)
        finally:
            beating.cancel()

    async def _taken(self, number: int) -> HandedCrawl | None:
        """The crawl, once it is ours. Where a worker that lost the queue is still at it, its job is ours, and with
        it the host: we keep others away until that one has ended or falls silent.
        """
        while True:
            found = crawls.take(self._database, number, self.name, self._now())
            if found is not None or not crawls.is_under_way(self._database, number):
                return found
            await asyncio.sleep(BEAT)

    def _task(self, found: HandedCrawl) -> CrawlTask:
        task = msgspec.json.decode(found.task, type=Order).task()
        return dataclasses.replace(task, host=crawls.host_memory(self._database, found.host, self._now()))

    async def _end(self, number: int, *, result: CrawlResult | None = None, error: str = "") -> None:
        """Write the end down, also where the database is away for a while."""
        now = self._now()
        for _ in range(TRIES):
            try:
                if result is None:
                    crawls.end(self._database, number, self.name, now, error=error)
                else:
                    pause = None if result.pause is None else now + timedelta(seconds=result.pause)
                    words = msgspec.json.encode(result).decode()
                    crawls.end(
                        self._database,
                        number,
                        self.name,
                        now,
                        result=words,
                        sent=result.sent,
                        gap=result.gap,
                        held_until=pause,
                    )
                return
            except StorageError as trouble:
                log.warning("The end of crawl %d cannot be written down now: %s", number, trouble)
                await asyncio.sleep(AGAIN)

    async def beat(self) -> None:
        """Say again and again that the worker is there."""
        while True:
            try:
                crawls.enroll(self._database, Worker(self.name, self._concurrency, self._since, self._now()))
            except StorageError as error:
                log.warning("The queue cannot be told that this worker lives: %s", error)
            await asyncio.sleep(BEAT)


class _Following:
    """How far one crawl is, told to the queue while it goes on; hears from it when to stop."""

    def __init__(
        self, database: Database, found: HandedCrawl, worker: str, now: Callable[[], datetime]
    ) -> None:
        self.cancelled = asyncio.Event()
        self._database = database
        self._found = found
        self._worker = worker
        self._now = now
        self._progress = OrderProgress()

    def tell(self, progress: OrderProgress) -> None:
        self._progress = progress

    async def beat(self) -> None:
        while not self.cancelled.is_set():
            await asyncio.sleep(BEAT)
            try:
                said = crawls.beat(self._database, self._found.id, self._worker, self._now(), self._progress)
            except StorageError as error:
                log.warning("How far crawl %d is cannot be told: %s", self._found.id, error)
            else:
                if not said:  # cancelled, or another worker's by now
                    self.cancelled.set()


async def work(
    database: Database,
    process: CrawlerProcess,
    queue_url: str,
    concurrency: int,
    stop: asyncio.Event,
    now: Callable[[], datetime],
) -> None:
    """Take crawls and carry them out, `concurrency` at once, until `stop` is set; then the pages in hand are
    finished. Where the database is away, it is waited for.
    """
    station = Station(database, process, concurrency, now)
    await process.warm_up()
    beating = asyncio.ensure_future(station.beat())
    stopping = asyncio.ensure_future(stop.wait())
    while not stop.is_set():
        working = asyncio.ensure_future(_take_jobs(station, queue_url, concurrency))
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            working.cancel()
            await process.stop()
        with contextlib.suppress(asyncio.CancelledError):
            try:
                await working
            except (DatabaseUnreachable, *queue.TROUBLE) as error:
                log.warning("The queue does not answer: %s", error)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), AGAIN)
    beating.cancel()
    with contextlib.suppress(StorageError):
        crawls.leave(database, station.name)


async def _take_jobs(station: Station, queue_url: str, concurrency: int) -> None:
    async with queue.opened(queue_url, station.carry) as app:
        await queue.run_worker(app, station.name, concurrency)
