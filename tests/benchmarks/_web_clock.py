"""Readers and a crawl by a clock that counts answers: what an answer costs beside commits."""

import asyncio
import random
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from crawler.text.canonical import fold
from scheduler.config import load
from scheduler.web.app import _pages
from scheduler.web.guard import Guard
from scheduler.web.kept import Kept
from scheduler.web.server import site_for
from storage import articles
from storage.database import Database
from tests.integration.web.conftest import POLICY, made, no_test

#: Answers, articles recorded in a second of the clock; answers that are not counted: nothing is kept yet.
RATE, RECORDED, FIRST = 200, 30, 400


def cost(config: Path, url: str, paths: list[str], answers: int) -> float:
    """Seconds of CPU for an answer of the mix, RATE of them and RECORDED articles a second."""
    settings, clock, drawn = load(str(config), env={}), [0.0], random.Random(3)
    with Database.open(url) as database, Database.open(url) as crawl:
        site = site_for(lambda: settings, database, no_test)
        kept = Kept(_pages(site), database, lambda: None, lambda: clock[0])
        app = Guard(kept, hosts=site.settings.hosts, door=site.door)
        token = settings.web.token_file.read_text(encoding="ascii").strip()

        async def read() -> float:
            spent = 0.0
            for number in range(FIRST + answers):
                if number % (RATE // RECORDED) == 0:
                    key = f"99{number:06d}"
                    articles.record(crawl, made(number, key, f"第{number}则快讯", channel="cq"), POLICY, fold)
                started = time.process_time()
                await _ask(app, drawn.choice(paths), token)
                spent += time.process_time() - started if number >= FIRST else 0.0
                clock[0] += 1 / RATE
            return spent / answers

        return asyncio.run(read())


async def _ask(app: Guard, address: str, token: str) -> None:
    path, _, query = address.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": quote(query, safe="=&%+").encode(),
        "scheme": "http",
        "headers": [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {token}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "root_path": "",
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message.get("status", 200) != 200:
            raise RuntimeError(f"{address} answered {message['status']}")

    await app(scope, receive, send)
