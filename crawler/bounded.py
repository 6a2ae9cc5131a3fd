"""Reads what is large in a process of its own, within limits of time and memory, one page at a time for all crawls.

The limits are those of `helper`. One at a time, because each may take all the memory that a page may take; and the
process goes when it has had nothing to do for a while, and with it what the pages left behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from crawler.deadline import PAGE_SECONDS
from crawler.helper import Helper, ReaderDied

T = TypeVar("T")
#: Seconds without work after which the process ends.
IDLE = 20.0


class Bounded:
    """Does one piece of work at a time, in a process that starts when it is needed. `seconds`: of CPU, for each."""

    def __init__(self, seconds: float = PAGE_SECONDS) -> None:
        self._seconds = seconds
        self._turn = asyncio.Lock()
        self._helper: Helper | None = None
        self._ending: asyncio.TimerHandle | None = None

    async def do(self, work: Callable[..., T], *arguments: Any) -> T:
        """Do `work`, a function that can be imported, when its turn comes.

        Raises what it raises, and ReaderDied where it goes beyond a limit.
        """
        async with self._turn:
            helper = await self._at_hand()
            try:
                answer = await helper.ask(work, *arguments)
            finally:
                self._ending = asyncio.get_running_loop().call_later(IDLE, self._end)
        found: T = answer if answer is not None else work(*arguments)
        return found

    async def close(self) -> None:
        """End the process, when the work in hand is done."""
        async with self._turn:
            if self._ending is not None:
                self._ending.cancel()
            helper, self._helper = self._helper, None
            if helper is not None:
                await helper.close()

    async def _at_hand(self) -> Helper:
        if self._ending is not None:
            self._ending.cancel()
        if self._helper is None or not self._helper.is_alive:
            try:
                self._helper = await Helper.start(self._seconds)
            except OSError as error:
                raise ReaderDied(f"no process may be had to read it: {error}") from None
        return self._helper

    def _end(self) -> None:
        self._closing = asyncio.ensure_future(self.close())
