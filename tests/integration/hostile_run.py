"""One run against hostile sites, in a process of its own: Twisted's reactor runs once in a process.

found = run("bodies", folder)                              from a test
python -m tests.integration.hostile_run bodies FOLDER      the process: what came of each case, as JSON

Every case has a site of its own (a port of its own), with good pages beside the hostile one.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from crawler.run import Crawls, Options, in_reactor
from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.model import Channel, SiteRules
from crawler.task import CrawlTask
from storage import queries
from storage.database import Database
from tests.integration.hostile_cases import FAMILIES, GOOD, Case
from tests.replica.hostile import Hostile, served

ROOT = Path(__file__).parents[2]
#: Seconds that a page may take in these runs, where users' crawls have 30; and tries beyond the first.
TIMEOUT, RETRIES = 5, 1
#: Pages that are slow to read, and servers that are quick: a busy event loop must not look like a silent server.
PATIENT = {"markup": 60}
#: Sites that are crawled at a time.
AT_ONCE = 6
PATTERN = r"/a/(?P<id>[\w-]+)\.html$"


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
    """What came of all cases of a family. Megabytes of memory: before the first, and at most."""

    found: dict[str, Found]
    baseline: float
    peak: float


def run(family: str, folder: Path) -> Run:
    """Crawl a family's sites; return what came of it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.hostile_run", family, str(folder)],
        capture_output=True,
        cwd=ROOT,
        timeout=400,
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
    return Run(found, told["baseline"], told["peak"])


def channel_of(case: Case, home: str) -> Channel:
    """The channel whose pages a case plays."""
    publisher = ConfiguredPublisher(SiteRules(case.name, home, article_url=PATTERN))
    return Channel(case.name, case.name, home, publisher)


async def crawl(case: Case, crawls: Crawls, database: Database) -> Found:
    """Serve a case's site and crawl it."""
    server = Hostile(case.site())
    home = await server.start()
    channel = channel_of(case, home)
    begun = time.monotonic()
    result = await crawls.crawl(CrawlTask(channel), lambda tally: None)
    said = [f"{problem.url} {problem.what}" for problem in result.problems]
    seconds = time.monotonic() - begun
    await server.stop()
    stored = queries.articles(database, channel=channel.name, limit=100_000)
    names = sorted(one.url.rpartition("/")[2].removesuffix(".html") for one in stored)
    return Found(case.name, tuple(names), tuple(said), round(seconds, 2), sum(server.asked.values()))


async def crawl_all(cases: Sequence[Case], database: Database, timeout: float) -> dict[str, Any]:
    """Crawl all cases' sites, a few at a time."""
    overrides = {
        "DOWNLOAD_TIMEOUT": timeout,
        "RETRY_TIMES": RETRIES,
        "LOG_LEVEL": "CRITICAL",
    }
    crawls = Crawls(database, Options(allow_private_addresses=True, overrides=overrides))
    await crawl(Case("warm", served(GOOD), "stored"), crawls, database)
    baseline = megabytes()
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(case: Case) -> Found:
        async with gate:
            return await crawl(case, crawls, database)

    found = await asyncio.gather(*map(one, cases))
    await crawls.close()
    return {"found": [asdict(each) for each in found], "baseline": baseline, "peak": megabytes()}


def megabytes() -> float:
    """The most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run a family; write what came of it."""
    family, folder = sys.argv[1:3]
    database = Database.open(f"sqlite:///{folder}/{family}.db")
    cases = FAMILIES[family]
    print(json.dumps(in_reactor(lambda: crawl_all(cases, database, PATIENT.get(family, TIMEOUT)))))


if __name__ == "__main__":
    main()
