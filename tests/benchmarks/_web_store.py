"""A store of many articles in a minute: some thousand through the real way in, then copies of their rows.

A copy has other numbers, ids, addresses and times, so that each is an article of its own: SIZE articles every
three weeks, an edit for each twentieth, a removal for each hundredth, a republication for each fortieth.
"""

import random
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from crawler.text.canonical import fold
from storage import articles, schema, search
from storage.database import Database
from storage.records import Outcome, RunCounts
from tests.integration.web.conftest import POLICY, made
from tests.replica import words
from tests.replica.prose import Writer, text_of, write_body, write_title
from tests.sightings import START, seen

#: Articles that are recorded, how far apart the numbers of two copies are, and their times.
SIZE, STEP, SPAN = 2000, 2500, timedelta(days=21)
#: Not the one that is crawled beside the readers: that crawl is to visit the copy of the channel alone.
CHANNELS = ("sc", "gz", "sn", "yn")
_TOPICS = ("traffic", "farm", "eco", "school", "health", "weather", "culture", "industry", "community")
#: Columns that are numbers of rows.
_NUMBERS = {"id", "article", "story", "run", "revision"}
#: The tokens of a text are those of its copy; the block of a revision is its own.
_COPY_TOKENS = text(
    "INSERT INTO search SELECT revision + :step, array_to_tsvector(array_append(tsvector_to_array("
    "ts_delete(tokens, :sign || revision / :block)), :sign || (revision + :step) / :block)) "
    f"FROM search WHERE revision < {STEP}"
)
_BLOCKS = {"sign": search.BLOCK_SIGN, "block": search.BLOCK}
_TABLES = ("articles", "revisions", "addresses", "observations", "events", "runs")


def fill(url: str, count: int) -> None:
    """Make a database with `count` articles (a multiple of SIZE), the last of them seen just now."""
    copies = count // SIZE
    begin = (datetime.now(UTC) - START - copies * SPAN) / timedelta(minutes=1)
    with Database.open(url) as database:
        _record(database, begin)
        later = nullcontext if database.is_sqlite else search.token_index_later
        with database.write() as connection, later(connection):
            for nth in range(1, copies):
                for table in _TABLES:
                    _copy(connection, table, nth)
                if not database.is_sqlite:
                    connection.execute(_COPY_TOKENS, {"step": nth * STEP, **_BLOCKS})
            if database.is_sqlite:
                search.rebuild(connection)
        with database.write() as connection:
            connection.exec_driver_sql("ANALYZE")


def _record(database: Database, begin: float) -> None:
    """Record the articles that are copied, from `begin` on, in minutes after START, through three weeks."""
    drawn = random.Random(7)
    writer = Writer(drawn, words.REGIONS["cq"], START)
    step = SPAN / timedelta(minutes=1) / SIZE
    told: list[tuple[str, str, tuple[str, ...]]] = []
    for number in range(SIZE):
        minutes, key = begin + number * step, str(50_000_000 + number)
        channel = CHANNELS[min(number % 7, len(CHANNELS) - 1)]
        title, body = _text(writer, drawn)
        if number % 40 == 39:
            _, title, body = told[-20]
        told.append((key, title, body))
        if number % 100 == 0:
            run = articles.start_run(database, channel, START + timedelta(minutes=minutes))
            articles.finish_run(database, run, START + timedelta(minutes=minutes + 1), RunCounts(fetched=100))
        visits = [made(minutes, key, title, body, channel)]
        if number % 20 == 7:
            visits.append(
                made(minutes + 1, key, title, (*body[:-1], text_of(write_body(writer, "eco", 1)[0])), channel)
            )
        if number % 100 == 50:
            visits += [
                seen(minutes + 2 + late, key, outcome=Outcome.GONE, channel=channel) for late in (0, 1)
            ]
        for visit in visits:
            articles.record(database, visit, POLICY, fold)


def _text(writer: Writer, drawn: random.Random) -> tuple[str, tuple[str, ...]]:
    topic = drawn.choice(_TOPICS)
    return text_of(write_title(writer, topic)), tuple(
        map(text_of, write_body(writer, topic, drawn.randint(4, 8)))
    )


def _copy(connection: Connection, table: str, nth: int) -> None:
    """Insert the recorded rows of a table anew, as the `nth` copy."""
    names, kinds = _columns(table)
    shown = [_shifted(connection, name, kinds[name]) for name in names]
    number = "id" if "id" in names else "article"
    values: dict[str, Any] = {"step": nth * STEP, "days": f"+{nth * SPAN.days} days", "nth": f"{nth:04d}"}
    chosen = f"SELECT {', '.join(shown)} FROM {table} WHERE {number} < {STEP}"
    connection.execute(text(f"INSERT INTO {table} ({', '.join(names)}) {chosen}"), values)


def _columns(table: str) -> tuple[list[str], dict[str, str]]:
    columns = schema.metadata.tables[table].columns
    return [column.name for column in columns], {
        column.name: type(column.type).__name__ for column in columns
    }


def _shifted(connection: Connection, name: str, kind: str) -> str:
    if name in _NUMBERS:
        return f"{name} + :step"
    if kind == "UtcTime":
        if connection.dialect.name == "sqlite":
            return f"strftime('%Y-%m-%d %H:%M:%S', {name}, :days) || substr({name}, 20)"
        return f"{name} + cast(:days AS interval)"
    if name == "key":
        return "key || :nth"
    if name == "url":
        return "replace(url, '.html', :nth || '.html')"
    return name
