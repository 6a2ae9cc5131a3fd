"""The page over a big store: time and weight of pages, searches; many readers, a crawl beside them; first paint.

`web.million` (not in the whole benchmark: some minutes) measures the pages at 1,000,000 articles on PostgreSQL;
`web.commits` what an answer costs while a crawl writes, in CPU, whatever else the machine does.
"""

import http.client
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psutil
from sqlalchemy import text

from storage.database import Database
from tests.benchmarks import _web_clock as web_clock
from tests.benchmarks import _web_store as web_store
from tests.benchmarks._rows import row
from tests.databases import start_postgresql
from tests.replica.process import ReplicaProcess

SMALL, ARTICLES, MILLION = 20_000, 100_000, 1_000_000
#: Milliseconds at the 95th percentile; bytes; answers/s; how much longer a crawl may take; milliseconds.
PAGE, SEARCH, WEIGHT, RATE, SLOWER, PAINT = 100, 150, 100_000, 200, 1.3, 1000
#: Milliseconds of CPU for an answer of the mix.
COST = 2
ASKED = 40
#: Pages of a crawl that goes on beside the readers.
CRAWLED = 600

#: Frequent, rare, nowhere, a phrase, one character, an exclusion, Traditional, pairs everywhere but words nowhere.
SEARCHES = (
    "渝北",
    "柏丰",
    "碧空如洗紫薇",
    '"未来三天"',
    "桥",
    "学校 -农业",
    "重慶市氣象臺",
    "获悉记者",
    "重庆 公里 万元",
    "12.8亿元",
)
_EVENTS = "SELECT id, article, kind, story FROM events WHERE kind IN ('edited', 'removed', 'republished')"


@dataclass(frozen=True)
class Served:
    """A running page."""

    base: str
    token: str
    process: int

    def cpu(self) -> float:
        """Seconds of CPU that the process has taken so far."""
        took = psutil.Process(self.process).cpu_times()
        return float(took.user + took.system)

    def ask(self, path: str) -> tuple[float, int]:
        """Milliseconds until the answer was read, over a connection that stays open; its bytes."""
        started = time.perf_counter()
        self._connection.request("GET", path, headers={"authorization": f"Bearer {self.token}"})
        answer = self._connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - started) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}: {body[:300]!r}")
        return took, len(body)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "_connection", http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=60)
        )


def run() -> list[dict[str, Any]]:
    """Measure everything at 100,000 articles on SQLite; about four minutes on two cores."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/news.db"
        started = time.perf_counter()
        web_store.fill(url, ARTICLES)
        made = row(f"store of {ARTICLES:,} articles, made", time.perf_counter() - started, "s")
        with serving(Path(folder), url) as served:
            rows = [*pages(served, url), *searches(served), *weights(served, url), *paint(served)]
            rows += [*readers(served, url), *beside_a_crawl(Path(folder), served, url)]
        return [made, *rows]


def million() -> list[dict[str, Any]]:
    """Measure the pages and searches at 1,000,000 articles on PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        server = start_postgresql(Path(folder) / "pg")
        url = str(server.get_uri())
        web_store.fill(url, MILLION)
        with serving(Path(folder), url) as served:
            rows = [*pages(served, url), *searches(served)]
        server.cleanup()
        return [{**one, "name": f"{one['name']}, 1,000,000 on PostgreSQL"} for one in rows]


def _configured(folder: Path, url: str) -> Path:
    """A config file for the pages over a database."""
    config = folder / "newsdelta.toml"
    channels = "".join(f'[[channel]]\nname = "{name}"\n' for name in web_store.CHANNELS)
    config.write_text(
        f'[database]\nurl = "{url}"\n{channels}[web]\nbind = "127.0.0.1:0"\ntoken_file = "{folder}/token"\n',
        encoding="utf-8",
    )
    return config


def commits() -> list[dict[str, Any]]:
    """CPU of an answer while articles are recorded, at 20,000 articles on SQLite; a minute and a half of CPU."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/news.db"
        web_store.fill(url, SMALL)
        took = web_clock.cost(_configured(Path(folder), url), url, mixed(url), 4000) * 1000
        name = f"mixed reading beside {web_clock.RECORDED} commits/s: CPU of an answer"
        return [row(name, took, "ms", goal=COST, ok=took <= COST)]


@contextmanager
def serving(folder: Path, url: str) -> Iterator[Served]:
    """`newsdelta serve` over a database, in a process of its own."""
    config = _configured(folder, url)
    command = [
        sys.executable,
        "-c",
        "from scheduler.cli import main; main()",
        "serve",
        "--config",
        str(config),
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        found = next(
            filter(None, (re.search(r"(http://\S+)/login\?token=(\S+)", line) for line in process.stderr))
        )
        yield Served(found[1], found[2], process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def addresses(url: str) -> dict[str, list[str]]:
    """Some addresses of each page: of articles drawn from the whole store, of the first and of far pages."""
    drawn = random.Random(1)
    with Database.open(url) as database, database.read() as connection:
        events = connection.execute(text(_EVENTS)).all()
        last = connection.execute(text("SELECT max(id) FROM articles")).scalar_one()
        ids = connection.execute(text("SELECT id FROM articles WHERE id % 97 = 1")).scalars().all()
        runs = connection.execute(text("SELECT id FROM runs")).scalars().all()
    edited = [one.article for one in events if one.kind == "edited"]
    stories = [one.story for one in events if one.kind == "republished" and one.story]
    far = [drawn.randrange(last) for _ in range(ASKED)]
    filters = [
        "kind=edited&class=added",
        "kind=removed",
        "weight=60",
        "channel=sn",
        "since=2026-11-01&kind=new",
        "",
    ]
    return {
        "overview": ["/"],
        "articles": [
            "/articles",
            *(f"/articles?after={at}" for at in drawn.sample(ids, 10)),
            "/articles?channel=sn",
        ],
        "article": [f"/articles/{at}" for at in drawn.sample(ids, ASKED)],
        "diff": [f"/articles/{at}/diff" for at in drawn.sample(edited, ASKED)],
        "evidence": [f"/articles/{at}/evidence" for at in drawn.sample(ids, ASKED)],
        "events": [f"/events?{one}&after={at}" for at in (0, *far[:5]) for one in filters],
        "stories": ["/stories", *(f"/stories?after={at}" for at in far[:10])],
        "story": [f"/stories/{at}" for at in drawn.sample(stories, min(ASKED, len(stories)))],
        "removed": ["/removed", *(f"/removed?after={at}" for at in far[:5]), "/removed?channel=sn"],
        "alerts": ["/alerts"],
        "deliveries": ["/deliveries"],
        "runs": ["/runs", *(f"/runs?after={at}" for at in drawn.sample(runs, 5)), "/runs?channel=gz"],
        "channels": ["/channels"],
        "channel": [f"/channels/{name}" for name in web_store.CHANNELS],
        "metrics": ["/metrics"],
        "API: articles": [f"/api/v1/articles?limit=100&after={at}" for at in (0, *drawn.sample(ids, 10))],
        "API: events": [f"/api/v1/events?limit=100&after={at}" for at in (0, *far[:10])],
    }


def pages(served: Served, url: str) -> list[dict[str, Any]]:
    """The 95th percentile of each page, at the side of who asks."""
    rows = []
    for name, asked in addresses(url).items():
        served.ask(asked[0])
        took = [served.ask(asked[number % len(asked)])[0] for number in range(max(ASKED, len(asked)))]
        rows.append(_p95(f"page {name}", took, PAGE))
    return rows


def searches(served: Served) -> list[dict[str, Any]]:
    """The 95th percentile of all searches, and of the slowest one."""
    took = {
        words: [
            served.ask(f"/articles?q={quote(words)}{more}")[0]
            for more in ("", "&channel=sn")
            for _ in range(10)
        ]
        for words in SEARCHES
    }
    slowest = max(took, key=lambda words: sorted(took[words])[-2])
    every = [one for some in took.values() for one in some]
    return [_p95("search", every, SEARCH), _p95(f"search, the slowest: {slowest}", took[slowest], SEARCH)]


def _p95(name: str, took: list[float], goal: float) -> dict[str, Any]:
    return _goal(name, sorted(took)[int(0.95 * (len(took) - 1))], goal)


def _goal(name: str, value: float, goal: float) -> dict[str, Any]:
    return row(name, value, "ms, p95", goal=goal, ok=value <= goal)


def weights(served: Served, url: str) -> list[dict[str, Any]]:
    """The heaviest page."""
    heavy = {
        name: max(served.ask(path)[1] for path in asked)
        for name, asked in addresses(url).items()
        if "API" not in name
    }
    name = max(heavy, key=lambda name: heavy[name])
    return [row(f"heaviest page: {name}", heavy[name], "bytes", goal=WEIGHT, ok=heavy[name] <= WEIGHT)]


def mixed(url: str) -> list[str]:
    """What many readers ask for: mostly articles and lists, now and then anything else."""
    drawn, of = random.Random(2), addresses(url)
    often = ["overview", "articles", "article", "article", "article", "diff", "events", "API: articles"]
    paths = [drawn.choice(of[drawn.choice([*often, *of])]) for _ in range(500)]
    return paths + [f"/articles?q={quote(words)}" for words in SEARCHES]


def read(
    served: Served, paths: list[str], seconds: float, rate: float | None = None
) -> subprocess.Popen[str]:
    """Begin to read in another process."""
    order = {"base": served.base, "token": served.token, "paths": paths}
    order |= {"connections": 8, "seconds": seconds, "rate": rate}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks._reader"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(order))
    process.stdin.close()
    return process


def heard(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What a reader found."""
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.read())
    process.wait()
    return found


def readers(served: Served, url: str) -> list[dict[str, Any]]:
    """Answers a second to eight readers who do not wait."""
    before = served.cpu()
    found = heard(read(served, mixed(url), 10))
    rate, cost = found["answers"] / found["seconds"], (served.cpu() - before) * 1000 / found["answers"]
    return [
        row("mixed reading, no crawl: CPU of an answer", cost, "ms", goal=COST, ok=cost <= COST),
        row("mixed reading, no crawl", rate, "answers/s", goal=RATE, ok=rate >= RATE),
        row(
            "mixed reading, no crawl: wrong answers",
            len(found["errors"]),
            "answers",
            goal=0,
            ok=not found["errors"],
        ),
    ]


def beside_a_crawl(folder: Path, served: Served, url: str) -> list[dict[str, Any]]:
    """A crawl into the same store, alone and beside readers who ask 200 times a second."""
    alone = crawl(folder, url, seed=21)
    reading = read(served, mixed(url), 3600, RATE)
    try:
        beside = crawl(folder, url, seed=22)
    finally:
        reading.terminate()
    found = heard(reading)
    rate = found["answers"] / found["seconds"]
    wrong = len(found["errors"])
    return [
        row(
            "crawl beside readers",
            beside,
            "s",
            "crawl alone",
            alone,
            goal=SLOWER,
            ok=beside <= alone * SLOWER,
        ),
        row("mixed reading beside a crawl", rate, "answers/s", goal=RATE, ok=rate >= 0.98 * RATE),
        row("mixed reading beside a crawl: wrong answers", wrong, "answers", goal=0, ok=not wrong),
        _goal("mixed reading beside a crawl", found["p95"], PAGE),
    ]


def crawl(folder: Path, url: str, seed: int) -> float:
    """Seconds in which a channel of its own is crawled into the store; the copy has drawn its pages before.

    Nothing that another crawl found is visited again: its copy of the channel is gone.
    """
    with ReplicaProcess(seed=seed, articles=CRAWLED, cache_bytes=2**28) as replica:
        for number, database in enumerate((f"sqlite:///{folder}/warm-{seed}.db", url)):
            config = folder / f"crawl-{seed}-{number}.toml"
            config.write_text(
                f'[database]\nurl = "{database}"\n[[channel]]\nname = "cq"\nhome = "{replica.url}"\n'
                '[network]\nallow_private_addresses = true\n[watch]\nrequests_per_hour = 1000000\nrevisit_for = "1s"\n',
                encoding="utf-8",
            )
            command = [sys.executable, "-c", "from scheduler.cli import main; main()"]
            command += ["crawl", "cq", "--pages", "100000", "--json", "--config", str(config)]
            done = subprocess.run(
                command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False
            )
        return float(json.loads(done.stdout)["seconds"])


#: When the first contentful paint was, in milliseconds after the request, once it was.
_PAINTED = """() => new Promise((resolve) => new PerformanceObserver((list) => {
  const found = list.getEntriesByName('first-contentful-paint')[0];
  if (found) resolve(found.startTime);
}).observe({ type: 'paint', buffered: true }))"""


def paint(served: Served) -> list[dict[str, Any]]:
    """The first contentful paint of the overview in Chromium, nothing kept from before; the middle of five."""
    from playwright.sync_api import sync_playwright

    system = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    took = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(6):
            context = browser.new_context(extra_http_headers={"authorization": f"Bearer {served.token}"})
            page = context.new_page()
            page.goto(served.base)
            took.append(page.evaluate(_PAINTED))
            context.close()
        browser.close()
    middle = sorted(took[1:])[2]
    return [row("first paint of the overview", middle, "ms, median", goal=PAINT, ok=middle <= PAINT)]
