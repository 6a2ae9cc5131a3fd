"""The index of stories in the tables: which story a new article belongs to, and the keys that find it later.

What keys a text has, and which texts are one story, is said in `stories/`; nothing is judged here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    and_,
    any_,
    bindparam,
    delete,
    func,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import ARRAY

from storage.schema import articles, events, revisions, story_keys
from storage.statements import Read, Write
from storage.stories import (
    WINDOW_WEEKS,
    Candidate,
    assign,
    new_keys,
    rank,
    read_text,
    signature,
    week_of,
)

#: How many articles a step of a rebuild takes into one transaction.
STEP = 200

#: A number that nothing else locks; see `lock`.
_LOCK = 7102025


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text belongs: its story (None: it begins one), its week, and the keys to be stored for it."""

    story: int | None
    week: int
    keys: tuple[int, ...]


def lock(connection: Connection) -> None:
    """Let no other process find a place until this transaction ends: of two copies at once one is the first.

    To be taken before any row is locked. SQLite's writer is alone anyway.
    """
    if connection.dialect.name != "sqlite":
        _TAKE_LOCK(connection, {"lock": _LOCK})


def find(connection: Connection, canonical: str, content_hash: str, at: datetime) -> Place:
    """Find the place of an article that is not stored yet; `at` is when it was published, else first seen."""
    keys, week = signature(canonical), week_of(at)
    rows = _rows_of(connection, [week + offset for offset in WINDOW_WEEKS], keys)
    likely = rank([(key, article) for _, key, article in rows], keys)
    story = _story_among(connection, likely, canonical, content_hash) if likely else None
    return Place(story, week, _unstored(rows, week, keys))


def keep(connection: Connection, article: int, place: Place) -> None:
    """Store the keys of an article's text; the article that begins a story gets its own number for it."""
    if place.story is None:
        _BEGIN_STORY(connection, {"of": article})
    _keep_keys(connection, article, place.week, place.keys)


def add(connection: Connection, article: int, canonical: str, at: datetime) -> None:
    """Store the keys of another text of an article, which stays in its story."""
    keys, week = signature(canonical), week_of(at)
    _keep_keys(connection, article, week, _unstored(_rows_of(connection, [week], keys), week, keys))


def clear(connection: Connection) -> None:
    """Forget every key; the stories stay."""
    connection.execute(delete(story_keys))


def rebuild_step(connection: Connection, after: tuple[datetime, int] | None) -> tuple[datetime, int] | None:
    """Index some articles, in the order first seen, and give those a story that have none.

    `after` is what the step before returned; None begins, and is returned at the end.
    """
    wanted: Select[Any] = _HEADS if after is None else _HEADS.where(tuple_(*after) < _PLACE)
    lock(connection)
    rows = connection.execute(wanted.limit(STEP)).all()
    for row in rows:
        _index_stored(connection, row)
    return (rows[-1].first_seen, rows[-1].id) if rows else None


def _index_stored(connection: Connection, row: Row[Any]) -> None:
    at = row.published_at or row.first_seen
    if row.story is not None:
        add(connection, row.id, row.canonical, at)
        return
    place = find(connection, row.canonical, row.content_hash, at)
    story = row.id if place.story is None else place.story
    connection.execute(update(articles).where(articles.c.id == row.id).values(story=story))
    connection.execute(update(events).where(events.c.article == row.id).values(story=story))
    _keep_keys(connection, row.id, place.week, place.keys)


def _story_among(
    connection: Connection, likely: Sequence[int], canonical: str, content_hash: str
) -> int | None:
    rows = _CANDIDATES.all(connection, {"ids": _numbers(connection, likely)})
    same = [row for row in rows if row.content_hash == content_hash]
    if same:
        return int(min(row.story for row in same))
    match = assign(
        read_text(canonical), [Candidate(row.id, row.story, read_text(row.canonical)) for row in rows]
    )
    return match.story if match else None


def _rows_of(connection: Connection, weeks: list[int], keys: Sequence[int]) -> list[tuple[int, ...]]:
    """Week, key and article of each row that has one of the keys."""
    asked = {"weeks": _numbers(connection, weeks), "keys": _numbers(connection, keys)}
    return _ROWS.numbers(connection, asked)


def _unstored(rows: Sequence[tuple[int, ...]], week: int, keys: Sequence[int]) -> tuple[int, ...]:
    return new_keys([(key, article) for stored, key, article in rows if stored == week], keys)


def _keep_keys(connection: Connection, article: int, week: int, keys: Sequence[int]) -> None:
    _KEEP_KEYS(connection, {"week": week, "article": article, "keys": _numbers(connection, keys)})


def _numbers(connection: Connection, numbers: Sequence[int]) -> Any:
    """Numbers as one parameter, so that every number of them is one and the same statement."""
    return json.dumps(numbers) if connection.dialect.name == "sqlite" else list(numbers)


# -- statements


def _one_of(column: ColumnElement[Any], name: str, kind: str) -> ColumnElement[bool]:
    """Whether a column is one of the numbers that a parameter holds, as `_numbers` wrote them."""
    if kind == "sqlite":
        return column.in_(select(func.json_each(bindparam(name)).table_valued("value").c.value))
    return column == any_(bindparam(name, type_=ARRAY(BigInteger)))


def _rows(kind: str) -> Select[Any]:
    key = story_keys.c
    return select(key.week, key.key, key.article).where(
        _one_of(key.week, "weeks", kind), _one_of(key.key, "keys", kind)
    )


def _keep(insert: Any) -> Any:
    """One row for each key; those of an earlier text of the article may be there already."""
    week = bindparam("week", type_=Integer).label("week")
    article = bindparam("article", type_=BigInteger).label("article")
    keys: ColumnElement[Any]
    if insert is sqlite.insert:
        keys = func.json_each(bindparam("keys")).table_valued("value").c.value
    else:
        keys = func.unnest(bindparam("keys", type_=ARRAY(BigInteger)))
    # Without a WHERE SQLite would take ON CONFLICT for a join's (sqlite.org/lang_upsert.html, 2.2).
    rows = select(week, keys, article).where(true())
    return insert(story_keys).from_select(["week", "key", "article"], rows).on_conflict_do_nothing()


_OF_HEAD = and_(revisions.c.article == articles.c.id, revisions.c.number == articles.c.revisions)
_STORY = func.coalesce(articles.c.story, articles.c.id).label("story")

_ROWS = Read(_rows)
_CANDIDATES = Read(
    lambda kind: (
        select(articles.c.id, _STORY, articles.c.content_hash, revisions.c.canonical)
        .join(revisions, _OF_HEAD)
        .where(_one_of(articles.c.id, "ids", kind))
    )
)
_KEEP_KEYS = Write(_keep)
_BEGIN_STORY = Write(
    lambda own: update(articles).where(articles.c.id == bindparam("of")).values(story=articles.c.id)
)
_TAKE_LOCK = Write(lambda own: select(func.pg_advisory_xact_lock(bindparam("lock"))))

_PLACE = tuple_(articles.c.first_seen, articles.c.id)
_HEADS = (
    select(
        articles.c.id,
        articles.c.story,
        articles.c.published_at,
        articles.c.first_seen,
        articles.c.content_hash,
        revisions.c.canonical,
    )
    .join(revisions, _OF_HEAD)
    .order_by(articles.c.first_seen, articles.c.id)
)
