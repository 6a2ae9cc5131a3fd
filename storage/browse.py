"""The store leafed through, newest first, a page at a time: events, removed articles, stories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from storage.database import Database
from storage.records import Article, EditClass, Event, EventKind, State
from storage.rows import ARTICLE, EVENT, article_of, event_of
from storage.schema import articles, events


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are wanted; an empty part lets everything through. `min_weight` asks for edits so heavy."""

    kinds: tuple[EventKind, ...] = ()
    classes: tuple[EditClass, ...] = ()
    min_weight: int = 0
    channel: str = ""
    article: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """A removed article, and the event that told it."""

    article: Article
    event: Event


@dataclass(frozen=True, slots=True)
class Story:
    """A story: its number, its articles, the first seen first, and the number of the last one."""

    id: int
    members: tuple[Article, ...]
    last: int


def find_events(
    database: Database, wanted: EventFilter, *, limit: int = 50, before: int = 0
) -> tuple[Event, ...]:
    """Events that fit, the newest first, from the one before number `before` on. Raises StorageError."""
    columns = events.c
    chosen = select(*EVENT).order_by(columns.id.desc()).limit(limit)
    if before:
        chosen = chosen.where(columns.id < before)
    kinds = wanted.kinds
    if wanted.classes or wanted.min_weight:  # only edits have them
        kinds = (EventKind.EDITED,)
        if wanted.kinds and EventKind.EDITED not in wanted.kinds:
            return ()
    chosen = chosen.where(*_asked_of(kinds, wanted.channel))
    for one in wanted.classes:
        chosen = chosen.where(columns.classes.contains(f",{one},"))
    if wanted.min_weight:
        chosen = chosen.where(columns.weight >= wanted.min_weight)
    if wanted.article is not None:
        chosen = chosen.where(columns.article == wanted.article)
    if wanted.since is not None:
        chosen = chosen.where(columns.at >= wanted.since)
    if wanted.until is not None:
        chosen = chosen.where(columns.at < wanted.until)
    with database.read() as connection:
        return tuple(event_of(row) for row in connection.execute(chosen))


_OF_CHANNELS = {EventKind.CHANNEL_BROKEN, EventKind.CHANNEL_RECOVERED, EventKind.CHANNEL_QUIET}


def _asked_of(kinds: tuple[EventKind, ...], channel: str) -> list[ColumnElement[bool]]:
    """The conditions on kind and channel, said so that the index that leads through the fewest events leads.

    SQLite, which keeps no statistics, would rather make the order of most events than find it, and read all events
    of a channel for a few of a kind.
    """
    kind = events.c.kind
    of: ColumnElement[Any] = events.c.channel
    any_kind, any_channel = func.coalesce(kind, kind), func.coalesce(of, of)
    asked: list[ColumnElement[bool]] = []
    if kinds and set(kinds) <= _OF_CHANNELS:
        asked, of = [events.c.article.is_(None), any_kind.in_(kinds)], any_channel
    elif EventKind.NEW in kinds:
        asked = [any_kind.in_(kinds)]
    elif kinds:
        asked, of = [kind == kinds[0] if len(kinds) == 1 else kind.in_(kinds)], any_channel
    return [*asked, of == channel] if channel else asked


def removals(
    database: Database, *, channel: str = "", limit: int = 50, before: int = 0
) -> tuple[Removal, ...]:
    """Articles that are gone now, the last removed first, from the event before `before` on. Raises StorageError."""
    told = (
        select(*EVENT)
        .join(articles, articles.c.id == events.c.article)
        .where(events.c.kind == EventKind.REMOVED, articles.c.state == State.REMOVED)
        .order_by(events.c.id.desc())
        .limit(limit)
    )
    if channel:
        told = told.where(func.coalesce(events.c.channel, events.c.channel) == channel)
    if before:
        told = told.where(events.c.id < before)
    with database.read() as connection:
        found = [event_of(row) for row in connection.execute(told)]
        numbers = [event.article for event in found if event.article is not None]
        rows = connection.execute(select(*ARTICLE).where(articles.c.id.in_(numbers)))
        gone = {row.id: article_of(row) for row in rows}
    return tuple(Removal(gone[event.article], event) for event in found if event.article in gone)


def others_of_story(database: Database, article: Article, *, limit: int) -> tuple[Article, ...]:
    """Other articles that tell an article's story, the first seen first. Raises StorageError."""
    wanted = (
        select(*ARTICLE)
        .where(articles.c.story == article.story, articles.c.id != article.id)
        .order_by(articles.c.first_seen, articles.c.id)
        .limit(limit)
    )
    with database.read() as connection:
        return tuple(article_of(row) for row in connection.execute(wanted))


def stories(database: Database, *, limit: int = 50, before: int = 0) -> tuple[Story, ...]:
    """Stories that more than one article tells, the last retold first.

    `before` is the `last` of a story: those retold earlier than by that article. Raises StorageError.
    """
    later = articles.alias()
    last = (
        select(articles.c.story, articles.c.id)
        .where(articles.c.story != articles.c.id)
        .where(
            ~select(later.c.id).where(later.c.story == articles.c.story, later.c.id > articles.c.id).exists()
        )
        .order_by(articles.c.id.desc())
        .limit(limit)
    )
    if before:
        last = last.where(articles.c.id < before)
    with database.read() as connection:
        numbers = {row.story: row.id for row in connection.execute(last)}
        rows = connection.execute(
            select(*ARTICLE)
            .where(articles.c.story.in_(numbers))
            .order_by(articles.c.first_seen, articles.c.id)
        )
        members: dict[int, list[Article]] = {story: [] for story in numbers}
        for member in map(article_of, rows):
            if member.story is not None:
                members[member.story].append(member)
    return tuple(Story(story, tuple(told), numbers[story]) for story, told in members.items() if told)
