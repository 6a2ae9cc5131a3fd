"""What the revisit plan of each host has learned, kept between runs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storage.database import Database
from storage.schema import plans
from storage.statements import Write, columns_of


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan's state, as JSON gives it back, and when it was saved."""

    state: dict[str, Any]
    saved_at: datetime


def load_plan(database: Database, host: str) -> SavedPlan | None:
    """What was saved for a host, or None; None, too, for what is no JSON object. Raises StorageError."""
    with database.read() as connection:
        row = connection.execute(select(plans).where(plans.c.host == host)).first()
    if row is None:
        return None
    try:
        state = json.loads(row.state)
    except ValueError:
        return None
    return SavedPlan(state, row.saved_at) if isinstance(state, dict) else None


def save_plan(database: Database, host: str, state: dict[str, Any], now: datetime) -> None:
    """Keep a host's plan in the place of the one before. Raises StorageError."""
    row = {"host": host, "state": json.dumps(state, ensure_ascii=False), "saved_at": now}
    with database.write() as connection:
        _SAVE(connection, row)


def _save(insert: Any) -> Any:
    statement = insert(plans)
    fresh = {name: statement.excluded[name] for name in ("state", "saved_at")}
    return statement.on_conflict_do_update(index_elements=[plans.c.host], set_=fresh)


_SAVE = Write(_save, columns_of(plans))
