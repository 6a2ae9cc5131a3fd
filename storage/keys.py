"""Keys of programs that use the API: their digests, names and scopes. The keys themselves are not kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from storage.database import Database
from storage.errors import NotFound
from storage.schema import keys
from storage.statements import Write, columns_of

_KEEP = Write(
    lambda own: own(keys).on_conflict_do_nothing(index_elements=[keys.c.name]).returning(keys.c.name),
    columns_of(keys),
)


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key."""

    name: str
    scopes: frozenset[str]
    made_at: datetime


def add(database: Database, name: str, digest: str, scopes: Iterable[str], now: datetime) -> bool:
    """Keep a key's digest under a name; False where another key has that name. Raises StorageError."""
    row = {"digest": digest, "name": name, "scopes": ",".join(sorted(scopes)), "made_at": now}
    with database.write() as connection:
        return _KEEP(connection, row) is not None


def find(database: Database, digest: str) -> Key | None:
    """The key of this digest. Raises StorageError."""
    with database.read() as connection:
        row = connection.execute(select(keys).where(keys.c.digest == digest)).first()
    return Key(row.name, frozenset(row.scopes.split(",")), row.made_at) if row else None


def every(database: Database) -> tuple[Key, ...]:
    """All keys, by name. Raises StorageError."""
    with database.read() as connection:
        rows = connection.execute(select(keys).order_by(keys.c.name)).all()
    return tuple(Key(row.name, frozenset(row.scopes.split(",")), row.made_at) for row in rows)


def remove(database: Database, name: str) -> None:
    """Let a key open nothing any more. Raises NotFound, StorageError."""
    with database.write() as connection:
        if connection.execute(delete(keys).where(keys.c.name == name)).rowcount == 0:
            raise NotFound("There is no such key", subject=name)
