"""What packing superseded revisions saves, of a store whose articles are edited as often as news is.

A third of the articles is edited at all, these about twice; one in twenty of these ten times and more (after Timmerman
et al., 291,666 articles of Flemish outlets; decisions/0018). An edit changes a few characters, or adds a paragraph.
Sizes are of the file after VACUUM, without page bodies, which are in the archive.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from crawler.text.canonical import fold
from storage import articles, compaction, maintenance, queries
from storage.database import Database
from storage.decide import Policy
from storage.records import Sighting
from tests.benchmarks._rows import row
from tests.benchmarks.store import BEGIN, FIRST, sighting, sightings

ARTICLES = 1500
EDITED = 0.35
#: How often an edited article is edited, and the weights: 2.0 in the mean.
EDITS, WEIGHTS = (1, 2, 4, 11), (65, 18, 12, 5)
LATER = BEGIN + timedelta(days=3650)


def run() -> list[dict[str, Any]]:
    """Measure; half a minute of CPU."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "n.db"
        with Database.open(f"sqlite:///{path}") as store:
            superseded = _fill(store)
            before = _size(store, path)
            started = time.process_time()
            done = compaction.compact(store, LATER)
            seconds = time.process_time() - started
            after = _size(store, path)
            reading = _reading(store)
            assert done.revisions == superseded
            assert maintenance.check(store).findings == ()
    return [
        row("superseded revisions to an article", superseded / ARTICLES, "revisions"),
        row("texts of one, packed", done.after / superseded, "bytes", "before", done.before / superseded),
        row("the store with them packed", after / ARTICLES, "bytes/article", "before", before / ARTICLES),
        row("packing one", 1000 * seconds / superseded, "ms CPU"),
        row("all revisions of an edited article, read", reading, "ms CPU"),
    ]


def _fill(store: Database) -> int:
    """Record the articles and their edits; returns how many revisions another has followed."""
    chance, count = random.Random(7), 0
    policy = Policy(removal_visits=2, removal_after=timedelta(0))
    for first in sightings(ARTICLES):
        for one in _history(first, chance):
            articles.record(store, replace(one, pages=()), policy, fold)
            count += one is not first
    return count


def _history(first: Sighting, chance: random.Random) -> Iterator[Sighting]:
    """An article's visits that find another text each."""
    yield first
    if chance.random() >= EDITED or first.reading is None:
        return
    title, body = first.reading.fields.title, first.reading.fields.body[0]
    for number in range(chance.choices(EDITS, WEIGHTS)[0]):
        at = chance.randrange(len(body) - 10)
        if chance.random() < 0.3:
            body = body[:at] + body[at // 2 : at // 2 + 60] + body[at:]
        else:
            body = body[:at] + str(chance.randrange(10_000)) + body[at + 4 :]
        moment = first.observation.at + timedelta(hours=1 + number)
        yield sighting(int(first.key) - FIRST, moment, title, body)


def _size(store: Database, path: Path) -> int:
    with store.read() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    return path.stat().st_size


def _reading(store: Database) -> float:
    """Milliseconds of CPU for all revisions of an article that was edited ten times and more."""
    edited = [one.id for one in queries.articles(store, limit=ARTICLES) if one.revisions > 10]
    started = time.process_time()
    for number in edited:
        queries.revisions(store, number)
    return 1000 * (time.process_time() - started) / len(edited)
