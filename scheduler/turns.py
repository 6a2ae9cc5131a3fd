"""A host's turn for a crawl by hand, beside a queue: while one has it, no worker is at the host, and no other either.

The turn is what a worker's is: a job of Procrastinate's under the host's lock, of which the database lets only one be
carried out at a time. It is kept alive as a worker is; where its process dies, it is given up as a dead worker's is.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import socket
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from crawler.task import CrawlResult, CrawlTask
from scheduler.queue import BY_HAND, TROUBLE, Turn, give_back, opened, prepare, stay_alive
from storage import crawls
from storage.database import Database
from storage.errors import DatabaseUnreachable, StorageError
from storage.records import HostMemory

#: Seconds between two tries to get a turn; after so many of waiting it is said again what is waited for.
AGAIN, REMIND = 0.2, 60.0

Tell = Callable[[str], None]


@contextlib.contextmanager
def beside_the_queue(
    database: Database, url: str, tasks: Sequence[CrawlTask], tell: Tell
) -> Iterator[list[CrawlTask]]:
    """Have the turn at the hosts of these tasks; gives the tasks with what the workers did to their hosts of late.

    Raises StorageError.
    """
    prepare(url)
    with host_turns(database, url, {_host(task) for task in tasks}, tell):
        now = datetime.now(UTC)
        yield [
            dataclasses.replace(task, host=crawls.host_memory(database, _host(task), now)) for task in tasks
        ]


def note_spent(database: Database, tasks: Sequence[CrawlTask], results: Sequence[CrawlResult]) -> None:
    """Write down what crawls by hand did to their hosts, for the workers that come next. Raises StorageError."""
    who = f"{BY_HAND} {socket.gethostname()}:{os.getpid()}"
    for task, result in zip(tasks, results, strict=False):  # Ctrl-C leaves some without a result
        memory = HostMemory(spent=result.sent, gap=result.gap, held=result.pause or 0.0)
        crawls.note(database, task.channel.name, _host(task), who, datetime.now(UTC), memory)


def _host(task: CrawlTask) -> str:
    return urlsplit(task.channel.home).netloc


@contextlib.contextmanager
def host_turns(database: Database, url: str, hosts: Collection[str], tell: Tell) -> Iterator[None]:
    """Have the turn at these hosts (netlocs), after whoever is there now; `tell` hears which host is waited for.

    Raises DatabaseUnreachable. Procrastinate's tables must be there (queue.prepare).
    """
    holder = _Holder(database, url, hosts, tell)
    holder.start()
    try:
        holder.wait()
        yield
    finally:
        holder.let_go()


class _Holder(threading.Thread):
    """Holds the turns from a thread of its own, as the crawl has the main one."""

    def __init__(self, database: Database, url: str, hosts: Collection[str], tell: Tell) -> None:
        super().__init__(name="host turns", daemon=True)
        self._database = database
        self._url = url
        self._hosts = sorted(set(hosts))  # in one order for all, so that no two wait for each other
        self._tell = tell
        self._has_begun = threading.Event()
        self._error: Exception | None = None
        self._loop = asyncio.new_event_loop()
        self._done = asyncio.Event()

    def wait(self) -> None:
        """Wait for the turns. Raises DatabaseUnreachable."""
        self._has_begun.wait()
        if self._error is not None:
            raise DatabaseUnreachable(
                "The queue's database does not answer", subject="[queue] url", mend=str(self._error)
            ) from self._error

    def let_go(self) -> None:
        """Give the turns back, also those that are still waited for."""
        with contextlib.suppress(RuntimeError):  # it has ended by itself
            self._loop.call_soon_threadsafe(self._done.set)
        self.join()

    def run(self) -> None:
        """The thread's work."""
        try:
            self._loop.run_until_complete(self._hold())
        except (StorageError, *TROUBLE) as error:
            self._error = error
        finally:
            self._has_begun.set()
            self._loop.close()

    async def _hold(self) -> None:
        async with opened(self._url) as app, stay_alive(app) as worker:
            turns: list[Turn] = []
            try:
                for host in self._hosts:
                    turn = Turn(app, worker, host)
                    if await self._get(turn):
                        turns.append(turn)
                self._has_begun.set()
                await self._done.wait()
            finally:
                for turn in turns:
                    await turn.end()

    async def _get(self, turn: Turn) -> bool:
        """Wait for a turn; False where it is not wanted any more."""
        told, now = float("-inf"), self._loop.time
        while not self._done.is_set():
            if await turn.begin():
                return True
            if now() - told > REMIND:
                self._tell(f"Waiting: a worker, or another crawl, is at {turn.host}")
                told = now()
            await give_back(turn.app, self._database, lambda: datetime.now(UTC))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._done.wait(), AGAIN)
        return False
