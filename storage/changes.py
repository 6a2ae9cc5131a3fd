"""Says whether anything was committed since the last look: what kept answers are held against. No business logic.

SQLite counts the commits of other connections (`PRAGMA data_version`), also those of other processes; this looks from
a connection of its own that never writes, so that all count. PostgreSQL has no such counter, but what a statement
can see follows from its snapshot alone: two that are equal (`pg_current_snapshot`) see the same rows.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref

from sqlalchemy import make_url

from storage.database import Database
from storage.errors import StorageError


class Changes:
    """Looks at one database. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._watcher: sqlite3.Connection | None = None

    @property
    def cheap(self) -> bool:
        """Whether a look costs so little that it may be taken for every question: no round trip, no wait."""
        return self._database.is_sqlite

    def mark(self) -> str:
        """A text that is another one after every commit; it may become another without one. Raises StorageError."""
        if self._database.is_sqlite:
            return self._data_version()
        with self._database.read() as connection:
            return str(connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar_one())

    def _data_version(self) -> str:
        with self._lock:
            try:
                if self._watcher is None:
                    file = str(make_url(self._database.url).database)
                    self._watcher = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
                    weakref.finalize(self, self._watcher.close)
                return str(self._watcher.execute("PRAGMA data_version").fetchone()[0])
            except sqlite3.Error as error:
                raise StorageError("The database cannot be watched", subject=self._database.url) from error
