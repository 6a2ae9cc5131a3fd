"""Pages that need a browser: the crawl of a paper that its scripts write, against a bare Playwright loop.

The loop keeps one context and stores nothing. Both have the same number of pages open. What driver and browser hold is
measured from outside (PSS), at the same pages in each round.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from statistics import mean, median
from typing import Any

import psutil

from crawler.render.ask import Limits
from tests.benchmarks._bare_browser import cpu_of
from tests.benchmarks._rows import row
from tests.replica.scripted import CONFIG, ScriptedPaper

ROOT = Path(__file__).parents[2]
PAGES, PEER_PAGES, KILLED_PAGES, KILLS = 1000, 150, 250, 10
#: The first pages, in which a browser warms up, and between two measurements of memory.
WARM, STEP = 200, 25
#: Of the peer's pages/s; and how far memory may lie from its median, as a share.
GOAL, FLAT = 0.8, 0.15


def run() -> list[dict[str, Any]]:
    """Measure throughput, memory and kills; about ten minutes on two idle cores."""
    return [*throughput(), *kills()]


def throughput(pages: int = PAGES) -> list[dict[str, Any]]:
    """Pages/s beside the loop, before and after; what is held; what is lost."""
    with ScriptedPaper(pages, per_page=200) as paper:
        before = bare(paper.url, 1, PEER_PAGES)
        with tempfile.TemporaryDirectory() as folder:
            crawl = Crawl(folder, paper)
            held = crawl.watch()
            stored = crawl.stored()
        after = bare(paper.url, 1, PEER_PAGES)
    loop, cpu = mean([before[0], after[0]]), mean([before[1], after[1]])
    name = f"rendering {pages} pages"
    rows = [
        row(f"{name}, as fast as", crawl.pace, "pages/s", "bare Playwright", loop, goal=GOAL),
        row(
            f"{name}, CPU with browser",
            crawl.cpu,
            "ms/page",
            "bare Playwright",
            cpu,
            ok=cpu / crawl.cpu >= GOAL,
        ),
        {"name": f"{name}, lost", "value": pages - stored, "unit": "pages", "goal": 0, "ok": stored == pages},
    ]
    for what in ("driver", "browser"):
        rows.append(flatness(f"{name}, {what}", [one[what] for number, one in held if number >= WARM]))
    return rows


def kills(pages: int = KILLED_PAGES, times: int = KILLS) -> list[dict[str, Any]]:
    """Kill the browser again and again; every page is stored once."""
    with ScriptedPaper(pages, per_page=200) as paper, tempfile.TemporaryDirectory() as folder:
        crawl = Crawl(folder, paper)
        for number in range(1, times + 1):
            crawl.wait(lambda number=number: crawl.read() >= number * pages // (times + 2))  # type: ignore[misc]
            if browser := crawl.browser():
                browser.kill()
        crawl.process.wait()
        stored = crawl.stored()
    name = f"rendering, stored of {pages} though killed {times} times"
    return [{"name": name, "value": stored, "unit": "pages", "goal": pages, "ok": stored == pages}]


def flatness(name: str, megabytes: list[float]) -> dict[str, Any]:
    """How far the smoothed memory lies from its median at most: browsers breathe from page to page."""
    middle = median(megabytes)
    smooth = [mean(megabytes[max(0, at - 2) : at + 3]) for at in range(len(megabytes))]
    worst = max(abs(one - middle) / middle for one in smooth)
    return {
        "name": f"{name}: most of its {middle:.0f} MB away from the middle",
        "value": round(worst, 3), "unit": "share", "goal": FLAT, "ok": worst <= FLAT,
    }  # fmt: skip


def bare(home: str, first: int, last: int) -> tuple[float, float]:
    """Pages/s of the loop, and the CPU of a page in ms: on a machine that does other things only that tells."""
    words = [
        sys.executable,
        "-m",
        "tests.benchmarks._bare_browser",
        home,
        str(first),
        str(last),
        str(Limits().tabs),
    ]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=True)
    found = json.loads(done.stdout)
    return found["pages"] / found["seconds"], 1000 * found["cpu"] / found["pages"]


class Crawl:
    """`newsdelta crawl`, under way."""

    def __init__(self, folder: str, paper: ScriptedPaper) -> None:
        self.paper, self.pace, self.cpu = paper, 0.0, 0.0
        self.config = Path(folder) / "newsdelta.toml"
        self.config.write_text(CONFIG.format(folder=folder, home=paper.url, depth=100), encoding="utf-8")
        paper.requests.clear()
        self.process = subprocess.Popen(
            self._command("crawl", "lamp", "--json"), cwd=ROOT, stdout=subprocess.DEVNULL
        )

    def _command(self, *words: str) -> list[str]:
        main = "from scheduler.cli import main; main()"
        return [sys.executable, "-c", main, *words, "--config", str(self.config)]

    def read(self) -> int:
        """How many articles' data were asked for."""
        return sum(number for path, number in list(self.paper.requests.items()) if "/data/article/" in path)

    def wait(self, true: Callable[[], bool]) -> None:
        """Wait until something holds, or the crawl has ended."""
        while not true() and self.process.poll() is None:
            time.sleep(0.05)

    def watch(self) -> list[tuple[int, dict[str, float]]]:
        """Measure until it ends: number of pages → MB that driver and browser hold."""
        held: list[tuple[int, dict[str, float]]] = []
        self.wait(lambda: self.read() > 0)
        started, first, begun = time.monotonic(), self.read(), cpu_of(self.process.pid)
        for number in range(STEP, self.paper.articles, STEP):
            self.wait(lambda number=number: self.read() >= number)  # type: ignore[misc]
            if now := self._held():
                held.append((number, now))
        self.wait(lambda: self.read() >= self.paper.articles)
        pages = max(1, self.read() - first)
        self.pace = pages / (time.monotonic() - started)
        self.cpu = 1000 * (cpu_of(self.process.pid) - begun) / pages
        self.process.wait()
        return held

    def _held(self) -> dict[str, float]:
        found = {"driver": 0.0, "browser": 0.0}
        with suppress(psutil.Error):
            for child in psutil.Process(self.process.pid).children(recursive=True):
                with suppress(psutil.Error):
                    what = "driver" if "run-driver" in child.cmdline() else "browser"
                    found[what] += child.memory_full_info().pss / 2**20
        return found if all(found.values()) else {}

    def browser(self) -> psutil.Process | None:
        """Chromium's first process, while it runs."""
        with suppress(psutil.Error):
            for child in psutil.Process(self.process.pid).children(recursive=True):
                with suppress(psutil.Error):
                    line = " ".join(child.cmdline())
                    if "--remote-debugging-pipe" in line and "--type=" not in line:
                        return child
        return None

    def stored(self) -> int:
        """How many articles are stored, each told once as new or as a copy; -1 where one was told twice, or never."""
        articles = self._lines("articles", "--limit", "100000")
        told = [
            event["article"] for event in self._lines("events") if event["kind"] in ("new", "republished")
        ]
        return len(articles) if len(told) == len(set(told)) == len(articles) else -1

    def _lines(self, *words: str) -> list[dict[str, Any]]:
        done = subprocess.run(self._command(*words, "--json"), cwd=ROOT, capture_output=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]
