"""Statements that are executed for every page, at a sixth of their usual price. Contains no business logic.

SQLAlchemy builds and compiles them, once per database, and knows what each type needs; the driver runs them.
Of the 60 µs that `Connection.execute` takes on SQLite, 10 are the driver's.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Select, Table, exc
from sqlalchemy.dialects import postgresql, sqlite

Processor = Callable[[Any], Any]


class Write:
    """A statement that changes rows. `build` gets the database's own `insert`, which knows ON CONFLICT.

    `columns` are the ones that a row gives (or leaves out, for NULL), beside the statement's own parameters.
    """

    def __init__(self, build: Callable[[Any], Any], columns: Iterable[str] = ()) -> None:
        self._build = build
        self._columns = list(columns)
        self._compiled: dict[str, _Compiled] = {}

    def __call__(self, connection: Connection, row: Mapping[str, Any]) -> Any:
        """Execute for one row; give the first number that RETURNING returns, None where there is none."""
        compiled = self._compiled.get(connection.dialect.name) or self._compile(connection.dialect)
        cursor = compiled.execute(connection, row)
        returned = cursor.fetchone() if cursor.description else None
        cursor.close()
        return returned[0] if returned else None

    def many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Execute for each of the rows; give how many rows of the table were changed."""
        if not rows:
            return 0
        compiled = self._compiled.get(connection.dialect.name) or self._compile(connection.dialect)
        return compiled.execute_many(connection, rows)

    def _compile(self, dialect: Dialect) -> _Compiled:
        own = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
        made = self._compiled[dialect.name] = _compile(self._build(own), dialect, self._columns)
        return made


class Read:
    """A SELECT of named columns; `build` gets the database's kind, "sqlite" or "postgresql"."""

    def __init__(self, build: Callable[[str], Select[Any]]) -> None:
        self._build = build
        self._compiled: dict[str, tuple[_Compiled, Callable[[Any], Any]]] = {}

    def all(self, connection: Connection, asked: Mapping[str, Any]) -> list[Any]:
        """Every row, as named tuple."""
        compiled, make = self._compiled.get(connection.dialect.name) or self._compile(connection.dialect)
        return [make(row) for row in compiled.fetch(connection, asked)]

    def numbers(self, connection: Connection, asked: Mapping[str, Any]) -> list[tuple[int, ...]]:
        """Every row as the driver gives it: for many rows of numbers only."""
        compiled, _ = self._compiled.get(connection.dialect.name) or self._compile(connection.dialect)
        return compiled.fetch(connection, asked)

    def first(self, connection: Connection, asked: Mapping[str, Any]) -> Any | None:
        """The first row, as named tuple, or None."""
        return next(iter(self.all(connection, asked)), None)

    def _compile(self, dialect: Dialect) -> tuple[_Compiled, Callable[[Any], Any]]:
        statement = self._build(dialect.name)
        made = _compile(statement, dialect), _row_maker(statement, dialect)
        self._compiled[dialect.name] = made
        return made


@dataclass(frozen=True, slots=True)
class _Compiled:
    """What the driver needs: the SQL, the value of each parameter that is not given, and how to write each."""

    sql: str
    defaults: Mapping[str, Any]
    processors: Mapping[str, Processor | None]
    positional: bool

    def execute(self, connection: Connection, row: Mapping[str, Any]) -> Any:
        """Run on the driver's own connection; what it raises is raised as SQLAlchemy would raise it."""
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self.sql, self._values(row))
        except _driver(connection).Error as error:
            raise _wrapped(error, connection, cursor, self.sql) from error
        return cursor

    def execute_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run for each of the rows, as the driver does that best; give how many rows were changed."""
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(self.sql, [self._values(row) for row in rows])
        except _driver(connection).Error as error:
            raise _wrapped(error, connection, cursor, self.sql) from error
        changed = int(cursor.rowcount)
        cursor.close()
        return changed

    def _values(self, row: Mapping[str, Any]) -> Any:
        """The parameters as the driver wants them."""
        values = {}
        for name, processor in self.processors.items():
            value = row[name] if name in row else self.defaults[name]
            values[name] = processor(value) if processor else value
        return tuple(values.values()) if self.positional else values

    def fetch(self, connection: Connection, row: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run, and give every row as the driver gives it."""
        cursor = self.execute(connection, row)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.close()
        return rows


def _compile(statement: Any, dialect: Dialect, columns: list[str] | None = None) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    binds = {name: bind for bind, name in compiled.bind_names.items()}
    processors = {
        name: binds[name].type.dialect_impl(dialect).bind_processor(dialect)
        for name in (compiled.positiontup if compiled.positional else binds)
    }
    return _Compiled(compiled.string, compiled.params, processors, compiled.positional)


def _row_maker(statement: Select[Any], dialect: Dialect) -> Callable[[Any], Any]:
    """Make what turns a row of the driver into a named tuple of Python's values."""
    columns = list(statement.selected_columns)
    row = namedtuple("row", [column.name for column in columns])  # type: ignore[misc]
    processors = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    needed = [(at, processor) for at, processor in enumerate(processors) if processor]
    if not needed:
        return row._make

    def make(raw: Any) -> Any:
        values = list(raw)
        for at, processor in needed:
            values[at] = processor(values[at])
        return row._make(values)

    return make


def _driver(connection: Connection) -> Any:
    return connection.dialect.dbapi


def _wrapped(error: Exception, connection: Connection, cursor: Any, sql: str) -> BaseException:
    """The driver's error as SQLAlchemy's; a connection that is lost is not used again."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection, cursor)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    return exc.DBAPIError.instance(
        sql,
        None,
        error,
        _driver(connection).Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )


def columns_of(table: Table, *without: str) -> list[str]:
    """The names of a table's columns but those."""
    return [column.name for column in table.c if column.name not in without]
