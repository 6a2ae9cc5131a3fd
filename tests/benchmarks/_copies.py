"""Copies of a store's rows, made by the database itself: many articles in minutes.

A copy has other numbers, ids, addresses, hashes, keys of stories and times, so that each is an article of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from storage import schema

TABLES = ("articles", "revisions", "addresses", "observations", "events", "runs")
#: Columns that are numbers of rows.
_NUMBERS = {"id", "article", "story", "run", "revision"}


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies of some tables' rows: how far the numbers of two are apart, more than there are rows; and the times.

    What was recorded stands aside meanwhile (`keep`, `forget`): most tables have no index by which to find it among
    its copies.
    """

    step: int
    span: timedelta
    tables: Sequence[str] = TABLES

    def keep(self, connection: Connection) -> None:
        """Put a copy of all rows that there are aside."""
        for table in self.tables:
            connection.exec_driver_sql(f"CREATE TABLE recorded_{table} AS SELECT * FROM {table}")

    def forget(self, connection: Connection) -> None:
        """Remove what was put aside."""
        for table in self.tables:
            connection.exec_driver_sql(f"DROP TABLE recorded_{table}")

    def insert(self, connection: Connection, nth: int) -> None:
        """Insert the rows that were put aside anew, as the `nth` copy, from 1."""
        for table in self.tables:
            self._insert(connection, table, nth)

    def _insert(self, connection: Connection, table: str, nth: int) -> None:
        names, kinds = _columns(table)
        shown = [_shifted(connection, table, name, kinds[name]) for name in names]
        values: dict[str, Any] = {
            "step": nth * self.step,
            "days": f"+{nth * self.span.days} days",
            "nth": f"{nth:04d}",
            "turn": nth,
            "weeks": nth * self.span.days // 7,
        }
        chosen = f"SELECT {', '.join(shown)} FROM recorded_{table}"
        connection.execute(text(f"INSERT INTO {table} ({', '.join(names)}) {chosen}"), values)


def _columns(table: str) -> tuple[list[str], dict[str, str]]:
    columns = schema.metadata.tables[table].columns
    return [column.name for column in columns], {
        column.name: type(column.type).__name__ for column in columns
    }


def _shifted(connection: Connection, table: str, name: str, kind: str) -> str:
    if name in _NUMBERS:
        return f"{name} + :step"
    if kind == "UtcTime":
        if connection.dialect.name == "sqlite":
            return f"strftime('%Y-%m-%d %H:%M:%S', {name}, :days) || substr({name}, 20)"
        return f"{name} + cast(:days AS interval)"
    return _SHIFTED.get((table, name)) or _SHIFTED.get(("", name), name)


_SHIFTED = {
    ("articles", "key"): "key || :nth",
    ("story_keys", "key"): "key + 1000003 * :turn",
    ("story_keys", "week"): "week + :weeks",
    ("", "url"): "replace(url, '.html', :nth || '.html')",
    ("", "content_hash"): "substr(content_hash, 1, length(content_hash) - 4) || :nth",
}
