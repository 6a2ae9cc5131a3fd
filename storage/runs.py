"""Runs of the crawler, and what befalls a channel as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, ScalarSelect, func, insert, select, update

from storage import outbox
from storage.database import Database
from storage.errors import NotFound
from storage.jsontext import to_json
from storage.locks import Lock
from storage.records import Event, EventKind, Healing, Note, RunCounts
from storage.rows import EVENT, event_of
from storage.schema import events, runs

#: Notes of one run that are kept.
NOTES = 200
_CHANNEL_KINDS = (EventKind.CHANNEL_BROKEN, EventKind.CHANNEL_RECOVERED)


def start_run(database: Database, channel: str, now: datetime) -> int:
    """Note that a crawl of a channel begins; returns the run's number. Raises StorageError."""
    row = {"channel": channel, "started_at": now, "counts": to_json(RunCounts())}
    with database.write() as connection:
        return int(connection.execute(insert(runs).returning(runs.c.id), row).scalar_one())


def finish_run(
    database: Database, run: int, now: datetime, counts: RunCounts, notes: Sequence[Note] = ()
) -> None:
    """Note that a crawl has ended, what it did, and what a person should know of it: the first `NOTES` of them.

    Raises NotFound for an unknown run, StorageError.
    """
    ended = (
        update(runs)
        .where(runs.c.id == run)
        .values(finished_at=now, counts=to_json(counts), notes=to_json(tuple(notes[:NOTES])))
    )
    with database.write() as connection:
        if connection.execute(ended).rowcount == 0:
            raise NotFound("There is no such run", subject=str(run))


def record_channel_event(
    database: Database,
    channel: str,
    kind: EventKind,
    now: datetime,
    *,
    url: str = "",
    title: str = "",
    detail: str = "",
    healing: Healing | None = None,
) -> Event | None:
    """Tell that a channel broke or recovered; None where that was told already, or nothing had broken.

    `healing` is what would mend a broken one.

    Raises ValueError for an event that is not a channel's, StorageError.
    """
    if kind not in _CHANNEL_KINDS:
        raise ValueError(f"{kind} is an article's event")
    latest = select(events.c.kind).where(events.c.id == _latest(channel))
    with database.write() as connection:
        wait_for_turn(database, connection, channel)
        if (connection.scalar(latest) or EventKind.CHANNEL_RECOVERED) == kind:
            return None
        return tell(connection, channel, kind, now, url=url, title=title, detail=detail, healing=healing)


def wait_for_turn(database: Database, connection: Connection, channel: str) -> None:
    """Let two who tell of one channel do so one after the other; on SQLite they do already."""
    if not database.is_sqlite:
        connection.execute(select(func.pg_advisory_xact_lock(Lock.CHANNEL, func.hashtext(channel))))


def tell(
    connection: Connection,
    channel: str,
    kind: EventKind,
    now: datetime,
    *,
    url: str = "",
    title: str = "",
    detail: str = "",
    healing: Healing | None = None,
) -> Event:
    """Write down an event of a channel as a whole, and who is to be told."""
    row = {
        "at": now,
        "kind": kind,
        "url": url,
        "title": title,
        "channel": channel,
        "classes": "",
        "weight": 0,
        "detail": detail,
        "healing": to_json(healing) if healing else None,
    }
    event = event_of(connection.execute(insert(events).returning(*EVENT), row).one())
    outbox.enqueue(connection, event)
    return event


def keep_healing(database: Database, channel: str, healing: Healing) -> None:
    """Write down what would mend a channel that was told to be broken: more pages may show it later.

    Nothing is written where the channel is well. Raises StorageError.
    """
    of = (events.c.id == _latest(channel), events.c.kind == EventKind.CHANNEL_BROKEN)
    with database.write() as connection:
        connection.execute(update(events).where(*of).values(healing=to_json(healing)))


def trouble_of(database: Database, channel: str) -> Event | None:
    """The event that tells that a channel is broken; None while it is well. Raises StorageError."""
    wanted = select(*EVENT).where(events.c.id == _latest(channel), events.c.kind == EventKind.CHANNEL_BROKEN)
    with database.read() as connection:
        row = connection.execute(wanted).first()
    return event_of(row) if row is not None else None


def _latest(channel: str) -> ScalarSelect[int]:
    """The number of the last event that told of a channel as a whole."""
    return (
        select(events.c.id)
        .where(events.c.article.is_(None), events.c.channel == channel, events.c.kind.in_(_CHANNEL_KINDS))
        .order_by(events.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
