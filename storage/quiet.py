"""Channels that nothing new came from for long: told once, until something new comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, select

from storage import runs
from storage.database import Database
from storage.records import Event, EventKind
from storage.rows import run_of
from storage.schema import events
from storage.schema import runs as runs_table

#: The events that bring something new.
_NEWS = (EventKind.NEW, EventKind.REPUBLISHED)


def tell_quiet(
    database: Database, channel: str, after: timedelta, now: datetime, *, url: str = ""
) -> Event | None:
    """Tell that nothing new came from a channel for as long as `after`, and how the visits since went.

    None where something came, where it was told already, where the channel stands as broken (which was told), and
    where nobody has looked since the time was up: a watcher that was away knows nothing. Raises StorageError.
    """
    with database.read() as connection:
        if _quiet_since(connection, channel, after, now) is None:
            return None
    if runs.trouble_of(database, channel) is not None:
        return None
    with database.write() as connection:
        runs.wait_for_turn(database, connection, channel)
        since = _quiet_since(connection, channel, after, now)
        if since is None:
            return None
        detail = _detail(connection, channel, since)
        return runs.tell(connection, channel, EventKind.CHANNEL_QUIET, now, url=url, detail=detail)


def _quiet_since(connection: Connection, channel: str, after: timedelta, now: datetime) -> datetime | None:
    """Since when nothing has come, where that is to be told; a channel that never brought anything: its first run."""
    last = connection.execute(_last(channel, _NEWS)).first()
    told = connection.execute(_last(channel, (EventKind.CHANNEL_QUIET,))).first()
    if told is not None and (last is None or told.id > last.id):
        return None
    since: datetime | None = last.at if last is not None else connection.scalar(_first_run(channel))
    if since is None or now - since < after:
        return None
    looked = connection.scalar(_last_look(channel))
    return since if looked is not None and looked - since >= after else None


def _detail(connection: Connection, channel: str, since: datetime) -> str:
    made = select(runs_table).where(runs_table.c.channel == channel, runs_table.c.finished_at > since)
    counts = [run_of(row).counts for row in connection.execute(made)]
    failed = sum(one.failed for one in counts)
    visits = failed + sum(one.fetched + one.not_modified for one in counts)
    return f"nothing new since {since.isoformat(timespec='seconds')}; {visits} visits since, {failed} failed"


def _last(channel: str, kinds: tuple[EventKind, ...]) -> Select[tuple[int, datetime]]:
    # Not by the bare kind: SQLite would go through all events of a kind instead of the channel's last ones.
    of_kinds = func.coalesce(events.c.kind, "").in_(kinds)
    wanted = select(events.c.id, events.c.at).where(events.c.channel == channel, of_kinds)
    return wanted.order_by(events.c.id.desc()).limit(1)


def _first_run(channel: str) -> Select[Any]:
    return (
        select(runs_table.c.started_at)
        .where(runs_table.c.channel == channel)
        .order_by(runs_table.c.started_at)
        .limit(1)
    )


def _last_look(channel: str) -> Select[Any]:
    return (
        select(runs_table.c.finished_at)
        .where(runs_table.c.channel == channel, runs_table.c.finished_at.is_not(None))
        .order_by(runs_table.c.started_at.desc())
        .limit(1)
    )
