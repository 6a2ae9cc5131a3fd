"""Who is told of what: the subscriptions of the configuration and those made on the web page.

What people did by hand, pausing and muting, is kept beside a subscription and outlives a new start.

Every change sets another mark in `meta`, by which the rules made of the subscriptions are kept between events.
"""

from __future__ import annotations

import secrets
import weakref
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    select,
    update,
)

from storage.database import Database
from storage.errors import NotFound, StorageError
from storage.jsontext import from_json, to_json
from storage.locks import Lock
from storage.records import NotificationState, Subscription
from storage.rules import Rule, check
from storage.schema import destinations, meta, notifications, subscriptions
from storage.statements import Read, Write, columns_of
from storage.wordquery import Fold

_CHANGES = "subscriptions"


def all(database: Database) -> tuple[Subscription, ...]:
    """Every subscription as it is now, by name. Raises StorageError."""
    with database.read() as connection:
        return load(connection)


def get(database: Database, name: str) -> Subscription:
    """One subscription as it is now. Raises NotFound, StorageError."""
    with database.read() as connection:
        return _get(connection, name)


def sync_config(
    database: Database, configured: Iterable[Subscription], now: datetime, fold: Fold = str
) -> None:
    """Put the configured subscriptions in the place of those that were configured before.

    One that people paused or muted stays so, unless the configuration now says another thing about pausing.
    One of the same name that was made on the web page gives way. What a subscription that is gone had still to
    tell is told; if it was paused, it is discarded. Raises ValueError for one that cannot be understood or whose
    name comes twice, StorageError.
    """
    wanted = [replace(one, origin="config") for one in configured]
    for one in wanted:
        check(one, fold)
    if len({one.name for one in wanted}) != len(wanted):
        raise ValueError("two alerts have the same name")
    with database.write() as connection:
        before = _begin_change(connection)
        configured_before = {name for name, row in before.items() if row.origin == "config"}
        for name in configured_before - {one.name for one in wanted}:
            _DELETE(connection, {"named": name})
        for one in wanted:
            _put(connection, one, now)
        _end_change(connection, before, now)


def put(database: Database, subscription: Subscription, now: datetime, fold: Fold = str) -> None:
    """Store a subscription in the place of the one of its name; pausing and muting are as it says.

    Raises ValueError for one that cannot be understood, StorageError.
    """
    check(subscription, fold)
    with database.write() as connection:
        before = _begin_change(connection)
        _DELETE(connection, {"named": subscription.name})
        _put(connection, subscription, now)
        _end_change(connection, before, now)


def remove(database: Database, name: str, now: datetime) -> None:
    """Forget a subscription. What it had still to tell is told; if it was paused, it is discarded.

    Raises NotFound, StorageError.
    """
    with database.write() as connection:
        before = _begin_change(connection)
        _expect(before, name)
        _DELETE(connection, {"named": name})
        _end_change(connection, before, now)


def pause(database: Database, name: str, now: datetime) -> None:
    """Keep what a subscription would tell until it goes on. Raises NotFound, StorageError."""
    _change(database, name, now, paused=1)


def resume(database: Database, name: str, now: datetime) -> None:
    """Go on, and tell what was kept; the digests of that time as one. Raises NotFound, StorageError."""
    _change(database, name, now, paused=0)


def mute(database: Database, name: str, until: datetime | None, now: datetime) -> None:
    """Tell nothing of what happens until then, and keep nothing of it; None ends it. Raises NotFound, StorageError."""
    _change(database, name, now, muted_until=until)


def rules(connection: Connection, fold: Fold) -> tuple[Rule, ...]:
    """The subscriptions as rules: made once, and again after a change. Raises StorageError."""
    made = _made.setdefault(connection.engine, {})
    row = _MARK.first(connection, {"named": _CHANGES})
    mark = row.value if row else ""
    if fold not in made or made[fold][0] != mark:
        made[fold] = mark, tuple(_rule(one, fold) for one in load(connection))
    return made[fold][1]


def wait_for_changes(connection: Connection) -> None:
    """Let a change of subscriptions that is going on end, and keep others out until the transaction's end."""
    if connection.dialect.name != "sqlite":  # whose writer is alone
        connection.execute(select(func.pg_advisory_xact_lock_shared(Lock.SUBSCRIPTIONS)))


#: The rules made last, by folding, and the mark they were made at.
_Made = dict[Fold, tuple[str, tuple[Rule, ...]]]
_made: weakref.WeakKeyDictionary[Engine, _Made] = weakref.WeakKeyDictionary()


def _rule(subscription: Subscription, fold: Fold) -> Rule:
    try:
        return Rule.of(subscription, fold)
    except ValueError as error:
        mend = f"Store it anew: {error}"
        raise StorageError("This alert cannot be understood", subject=subscription.name, mend=mend) from error


def load(connection: Connection) -> tuple[Subscription, ...]:
    """Every subscription as it is now, by name, within the caller's transaction. Raises StorageError."""
    return tuple(_subscription_of(row) for row in _rows(connection).values())


def _get(connection: Connection, name: str) -> Subscription:
    row = connection.execute(select(subscriptions).where(subscriptions.c.name == name)).first()
    if row is None:
        raise _unknown(name)
    return _subscription_of(row)


def _subscription_of(row: Any) -> Subscription:
    try:
        made = from_json(row.content, Subscription)
    except msgspec.MsgspecError as error:
        mend = "Store it anew, or remove it"
        raise StorageError("This alert cannot be read", subject=row.name, mend=mend) from error
    paused = made.paused if row.paused is None else bool(row.paused)
    return replace(made, paused=paused, muted_until=row.muted_until, origin=row.origin)


# -- changes


def _begin_change(connection: Connection) -> dict[str, Any]:
    """Keep other changes out, and give the rows as they were before, by name."""
    if connection.dialect.name != "sqlite":
        connection.execute(select(func.pg_advisory_xact_lock(Lock.SUBSCRIPTIONS)))
    return _rows(connection)


def _end_change(connection: Connection, before: dict[str, Any], now: datetime) -> None:
    """Bring what waits in line with the subscriptions, and let everyone make the rules anew."""
    after = _rows(connection)
    for name, was in before.items():
        if name not in after:
            _DISCARD_PAUSED(connection, {"of": name})
        elif _is_paused(after[name]) and not _is_paused(was):
            _PAUSE(connection, {"of": name})
        elif _is_paused(was) and not _is_paused(after[name]):
            slot = f"digest:{now:%Y-%m-%dT%H:%M:%S.%fZ}"
            _RESUME(connection, {"of": name, "now": now, "slot": slot})
    _SET_MARK(connection, {"named": _CHANGES, "value": secrets.token_hex(8)})


def _change(database: Database, name: str, now: datetime, **columns: Any) -> None:
    changed = update(subscriptions).where(subscriptions.c.name == name).values(updated_at=now, **columns)
    with database.write() as connection:
        before = _begin_change(connection)
        _expect(before, name)
        connection.execute(changed)
        _end_change(connection, before, now)


def _put(connection: Connection, one: Subscription, now: datetime) -> None:
    """Store one; of one that is there, keep what people did to it."""
    was = connection.execute(select(subscriptions).where(subscriptions.c.name == one.name)).first()
    row = {
        "name": one.name,
        "content": to_json(one),
        "origin": one.origin,
        "paused": None,
        "muted_until": one.muted_until,
        "updated_at": now,
    }
    if was is not None:
        if was.content == row["content"] and was.origin == one.origin:
            return
        same = _configured(was) is not None and _configured(was) == one.paused
        row |= {"paused": was.paused if same else None, "muted_until": was.muted_until}
        _DELETE(connection, {"named": one.name})
    _INSERT(connection, row)
    for destination in one.destinations:
        _ADD_DESTINATION(connection, {"id": destination, "name": destination, "failures": 0})


def _rows(connection: Connection) -> dict[str, Any]:
    rows = connection.execute(select(subscriptions)).all()
    return {row.name: row for row in sorted(rows, key=lambda row: str(row.name))}


def _is_paused(row: Any) -> bool:
    return bool(_configured(row) if row.paused is None else row.paused)


def _configured(row: Any) -> bool | None:
    """Whether a subscription was configured as paused; None for one that another version wrote."""
    try:
        return from_json(row.content, Subscription).paused
    except msgspec.MsgspecError:
        return None


def _expect(before: dict[str, Any], name: str) -> None:
    if name not in before:
        raise _unknown(name)


def _unknown(name: str) -> NotFound:
    return NotFound("There is no such alert", subject=name, mend="See: newsdelta alerts list")


_MARK = Read(lambda kind: select(meta.c.value).where(meta.c.name == bindparam("named")))
_SET_MARK = Write(lambda own: update(meta).where(meta.c.name == bindparam("named")), ["value"])
_INSERT = Write(lambda own: own(subscriptions), columns_of(subscriptions))
_DELETE = Write(lambda own: delete(subscriptions).where(subscriptions.c.name == bindparam("named")))
_ADD_DESTINATION = Write(
    lambda own: own(destinations).on_conflict_do_nothing(index_elements=[destinations.c.id]),
    ["id", "name", "failures"],
)
_WAITING = (
    notifications.c.state == literal_column(f"'{NotificationState.WAITING.value}'"),
    notifications.c.subscription == bindparam("of"),
)


def _in_order(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Those rows, locked in the order of their numbers, as the outbox does."""
    rows = select(notifications.c.id).where(*which).order_by(notifications.c.id)
    return notifications.c.id.in_(rows.with_for_update())


_KEPT = _in_order(*_WAITING, notifications.c.due_at.is_(None))
_PAUSE = Write(lambda own: update(notifications).where(_in_order(*_WAITING)).values(due_at=None))
_DISCARD_PAUSED = Write(
    lambda own: (
        update(notifications)
        .where(_KEPT)
        .values(state=NotificationState.DISCARDED, answer="the alert was removed while it was paused")
    )
)
#: Digests that were kept become one; the message of one that was tried before stays what it was.
_BATCH_NOW = case(
    (
        notifications.c.batch.like("digest:%") & (notifications.c.key == ""),
        bindparam("slot", type_=notifications.c.batch.type),
    ),
    else_=notifications.c.batch,
)
_RESUME = Write(
    lambda own: (
        update(notifications)
        .where(_KEPT)
        .values(due_at=bindparam("now", type_=notifications.c.due_at.type), batch=_BATCH_NOW)
    )
)
