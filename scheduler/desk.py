"""The desk where crawls that people asked for are carried out: taken from the store, followed, stopped, ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from crawler.task import CrawlResult
from scheduler.child import Tell
from scheduler.trouble import Trouble
from storage import orders
from storage.database import Database
from storage.errors import NewsdeltaError, StorageError
from storage.records import CrawlOrder, OrderProgress

log = logging.getLogger(__name__)

#: Carries out an order, telling how far it is, until it is done or cancelled. Raises NewsdeltaError.
Work = Callable[[CrawlOrder, Tell, asyncio.Event], Awaitable[CrawlResult]]

#: Orders carried out at once, and seconds between two signs of life.
AT_ONCE, BEAT = 4, 0.5


class Desk:
    """Takes orders while `free` says that this process may, and sees each to its end."""

    def __init__(
        self,
        database: Database,
        work: Work,
        now: Callable[[], datetime],
        free: Callable[[], bool] = lambda: True,
    ) -> None:
        self._database = database
        self._work = work
        self._now = now
        self._free = free
        self._going: set[asyncio.Task[None]] = set()
        self._stopped = asyncio.Event()
        self._trouble = Trouble(log, "Orders cannot be read")

    async def look(self) -> None:
        """Take the orders that wait, and give up those whose process was killed."""
        try:
            orders.bury(self._database, self._now())
            while len(self._going) < AT_ONCE and not self._stopped.is_set() and self._takes():
                order = orders.take(self._database, self._now())
                if order is None:
                    break
                carrying = asyncio.ensure_future(self._carry_out(order))
                self._going.add(carrying)
                carrying.add_done_callback(self._going.discard)
        except StorageError as error:
            self._trouble.met(error)
        else:
            self._trouble.over()

    async def stop(self) -> None:
        """Take none any more, and let those under way finish the pages in hand."""
        self._stopped.set()
        await asyncio.gather(*self._going, return_exceptions=True)

    def _takes(self) -> bool:
        return bool(orders.latest(self._database, limit=1, open_only=True)) and self._free()

    async def _carry_out(self, order: CrawlOrder) -> None:
        following = _Following(self._database, order.id, self._now, self._stopped)
        beating = asyncio.ensure_future(following.beat())
        run, error = None, ""
        try:
            run = (await self._work(order, following.tell, following.cancelled)).run
        except NewsdeltaError as failure:
            error = str(failure)
        finally:
            beating.cancel()
        try:
            await following.say()
            orders.end(self._database, order.id, self._now(), run=run, error=error)
        except StorageError as failure:
            log.warning("The end of order %d cannot be kept: %s", order.id, failure)


class _Following:
    """How far one order is, kept in the store while it goes on."""

    def __init__(
        self, database: Database, number: int, now: Callable[[], datetime], stopped: asyncio.Event
    ) -> None:
        self.cancelled = asyncio.Event()
        self._database = database
        self._number = number
        self._now = now
        self._stopped = stopped
        self._progress = OrderProgress()

    def tell(self, progress: OrderProgress) -> None:
        self._progress = progress

    async def say(self) -> bool:
        return orders.beat(self._database, self._number, self._now(), self._progress)

    async def beat(self) -> None:
        while not self.cancelled.is_set():
            try:
                if not await self.say() or self._stopped.is_set():
                    self.cancelled.set()
            except StorageError as error:
                log.warning("The progress of order %d cannot be kept: %s", self._number, error)
            await asyncio.sleep(BEAT)
