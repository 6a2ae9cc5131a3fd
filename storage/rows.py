"""Rows of the tables ↔ records. Contains no business logic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Row

from storage.bodies import StoredPage
from storage.jsontext import from_json
from storage.records import (
    Article,
    ArticleFields,
    EditClass,
    Encoding,
    Event,
    EventKind,
    Healing,
    Link,
    Note,
    Notification,
    NotificationState,
    Observation,
    Outcome,
    Reading,
    Repair,
    Revision,
    Run,
    RunCounts,
    Sighting,
    State,
)
from storage.schema import articles, events, links, notifications, observations, revisions

ARTICLE = tuple(
    articles.c[name]
    for name in [
        "id",
        "publisher",
        "key",
        "channel",
        "url",
        "title",
        "published_at",
        "first_seen",
        "last_seen",
        "state",
        "revisions",
        "content_hash",
        "source",
        "story",
    ]
)
REVISION = tuple(
    revisions.c[name].label(f"revision_{name}")
    for name in [
        "id",
        "article",
        "number",
        "seen_at",
        "content_hash",
        "rules",
        "canonical",
        "fields",
        "encoding",
        "repairs",
    ]
)
OBSERVATION = tuple(
    observations.c[name] for name in ["url", "at", "outcome", "status", "size", "seconds", "detail"]
)
EVENT = tuple(column for column in events.c)
NOTIFICATION = tuple(notifications.c[field.name] for field in fields(Notification))
LINK = tuple(links.c[name] for name in ["url", "publisher", "key", "title", "listing", "listed_at"])


def article_of(row: Row[Any]) -> Article:
    """An article, from a row that has the columns `ARTICLE`."""
    values = {column.name: getattr(row, column.name) for column in ARTICLE}
    return Article(**{**values, "state": State(row.state)})


def revision_of(row: Row[Any], texts: Mapping[str, str] | None = None) -> Revision:
    """A revision, from a row that has the columns `REVISION`; `texts`: those of its columns that it lacks."""
    own = texts or {}
    reading = Reading(
        fields=from_json(own.get("fields", row.revision_fields), ArticleFields),
        encoding=from_json(own.get("encoding", row.revision_encoding), Encoding),
        canonical=own.get("canonical", row.revision_canonical),
        content_hash=row.revision_content_hash,
        rules=row.revision_rules,
        repairs=from_json(own.get("repairs", row.revision_repairs), tuple[Repair, ...]),
    )
    return Revision(row.revision_article, row.revision_number, row.revision_seen_at, reading)


def pages_of(text: str) -> tuple[StoredPage, ...]:
    """The pages of a revision, from its column `pages`."""
    return from_json(text, tuple[StoredPage, ...])


def observation_row(article: int | None, sighting: Sighting) -> dict[str, Any]:
    """A visit's observation as a row of its table; `article` is None where none is known."""
    seen = sighting.observation
    return {
        "article": article,
        "channel": sighting.channel,
        "run": sighting.run,
        "url": seen.url,
        "at": seen.at,
        "outcome": seen.outcome,
        "status": seen.status,
        "size": seen.size,
        "seconds": seen.seconds,
        "detail": seen.detail,
    }


def observation_of(row: Row[Any]) -> Observation:
    """An observation, from a row that has the columns `OBSERVATION`."""
    return Observation(row.url, row.at, Outcome(row.outcome), row.status, row.size, row.seconds, row.detail)


def event_of(row: Row[Any]) -> Event:
    """An event, from a row that has the columns `EVENT`."""
    values = {column.name: getattr(row, column.name) for column in EVENT}
    healing = from_json(row.healing, Healing) if row.healing else None
    typed = {"kind": EventKind(row.kind), "classes": classes_of(row.classes), "healing": healing}
    return Event(**{**values, **typed})


def notification_of(row: Row[Any]) -> Notification:
    """A notification, from a row that has the columns `NOTIFICATION`."""
    values = {column.name: getattr(row, column.name) for column in NOTIFICATION}
    return Notification(**{**values, "state": NotificationState(row.state)})


def link_of(row: Row[Any]) -> Link:
    """A link, from a row that has the columns `LINK`."""
    return Link(row.url, row.publisher, row.key, row.title, row.listing, row.listed_at)


def run_of(row: Row[Any]) -> Run:
    """A run, from a row of its table."""
    notes = from_json(row.notes, tuple[Note, ...])
    return Run(row.id, row.channel, row.started_at, row.finished_at, from_json(row.counts, RunCounts), notes)


def class_text(classes: tuple[EditClass, ...]) -> str:
    """Write classes so that one LIKE '%,name,%' finds each."""
    return f",{','.join(classes)}," if classes else ""


def classes_of(text: str) -> tuple[EditClass, ...]:
    """Undo `class_text`."""
    return tuple(EditClass(name) for name in text.strip(",").split(",") if name)
