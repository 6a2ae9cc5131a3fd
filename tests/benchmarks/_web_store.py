"""A store of many articles in a minute: some thousand through the real way in, then copies of their rows.

SIZE articles every three weeks, an edit for each twentieth, a removal for each hundredth, a republication for each
fortieth.
"""

import random
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from crawler.text.canonical import fold
from storage import articles, search
from storage.database import Database
from storage.records import Outcome, RunCounts
from tests.benchmarks._copies import Copies
from tests.integration.web.conftest import POLICY, made
from tests.replica import words
from tests.replica.prose import Writer, text_of, write_body, write_title
from tests.sightings import START, seen

#: Articles that are recorded, how far apart the numbers of two copies are, and their times.
SIZE, STEP, SPAN = 2000, 2500, timedelta(days=21)
#: Not the one that is crawled beside the readers: that crawl is to visit the copy of the channel alone.
CHANNELS = ("sc", "gz", "sn", "yn")
_TOPICS = ("traffic", "farm", "eco", "school", "health", "weather", "culture", "industry", "community")
#: The tokens of a text are those of its copy; the block of a revision is its own.
_COPY_TOKENS = text(
    "INSERT INTO search SELECT revision + :step, array_to_tsvector(array_append(tsvector_to_array("
    "ts_delete(tokens, :sign || revision / :block)), :sign || (revision + :step) / :block)) "
    f"FROM search WHERE revision < {STEP}"
)
_BLOCKS = {"sign": search.BLOCK_SIGN, "block": search.BLOCK}
_COPIES = Copies(STEP, SPAN)


def fill(url: str, count: int, channels: Sequence[str] = CHANNELS) -> None:
    """Make a database with `count` articles (a multiple of SIZE) of some channels, the last of them seen just now."""
    copies = count // SIZE
    begin = (datetime.now(UTC) - START - copies * SPAN) / timedelta(minutes=1)
    with Database.open(url) as database:
        _record(database, begin, channels)
        later = nullcontext if database.is_sqlite else search.token_index_later
        with database.write() as connection, later(connection):
            _COPIES.keep(connection)
            for nth in range(1, copies):
                _COPIES.insert(connection, nth)
                if not database.is_sqlite:
                    connection.execute(_COPY_TOKENS, {"step": nth * STEP, **_BLOCKS})
            _COPIES.forget(connection)
            if database.is_sqlite:
                search.rebuild(connection)
        with database.write() as connection:
            connection.exec_driver_sql("ANALYZE")


def _record(database: Database, begin: float, channels: Sequence[str]) -> None:
    """Record the articles that are copied, from `begin` on, in minutes after START, through three weeks."""
    drawn = random.Random(7)
    writer = Writer(drawn, words.REGIONS["cq"], START)
    step = SPAN / timedelta(minutes=1) / SIZE
    told: list[tuple[str, str, tuple[str, ...]]] = []
    for number in range(SIZE):
        minutes, key = begin + number * step, str(50_000_000 + number)
        channel = channels[min(number % 7, len(channels) - 1)]
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
