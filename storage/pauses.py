"""Channels that people paused: `watch` leaves them out until they go on; what people ask for is crawled still."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from storage.database import Database
from storage.schema import pauses
from storage.statements import Write, columns_of

_PAUSE = Write(
    lambda own: own(pauses).on_conflict_do_nothing(index_elements=[pauses.c.channel]), columns_of(pauses)
)


def pause(database: Database, channel: str, now: datetime) -> None:
    """Leave a channel out from now on; one that is paused already stays so since then. Raises StorageError."""
    with database.write() as connection:
        _PAUSE(connection, {"channel": channel, "since": now})


def resume(database: Database, channel: str) -> None:
    """Let a channel go on; one that is not paused does. Raises StorageError."""
    with database.write() as connection:
        connection.execute(delete(pauses).where(pauses.c.channel == channel))


def paused(database: Database) -> dict[str, datetime]:
    """The paused channels, and since when. Raises StorageError."""
    with database.read() as connection:
        rows = connection.execute(select(pauses).order_by(pauses.c.channel))
        return {row.channel: row.since for row in rows}
