"""A process beside the crawling one that reads pages for it, seen from both its ends.

    crawling process                                    reading process: python -m crawler.helper
    fetches, judges, stores  ── work, its pages ──→     bytes → text → fields
                             ←── part, or why not ──    keeps nothing

It holds no state and no file: whatever befalls it, no more is lost than the page that it read. A page that takes more
time or memory than one may take ends it. It ends when its stdin does.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import gc
import io
import os
import pickle
import resource
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any, BinaryIO

from crawler.deadline import PAGE_SECONDS
from crawler.memory import be_frugal, be_long_lived, give_back
from crawler.read import Part, finished
from storage.errors import PageError
from storage.records import PageBody

#: Bytes of memory that the process may have (what is its alone, its code aside). With the words by which damage is
#: undone it has 116 MB, and a page of 1 MB that is all damaged makes 134 MB of it.
PAGE_MEMORY = 176 * 2**20
#: Bytes from which on what is sent to it is no part of a pickle, which would be a second copy.
APART = 2**20
_PIECE = 2**18
#: Bytes that wait in the pipe to it: some twenty pages.
PIPE = 2**20
#: After so many pages it gives back what memory is free; at once after one that took so many seconds of CPU.
TIDY, LONG = 100, 0.2
#: What is said of a page that ended it.
TOO_HARD = "the page cannot be read within the time and the memory that a page may take"

_LENGTH = 4


class ReaderDied(Exception):
    """The process died while it read this page."""


class Unread(Exception):
    """The process died before it came to this page, of which that says nothing."""


class Helper:
    """The second process, seen from the first."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._asked: deque[asyncio.Future[Any]] = deque()
        self._writing = asyncio.Lock()
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, seconds: float = PAGE_SECONDS) -> Helper:
        """Start it; it is at work a moment later. `seconds` of CPU end it when one piece of work takes more."""
        pipe = asyncio.subprocess.PIPE
        command = (sys.executable, "-m", "crawler.helper", str(seconds))
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=2**20)
        _widen(process)
        return cls(process)

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return not self._listening.done()

    @property
    def pid(self) -> int:
        """Its number in the system."""
        return self._process.pid

    async def ask(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Let it do a piece of work: a function that it can import, and arguments.

        Returns what came of it, None where it met an error of ours. Raises the PageError that it met, ReaderDied, and
        Unread.
        """
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        async with self._writing:
            self._asked.append(future)
            await self._write(*_packed(work, arguments))
        answer = await future
        if isinstance(answer, PageError):
            raise answer
        return answer

    async def _write(self, head: bytes, apart: list[bytes]) -> None:
        """Send what was packed; what is large goes as fast as it is taken, so that no copy of it waits here."""
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        self._process.stdin.write(head)
        try:
            for large in apart:
                view = memoryview(large)
                for at in range(0, len(view), _PIECE):
                    self._process.stdin.write(view[at : at + _PIECE])
                    await self._process.stdin.drain()
        except OSError:
            return  # it died: who waits for the answer is told
        except BaseException:
            self._process.kill()  # it would take what comes next for the rest of this
            raise

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

    def _answered(self, answer: Any) -> None:
        future = self._asked.popleft()
        if not future.done():
            future.set_result(answer)

    def _died(self) -> None:
        """The page in hand may be what killed it, so nobody else reads it; the others are for somebody else."""
        if self._asked and not (first := self._asked.popleft()).done():
            first.set_exception(ReaderDied(TOO_HARD))
        while self._asked:
            if not (other := self._asked.popleft()).done():
                other.set_exception(Unread())


class _Packing(pickle.Pickler):
    """Leaves large bytes out, and keeps them in `apart`."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self.apart: list[bytes] = []

    def persistent_id(self, found: Any) -> int | None:
        """The number of what is left out; None for what is not."""
        if type(found) is not bytes or len(found) < APART:
            return None
        self.apart.append(found)
        return len(self.apart) - 1


class _Unpacking(pickle.Unpickler):
    """Puts in again what was left out."""

    def __init__(self, head: bytes, apart: list[bytes]) -> None:
        super().__init__(io.BytesIO(head))
        self._apart = apart

    def persistent_load(self, number: Any) -> bytes:
        """What has this number."""
        found: bytes = self._apart[number]
        return found


def _packed(work: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[bytes, list[bytes]]:
    """A message as it is sent: what `_unpacked` reads first, and what comes after it."""
    if not any(isinstance(one, PageBody) and len(one.content) >= APART for one in arguments):
        return pickle.dumps(([], pickle.dumps((work, arguments), pickle.HIGHEST_PROTOCOL))), []
    file = io.BytesIO()
    packing = _Packing(file)
    packing.dump((work, arguments))
    lengths = [len(large) for large in packing.apart]
    return pickle.dumps((lengths, file.getvalue()), pickle.HIGHEST_PROTOCOL), packing.apart


def _unpacked(source: BinaryIO) -> Any:
    """Undo `_packed`. Raises EOFError where nothing comes any more."""
    lengths, head = pickle.load(source)  # noqa: S301 - our own words
    return _Unpacking(head, [source.read(length) for length in lengths]).load()


def _widen(process: asyncio.subprocess.Process) -> None:
    """Let its stdin hold some pages, so that one is written at once; it holds one and a half unless asked (Linux)."""
    assert process.stdin is not None  # noqa: S101
    pipe = process.stdin.transport.get_extra_info("pipe")
    with contextlib.suppress(OSError, AttributeError):
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE)


def serve(source: BinaryIO, sink: BinaryIO, seconds: float) -> None:
    """Do what comes from `source` until it ends, in so many seconds a piece; write what became of it to `sink`."""
    for number in count(1):
        try:
            work, arguments = _unpacked(source)
        except EOFError:
            return
        begun = time.process_time()
        answer = pickle.dumps(_within_limits(work, arguments, seconds), pickle.HIGHEST_PROTOCOL)
        sink.write(len(answer).to_bytes(_LENGTH, "big") + answer)
        sink.flush()
        del work, arguments, answer
        if time.process_time() - begun > LONG:
            gc.collect()  # or the next page would have the less memory, the more this one left behind
            give_back()
        elif number % TIDY == 0:
            give_back()


def _within_limits(work: Callable[..., Any], arguments: tuple[Any, ...], seconds: float) -> Any:
    """Do the work. SIGPROF ends the process, also within C code, when it takes longer than a page may."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        found = work(*arguments)
        if isinstance(found, Part):
            found = finished(replace(found, body=replace(found.body, content=b"")))
    except PageError as error:
        return error
    except MemoryError:
        os._exit(1)
    except Exception:
        return None  # an error of ours: the other process meets it, too, and reports it
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return found


def main() -> None:
    """Serve stdin; stdout is for answers alone. Signals are for the parent, which ends us by ending stdin.

    The command line has the seconds that a piece of work may take.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    be_frugal()
    resource.setrlimit(resource.RLIMIT_DATA, (PAGE_MEMORY, PAGE_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    be_long_lived()
    try:
        serve(sys.stdin.buffer, sink, float(sys.argv[1]))
    except (BrokenPipeError, pickle.UnpicklingError):
        os._exit(0)  # the parent is gone


if __name__ == "__main__":
    main()
