"""Statements that are executed for every page, at half of their usual price. Contains no business logic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite

Processor = Callable[[Any], Any]


class Write:
    """A statement that changes rows: built by SQLAlchemy, compiled once per database, run by the driver.

    Of the 50 µs that `Connection.execute` takes for an insert, 30 go into finding again what was compiled
    before. `build` gets the database's own `insert`, which knows ON CONFLICT; `columns` are the ones that a
    row gives (or leaves out, for NULL), beside the statement's own parameters.
    """

    def __init__(self, build: Callable[[Any], Any], columns: Iterable[str] = ()) -> None:
        self._build = build
        self._columns = list(columns)
        self._compiled: dict[str, tuple[str, dict[str, Any], dict[str, Processor | None], bool]] = {}

    def __call__(self, connection: Connection, row: Mapping[str, Any]) -> CursorResult[Any]:
        """Execute for one row. What RETURNING returns comes as the driver gives it: for numbers only."""
        compiled = self._compiled.get(connection.dialect.name) or self._compile(connection.dialect)
        sql, defaults, processors, positional = compiled
        values = {
            name: processor(row.get(name, defaults[name])) if processor else row.get(name, defaults[name])
            for name, processor in processors.items()
        }
        return connection.exec_driver_sql(sql, tuple(values.values()) if positional else values)

    def _compile(self, dialect: Dialect) -> tuple[str, dict[str, Any], dict[str, Processor | None], bool]:
        own = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
        statement = self._build(own).compile(dialect=dialect, column_keys=self._columns)
        binds = {name: bind for bind, name in statement.bind_names.items()}
        processors = {
            name: binds[name].type.dialect_impl(dialect).bind_processor(dialect)
            for name in (statement.positiontup if statement.positional else binds)
        }
        made = (statement.string, statement.params, processors, statement.positional)
        self._compiled[dialect.name] = made
        return made


def columns_of(table: Table, *without: str) -> list[str]:
    """The names of a table's columns but those."""
    return [column.name for column in table.c if column.name not in without]
