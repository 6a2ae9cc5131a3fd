"""What is known of destinations: their names, whether they are held, what waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from storage.database import Database
from storage.outbox.rows import THIS_PLACE
from storage.records import NotificationState
from storage.schema import destinations as places
from storage.schema import notifications as table
from storage.statements import Read, Write


@dataclass(frozen=True, slots=True)
class Place:
    """What the store knows of a destination. `waiting` counts rows, paused ones too."""

    id: str
    name: str
    held_until: datetime | None
    failures: int
    waiting: int = 0
    dead: int = 0


def register(database: Database, names: Mapping[str, str]) -> None:
    """Keep how destinations are shown: masked address by id. Raises StorageError."""
    with database.write() as connection:
        for identity, name in sorted(names.items()):
            _NAME_PLACE(connection, {"id": identity, "name": name, "failures": 0})


def hold(database: Database, destination: str, until: datetime | None, failures: int) -> None:
    """Try nothing at a destination before `until` (None: go on), and keep its failures in a row.

    Raises StorageError.
    """
    with database.write() as connection:
        lock(connection, destination)
        _HOLD(connection, {"place": destination, "held_until": until, "failures": failures})


def destinations(database: Database) -> tuple[Place, ...]:
    """Every destination that is known, by name, with what waits for it. Raises StorageError."""
    with database.read() as connection:
        counted = {(row.destination, row.state): row.rows for row in connection.execute(_COUNT_PLACES)}
        rows = connection.execute(select(places)).all()
    found = [
        Place(
            row.id,
            row.name,
            row.held_until,
            row.failures,
            waiting=counted.get((row.id, NotificationState.WAITING), 0),
            dead=counted.get((row.id, NotificationState.DEAD), 0),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda place: (place.name, place.id)))


def lock(connection: Connection, destination: str) -> Any:
    """The destination's row; until the transaction's end nobody else claims there."""
    while (place := _LOCK.first(connection, {"place": destination})) is None:
        _ADD_PLACE(connection, {"id": destination, "name": destination, "failures": 0})
    return place


_LOCK = Read(lambda kind: select(places).where(THIS_PLACE).with_for_update())
_ADD_PLACE = Write(
    lambda own: own(places).on_conflict_do_nothing(index_elements=[places.c.id]), ["id", "name", "failures"]
)
_NAME_PLACE = Write(
    lambda own: (insert := own(places)).on_conflict_do_update(
        index_elements=[places.c.id], set_={"name": insert.excluded.name}
    ),
    ["id", "name", "failures"],
)
_HOLD = Write(lambda own: update(places).where(THIS_PLACE), ["held_until", "failures"])
_COUNT_PLACES = (
    select(table.c.destination, table.c.state, func.count().label("rows"))
    .where(table.c.state.in_([NotificationState.WAITING, NotificationState.DEAD]))
    .group_by(table.c.destination, table.c.state)
)
