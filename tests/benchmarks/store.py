"""What the store does as it grows: rate of ingest at the start and the end, look-ups, stories, bytes for an article.

Articles of 600 characters are recorded the real way (story, search index, event, outbox), in groups as a crawl
records them. `store.million`, `store.postgresql` and `store.ten_million` (not in the whole benchmark: half an hour, ten
minutes, an hour and 60 GB of disk) go further.
CPU is of this process and, on PostgreSQL, of the server's.
"""

from __future__ import annotations

import hashlib
import random
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Connection, select

from crawler.text.canonical import fold
from storage import articles, maintenance, queries, search, story_index, subscriptions
from storage.database import Database
from storage.decide import Policy
from storage.records import (
    ArticleFields,
    Encoding,
    Observation,
    Outcome,
    PageBody,
    Reading,
    Sighting,
    Subscription,
)
from storage.schema import addresses, metadata
from storage.schema import articles as articles_table
from tests.benchmarks._copies import TABLES, Copies
from tests.benchmarks._rows import row
from tests.databases import named, start_postgresql

SMALL, MIDDLE, MILLION, TEN_MILLION = 100_000, 200_000, 1_000_000, 10_000_000
#: Of a million or more so many are recorded, in a week; the rest are copies of their rows, a week each.
RECORDED = 20_160
COPIES = Copies(RECORDED + 1, timedelta(days=7), (*TABLES, "story_keys"))
#: Articles of one transaction, as in crawler/pipeline.py; characters of an article; seconds between two.
TOGETHER, LENGTH, STEP = 16, 600, 30
#: One in so many is a copy of an earlier one, so many articles back at most.
COPY, BACK = 50, 5000
#: Look-ups are made so often; the rates are compared by so many articles, the young store holding so many.
ASKED, TURNS, YOUNG = 400, 8000, 5000
#: The publisher's id of the first article.
FIRST = 10_000_000
#: Of the rate at the start; milliseconds.
GOAL, LOOK_UP, STORY = 0.9, 0.2, 2.0
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
_CUT = """
    UPDATE revisions SET canonical = left(canonical, 60), fields = jsonb_set(
        fields::jsonb, '{body}', jsonb_build_array(left(fields::jsonb #>> '{body,0}', 60)))::text
"""


def run() -> list[dict[str, Any]]:
    """Measure 100,000 articles on SQLite, each recorded; four minutes of CPU."""
    with tempfile.TemporaryDirectory() as folder:
        return measure(f"sqlite:///{folder}/n.db", f"sqlite:///{folder}/young.db", SMALL)


def million() -> list[dict[str, Any]]:
    """Measure 1,000,000 articles on SQLite, all but the first RECORDED copies of their rows."""
    with tempfile.TemporaryDirectory() as folder:
        return copied(f"sqlite:///{folder}/n.db", f"sqlite:///{folder}/young.db", MILLION)


def postgresql() -> list[dict[str, Any]]:
    """Measure 200,000 articles on PostgreSQL, with the durability that it has by default."""
    with _server() as (url, young_url, pid):
        return measure(url, young_url, MIDDLE, pid)


def ten_million() -> list[dict[str, Any]]:
    """Measure 10,000,000 articles on PostgreSQL, all but the first RECORDED copies of their rows.

    The copies have all rows that are asked for, but the beginning of their texts only, and no tokens for the search:
    those would take 35 GB and 20 more.
    """
    with _server() as (url, young_url, pid):
        return copied(url, young_url, TEN_MILLION, pid)


def copied(url: str, young_url: str, most: int, server: int | None = None) -> list[dict[str, Any]]:
    """Measure a database that holds a week's articles and copies of them: as many weeks as `most` articles have."""
    times = most // RECORDED
    with Database.open(url) as database, Database.open(young_url) as young:
        _follow(database)
        _follow(young)
        for group in _groups(0, RECORDED):
            _record(database, group, None, Spent())
        if server is None:
            _multiply(database, times)
        else:
            with _unsafe(url):
                _multiply_beginnings(database, times)
        return _asked_of(database, young, times * RECORDED, server)


@contextmanager
def _server() -> Iterator[tuple[str, str, int]]:
    """A server of our own: the URLs of two databases, and its process id."""
    import psycopg

    with tempfile.TemporaryDirectory() as folder:
        server = start_postgresql(Path(folder) / "pg")
        try:
            url = str(server.get_uri())
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("CREATE DATABASE young")
            yield url, named(url, "young"), server.get_pid()
        finally:
            server.cleanup()


@contextmanager
def _unsafe(url: str) -> Iterator[None]:
    """Let a server write as fast as it can, safe or not."""
    import psycopg

    settings = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "4GB", "autovacuum": "off"}
    with psycopg.connect(url, autocommit=True) as server:
        for name, value in settings.items():
            server.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
        server.execute("SELECT pg_reload_conf()")
        yield
        for name in settings:
            server.execute(f"ALTER SYSTEM RESET {name}".encode())
        server.execute("SELECT pg_reload_conf()")
        server.execute("VACUUM ANALYZE")
        server.execute("CHECKPOINT")


def _multiply(database: Database, times: int) -> None:
    """Let a store on SQLite hold what it does so many times; its indexes grow with it, as they do in years."""
    with database.write() as connection:
        COPIES.keep(connection)
    for nth in range(1, times):
        with database.write() as connection:
            _copy(connection, nth)
    with database.write() as connection:
        COPIES.forget(connection)
        search.rebuild(connection)
        connection.exec_driver_sql("ANALYZE")


def _multiply_beginnings(database: Database, times: int) -> None:
    """Let a store on PostgreSQL hold what it does so many times: of texts their beginnings, and nothing to search."""
    indexes = [index for name in COPIES.tables for index in metadata.tables[name].indexes]
    with database.write() as connection:
        for index in indexes:
            index.drop(connection)
        connection.exec_driver_sql(_CUT)
        COPIES.keep(connection)
    for nth in range(1, times):
        with database.write() as connection:
            # Foreign keys are not looked up.
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            _copy(connection, nth)
    with database.write() as connection:
        COPIES.forget(connection)
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '1GB'")
        for index in indexes:
            index.create(connection)
        for name in (name for name in TABLES if "id" in metadata.tables[name].c):
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"
            )


def _copy(connection: Connection, nth: int) -> None:
    COPIES.insert(connection, nth)
    if nth % 10 == 0:
        print(f"  {(nth + 1) * RECORDED:,}", file=sys.stderr, flush=True)


@dataclass
class Writer:
    """Invents articles: words of two characters, some frequent and most rare, as in any text."""

    drawn: random.Random
    told: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=BACK))

    def __post_init__(self) -> None:
        plain = bytes(range(0xA1, 0xFF))
        signs = [bytes((high, low)).decode("gb2312", "ignore") for high in range(0xB0, 0xD8) for low in plain]
        signs = [sign for sign in signs if sign]
        self._words = ["".join(self.drawn.choices(signs, k=2)) for _ in range(40_000)]
        self._weights = list(accumulate(1 / (rank + 10) for rank in range(len(self._words))))

    def write(self) -> tuple[str, str]:
        """A title and a text of LENGTH characters together, now and then a copy with another last sentence."""
        if self.told and self.drawn.randrange(COPY) == 0:
            title, body = self.drawn.choice(self.told)
            return title, body[:-20] + self._say(10)
        title, body = self._say(8), self._say((LENGTH - 16) // 2)
        self.told.append((title, body))
        return title, body

    def _say(self, words: int) -> str:
        return "".join(self.drawn.choices(self._words, cum_weights=self._weights, k=words))


def sightings(count: int, seed: int = 5, first: int = 0) -> Iterator[Sighting]:
    """First visits to so many articles, numbered from `first` on, one every STEP seconds, each one page."""
    writer = Writer(random.Random(seed))
    for number in range(first, first + count):
        at = BEGIN + timedelta(seconds=STEP * number)
        yield sighting(number, at, *writer.write())


def sighting(number: int, at: datetime, title: str, body: str) -> Sighting:
    """The first visit to an article."""
    key = str(FIRST + number)
    url = f"http://cq.people.com.cn/n2/{at:%Y/%m%d}/c365401-{key}.html"
    canonical = f"{title}\n\n{body}"
    content_hash = "c1:" + hashlib.sha256(canonical.encode()).hexdigest()[:32]
    fields = ArticleFields(url, title, body=(body,), published_at=at, source="人民网", article_id=key)
    page = PageBody(url, canonical.encode("gb18030"), "text/html", etag=f'"{number:x}"')
    return Sighting(
        channel=f"channel-{number % 100}",
        publisher="people.com.cn",
        key=key,
        observation=Observation(url, at, Outcome.READ, 200, len(page.content), 0.1),
        reading=Reading(fields, Encoding("gb18030", "gb2312", "meta"), canonical, content_hash, "d1 c1"),
        pages=(page,),
    )


@dataclass
class Spent:
    """How many articles were recorded, and what that took in seconds."""

    count: int = 0
    cpu: float = 0.0
    wall: float = 0.0


def measure(url: str, young_url: str, count: int, server: int | None = None) -> list[dict[str, Any]]:
    """Fill an empty database with so many articles, and ask it; then go on in turns with one that has few.

    `server`: the process id of PostgreSQL.
    """
    with Database.open(url) as database, Database.open(young_url) as young:
        _follow(database)
        _follow(young)
        coming = sightings(count)
        spent = Spent()
        for number in range(0, count, TOGETHER):
            _record(database, list(islice(coming, TOGETHER)), server, spent)
            if number % (count // 20) < TOGETHER:
                print(
                    f"  {number}: {spent.cpu / spent.count * 1000:.2f} ms CPU each",
                    file=sys.stderr,
                    flush=True,
                )
        fresh = row("CPU for a new article", 1000 * spent.cpu / count, "ms")
        return [*_named([fresh], count, server), *_asked_of(database, young, count, server)]


def _asked_of(database: Database, young: Database, count: int, server: int | None) -> list[dict[str, Any]]:
    """What a full store takes, and what it answers."""
    rows = [
        *_space(database, count),
        *_turns(database, young, count, server),
        *_look_ups(database, count),
        *_stories(database, count),
    ]
    return _named(rows, count, server)


def _named(rows: list[dict[str, Any]], count: int, server: int | None) -> list[dict[str, Any]]:
    kind = "SQLite" if server is None else "PostgreSQL"
    return [{**one, "name": f"{one['name']}, {count:,} on {kind}"} for one in rows]


def _follow(database: Database) -> None:
    """Let someone be told of what comes."""
    subscriptions.sync_config(database, [Subscription("all", ("desk",), words=("的",))], BEGIN)


def _record(database: Database, group: list[Sighting], server: int | None, spent: Spent) -> None:
    cpu, wall = _cpu(server), time.perf_counter()
    with database.together():
        for one in group:
            articles.record(database, one, Policy(), fold)
    spent.cpu += _cpu(server) - cpu
    spent.wall += time.perf_counter() - wall
    spent.count += len(group)


def _turns(database: Database, young: Database, count: int, server: int | None) -> list[dict[str, Any]]:
    """The rate at the end beside that at the start, in turns: what else the machine does weighs on both alike."""
    for group in _groups(0, YOUNG):
        _record(young, group, server, Spent())
    old, new = Spent(), Spent()
    for here, there in zip(_groups(count, TURNS), _groups(YOUNG, TURNS), strict=True):
        _record(database, here, server, old)
        _record(young, there, server, new)
    start = f"at {YOUNG:,} articles, in turns"
    return [
        row("ingest at the end", TURNS / old.cpu, "articles/s of CPU", start, TURNS / new.cpu, goal=GOAL),
        row("ingest at the end, by the clock", TURNS / old.wall, "articles/s", start, TURNS / new.wall),
    ]


def _groups(first: int, count: int) -> Iterator[list[Sighting]]:
    """Visits to new articles, numbered from `first` on, as they are recorded together."""
    coming = sightings(count, seed=first + 7, first=first)
    while group := list(islice(coming, TOGETHER)):
        yield group


def _cpu(server: int | None) -> float:
    """Seconds of CPU so far, of this process and the server's."""
    mine = time.process_time()
    if server is None:
        return mine
    postmaster = psutil.Process(server)
    for process in (postmaster, *postmaster.children()):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        mine += times.user + times.system
    return mine


def _look_ups(database: Database, count: int) -> list[dict[str, Any]]:
    """By what a crawl and a person ask: an address, a content hash, a publisher's id."""
    hashed, fetched = articles_table.c.content_hash, addresses.c.url
    with database.read() as connection:
        chosen = random.Random(3).sample(range(1, count), ASKED)
        kept = connection.execute(select(articles_table).where(articles_table.c.id.in_(chosen))).all()
        by_hash = [select(articles_table.c.id).where(hashed == one.content_hash) for one in kept]
        by_url = [select(addresses.c.article).where(fetched == one.url) for one in kept]
        asked = {
            "look-up by address": _each(by_url, connection.scalar),
            "look-up by content hash": _each(by_hash, connection.scalar),
        }
    whole = {
        "  with a transaction of its own: by publisher's id": _each(
            kept, lambda one: articles.known(database, one.publisher, one.key)
        ),
        "  with a transaction of its own: by any of its URLs": _each(
            kept, lambda one: queries.find_article(database, one.url)
        ),
    }
    return [
        *(row(name, ms, "ms, median", goal=LOOK_UP, ok=ms <= LOOK_UP) for name, ms in asked.items()),
        *(row(name, ms, "ms, median") for name, ms in whole.items()),
    ]


def _stories(database: Database, count: int) -> list[dict[str, Any]]:
    """The story of an article that comes now: half of them new, half copies of what was stored of late."""
    writer, now = Writer(random.Random(99)), BEGIN + timedelta(seconds=STEP * count)
    recent = _newest(database, ASKED // 2)
    new = [sighting(count + TURNS + number, now, *writer.write()) for number in range(ASKED // 2)]
    copies = [sighting(count + 2 * TURNS + number, now, *said) for number, said in enumerate(recent)]
    found: list[int | None] = []

    def place(one: Sighting) -> None:
        said = _reading(one)
        times = story_index.Times(said.fields.published_at, one.observation.at)
        found.append(story_index.find(connection, said.canonical, said.content_hash, times).story)

    with database.read() as connection:
        ms = _each([*new, *copies], place)
    known = sum(story is not None for story in found[-len(copies) :]) / len(copies)
    return [
        row("duplicate and story check", ms, "ms, median", goal=STORY, ok=ms <= STORY),
        row("  copies that were recognised", known, "share", goal=1.0, ok=known == 1.0),
    ]


def _newest(database: Database, count: int) -> list[tuple[str, str]]:
    """Titles and texts of the newest articles."""
    newest = queries.articles(database, limit=count)
    heads = queries.last_revisions(database, [one.id for one in newest])
    return [(one.reading.fields.title, "".join(one.reading.fields.body)) for one in heads.values()]


def _each(items: list[Any], ask: Callable[[Any], object]) -> float:
    """The median of what asking takes, in ms by the clock on the wall, after a few to warm up."""
    for item in items[:20]:
        ask(item)
    times = []
    for item in items:
        began = time.perf_counter()
        ask(item)
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


def _space(database: Database, count: int) -> list[dict[str, Any]]:
    sizes = maintenance.sizes(database)
    raw = LENGTH * len("文".encode())
    tables = sorted(sizes.tables.items(), key=lambda pair: -pair[1])
    return [
        row("disk for an article", sizes.bytes / count, "bytes", "its text in UTF-8", raw),
        *(row(f"  {name}", size / count, "bytes") for name, size in tables if size / count >= 10),
    ]


def _reading(one: Sighting) -> Reading:
    assert one.reading is not None
    return one.reading
