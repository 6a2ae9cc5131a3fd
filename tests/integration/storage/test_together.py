"""Several visits in one transaction: they are there together, each is whole, and none is told before."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from crawler.quarantine import Quarantine
from crawler.recording import Arrival
from crawler.sites import PEOPLE
from storage import articles, queries
from storage.database import Database
from storage.decide import Change, Policy
from storage.diff import width_fold
from storage.errors import StorageError
from storage.records import Sighting
from tests.sightings import seen

KEYS = [str(41000001 + number) for number in range(5)]


def record(database: Database, sighting: Sighting) -> articles.Recorded:
    return articles.record(database, sighting, Policy(), width_fold)


def stored(database: Database) -> int:
    return queries.counts(database).articles


def test_what_is_written_together_is_there_together(database, database_url):
    with Database.open(database_url) as other, database.together():
        for key in KEYS:
            record(database, seen(key=key))
        inside, outside = stored(database), stored(other)
    assert inside == stored(database) == len(KEYS)
    assert outside == (0 if database.is_sqlite else len(KEYS))


def test_a_write_sees_those_before_it(database):
    with database.together():
        record(database, seen(0))
        assert record(database, seen(10, body=("全文已经改写。",))).change is Change.EDITED
    assert queries.find_article(database, "41000001").revisions == 2


def test_one_that_fails_half_way_undoes_those_before_it(database):
    def write_all() -> None:
        with database.together():
            record(database, seen(key=KEYS[0]))
            with pytest.raises(ZeroDivisionError):
                fail_half_way(database)
            record(database, seen(key=KEYS[1]))

    if not database.is_sqlite:
        write_all()  # each is committed by itself
        assert stored(database) == 2
        return
    with pytest.raises(StorageError):
        write_all()
    assert stored(database) == 0
    assert record(database, seen()).change is Change.NEW


def fail_half_way(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM observations")
        raise ZeroDivisionError


@pytest.fixture
def poison(monkeypatch) -> Callable[[str], None]:
    """Lets the store fail for one article, after its row is written."""

    def write(
        key: str, database: Database, sighting: Sighting, *rest: Any, **options: Any
    ) -> articles.Recorded:
        with database.write() as connection:
            if sighting.key == key:
                connection.exec_driver_sql("DELETE FROM observations")
                raise ZeroDivisionError
        return record_well(database, sighting, *rest, **options)

    record_well = articles.record
    return lambda key: monkeypatch.setattr(articles, "record", partial(write, key))


@pytest.fixture
def told() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def judge(database, told):
    def tell(sighting: Sighting, change: Change) -> None:
        told.append((sighting.key, change))

    return Quarantine(database, "cq", PEOPLE, Policy(), tell)


def test_visits_that_are_taken_together_are_told_in_their_order(judge, told, database):
    assert judge.take_all([Arrival(seen(key=key), None, True) for key in KEYS]) == [None] * 5
    assert told == [(key, Change.NEW) for key in KEYS]
    assert stored(database) == 5


@pytest.mark.parametrize("at", range(5))
def test_one_that_cannot_be_stored_takes_no_other_with_it(judge, told, database, poison, at):
    poison(KEYS[at])
    failed = judge.take_all([Arrival(seen(key=key), None, True) for key in KEYS])
    assert [type(error) for error in failed] == [
        ZeroDivisionError if number == at else type(None) for number in range(5)
    ]
    assert sorted(told) == [(key, Change.NEW) for key in KEYS if key != KEYS[at]]
    assert stored(database) == 4


def test_nothing_is_told_that_is_not_committed(judge, told, database, monkeypatch):
    """The disk is full at the commit, and after it."""

    def full(*_: object, **__: object) -> None:
        raise StorageError("The disk is full")

    monkeypatch.setattr(articles, "record", full)
    failed = judge.take_all([Arrival(seen(key=key), None, True) for key in KEYS])
    assert {str(error) for error in failed} == {"The disk is full"}
    assert (told, stored(database)) == ([], 0)
