"""Out of the outbox: which messages may go now, and taking them so that nobody else sends them."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    tuple_,
    update,
)

from storage import pace
from storage.database import Database
from storage.outbox.places import lock
from storage.outbox.rows import AT_PLACE, IN_BATCH, NOW, THIS_PLACE, WAITING, portions
from storage.records import Notification, NotificationState
from storage.rows import NOTIFICATION
from storage.schema import destinations as places
from storage.schema import meta
from storage.schema import notifications as table
from storage.statements import Read, Write

#: Rows looked at together for the heads of their streams: so many first, and four times as many each time after.
FIRST_WINDOW, LAST_WINDOW = 8, 512
#: A claim that has found a head looks at no more rows than these, however many it wants.
LOOKED_AT = 512
_FIELDS = tuple(column.name for column in NOTIFICATION)


@dataclass(frozen=True, slots=True)
class Claim:
    """One message, taken for a while. Its rows are in the order they happened; `key` is the idempotency key.

    `attempts` counts this one. `parts_done` counts the parts that the far end has accepted before.
    """

    token: str
    key: str
    destination: str
    notifications: tuple[Notification, ...]
    attempts: int
    parts_done: int
    claimed_until: datetime


def clock(database: Database) -> datetime:
    """The time that all who share the database agree on: PostgreSQL's; on SQLite this machine's."""
    if database.is_sqlite:
        return datetime.now(UTC)
    with database.read() as connection:
        now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return now.astimezone(UTC)


def due_destinations(database: Database, among: Collection[str], now: datetime) -> tuple[str, ...]:
    """Those of the destinations that something can be sent to now, by id. Raises StorageError."""
    with database.read() as connection:
        due = connection.scalars(_DUE, {"among": list(among), "now": now}).all() if among else []
        return tuple(one for one in due if _first_heads(connection, one, now, 1))


def next_due(database: Database, among: Collection[str], now: datetime) -> datetime | None:
    """When one of the destinations may have something to send, `now` at the earliest; None: nothing waits.

    Raises StorageError.
    """
    moments: list[datetime] = []
    with database.read() as connection:
        rows = connection.execute(_PLACES, {"among": list(among)}).all() if among else []
        for row in rows:
            open_at = max(now, row.held_until or now, row.free_at or now)
            if open_at <= now and _first_heads(connection, row.id, now, 1):
                return now
            asked = {"place": row.id, "now": now}
            if open_at > now and _WAITS.first(connection, {"place": row.id, "now": open_at}):
                moments.append(open_at)
            if later := _LATER.first(connection, asked):
                moments.append(max(later.due_at, open_at))
    return min(moments, default=None)


def claim(
    database: Database,
    destination: str,
    now: datetime,
    lease: timedelta,
    limit: int = 1,
    rate: pace.Rate | None = None,
) -> tuple[Claim, ...]:
    """Take at most `limit` messages that can be sent to a destination now, for as long as `lease`, in order.

    None where the destination is held, its rate spent, or what is due waits for what is on its way. A claim
    whose time has run out is taken anew by whoever comes, with the same key. Raises StorageError.
    """
    with database.write() as connection:
        place = lock(connection, destination)
        if any(until is not None and until > now for until in (place.held_until, place.free_at)):
            return ()
        heads = _first_heads(connection, destination, now, limit)
        if rate is not None and heads:
            heads = heads[: _spend(connection, place, rate, now, len(heads))]
        hold = _Hold(secrets.token_hex(8), now, now + lease, _database_id(connection) if heads else "")
        claims = _take(connection, heads, hold)
    if claims:
        # What is sent must be known for good: after a power cut another event would get its number, and its key.
        database.make_lasting()
    return claims


@dataclass(frozen=True, slots=True)
class _Hold:
    token: str
    now: datetime
    until: datetime
    database: str


def _spend(connection: Connection, place: Any, rate: pace.Rate, now: datetime, wanted: int) -> int:
    granted = pace.grant(place.tat, rate, now, wanted)
    free_at = now + granted.wait if granted.wait else None
    _SPEND(connection, {"place": place.id, "tat": granted.tat, "free_at": free_at})
    return granted.messages


def _first_heads(connection: Connection, destination: str, now: datetime, limit: int) -> list[Any]:
    """The first rows of at most `limit` messages that can be sent now, in the order they are due.

    Fewer, where those that must wait for others stand thick among them; none only where there are none.
    """
    found: list[Any] = []
    looked_at = 0
    for rows in _windows(connection, destination, now, limit):
        found += [row for row in rows if row.is_head]
        looked_at += len(rows)
        if len(found) >= limit or (found and looked_at >= LOOKED_AT):
            break
    return found[:limit]


def _windows(connection: Connection, destination: str, now: datetime, wanted: int) -> Iterator[Sequence[Any]]:
    """All rows that are due, in order, a growing number at a time."""
    size = max(FIRST_WINDOW, min(wanted, LAST_WINDOW))
    asked = {"place": destination, "now": now, "after": _LONG_AGO, "last": 0}
    while True:
        rows = connection.execute(_WINDOW, {**asked, "size": size}).all()
        yield rows
        if len(rows) < size:
            return
        asked |= {"after": rows[-1].due_at, "last": rows[-1].id}
        size = min(4 * size, LAST_WINDOW)


def _take(connection: Connection, heads: Sequence[Any], hold: _Hold) -> tuple[Claim, ...]:
    """Claim the messages that begin with those rows, but for what someone else is just changing."""
    messages = _messages(connection, heads, hold.now)
    if connection.dialect.name != "sqlite" and all(head.key or not head.batch for head in heads):
        # A claim that a crash of the server undoes is made again, with the same rows and the same key, unless a
        # batch was open until now: only then has the claim itself to be on the disk before anything is sent.
        connection.execute(_NEED_NOT_LAST)
    claims = [_claim_of(head, rows, hold) for head in heads if (rows := messages.get(head.id))]
    change = {"token": hold.token, "claimed_until": hold.until, "due_at": hold.until}
    _CLAIM.many(
        connection,
        [{"of": one.id, "key": taken.key, **change} for taken in claims for one in taken.notifications],
    )
    return tuple(claims)


def _claim_of(head: Any, rows: Sequence[Any], hold: _Hold) -> Claim:
    key = head.key or _key(hold.database, rows[0])
    return Claim(
        token=hold.token,
        key=key,
        destination=head.destination,
        notifications=tuple(_claimed(row, key, hold.until) for row in rows),
        attempts=rows[0].attempts + 1,
        parts_done=rows[0].parts_done,
        claimed_until=hold.until,
    )


def _messages(connection: Connection, heads: Sequence[Any], now: datetime) -> dict[int, list[Any]]:
    """The rows of messages, locked, by their first row's number."""
    alone = [head.id for head in heads if not head.batch and not head.key]
    found: dict[int, list[Any]] = {}
    for some in portions(alone):
        for row in connection.execute(_ROWS, {"first": some, "now": now}):
            found[row.id] = [row]
    for head in heads:
        if head.batch or head.key:
            found[head.id] = _message(connection, head, now)
    return found


def _message(connection: Connection, head: Any, now: datetime) -> list[Any]:
    """The rows of a message of several, or of one that was tried before; none where not all can be locked."""
    asked = {"place": head.destination, "flow": head.stream, "named": head.subscription}
    asked |= {"together": head.batch, "known": head.key, "now": now}
    rows = _MESSAGE.all(connection, asked)
    if connection.dialect.name == "sqlite":  # whose writer has locked all
        return rows
    locked = _MESSAGE_LOCKED.all(connection, asked)
    return locked if [row.id for row in locked] == [row.id for row in rows] else []


def _claimed(row: Any, key: str, until: datetime) -> Notification:
    values = {name: getattr(row, name) for name in _FIELDS}
    values |= {"state": NotificationState.WAITING, "key": key, "due_at": until, "attempts": row.attempts + 1}
    return Notification(**values)


def _key(database: str, first: Any) -> str:
    """The idempotency key of a message: the same whoever sends it, however often."""
    named = "\n".join((database, str(first.event), first.subscription, first.destination, first.batch))
    digest = base64.b32encode(hashlib.sha256(named.encode("utf-8", "surrogatepass")).digest())
    return f"nd-{digest[:26].decode('ascii').lower()}"


def _database_id(connection: Connection) -> str:
    row = _DATABASE_ID.first(connection, {"named": "database_id"})
    return str(row.value) if row else ""


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def _window() -> Select[Any]:
    """Rows that are due, some at a time, and of each whether its message begins with it and may go."""
    names = ("id", "destination", "stream", "subscription", "batch", "key", "due_at")
    after = tuple_(bindparam("after", type_=table.c.due_at.type), bindparam("last"))
    due = (
        select(*(table.c[name] for name in names))
        .where(*AT_PLACE, table.c.due_at <= NOW, tuple_(table.c.due_at, table.c.id) > after)
        .order_by(table.c.due_at, table.c.id)
        .limit(bindparam("size"))
        .subquery()
    )
    return select(due, _is_head(due).label("is_head")).order_by(due.c.due_at, due.c.id)


def _is_head(row: Any) -> ColumnElement[bool]:
    """Whether no earlier row of the stream belongs to the same message, or to one that goes first."""
    early = table.alias("early")
    same = and_(
        or_(row.c.batch != "", row.c.key != ""),
        early.c.subscription == row.c.subscription,
        early.c.batch == row.c.batch,
        early.c.key == row.c.key,
    )
    first = or_(
        early.c.due_at <= NOW,
        and_(early.c.due_at.is_not(None), or_(early.c.key != "", early.c.subscription == row.c.subscription)),
        early.c.claimed_until > NOW,
    )
    return ~exists().where(
        early.c.destination == row.c.destination,
        early.c.stream == row.c.stream,
        early.c.id < row.c.id,
        early.c.state == literal_column(f"'{NotificationState.WAITING.value}'"),
        or_(same, first),
    )


_WINDOW = _window()
_THESE = select(*NOTIFICATION).where(table.c.due_at <= NOW).order_by(table.c.id)
_ROWS = _THESE.where(table.c.id.in_(bindparam("first", expanding=True)), WAITING).with_for_update(
    skip_locked=True
)
_OF_MESSAGE = _THESE.where(*IN_BATCH, table.c.key == bindparam("known"))
_MESSAGE = Read(lambda kind: _OF_MESSAGE)
_MESSAGE_LOCKED = Read(lambda kind: _OF_MESSAGE.with_for_update(skip_locked=True))
_SET: dict[str, Any] = {
    name: bindparam(name, type_=table.c[name].type) for name in ("key", "token", "claimed_until", "due_at")
}
_CLAIM = Write(
    lambda own: (
        update(table).where(table.c.id == bindparam("of")).values(attempts=table.c.attempts + 1, **_SET)
    )
)
_NEED_NOT_LAST = text("SET LOCAL synchronous_commit = off")
_SPEND = Write(lambda own: update(places).where(THIS_PLACE), ["tat", "free_at"])
_DATABASE_ID = Read(lambda kind: select(meta.c.value).where(meta.c.name == bindparam("named")))
_PLACES = select(places.c.id, places.c.held_until, places.c.free_at).where(
    places.c.id.in_(bindparam("among", expanding=True))
)
_DUE = (
    select(places.c.id)
    .where(
        places.c.id.in_(bindparam("among", expanding=True)),
        or_(places.c.held_until.is_(None), places.c.held_until <= NOW),
        or_(places.c.free_at.is_(None), places.c.free_at <= NOW),
        exists().where(table.c.destination == places.c.id, WAITING, table.c.due_at <= NOW),
    )
    .order_by(places.c.id)
)
_WAITS = Read(lambda kind: select(table.c.id).where(*AT_PLACE, table.c.due_at <= NOW).limit(1))
_LATER = Read(
    lambda kind: (
        select(table.c.due_at).where(*AT_PLACE, table.c.due_at > NOW).order_by(table.c.due_at).limit(1)
    )
)
