"""Crawls that people ask for: taken by one process, followed, stopped, and not waited for in vain."""

import threading

import pytest

from storage import keys, orders
from storage.database import Database
from storage.errors import NotFound
from storage.records import OrderProgress, OrderState
from tests.databases import database, database_url, postgresql_server  # noqa: F401
from tests.sightings import at


def test_an_order_is_taken_in_turn_and_once(database: Database) -> None:  # noqa: F811
    first = orders.ask(database, "cq", (), at(0))
    second = orders.ask(database, "sc", ("http://sc.example/1.html",), at(1))
    taken = [orders.take(database, at(2)) for _ in range(3)]
    assert [one.id if one else None for one in taken] == [first.id, second.id, None]
    assert taken[1] is not None
    assert taken[1].urls == ("http://sc.example/1.html",)
    assert taken[1].state is OrderState.RUNNING


def test_two_processes_never_take_the_same_order(database: Database) -> None:  # noqa: F811
    for number in range(20):
        orders.ask(database, "cq", (), at(number))
    taken: list[int] = []

    def take_all() -> None:
        while order := orders.take(database, at(30)):
            taken.append(order.id)

    both = [threading.Thread(target=take_all) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(taken) == len(set(taken)) == 20


def test_progress_is_seen_and_the_end_kept(database: Database) -> None:  # noqa: F811
    number = orders.ask(database, "cq", (), at(0)).id
    orders.take(database, at(1))
    assert orders.beat(database, number, at(2), OrderProgress(30, 12, (("new", 4),)))
    assert orders.get(database, number).progress == OrderProgress(30, 12, (("new", 4),))
    assert orders.end(database, number, at(3), run=7).state is OrderState.DONE
    assert orders.get(database, number).run == 7
    assert orders.latest(database, open_only=True) == ()


def test_one_that_waits_is_cancelled_at_once(database: Database) -> None:  # noqa: F811
    number = orders.ask(database, "cq", (), at(0)).id
    assert orders.cancel(database, number, at(1)).state is OrderState.CANCELLED
    assert orders.take(database, at(2)) is None


def test_one_that_runs_is_told_to_stop(database: Database) -> None:  # noqa: F811
    number = orders.ask(database, "cq", (), at(0)).id
    orders.take(database, at(1))
    assert orders.cancel(database, number, at(2)).state is OrderState.CANCELLING
    assert not orders.beat(database, number, at(3), OrderProgress())
    assert orders.end(database, number, at(4), run=1).state is OrderState.CANCELLED
    assert orders.cancel(database, number, at(5)).state is OrderState.CANCELLED


def test_one_whose_process_was_killed_is_failed(database: Database) -> None:  # noqa: F811
    number = orders.ask(database, "cq", (), at(0)).id
    waiting = orders.ask(database, "cq", (), at(0)).id
    orders.take(database, at(1))
    assert orders.bury(database, at(1.5)) == 0
    assert orders.bury(database, at(3)) == 1
    assert orders.get(database, number).state is OrderState.FAILED
    assert orders.get(database, waiting).state is OrderState.WAITING


def test_an_unknown_order_is_named(database: Database) -> None:  # noqa: F811
    for act in (lambda: orders.get(database, 9), lambda: orders.cancel(database, 9, at(0))):
        with pytest.raises(NotFound, match="order 9"):
            act()


def test_a_key_opens_until_it_is_removed_and_its_name_is_its_own(database: Database) -> None:  # noqa: F811
    assert keys.add(database, "grafana", "aa" * 32, ["read"], at(0))
    found = keys.find(database, "aa" * 32)
    assert found is not None
    assert found.scopes == {"read"}
    assert not keys.add(database, "grafana", "bb" * 32, ["read", "run"], at(1))
    assert keys.find(database, "bb" * 32) is None
    assert [key.name for key in keys.every(database)] == ["grafana"]
    keys.remove(database, "grafana")
    assert keys.find(database, "aa" * 32) is None
    with pytest.raises(NotFound, match="grafana"):
        keys.remove(database, "grafana")
