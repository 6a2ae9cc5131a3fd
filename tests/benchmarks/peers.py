"""The whole crawl beside what others do with the same pages: Scrapy with trafilatura in its callback, news-please.

They live in an environment of their own, .peers, as their requirements are not ours:
`python3 -m venv .peers && .peers/bin/pip install -U pip scrapy trafilatura news-please`. Without it there are no rows.
What each takes of the CPU for a page is compared, as that does not change with what else the machine does; and the
pages a second, in which our second core counts: that wants a machine that does nothing else.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks._rows import row
from tests.benchmarks.crawling import WEIGHT, crawl, warm
from tests.replica.process import ReplicaProcess

PYTHON = Path(__file__).parents[2] / ".peers" / "bin" / "python"
#: Ours crawls them all, as its start is part of what it takes; a peer, whose start is not, is given some of them.
PAGES, TRAFILATURA_PAGES, NEWS_PLEASE_PAGES = 5000, 1500, 60
ARTICLE = re.compile(r"/c\d+-\d+(?:-\d+)?\.html$")
#: How many times as much a page must cost the peer.
TRAFILATURA_GOAL, NEWS_PLEASE_GOAL = 3, 25

#: Fetches the pages as bare Scrapy does, and gives each to trafilatura.
TRAFILATURA = """
import json, sys, time, scrapy, trafilatura
from scrapy.crawler import CrawlerProcess
urls = json.load(sys.stdin)
read = []
class Inline(scrapy.Spider):
    name = "inline"
    async def start(self):
        for url in urls:
            yield scrapy.Request(url, dont_filter=True)
    def parse(self, response):
        found = trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True)
        read.append(found is not None and bool(found.text))
process = CrawlerProcess({"LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
                          "TELNETCONSOLE_ENABLED": False, "RETRY_ENABLED": False})
process.crawl(Inline)
started = time.monotonic()
process.start()
print(json.dumps({"seconds": time.monotonic() - started, "read": sum(read)}))
"""

#: Fetches and reads each page as its documentation shows for a list of addresses.
NEWS_PLEASE = """
import json, logging, sys, time
from newsplease import NewsPlease
logging.disable(logging.CRITICAL)
urls = json.load(sys.stdin)
NewsPlease.from_url(urls[0])
started, begun = time.monotonic(), time.process_time()
found = [NewsPlease.from_url(url) for url in urls]
read = sum(bool(one and one.maintext) for one in found)
print(json.dumps({"seconds": time.monotonic() - started, "cpu": time.process_time() - begun, "read": read}))
"""


def run() -> list[dict[str, Any]]:
    """Measure ours, then theirs, on the same pages."""
    if not PYTHON.exists():
        print(f"peers: {PYTHON.parents[1].name} is not there; see this file's first lines", file=sys.stderr)
        return []
    with (
        ReplicaProcess(articles=PAGES, weight=WEIGHT, cache_bytes=2**29) as replica,
        tempfile.TemporaryDirectory() as folder,
    ):
        warm(replica.url)
        replica.forget_requests()
        ours = crawl(folder, replica.url)
        paths = [one["path"] for one in replica.requests() if one["path"] != "/robots.txt"]
        urls = [replica.url.rstrip("/") + path for path in paths]
        articles = [url for url in urls if ARTICLE.search(url)]
        trafilatura = peer(TRAFILATURA, urls[:TRAFILATURA_PAGES])
        please = peer(NEWS_PLEASE, articles[:NEWS_PLEASE_PAGES])
    peers = (
        ("Scrapy with trafilatura", trafilatura, TRAFILATURA_PAGES, TRAFILATURA_GOAL),
        ("news-please", please, NEWS_PLEASE_PAGES, NEWS_PLEASE_GOAL),
    )
    return [row for name, *theirs in peers for row in compared(ours, len(urls), name, *theirs)]


def peer(program: str, urls: list[str]) -> dict[str, Any]:
    """What a peer's program printed, with the CPU of its whole process where it did not say."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [str(PYTHON), "-c", program], input=json.dumps(urls), capture_output=True, text=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found: dict[str, Any] = {"cpu": cpu, **json.loads(done.stdout.splitlines()[-1])}
    return found


def compared(
    ours: dict[str, Any], pages: int, name: str, theirs: dict[str, Any], their_pages: int, goal: int
) -> list[dict[str, Any]]:
    """CPU of a page, ours with all that a crawl does, where the ratio says how much dearer the peer is; pages/s."""
    one, other = 1000 * ours["cpu"] / pages, 1000 * theirs["cpu"] / their_pages
    dearer = row(f"whole crawl, against {name}", one, "ms CPU/page", name, other)
    pace = row(
        f"whole crawl, against {name}",
        pages / ours["seconds"],
        "pages/s",
        name,
        their_pages / theirs["seconds"],
        goal=goal,
    )
    return [{**dearer, "ratio": round(other / one, 2)}, pace]
