"""Copies a whole database into another, empty one of either kind, and proves that both hold the same.

Everything goes in one transaction of the target: cut short, it stays empty. While it lasts nobody writes to the
source. The proof is a count and a digest of every table, each taken from what the database itself gives back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, insert, select
from sqlalchemy import delete as deletion

from storage import search
from storage.database import Database
from storage.errors import StorageError
from storage.schema import meta, metadata

#: Rows in hand at a time; a row of `bodies` is some kilobytes.
_AT_ONCE = 500
_MODULUS = 1 << 256

#: Hears of progress: the table, and how many of its rows are done.
Tell = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Holding:
    """What a table holds: rows, and their digest (the sum of SHA-256 over each, modulo 2**256, in hex)."""

    rows: int
    digest: str


def move(source: Database, target: Database, tell: Tell = lambda table, rows: None) -> dict[str, Holding]:
    """Copy all of `source` into `target`, make the search index there, and return what both hold, by table.

    Raises StorageError: where the target is not empty, or does not give back what was put into it; it then is
    as it was.
    """
    with _held(source) as taken, target.write() as given:
        for connection in (taken, given):
            _take_all_the_time(connection)
        _refuse_full(given, target.url)
        given.execute(deletion(meta))
        for table in metadata.sorted_tables:
            _copy(taken, given, table, tell)
        holdings = {table.name: _proved(taken, given, table, target.url) for table in metadata.sorted_tables}
        tell("search", search.rebuild(given))
    return holdings


def holding(connection: Connection, table: Table) -> Holding:
    """Count and digest a table, in whatever order its rows come."""
    rows, total = 0, 0
    for page in _rows(connection, table):
        rows += len(page)
        total = (total + sum(map(_number_of, page))) % _MODULUS
    return Holding(rows, f"{total:064x}")


@contextmanager
def _held(source: Database) -> Iterator[Connection]:
    """A transaction of the source that nobody can write beside."""
    with source.write() as connection:  # on SQLite that is enough
        if not source.is_sqlite:
            names = ", ".join(table.name for table in metadata.sorted_tables)
            connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE")
        yield connection


def _take_all_the_time(connection: Connection) -> None:
    """One side stands still for as long as the other is at work: no limit ends it."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


def _refuse_full(connection: Connection, url: str) -> None:
    for table in metadata.sorted_tables:
        if table is not meta and connection.execute(select(table).limit(1)).first() is not None:
            raise StorageError(
                "The database to move into is not empty",
                subject=f"{url}, table {table.name}",
                mend="Name a new one; nothing was touched",
            )


def _copy(taken: Connection, given: Connection, table: Table, tell: Tell) -> None:
    done = 0
    put = _put_into_sqlite if given.dialect.name == "sqlite" else _put_into_postgresql
    for page in _rows(taken, table):
        put(given, table, page)
        done += len(page)
        tell(table.name, done)
    if given.dialect.name != "sqlite":
        _go_on_counting(given, table)


def _rows(connection: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    wanted = select(table)
    if table is meta:
        wanted = wanted.where(meta.c.name != search.MARK)  # of an index that is made anew
    yield from connection.execute(wanted.execution_options(yield_per=_AT_ONCE)).partitions()


def _put_into_sqlite(connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
    connection.execute(insert(table), [dict(row._mapping) for row in rows])


def _put_into_postgresql(connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
    """COPY, about three times as quick as INSERT; psycopg turns the values into what the columns are."""
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(map(quote, table.c.keys()))
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Let new rows get numbers above those that were copied. SQLite does so by itself."""
    if (column := table.autoincrement_column) is None:
        return
    last = connection.scalar(select(func.max(column)))
    sequence = connection.exec_driver_sql(
        "SELECT pg_get_serial_sequence(%s, %s)", (table.name, column.name)
    ).scalar()
    if last is not None and sequence is not None:
        connection.exec_driver_sql("SELECT setval(%s, %s)", (sequence, last))


def _proved(taken: Connection, given: Connection, table: Table, url: str) -> Holding:
    before, after = holding(taken, table), holding(given, table)
    if before != after:
        raise StorageError(
            f"The copy of the table {table.name} differs from it ({before.rows} rows, now {after.rows})",
            subject=url,
            mend="Nothing was moved. Run: newsdelta db check on the source, and report this",
        )
    return after


def _number_of(row: Row[Any]) -> int:
    said = "".join(f"{len(word)}:{word}" for word in map(_word, row)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(said).digest(), "big")


def _word(value: Any) -> str:
    """A value in words that are the same whichever database gave it."""
    if isinstance(value, bytes):
        return f"b{value.hex()}"
    if isinstance(value, datetime):
        return f"t{value.isoformat()}"
    if isinstance(value, float):
        return f"f{value!r}"
    return f"{type(value).__name__[0]}{value}"
