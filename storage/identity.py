"""The name of a database: random, made with its tables, the same in every copy and backup of it."""

from __future__ import annotations

from sqlalchemy import select

from storage.database import Database
from storage.schema import meta


def database_id(database: Database) -> str:
    """Return the name, 32 hexadecimal digits. Raises StorageError."""
    with database.read() as connection:
        return str(connection.scalar(select(meta.c.value).where(meta.c.name == "database_id")) or "")
