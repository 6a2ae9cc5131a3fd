"""Care for the database: check it, copy it, measure it. Upgrading is `Database.upgrade`, pruning retention.py."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    distinct,
    func,
    or_,
    select,
)
from sqlalchemy.exc import DBAPIError

from storage import archive, compaction, outbox, search, story_index, subscriptions, warc
from storage.archive_files import held
from storage.bodies import ZstdError, body_digest, unpack
from storage.database import Database
from storage.errors import ArchiveError, StorageError
from storage.records import NotificationState
from storage.rows import pages_of
from storage.schema import (
    archive_records,
    articles,
    bodies,
    destinations,
    events,
    metadata,
    notifications,
    revisions,
    story_keys,
)

_AT_ONCE = 200
_PINNED = archive_records.c.pinned == 1


@dataclass(frozen=True, slots=True)
class Report:
    """What a check looked at, and what is wrong; sound where `findings` is empty."""

    revisions: int
    bodies: int
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is held: bytes of the database (indexes too) and of the archive; rows and bytes of each table.

    `tables` is empty where the database does not tell (SQLite without dbstat).
    """

    bytes: int
    rows: dict[str, int]
    tables: dict[str, int] = field(default_factory=dict)
    archive: int = 0
    archive_files: int = 0


def check(database: Database) -> Report:
    """Look for damage, and say each finding in one sentence.

    What is looked at: the database's own check (SQLite), rows that belong to nothing, articles that differ
    from their last revision, bodies that are lost or are not what their name says, stories that nothing began,
    articles that belong to no story, notifications that nothing would send or that break their message apart;
    files of the archive that are not whole, and bodies in them that are not what their name says.
    Memory does not grow with the number of articles. Raises StorageError where the database cannot be read at
    all.
    """
    findings: list[str] = []
    with database.read() as connection:
        if database.is_sqlite:
            findings += _sqlite_findings(connection)
        findings += _head_findings(connection)
        findings += _page_findings(connection)
        findings += _body_findings(connection)
        findings += _packed_findings(connection)
        findings += _archive_findings(connection)
        findings += _story_findings(connection)
        findings += _outbox_findings(connection)
        seen, kept = (connection.scalar(_count(table)) or 0 for table in (revisions, bodies))
        archived = connection.scalar(select(func.count(distinct(archive_records.c.digest))).where(_PINNED))
    return Report(seen, kept + (archived or 0), tuple(findings))


def prune_notifications(database: Database, before: datetime) -> int:
    """Drop notifications that were sent or discarded, older than that, and return how many. Raises StorageError.

    What waits and what is dead stays, whatever its age. The copies of a story told so long ago count as a new
    story.
    """
    return outbox.forget(database, before)


def rebuild_search(database: Database) -> int:
    """Make the search index anew from the stored texts; returns how many they are. Raises StorageError."""
    with database.write() as connection:
        return search.rebuild(connection)


def rebuild_stories(database: Database) -> int:
    """Make the index of stories anew, and give a story to the articles that have none, in the order first seen.

    An article that has its story keeps it: people were told so. Goes in many transactions, so that others
    may write meanwhile; one that was cut short is begun again. Returns how many articles were indexed. Raises
    StorageError.
    """
    with database.write() as connection:
        story_index.clear(connection)
    done, last = 0, None
    while True:
        with database.write() as connection:
            taken, last = story_index.rebuild_step(connection, last)
        done += taken
        if taken < story_index.STEP:
            return done


def sizes(database: Database) -> Sizes:
    """Measure the database. Raises StorageError."""
    with database.read() as connection:
        rows = {table.name: connection.scalar(_count(table)) or 0 for table in metadata.sorted_tables}
        files = archive.files(connection)
        whole = _sqlite_size(connection) if database.is_sqlite else _postgresql_size(connection)
        tables = (_sqlite_tables if database.is_sqlite else _postgresql_tables)(connection)
    return Sizes(whole, rows, tables, sum(row.size for row in files), len(files))


def _sqlite_size(connection: Connection) -> int:
    pages, size = (
        connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size")
    )
    return int(pages * size)


def _postgresql_size(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())


def _sqlite_tables(connection: Connection) -> dict[str, int]:
    """Bytes of each table with its indexes (https://sqlite.org/dbstat.html); reads the whole file.

    Pages are counted, as dbstat's own sum of their bytes wraps at 4 GB.
    """
    asked = (
        "SELECT m.tbl_name, sum(s.pageno) FROM dbstat s JOIN sqlite_schema m ON m.name = s.name "
        "WHERE s.aggregate = TRUE GROUP BY m.tbl_name"
    )
    try:
        page = int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())
        return {name: int(pages) * page for name, pages in connection.exec_driver_sql(asked)}
    except DBAPIError:
        return {}


def _postgresql_tables(connection: Connection) -> dict[str, int]:
    """Bytes of each table with its indexes and what is stored beside it."""
    asked = "SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables"
    return {name: int(size) for name, size in connection.exec_driver_sql(asked)}


def growth(database: Database) -> tuple[datetime, datetime] | None:
    """When the store got its first and its last event; None where it has none. Raises StorageError."""
    with database.read() as connection:
        first, last = connection.execute(select(func.min(events.c.at), func.max(events.c.at))).one()
    return (first, last) if first is not None else None


def backup(database: Database, path: Path) -> None:
    """Write a copy of an SQLite database to a new file, also while it is in use; and, where there is an archive, a
    copy of it into a folder beside that, named after it with the ending `.archive`.

    The copy is of one moment: the archive only grows, so what the database pointed to is there, and nothing is
    removed meanwhile. Raises StorageError: where the file or folder is there already or cannot be written, and
    for PostgreSQL, which has tools of its own.
    """
    if not database.is_sqlite:
        raise StorageError(
            "A PostgreSQL database is copied by its own tools",
            subject=database.url,
            mend="Run: pg_dump --format=custom --file=FILE and the database's URL; then copy the archive's folder",
        )
    folder = path.with_name(path.name + ".archive")
    for there in (path, folder):
        if there.exists():
            raise StorageError("The file is there already", subject=str(there), mend="Name another file")
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _copy_all(database, unfinished, folder)
        unfinished.rename(path)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            unfinished.unlink()
        shutil.rmtree(folder, ignore_errors=True)
        raise StorageError("The copy could not be written", subject=str(path), mend=str(error)) from error


def _copy_all(database: Database, path: Path, folder: Path) -> None:
    """Copy the database first: then all that it points to is in the archive, and may be copied after it."""
    with database.read() as connection, ExitStack() as kept:
        for there in sorted({row.path.parent for row in archive.files(connection)}):
            if there.is_dir():
                kept.enter_context(held(there, alone=False))
        _copy(database, path)
        files = archive.files(connection, archive.OPEN, archive.CLOSED)
        if files:
            folder.mkdir()
        for row in files:
            _copy_file(row.path, folder / row.path.name, row.size)
    with closing(sqlite3.connect(path)) as copy, copy:
        copy.execute("UPDATE archive_files SET folder = ?", (folder.name,))


def _copy_file(source: Path, target: Path, size: int) -> None:
    """Copy the first `size` bytes, which are safe; of a file that grows no more."""
    with source.open("rb") as given, target.open("xb") as taken:
        while size > 0 and (piece := given.read(min(size, 2**20))):
            taken.write(piece)
            size -= len(piece)
        taken.flush()
        os.fsync(taken.fileno())
    if size > 0:
        raise OSError(f"{source} is shorter than it was; see newsdelta db check")


def _copy(database: Database, path: Path) -> None:
    with database.read() as connection, closing(sqlite3.connect(path)) as copy:
        # https://sqlite.org/backup.html: one snapshot, whatever others write meanwhile.
        connection.connection.driver_connection.backup(copy)  # type: ignore[union-attr]


def _count(table: Table) -> Select[int]:
    return select(func.count()).select_from(table)


def _sqlite_findings(connection: Connection) -> Iterator[str]:
    for (found,) in connection.exec_driver_sql("PRAGMA integrity_check(100)"):
        if found != "ok":
            yield f"SQLite: {found}"
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"{table}, row {row}: belongs to nothing in {parent}"


def _head_findings(connection: Connection) -> Iterator[str]:
    same = and_(revisions.c.article == articles.c.id, revisions.c.number == articles.c.revisions)
    differ = or_(
        revisions.c.id.is_(None),
        revisions.c.content_hash != articles.c.content_hash,
        revisions.c.rules != articles.c.rules,
    )
    wanted = (
        select(articles.c.id, revisions.c.id).select_from(articles.outerjoin(revisions, same)).where(differ)
    )
    for article, revision in connection.execute(wanted):
        lost = "its last revision is lost" if revision is None else "it differs from its last revision"
        yield f"article {article}: {lost}"


def _page_findings(connection: Connection) -> Iterator[str]:
    """Revisions whose pages are not all kept."""
    columns = (revisions.c.id, revisions.c.article, revisions.c.number, revisions.c.pages)
    for rows in _by_key(connection, select(*columns), revisions.c.id, 0):
        pages = [(row, page) for row in rows for page in pages_of(row.pages)]
        digests = {page.digest for _, page in pages}
        kept = set(connection.scalars(select(bodies.c.digest).where(bodies.c.digest.in_(digests))))
        pinned = select(archive_records.c.digest).where(_PINNED, archive_records.c.digest.in_(digests))
        kept |= set(connection.scalars(pinned))
        for row, page in pages:
            if page.digest not in kept:
                yield f"article {row.article}, revision {row.number}: the page {page.url} is lost"


def _body_findings(connection: Connection) -> Iterator[str]:
    for rows in _by_key(connection, select(bodies), bodies.c.digest, ""):
        for row in rows:
            try:
                sound = body_digest(unpack(row.content)) == row.digest
            except ZstdError:
                sound = False
            if not sound:
                yield f"body {row.digest}: it is not what was stored"


def _packed_findings(connection: Connection) -> Iterator[str]:
    for number in compaction.damaged(connection):
        yield f"revision {number}: its packed texts cannot be read"


def _archive_findings(connection: Connection) -> Iterator[str]:
    """Files that are not there or shorter than they were, and bodies in them that are not what they were."""
    for row in archive.files(connection, archive.OPEN, archive.CLOSED):
        there = row.path.stat().st_size if row.path.is_file() else -1
        if there < row.size:
            what = "is not there" if there < 0 else f"has {there} of {row.size} bytes"
            yield f"archive: the file {row.path} {what}"
    wanted = select(archive_records.c.id, archive_records).where(_PINNED)
    for rows in _by_key(connection, wanted, archive_records.c.id, 0):
        for record in rows:
            try:
                content = warc.content_of(archive.read_record(connection, archive.entry_of(record)))
            except ArchiveError as error:
                yield f"archive, record {record.record} of {record.url}: {error.message}"
                continue
            if body_digest(content) != record.digest:
                yield f"archive, record {record.record} of {record.url}: it is not what was stored"


def _story_findings(connection: Connection) -> Iterator[str]:
    """Articles whose story is lost or was never looked for, and keys of articles that are not there."""
    first = articles.alias()
    began = and_(first.c.id == articles.c.story, first.c.story == first.c.id)
    lost = articles.c.story.is_not(None) & first.c.id.is_(None)
    for article, story in connection.execute(
        select(articles.c.id, articles.c.story).select_from(articles.outerjoin(first, began)).where(lost)
    ):
        yield f"article {article}: its story, {story}, was begun by no article"
    if without := connection.scalar(_count(articles).where(articles.c.story.is_(None))):
        yield f"{without} articles belong to no story: newsdelta db rebuild"
    known = select(articles.c.id).where(articles.c.id == story_keys.c.article).exists()
    if strays := connection.scalar(select(func.count(distinct(story_keys.c.article))).where(~known)):
        yield f"the index of stories has {strays} articles that are not stored: newsdelta db rebuild"


def _outbox_findings(connection: Connection) -> Iterator[str]:
    """Notifications without their event or destination, that wait for nothing, and messages torn apart."""
    waiting = notifications.c.state == NotificationState.WAITING
    eventless = ~select(events.c.id).where(events.c.id == notifications.c.event).exists()
    yield from _strays(connection, eventless, "tells an event that is not stored")
    placeless = ~select(destinations.c.id).where(destinations.c.id == notifications.c.destination).exists()
    yield from _strays(connection, and_(waiting, placeless), "waits for a destination that is not known")
    unmarked = and_(notifications.c.state == NotificationState.SENT, notifications.c.sent_at.is_(None))
    yield from _strays(connection, unmarked, "was sent, and nothing says when")
    unknown = notifications.c.state.not_in(list(NotificationState))
    yield from _strays(connection, unknown, "is in a state that we do not know")
    paused = {one.name for one in subscriptions.load(connection) if one.paused}
    kept = and_(waiting, notifications.c.due_at.is_(None), notifications.c.subscription.not_in(paused))
    yield from _strays(connection, kept, "is kept for an alert that is not paused: newsdelta alerts retry")
    yield from _torn_messages(connection)


def _strays(connection: Connection, which: ColumnElement[bool], what: str) -> Iterator[str]:
    wanted = select(notifications.c.id).where(which).order_by(notifications.c.id).limit(_AT_ONCE)
    for number in connection.scalars(wanted):
        yield f"notification {number} {what}"


def _torn_messages(connection: Connection) -> Iterator[str]:
    """Messages whose rows are not all in one state, or are another subscription's or destination's."""
    one_of = (notifications.c.state, notifications.c.subscription, notifications.c.destination)
    wanted = (
        select(notifications.c.key)
        .where(notifications.c.key != "")
        .group_by(notifications.c.key)
        .having(or_(*(func.min(column) != func.max(column) for column in one_of)))
        .limit(_AT_ONCE)
    )
    for key in connection.scalars(wanted):
        yield f"message {key}: its notifications are not all of one fate"


def _by_key(
    connection: Connection, wanted: Select[Any], key: ColumnElement[Any], last: Any
) -> Iterator[Sequence[Row[Any]]]:
    """Yield a table's rows some at a time, by a unique column that comes first in the row."""
    while rows := connection.execute(wanted.where(key > last).order_by(key).limit(_AT_ONCE)).all():
        yield rows
        last = rows[-1][0]
