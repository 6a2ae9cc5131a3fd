"""Reads the pages of a crawl: in this process, and while they come fast in a second one, on the second core.

    crawling process                                    reading process: python -m crawler.readers
    fetches, judges, stores  ── publisher, page ──→     bytes → text → fields
                             ←── part, or why not ──    keeps nothing

The reading process holds no state and no file: whatever befalls it, no more is lost than the page that it
read, which then counts as failed and is fetched again in the next run. It ends when its stdin does.
"""

from __future__ import annotations

import asyncio
import gc
import os
import pickle
import signal
import sys
import time
from collections import deque
from dataclasses import replace
from itertools import count
from typing import BinaryIO

from crawler.memory import be_frugal, give_back
from crawler.read import Part, read_part
from crawler.sites.model import Publisher
from crawler.text import words
from storage.errors import PageError
from storage.records import PageBody

#: The second process starts when so many pages came within so many seconds: what follows is then worth its start.
FAST_PAGES, FAST_SECONDS = 16, 0.5
#: So many pages wait for the second process at most; what is more is read here.
WAITING = 64
#: After so many pages the second process gives back what memory is free.
TIDY = 100
#: A process that dies is replaced so often.
STARTS = 3

_LENGTH = 4
#: What the second process says of a page that it could not read as a page: the first will see for itself.
_Answer = Part | PageError | None


class ReaderDied(Exception):
    """The process died while it read this page."""


class Readers:
    """Reads the pages of one crawl. `processes`: how many others may help; None: one, where there is a core for it.

    Readings are the same wherever they are made, and are given back in the order in which they were asked for.
    """

    def __init__(self, processes: int | None = None) -> None:
        may_help = _cores() > 1 if processes is None else processes > 0
        self._starts_left = STARTS if may_help else 0
        self._recent: deque[float] = deque(maxlen=FAST_PAGES)
        self._helper: Helper | None = None
        self._starting: asyncio.Task[None] | None = None

    async def read(self, page: PageBody, publisher: Publisher) -> Part:
        """Read one page, as `read.read_part` does. Raises the same errors, and ReaderDied."""
        if self._starts_left:
            self._recent.append(time.monotonic())
        helper = await self._with_room()
        answer = await helper.ask(page, publisher) if helper is not None else None
        if isinstance(answer, PageError):
            raise answer
        return read_part(page, publisher) if answer is None else replace(answer, body=page)

    async def close(self) -> None:
        """End the second process."""
        self._starts_left = 0
        if self._starting is not None:
            await self._starting
        if self._helper is not None:
            await self._helper.close()

    @property
    def helper(self) -> Helper | None:
        """The second process, while there is one."""
        return self._helper if self._helper is not None and self._helper.is_alive else None

    async def _with_room(self) -> Helper | None:
        """The second process, where it has room for one more page. Starts it when it is time."""
        if self.helper is None and self._starts_left and self._starting is None and self._is_fast():
            self._starts_left -= 1
            self._starting = asyncio.create_task(self._start())
        if self._starting is not None:
            await asyncio.shield(self._starting)
        helper = self.helper
        return helper if helper is not None and helper.waiting < WAITING else None

    def _is_fast(self) -> bool:
        return len(self._recent) == FAST_PAGES and self._recent[-1] - self._recent[0] < FAST_SECONDS

    async def _start(self) -> None:
        try:
            self._helper = await Helper.start()
            words.forget()  # what was loaded to read the first pages is loaded there now
            give_back()
        except OSError:
            self._starts_left = 0  # no more processes may be had: all is read here
        finally:
            self._starting = None


class Helper:
    """The second process, seen from the first."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._asked: deque[asyncio.Future[_Answer]] = deque()
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls) -> Helper:
        """Start it; it is at work a moment later."""
        pipe = asyncio.subprocess.PIPE
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "crawler.readers", stdin=pipe, stdout=pipe, limit=2**20
            )
        )

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return not self._listening.done()

    @property
    def pid(self) -> int:
        """Its number in the system."""
        return self._process.pid

    @property
    def waiting(self) -> int:
        """How many pages it has in hand."""
        return len(self._asked)

    async def ask(self, page: PageBody, publisher: Publisher) -> _Answer:
        """Let it read a page; None where it could not say."""
        future: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
        self._asked.append(future)
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        self._process.stdin.write(pickle.dumps((publisher, page), pickle.HIGHEST_PROTOCOL))
        return await future

    async def close(self) -> None:
        """Close its stdin, at which it ends, and wait for that."""
        assert self._process.stdin is not None  # noqa: S101
        self._process.stdin.close()
        await self._listening
        await self._process.wait()

    async def _listen(self) -> None:
        assert self._process.stdout is not None  # noqa: S101
        try:
            while True:
                length = int.from_bytes(await self._process.stdout.readexactly(_LENGTH), "big")
                answer = pickle.loads(await self._process.stdout.readexactly(length))  # noqa: S301 - our own words
                self._answered(answer)
        except (asyncio.IncompleteReadError, OSError):
            self._died()

    def _answered(self, answer: _Answer) -> None:
        future = self._asked.popleft()
        if not future.done():
            future.set_result(answer)

    def _died(self) -> None:
        """The page in hand may be what killed it, so nobody else reads it; the others are read here."""
        if self._asked and not (first := self._asked.popleft()).done():
            first.set_exception(ReaderDied("the process that read the page died"))
        while self._asked:
            self._answered(None)


def _cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Read pages from `source` until it ends; write what became of each to `sink`."""
    for number in count(1):
        try:
            publisher, page = pickle.load(source)  # noqa: S301 - our own words
        except EOFError:
            return
        answer = pickle.dumps(_read(page, publisher), pickle.HIGHEST_PROTOCOL)
        sink.write(len(answer).to_bytes(_LENGTH, "big") + answer)
        sink.flush()
        if number % TIDY == 0:
            give_back()


def _read(page: PageBody, publisher: Publisher) -> _Answer:
    try:
        part = read_part(page, publisher)
    except PageError as error:
        return error
    except Exception:
        return None  # an error of ours: the other process meets it, too, and reports it
    return replace(part, body=replace(page, content=b""))


def main() -> None:
    """Serve stdin; stdout is for answers alone. Signals are for the parent, which ends us by ending stdin."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    be_frugal()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    try:
        serve(sys.stdin.buffer, sink)
    except (BrokenPipeError, pickle.UnpicklingError):
        os._exit(0)  # the parent is gone


if __name__ == "__main__":
    main()
