"""The crawling process as the scheduler holds it: started when needed, replaced when old, large, hung or dead."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import msgspec
import psutil

from crawler.loglines import LogLine
from crawler.serve import Cancel, Order, Start, decode_answer, encode_line
from crawler.task import CrawlResult, CrawlTask
from storage.errors import NewsdeltaError, StorageError
from storage.records import OrderProgress

Tell = Callable[[OrderProgress], None]


def ignore(progress: OrderProgress) -> None:
    """Hear how far a crawl is, and do nothing about it."""


log = logging.getLogger(__name__)
_of_crawler = logging.getLogger("crawler.process")


class CrawlFailedError(NewsdeltaError):
    """A crawl did not end: its process died, hung or was stopped. What was stored stays stored."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When the process is replaced, and how long it may take.

    runs, megabytes: above these no order goes to it any more; it ends when those it has are done.
    silence: seconds without a sign of life after which it is taken for hung, and killed.
    seconds: for one crawl. stop_seconds: to finish the pages in hand.
    """

    runs: int = 5000
    megabytes: float = 400.0
    silence: float = 60.0
    seconds: float = 6 * 3600.0
    stop_seconds: float = 8.0


class Hands(Protocol):
    """Whoever carries crawls out: a process of this machine, or workers anywhere."""

    async def crawl(
        self, task: CrawlTask, tell: Tell = ignore, cancelled: asyncio.Event | None = None
    ) -> CrawlResult:
        """Do one task, and tell now and then how far it is; after `cancelled` is set, finish the pages in hand.

        Raises CrawlFailedError.
        """

    def retire(self) -> None:
        """Go on by a new config from the next task on."""

    async def stop(self) -> None:
        """Finish the pages in hand, and do no more."""

    async def mend(self) -> None:
        """See to it, every few seconds, that no task is lost."""


class CrawlerProcess:
    """One long-lived child that crawls, several channels at a time. No reactor restarts, no leak that lasts."""

    def __init__(self, start: Callable[[], Start], limits: Limits = Limits()) -> None:
        self._start = start
        self._limits = limits
        self._child: _Child | None = None
        self._retired: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._stopping = False

    @property
    def pid(self) -> int | None:
        """The process id, while there is a process."""
        return self._child.pid if self._child and self._child.alive else None

    async def crawl(
        self, task: CrawlTask, tell: Tell = ignore, cancelled: asyncio.Event | None = None
    ) -> CrawlResult:
        """Do one task, and tell now and then how far it is; after `cancelled` is set, finish the pages in hand.

        Raises CrawlFailedError; the next task gets a new process.
        """
        child = await self._ready(task)
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await child.order(task, tell, cancelled)
        except TimeoutError:
            child.kill()
            raise crawl_failed(task, "it did not come to an end") from None

    async def warm_up(self) -> None:
        """Start the process before there is a task: the first one need not wait a second for it."""
        async with self._turn:
            if self._child is None and not self._stopping:
                self._child = await _Child.spawn(self._start(), self._limits)

    def retire(self) -> None:
        """Let the process end when its orders are done; the next task gets a new one."""
        child, self._child = self._child, None
        if child is not None:
            ending = asyncio.ensure_future(child.drain())
            self._retired.add(ending)
            ending.add_done_callback(self._retired.discard)

    async def mend(self) -> None:
        """Nothing is to be done: a process that dies takes its tasks with it, and who asked for them is told."""

    async def stop(self) -> None:
        """Let the pages in hand be finished, and end the process; kill it where that takes too long."""
        self._stopping = True
        async with self._turn:
            child, self._child = self._child, None
        if child is not None:
            await child.stop()
        for ending in list(self._retired):
            ending.cancel()
        await asyncio.gather(*self._retired, return_exceptions=True)

    async def _ready(self, task: CrawlTask) -> _Child:
        async with self._turn:
            if self._stopping:
                raise crawl_failed(task, "newsdelta is stopping")
            if self._child and not self._child.alive:
                self._child = None
            if self._child and self._child.worn_out():
                self.retire()
            if self._child is None:
                self._child = await self._spawned(task)
            return self._child

    async def _spawned(self, task: CrawlTask) -> _Child:
        try:
            return await _Child.spawn(self._start(), self._limits)
        except (StorageError, OSError) as error:
            raise crawl_failed(task, f"no process could be started for it ({error})") from error


class _Child:
    """One process: its orders by number, and the tasks that listen to it and see that it is alive."""

    def __init__(self, process: asyncio.subprocess.Process, limits: Limits) -> None:
        self._process = process
        self._limits = limits
        self._orders: dict[int, asyncio.Future[CrawlResult]] = {}
        self._names: dict[int, CrawlTask] = {}
        self._tells: dict[int, Tell] = {}
        self._given = 0
        self._heard = asyncio.get_running_loop().time()
        self._listening = asyncio.ensure_future(self._listen())
        self._watching = asyncio.ensure_future(self._watch())
        self._overhearing = asyncio.ensure_future(self._overhear())

    @classmethod
    async def spawn(cls, start: Start, limits: Limits) -> _Child:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "crawler.serve",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=2**24,
            start_new_session=True,  # Ctrl-C reaches the scheduler alone, which stops the child in good order
        )
        child = cls(process, limits)
        child._write(start)
        return child

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.returncode is None and not self._listening.done()

    def worn_out(self) -> bool:
        try:
            megabytes = psutil.Process(self.pid).memory_info().rss / 2**20
        except psutil.NoSuchProcess:
            return True
        return self._given >= self._limits.runs or megabytes > self._limits.megabytes

    async def order(self, task: CrawlTask, tell: Tell, cancelled: asyncio.Event | None) -> CrawlResult:
        self._given += 1
        number = self._given
        answer: asyncio.Future[CrawlResult] = asyncio.get_running_loop().create_future()
        self._orders[number], self._names[number], self._tells[number] = answer, task, tell
        cancelling = asyncio.ensure_future(self._cancel(number, cancelled)) if cancelled else None
        try:
            self._write(Order.of(number, task))
            return await answer
        finally:
            del self._orders[number], self._names[number], self._tells[number]
            if cancelling:
                cancelling.cancel()

    async def _cancel(self, number: int, cancelled: asyncio.Event) -> None:
        await cancelled.wait()
        self._write(Cancel(number))

    def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()

    async def drain(self) -> None:
        """Wait for the orders that it has, then end it."""
        try:
            while self._orders and self.alive:
                await asyncio.sleep(0.2)
        finally:
            await self.stop()

    async def stop(self) -> None:
        if self._process.returncode is None:
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), self._limits.stop_seconds)
        except TimeoutError:
            self.kill()
            await self._process.wait()
        self._watching.cancel()
        await self._listening
        await self._overhearing

    def _write(self, message: object) -> None:
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(encode_line(message))

    async def _listen(self) -> None:
        """Hand each answer to who waits for it; at the end, tell the others that nothing comes."""
        stdout = self._process.stdout
        try:
            while stdout is not None and (line := await stdout.readline()):
                self._heard = asyncio.get_running_loop().time()
                self._take(line)
        except (ValueError, msgspec.DecodeError) as error:
            log.error("The crawling process does not speak our language: %s", error)
            self.kill()
        for number, answer in self._orders.items():
            if not answer.done():
                answer.set_exception(crawl_failed(self._names[number], "its process ended"))

    async def _overhear(self) -> None:
        """Log what the process prints beside its log: the last words of one that crashed, what a library prints."""
        stderr = self._process.stderr
        with contextlib.suppress(ValueError):  # a line longer than any that is worth reading
            while stderr is not None and (line := await stderr.readline()):
                _of_crawler.warning("%s", line.decode("utf-8", "replace").rstrip())

    def _take(self, line: bytes) -> None:
        answer = decode_answer(line)
        if answer.log is not None:
            log_as_if_here(answer.log)
        waiting = self._orders.get(answer.number) if answer.number is not None else None
        if waiting is None or waiting.done() or answer.number is None:
            return
        if answer.progress is not None:
            self._tells[answer.number](answer.progress)
        elif answer.result is not None:
            waiting.set_result(answer.result)
        else:
            waiting.set_exception(crawl_failed(self._names[answer.number], answer.error))

    async def _watch(self) -> None:
        """Kill the process when it gives no sign of life."""
        while self.alive:
            silent = asyncio.get_running_loop().time() - self._heard
            if silent > self._limits.silence:
                log.error("The crawling process gave no sign of life for %.0f s and is replaced", silent)
                self.kill()
                return
            await asyncio.sleep(min(1.0, self._limits.silence / 4))


def log_as_if_here(line: LogLine) -> None:
    """Log what another process logged, by the rules of this one."""
    logger = logging.getLogger(line.logger)
    if logger.isEnabledFor(line.level):
        logger.handle(line.record())


def crawl_failed(task: CrawlTask, why: str) -> CrawlFailedError:
    """What is raised for a crawl that did not end, wherever it was carried out."""
    return CrawlFailedError(
        f"The crawl did not end, {why}", subject=task.channel.name, mend="It is tried again"
    )
