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

from storage.locks import Lock
from storage.schema import articles, events, revisions, story_keys
from storage.statements import Read, Write
from storage.stories import (
    WINDOW_WEEKS,
    Candidate,
    assign,
    is_long,
    new_keys,
    rank,
    read_text,
    signature,
    week_of,
)

#: How many articles a step of a rebuild takes into one transaction.
STEP = 200

#: Keys by the week that they are stored in.
KeysOfWeeks = tuple[tuple[int, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Times:
    """When an article was published, where it says so, and when we first saw it."""

    published: datetime | None
    seen: datetime

    @property
    def weeks(self) -> tuple[int, ...]:
        """The weeks in which it can be found: of an article taken from an archive, two."""
        return tuple({week_of(self.published or self.seen): None, week_of(self.seen): None})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text belongs: its story (None: it begins one), and the keys to be stored for it."""

    story: int | None
    keys: KeysOfWeeks


def lock(connection: Connection) -> None:
    """Let no other process find a place until this transaction ends: of two copies at once one is the first.

    To be taken before any row is locked. SQLite's writer is alone anyway.
    """
    if connection.dialect.name != "sqlite":
        _TAKE_LOCK(connection, {"lock": Lock.STORIES})


def find(
    connection: Connection, canonical: str, content_hash: str, times: Times, known: tuple[int, ...] = ()
) -> Place:
    """Find the place of an article that is not stored yet; `known` is its signature where that was worked out."""
    keys, weeks = known or signature(canonical), times.weeks
    around = {week + offset for week in weeks for offset in WINDOW_WEEKS}
    rows = _rows_of(connection, sorted(around), keys)
    story = _twin(connection, canonical, content_hash)
    if story is None and rows:
        found = dict.fromkeys((key, article) for _, key, article in rows)
        story = _story_among(connection, rank(found, keys), canonical)
    return Place(story, _unstored(rows, weeks, keys))


def keep(connection: Connection, article: int, place: Place) -> None:
    """Store the keys of an article's text; the article that begins a story gets its own number for it."""
    if place.story is None:
        _BEGIN_STORY(connection, {"of": article})
    _keep_keys(connection, article, place.keys)


def add(connection: Connection, article: int, canonical: str, times: Times) -> None:
    """Store the keys of another text of an article, which stays in its story."""
    keys, weeks = signature(canonical), times.weeks
    _keep_keys(connection, article, _unstored(_rows_of(connection, weeks, keys), weeks, keys))


def clear(connection: Connection) -> None:
    """Forget every key; the stories stay."""
    connection.execute(delete(story_keys))


#: How far a rebuild has come: first_seen and id of the last article indexed.
Reached = tuple[datetime, int]


def rebuild_step(connection: Connection, after: Reached | None) -> tuple[int, Reached | None]:
    """Index up to `STEP` articles, in the order first seen, and give those a story that have none.

    `after` is where the step before ended, None begins. Returns how many were indexed, and where it ended.
    """
    wanted: Select[Any] = _HEADS if after is None else _HEADS.where(tuple_(*after) < _PLACE)
    lock(connection)
    rows = connection.execute(wanted.limit(STEP)).all()
    for row in rows:
        _index_stored(connection, row)
    return len(rows), (rows[-1].first_seen, rows[-1].id) if rows else after


def _index_stored(connection: Connection, row: Row[Any]) -> None:
    times = Times(row.published_at, row.first_seen)
    if row.story is not None:
        add(connection, row.id, row.canonical, times)
        return
    place = find(connection, row.canonical, row.content_hash, times)
    story = row.id if place.story is None else place.story
    connection.execute(update(articles).where(articles.c.id == row.id).values(story=story))
    connection.execute(update(events).where(events.c.article == row.id).values(story=story))
    _keep_keys(connection, row.id, place.keys)


def _twin(connection: Connection, canonical: str, content_hash: str) -> int | None:
    """The story of an article that says the very same, whenever that was."""
    twin = _TWIN.first(connection, {"hash": content_hash})
    return twin.story if twin is not None and is_long(read_text(canonical)) else None


def _story_among(connection: Connection, likely: Sequence[int], canonical: str) -> int | None:
    if not likely:
        return None
    rows = _CANDIDATES.all(connection, {"ids": _numbers(connection, likely)})
    candidates = [Candidate(row.id, row.story, read_text(row.canonical)) for row in rows]
    match = assign(read_text(canonical), candidates)
    return match.story if match else None


def _rows_of(connection: Connection, weeks: Sequence[int], keys: Sequence[int]) -> list[tuple[int, ...]]:
    """Week, key and article of each row that has one of the keys."""
    asked = {"weeks": _numbers(connection, weeks), "keys": _numbers(connection, keys)}
    return _ROWS.numbers(connection, asked)


def _unstored(rows: Sequence[tuple[int, ...]], weeks: Sequence[int], keys: Sequence[int]) -> KeysOfWeeks:
    return tuple(
        (week, new_keys([(key, article) for stored, key, article in rows if stored == week], keys))
        for week in weeks
    )


def _keep_keys(connection: Connection, article: int, keys: KeysOfWeeks) -> None:
    for week, new in keys:
        _KEEP_KEYS(connection, {"week": week, "article": article, "keys": _numbers(connection, new)})


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
_TWIN = Read(
    lambda kind: (
        select(articles.c.story)
        .where(articles.c.content_hash == bindparam("hash"), articles.c.story.is_not(None))
        .order_by(articles.c.story)
        .limit(1)
    )
)
_CANDIDATES = Read(
    lambda kind: (
        select(articles.c.id, _STORY, revisions.c.canonical)
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
