"""The whole crawl against bare Scrapy on the same pages; memory; the second crawl of an unchanged channel."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks._rows import row
from tests.replica.process import ReplicaProcess

PAGES = 5000
WEIGHT = 45_000
#: Memory is measured at these numbers of pages.
SIZES = (1000, 5000, 50_000)
GOAL = 0.40


def run() -> list[dict[str, Any]]:
    """Measure everything; about six minutes on two cores."""
    return [*throughput(), *memory()]


def throughput() -> list[dict[str, Any]]:
    """Pages/s of crawl and store against bare Scrapy, in turns; then requests and bytes of a second crawl."""
    ours, bare = [], []
    with ReplicaProcess(articles=PAGES, weight=WEIGHT, cache_bytes=2**29) as replica:
        warm(replica.url)
        for _ in range(2):
            with tempfile.TemporaryDirectory() as folder:
                replica.forget_requests()
                first = crawl(folder, replica.url)
                paths = [
                    request["path"] for request in replica.requests() if request["path"] != "/robots.txt"
                ]
                ours.append(len(paths) / first["seconds"])
                bare.append(len(paths) / bare_scrapy([replica.url.rstrip("/") + path for path in paths]))
                second = crawl(folder, replica.url)
    requests = first["fetched"] + first["not_modified"]
    again = second["fetched"] + second["not_modified"]
    return [
        row("whole crawl", max(ours), "pages/s", "bare Scrapy, nothing parsed", max(bare), goal=GOAL),
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


def memory() -> list[dict[str, Any]]:
    """Peak memory of one crawl of so many pages; flat means: a constant, whatever the number of pages."""
    peaks = []
    for size in SIZES:
        with (
            ReplicaProcess(articles=size, weight=WEIGHT, cache_bytes=2**26) as replica,
            tempfile.TemporaryDirectory() as folder,
        ):
            peaks.append(crawl(folder, replica.url)["peak_mb"])
    return [
        row(f"peak memory, {size} pages", peak, "MB", f"{SIZES[0]} pages", peaks[0])
        for size, peak in zip(SIZES, peaks, strict=True)
    ]


def crawl(folder: str, home: str) -> dict[str, Any]:
    """Crawl the whole replica with the command line; its JSON summary, and the peak memory of the process."""
    config = Path(folder) / "newsdelta.toml"
    config.write_text(
        f'[database]\nurl = "sqlite:///{folder}/n.db"\n[[channel]]\nname = "cq"\nhome = "{home}"\n'
        "[network]\nallow_private_addresses = true\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-c", "from scheduler.cli import main; main()"]
    command += ["crawl", "cq", "--pages", "100000", "--json", "--config", str(config)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) > 1:
        raise RuntimeError(f"the crawl failed with {os.waitstatus_to_exitcode(status)}")
    unit = 1 if sys.platform == "darwin" else 1024
    return {**json.loads(output), "peak_mb": round(usage.ru_maxrss * unit / 2**20, 1)}


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


def bare_scrapy(urls: list[str]) -> float:
    """Seconds in which bare Scrapy fetches these pages and parses nothing."""
    done = subprocess.run(
        [sys.executable, "-c", BARE], input=json.dumps(urls), capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def warm(home: str) -> None:
    """Let the replica render its pages once, so that neither side pays for it."""
    with tempfile.TemporaryDirectory() as folder:
        crawl(folder, home)
