"""The whole crawl, with the archive as by default, against bare Scrapy on the same pages; memory; the second day.

`crawling.large` (not in the whole benchmark: a quarter of an hour) measures memory at 50,000 pages.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from tests.benchmarks._rows import row
from tests.replica.process import ReplicaProcess

PAGES, ROUNDS = 5000, 5
WEIGHT = 45_000
#: Memory is measured at this number of pages, and on demand at the largest; they are light, for it is their number
#: that counts.
MEASURED, LARGE, LIGHT = 6000, 50_000, 4_000
#: Of bare Scrapy's pages/s; and MB, whatever the number of pages.
GOAL, MOST_MEMORY = 0.5, 300
#: The second day is measured after backfills of so many articles, and told of a channel with the last number of them.
DAYS, CHANNEL = (1000, 3000), 100_000
#: What a channel with years of articles publishes and edits in a day.
PUBLISHED, EDITED = 20, 5
#: Shares of the first day's requests and bytes.
MOST_REQUESTS, MOST_BYTES = 0.02, 0.01


def run() -> list[dict[str, Any]]:
    """Measure all but the largest; about nine minutes on two cores."""
    return [*throughput(), *memory(), *days()]


def large() -> list[dict[str, Any]]:
    """Measure memory at the largest size."""
    return memory(LARGE)


def throughput() -> list[dict[str, Any]]:
    """Pages/s of crawl, archive and store against bare Scrapy, in turns: the medians, as bare Scrapy's pace wavers.

    On a machine that does other things only the CPU time tells.
    """
    ours, bare, our_cpu, bare_cpu = [], [], [], []
    with ReplicaProcess(articles=PAGES, weight=WEIGHT, cache_bytes=2**29) as replica:
        warm(replica.url)
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                replica.forget_requests()
                first = crawl(folder, replica.url)
                paths = [
                    request["path"] for request in replica.requests() if request["path"] != "/robots.txt"
                ]
                seconds, cpu = bare_scrapy([replica.url.rstrip("/") + path for path in paths])
                ours.append(len(paths) / first["seconds"])
                bare.append(len(paths) / seconds)
                our_cpu.append(first["cpu"] * 1000 / len(paths))
                bare_cpu.append(cpu * 1000 / len(paths))
    peer = "bare Scrapy, nothing parsed"
    middle = statistics.median
    ratios = [one / other for one, other in zip(ours, bare, strict=True)]
    return [
        row("whole crawl", middle(ours), "pages/s", peer, middle(bare), goal=GOAL),
        row("  its ratio to bare Scrapy, worst round", min(ratios), ""),
        row("  its ratio to bare Scrapy, best round", max(ratios), ""),
        row("whole crawl, all its processes", middle(our_cpu), "ms CPU/page", peer, middle(bare_cpu)),
    ]


def days() -> list[dict[str, Any]]:
    """Requests and bytes of the day after a backfill of years, as shares of the backfill's.

    What listings show does not grow with the channel behind them, so the second day's cost is the same whatever was
    backfilled: that is measured at two sizes, and the larger one's told of a channel of `CHANNEL` articles, of which
    each costs the first day what one costs here.
    """
    rows = []
    for articles in DAYS:
        first, second = _two_days(articles)
        peer = f"day one of {articles} articles"
        rows.append(row("day two", _asked(second), "requests", peer, _asked(first)))
        rows.append(row("day two", second["bytes"], "bytes", peer, first["bytes"]))
        missed = PUBLISHED - second["new"] + EDITED - second["edited"]
        rows.append(row("day two, missed", missed, "events", goal=0, ok=missed == 0))
    peer = f"day one of {CHANNEL} articles, extrapolated"
    grown = CHANNEL / DAYS[-1]
    for unit, again, before, most in (
        ("requests", _asked(second), _asked(first), MOST_REQUESTS),
        ("bytes", second["bytes"], first["bytes"], MOST_BYTES),
    ):
        ok = again <= most * before * grown
        rows.append(row("day two", again, unit, peer, round(before * grown), goal=most, ok=ok))
    return rows


def _two_days(articles: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Backfill a replica whose articles are of 14 years; let a day pass on it; crawl it again."""
    with (
        ReplicaProcess(articles=articles, weight=WEIGHT, cache_bytes=2**26) as replica,
        tempfile.TemporaryDirectory() as folder,
    ):
        first = crawl(folder, replica.url)
        for number in range(EDITED):
            replica.do("edit", article=articles - 1 - number, classes="number")
        for _ in range(PUBLISHED):
            replica.do("publish", column=365402, topic="traffic")
        return first, crawl(folder, replica.url)


def _asked(summary: dict[str, Any]) -> int:
    return int(summary["fetched"] + summary["not_modified"])


def memory(pages: int = MEASURED) -> list[dict[str, Any]]:
    """Peak memory of one crawl of so many pages, both processes, and how much it still grows in its last third."""
    with (
        ReplicaProcess(articles=pages, weight=LIGHT, cache_bytes=2**26) as replica,
        tempfile.TemporaryDirectory() as folder,
    ):
        found = crawl(folder, replica.url)
    peak, growth = found["peak_mb"], found["growth_mb"] / (pages / 3) * 1000
    expected = peak + max(0.0, growth) * (LARGE - pages) / 1000
    name = f"memory of a crawl of {LARGE} pages" + ("" if pages == LARGE else ", extrapolated")
    return [
        row(f"peak memory, {pages} pages", peak, "MB", goal=MOST_MEMORY, ok=peak <= MOST_MEMORY),
        row("growth in the last third of the crawl", round(growth, 2), "MB per 1000 pages"),
        row(name, round(expected), "MB", goal=MOST_MEMORY, ok=expected <= MOST_MEMORY),
    ]


def crawl(folder: str, home: str) -> dict[str, Any]:
    """Crawl the whole replica with the command line: its JSON summary, `cpu` in seconds, `peak_mb`, the largest sum
    of the proportional set sizes of its processes, and `growth_mb`, how much that grew in the last third, when all
    that is made once is made.
    """
    config = Path(folder) / "newsdelta.toml"
    config.write_text(
        f'[database]\nurl = "sqlite:///{folder}/n.db"\n[[channel]]\nname = "cq"\nhome = "{home}"\n'
        "[network]\nallow_private_addresses = true\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-c", "from scheduler.cli import main; main()"]
    command += ["crawl", "cq", "--pages", "100000", "--json", "--config", str(config)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    watch = _Memory(process.pid)
    assert process.stdout is not None
    output = process.stdout.read()
    peak, growth = watch.stop()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) > 1:
        raise RuntimeError(f"the crawl failed with {os.waitstatus_to_exitcode(status)}")
    cpu = usage.ru_utime + usage.ru_stime
    return {**json.loads(output), "peak_mb": round(peak, 1), "growth_mb": growth, "cpu": cpu}


class _Memory:
    """Looks at a process and its children four times a second."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._seen: list[float] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> tuple[float, float]:
        """The peak, and the growth in the last third (its slope by least squares, times its length), in MB."""
        self._ended.set()
        self._thread.join()
        last = self._seen[len(self._seen) * 2 // 3 :]
        slope = statistics.linear_regression(range(len(last)), last).slope if len(last) > 2 else 0.0
        return max(self._seen, default=0.0), slope * len(last)

    def _look(self) -> None:
        while not self._ended.wait(0.25):
            with suppress(psutil.Error):
                family = [self._process, *self._process.children(recursive=True)]
                self._seen.append(sum(_bytes_of(one) for one in family) / 2**20)


def _bytes_of(process: psutil.Process) -> int:
    """Memory without what is counted at another process already, where the system can tell (Linux)."""
    full = process.memory_full_info()
    return getattr(full, "pss", full.uss)


BARE = """
import json, sys, time, scrapy
from scrapy.crawler import CrawlerProcess
urls = json.load(sys.stdin)
class Bare(scrapy.Spider):
    name = "bare"
    async def start(self):
        for url in urls:
            yield scrapy.Request(url, dont_filter=True)
    def parse(self, response):
        pass
process = CrawlerProcess({"LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
                          "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False,
                          "HTTPERROR_ALLOW_ALL": True, "RETRY_ENABLED": False})
process.crawl(Bare)
started = time.monotonic()
process.start()
print(time.monotonic() - started)
"""


def bare_scrapy(urls: list[str]) -> tuple[float, float]:
    """Seconds, and seconds of CPU time, in which bare Scrapy fetches these pages and parses nothing."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", BARE], input=json.dumps(urls), capture_output=True, text=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return float(done.stdout), cpu


def warm(home: str) -> None:
    """Let the replica render its pages once, so that neither side pays for it."""
    with tempfile.TemporaryDirectory() as folder:
        crawl(folder, home)
