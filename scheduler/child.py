"""The crawling process as the scheduler holds it: started when needed, replaced when old, large, hung or dead."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass

import psutil

from crawler.serve import Order, Start, decode_result, encode_line
from crawler.task import CrawlResult, CrawlTask
from storage.errors import NewsdeltaError


class CrawlFailedError(NewsdeltaError):
    """The crawling process ended or hung in the middle of a crawl; what it stored stays stored."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When the process is replaced: after so many runs, above so many megabytes, or without an answer so long."""

    runs: int = 200
    megabytes: float = 400.0
    seconds: float = 6 * 3600.0
    stop_seconds: float = 8.0


class CrawlerProcess:
    """One long-lived child that crawls, one task at a time. No reactor restarts, no leak that lasts."""

    def __init__(self, start: Start, limits: Limits = Limits()) -> None:
        self._start = start
        self._limits = limits
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._runs = 0

    @property
    def pid(self) -> int | None:
        """The process id, while there is a process."""
        return self._process.pid if self._process else None

    async def crawl(self, task: CrawlTask) -> CrawlResult:
        """Do one task. Raises CrawlFailedError; the next task gets a new process."""
        async with self._turn:
            process = await self._ready()
            try:
                async with asyncio.timeout(self._limits.seconds):
                    line = await self._exchange(process, task)
            except TimeoutError:
                line = b""
            if not line:
                await self._end(kill=True)
                raise CrawlFailedError(
                    "The crawl did not end", subject=task.channel.name, mend="It is tried again"
                )
            self._runs += 1
            return decode_result(line)

    async def stop(self) -> None:
        """Let the process finish the pages in hand and end it."""
        await self._end(kill=False)

    async def _exchange(self, process: asyncio.subprocess.Process, task: CrawlTask) -> bytes:
        if process.stdin is None or process.stdout is None:
            return b""
        try:
            process.stdin.write(encode_line(Order.of(task)))
            await process.stdin.drain()
            return await process.stdout.readline()
        except (BrokenPipeError, ConnectionResetError):
            return b""

    async def _ready(self) -> asyncio.subprocess.Process:
        if self._process and (self._process.returncode is not None or self._worn_out(self._process.pid)):
            await self._end(kill=False)
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "crawler.serve",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=2**24,
                start_new_session=True,  # Ctrl-C reaches the scheduler alone, which stops the child in good order
            )
            self._runs = 0
            if self._process.stdin:
                self._process.stdin.write(encode_line(self._start))
        return self._process

    def _worn_out(self, pid: int) -> bool:
        try:
            megabytes = psutil.Process(pid).memory_info().rss / 2**20
        except psutil.NoSuchProcess:
            return True
        return self._runs >= self._limits.runs or megabytes > self._limits.megabytes

    async def _end(self, *, kill: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill() if kill else process.terminate()
        try:
            await asyncio.wait_for(process.wait(), self._limits.stop_seconds)
        except TimeoutError:
            process.kill()
            await process.wait()
