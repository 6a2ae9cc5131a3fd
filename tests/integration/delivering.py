"""Delivering processes that can be killed, and a far end that remembers everything: for the tests of delivery."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event, text

from scheduler.alerts.model import Answer, Destination, Letter, Message, Rate, Verdict
from scheduler.deliver import Deliverer, Limits
from scheduler.retry import Pauses
from storage import articles, outbox, subscriptions
from storage.database import Database
from storage.decide import Policy
from storage.diff import width_fold
from storage.outbox import Claim, claims
from storage.records import Subscription
from tests.sightings import at, seen

#: Processes are forked from a clean one that has imported all this: they start in milliseconds.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])

QUICK = Limits(
    lease=1.5,
    poll=0.02,
    batch=8,
    send=5.0,
    message=Pauses(0.05, 0.4),
    host=Pauses(0.05, 0.4),
    stop=2.0,
)

#: Where a delivering process can die. At the marked ones the far end has accepted what nobody wrote down.
POINTS = {
    "before claim": False,
    "before claim commit": False,
    "after claim commit": False,
    "before send": False,
    "before part commit": True,
    "between parts": False,
    "after send": True,
    "before mark commit": True,
    "after mark commit": False,
}


def letters(claims: Sequence[Claim]) -> Iterator[Callable[[], Letter]]:
    """What writes the letters of claims."""
    return (partial(letter, claim) for claim in claims)


def letter(claim: Claim) -> Letter:
    """A message that is nothing but its key and the numbers of its events."""
    first = claim.notifications[0]
    numbers = [one.event for one in claim.notifications]
    message = Message(claim.key, first.subscription, "zh", first.created_at, (), first.stream)
    return Letter(message, lambda message, form: json.dumps(numbers), "")


@dataclass
class FarEnd:
    """A destination that writes down, in a file that outlives the process, each part it accepts.

    `answers` is asked first, and may refuse by its answer, or by never returning.
    """

    id: str
    ledger: Path
    parts: int = 1
    parallel: int = 4
    rate: Rate | None = None
    before: Callable[[], None] = lambda: None
    between: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    answers: Callable[[Letter], Any] | None = None
    sent: int = field(default=0)

    @property
    def name(self) -> str:
        return f"far end {self.id}"

    async def send(self, letter: Letter, parts_done: int = 0) -> Answer:
        self.before()
        if self.answers is not None:
            answer = self.answers(letter)
            if asyncio.iscoroutine(answer):
                answer = await answer
            if answer is not None:
                return answer
        await asyncio.sleep(0)
        for part in range(parts_done, self.parts):
            if part:
                self.between()
            self._write(letter, part)
            if part + 1 < self.parts:
                await letter.accepted(part + 1)
        self.sent += 1
        self.after()
        return Answer(Verdict.ACCEPTED, "ok", parts_done=self.parts)

    def _write(self, letter: Letter, part: int) -> None:
        line = [self.id, letter.message.key, letter.message.thread, json.loads(letter.plain), part]
        handle = os.open(self.ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(handle, json.dumps(line).encode() + b"\n")
        os.close(handle)

    async def close(self) -> None:
        """Nothing is open."""


def subscribe(database: Database, *places: str, **more: Any) -> None:
    """One subscription that tells everything at the places."""
    subscriptions.sync_config(database, [Subscription("all", places, **more)], at(-10))


def write_articles(database: Database, count: int, edits: int = 2, start: int = 0) -> None:
    """So many articles, each then edited so many times."""
    for number in range(start, start + count):
        key = str(41000000 + number)
        for edit in range(edits + 1):
            body = (f"第{number}篇文章的第{edit}版说了第{edit * 7 + number}件事。",)
            sighting = seen(edit, key, title=f"第{number}篇文章", body=body)
            articles.record(database, sighting, Policy(), width_fold)


def waiting(database: Database) -> int:
    """Rows that are still to be sent."""
    with database.read() as connection:
        return int(
            connection.execute(
                text("SELECT count(*) FROM notifications WHERE state = 'waiting'")
            ).scalar_one()
        )


def deliver(url: str, ledger: Path, places: tuple[str, ...], point: str = "", nth: int = 0) -> None:
    """A delivering process; dies of SIGKILL when it comes to a point for the nth time."""
    database = Database.open(url)
    left = [nth]

    def here(name: str) -> None:
        if name == point:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    _watch_storage(database, here)
    parts = parts_at(point)
    ends: dict[str, Destination] = {
        place: FarEnd(
            place,
            ledger,
            parts,
            before=lambda: here("before send"),
            between=lambda: here("between parts"),
            after=lambda: here("after send"),
        )
        for place in places
    }
    asyncio.run(_run(Deliverer(database, ends, letters, QUICK)))


def parts_at(point: str) -> int:
    """How many parts the messages have that are sent while somebody dies at this point."""
    return 3 if "part" in point else 1


async def _run(deliverer: Deliverer) -> None:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, lambda: asyncio.ensure_future(deliverer.stop()))
    await deliverer.run()
    await deliverer.close()


def _watch_storage(database: Database, here: Callable[[str], None]) -> None:
    """Call `here` around the claims that take something, and around marking, of messages and of parts."""
    inside: list[str] = []
    taken: list[int] = [0]
    claim, take = outbox.claim, claims._take
    delivered, progressed = outbox.delivered_all, outbox.progressed

    def taking(*arguments: Any) -> Any:
        taken[0] += 1
        return take(*arguments)

    def claiming(*arguments: Any) -> Any:
        here("before claim")
        inside.append("claim")
        taken[0] = 0
        found = claim(*arguments)
        inside.pop()
        if found:
            here("after claim commit")
        return found

    def marking(*arguments: Any) -> Any:
        inside.append("mark")
        found = delivered(*arguments)
        inside.pop()
        here("after mark commit")
        return found

    def noting(*arguments: Any) -> Any:
        inside.append("part")
        found = progressed(*arguments)
        inside.pop()
        return found

    def committing(*_: object) -> None:
        if inside and (inside[-1] != "claim" or taken[0]):
            here(f"before {inside[-1]} commit")

    outbox.claim, claims._take = claiming, taking  # type: ignore[assignment]
    outbox.delivered_all, outbox.progressed = marking, noting  # type: ignore[assignment]
    event.listen(database._engine, "commit", committing)


@dataclass
class Told:
    """What the far ends have accepted, by the ledger."""

    lines: list[tuple[str, str, str, list[int], int]]

    @classmethod
    def of(cls, ledger: Path) -> Told:
        text = ledger.read_text() if ledger.exists() else ""
        return cls([tuple(json.loads(line)) for line in text.splitlines()])

    def events(self) -> dict[str, set[int]]:
        """The numbers of the events told, by place."""
        found: dict[str, set[int]] = defaultdict(set)
        for place, _, _, numbers, _ in self.lines:
            found[place].update(numbers)
        return found

    def repeats(self) -> int:
        """How many parts came again, all under the key of the first time."""
        keys: dict[tuple[str, int, int], set[str]] = defaultdict(set)
        times: Counter[tuple[str, int, int]] = Counter()
        for place, key, _, numbers, part in self.lines:
            for number in numbers:
                times[place, number, part] += 1
                keys[place, number, part].add(key)
        assert all(len(found) == 1 for found in keys.values()), "a repeat has another key"
        return sum(count - 1 for count in times.values())

    def is_in_order(self) -> bool:
        """Whether within each article and place each event came first after those before it."""
        seen: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, _, stream, numbers, _ in self.lines:
            known = seen[place, stream]
            known.extend(number for number in numbers if number not in known)
        return all(found == sorted(found) for found in seen.values())
