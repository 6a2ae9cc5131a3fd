"""One watcher to a database: a lock that ends with the process that holds it, and says who that is.

SQLite: a locked file beside the database (flock(2)), with the holder's name in it. PostgreSQL: a session's
advisory lock, the holder's name in its application_name. Where the holder's machine or the network vanishes without
a packet, the server ends the session after some seconds (storage/libpq.py), and the lock is free.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol, Self
from urllib.parse import unquote

import psycopg

from storage.errors import DatabaseUnreachable, NewsdeltaError, StorageError
from storage.libpq import libpq_url, parameters
from storage.locks import Lock

#: Seconds that a lock on a file is tried for: who only looks whether there is a watcher holds it for a moment.
PATIENCE, AGAIN = 1.0, 0.05
#: PostgreSQL cuts an application's name at this length (NAMEDATALEN - 1).
_NAME_LENGTH = 63


class AlreadyWatchedError(NewsdeltaError):
    """Another process watches this database."""


class Holder(Protocol):
    """The lock, held. Leaving it, or dying, lets go of it."""

    def still_held(self) -> bool:
        """Whether nobody can have taken it since: False after a lost connection that another was quicker to."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


def hold(database_url: str, since: datetime) -> Holder:
    """Become the one watcher of a database. Raises AlreadyWatchedError with the holder's name, StorageError."""
    if database_url.startswith("sqlite"):
        path = _lock_file(database_url)
        try:
            return FileHolder(path, since)
        except OSError as error:
            what = "The watcher's lock cannot be written"
            raise StorageError(what, subject=str(path), mend=str(error.strerror)) from error
    return SessionHolder(database_url, since)


def is_held(database_url: str) -> bool:
    """Whether somebody watches a database; the lock itself is not taken. Raises StorageError."""
    if not database_url.startswith("sqlite"):
        with _connect(database_url, "newsdelta") as connection:
            return connection.execute(_WHO, [Lock.WATCH]).fetchone() is not None
    try:
        file = _lock_file(database_url).open("rb")
    except FileNotFoundError:
        return False
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # several may look at once
        except BlockingIOError:
            return True
        return False


def _lock_file(database_url: str) -> Path:
    path = Path(unquote(database_url.partition(":///")[2].partition("?")[0]))
    return path.with_name(path.name + ".watch")


def _refusal(who: str, subject: str) -> AlreadyWatchedError:
    return AlreadyWatchedError(
        f"Another newsdelta watches this database already ({who})",
        subject=subject,
        mend="Stop that one first, or name another database",
    )


class FileHolder:
    """A locked file. It stays when the lock goes: to delete it would let two processes lock two files."""

    def __init__(self, path: Path, since: datetime) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: IO[str] = path.open("a+", encoding="utf-8")
        if not self._take():
            who = _read_name(self._file)
            self._file.close()
            raise _refusal(who, str(path))
        self._file.seek(0)
        self._file.truncate()
        json.dump({"host": socket.gethostname(), "pid": os.getpid(), "since": since.isoformat()}, self._file)
        self._file.flush()

    def _take(self) -> bool:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() >= end:
                    return False
            time.sleep(AGAIN)

    def still_held(self) -> bool:
        """Nobody can take it while we live."""
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _words(pid: object, host: object, since: object) -> str:
    """Who holds a lock, for people."""
    return f"process {pid} on {host}, since {since}"


def _read_name(file: IO[str]) -> str:
    file.seek(0)
    try:
        found: dict[str, Any] = json.loads(file.read())
        return _words(found["pid"], found["host"], found["since"])
    except (ValueError, KeyError, TypeError):
        return "its name is not known"  # it has only just begun


class SessionHolder:
    """An advisory lock on a connection of its own (session level: PostgreSQL lets go of it with the session)."""

    def __init__(self, database_url: str, since: datetime) -> None:
        self._url = database_url
        name = f"newsdelta {os.getpid()} {since:%Y-%m-%dT%H:%M%z} {socket.gethostname()}"
        self._name = name[:_NAME_LENGTH]
        self._is_let_go = False
        self._connection = _connect(self._url, self._name)
        who = self._take()
        if who is not None:
            database = str(self._connection.info.dbname)
            self._connection.close()
            raise _refusal(who, database)

    def still_held(self) -> bool:
        """Ask the server; after a lost connection try to take the lock again. May be called from a thread."""
        try:
            self._connection.execute("SELECT 1")
            return True
        except psycopg.OperationalError:
            self._connection.close()
        try:
            self._connection = _connect(self._url, self._name)
            return self._take() is None
        except (DatabaseUnreachable, psycopg.OperationalError):
            return True  # the server is down for all: nobody can have taken it
        finally:
            if self._is_let_go:  # meanwhile
                self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._is_let_go = True
        self._connection.close()

    def _take(self) -> str | None:
        """Take the lock; where another holds it, return that one's name."""
        taken = self._connection.execute("SELECT pg_try_advisory_lock(%s)", [Lock.WATCH]).fetchone()
        if taken and taken[0]:
            return None
        row = self._connection.execute(_WHO, [Lock.WATCH]).fetchone()
        return _spelled(str(row[0])) if row and row[0] else "its name is not known"


def _spelled(name: str) -> str:
    """A session's name in the words that a file's holder has; as it is, where it is another program's."""
    what, *rest = name.split(" ", 3)
    if what != "newsdelta" or len(rest) != 3:
        return name
    pid, since, host = rest
    return _words(pid, host, since)


def _connect(database_url: str, name: str) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(
            libpq_url(database_url),
            autocommit=True,
            application_name=name,
            connect_timeout=10,
            **parameters(database_url),
        )
    except psycopg.OperationalError as error:
        words = str(error).strip().splitlines()
        raise DatabaseUnreachable(
            "The database does not answer", subject=name, mend=words[0] if words else ""
        ) from error


_WHO = """
    SELECT activity.application_name
    FROM pg_locks AS locks JOIN pg_stat_activity AS activity USING (pid)
    WHERE locks.locktype = 'advisory' AND locks.granted
      AND locks.classid = 0 AND locks.objid = %s AND locks.objsubid = 1
      AND locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
