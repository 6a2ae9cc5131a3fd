"""Two workers beside one: the same crawls of two hosts, what they take, and never two workers at one host.

This process hands the crawls out, as a watcher does. The hand-over is measured by itself, too: what PostgreSQL,
worker and watcher spend on a crawl of one page. All processes share one machine, so CPU tells more than the clock:
what two workers can do on two machines is what one can, twice, but for what an article costs more beside another.

`workers.waiting`: sites that take their time, as real ones do, so that who waits is not who computes.
`workers.predicted`: visits by a budget, beside what tests/benchmarks/cluster.py says of them.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import psycopg

from crawler.task import CrawlTask
from scheduler.config import load
from scheduler.queue import Workers, prepare
from scheduler.tasks import task_for
from storage import crawls
from storage.database import Database
from storage.records import Worker
from tests.benchmarks._rows import row
from tests.benchmarks.cluster import Cluster, Costs, Setup, quantile
from tests.databases import named, start_postgresql
from tests.replica.process import ReplicaProcess

#: Articles of each of the two hosts; crawls of one page each.
ARTICLES, SINGLE = 100, 40
#: Sites that take their time: hosts, seconds until an answer, visits of each; and those that are visited by a budget:
#: seconds between two visits of a host, for so long; hosts that a worker visits at once.
HOSTS, SLOW, VISITS = ("cq", "sc", "gz", "yn"), 1.0, 15
GAP, PACED, SLOTS = 5.0, 60.0, 2
NEWSDELTA = [sys.executable, "-c", "from scheduler.cli import main; main()", "worker", "--concurrency"]
_OVERLAPPING = """
    SELECT count(*) FROM crawls a JOIN crawls b ON a.host = b.host AND a.id < b.id
    WHERE a.started_at < b.finished_at AND b.started_at < a.finished_at
"""
_LAGS = """
    SELECT extract(epoch FROM finished_at - asked_at) FROM crawls WHERE finished_at IS NOT NULL ORDER BY id
"""


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of CPU: of the workers, of PostgreSQL, of who hands out; and those for which each had
    to wait for a processor.
    """

    wall: float
    workers: float
    server: float
    watcher: float
    workers_late: float
    server_late: float
    watcher_late: float
    visits: int = 0


def run() -> list[dict[str, Any]]:
    """Measure one worker and two; two minutes."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url, server = _server(stack, folder)
        sites = stack.enter_context(ReplicaProcess(articles=ARTICLES, channels=("cq", "sc")))
        one, single, alone = _with_workers(1, url, folder, sites, server)
        two, _, together = _with_workers(2, url, folder, sites, server)
    pages = 2 * ARTICLES
    return [
        row(
            "two workers, on two machines",
            one.workers / two.workers * 2,
            "times one",
            goal=1.8,
            ok=one.workers / two.workers * 2 >= 1.8,
        ),
        row(
            "two workers, by the clock of one machine",
            pages / two.wall,
            "articles/s",
            "one",
            pages / one.wall,
        ),
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
    """Crawl single pages with so many workers, then both hosts; returns how many crawls overlapped, too."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE w{count}".encode())
    url = named(server_url, f"w{count}")
    tasks = _tasks(folder, url, sites)
    with Database.open(url) as database:
        prepare(url)
        with _workers(count, folder, database) as at_work:
            meter = _Meter([one.pid for one in at_work], server)
            again = asyncio.run(_measured(database, url, _single(tasks, sites), meter))
            whole = asyncio.run(_measured(database, url, [[task] for task in tasks], meter))
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
    return [[_of_home(task, sites)] * (SINGLE // 2) for task in tasks]


def _of_home(task: CrawlTask, sites: ReplicaProcess) -> CrawlTask:
    """A crawl of no more than the home page of the task's channel."""
    return replace(task, urls=(sites.urls[task.channel.name],), follow=False)


def waiting() -> list[dict[str, Any]]:
    """Measure one worker and two on sites that answer after SLOW seconds; six minutes."""
    turns: dict[int, list[Spent]] = {1: [], 2: []}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url, server = _server(stack, folder)
        sites = stack.enter_context(ReplicaProcess(articles=10, channels=HOSTS))
        for name in HOSTS:
            sites.do("slow", seconds=SLOW, channel=name)
        for turn, count in enumerate((1, 2, 2, 1)):  # in turns, as others use this machine, too
            turns[count].append(
                _visits_alone(named(url, f"turn{turn}"), url, folder, sites, count, server),
            )
    visits = 2 * len(HOSTS) * VISITS

    def rate(count: int, *, crowded: bool) -> float:
        """Visits a second; on a machine that is not crowded without the time that workers waited for a processor."""
        lost = 0.0 if crowded else sum(spent.workers_late for spent in turns[count]) / count
        return visits / (sum(spent.wall for spent in turns[count]) - lost)

    def cpu(count: int) -> float:
        return 1000 * sum(spent.workers for spent in turns[count]) / visits

    what = "two workers, of sites that take their time"
    return [
        row(what, rate(2, crowded=False), "visits/s", "one", rate(1, crowded=False), goal=1.8),
        row(
            f"{what}, waits for a processor included",
            rate(2, crowded=True),
            "visits/s",
            "one",
            rate(1, crowded=True),
        ),
        row(f"{what}: worker", cpu(2), "ms CPU/visit", "one", cpu(1)),
    ]


def _visits_alone(
    url: str, server_url: str, folder: Path, sites: ReplicaProcess, count: int, server: int
) -> Spent:
    """What so many workers, a host at a time each, spend on VISITS of each host."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {url.partition('?')[0].rpartition('/')[2]}".encode())
    tasks = [_of_home(task, sites) for task in _tasks(folder, url, sites)]
    with Database.open(url) as database:
        prepare(url)
        with _workers(count, folder, database) as at_work:
            meter = _Meter([one.pid for one in at_work], server)
            asyncio.run(_measured(database, url, [[task] for task in tasks], meter))  # all have begun
            return asyncio.run(_measured(database, url, [[task] * VISITS for task in tasks], meter))


def predicted() -> list[dict[str, Any]]:
    """Visit hosts by a budget for a while, and let the simulation say what comes of it, by the costs of that run."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url, server = _server(stack, folder)
        sites = stack.enter_context(ReplicaProcess(articles=10, channels=HOSTS))
        for name in HOSTS:
            sites.do("slow", seconds=SLOW, channel=name)
        tasks = [_of_home(task, sites) for task in _tasks(folder, url, sites)]
        with Database.open(url) as database:
            prepare(url)
            with _workers(2, folder, database, SLOTS) as at_work:
                meter = _Meter([one.pid for one in at_work], server)
                asyncio.run(_measured(database, url, [[task] for task in tasks], meter))
                spent = asyncio.run(_paced(database, url, tasks, meter))
        with psycopg.connect(url) as connection:
            lags = [float(lag) for (lag,) in connection.execute(_LAGS).fetchall()][-spent.visits :]
    return _beside(spent, lags)


def _beside(spent: Spent, lags: list[float]) -> list[dict[str, Any]]:
    """What was measured beside what the simulation makes of the same costs."""
    each = [seconds / spent.visits for seconds in (spent.workers, spent.server, spent.watcher)]
    waits = [late / spent.visits for late in (spent.workers_late, spent.server_late, spent.watcher_late)]
    longer = [seconds + late for seconds, late in zip(each, waits, strict=True)]
    setup = Setup(
        hosts=len(HOSTS),
        workers=2,
        budget=3600 / GAP,
        slots=SLOTS,
        cores=1,
        deaths=0.0,
        hours=spent.wall / 3600,
        costs=Costs(*longer, fetch=SLOW),
    )
    out = Cluster(setup).run()
    rate = out.stored / spent.wall
    return [
        row("visits by a budget", spent.visits / spent.wall, "per second", "simulated", rate),
        *(
            row(
                f"planned to stored, p{share}",
                quantile(lags, share),
                "s",
                "simulated",
                quantile(out.lags, share),
            )
            for share in (50, 95)
        ),
        *(
            row(f"a visit: {part}", 1000 * seconds, "ms CPU")
            for part, seconds in zip(("worker", "PostgreSQL", "watcher"), each, strict=True)
        ),
        row("a visit: all of them waited for a processor", 1000 * sum(waits), "ms"),
    ]


async def _paced(database: Database, url: str, tasks: list[CrawlTask], meter: _Meter) -> Spent:
    """Visit each host every GAP seconds, for PACED seconds."""
    hands = Workers(database, url, lambda: datetime.now(UTC))
    loop, visits = asyncio.get_running_loop(), 0
    before, end = meter.read(), loop.time() + PACED

    async def visit(task: CrawlTask, first: float) -> None:
        nonlocal visits
        await asyncio.sleep(first)
        while (begun := loop.time()) < end:
            await hands.crawl(task)
            visits += 1
            await asyncio.sleep(max(0.0, begun + GAP - loop.time()))

    await asyncio.gather(*(visit(task, GAP * at / len(tasks)) for at, task in enumerate(tasks)))
    after = meter.read()
    await hands.stop()
    return Spent(*(late - early for early, late in zip(before, after, strict=True)), visits=visits)


def _server(stack: ExitStack, folder: Path) -> tuple[str, int]:
    """A PostgreSQL server's URL, and its process."""
    server = start_postgresql(folder / "pg")
    stack.callback(server.cleanup)
    return str(server.get_uri()), server.get_pid()


@contextmanager
def _workers(
    count: int, folder: Path, database: Database, slots: int = 1
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many workers, once all of them are there; each visits so many hosts at once."""
    words = [*NEWSDELTA, str(slots), "--config", str(folder / "newsdelta.toml")]
    started = [subprocess.Popen(words, stderr=subprocess.DEVNULL) for _ in range(count)]
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

    def read(self) -> tuple[float, ...]:
        """Seconds so far, as `Spent` has them."""
        mine, me = time.process_time(), psutil.Process().pid
        return (
            time.perf_counter(),
            sum(map(_cpu, self._workers)),
            _cpu(self._server),
            mine,
            sum(map(_late, self._workers)),
            _late(self._server),
            _late(me, children=False),
        )


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


def _late(process: int, *, children: bool = True) -> float:
    """Seconds that a process and its living children were ready and had to wait (Linux: schedstat); 0 elsewhere."""
    top, total = psutil.Process(process), 0.0
    for one in (top, *(top.children(recursive=True) if children else ())):
        for thread in Path(f"/proc/{one.pid}/task").glob("*/schedstat"):
            with suppress(OSError):
                total += int(thread.read_text().split()[1]) / 1e9
    return total
