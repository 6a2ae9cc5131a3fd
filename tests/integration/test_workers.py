"""A watcher and its workers, as processes on one PostgreSQL: everything once, whoever is killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from scheduler.queue import prepare
from scheduler.turns import host_turns
from storage import crawls, maintenance, queries
from storage.database import Database
from tests.databases import postgresql_server, postgresql_url
from tests.replica.replica import Replica

__all__ = ["postgresql_server", "postgresql_url"]
NEWSDELTA = [sys.executable, "-c", "from scheduler.cli import main; main()"]
ENV = {key: value for key, value in os.environ.items() if not key.startswith("NEWSDELTA_")}
#: Seconds that a condition may take on the slowest machine.
PATIENCE = 300.0


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait for a condition, and return what it gave."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    pytest.fail(f"not within {PATIENCE:g} s: {what}")


class Cluster:
    """Processes of newsdelta that share one config."""

    def __init__(self, folder: Path, database_url: str, homes: dict[str, str], *, queue: bool = True) -> None:
        self.database_url = database_url
        self.folder = folder
        self._stack = ExitStack()
        channels = "".join(f'[[channel]]\nname = "{name}"\nhome = "{url}"\n' for name, url in homes.items())
        section = f'[queue]\nurl = "{database_url}"\n' if queue else ""
        (folder / "newsdelta.toml").write_text(
            f'[database]\nurl = "{database_url}"\n{section}'
            f'[watch]\nevery = "2s"\nremoval_visits = 1\nremoval_after = "1s"\n'
            f"[network]\nallow_private_addresses = true\n{channels}",
            encoding="utf-8",
        )

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command; what it says goes to a file of its own."""
        said = self._stack.enter_context((self.folder / f"{len(list(self.folder.iterdir()))}.log").open("wb"))
        process = subprocess.Popen(
            [*NEWSDELTA, *words], cwd=self.folder, env=ENV, stdout=said, stderr=subprocess.STDOUT
        )
        self._stack.callback(self._end, process)
        return process

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def said(self) -> str:
        """What all of them said."""
        return "".join(file.read_text("utf-8") for file in sorted(self.folder.glob("*.log")))

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


@pytest.fixture
def sites() -> Iterator[Replica]:
    with Replica(seed=11, articles=30, channels=("cq", "sc")) as replica:
        yield replica


@pytest.fixture
def store(postgresql_url: str) -> Iterator[Database]:
    with Database.open(postgresql_url) as opened:
        prepare(postgresql_url)
        yield opened


@pytest.fixture
def cluster(tmp_path: Path, postgresql_url: str, store: Database, sites: Replica) -> Iterator[Cluster]:
    with Cluster(tmp_path, postgresql_url, sites.urls) as made:
        yield made


def events(store: Database) -> list[tuple[str, str]]:
    """Kind and publisher's id of each event of an article."""
    found = [event for event in queries.events(store, limit=10_000) if event.article]
    return sorted((event.kind.value, re.findall(r"\d{7,}", event.url)[-1]) for event in found)


def expected(sites: Replica) -> list[tuple[str, str]]:
    return sorted((event["kind"], event["article_id"]) for event in sites.expected_events())


def complete(store: Database, sites: Replica) -> None:
    """Wait until all that happened is told, and see that it is told once."""
    until(lambda: len(events(store)) >= len(expected(sites)), "every event is stored")
    assert events(store) == expected(sites)
    assert maintenance.check(store).findings == ()


def never_two_at_one_host(database_url: str) -> None:
    """No two crawls of one host overlapped, whoever made them."""
    overlapping = """
        SELECT a.id, b.id FROM crawls a JOIN crawls b ON a.host = b.host AND a.id < b.id
        WHERE a.started_at < b.finished_at AND b.started_at < a.finished_at
    """
    with psycopg.connect(database_url) as connection:
        assert connection.execute(overlapping).fetchall() == []


def workers_of(database_url: str) -> set[str]:
    with psycopg.connect(database_url) as connection:
        return {
            name
            for (name,) in connection.execute("SELECT DISTINCT worker FROM crawls WHERE state <> 'waiting'")
        }


def channels_of(database_url: str, worker: str = "%") -> set[str]:
    """The channels that were crawled, by workers whose name is like this."""
    made = "SELECT DISTINCT channel FROM crawls WHERE finished_at IS NOT NULL AND sent > 0 AND worker LIKE %s"
    with psycopg.connect(database_url) as connection:
        return {name for (name,) in connection.execute(made, [worker])}


def under_way(database_url: str, worker: str) -> list[int]:
    """The crawls that a worker has in hand."""
    in_hand = "SELECT id FROM crawls WHERE worker = %s AND finished_at IS NULL"
    with psycopg.connect(database_url) as connection:
        return [number for (number,) in connection.execute(in_hand, [worker])]


def test_two_workers_share_what_one_watcher_hands_out(cluster, store, sites, postgresql_url):
    for _ in range(2):
        cluster.start("worker", "--concurrency", "1")
    until(lambda: len(crawls.queue_look(store, datetime.now(UTC)).workers) == 2, "both workers are there")
    cluster.start("watch")
    complete(store, sites)

    sites.do("edit", article=3, classes="number")
    sites.do("remove", article=5)
    sites.do("edit", article=4, channel="sc", classes="headline")
    complete(store, sites)

    assert len(workers_of(postgresql_url)) == 2
    never_two_at_one_host(postgresql_url)


def test_a_killed_workers_crawl_goes_to_another(cluster, store, sites, postgresql_url):
    first = cluster.start("worker")
    cluster.start("watch")
    until(lambda: workers_of(postgresql_url), "the worker is at it")
    (killed,) = workers_of(postgresql_url)
    first.kill()
    first.wait()

    cluster.start("worker")
    complete(store, sites)

    until(lambda: not under_way(postgresql_url, killed), "nothing is left in the dead worker's hands")


def test_who_stands_by_takes_over_from_a_killed_watcher(cluster, store, sites):
    cluster.start("worker")
    leader = cluster.start("watch")
    complete(store, sites)
    cluster.start("watch")
    until(lambda: "Standing by" in cluster.said(), "the second watcher stands by")

    leader.send_signal(signal.SIGKILL)
    leader.wait()
    sites.do("edit", article=7, classes="number")

    complete(store, sites)


def test_a_crawl_that_is_asked_for_is_made_by_a_worker(cluster, store, sites, postgresql_url):
    from storage import orders

    cluster.start("worker")
    cluster.start("watch")
    complete(store, sites)
    order = orders.ask(store, "cq", (sites.truth(3)["url"],), datetime.now(UTC))

    until(lambda: orders.get(store, order.id).finished_at, "the order is carried out")

    assert orders.get(store, order.id).error == ""
    assert orders.get(store, order.id).run is not None


def test_a_crawl_by_hand_has_the_host_to_itself(cluster, store, sites, postgresql_url):
    host = urlsplit(sites.urls["cq"]).netloc
    with host_turns(store, postgresql_url, [host], print):
        cluster.start("worker")
        cluster.start("watch")
        by_hand = cluster.start("crawl", "cq")
        until(lambda: f"is at {host}" in cluster.said(), "the second crawl by hand waits")
        until(lambda: channels_of(postgresql_url) >= {"sc"}, "the other host is crawled")
        assert "cq" not in channels_of(postgresql_url)
    complete(store, sites)
    assert by_hand.wait(PATIENCE) == 0
    until(lambda: "cq" in channels_of(postgresql_url, "by hand%"), "the workers know what was spent by hand")


def test_the_host_of_a_killed_crawl_by_hand_is_free_again(store, postgresql_url):
    holding = (
        "import sys; from scheduler.turns import host_turns; from storage.database import Database; "
        "turn = host_turns(Database.open(sys.argv[1]), sys.argv[1], ['a:80'], print); turn.__enter__(); "
        "print('held', flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", holding, postgresql_url]
    with subprocess.Popen(words, env=ENV, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        waits: list[str] = []
        other.kill()
        other.wait()
        with host_turns(store, postgresql_url, ["a:80"], waits.append):
            assert waits == ["Waiting: a worker, or another crawl, is at a:80"]


def test_one_watcher_alone_on_postgresql(tmp_path, postgresql_url, store, sites):
    with Cluster(tmp_path, postgresql_url, sites.urls, queue=False) as cluster:
        cluster.start("watch")
        complete(store, sites)
        sites.do("edit", article=3, classes="number")
        complete(store, sites)


def test_without_a_queue_a_worker_says_what_is_missing(tmp_path):
    done = subprocess.run(
        [*NEWSDELTA, "worker", "--data", str(tmp_path)], cwd=tmp_path, env=ENV, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "There is no queue" in done.stderr
    assert "[queue] url" in done.stderr


def test_a_queue_needs_the_store_on_postgresql(tmp_path):
    (tmp_path / "newsdelta.toml").write_text('[queue]\nurl = "postgresql://db/news"\n', encoding="utf-8")
    done = subprocess.run([*NEWSDELTA, "watch"], cwd=tmp_path, env=ENV, capture_output=True, text=True)
    assert done.returncode == 2
    assert "newsdelta db move" in done.stderr
