"""What the watcher last said of itself, kept where others can read it: the doctor, a container's health check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import select

from storage.database import Database
from storage.jsontext import from_json, to_json
from storage.schema import meta
from storage.statements import Write

_NAME = "pulse"


@dataclass(frozen=True, slots=True)
class Pulse:
    """`ills` are what was not well, in words. `told_at`, `answer`: when the heartbeat's address last took one, and
    what was last wrong with it, '' for nothing; secrets masked.
    """

    at: datetime
    ills: tuple[str, ...] = ()
    told_at: datetime | None = None
    answer: str = ""


def keep(database: Database, pulse: Pulse) -> None:
    """Put it in the place of the one before. Raises StorageError."""
    with database.write() as connection:
        _KEEP(connection, {"name": _NAME, "value": to_json(pulse)})


def last(database: Database) -> Pulse | None:
    """The last one, None for none, or for one that another version wrote and we cannot read. Raises StorageError."""
    with database.read() as connection:
        text = connection.scalar(select(meta.c.value).where(meta.c.name == _NAME))
    try:
        return from_json(text, Pulse) if text else None
    except msgspec.MsgspecError:
        return None


_KEEP = Write(
    lambda own: (insert := own(meta)).on_conflict_do_update(
        index_elements=[meta.c.name], set_={"value": insert.excluded.value}
    ),
    ["name", "value"],
)
