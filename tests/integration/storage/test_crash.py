"""Processes that are killed, and processes that meet: an article is stored whole, once, or not at all."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import sqlite3
import time
from collections import Counter
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from storage import articles, maintenance, queries
from storage.database import Database
from storage.decide import Change, Policy
from storage.diff import width_fold
from storage.records import EventKind, Sighting
from tests.sightings import at, link, seen

EDITED = ("全文已经改写。",)

#: Processes are forked from a clean one that has imported all this: they start in milliseconds.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])


def die_before(step: int, url: str, sighting: Sighting) -> None:
    """Record one visit, and die of SIGKILL before the statement, or the commit, of the given number."""
    database = Database.open(url)
    left = itertools.count(step, -1)

    def count(*_: object) -> None:
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def count_statements(connection: Any, *_: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(count)
        else:
            connection.cursor_factory = type("Counting", (psycopg.Cursor,), {"execute": counted})

    def counted(cursor: psycopg.Cursor, *arguments: Any, **options: Any) -> Any:
        count()
        return psycopg.Cursor.execute(cursor, *arguments, **options)

    event.listen(database._engine, "checkout", count_statements)
    event.listen(database._engine, "commit", count)
    articles.record(database, sighting, Policy(), width_fold)


def record_all(url: str, together: float) -> None:
    """Record the visits that the twin records, as fast as it can."""
    database = Database.open(url)
    time.sleep(max(0.0, together - time.time()))
    for key in range(30):
        for sighting in (seen(0, str(key)), seen(10, str(key), body=EDITED)):
            articles.record(database, sighting, Policy(), width_fold)


def run(*processes: Any) -> list[int]:
    """Run processes side by side; returns how each ended."""
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


@pytest.mark.parametrize("what", ["new", "edit"])
def test_kill_9_before_any_statement_leaves_all_or_nothing(database, database_url, what):
    articles.discover(database, "cq", [link("41000001")], at(-1))
    if what == "edit":
        articles.record(database, seen(0), Policy(), width_fold)
    before = contents(database)
    visit = seen(10, body=EDITED, parts=2) if what == "edit" else seen(0, parts=2)
    died = []
    for step in range(40):
        died += run(PROCESSES.Process(target=die_before, args=(step, database_url, visit)))
        if died[-1] == 0:
            break
        assert contents(database) == before, f"killed before statement {step}"

    assert set(died[:-1]) == {-signal.SIGKILL}
    assert died[-1] == 0
    assert len(died) > 10
    assert articles.record(database, visit, Policy(), width_fold).change is Change.UNCHANGED
    assert [e.kind for e in queries.events(database)] == [EventKind.NEW, EventKind.EDITED][
        : 1 + (what == "edit")
    ]
    assert maintenance.check(database).findings == ()


def contents(database) -> dict[str, int]:
    return maintenance.sizes(database).rows


def test_two_processes_that_record_the_same_articles_store_each_once(database, database_url):
    together = time.time() + 0.5
    twins = [PROCESSES.Process(target=record_all, args=(database_url, together)) for _ in range(2)]

    assert run(*twins) == [0, 0]
    assert queries.counts(database).articles == 30
    told = Counter((one.article, one.kind) for one in queries.events(database))
    assert set(told.values()) == {1}
    assert len(told) == 60
    assert maintenance.check(database).findings == ()


def test_a_killed_crawl_loses_no_link(database, database_url):
    found = [link(str(number)) for number in range(20)]
    assert len(articles.discover(database, "cq", found, at(0))) == 20
    for number in range(5):
        articles.record(database, seen(1, str(number)), Policy(), width_fold)
    run(PROCESSES.Process(target=die_before, args=(3, database_url, seen(1, "5"))))

    assert {one.key for one in articles.pending(database, "cq")} == {str(number) for number in range(5, 20)}
