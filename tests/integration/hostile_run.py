"""One run against hostile sites, in a process of its own: Twisted's reactor runs once in a process.

found = run("bodies", folder)                              from a test
python -m tests.integration.hostile_run bodies FOLDER      the process: what came of each case, as JSON

The sites stand in a further process (`hostile_serve`), so that the memory of this one is a crawl's and nothing else.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from crawler import readers
from crawler.bounded import Bounded
from crawler.run import Crawls, Options, in_reactor
from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.model import Channel, SiteRules
from crawler.task import CrawlTask
from storage import queries
from storage.database import Database

ROOT = Path(__file__).parents[2]
#: Seconds that a page may take in these runs, where users' crawls have 30; and tries beyond the first.
TIMEOUT, RETRIES = 5, 1
#: Pages that are slow to read, and servers that are quick: a busy event loop must not look like a silent server.
PATIENT = {"markup": 60, "robots": 20, "listings": 10, "feeds": 10, "sitemaps": 10}
#: Seconds of CPU that the reading of a large page may take in these runs, where users' crawls have 15.
READING = 3
#: Sites that are crawled at a time.
AT_ONCE = 6
PATTERN = r"/a/(?P<id>[\w-]+)\.html$"
#: Seconds between two looks at the processes.
LOOK = 0.005


@dataclass(frozen=True)
class Found:
    """What came of a case: the names of the articles that were stored, what was said, the seconds it took."""

    name: str
    stored: tuple[str, ...]
    said: tuple[str, ...]
    seconds: float
    asked: int


@dataclass(frozen=True)
class Run:
    """What came of all cases of a family.

    Megabytes of memory of the crawling process and of those that read for it: before the first, and at most.
    `canary`: connections to the listener that nobody may ask.
    """

    found: dict[str, Found]
    baseline: tuple[float, float]
    peak: tuple[float, float]
    canary: int

    @property
    def taken(self) -> float:
        """What the cases took above the baseline, in both processes."""
        return sum(self.peak) - sum(self.baseline)


def run(family: str, folder: Path) -> Run:
    """Crawl a family's sites; return what came of it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.hostile_run", family, str(folder)],
        capture_output=True,
        cwd=ROOT,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    told = json.loads(done.stdout)
    found = {
        one["name"]: Found(
            one["name"], tuple(one["stored"]), tuple(one["said"]), one["seconds"], one["asked"]
        )
        for one in told["found"]
    }
    return Run(found, tuple(told["baseline"]), tuple(told["peak"]), told["canary"])


def channel_of(site: dict[str, Any]) -> Channel:
    """The channel whose pages a case plays."""
    name, home = site["name"], site["home"]
    publisher = ConfiguredPublisher(SiteRules(name, home, article_url=PATTERN))
    columns, feeds, sitemaps = (tuple(site.get(what, ())) for what in ("columns", "feeds", "sitemaps"))
    return Channel(name, name, home, publisher, columns, feeds=feeds, sitemaps=sitemaps)


async def crawl(site: dict[str, Any], crawls: Crawls, database: Database) -> Found:
    """Crawl a case's site."""
    channel = channel_of(site)
    begun = time.monotonic()
    result = await crawls.crawl(CrawlTask(channel), lambda tally: None)
    said = [f"{problem.url} {problem.what}" for problem in result.problems]
    seconds = time.monotonic() - begun
    stored = queries.articles(database, channel=channel.name, limit=100_000)
    names = sorted(one.url.rpartition("/")[2].removesuffix(".html") for one in stored)
    return Found(channel.name, tuple(names), tuple(said), round(seconds, 2), 0)


async def crawl_all(sites: Sequence[dict[str, Any]], database: Database, timeout: float) -> dict[str, Any]:
    """Crawl all cases' sites, a few at a time; the first is there to make the processes load what they need."""
    overrides = {
        "DOWNLOAD_TIMEOUT": timeout,
        "RETRY_TIMES": RETRIES,
        "LOG_LEVEL": "CRITICAL",
    }
    crawls = Crawls(database, Options(allow_private_addresses=True, overrides=overrides))
    crawls._bounded = Bounded(READING)
    readers.STARTS = (
        0  # small pages are read in this process: a second one starts for honest ones, too, if they are quick
    )
    warm, *cases = sites
    await crawl(warm, crawls, database)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(site: dict[str, Any]) -> Found:
        async with gate:
            return await crawl(site, crawls, database)

    with Watched() as memory:
        found = await asyncio.gather(*map(one, cases))
    await crawls.close()
    return {"found": [asdict(each) for each in found], "baseline": memory.baseline, "peak": memory.peak}


class Watched:
    """Looks at the memory of this process and of those that read for it, again and again, in a thread.

    A process that is ended for what it took counts with what it had when it was last seen.
    """

    def __init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        Path("/proc/self/clear_refs").write_text("5")  # what was held at most is counted from now on
        self.baseline = self.peak = self._now()

    def __enter__(self) -> Watched:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(LOOK):
            now = self._now()
            self.peak = (max(self.peak[0], now[0]), max(self.peak[1], now[1]))

    def _now(self) -> tuple[float, float]:
        own = Path("/proc/self")
        children = (own / f"task/{threading.main_thread().native_id}/children").read_text().split()
        return most_of(own), sum(most_of(Path("/proc") / child) for child in children if is_reader(child))


def is_reader(child: str) -> bool:
    """Whether a child reads for us; one that has only just begun still has our own memory, and our name."""
    try:
        return b"crawler.helper" in (Path("/proc") / child / "cmdline").read_bytes()
    except OSError:
        return False


def most_of(process: Path) -> float:
    """The most memory that a process ever held, in MB; 0 where it is gone."""
    try:
        status = (process / "status").read_text()
    except OSError:
        return 0.0
    _, found, rest = status.partition("VmHWM:")
    return int(rest.split()[0]) / 1024 if found else 0.0


def main() -> None:
    """Run a family; write what came of it."""
    family, folder = sys.argv[1:3]
    database = Database.open(f"sqlite:///{folder}/{family}.db")
    command = (sys.executable, "-m", "tests.integration.hostile_serve", family)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as servers:
        assert servers.stdout is not None
        sites = json.loads(servers.stdout.readline())
        timeout = PATIENT.get(family, TIMEOUT)
        told = in_reactor(lambda: crawl_all(sites, database, timeout))
        counts = json.loads(servers.communicate()[0])
    for found in told["found"]:
        found["asked"] = counts["asked"][found["name"]]
    print(json.dumps({**told, "canary": counts["canary"]}))


if __name__ == "__main__":
    main()
