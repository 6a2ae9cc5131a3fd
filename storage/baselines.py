"""What the store keeps for `health`: each channel's baseline, visits from which nothing is concluded, witnesses."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import select

from storage.database import Database
from storage.health import Baseline
from storage.jsontext import from_json, to_json
from storage.records import ArticleFields, Sighting, State
from storage.rows import observation_row
from storage.schema import articles, baselines, observations, revisions
from storage.statements import Write, columns_of


def baseline(database: Database, channel: str) -> Baseline:
    """How the channel is when it is well; an empty baseline for one never crawled. Raises StorageError.

    What another version wrote and we cannot read is forgotten: a baseline is learned anew in one run.
    """
    with database.read() as connection:
        text = connection.scalar(select(baselines.c.content).where(baselines.c.channel == channel))
    try:
        return from_json(text, Baseline) if text else Baseline()
    except msgspec.MsgspecError:
        return Baseline()


def keep_baseline(database: Database, channel: str, kept: Baseline, now: datetime) -> None:
    """Put a baseline in the place of the channel's old one. Raises StorageError."""
    with database.write() as connection:
        _KEEP(connection, {"channel": channel, "updated_at": now, "content": to_json(kept)})


def observe(database: Database, sighting: Sighting) -> None:
    """Keep that a visit was made and what it brought, and conclude nothing from it. Raises StorageError."""
    same = (articles.c.publisher == sighting.publisher, articles.c.key == sighting.key)
    with database.write() as connection:
        article = connection.scalar(select(articles.c.id).where(*same))
        _OBSERVE(connection, observation_row(article, sighting))


def stored_fields(database: Database, article: int) -> ArticleFields:
    """What the last revision of an article says. Raises StorageError."""
    wanted = (
        select(revisions.c.fields)
        .where(revisions.c.article == article)
        .order_by(revisions.c.number.desc())
        .limit(1)
    )
    with database.read() as connection:
        return from_json(connection.scalars(wanted).one(), ArticleFields)


def witnesses(
    database: Database, channel: str, publisher: str, without: Collection[str], limit: int
) -> tuple[tuple[str, str], ...]:
    """Key and address of the newest articles of a channel that are known to be there, but for those keys.

    Raises StorageError.
    """
    wanted = (
        select(articles.c.key, articles.c.url)
        .where(
            articles.c.channel == channel,
            articles.c.publisher == publisher,
            articles.c.state == State.PRESENT,
        )
        .order_by(articles.c.first_seen.desc(), articles.c.id.desc())
        .limit(limit + len(without))
    )
    with database.read() as connection:
        rows = connection.execute(wanted).all()
    return tuple((row.key, row.url) for row in rows if row.key not in without)[:limit]


_KEEP = Write(
    lambda own: (insert := own(baselines)).on_conflict_do_update(
        index_elements=[baselines.c.channel],
        set_={name: insert.excluded[name] for name in ("updated_at", "content")},
    ),
    columns_of(baselines),
)
_OBSERVE = Write(lambda own: own(observations), columns_of(observations, "id"))
