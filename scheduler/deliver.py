"""Delivers what the outbox holds: claim, write, send, mark. A lane for each destination, so that none delays another.

A message is claimed in one short transaction, sent outside of any, and marked in another. Who dies between
sending and marking leaves a claim that ends with its lease: the message is sent again, with the same key.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from scheduler.alerts.model import Answer, Destination, Letter, Verdict
from scheduler.retry import Pauses, decide
from storage import outbox
from storage.context import Id, working_on
from storage.database import Database
from storage.errors import NotFound, StorageError
from storage.outbox import Claim

log = logging.getLogger(__name__)

#: Gets claims, and gives for each, in their order, what writes its letter. Both may raise.
Prepare = Callable[[Sequence[Claim]], Iterable[Callable[[], Letter]]]
_Result = TypeVar("_Result")

#: Letters written together, while those before them are sent.
WRITTEN = 32
#: Seconds in which marks are gathered for one transaction.
GATHERED = 0.02
#: Seconds for marking what was accepted, at a sudden end.
MARKING = 2.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How delivering goes; all times in seconds.

    tries: of one message. lease: how long a claim holds; it is renewed while the message is on its way.
    poll: between two looks into the outbox. batch: messages claimed at once for one destination.
    send: for one message. message, host: the pauses between tries, of a message, and of a far end that is down.
    stop: to finish what is on its way.
    """

    tries: int = 25
    lease: float = 60.0
    poll: float = 0.2
    batch: int = 64
    send: float = 120.0
    message: Pauses = field(default_factory=Pauses)
    host: Pauses = field(default_factory=lambda: Pauses(longest=300.0))
    stop: float = 5.0


class Deliverer:
    """Delivers to the destinations it knows, until it is stopped; rows of others stay where they are."""

    def __init__(
        self,
        database: Database,
        destinations: Mapping[str, Destination],
        prepare: Prepare,
        limits: Limits | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.database = database
        self.destinations = destinations
        self._known = dict(destinations)
        self.prepare = prepare
        self.limits = limits or Limits()
        self.chance = chance
        self.stopping = asyncio.Event()
        # Threads of our own: a locked database must stop neither the event loop nor the writing of letters.
        self._store = ThreadPoolExecutor(1, "outbox")
        self._desk = ThreadPoolExecutor(1, "letters")
        self._lanes: dict[str, _Lane] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._in_trouble = False
        self._failures: dict[str, int] = {}  # in a row, as those left it who delivered before

    # -- for those who run it

    async def run(self) -> None:
        """Deliver what is due, as it becomes due, until `stop` is called."""
        renewing = asyncio.ensure_future(self._renew())
        try:
            await self._remember()
            while not self.stopping.is_set():
                await self._start_lanes()
                await self.rest(self.limits.poll)
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def deliver_due(self, seconds: float) -> None:
        """Deliver what is due now, in at most so many seconds, and end."""
        running = asyncio.ensure_future(self.run())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not running.done() and await self._is_something_due():
                    await self.rest(self.limits.poll)
        await self.stop()
        await running

    def change(self, destinations: Mapping[str, Destination], prepare: Prepare, limits: Limits) -> None:
        """Go on with other destinations and other letters; what is on its way ends as it began."""
        self.prepare = prepare
        self.limits = limits
        # One that stays keeps its connections. One that goes may still be sending: it is closed at the end.
        self.destinations = {one: self._known.setdefault(one, place) for one, place in destinations.items()}

    async def stop(self) -> None:
        """Claim nothing more and finish what is on its way; what takes too long is left for the next time."""
        self.stopping.set()
        tasks = list(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=self.limits.stop)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """Let go of connections and threads."""
        for destination in self._known.values():
            await destination.close()
        self._store.shutdown(wait=False, cancel_futures=True)
        self._desk.shutdown(wait=False, cancel_futures=True)

    # -- for its lanes

    async def store(self, work: Callable[..., _Result], *args: Any) -> _Result:
        """Do something with the database, in the thread that is kept for it."""
        return await asyncio.get_running_loop().run_in_executor(self._store, work, self.database, *args)

    async def now(self) -> datetime:
        """The time by the clock that all who deliver share."""
        return await self.store(outbox.clock)

    async def letters(self, claims: Sequence[Claim]) -> list[Letter | Answer]:
        """Write what is to be sent; where that fails, the answer that stands for it."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._desk, _letters, self.prepare, claims)

    async def rest(self, seconds: float) -> None:
        """Sleep, but not through the end."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)

    # --

    async def _due(self, among: Sequence[str]) -> Sequence[str]:
        if not among:
            return ()
        try:
            found = await self.store(_due, among)
        except StorageError as error:
            if not self._in_trouble:
                log.warning("Alerts cannot be delivered now, and are tried again: %s", error)
            self._in_trouble = True
            return ()
        self._in_trouble = False
        return found

    async def _remember(self) -> None:
        with contextlib.suppress(StorageError):
            self._failures = {place.id: place.failures for place in await self.store(outbox.destinations)}

    async def _start_lanes(self) -> None:
        idle = [one for one in self.destinations if one not in self._tasks]
        for one in await self._due(idle):
            lane = self._lanes.get(one)
            if lane is None or lane.destination is not self.destinations[one]:
                lane = self._lanes[one] = _Lane(self, self.destinations[one], self._failures.get(one, 0))
            task = self._tasks[one] = asyncio.ensure_future(lane.run())
            task.add_done_callback(lambda _, one=one: self._tasks.pop(one, None))  # type: ignore[misc]

    async def _is_something_due(self) -> bool:
        return bool(self._tasks or await self._due(list(self.destinations)) or self._tasks)

    async def _renew(self) -> None:
        """Keep the claims of all that is in hand, three times a lease."""
        while True:
            await asyncio.sleep(self.limits.lease / 3)
            claims = [claim for lane in self._lanes.values() for claim in lane.in_hand.values()]
            if not claims:
                continue
            try:
                await self.store(_renew, claims, self.limits.lease)
            except StorageError as error:
                log.warning("Claims cannot be renewed now: %s", error)


class _Lane:
    """The way to one destination: one probe at a time while it is down, else as many as it bears.

    What is claimed next is claimed while the present is on its way: a slow message holds up its own stream only.
    """

    def __init__(self, deliverer: Deliverer, destination: Destination, failures: int) -> None:
        self.destination = destination
        self.in_hand: dict[str, Claim] = {}
        self._office = deliverer
        self._failures = failures
        self._down = False
        self._until: datetime
        self._gate = asyncio.Semaphore(max(1, destination.parallel))
        self._sending: set[asyncio.Task[None]] = set()
        self._accepted: list[tuple[Claim, Answer]] = []
        self._marking: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._idle = 0
        self._has_sent = False

    async def run(self) -> None:
        """Deliver until nothing is due, or nothing may be sent now."""
        self._has_sent = False
        pause = 0.0
        try:
            async with asyncio.TaskGroup() as group:
                pause = await self._work(group)
        except Exception:
            log.exception("Delivering to %s met a fault of ours", self.destination.name)
            pause = 5.0
        finally:
            await self._let_go()
        await self._office.rest(pause)

    async def _work(self, group: asyncio.TaskGroup) -> float:
        """Claim and send; seconds to rest afterwards. What is on its way goes on when the database does not."""
        office = self._office
        try:
            await (
                self._come_back()
            )  # what an earlier run could not mark or give back, for want of the database
            while (
                not office.stopping.is_set()
                and office.destinations.get(self.destination.id) is self.destination
            ):
                if not await self._go_on(group):
                    break
        except StorageError as error:
            log.warning("Alerts to %s wait for the database: %s", self.destination.name, error)
            return 1.0
        return 0.0

    async def _go_on(self, group: asyncio.TaskGroup) -> bool:
        """Claim as much as there is room for, and wait until there is room again; false where all is done."""
        if self._down or self._failures:  # one probe, and it alone
            await self._come_back()
        limits = self._office.limits
        wanted = 1 if self._failures else limits.batch - len(self.in_hand)
        self._settled.clear()
        claims = await self._claim(wanted)
        self._start(group, claims)
        if not self.in_hand:
            return False
        if len(claims) < wanted:
            await self._news()
        while len(self.in_hand) > limits.batch // 2 and not self._down and not self._office.stopping.is_set():
            await self._settle()
        return True

    async def _claim(self, wanted: int) -> Sequence[Claim]:
        limits = self._office.limits
        claims = await self._office.store(_claim, self.destination, limits.lease, wanted)
        self._has_sent = self._has_sent or bool(claims)
        self._idle = 0 if self._has_sent else self._idle + 1
        if self._idle:  # due, and yet not given: its rate is used up, or another process has it
            await self._office.rest(min(1.0, limits.poll * 2.0 ** min(self._idle, 10)))
        return claims

    def _start(self, group: asyncio.TaskGroup, claims: Sequence[Claim]) -> None:
        self.in_hand.update((claim.key, claim) for claim in claims)
        for start in range(0, len(claims), WRITTEN):
            some = claims[start : start + WRITTEN]
            letters = group.create_task(self._office.letters(some))
            for number, claim in enumerate(some):
                task = group.create_task(self._one(claim, letters, number))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)

    async def _news(self) -> None:
        """All that could be claimed is: wait until some of it is settled, or more is due."""
        while self.in_hand and not self._down and not self._office.stopping.is_set():
            await self._settle()
            more = await self._office.store(_due, [self.destination.id])
            if more:
                return

    async def _settle(self) -> None:
        """Wait, not for long, until what became of something that was on its way is written down."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._settled.wait(), self._office.limits.poll)
            self._settled.clear()

    async def _come_back(self) -> None:
        """Wait for all that is on its way, and give back what was not sent."""
        while self._sending:
            await asyncio.wait(self._sending)
        await self._marked()
        await self._give_back()
        self._down = False

    async def _one(self, claim: Claim, letters: asyncio.Task[list[Letter | Answer]], number: int) -> None:
        letter = (await letters)[number]
        with working_on(**self._about(claim)):
            await self._deliver(claim, letter)

    def _about(self, claim: Claim) -> dict[str, Id]:
        """What a log line about a message is about."""
        first = claim.notifications[0].event if claim.notifications else 0
        return {"delivery": claim.key, "destination": self.destination.name, "event": first}

    async def _deliver(self, claim: Claim, letter: Letter | Answer) -> None:
        async with self._gate:
            if self._down or self._office.stopping.is_set():
                return
            answer = letter if isinstance(letter, Answer) else await self._send(claim, letter)
            if answer.verdict is Verdict.ACCEPTED:
                self._accepted.append((claim, answer))
                if self._marking is None or self._marking.done():
                    self._marking = asyncio.ensure_future(self._mark())
        try:
            await self._learn(claim, answer)
        except StorageError as error:  # its lease ends, and it is tried again
            log.warning("An alert to %s cannot be written down now: %s", self.destination.name, error)

    async def _send(self, claim: Claim, letter: Letter) -> Answer:
        seconds = self._office.limits.send
        letter.on_part = partial(self._part, claim)
        try:
            async with asyncio.timeout(seconds):
                return await self.destination.send(letter, claim.parts_done)
        except TimeoutError:
            said = f"no answer in {seconds:g} s"
            return Answer(Verdict.LATER, said, host_down=True, parts_done=letter.parts_done)
        except Exception as error:
            log.error("%s met a fault of ours: %s", self.destination.name, type(error).__name__)
            said = f"a fault of ours: {type(error).__name__}"
            return Answer(Verdict.LATER, said, parts_done=letter.parts_done)

    async def _part(self, claim: Claim, parts_done: int) -> None:
        """Write down that some parts were accepted: who dies before the last one does not send them again."""
        try:
            await self._office.store(outbox.progressed, claim, parts_done)
        except StorageError as error:  # then they come again, with their keys
            log.warning("A part sent to %s cannot be written down: %s", self.destination.name, error)

    # -- what became of them

    async def _learn(self, claim: Claim, answer: Answer) -> None:
        if answer.verdict is not Verdict.ACCEPTED:
            await self._failed(claim, answer)
        elif self._failures and not self._down:
            self._failures = 0
            await self._office.store(outbox.hold, self.destination.id, None, 0)

    async def _failed(self, claim: Claim, answer: Answer) -> None:
        """Write down when to try again, or that it is given up; hold everything back where the far end is down."""
        self.in_hand.pop(claim.key, None)
        limits, now = self._office.limits, await self._office.now()
        age = (now - claim.notifications[0].created_at).total_seconds()
        chance = self._office.chance()
        decision = decide(claim.attempts, age, answer, limits.tries, chance, limits.message)
        due = now + timedelta(seconds=decision.wait)
        if answer.verdict is Verdict.LATER and (answer.host_down or answer.wait is not None):
            due = await self._hold(answer, now, chance)
        if decision.dead:
            log.error("%s: an alert was given up: %s", self.destination.name, answer.detail)
            await self._office.store(outbox.dead, claim, answer.detail)
        else:
            await self._office.store(
                outbox.postponed, claim, due, answer.detail, max(answer.parts_done, claim.parts_done)
            )
        self._settled.set()

    async def _hold(self, answer: Answer, now: datetime, chance: float) -> datetime:
        """Leave the far end alone; all that came back at once counts as one failure."""
        if not self._down:
            self._down = True
            self._failures += 1
            pause = self._office.limits.host.after(self._failures, chance)
            if answer.wait is not None:
                pause = max(answer.wait, 0.0 if not answer.host_down else pause)
            self._until = now + timedelta(seconds=pause)
            log.warning("%s: %s; tried again in %.0f s", self.destination.name, answer.detail, pause)
            await self._office.store(outbox.hold, self.destination.id, self._until, self._failures)
        return self._until

    async def _mark(self) -> None:
        """Mark what was accepted: whatever gathers in a moment, or while one is marked, is marked together."""
        while self._accepted:
            await asyncio.sleep(GATHERED)
            taken, self._accepted = self._accepted, []
            try:
                await self._office.store(_mark, taken)
            except StorageError as error:
                log.warning("Alerts that were sent cannot be marked now: %s", error)
                self._accepted = taken + self._accepted
                await asyncio.sleep(0.5)
                continue
            for claim, _ in taken:
                self.in_hand.pop(claim.key, None)
                log.info("%s has taken an alert", self.destination.name, extra=self._about(claim))
            self._settled.set()

    async def _marked(self) -> None:
        if self._marking is not None:
            await asyncio.shield(self._marking)

    async def _give_back(self) -> None:
        """Let go of the claims that were not sent, so that they need not wait for the end of their lease."""
        left = list(self.in_hand.values())
        self.in_hand.clear()
        if left:
            await self._office.store(_release, left)

    async def _let_go(self) -> None:
        """At the end, also at a sudden one: mark what was accepted, give back what was not sent."""
        with contextlib.suppress(StorageError, TimeoutError):
            async with asyncio.timeout(MARKING):
                await self._marked()
            await self._give_back()


def _letters(prepare: Prepare, claims: Sequence[Claim]) -> list[Letter | Answer]:
    try:
        writers = list(prepare(claims))
    except StorageError as error:
        return [Answer(Verdict.LATER, f"the store could not be read: {error}") for _ in claims]
    return [_letter(write, claim) for write, claim in zip(writers, claims, strict=True)]


def _letter(write: Callable[[], Letter], claim: Claim) -> Letter | Answer:
    try:
        return write()
    except NotFound as error:
        return Answer(Verdict.REFUSED, str(error))
    except StorageError as error:
        return Answer(Verdict.LATER, f"the store could not be read: {error}")
    except Exception as error:
        log.exception("The alert %s cannot be written", claim.key)
        return Answer(Verdict.REFUSED, f"it could not be written: {type(error).__name__}")


def _due(database: Database, among: Sequence[str]) -> Sequence[str]:
    return outbox.due_destinations(database, among, outbox.clock(database))


def _claim(database: Database, destination: Destination, lease: float, limit: int) -> Sequence[Claim]:
    now = outbox.clock(database)
    return outbox.claim(database, destination.id, now, timedelta(seconds=lease), limit, destination.rate)


def _renew(database: Database, claims: Sequence[Claim], lease: float) -> None:
    outbox.renew(database, claims, outbox.clock(database) + timedelta(seconds=lease))


def _release(database: Database, claims: Sequence[Claim]) -> None:
    outbox.release(database, claims, outbox.clock(database))


def _mark(database: Database, accepted: Sequence[tuple[Claim, Answer]]) -> None:
    now = outbox.clock(database)
    outbox.delivered_all(database, [(claim, answer.detail) for claim, answer in accepted], now)
