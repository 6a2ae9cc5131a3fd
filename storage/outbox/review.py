"""The outbox for people: what is in it, and sending again, leaving out and forgetting."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, literal_column, or_, select, update

from storage import subscriptions
from storage.database import Database
from storage.outbox.rows import LET_GO, WAITING, locked, portions
from storage.records import Event, Notification, NotificationState
from storage.rows import EVENT, NOTIFICATION, event_of, notification_of
from storage.schema import events as events_table
from storage.schema import notifications as table


def notifications(
    database: Database,
    *,
    states: Collection[NotificationState] = (),
    subscription: str | None = None,
    destination: str | None = None,
    event: int | None = None,
    before: int | None = None,
    limit: int = 100,
) -> tuple[Notification, ...]:
    """At most `limit` notifications, the newest first, with a number less than `before`. Raises StorageError."""
    wanted = select(*NOTIFICATION).order_by(table.c.id.desc()).limit(limit)
    if states:
        # Written out, so that the index of the dead (or the waiting) can answer.
        wanted = wanted.where(or_(*(table.c.state == literal_column(f"'{state.value}'") for state in states)))
    for column, value in (("subscription", subscription), ("destination", destination), ("event", event)):
        if value is not None:
            wanted = wanted.where(table.c[column] == value)
    if before is not None:
        wanted = wanted.where(table.c.id < before)
    with database.read() as connection:
        return tuple(notification_of(row) for row in connection.execute(wanted))


def counts(database: Database) -> dict[tuple[str, str, NotificationState], int]:
    """How many notifications there are, by subscription, destination and state. Raises StorageError."""
    by = (table.c.subscription, table.c.destination, table.c.state)
    with database.read() as connection:
        rows = connection.execute(select(*by, func.count()).group_by(*by)).all()
    return {(row[0], row[1], NotificationState(row[2])): row[3] for row in rows}


def events(database: Database, numbers: Collection[int]) -> dict[int, Event]:
    """Events by their numbers; those that are not there are left out. Raises StorageError."""
    found: dict[int, Event] = {}
    with database.read() as connection:
        for some in portions(sorted(set(numbers))):
            rows = connection.execute(select(*EVENT).where(events_table.c.id.in_(some)))
            found |= {row.id: event_of(row) for row in rows}
    return found


def retry(database: Database, ids: Collection[int] | None, now: datetime) -> int:
    """Try again what is dead, from the first try, and what waits for its next try; None: all that is dead.

    All rows of a message go together. What is being sent, sent, discarded or kept for a paused alert stays as it
    is. Returns how many rows. Raises StorageError.
    """
    again = {"state": NotificationState.WAITING, "due_at": now, "attempts": 0}
    is_dead = table.c.state == literal_column(f"'{NotificationState.DEAD.value}'")
    with database.write() as connection:
        resting = and_(WAITING, table.c.token.is_(None), _rests(connection, now))
        if ids is None:
            return connection.execute(update(table).where(locked(is_dead)).values(**again)).rowcount
        done = 0
        for which in _messages_of(connection, ids):
            done += connection.execute(update(table).where(locked(which, is_dead)).values(**again)).rowcount
            sooner = update(table).where(locked(which, resting)).values(due_at=now)
            done += connection.execute(sooner).rowcount
        return done


def _rests(connection: Connection, now: datetime) -> ColumnElement[bool]:
    """Whether a row was tried and waits for its next try, or is kept for an alert that is paused no more."""
    paused = [one.name for one in subscriptions.load(connection) if one.paused]
    stray = and_(table.c.due_at.is_(None), table.c.subscription.not_in(paused))
    return or_(and_(table.c.key != "", table.c.due_at > now), stray)


def discard(database: Database, ids: Collection[int]) -> int:
    """Never send these, nor the other rows of their messages. One that is on its way may arrive still.

    Returns how many rows. Raises StorageError.
    """
    open_states = [NotificationState.WAITING, NotificationState.DEAD]
    change = {"state": NotificationState.DISCARDED, **LET_GO}
    done = 0
    with database.write() as connection:
        for which in _messages_of(connection, ids):
            rows = locked(which, table.c.state.in_(open_states))
            done += connection.execute(update(table).where(rows).values(**change)).rowcount
    return done


def forget(database: Database, before: datetime) -> int:
    """Drop what was sent or discarded and is older than that; returns how many rows. Raises StorageError.

    The copies of a story that was told so long ago count as a new story.
    """
    done_with = table.c.state.in_([NotificationState.SENT, NotificationState.DISCARDED])
    with database.write() as connection:
        return connection.execute(delete(table).where(done_with, table.c.created_at < before)).rowcount


def _messages_of(connection: Connection, ids: Collection[int]) -> Iterator[ColumnElement[bool]]:
    """Which rows belong to the messages that rows by these numbers belong to."""
    for some in portions(sorted(set(ids))):
        keys = connection.scalars(select(table.c.key).where(table.c.id.in_(some), table.c.key != "")).all()
        yield or_(table.c.id.in_(some), table.c.key.in_(set(keys)))
