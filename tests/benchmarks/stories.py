"""What finding an article's story costs with a million stored, and how true the answer is."""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from storage.stories import (
    WINDOW_WEEKS,
    Candidate,
    Match,
    Text,
    assign,
    new_keys,
    rank,
    read_text,
    relate,
    signature,
)
from tests.benchmarks._rows import row
from tests.quality.republications import Pair, pairs, stream
from tests.quality.stories_score import f1, false_alarms

STORED = 1_000_000
WEEKS = 52
#: Written articles among the stored ones of the three weeks that a look-up sees; the others have random keys.
WRITTEN = 3_000
PROBES = 600
STAGES = ("sign", "look up", "compare", "store")

_TABLES = """
create table story_keys (week integer, key integer, article integer, primary key (week, key, article)) without rowid;
create table texts (article integer primary key, story integer, canonical text)
"""
_FILL = """
insert or ignore into story_keys
with recursive article(id) as (select ? union all select id + 1 from article limit ?),
     number(n) as (select 1 union all select n + 1 from number limit 24)
select ?, random() & 4294967295, article.id from article, number order by 2
"""


@dataclass
class Index:
    """The index as the store keeps it, in a SQLite file, by the plain statements.

    `stages` are seconds of this thread's processor time, which another program's work does not change; `wall`
    is the whole by the clock.
    """

    connection: sqlite3.Connection
    stages: dict[str, list[float]] = field(default_factory=lambda: {stage: [] for stage in STAGES})
    wall: list[float] = field(default_factory=list)

    def add(self, article: int, canonical: str, week: int) -> Match | None:
        """Find the article's story and store it."""
        began = time.perf_counter()
        times = [time.thread_time()]
        keys = signature(canonical)
        times.append(time.thread_time())
        rows, own = self._look_up(keys, week)
        candidates = [self._candidate(found) for found in rank(rows, keys)]
        times.append(time.thread_time())
        match = assign(read_text(canonical), candidates)
        times.append(time.thread_time())
        self._store(article, match, canonical, week, new_keys(own, keys))
        times.append(time.thread_time())
        for stage, start, end in zip(self.stages.values(), times, times[1:], strict=False):
            stage.append(end - start)
        self.wall.append(time.perf_counter() - began)
        return match

    def _look_up(
        self, keys: tuple[int, ...], week: int
    ) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        marks = ",".join("?" * len(keys))
        weeks = [week + offset for offset in WINDOW_WEEKS]
        found = self.connection.execute(
            f"select week, key, article from story_keys where week in (?,?,?) and key in ({marks})",
            (*weeks, *keys),
        ).fetchall()
        return [(key, article) for _, key, article in found], [(k, a) for w, k, a in found if w == week]

    def _candidate(self, article: int) -> Candidate:
        found = self.connection.execute(
            "select story, canonical from texts where article = ?", (article,)
        ).fetchone()
        story, canonical = found or (article, "")  # those with random keys have no text
        return Candidate(article, story, read_text(canonical))

    def _store(
        self, article: int, match: Match | None, canonical: str, week: int, keys: tuple[int, ...]
    ) -> None:
        story = match.story if match else article
        with self.connection:
            self.connection.execute("insert into texts values (?, ?, ?)", (article, story, canonical))
            rows = ((week, key, article) for key in keys)
            self.connection.executemany("insert into story_keys values (?, ?, ?)", rows)

    def forget_times(self) -> None:
        """Begin to measure."""
        self.stages, self.wall = {stage: [] for stage in STAGES}, []


def run() -> list[dict[str, Any]]:
    """Return the rows: times in ms with a million articles stored, then the truth of the answers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stories.db"
        timed = measure(path, STORED, WRITTEN, PROBES)
    return [*timed, *_truth("tuned"), *_truth("held-back")]


def measure(path: Path, stored: int, written: int, probes: int) -> list[dict[str, Any]]:
    """Fill an index with `stored` articles of a year, `written` of them real texts of three weeks; time more."""
    index = Index(_filled(path, stored - written))
    middle = WEEKS // 2
    random = Random(11)
    both = zip(stream("tuned", written), stream("held-back", written), strict=True)
    texts = (text for articles in both for _, text in articles)
    numbered = enumerate(texts, start=stored)
    for article, text in islice(numbered, written):
        index.add(article, text, middle + random.choice(WINDOW_WEEKS))
    index.forget_times()
    matched = sum(index.add(article, text, middle) is not None for article, text in islice(numbered, probes))
    megabytes = path.stat().st_size / 1e6
    index.connection.close()
    stages = {stage: 1000 * statistics.mean(times) for stage, times in index.stages.items()}
    match = sum(stages.values()) - stages["store"]
    return [
        row(f"signature and match among {stored:,}", match, "ms, mean", goal=2.0, ok=match <= 2.0),
        *(row(f"  {stage}", value, "ms, mean") for stage, value in stages.items()),
        row("  all four by the clock on the wall", 1000 * statistics.mean(index.wall), "ms, mean"),
        row(
            "  by that clock, the slowest twentieth", 1000 * statistics.quantiles(index.wall, n=20)[-1], "ms"
        ),
        row("  articles with a story already stored", matched / probes, "share"),
        row("  size of the index and the written texts", megabytes, "MB"),
    ]


def _filled(path: Path, articles: int) -> sqlite3.Connection:
    """Make the file: articles with 24 random keys each, as many every week."""
    connection = sqlite3.connect(path)
    for pragma in (
        "journal_mode = wal",
        "synchronous = normal",
        "cache_size = -32768",
        "temp_store = memory",
    ):
        connection.execute(f"pragma {pragma}")
    connection.executescript(_TABLES)
    weekly = articles // WEEKS
    for week in range(WEEKS):
        with connection:
            connection.execute(_FILL, (week * weekly, weekly, week))
    return connection


def _truth(which: str) -> list[dict[str, Any]]:
    """How true the answers are, beside the best rule without numbers and names (3-gram containment of 0.46)."""
    labelled = list(pairs(which, 60))
    ours = [relate(Text(pair.first), Text(pair.second)).same_story for pair in labelled]
    peers = [_containment(pair) >= 0.46 for pair in labelled]
    peer = "containment >= 0.46"
    value, alarms = f1(labelled, ours), false_alarms(labelled, ours)
    return [
        row(f"F1, {which}", value, "", peer, f1(labelled, peers), goal=0.95, ok=value >= 0.95),
        row(
            f"same template taken for one story, {which}",
            alarms,
            "share",
            peer,
            false_alarms(labelled, peers),
            goal=0.01,
            ok=alarms <= 0.01,
        ),
    ]


def _containment(pair: Pair) -> float:
    first, second = Text(pair.first).grams, Text(pair.second).grams
    return len(first & second) / min(len(first), len(second))
