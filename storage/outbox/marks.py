"""What became of a claim: only its holder is heard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, literal_column, update

from storage.database import Database
from storage.outbox.claims import Claim
from storage.outbox.rows import LET_GO, WAITING, locked, portions
from storage.records import NotificationState
from storage.schema import notifications as table
from storage.statements import Write


def delivered(database: Database, claims: Collection[Claim], now: datetime, answer: str = "") -> int:
    """Note that the far end accepted the messages. Returns how many rows were still ours to mark.

    Raises StorageError.
    """
    return delivered_all(database, [(one, answer) for one in claims], now)


def delivered_all(database: Database, accepted: Collection[tuple[Claim, str]], now: datetime) -> int:
    """Note that the far end accepted messages, each with what it answered. Returns how many rows were ours.

    Raises StorageError.
    """
    rows = [
        {"of": one.id, "held": claim.token, "sent_at": now, "answer": answer}
        for claim, answer in accepted
        for one in claim.notifications
    ]
    in_order = sorted(rows, key=itemgetter("of"))  # so that two who mark many do not wait for each other
    with database.write() as connection:
        return _DELIVERED.many(connection, in_order)


def progressed(database: Database, claim: Claim, parts_done: int) -> bool:
    """Note how many parts of a message the far end has accepted. Returns whether it is still ours.

    Raises StorageError.
    """
    return _mark(database, [claim], {"parts_done": parts_done}) > 0


def postponed(
    database: Database, claim: Claim, due_at: datetime, answer: str = "", parts_done: int = 0
) -> bool:
    """Let a message be tried again at `due_at`; what follows it in its stream waits. Paused ones stay so.

    `parts_done` counts the parts accepted so far. Returns whether it was still ours. Raises StorageError.
    """
    change = {"due_at": _unless_paused(due_at), "answer": answer, "parts_done": parts_done, **LET_GO}
    return _mark(database, [claim], change) > 0


def dead(database: Database, claim: Claim, answer: str) -> bool:
    """Give a message up; a person decides. What follows it may go. Returns whether it was still ours.

    Raises StorageError.
    """
    return _mark(database, [claim], {"state": NotificationState.DEAD, "answer": answer, **LET_GO}) > 0


def release(database: Database, claims: Collection[Claim], now: datetime) -> int:
    """Give back messages that were not tried; that they were claimed does not count. Raises StorageError."""
    change = {"due_at": _unless_paused(now), "attempts": table.c.attempts - 1, **LET_GO}
    return _mark(database, claims, change)


def renew(database: Database, claims: Collection[Claim], until: datetime) -> int:
    """Keep messages longer. Returns how many rows are still ours. Raises StorageError."""
    return _mark(database, claims, {"due_at": _unless_paused(until), "claimed_until": until})


def _unless_paused(due_at: datetime) -> ColumnElement[Any]:
    return case((table.c.due_at.is_(None), None), else_=due_at)


def _mark(database: Database, claims: Collection[Claim], change: Mapping[str, Any]) -> int:
    """Change the rows of claims that are still held by their tokens."""
    ids: dict[str, list[int]] = defaultdict(list)
    for one in claims:
        ids[one.token] += [notification.id for notification in one.notifications]
    done = 0
    with database.write() as connection:
        for token, numbers in ids.items():
            for some in portions(numbers):
                ours = locked(table.c.id.in_(some), table.c.token == token, WAITING)
                done += connection.execute(update(table).where(ours).values(**change)).rowcount
    return done


_DELIVERED = Write(
    lambda own: (
        update(table)
        .where(table.c.id == bindparam("of"), table.c.token == bindparam("held"), WAITING)
        .values(state=literal_column(f"'{NotificationState.SENT.value}'"), **LET_GO)
    ),
    ["sent_at", "answer"],
)
