"""Delivery: nothing lost, nothing invented, in order, whoever is killed and whatever a far end does."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scheduler.alerts.model import Answer, Rate, Verdict
from scheduler.deliver import Deliverer
from scheduler.retry import Pauses
from storage import outbox
from storage.database import Database
from storage.records import NotificationState
from tests.databases import database, database_url, postgresql_server, postgresql_url
from tests.integration.delivering import (
    POINTS,
    PROCESSES,
    QUICK,
    FarEnd,
    Told,
    deliver,
    letters,
    parts_at,
    subscribe,
    waiting,
    write_articles,
)
from tests.integration.soak_alerts import soak

__all__ = ["database", "database_url", "postgresql_server", "postgresql_url"]

PLACES = ("d1", "d2")


def until(what: Callable[[], object], seconds: float = 180.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def delivers(database: Database, *ends: FarEnd, limits: Any = QUICK, scene: Any = None) -> Deliverer:
    """Deliver until nothing waits, or until the scene is over."""

    async def run() -> Deliverer:
        deliverer = Deliverer(database, {end.id: end for end in ends}, letters, limits)
        running = asyncio.ensure_future(deliverer.run())
        try:
            async with asyncio.timeout(60):
                if scene is not None:
                    await scene(deliverer)
                else:
                    while await asyncio.to_thread(waiting, database):
                        await asyncio.sleep(0.05)
        finally:
            await deliverer.stop()
            await running
            await deliverer.close()
        return deliverer

    return asyncio.run(run())


async def in_hand(deliverer: Deliverer) -> None:
    """Wait until something is on its way to d1."""
    while "d1" not in deliverer._lanes or not deliverer._lanes["d1"].in_hand:
        await asyncio.sleep(0.01)


# -- kill -9


@pytest.mark.parametrize("point", POINTS)
def test_kill_9_at_every_point_loses_nothing_and_invents_nothing(database, database_url, tmp_path, point):
    subscribe(database, *PLACES)
    write_articles(database, 6)
    ledger = tmp_path / "ledger"
    dying = PROCESSES.Process(target=deliver, args=(database_url, ledger, PLACES, point, 3))
    other = PROCESSES.Process(target=deliver, args=(database_url, ledger, PLACES, "between parts", 10**6))
    dying.start()
    dying.join(60)
    assert dying.exitcode == -9, "it did not come to the point"
    unmarked = len(accepted_and_not_marked(database, ledger))
    other.start()
    until(lambda: waiting(database) == 0)
    other.terminate()
    other.join(20)
    assert other.exitcode == 0
    told = Told.of(ledger)
    assert told.events() == {place: set(range(1, 19)) for place in PLACES}
    assert told.is_in_order()
    assert told.repeats() == unmarked  # which also looks at the keys


@pytest.mark.parametrize("point", POINTS)
def test_a_repeat_is_what_was_accepted_and_not_written_down(database, database_url, tmp_path, point):
    subscribe(database, "d1")
    write_articles(database, 1, edits=0)
    ledger = tmp_path / "ledger"
    dying = PROCESSES.Process(target=deliver, args=(database_url, ledger, ("d1",), point, 0))
    dying.start()
    dying.join(60)
    assert dying.exitcode == -9, "it did not come to the point"
    delivers(database, FarEnd("d1", ledger, parts=parts_at(point)))
    told = Told.of(ledger)
    assert told.events() == {"d1": {1}}
    assert told.repeats() == (1 if POINTS[point] else 0)


def accepted_and_not_marked(database: Database, ledger: Path) -> list[Any]:
    """The parts that a far end has and the store does not know of."""
    rows = outbox.notifications(database, limit=1000)
    known = {
        (one.destination, one.event): 99 if one.state is NotificationState.SENT else one.parts_done
        for one in rows
    }
    return [line for line in Told.of(ledger).lines if line[4] >= known[line[0], line[3][0]]]


def test_random_kills_lose_nothing_and_repeat_little(database_url, tmp_path):
    found = soak(database_url, tmp_path, kills=12)
    assert (found["lost"], found["phantom"], found["in_order"]) == (0, 0, True)
    assert found["repeats"] <= 12 * 16  # what one process can have on its way: two places, a batch of eight


# -- far ends in trouble


def test_order_is_kept_within_each_article_by_two_who_deliver(database, database_url, tmp_path):
    subscribe(database, *PLACES)
    write_articles(database, 10, edits=4)
    both = [
        PROCESSES.Process(target=deliver, args=(database_url, tmp_path / "ledger", PLACES)) for _ in range(2)
    ]
    for process in both:
        process.start()
    until(lambda: waiting(database) == 0)
    for process in both:
        process.terminate()
        process.join(20)
    told = Told.of(tmp_path / "ledger")
    assert told.events() == {place: set(range(1, 51)) for place in PLACES}
    assert told.is_in_order()
    assert told.repeats() == 0


async def _hang(_: Any) -> Answer:
    await asyncio.sleep(3600)
    raise AssertionError


TROUBLES = {
    "hangs": _hang,
    "is down": lambda _: Answer(Verdict.LATER, "no route", host_down=True),
    "asks to wait": lambda _: Answer(Verdict.LATER, "429", wait=0.05),
    "has errors": lambda _: Answer(Verdict.LATER, "500"),
    "breaks our rules": lambda _: 1 / 0,
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_one_in_trouble_delays_no_other_and_gets_all_in_order_once_it_recovers(database, tmp_path, trouble):
    subscribe(database, *PLACES)
    write_articles(database, 6)
    well = FarEnd("d1", tmp_path / "well")
    ill = FarEnd("d2", tmp_path / "ill", answers=TROUBLES[trouble])

    async def scene(deliverer: Deliverer) -> None:
        while len(Told.of(well.ledger).lines) < 18:
            await asyncio.sleep(0.02)
        assert not Told.of(ill.ledger).lines
        ill.answers = None
        while await asyncio.to_thread(waiting, database):
            await asyncio.sleep(0.02)

    delivers(database, well, ill, limits=replace(QUICK, send=0.5, tries=1000), scene=scene)
    told = Told.of(ill.ledger)
    assert told.events() == {"d2": set(range(1, 19))}
    assert told.is_in_order()
    assert told.repeats() == 0
    assert {place.failures for place in outbox.destinations(database)} == {0}


def test_what_waits_for_a_far_end_that_is_down_is_not_tried_again_and_again(database, tmp_path):
    subscribe(database, "d1")
    write_articles(database, 20, edits=0)
    tried: list[str] = []

    def is_down(letter: Any) -> Answer:
        tried.append(letter.message.key)
        return Answer(Verdict.LATER, "no route", host_down=True)

    async def scene(deliverer: Deliverer) -> None:
        while len(set(tried)) < 5:
            await asyncio.sleep(0.02)

    limits = replace(QUICK, host=Pauses(0.2, 0.2))
    delivers(database, FarEnd("d1", tmp_path / "x", parallel=2, answers=is_down), limits=limits, scene=scene)
    assert len(tried) <= 2 + 4 * 2  # at first as many as go side by side, then one probe at a time
    rows = outbox.notifications(database, states=[NotificationState.WAITING])
    assert len(rows) == 20


def test_a_refused_message_is_given_up_and_what_follows_it_goes_on(database, tmp_path, caplog):
    subscribe(database, "d1")
    write_articles(database, 1, edits=1)

    def refuses_the_first(letter: Any) -> Answer | None:
        return (
            Answer(Verdict.REFUSED, "code 310000: keywords not in content") if letter.plain == "[1]" else None
        )

    end = FarEnd("d1", tmp_path / "ledger", answers=refuses_the_first)
    with caplog.at_level(logging.ERROR):
        delivers(database, end)
    [dead] = outbox.notifications(database, states=[NotificationState.DEAD])
    assert dead.event == 1
    assert dead.attempts == 5
    assert "310000" in dead.answer
    assert Told.of(end.ledger).events() == {"d1": {2}}
    assert "given up" in caplog.text
    end.answers = None
    assert outbox.retry(database, None, outbox.clock(database)) == 1
    delivers(database, end)
    assert Told.of(end.ledger).events() == {"d1": {1, 2}}


def test_the_parts_that_were_accepted_are_not_sent_again(database, tmp_path):
    subscribe(database, "d1")
    write_articles(database, 1, edits=0)
    asked: list[int] = []

    class Halting(FarEnd):
        async def send(self, letters, parts_done=0):
            asked.append(parts_done)
            if len(asked) < 3:
                return Answer(Verdict.LATER, "busy", parts_done=len(asked))
            return Answer(Verdict.ACCEPTED, "ok", parts_done=3)

    delivers(database, Halting("d1", tmp_path / "x"))
    assert asked == [0, 1, 2]


def test_a_slow_message_holds_up_its_own_article_only(database, tmp_path):
    subscribe(database, "d1")
    write_articles(database, 40, edits=1)

    async def waits_for_the_others(letter: Any) -> None:
        if letter.plain == "[1]":
            while len(Told.of(end.ledger).lines) < 78:
                await asyncio.sleep(0.02)

    end = FarEnd("d1", tmp_path / "ledger", parallel=2, answers=waits_for_the_others)
    delivers(database, end)
    told = Told.of(end.ledger)
    assert [line[3] for line in told.lines[-2:]] == [[1], [2]]
    assert told.is_in_order()
    assert told.repeats() == 0


def test_parts_accepted_before_a_far_end_hung_are_not_sent_again(database, tmp_path):
    subscribe(database, "d1")
    write_articles(database, 1, edits=0)
    asked: list[int] = []

    class Hanging(FarEnd):
        async def send(self, letter, parts_done=0):
            asked.append(parts_done)
            if parts_done < 2:
                await letter.accepted(parts_done + 1)
                await asyncio.sleep(3600)
            return Answer(Verdict.ACCEPTED, "ok", parts_done=3)

    delivers(database, Hanging("d1", tmp_path / "x"), limits=replace(QUICK, send=0.3))
    assert asked == [0, 1, 2]


def test_a_rate_is_kept_by_all_who_deliver_and_across_restarts(database, tmp_path):
    subscribe(database, "d1")
    write_articles(database, 8, edits=0)
    times: list[float] = []

    def note(_: Any) -> None:
        times.append(time.monotonic())

    for _ in range(2):
        end = FarEnd("d1", tmp_path / "x", rate=Rate(10, 1.0), answers=note)
        before = len(times)

        async def scene(deliverer: Deliverer, wanted: int = before + 4) -> None:
            while len(times) < wanted:
                await asyncio.sleep(0.01)

        delivers(database, end, scene=scene)
    assert times[-1] - times[0] >= (len(times) - 1) * 0.1 - 0.05


def test_a_message_that_takes_longer_than_the_lease_is_not_sent_by_another(database, tmp_path):
    subscribe(database, "d1")
    write_articles(database, 1, edits=0)

    async def slow(_: Any) -> None:
        await asyncio.sleep(1.2)

    first = FarEnd("d1", tmp_path / "ledger", answers=slow)
    second = FarEnd("d1", tmp_path / "ledger")

    async def scene(deliverer: Deliverer) -> None:
        await in_hand(deliverer)
        other = Deliverer(database, {"d1": second}, letters, QUICK)
        running = asyncio.ensure_future(other.run())
        while await asyncio.to_thread(waiting, database):
            await asyncio.sleep(0.05)
        await other.stop()
        await running
        await other.close()

    delivers(database, first, limits=replace(QUICK, lease=0.4), scene=scene)
    assert Told.of(first.ledger).repeats() == 0
    assert (first.sent, second.sent) == (1, 0)


def test_stopping_gives_back_what_was_not_sent(database, tmp_path):
    subscribe(database, "d1")
    write_articles(database, 6, edits=0)

    async def scene(deliverer: Deliverer) -> None:
        await in_hand(deliverer)

    limits = replace(QUICK, lease=600, send=600, stop=0.2)
    delivers(database, FarEnd("d1", tmp_path / "x", answers=_hang), limits=limits, scene=scene)
    end = FarEnd("d1", tmp_path / "ledger")
    delivers(database, end)  # which would have to wait ten minutes for the leases
    assert Told.of(end.ledger).events() == {"d1": set(range(1, 7))}


def test_rows_of_a_place_that_nobody_knows_stay(database, tmp_path):
    subscribe(database, "gone", "d1")
    write_articles(database, 1, edits=0)

    async def scene(deliverer: Deliverer) -> None:
        while waiting(database) > 1:
            await asyncio.sleep(0.01)

    delivers(database, FarEnd("d1", tmp_path / "x"), scene=scene)
    [row] = outbox.notifications(database, states=[NotificationState.WAITING])
    assert row.destination == "gone"


def test_what_is_due_is_delivered_once_and_for_all_by_a_command_that_ends(database, tmp_path):
    subscribe(database, "d1")
    write_articles(database, 5)
    end = FarEnd("d1", tmp_path / "ledger")

    async def run() -> None:
        deliverer = Deliverer(database, {"d1": end}, letters, QUICK)
        await deliverer.deliver_due(30)
        await deliverer.close()

    asyncio.run(run())
    assert Told.of(end.ledger).events() == {"d1": set(range(1, 16))}
    assert waiting(database) == 0
