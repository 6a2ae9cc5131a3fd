"""Reads the pages of a crawl: in this process, or, once they come fast, in a second one, on the second core.

What is large is always read beside this process, where its time and its memory have limits (`bounded`). So is what is
small and takes too long here all the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

from crawler.bounded import Bounded
from crawler.deadline import TooSlow, within
from crawler.helper import Helper, ReaderDied, Unread
from crawler.memory import give_back
from crawler.read import Part, read_part
from crawler.sites.model import Publisher
from crawler.text import words
from storage.records import PageBody

T = TypeVar("T")
#: The second process starts when so many pages came within so many seconds: what follows is then worth its start.
FAST_PAGES, FAST_SECONDS = 16, 0.5
#: A process that dies is replaced so often.
STARTS = 3
#: Bytes of a page or source from which on it may take long to read, whatever is in it. Most pages have a quarter of it.
LARGE = 256 * 1024
#: The same for feeds and sitemaps, whose entries cost more: a minute of CPU for 4 MB of them.
LARGE_SOURCE = 64 * 1024
#: Seconds of CPU after which a small page is given up here and read where large ones are: a thousand times what it
#: takes, and more than the loading of what damaged pages need.
HERE_SECONDS = 3.0
#: After so many pages of a crawl that went beyond a limit there, no more are tried: each costs as much as can be. After
#: so many that took too long here, all its pages are read there.
TOO_MANY = 3
#: How gzip begins: what is packed may be large, however small it is.
_PACKED = b"\x1f\x8b"


class Readers:
    """Reads the pages of one crawl. `bounded`: what reads large ones for all crawls of the process, None: its own.
    `processes`: how many others may help; None: one, where there is a core for it.

    Readings are the same wherever they are made, and are given back in the order in which they were asked for.
    """

    def __init__(self, bounded: Bounded | None = None, processes: int | None = None) -> None:
        may_help = _cores() > 1 if processes is None else processes > 0
        self._starts_left = STARTS if may_help else 0
        self._recent: deque[float] = deque(maxlen=FAST_PAGES)
        self._helper: Helper | None = None
        self._starting: asyncio.Task[None] | None = None
        self._bounded = bounded or Bounded()
        self._owned = None if bounded else self._bounded
        self._large = asyncio.Lock()  # one of a crawl stands in the line of all crawls at a time
        self._beyond = 0
        self._slow = 0

    async def read(self, page: PageBody, publisher: Publisher) -> Part:
        """Read one page of an article, as `read.read_part` does. Raises the same errors, and ReaderDied."""
        if len(page.content) > LARGE:
            return replace(await self._read_large(read_part, page, publisher), body=page)
        if self._starts_left:
            self._recent.append(time.monotonic())
        part: Part = await self._read_small(read_part, page, publisher)
        return replace(part, body=page)

    async def do(self, work: Callable[..., T], page: PageBody, *arguments: Any, large: int = LARGE) -> T:
        """Do `work` with any other page, apart if it is packed or has more than `large` bytes.

        Raises what that raises, and ReaderDied.
        """
        if len(page.content) > large or page.content.startswith(_PACKED):
            return await self._read_large(work, page, *arguments)
        return await self._read_small(work, page, *arguments)

    async def close(self) -> None:
        """End the second process, and the one for large pages that is its own."""
        self._starts_left = 0
        if self._starting is not None:
            await self._starting
        if self._helper is not None:
            await self._helper.close()
        if self._owned is not None:
            await self._owned.close()

    async def _read_small(self, work: Callable[..., T], *arguments: Any) -> T:
        """In the second process while there is one, and not here as well: what both load takes twice the room."""
        if (helper := await self._at_work()) is not None:
            with contextlib.suppress(Unread):
                if (answer := await helper.ask(work, *arguments)) is not None:
                    return cast("T", answer)
        return await self._read_here(work, *arguments)

    async def _read_here(self, work: Callable[..., T], *arguments: Any) -> T:
        if self._slow < TOO_MANY:
            try:
                return within(HERE_SECONDS, work, *arguments)
            except TooSlow:
                self._slow += 1
        return await self._read_large(work, *arguments)

    async def _read_large(self, work: Callable[..., T], *arguments: Any) -> T:
        async with self._large:
            if self._beyond >= TOO_MANY:
                raise ReaderDied(f"{TOO_MANY} pages of this run could not be read: no more are tried")
            try:
                return await self._bounded.do(work, *arguments)
            except ReaderDied:
                self._beyond += 1
                raise

    @property
    def helper(self) -> Helper | None:
        """The second process, while there is one."""
        return self._helper if self._helper is not None and self._helper.is_alive else None

    async def _at_work(self) -> Helper | None:
        """The second process, if there is one. Starts it when it is time."""
        if self.helper is None and self._starts_left and self._starting is None and self._is_fast():
            self._starts_left -= 1
            self._starting = asyncio.create_task(self._start())
        if self._starting is not None:
            await asyncio.shield(self._starting)
        return self.helper

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


def _cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
