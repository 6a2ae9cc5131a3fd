"""Crawls that workers carry out: given to one at a time, taken back from who falls silent, counted for their host."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from storage import crawls
from storage.database import Database
from storage.records import HostMemory, OrderProgress, Worker
from tests.databases import postgresql_server, postgresql_url

__all__ = ["postgresql_server", "postgresql_url"]
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def store(postgresql_url: str) -> Iterator[Database]:
    with Database.open(postgresql_url) as database:
        yield database


def asked(store: Database, *channels: str) -> list[int]:
    return [crawls.ask(store, name, f"{name}:80", "{}", NOW) for name in channels]


def states(store: Database, numbers: list[int]) -> list[str]:
    return [one.state.value for one in crawls.look(store, numbers)]


def test_a_silent_worker_loses_its_crawl_and_is_told_so(store):
    number = crawls.ask(store, "cq", "a:80", "{}", NOW)
    assert crawls.take(store, number, "first", NOW) is not None
    assert crawls.take(store, number, "second", NOW) is None

    later = NOW + crawls.SILENCE * 2
    assert crawls.take(store, number, "second", later) is not None
    progress = crawls.look(store, [number])[0].progress
    assert not crawls.beat(store, number, "first", later, progress)
    assert crawls.beat(store, number, "second", later, progress)
    assert not crawls.end(store, number, "first", later, result="{}")
    assert crawls.end(store, number, "second", later, result="{}")


def test_a_hosts_budget_counts_what_all_workers_spent(store):
    minute = crawls.LOST
    for number, sent in ((1, 20), (2, 30)):
        crawl = crawls.ask(store, "cq", "a:80", "{}", NOW)
        crawls.take(store, crawl, f"w{number}", NOW)
        crawls.end(store, crawl, f"w{number}", NOW, result="{}", sent=sent, gap=2.5, held_until=NOW + minute)

    memory = crawls.host_memory(store, "a:80", NOW + minute / 2)
    assert (memory.spent, memory.since_last, memory.gap, memory.held) == (50, 30.0, 2.5, 30.0)
    assert crawls.host_memory(store, "a:80", NOW + 61 * minute).spent == 0
    assert crawls.host_memory(store, "b:80", NOW) == type(memory)()


def test_the_queue_says_who_is_there_and_how_long_crawls_wait(store):
    crawls.enroll(store, Worker("w1", 4, NOW, NOW))
    crawls.enroll(store, Worker("w2", 4, NOW, NOW - crawls.LOST))
    crawls.ask(store, "cq", "a:80", "{}", NOW)

    look = crawls.queue_look(store, NOW + crawls.SILENCE / 2)

    assert [worker.name for worker in look.workers] == ["w1"]
    assert (look.waiting, look.running, look.lag) == (1, 0, 5.0)


def test_a_crawl_whose_worker_fell_silent_waits_for_another(store):
    first, second = (crawls.ask(store, name, f"{name}:80", "{}", NOW) for name in ("cq", "sc"))
    crawls.take(store, first, "w1", NOW)
    crawls.take(store, second, "w2", NOW + crawls.SILENCE)

    look = crawls.queue_look(store, NOW + 2 * crawls.SILENCE)

    assert (look.waiting, look.running, look.lag) == (1, 1, 20.0)


def test_what_waits_is_cancelled_at_once_and_what_runs_when_its_worker_has_ended(store):
    waiting, running, done = numbers = asked(store, "cq", "sc", "gz")
    crawls.take(store, running, "w", NOW)
    crawls.take(store, done, "w", NOW)
    crawls.end(store, done, "w", NOW, result="{}")

    crawls.cancel(store, numbers, NOW)

    assert states(store, numbers) == ["cancelled", "cancelling", "done"]
    assert crawls.take(store, waiting, "w", NOW) is None
    assert not crawls.beat(store, running, "w", NOW + SECOND, OrderProgress())
    assert crawls.end(store, running, "w", NOW + SECOND, result="{}")
    assert [one.finished_at for one in crawls.look(store, [running])] == [NOW + SECOND]


def test_one_that_is_to_stop_and_whose_worker_died_is_not_begun_again(store):
    [number] = asked(store, "cq")
    crawls.take(store, number, "first", NOW)
    crawls.cancel(store, [number], NOW)

    assert crawls.take(store, number, "second", NOW + 2 * crawls.SILENCE) is None
    assert states(store, [number]) == ["cancelled"]


def test_a_watcher_that_begins_abandons_what_the_one_before_asked_for(store):
    numbers = asked(store, "cq", "sc", "gz")
    crawls.take(store, numbers[1], "w", NOW)
    crawls.take(store, numbers[2], "w", NOW)
    crawls.end(store, numbers[2], "w", NOW, error="its process ended")

    crawls.abandon(store, NOW)

    assert states(store, numbers) == ["cancelled", "cancelling", "failed"]


def test_a_crawl_that_nobody_took_over_fails_after_a_while(store):
    lost, alive, waiting = numbers = asked(store, "cq", "sc", "gz")
    crawls.take(store, lost, "w1", NOW)
    crawls.take(store, alive, "w2", NOW)
    late = NOW + crawls.LOST + SECOND
    crawls.beat(store, alive, "w2", late, OrderProgress(30, 12))

    assert crawls.is_under_way(store, lost)
    assert crawls.bury_lost(store, late) == 1

    assert states(store, numbers) == ["failed", "running", "waiting"]
    assert crawls.look(store, [lost])[0].error == "its worker died"
    assert not crawls.is_under_way(store, lost)
    assert not crawls.is_under_way(store, waiting)
    assert crawls.look(store, [alive])[0].progress == OrderProgress(30, 12)


def test_one_crawl_is_buried_by_its_number_once(store):
    waiting, taken = asked(store, "cq", "sc")
    crawls.take(store, taken, "w", NOW)
    assert [crawls.bury(store, number, NOW) for number in (waiting, taken, taken)] == [False, True, False]
    assert not crawls.end(store, taken, "w", NOW, result="{}")


def test_a_crawl_beside_the_queue_is_remembered_for_its_host(store):
    crawls.note(store, "cq", "cq:80", "by hand", NOW, HostMemory(spent=40, gap=2.0, held=30.0))
    memory = crawls.host_memory(store, "cq:80", NOW + 10 * SECOND)
    assert memory == HostMemory(spent=40, since_last=10.0, gap=2.0, held=20.0)


def test_a_crawl_that_asked_for_nothing_says_nothing_of_the_last_request(store):
    crawls.note(store, "cq", "cq:80", "by hand", NOW, HostMemory())
    assert crawls.host_memory(store, "cq:80", NOW + SECOND) == HostMemory()


def test_what_ended_long_ago_is_forgotten_and_who_died_long_ago(store):
    ended, open_ = numbers = asked(store, "cq", "sc")
    crawls.take(store, ended, "w", NOW)
    crawls.end(store, ended, "w", NOW, result="{}")
    crawls.enroll(store, Worker("dead", 1, NOW, NOW))
    crawls.enroll(store, Worker("alive", 1, NOW, NOW + SECOND))
    crawls.enroll(store, Worker("gone", 1, NOW, NOW + SECOND))
    crawls.leave(store, "gone")

    assert crawls.forget(store, NOW + SECOND) == 1
    crawls.forget_workers(store, NOW + SECOND)

    assert [one.id for one in crawls.look(store, numbers)] == [open_]
    assert [one.name for one in crawls.queue_look(store, NOW + SECOND).workers] == ["alive"]


def test_a_worker_that_comes_again_takes_the_place_of_the_one_before(store):
    crawls.enroll(store, Worker("w1", 4, NOW, NOW))
    crawls.enroll(store, Worker("w1", 2, NOW + SECOND, NOW + SECOND))
    assert crawls.queue_look(store, NOW + SECOND).workers == (Worker("w1", 2, NOW + SECOND, NOW + SECOND),)
