"""Opens the database and wraps what goes wrong with it. Contains no business logic.

    with database.write() as connection: ...    one transaction; it holds the only writer of this process
    with database.together(): ...               the writes of this thread in one transaction, on SQLite
    with database.read() as connection: ...     one consistent view; any number at a time, also while writing

SQLite runs in WAL mode and a writer says BEGIN IMMEDIATE, so that two processes queue for the lock rather
than fail when they try to turn a read lock into a write lock. PostgreSQL goes through psycopg 3. Both wait
`WAIT` seconds for a lock, then raise DatabaseBusy.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url

from storage import migrations
from storage.errors import (
    ConfigError,
    DatabaseBusy,
    DatabaseEmpty,
    DatabaseUnreachable,
    SchemaTooNew,
    StorageError,
)
from storage.libpq import with_options
from storage.locks import Lock
from storage.view import VIEW, Questions, View

#: How long to wait for a lock or a server, in seconds.
WAIT = 10
#: How long a transaction that writes may stand still on PostgreSQL, in seconds: no step of ours takes minutes, but a
#: process that was stopped would hold its locks for as long. No limit for statements, or for those that only read:
#: making an index anew, or a reader of an export, may take hours.
STILL = 300
#: What SQLite may keep of a database in memory, in kB: for the one connection that writes, and for each of those that
#: read, of which a process may have a dozen. What they read again is in the system's own cache.
WRITE_CACHE, READ_CACHE = 16_384, 4_096
#: What a database's URL may say in its query and nobody may read.
_SECRET_OPTIONS = ("password", "sslpassword")

_URL_FORMS = "Write sqlite:///path/to/file or postgresql://user:password@host/name"


class Database:
    """One opened database. Safe to share between threads; a child process opens its own."""

    def __init__(self, engine: Engine, *, readonly: bool) -> None:
        self._engine = engine
        self._lock = threading.RLock()
        self._writer: Connection | None = None
        self._shared: _Shared | None = None
        self.readonly = readonly
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._file = Path(str(engine.url.database)) if self.is_sqlite else None
        self._opened = _identity(self._file)
        shown = engine.url.set(drivername=engine.dialect.name).difference_update_query(_SECRET_OPTIONS)
        self.url = shown.render_as_string(hide_password=True)

    @classmethod
    def open(cls, url: str, *, create: bool = True, readonly: bool = False) -> Database:
        """Open the database at `url`; with `create`, make what is missing and bring its tables up to date.

        `sqlite:///relative.db`, `sqlite:////absolute.db`, `postgresql://user:password@host/name`.

        Raises ConfigError (no such kind of URL), DatabaseUnreachable, DatabaseBusy, SchemaTooNew, and
        StorageError where the tables are missing or old and may not be made.
        """
        parsed = _parse(url)
        create = create and not readonly
        if parsed.drivername.startswith("sqlite"):
            _prepare_file(parsed, create)
        database = cls(_engine(parsed, readonly), readonly=readonly)
        try:
            database._settle_schema(create)
            database._opened = _identity(database._file)
        except BaseException:
            database.close()
            raise
        return database

    def is_in_place(self) -> bool:
        """Whether the file of an SQLite database is still the one that was opened: what is written to one that
        was removed or replaced is lost, and no error says so. Always true of PostgreSQL.
        """
        return _identity(self._file) == self._opened

    def make_lasting(self) -> None:
        """Return when all that was committed is on the disk; PostgreSQL sees to that at each commit.

        SQLite does not (`synchronous = NORMAL`): a power cut may take the last commits, up to the last checkpoint.
        Raises StorageError.
        """
        if self._file is None:
            return
        log = self._file.with_name(self._file.name + "-wal")
        try:
            handle = os.open(log, os.O_RDONLY)
            try:
                os.fdatasync(handle)
            finally:
                os.close(handle)  # SQLite's locks are on other files, and stay
        except FileNotFoundError:
            return  # all is in the database's file, safe since its checkpoint
        except OSError as error:
            kind, message, mend = _SQLITE_ERRORS[10]
            raise kind(message, subject=self.url, mend=mend) from error

    def close(self) -> None:
        """Give back every connection."""
        with self._lock:
            self._drop_writer()
            self._engine.dispose()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction on the connection that is kept for writing; committed at the end, or undone."""
        if (view := self._view()) is not None:
            view.spoil()
        with self._lock:
            if self._shared is not None:
                with self._errors():
                    yield self._shared.use()
                self._shared.done()
                return
            with self._transaction() as connection:
                yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """Commit every `write` of this thread in here at the end, at the price of one transaction.

        Where one of them fails, or the commit, nothing of any is stored, and this raises. On PostgreSQL each
        is committed by itself all the same: there, two processes that held the rows of several articles could
        wait for each other.
        """
        if not self.is_sqlite:
            yield
            return
        with self._lock, self._transaction() as connection:
            shared = self._shared = _Shared(connection)
            try:
                yield
            finally:
                self._shared = None
            shared.use()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        if self.readonly:
            raise StorageError("The database was opened for reading only", subject=self.url)
        with self._errors():
            if self._writer is None:
                self._writer = self._new_writer()
            try:
                with self._writer.begin():
                    yield self._writer
            except exc.DBAPIError:
                self._drop_writer()  # it may be dead: the next transaction starts afresh
                raise

    def _new_writer(self) -> Connection:
        writer = self._engine.connect().execution_options(newsdelta_writes=True)
        bare = writer.connection.driver_connection  # no transaction of ours: nobody is to count it as one
        assert bare is not None  # noqa: S101 - it was opened just now
        if self.is_sqlite:
            bare.execute(f"PRAGMA cache_size = -{WRITE_CACHE}")
        else:
            bare.execute(f"SET idle_in_transaction_session_timeout = '{STILL}s'")
            bare.commit()
        return writer

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that only reads; within `together` it sees what this thread has written.

        Within `view` all are the same transaction.
        """
        if (view := self._view()) is not None:
            try:
                with self._errors():
                    yield view.connection()
            except StorageError:
                view.spoil()
                raise
            return
        if self._shared is not None and self._lock.acquire(blocking=False):
            try:
                if self._shared is not None:
                    with self._errors():
                        yield self._shared.connection
                    return
            finally:
                self._lock.release()
        with self._errors(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def view(self) -> Iterator[View]:
        """Let every `read` in here, in whatever thread, be one transaction, that knows what it was asked.

        A `write` ends the transaction; what is read after it begins another.
        """
        view = View(self._engine)
        token = VIEW.set(view)
        try:
            yield view
        finally:
            VIEW.reset(token)
            view.close()

    def still_hold(self, questions: Questions) -> bool:
        """Whether questions bring the same rows as before. Raises StorageError."""
        with self.read() as connection:
            return questions.hold_in(connection)

    def _view(self) -> View | None:
        view = VIEW.get()
        return view if view is not None and view.engine is self._engine and not view.is_over else None

    def schema_version(self) -> str | None:
        """The migration the tables stand at, or None where there are none."""
        with self.read() as connection:
            return _version(connection)

    def upgrade(self) -> None:
        """Bring the tables up to date, in one transaction that no other process can enter."""
        with self.write() as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({Lock.UPGRADE:d})")
            self._refuse_newer(_version(connection))
            migrations.upgrade(connection)

    def _settle_schema(self, create: bool) -> None:
        version = self.schema_version()
        self._refuse_newer(version)
        if version == migrations.HEAD:
            return
        if not create:
            upgrade = "Run: newsdelta db upgrade"
            if version is None:
                raise DatabaseEmpty("The database is empty", subject=self.url, mend=upgrade)
            raise StorageError(
                f"The database is of an older form ({version})", subject=self.url, mend=upgrade
            )
        self.upgrade()

    def _refuse_newer(self, version: str | None) -> None:
        if version is not None and version not in migrations.VERSIONS:
            raise SchemaTooNew(
                f"A newer newsdelta wrote the database (its form is {version}, we know {migrations.HEAD})",
                subject=self.url,
                mend="Install the newer newsdelta, or name another database; nothing was touched",
            )

    def _drop_writer(self) -> None:
        """Close the writer's connection for good: nobody else is to get its limit of time."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.invalidate()
            writer.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            raise _translate(error, self.url) from error
        except exc.TimeoutError as error:
            raise DatabaseBusy("Every connection is in use", subject=self.url) from error


class _Shared:
    """A transaction of several writes: one that failed half-way spoils it for all."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._is_whole = True

    def use(self) -> Connection:
        """Begin a write, or end them all. Raises StorageError where one has failed."""
        if not self._is_whole:
            raise StorageError("Another write of the same transaction has failed")
        self._is_whole = False
        return self.connection

    def done(self) -> None:
        """The write is whole."""
        self._is_whole = True


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (exc.ArgumentError, ValueError) as error:
        raise ConfigError("This is no database URL", subject=url.split("@")[-1], mend=_URL_FORMS) from error
    masked = parsed.render_as_string(hide_password=True)
    kind = parsed.drivername.partition("+")[0]
    if kind == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise ConfigError("A database in memory is forgotten at once", subject=masked, mend=_URL_FORMS)
        return parsed.set(drivername="sqlite+pysqlite")
    if kind in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    raise ConfigError("This kind of database is not supported", subject=masked, mend=_URL_FORMS)


def _prepare_file(url: URL, create: bool) -> None:
    path = Path(str(url.database))
    if not create:
        if not path.is_file():
            raise DatabaseUnreachable(
                "There is no database yet", subject=str(path), mend="Run: newsdelta db upgrade"
            )
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnreachable(
            "The database's folder cannot be made", subject=str(path.parent), mend=str(error.strerror)
        ) from error


def _identity(file: Path | None) -> tuple[int, int] | None:
    """Which file is at a path: its device and number; None where there is none."""
    try:
        found = file.stat() if file else None
    except FileNotFoundError:
        return None
    return (found.st_dev, found.st_ino) if found else None


def _engine(url: URL, readonly: bool) -> Engine:
    # `schema_version` and `read` share a small pool; the writer keeps one connection of it for good.
    common: dict[str, Any] = {
        "pool_size": 5,
        "max_overflow": 10,
        "pool_timeout": WAIT,
        "pool_use_lifo": True,  # few connections do the work, and only those fill their caches
        "hide_parameters": True,
    }
    if url.drivername.startswith("sqlite"):
        arguments = {"timeout": WAIT, "isolation_level": None, "check_same_thread": False}
        engine = create_engine(url, connect_args=arguments, poolclass=sqlalchemy.QueuePool, **common)
        event.listen(engine, "connect", _sqlite_readonly if readonly else _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
        return engine
    session: dict[str, object] = {"lock_timeout": f"{WAIT}s", "timezone": "UTC"}
    if readonly:
        session["default_transaction_read_only"] = "on"
    given = url.query.get("options", "")
    options = given if isinstance(given, str) else " ".join(given)
    settings = {"connect_timeout": WAIT, **with_options(options, **session)}
    return create_engine(url, connect_args=settings, pool_pre_ping=True, **common)


def _sqlite_connect(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA wal_autocheckpoint = 10000")
    connection.execute(f"PRAGMA cache_size = -{READ_CACHE}")


def _sqlite_readonly(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA query_only = ON")


def _sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("newsdelta_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _version(connection: Connection) -> str | None:
    if not sqlalchemy.inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


_SQLITE_ERRORS: dict[int, tuple[type[StorageError], str, str]] = {
    5: (DatabaseBusy, "Another process holds the database", "Wait for it to end, or stop it, and try again"),
    6: (DatabaseBusy, "Another connection holds the table", "Try again"),
    8: (StorageError, "The database cannot be written", "Check the rights of the file and its folder"),
    10: (StorageError, "The disk failed under the database", "Check the disk, then run: newsdelta db check"),
    11: (StorageError, "The database is damaged", "Restore a backup; see: newsdelta db check"),
    13: (StorageError, "The disk is full", "Make room; nothing was half written"),
    14: (
        DatabaseUnreachable,
        "The database file cannot be opened",
        "Check its path, its rights and its disk",
    ),
    26: (StorageError, "This file is no SQLite database", "Name another file, or move this one away"),
}

_POSTGRESQL_ERRORS: dict[str, tuple[type[StorageError], str, str]] = {
    "08": (DatabaseUnreachable, "The database does not answer", "Check that it runs and can be reached"),
    "25P03": (DatabaseBusy, "The server ended a transaction that stood still", "Try again"),
    "25006": (StorageError, "The database cannot be written", "Connect to the primary server"),
    "28": (DatabaseUnreachable, "The database refuses the user", "Check user and password"),
    "3D": (DatabaseUnreachable, "There is no such database on the server", "Create it with createdb"),
    "40": (DatabaseBusy, "Two processes stood in each other's way", "Try again"),
    "42501": (StorageError, "The user may not do this in the database", "GRANT it, or use the owner"),
    "53100": (StorageError, "The server's disk is full", "Make room; nothing was half written"),
    "53": (DatabaseBusy, "The server has no room for another connection", "Try again later"),
    "55P03": (DatabaseBusy, "Another process holds the rows", "Wait for it to end and try again"),
    "57014": (DatabaseBusy, "The database took too long", "Try again"),
    "57P": (DatabaseUnreachable, "The database is shutting down or starting", "Try again later"),
}


def _translate(error: exc.DBAPIError, url: str) -> StorageError:
    """Find our error for the driver's; one unknown to us keeps the driver's words."""
    kind, message, mend = _find_translation(error)
    return kind(message, subject=url, mend=mend)


def _find_translation(error: exc.DBAPIError) -> tuple[type[StorageError], str, str]:
    original = error.orig
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in _SQLITE_ERRORS:
        return _SQLITE_ERRORS[code & 0xFF]  # the low byte is the primary code (sqlite.org/rescode.html)
    state = getattr(original, "sqlstate", None)
    if state is not None:
        for length in (5, 3, 2):
            if state[:length] in _POSTGRESQL_ERRORS:
                return _POSTGRESQL_ERRORS[state[:length]]
    elif isinstance(error, exc.OperationalError) and code is None:
        return (DatabaseUnreachable, "The database does not answer", _first_line(original))
    return (StorageError, "The database failed", _first_line(original))


def _first_line(error: object) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
