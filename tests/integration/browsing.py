"""Pages read by the crawler's browser, in a process of its own: Twisted's reactor runs once in a process.

answers = browse([(url, Ask(...)), …], limits)     from a test
python -m tests.integration.browsing               the process: a JSON document in, another out
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.answers import asked_url, reason
from crawler.render.ask import META, SETTINGS, Ask, Limits
from crawler.run import Options, in_reactor, make_browser

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Answer:
    """What came of one page. `problem` is '' where it was read."""

    asked: str
    url: str = ""
    status: int = 0
    html: str = ""
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    tries: int = 1
    problem: str = ""


@dataclass(frozen=True)
class Browsed:
    """What came of all pages. lives: of the browser. left: processes below us at the end. pages: open at the end."""

    answers: dict[str, Answer]
    lives: int
    left: list[str]


def browse(
    asks: Sequence[tuple[str, Ask]], limits: Limits | None = None, *, private: bool = True, **env: str
) -> Browsed:
    """Read pages; return what came of each, by the address that was asked for."""
    said = {
        "asks": [(url, dataclasses.asdict(ask)) for url, ask in asks],
        "limits": dataclasses.asdict(limits or Limits()),
        "private": private,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.browsing"],
        input=json.dumps(said).encode(),
        capture_output=True,
        cwd=ROOT,
        timeout=300,
        check=False,
        env={**os.environ, **env},
    )
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)
    answers = [Answer(**answer) for answer in found["answers"]]
    return Browsed({answer.asked: answer for answer in answers}, found["lives"], found["left"])


class BrowsingSpider(Spider):
    """Asks for pages and keeps what came of each."""

    name = "browsing"
    custom_settings: dict[str, Any] | None = {"ITEM_PIPELINES": {}}  # noqa: RUF012 - as Scrapy declares it

    def __init__(
        self, asks: Sequence[tuple[str, Ask]], browser: Any, answers: list[Answer], **kw: Any
    ) -> None:
        super().__init__(**kw)
        self.asks, self.browser, self.answers = asks, browser, answers

    async def start(self) -> Any:
        for url, ask in self.asks:
            yield Request(url, meta={META: ask}, errback=self.failed, dont_filter=True)

    def parse(self, response: Response) -> None:
        headers = {name.decode(): values[0].decode() for name, values in response.headers.items()}
        tries = 1 + response.meta.get("retry_times", 0)
        self.answers.append(
            Answer(asked_url(response), response.url, response.status, response.text, headers, tries)
        )

    def failed(self, failure: Failure) -> None:
        request = failure.request  # type: ignore[attr-defined]
        tries = 1 + request.meta.get("retry_times", 0)
        self.answers.append(Answer(request.url, tries=tries, problem=reason(failure)))


def main() -> None:
    """Read the pages that stdin names; write what came of them."""
    said = json.load(sys.stdin)
    options = Options(
        allow_private_addresses=said["private"], browser=Limits(**said["limits"]), overrides=SETTINGS
    )
    answers: list[Answer] = []
    asks = [(url, Ask(**ask)) for url, ask in said["asks"]]

    async def work() -> int:
        browser = make_browser(options)
        runner = AsyncCrawlerRunner(options.settings())
        crawler = runner.create_crawler(BrowsingSpider)
        await runner.crawl(crawler, asks=asks, browser=browser, answers=answers)
        await browser.close()
        await asyncio.sleep(0)
        return int(browser.lives)

    lives = in_reactor(work)
    left = [" ".join(child.cmdline()) for child in psutil.Process().children(recursive=True)]
    print(json.dumps({"answers": [vars(answer) for answer in answers], "lives": lives, "left": left}))


if __name__ == "__main__":
    main()
