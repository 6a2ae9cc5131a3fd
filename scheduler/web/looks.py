"""Sites to be added, and channels whose pages are checked: a process looks at each; kept in memory, for who follows.

    ask → (waiting) → (running) → done | failed        done: a proposal, or why there is none; what was read
               cancel ↘ (cancelled)

A look writes nothing and takes a minute: it is not worth a table. One that is lost with the process is asked for again.
"""

from __future__ import annotations

import logging
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

import msgspec

from crawler.serve import ChannelWords
from crawler.survey import Finding
from scheduler.adding import ArticleRow
from scheduler.checking import Checked
from storage.errors import NewsdeltaError

log = logging.getLogger(__name__)

#: Looked at at once; asked for and not ended; kept after their end.
AT_ONCE, MOST_OPEN, MOST_KEPT = 2, 4, 20
#: Seconds that a look may take. Some forty requests, one a second; a page in a browser takes longer.
LONGEST = 300.0


class LookState(StrEnum):
    """How far a look is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class TooManyLooksError(NewsdeltaError):
    """As many sites as may be are looked at already."""


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page of the site that was asked for, and what came of it: a status, or why there is no answer."""

    url: str
    what: str
    rendered: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a site: the finding without its articles' texts, and each article in a line."""

    finding: Finding
    articles: tuple[ArticleRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a site, as it is now. `error` says why it failed.

    `channel`: the watched one whose pages are `checked`, None where a channel is yet to be `found`.
    """

    id: str
    home: str
    asked_at: datetime
    state: LookState = LookState.WAITING
    finished_at: datetime | None = None
    seen: tuple[SeenPage, ...] = ()
    found: Found | None = None
    error: str = ""
    channel: ChannelWords | None = None
    checked: Checked | None = None


class Task(msgspec.Struct, frozen=True):
    """What the looking process is told, in a line: it ends when nothing more can be said to it."""

    home: str
    now: datetime
    allow_private_addresses: bool = False
    channel: ChannelWords | None = None


class Word(msgspec.Struct, frozen=True):
    """A line of the looking process: a page that it saw, or the last word."""

    seen: SeenPage | None = None
    found: Found | None = None
    checked: Checked | None = None
    error: str = ""


_COMMAND = (sys.executable, "-m", "scheduler.web.looking")
_read = msgspec.json.Decoder(Word).decode
_NOTHING = Word()


@dataclass(slots=True)
class Looks:
    """All looks of this process; safe to share between threads. `version` is another one after every change."""

    now: Callable[[], datetime]
    command: Sequence[str] = _COMMAND
    longest: float = LONGEST
    version: int = 0
    _looks: dict[str, Look] = field(default_factory=dict)
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _turns: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE))

    def ask(self, home: str, *, allow_private_addresses: bool, channel: ChannelWords | None = None) -> Look:
        """Look at a site, to add it or to check the pages of `channel`, or go on with the same look that has not ended.

        Raises TooManyLooksError.
        """
        with self._lock:
            going = [look for look in self._looks.values() if look.finished_at is None]
            for look in going:
                if (look.home, look.channel) == (home, channel):
                    return look
            if len(going) >= MOST_OPEN:
                raise TooManyLooksError(
                    "As many sites as may be are looked at already", mend="Try again soon"
                )
            task = Task(home, self.now(), allow_private_addresses, channel)
            look = Look(secrets.token_hex(6), home, task.now, channel=channel)
            self._keep(look)
            threading.Thread(target=self._look, args=(look.id, task), name="look", daemon=True).start()
            return look

    def get(self, number: str) -> Look | None:
        """A look as it is now; None for one that is not known, or not any more."""
        with self._lock:
            return self._looks.get(number)

    def latest(self) -> tuple[Look, ...]:
        """All that are known, the newest first."""
        with self._lock:
            return tuple(reversed(self._looks.values()))

    def cancel(self, number: str) -> Look | None:
        """Stop a look at once; one that has ended stays as it is."""
        with self._lock:
            self._end(number, LookState.CANCELLED)
            if process := self._processes.get(number):
                process.kill()
            return self._looks.get(number)

    def stop(self) -> None:
        """Cancel all: the page is not served any more."""
        for look in self.latest():
            self.cancel(look.id)

    def _keep(self, look: Look) -> None:
        self._looks[look.id] = look
        self.version += 1
        ended = [one.id for one in self._looks.values() if one.finished_at is not None]
        for number in ended[:-MOST_KEPT]:
            del self._looks[number]

    def _end(self, number: str, state: LookState, last: Word = _NOTHING) -> None:
        with self._lock:
            look = self._looks.get(number)
            if look is not None and look.finished_at is None:
                ended = replace(look, state=state, finished_at=self.now(), error=last.error)
                self._keep(replace(ended, found=last.found, checked=last.checked))

    def _look(self, number: str, task: Task) -> None:
        """The thread of a look: wait for a turn, start the process, listen to it."""
        with self._turns:
            try:
                process = self._start(number)
                if process is not None:
                    self._listen(number, task, process)
            except OSError as error:
                why = f"The looking process cannot be started: {error}"
                self._end(number, LookState.FAILED, Word(error=why))
            finally:
                with self._lock:
                    self._processes.pop(number, None)

    def _start(self, number: str) -> subprocess.Popen[bytes] | None:
        with self._lock:
            look = self._looks.get(number)
            if look is None or look.finished_at is not None:
                return None
            process = subprocess.Popen(  # noqa: S603 - our own interpreter
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
            self._processes[number] = process
            self._keep(replace(look, state=LookState.RUNNING))
            return process

    def _listen(self, number: str, task: Task, process: subprocess.Popen[bytes]) -> None:
        late = threading.Event()

        def give_up() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self.longest, give_up)
        timer.daemon = True
        timer.start()
        try:
            last = self._hear(number, task, process)
        finally:
            timer.cancel()
            process.kill()
            process.wait()
        if late.is_set():
            last = Word(error=f"It took longer than {self.longest / 60:g} minutes.")
        self._end(number, LookState.DONE if last.found or last.checked else LookState.FAILED, last)

    def _hear(self, number: str, task: Task, process: subprocess.Popen[bytes]) -> Word:
        """Follow the process to its last word, the words that it has none where it said nothing."""
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - both are pipes
        try:
            with process.stdin, process.stdout:
                process.stdin.write(msgspec.json.encode(task) + b"\n")
                process.stdin.flush()
                for line in process.stdout:
                    word = _read(line)
                    if word.seen is None:
                        return word
                    self._see(number, word.seen)
        except (OSError, msgspec.DecodeError) as error:
            log.warning("The looking process is not understood: %s", error)
        return Word(error="Its process ended before it did; try again.")

    def _see(self, number: str, page: SeenPage) -> None:
        with self._lock:
            look = self._looks.get(number)
            if look is not None and look.finished_at is None:
                self._keep(replace(look, seen=(*look.seen, page)))
