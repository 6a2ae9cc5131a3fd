"""From an event to its delivery, with 100 subscriptions; and how many notifications a second go to a local webhook.

The webhook is another process that answers 200 at once and notes when each message came. Nothing is left out: rules,
outbox, the message with its texts, its signature, HTTP, the marks. Processor time is that of the delivering process.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scheduler.alerts.addresses import open_destination
from scheduler.alerts.model import Destination
from scheduler.deliver import Deliverer, Limits
from scheduler.post import Post
from storage import articles, outbox
from storage.database import Database
from storage.decide import Policy
from storage.diff import width_fold
from storage.records import NotificationState, Subscription
from tests.benchmarks._rows import row
from tests.sightings import seen

#: Subscriptions and places of the first measurement; events, and seconds between two of them.
SUBSCRIPTIONS, PLACES, EVENTS, GAP = 100, 10, 60, 0.25
#: Notifications of the second.
WAITING = 3000
WORDS = [f"第{number}街道" for number in range(SUBSCRIPTIONS)]
SECRET = "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"


def run() -> list[dict[str, Any]]:
    """Measure both; about a minute."""
    return [*latency(), *throughput()]


def latency() -> list[dict[str, Any]]:
    """Seconds from an event's commit to its arrival: each event is told by ten of a hundred subscriptions."""
    with _scene(PLACES) as (database, places, came):
        told = [
            Subscription(f"s{number}", (list(places)[number % PLACES],), words=(WORDS[number],))
            for number in range(SUBSCRIPTIONS)
        ]
        post = Post(tuple(told), places)
        post.enter(database, datetime.now(UTC))
        committed: dict[int, float] = {}

        def record_events() -> None:
            for number in range(EVENTS):
                words = "".join(WORDS[(number + step) % SUBSCRIPTIONS] for step in range(10))
                found = articles.record(database, _visit(number, words), Policy(), width_fold)
                committed[found.events[0].id] = time.time()
                time.sleep(GAP)

        asyncio.run(_deliver(post, database, asyncio.to_thread(record_events)))
        waits = sorted(came()[key] - committed[event] for event, key in _keys(database))
    assert len(waits) == 10 * EVENTS
    p50, p99 = statistics.median(waits), waits[int(len(waits) * 0.99)]
    return [
        row("event to delivered, 100 subscriptions: median", p50, "s"),
        row("event to delivered, 100 subscriptions: p99", p99, "s", goal=1.0, ok=p99 <= 1.0),
    ]


def throughput() -> list[dict[str, Any]]:
    """Notifications a second to one webhook, from a full outbox."""
    with _scene(1) as (database, places, came):
        post = Post((Subscription("all", tuple(places)),), places)
        post.enter(database, datetime.now(UTC))
        for number in range(WAITING):
            articles.record(database, _visit(number), Policy(), width_fold)
        used, begun = time.process_time(), time.perf_counter()
        asyncio.run(_deliver(post, database))
        used, seconds = time.process_time() - used, time.perf_counter() - begun
        assert len(came()) == WAITING
    rate = WAITING / seconds
    cost = used / WAITING * 1000
    return [
        row("delivered to a local webhook", rate, "notifications/s", goal=500.0, ok=rate >= 500),
        row("… processor time of each", cost, "ms", goal=2.0, ok=cost <= 2.0),
    ]


def _visit(number: int, words: str = "") -> Any:
    key = str(42000000 + number)
    body = (
        f"记者从{words}交通部门获悉，第{number}条公交线路今日开通，全长{number * 7 % 31}公里，设站{number % 40}座。",
        f"线路开通后，沿线{number * 13 % 997}户居民出行更加方便，首末班时间与轨道交通衔接。",
        f"据介绍，这是今年以来新开的第{number}条线路，高峰时段每{number % 9 + 3}分钟一班。",
    )
    return seen(0, key, title=f"第{number}条公交线路今日开通", body=body)


def _keys(database: Database) -> list[tuple[int, str]]:
    rows = outbox.notifications(database, states=[NotificationState.SENT], limit=10**6)
    return [(one.event, one.key) for one in rows]


async def _deliver(post: Post, database: Database, meanwhile: Any = None) -> None:
    """Deliver until what happens meanwhile is over, and nothing waits."""
    deliverer: Deliverer = post.deliverer(database, Limits())
    running = asyncio.ensure_future(deliverer.run())
    if meanwhile is not None:
        await meanwhile
    while await asyncio.to_thread(lambda: any(place.waiting for place in outbox.destinations(database))):
        await asyncio.sleep(0.05)
    await deliverer.stop()
    await running
    await deliverer.close()


@contextmanager
def _scene(places: int) -> Iterator[tuple[Database, dict[str, Destination], Any]]:
    """A database, webhooks that lead to one process, and what tells when each key came there first."""
    with tempfile.TemporaryDirectory() as folder, _receiver(Path(folder) / "came") as (port, came):
        urls = [f"webhook+http://127.0.0.1:{port}/{number}?secret={SECRET}" for number in range(places)]
        ends = [open_destination(url) for url in urls]
        with Database.open(f"sqlite:///{folder}/news.db") as database:
            yield database, {end.id: end for end in ends}, came


@contextmanager
def _receiver(file: Path) -> Iterator[tuple[int, Any]]:
    words = [sys.executable, "-m", "tests.benchmarks.delivery", str(file)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None

        def came() -> dict[str, float]:
            found: dict[str, float] = {}
            for line in file.read_text().splitlines():
                moment, _, key = line.partition(" ")
                found.setdefault(key, float(moment))
            return found

        try:
            yield int(process.stdout.readline()), came
        finally:
            process.kill()


async def _receive(file: Path) -> None:
    """Take every request, note when it came and its key, and answer 200."""
    with file.open("w") as notes:

        async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while not reader.at_eof():
                try:
                    head = await reader.readuntil(b"\r\n\r\n")
                except asyncio.IncompleteReadError:
                    break
                fields = dict(
                    line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line
                )
                await reader.readexactly(int(fields[b"content-length"]))
                notes.write(f"{time.time():.6f} {fields[b'webhook-id'].decode()}\n")
                notes.flush()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        server = await asyncio.start_server(take, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_receive(Path(sys.argv[1])))
