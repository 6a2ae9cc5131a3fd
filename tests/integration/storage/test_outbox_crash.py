"""Processes that are killed at every point of the outbox, and several that record and send at once.

Sending is a line in a file, written between claim and mark. What must hold at the end: every event was sent at every
place, nothing else was, in the order of its article; a second line only where the first sender died before
it could mark, and then with the same key.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import signal
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from storage import articles, maintenance, outbox, queries, subscriptions
from storage.database import Database
from storage.decide import Policy
from storage.diff import width_fold
from storage.records import Subscription
from tests.sightings import at, seen

PLACES = ("d1", "d2")
LEASE = timedelta(seconds=30)
VISITS = {"new": seen(0), "edit": seen(10, body=("全文已经改写。",))}

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def watch_statements(database: Database, see: Callable[[str], None]) -> None:
    """Show every statement before it is executed, on whichever driver; and "commit"."""

    def checked_out(connection: Any, *_: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(lambda sql: None if sql == "COMMIT" else see(sql))
        else:
            connection.cursor_factory = type("Seeing", (psycopg.Cursor,), {"execute": execute})

    def execute(cursor: psycopg.Cursor, query: Any, *arguments: Any, **options: Any) -> Any:
        see(str(query))
        return psycopg.Cursor.execute(cursor, query, *arguments, **options)

    event.listen(database._engine, "checkout", checked_out)
    event.listen(database._engine, "commit", lambda *_: see("commit"))


def record_steps(database: Database, what: str, _log: Path) -> Iterator[str]:
    articles.record(database, VISITS[what], Policy(), width_fold)
    yield "recorded"


def send_steps(database: Database, _what: str, log: Path) -> Iterator[str]:
    claims = outbox.claim(database, "d1", at(20), LEASE, 10)
    yield "claimed"
    for message in claims:
        send(log, message)
    yield "sent"
    outbox.delivered(database, claims, at(20), "200")
    yield "marked"


def send(log: Path, message: outbox.Claim) -> None:
    """One line for one message, whole or not at all."""
    events = [(one.event, one.stream) for one in message.notifications]
    line = json.dumps({"key": message.key, "to": message.destination, "events": events})
    with log.open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def do_and_die(steps: Callable, url: str, what: str, log: Path, at_statement: str, nth: int) -> None:
    """Take the steps, and die before the nth statement of that beginning, or when a step of that name is done."""
    database = Database.open(url)
    left = itertools.count(nth - 1, -1)

    def see(sql: str) -> None:
        if sql.startswith(at_statement) and next(left) == 0:
            die()

    watch_statements(database, see)
    for done in steps(database, what, log):
        if done == at_statement:
            die()


def run(*processes: Any) -> list[int]:
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


def drain(database: Database, log: Path, minutes: float) -> None:
    """What a delivering process does once nobody else's claim holds any more."""
    for place in PLACES:
        while claims := outbox.claim(database, place, at(minutes), LEASE, 10):
            for message in claims:
                send(log, message)
            outbox.delivered(database, claims, at(minutes), "200")


def sent(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []


def subscribe(database: Database, **settings: Any) -> None:
    subscriptions.sync_config(database, [Subscription("a", PLACES, **settings)], at(0))


def is_whole(database: Database, log: Path) -> Counter[str]:
    """Hold that nothing was lost, nothing invented, the order kept; returns how often each key was sent."""
    lines = sent(log)
    wanted = {(place, one.id) for place in PLACES for one in queries.events(database)}
    assert {(line["to"], number) for line in lines for number, _ in line["events"]} == wanted
    keys = Counter(line["key"] for line in lines)
    assert len(keys) == len({json.dumps((line["to"], line["events"])) for line in lines})
    assert {one.state.value for one in outbox.notifications(database, limit=10_000)} == {"sent"}
    order = defaultdict(list)
    for line in lines:
        for number, stream in line["events"]:
            if number not in order[line["to"], stream]:
                order[line["to"], stream].append(number)
    assert all(numbers == sorted(numbers) for numbers in order.values())
    assert maintenance.check(database).findings == ()
    return keys


RECORDING = [
    ("c_before", "INSERT INTO bodies", 1),
    ("c_after_version", "INSERT INTO events", 1),
    ("c_after_event", "INSERT INTO notifications", 1),
    ("c_after_outbox, the first destination", "INSERT INTO notifications", 2),
    ("c_before_commit (after the second destination)", "commit", 1),
    ("c_after_commit", "recorded", 1),
]


@pytest.mark.parametrize("what", ["new", "edit"])
@pytest.mark.parametrize(("point", "at_statement", "nth"), RECORDING, ids=[one[0] for one in RECORDING])
def test_kill_9_while_recording(database, database_url, tmp_path, what, point, at_statement, nth):
    """The event and who is told of it are stored together or not at all; after a new start each is sent once."""
    log = tmp_path / "sent"
    subscribe(database, words=("渝北", "改写"))
    if what == "edit":
        articles.record(database, VISITS["new"], Policy(), width_fold)
    before = len(outbox.notifications(database))

    child = PROCESSES.Process(
        target=do_and_die, args=(record_steps, database_url, what, log, at_statement, nth)
    )
    assert run(child) == [-signal.SIGKILL]
    stored = len(outbox.notifications(database)) - before
    assert stored == (2 if point == "c_after_commit" else 0)
    assert len(list(queries.events(database))) * 2 == before + stored

    articles.record(database, VISITS[what], Policy(), width_fold)
    drain(database, log, 30)
    assert set(is_whole(database, log).values()) == {1}


SENDING = [
    ("r_before_claim", "SELECT destinations", 1, 0),
    ("r_before_claim_commit", "commit", 1, 0),
    ("r_after_claim_commit", "claimed", 1, 0),
    ("r_after_send", "sent", 1, 1),
    ("r_before_mark_commit", "commit", 2, 1),
    ("r_after_mark_commit", "marked", 1, 0),
]


@pytest.mark.parametrize("wait", [timedelta(), timedelta(minutes=1)], ids=["each alone", "a batch"])
@pytest.mark.parametrize(
    ("point", "at_statement", "nth", "repeats"), SENDING, ids=[one[0] for one in SENDING]
)
def test_kill_9_while_sending(database, database_url, tmp_path, wait, point, at_statement, nth, repeats):
    """A message is sent twice only where its sender died between sending and marking; then by the same key."""
    log = tmp_path / "sent"
    subscribe(database, wait=wait)
    for visit in VISITS.values():
        articles.record(database, visit, Policy(), width_fold)

    child = PROCESSES.Process(target=do_and_die, args=(send_steps, database_url, "", log, at_statement, nth))
    assert run(child) == [-signal.SIGKILL]
    assert outbox.claim(database, "d1", at(20), LEASE, 10) == () or point in (
        "r_before_claim",
        "r_before_claim_commit",
        "r_after_mark_commit",
    )
    drain(database, log, 30)
    assert sum(is_whole(database, log).values()) == len(set(line["key"] for line in sent(log))) + repeats


def record_many(url: str, first: int, articles_each: int, edits: int) -> None:
    """Record articles of our own and one that both recorders see, with their edits."""
    database = Database.open(url)
    for minute in range(edits):
        for key in ["both", *range(first, first + articles_each)]:
            body = (f"{key}号文章第{minute}次所见，另有{minute * 37 % 101}处。",)
            articles.record(database, seen(minute, str(key), body=body), Policy(), width_fold)


def relay(url: str, log: Path, stop: Path) -> None:
    """Send what can be sent until told to stop."""
    database, slow = Database.open(url), Random(os.getpid())
    while True:
        last = stop.exists()
        done = 0
        for place in outbox.due_destinations(database, PLACES, at(1000)):
            claims = outbox.claim(database, place, at(1000), LEASE, 3)
            for message in claims:
                time.sleep(slow.random() / 100)  # as far ends are; it gives the others time to overtake
                send(log, message)
            done += outbox.delivered(database, claims, at(1000), "200")
        if not done:
            if last:
                return
            time.sleep(0.02)


def test_three_who_send_beside_two_who_record_keep_order_and_send_once(database, database_url, tmp_path):
    log, stop = tmp_path / "sent", tmp_path / "stop"
    subscribe(database)
    record_many(database_url, 500, 1, 20)  # so that many events of one article wait together
    relays = [PROCESSES.Process(target=relay, args=(database_url, log, stop)) for _ in range(3)]
    recorders = [PROCESSES.Process(target=record_many, args=(database_url, n * 100, 8, 5)) for n in range(2)]
    for process in relays:
        process.start()
    assert run(*recorders) == [0, 0]
    stop.touch()
    for process in relays:
        process.join()

    assert [process.exitcode for process in relays] == [0, 0, 0]
    assert set(is_whole(database, log).values()) == {1}
    assert len(sent(log)) >= 2 * 5 * 16


def pause_and_resume(url: str, times: int) -> None:
    database = Database.open(url)
    for _ in range(times):
        subscriptions.pause(database, "a", at(0))
        subscriptions.resume(database, "a", at(0))


def test_pausing_while_others_record_loses_nothing(database, database_url, tmp_path):
    """A row written down as paused while the alert goes on must not stay behind."""
    log = tmp_path / "sent"
    subscribe(database)
    pausing = PROCESSES.Process(target=pause_and_resume, args=(database_url, 40))
    recorder = PROCESSES.Process(target=record_many, args=(database_url, 0, 10, 4))

    assert run(pausing, recorder) == [0, 0]
    drain(database, log, 1000)
    assert set(is_whole(database, log).values()) == {1}
