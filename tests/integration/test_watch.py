"""The lock of a database, and the crawling process: replaced when it is worn out, hung or dead."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from crawler.serve import Start
from crawler.sites import channel
from crawler.task import CrawlTask
from scheduler.child import CrawlerProcess, CrawlFailedError, Limits
from scheduler.holder import AlreadyWatchedError, hold, is_held
from storage import queries
from storage.database import Database
from tests.databases import database_url, postgresql_server, postgresql_url
from tests.replica.replica import Replica

__all__ = ["database_url", "postgresql_server", "postgresql_url"]
SINCE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOLD = "import sys; from datetime import *; from scheduler.holder import hold; h = hold(sys.argv[1], datetime.now(UTC))"


# -- the lock


def test_a_second_holder_is_refused_with_the_first_ones_name(database_url):
    with hold(database_url, SINCE):
        with pytest.raises(AlreadyWatchedError, match=str(os.getpid())) as refused:
            hold(database_url, SINCE)
        assert "2026-11-24T08:00" in str(refused.value)
        assert "Stop that one first" in str(refused.value)
    with hold(database_url, SINCE) as again:
        assert again.still_held()


def test_who_looks_sees_a_watcher_and_takes_nothing(database_url):
    assert not is_held(database_url)
    with hold(database_url, SINCE):
        assert is_held(database_url)
        with pytest.raises(AlreadyWatchedError, match=str(os.getpid())):
            hold(database_url, SINCE)
    for _ in range(50):  # PostgreSQL sees that a client is gone a moment later
        if not is_held(database_url):
            return
        asyncio.run(asyncio.sleep(0.1))
    pytest.fail("the lock that was let go is still seen")


def test_a_watcher_begins_while_others_look(tmp_path):
    database_url = f"sqlite:///{tmp_path}/news.db"
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            is_held(database_url)

    looking = [threading.Thread(target=look) for _ in range(2)]
    for thread in looking:
        thread.start()
    try:
        for _ in range(10):
            hold(database_url, SINCE).__exit__()
    finally:
        done.set()
        for thread in looking:
            thread.join()


def test_the_lock_ends_with_its_process(database_url):
    words = [sys.executable, "-c", f"{HOLD}; print('held', flush=True); input()", database_url]
    other = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    with pytest.raises(AlreadyWatchedError, match=str(other.pid)):
        hold(database_url, SINCE)
    other.kill()
    other.communicate()
    for _ in range(50):  # PostgreSQL sees that a client is gone a moment later
        try:
            with hold(database_url, SINCE):
                return
        except AlreadyWatchedError:
            asyncio.run(asyncio.sleep(0.1))
    pytest.fail("the lock of a dead process was not let go")


def test_a_lock_lost_with_its_connection_is_taken_again_or_given_up(postgresql_url):
    def cut() -> None:
        with psycopg.connect(postgresql_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    with hold(postgresql_url, SINCE) as first:
        cut()
        assert first.still_held()
        with pytest.raises(AlreadyWatchedError):
            hold(postgresql_url, SINCE)
        cut()
        with hold(postgresql_url, SINCE):
            assert not first.still_held()


# -- the crawling process


@pytest.fixture
def site() -> Iterator[Replica]:
    with Replica(seed=5, articles=12) as replica:
        yield replica


@pytest.fixture
def url(tmp_path: Path) -> str:
    found = f"sqlite:///{tmp_path}/news.db"
    Database.open(found).close()
    return found


def task_at(site: Replica, **more: Any) -> CrawlTask:
    return CrawlTask(channel=replace(channel("cq"), home=site.url, columns=()), **more)


def crawls(url: str, limits: Limits, *scene: Any) -> Any:
    """Run a scene with a crawling process, and end it."""

    async def run() -> Any:
        process = CrawlerProcess(lambda: Start(url, allow_private_addresses=True), limits)
        try:
            return await scene[0](process)
        finally:
            await process.stop()
            assert process.pid is None

    return asyncio.run(run())


def test_one_process_does_many_crawls_and_asks_for_robots_txt_once(site, url):
    async def scene(process):
        pids = set()
        for _ in range(3):
            await process.crawl(task_at(site))
            pids.add(process.pid)
        return pids

    assert len(crawls(url, Limits(), scene)) == 1
    assert [request["path"] for request in site.requests()].count("/robots.txt") == 1


def test_a_robots_txt_that_stumbled_is_asked_for_again_within_seconds(site, url):
    site.do("outage")

    async def scene(process):
        counts = [(await process.crawl(task_at(site))).counts.new]
        site.do("recover")
        while not counts[-1] and len(counts) < 100:
            await asyncio.sleep(0.2)
            counts.append((await process.crawl(task_at(site))).counts.new)
        return counts

    counts = crawls(url, Limits(), scene)
    assert (counts[0], counts[-1]) == (0, 12)


def test_crawls_of_several_channels_go_side_by_side(site, url):
    with Replica(seed=6, articles=12) as other:
        other.do("slow", path="*", seconds=2.0)

        async def scene(process):
            slow = asyncio.ensure_future(process.crawl(task_at(other)))
            while not other.requests():
                await asyncio.sleep(0.05)
            await process.crawl(task_at(site))
            assert not slow.done()
            other.do("recover")
            return (await slow).counts.new

        assert crawls(url, Limits(), scene) > 0


@pytest.mark.parametrize("limits", [Limits(runs=2), Limits(megabytes=1.0)], ids=["runs", "megabytes"])
def test_a_worn_out_process_is_replaced(site, url, limits):
    async def scene(process):
        pids = []
        for _ in range(3):
            await process.crawl(task_at(site))
            pids.append(process.pid)
        return pids

    pids = crawls(url, limits, scene)
    assert len(set(pids)) == (2 if limits.runs == 2 else 3)
    with Database.open(url) as database:
        assert queries.counts(database).events == 12


def test_a_process_that_is_killed_fails_its_crawl_and_the_next_gets_a_new_one(site, url):
    site.do("slow", path="*", seconds=1.0)

    async def scene(process):
        crawling = asyncio.ensure_future(process.crawl(task_at(site)))
        while not site.requests():
            await asyncio.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(CrawlFailedError, match="cq"):
            await crawling
        site.do("recover")
        return await process.crawl(task_at(site))

    assert crawls(url, Limits(), scene).counts.new == 12


def test_a_process_that_hangs_is_replaced(site, url):
    # The silence has to be longer than a busy machine keeps a sound process from giving its sign of life.
    async def scene(process):
        await process.crawl(task_at(site))
        hung = process.pid
        os.kill(hung, signal.SIGSTOP)
        with pytest.raises(CrawlFailedError):
            await process.crawl(task_at(site))
        await process.crawl(task_at(site))
        return process.pid != hung

    assert crawls(url, Limits(silence=30.0), scene)


def test_a_planned_visit_asks_for_its_pages_and_for_witnesses_of_a_change(site, url):
    page = site.truth(5)["url"]

    async def scene(process):
        await process.crawl(task_at(site))
        site.do("publish", column=365402, topic="traffic")
        site.do("edit", article=5, classes="number")
        site.forget_requests()
        return await process.crawl(task_at(site, urls=(site.url, page), follow=False))

    result = crawls(url, Limits(), scene)
    asked = [request["path"] for request in site.requests()]
    assert {"/", page.removeprefix(site.url.rstrip("/"))} <= set(asked)
    assert [path for path in asked if path.endswith("/") or "index" in path] == ["/"]
    assert site.truths()[-1]["url"].removeprefix(site.url.rstrip("/")) not in asked  # found, left to the plan
    visits = {visit.page: (visit.change, visit.discovered) for visit in result.visits}
    assert visits.pop(site.url) == ("unchanged", 1)
    assert visits.pop(site.truth(5)["article_id"]) == ("edited", 0)
    assert len(visits) <= 3
    assert result.sent == len(asked)
    assert result.columns


def test_a_refusal_ends_the_visits_of_a_batch_and_is_reported(site, url):
    pages = tuple(site.truth(number)["url"] for number in range(6))

    async def scene(process):
        await process.crawl(task_at(site))
        site.do("status", path="*", code=429, retry_after=120)
        return await process.crawl(task_at(site, urls=pages, follow=False))

    result = crawls(url, Limits(), scene)
    assert result.pause == pytest.approx(120, abs=1)
    assert {visit.change for visit in result.visits} <= {"failed"}
    assert result.answered == 0
