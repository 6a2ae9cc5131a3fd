"""What a claim costs with 100,000 rows waiting, and what 100 subscriptions cost the storing of an article.

Times on SQLite are processor seconds of this thread, which the work of others does not change; PostgreSQL's
server is another process, so there it is the clock on the wall.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from storage import articles, outbox, subscriptions
from storage.database import Database
from storage.decide import Policy
from storage.diff import width_fold
from storage.records import Event, EventKind, Subscription
from storage.wordquery import Fold
from tests.benchmarks._rows import row
from tests.databases import start_postgresql
from tests.sightings import at, seen

WAITING = 100_000
CLAIMS = 200
LEASE = timedelta(minutes=5)
GOAL = 5.0

#: How the waiting rows lie: how many rows an article has, and where they go.
SHAPES = {
    "each its own article": (1, 1),
    "10 of an article": (10, 1),
    "spread over 50 places": (1, 50),
}
PLACE_NAMES = "渝北江津合川铜梁潼南永川璧山大足綦江"


def run() -> list[dict[str, Any]]:
    """Return the rows."""
    rows = []
    for kind, opened in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        clock = time.thread_time if kind == "SQLite" else time.perf_counter
        for shape, (of_article, places) in SHAPES.items():
            with opened() as database:
                _fill(database, of_article, places)
                rows += _claims(database, f"{kind}, {shape}", clock)
    with _sqlite() as database:
        rows += _recording(database)
    return rows


@contextmanager
def _sqlite() -> Iterator[Database]:
    with (
        tempfile.TemporaryDirectory() as folder,
        Database.open(f"sqlite:///{Path(folder) / 'news.db'}") as database,
    ):
        yield database


@contextmanager
def _postgresql() -> Iterator[Database]:
    folder = tempfile.mkdtemp(prefix="newsdelta-pg-")
    server = start_postgresql(folder)
    try:
        with Database.open(str(server.get_uri())) as database:
            yield database
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


_FILL = """
INSERT INTO notifications (event, subscription, destination, stream, batch, also, created_at, due_at, state, key,
                           attempts, parts_done, answer)
WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})
SELECT 1, 's' || n, 'd' || (n - n / {places} * {places}), 'article-' || (n / {of_article}),
       '', '', {then}, {then}, 'waiting', '', 0, 0, ''
FROM numbers
"""


def _fill(database: Database, of_article: int, places: int) -> None:
    subscribed = Subscription("a", tuple(f"d{number}" for number in range(places)))
    subscriptions.sync_config(database, [subscribed], at(0))
    articles.record_channel_event(database, "cq", EventKind.CHANNEL_BROKEN, at(0))
    then = "'2026-11-24 01:00:00.000000'" + ("" if database.is_sqlite else "::timestamptz")
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM notifications")
        connection.exec_driver_sql(
            _FILL.format(last=WAITING - 1, places=places, of_article=of_article, then=then)
        )


def _claims(database: Database, where: str, clock: Callable[[], float]) -> list[dict[str, Any]]:
    """Claim, mark and look, as a delivering process does; ten messages stay on their way."""
    taken: dict[str, list[float]] = {"claim": [], "mark": [], "look": [], "empty": []}
    on_the_way: list[outbox.Claim] = []
    for _ in range(CLAIMS):
        began = clock()
        with database.write() as connection:
            connection.exec_driver_sql("SELECT 1")
        taken["empty"].append(clock() - began)
        began = clock()
        on_the_way += outbox.claim(database, "d0", at(1), LEASE, 1)
        taken["claim"].append(clock() - began)
        began = clock()
        outbox.due_destinations(database, [f"d{number}" for number in range(50)], at(1))
        taken["look"].append(clock() - began)
        if len(on_the_way) > 10:
            began = clock()
            outbox.delivered(database, [on_the_way.pop(0)], at(1), "200")
            taken["mark"].append(clock() - began)
    empty = taken["empty"]
    return [
        _timed(f"claim a message, {where}", taken["claim"], empty, GOAL),
        _timed(f"  look at every place whether something is due, {where}", taken["look"], empty),
        _timed(f"  mark it sent, {where}", taken["mark"], empty),
        _many(database, where, clock),
    ]


def _many(database: Database, where: str, clock: Callable[[], float]) -> dict[str, Any]:
    """Messages claimed and marked fifty at a time."""
    done, began = 0, clock()
    for _ in range(20):
        claims = outbox.claim(database, "d0", at(1), LEASE, 50)
        done += outbox.delivered(database, claims, at(1), "200")
    speed = done / (clock() - began)
    return row(
        f"  claimed and marked fifty at a time, {where}", speed, "messages/s", goal=500, ok=speed >= 500
    )


def _timed(name: str, seconds: list[float], empty: list[float], goal: float | None = None) -> dict[str, Any]:
    """A row of the slowest hundredth, beside that of a transaction that does nothing."""
    p99, peer = (1000 * statistics.quantiles(times, n=100)[-1] for times in (seconds, empty))
    ok = None if goal is None else p99 <= goal
    return row(name, p99, "ms, p99", "an empty transaction", peer, goal=goal, ok=ok)


def _recording(database: Database) -> list[dict[str, Any]]:
    """Storing a new article without subscriptions, and what the outbox adds: none, and a hundred of them."""
    numbers = iter(range(1_000_000))
    plain = _record_some(database, numbers)
    nobody = _enqueue_some(database, width_fold)
    subscriptions.sync_config(database, _hundred(), at(0))
    _record_some(database, numbers)
    hundred = _enqueue_some(database, width_fold)
    rows = len(outbox.notifications(database, limit=10_000))
    return [
        row("store a new article, nobody subscribed", plain, "ms, mean"),
        row("  of it, to find that nobody is", nobody, "ms, mean", ok=nobody <= 0.02 * plain),
        row("  whom of 100 subscriptions to tell, and to write it down", hundred, "ms, mean"),
        row("  notifications for an article, of 100 subscriptions", rows / 600, ""),
    ]


def _hundred() -> list[Subscription]:
    """Subscriptions with words, of which a few fit an article; one in ten wants an expression."""
    random = Random(7)
    made = []
    for number in range(100):
        words = tuple("".join(random.sample(PLACE_NAMES, 2)) for _ in range(5))
        expression = f"{PLACE_NAMES[number % 18]} & !{words[0]}" if number % 10 == 0 else ""
        made.append(
            Subscription(
                f"alert {number}", (f"d{number}",), words=() if expression else words, expression=expression
            )
        )
    return made


def _record_some(database: Database, numbers: Iterator[int], count: int = 300) -> float:
    random = Random(11)
    visits = []
    for _ in range(count):
        body = tuple("".join(random.choices(PLACE_NAMES, k=90)) for _ in range(9))
        visits.append(seen(1, str(next(numbers)), title=body[0][:20], body=body))
    began = time.thread_time()
    for visit in visits:
        articles.record(database, visit, Policy(), width_fold)
    return 1000 * (time.thread_time() - began) / count


def _enqueue_some(database: Database, fold: Fold, count: int = 300) -> float:
    """Write down stored events a second time, under other numbers, and undo it."""
    from sqlalchemy import text

    with database.read() as connection:
        numbers = list(
            connection.scalars(text("SELECT id FROM events WHERE kind = 'new' ORDER BY id DESC LIMIT 300"))
        )
    events: list[Event] = list(outbox.events(database, numbers).values())
    spent = 0.0
    try:
        with database.write() as connection:
            connection.exec_driver_sql("DELETE FROM notifications")
            began = time.thread_time()
            for event in events:
                outbox.enqueue(connection, event, fold)
            spent = time.thread_time() - began
            raise _Undo
    except _Undo:
        return 1000 * spent / max(1, len(events))


class _Undo(Exception):
    """Ends a transaction without keeping it."""
