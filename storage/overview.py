"""The store at a glance: what each channel did lately, and what happened hour by hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, String, bindparam, cast, func, select

from storage.database import Database
from storage.records import EventKind, Run
from storage.rows import run_of
from storage.schema import events, runs
from storage.statements import Read


@dataclass(frozen=True, slots=True)
class ChannelGlance:
    """A channel's last crawl, its events by kind since some moment, and whether it stands as broken."""

    name: str
    last_run: Run | None
    told: dict[EventKind, int] = field(default_factory=dict)
    broken: str = ""  # what was seen when it broke; '' while it is well


def channels(database: Database, names: Iterable[str], since: datetime) -> tuple[ChannelGlance, ...]:
    """Each named channel at a glance, its events counted since then. Raises StorageError."""
    # Not by the bare column: SQLite would go through every event in the order of the channels' index.
    by = (func.coalesce(events.c.channel, ""), func.coalesce(events.c.kind, ""))
    counted = select(*by, func.count()).where(events.c.at >= since).group_by(*by)
    told: dict[str, dict[EventKind, int]] = defaultdict(dict)
    with database.read() as connection:
        for channel, kind, count in connection.execute(counted):
            told[channel][EventKind(kind)] = count
        return tuple(
            ChannelGlance(name, _last_run(connection, name), told[name], _broken(connection, name))
            for name in names
        )


_LAST_RUN = Read(
    lambda _: (
        select(runs).where(runs.c.channel == bindparam("of")).order_by(runs.c.started_at.desc()).limit(1)
    )
)
# The channel is not named barely: SQLite would read all events of a channel to find its own.
_LAST_WORD = Read(
    lambda _: (
        select(events.c.kind, events.c.detail)
        .where(
            events.c.article.is_(None),
            func.coalesce(events.c.channel, "") == bindparam("of"),
            events.c.kind != EventKind.CHANNEL_QUIET,
        )
        .order_by(events.c.id.desc())
        .limit(1)
    )
)


def _last_run(connection: Connection, channel: str) -> Run | None:
    row = _LAST_RUN.first(connection, {"of": channel})
    return run_of(row) if row else None


def _broken(connection: Connection, channel: str) -> str:
    row = _LAST_WORD.first(connection, {"of": channel})
    return str(row.detail or row.kind) if row and row.kind == EventKind.CHANNEL_BROKEN else ""


@dataclass(frozen=True, slots=True)
class Hour:
    """What happened in the hour that begins at `start`."""

    start: datetime
    told: dict[EventKind, int]


def hours(database: Database, until: datetime, count: int, channel: str | None = None) -> tuple[Hour, ...]:
    """The last `count` hours, the one that holds `until` last; hours without events too. Raises StorageError."""
    last = until.replace(minute=0, second=0, microsecond=0)
    starts = [last - timedelta(hours=back) for back in reversed(range(count))]
    hour = _hour(database)
    counted = (
        select(hour, events.c.kind, func.count())
        .where(events.c.at >= starts[0])
        .group_by(hour, events.c.kind)
    )
    if channel is not None:
        counted = counted.where(events.c.channel == channel)
    told: dict[str, dict[EventKind, int]] = defaultdict(dict)
    with database.read() as connection:
        for stamp, kind, number in connection.execute(counted):
            told[stamp][EventKind(kind)] = number
    return tuple(Hour(start, told.get(f"{start.astimezone(UTC):%Y-%m-%d %H}", {})) for start in starts)


def _hour(database: Database) -> ColumnElement[str]:
    """The hour of an event, in UTC, as "2026-11-24 08"."""
    if database.is_sqlite:
        return func.substr(cast(events.c.at, String), 1, 13)
    return func.to_char(func.timezone("UTC", events.c.at), "YYYY-MM-DD HH24")
