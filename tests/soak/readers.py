"""People who read the page: one after another asks for pages at random, follows a crawl, searches."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from random import Random
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

PAGES = ("/", "/articles", "/events", "/stories", "/removed", "/alerts", "/deliveries", "/runs", "/channels",
         "/channels/cq", "/metrics", "/api/v1/events?limit=50", "/api/v1/articles?limit=50")  # fmt: skip
SEARCHES = ("重庆", "学校 -农业", '"未来三天"', "桥", "投资")
#: Asks without a proxy, whatever the environment says.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
#: Seconds between two pages of one reader; one time in so many it asks for a crawl, which takes from the plan's budget.
REST, ORDERS = 0.5, 2000


class Readers:
    """So many readers, each in a thread, until the block ends. `answers` counts what they got, by status."""

    def __init__(self, base: str, token: str, number: int, seed: int) -> None:
        self.answers: Counter[int] = Counter()
        self._base, self._token = base, token
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._read, args=(Random(f"reader {one} of {seed}"),), daemon=True)
            for one in range(number)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _read(self, chance: Random) -> None:
        while not self._ended.wait(REST * chance.uniform(0.5, 1.5)):
            if chance.randrange(ORDERS) == 0:
                self._follow_a_crawl()
            else:
                self._get(self._drawn(chance))

    def _drawn(self, chance: Random) -> str:
        draw = chance.random()
        if draw < 0.2:
            return f"/articles?q={quote(chance.choice(SEARCHES))}"
        if draw < 0.5:
            article = chance.randrange(1, 120)
            return f"/articles/{article}{chance.choice(('', '/diff', '/evidence'))}"
        return chance.choice(PAGES)

    def _follow_a_crawl(self) -> None:
        """Ask for a crawl, and look at it until it has ended."""
        order = self._get("/api/v1/orders", {"channel": "cq"})
        while order and not order["finished_at"] and not self._ended.is_set():
            time.sleep(REST)
            order = self._get(f"/api/v1/orders/{order['id']}")

    def _get(self, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"authorization": f"Bearer {self._token}", "content-type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self._base + path, data=data, headers=headers)
        try:
            with DIRECT.open(asked, timeout=60) as answer:
                text = answer.read()
                self.answers[answer.status] += 1
                return json.loads(text) if path.startswith("/api/v1/orders") else None
        except urllib.error.HTTPError as error:
            self.answers[error.code] += 1
        except OSError:
            self.answers[0] += 1  # no answer at all
        return None
