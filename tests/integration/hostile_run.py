"""One run against hostile sites, in a process of its own: Twisted's reactor runs once in a process.

found = run("bodies", folder)                              from a test
python -m tests.integration.hostile_run bodies FOLDER      the process: what came of each case, as JSON

Every case has a site of its own (a port of its own), with good pages beside the hostile one. Beside them all listens
one that nobody may ask.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from crawler.bounded import Bounded
from crawler.helper import ReaderDied
from crawler.run import Crawls, Options, in_reactor
from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.model import Channel, SiteRules
from crawler.task import CrawlTask
from storage import queries
from storage.database import Database
from tests.integration.hostile_cases import FAMILIES, Case, article
from tests.integration.hostile_pages import CANARY, PAGE_FAMILIES, PageCase
from tests.replica.hostile import Answer, Hostile, Served, served

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
STATUS = Path("/proc/self/status")
ALL = {**FAMILIES, **PAGE_FAMILIES}
#: A page that makes a process load all that it may need: its text is damaged, and it is large.
WARM = article(
    "渝南区新增口袋公园", f"<p>{'重庆'.encode().decode('gb18030', 'replace') * 20}</p>{' ' * 300_000}"
)


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

    Megabytes of memory of the crawling process and of the one that reads large pages: before the first, and at most.
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


def channel_of(case: Case | PageCase, home: str) -> Channel:
    """The channel whose pages a case plays."""
    publisher = ConfiguredPublisher(SiteRules(case.name, home, article_url=PATTERN))
    if isinstance(case, Case):
        return Channel(case.name, case.name, home, publisher)
    return Channel(
        case.name, case.name, home, publisher, case.columns, feeds=case.feeds, sitemaps=case.sitemaps
    )


def with_canary(what: Answer, canary: bytes) -> Answer:
    """An answer with the address of the listener that nobody may ask in its place."""
    if not isinstance(what, Served):
        return what
    pieces = tuple(one.replace(CANARY, canary) if isinstance(one, bytes) else one for one in what.pieces)
    return Served(pieces, what.ending)


async def crawl(
    case: Case | PageCase, crawls: Crawls, database: Database, canary: bytes = b"http://127.0.0.1:9/"
) -> Found:
    """Serve a case's site and crawl it."""
    server = Hostile({path: with_canary(what, canary) for path, what in case.site().items()})
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


async def crawl_all(cases: Sequence[Case | PageCase], database: Database, timeout: float) -> dict[str, Any]:
    """Crawl all cases' sites, a few at a time."""
    overrides = {
        "DOWNLOAD_TIMEOUT": timeout,
        "RETRY_TIMES": RETRIES,
        "LOG_LEVEL": "CRITICAL",
    }
    crawls = Crawls(database, Options(allow_private_addresses=True, overrides=overrides))
    crawls._bounded = Bounded(READING)
    canary = Hostile({"*": served(b"secret")})
    where = (await canary.start()).encode()
    await crawl(Case("warm", served(WARM), "stored"), crawls, database)
    readers: list[float] = [await memory_of_reader(crawls)]
    baseline = (megabytes(STATUS.read_text()), readers[0])
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(case: Case | PageCase) -> Found:
        async with gate:
            found = await crawl(case, crawls, database, where)
            readers.append(await memory_of_reader(crawls))
            return found

    found = await asyncio.gather(*map(one, cases))
    await crawls.close()
    await canary.stop()
    return {
        "found": [asdict(each) for each in found],
        "baseline": baseline,
        "peak": (megabytes(STATUS.read_text()), max(readers)),
        "canary": canary.connections,
    }


async def memory_of_reader(crawls: Crawls) -> float:
    """The most memory that the process held that reads large pages, in MB; 0 where there is none."""
    helper = crawls._bounded._helper
    if helper is None or not helper.is_alive:
        return 0.0
    with contextlib.suppress(ReaderDied):
        return megabytes(await crawls._bounded.do(Path.read_text, STATUS))
    return 0.0


def megabytes(status: str) -> float:
    """The most memory that a process ever held, in MB."""
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """Run a family; write what came of it."""
    family, folder = sys.argv[1:3]
    database = Database.open(f"sqlite:///{folder}/{family}.db")
    cases = ALL[family]
    print(json.dumps(in_reactor(lambda: crawl_all(cases, database, PATIENT.get(family, TIMEOUT)))))


if __name__ == "__main__":
    main()
