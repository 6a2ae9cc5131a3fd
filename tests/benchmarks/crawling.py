"""The whole crawl against bare Scrapy on the same pages; memory; the second crawl of an unchanged channel.

`crawling.large` (not in the whole benchmark: a quarter of an hour) measures memory at 50,000 pages.
"""

import json
import os
import resource
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

PAGES = 5000
WEIGHT = 45_000
#: Memory is measured at these numbers of pages, and on demand at the last.
SIZES, LARGE = (1000, 5000), 50_000
#: Of bare Scrapy's pages/s; and MB, whatever the number of pages.
GOAL, MOST_MEMORY = 0.5, 300


def run() -> list[dict[str, Any]]:
    """Measure throughput, and memory at the smaller sizes; about four minutes on two cores."""
    return [*throughput(), *memory()]


def large() -> list[dict[str, Any]]:
    """Measure memory at the largest size, too."""
    return memory((*SIZES, LARGE))


def throughput() -> list[dict[str, Any]]:
    """Pages/s of crawl and store against bare Scrapy, in turns; then requests and bytes of a second crawl.

    On a machine that does other things only the CPU time tells.
    """
    ours, bare, our_cpu, bare_cpu = [], [], [], []
    with ReplicaProcess(articles=PAGES, weight=WEIGHT, cache_bytes=2**29) as replica:
        warm(replica.url)
        for _ in range(2):
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
                second = crawl(folder, replica.url)
    requests = first["fetched"] + first["not_modified"]
    again = second["fetched"] + second["not_modified"]
    peer = "bare Scrapy, nothing parsed"
    return [
        row("whole crawl", max(ours), "pages/s", peer, max(bare), goal=GOAL),
        row("whole crawl, all its processes", min(our_cpu), "ms CPU/page", peer, min(bare_cpu)),
        row("second crawl of an unchanged channel", again, "requests", "first crawl", requests),
        row("second crawl of an unchanged channel", second["bytes"], "bytes", "first crawl", first["bytes"]),
        row(
            "second crawl: events",
            second["new"] + second["edited"],
            "events",
            goal=0,
            ok=not second["edited"],
        ),
    ]


def memory(sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """Peak memory of one crawl of so many pages, both processes; flat: a constant, whatever their number."""
    peaks = []
    for size in sizes:
        with (
            ReplicaProcess(articles=size, weight=WEIGHT, cache_bytes=2**26) as replica,
            tempfile.TemporaryDirectory() as folder,
        ):
            peaks.append(crawl(folder, replica.url)["peak_mb"])
    return [
        row(
            f"peak memory, {size} pages",
            peak,
            "MB",
            f"{sizes[0]} pages",
            peaks[0],
            goal=MOST_MEMORY,
            ok=peak <= MOST_MEMORY,
        )
        for size, peak in zip(sizes, peaks, strict=True)
    ]


def crawl(folder: str, home: str) -> dict[str, Any]:
    """Crawl the whole replica with the command line: its JSON summary, `cpu` in seconds, and `peak_mb`, the
    largest sum of the proportional set sizes of its processes.
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
    peak = watch.stop()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) > 1:
        raise RuntimeError(f"the crawl failed with {os.waitstatus_to_exitcode(status)}")
    cpu = usage.ru_utime + usage.ru_stime
    return {**json.loads(output), "peak_mb": round(peak, 1), "cpu": cpu}


class _Memory:
    """Looks at a process and its children four times a second."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._peak = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """The peak, in MB."""
        self._ended.set()
        self._thread.join()
        return self._peak

    def _look(self) -> None:
        while not self._ended.wait(0.25):
            with suppress(psutil.Error):
                family = [self._process, *self._process.children(recursive=True)]
                self._peak = max(self._peak, sum(_bytes_of(one) for one in family) / 2**20)


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
