"""How long things are kept: what is dropped, what is folded, and what stays because something stands on it.

    fold_observations   visits that said what those before and after them said become counts by day
    drop_archive        old files of the archive go; records that revisions, removals or later fetches stand on move
                        to a new file first

Articles, revisions, events and the first and last of equal observations stay for ever.
"""

from __future__ import annotations

import contextlib
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from storage import archive, warc
from storage.archive import DROPPED, Entry, FileRow
from storage.archive_files import ArchiveFile, file_fields, held, is_free
from storage.database import Database
from storage.errors import ArchiveError
from storage.records import EventKind
from storage.schema import addresses, archive_records, events, observations, visit_days
from storage.statements import Write, columns_of

log = logging.getLogger(__name__)

#: Articles whose observations are folded in one transaction, and records that are moved in one.
ARTICLES, RECORDS = 50, 200
#: A removal stands on the last fetch before it, within this time.
BEFORE_REMOVAL = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Dropped:
    """What became of old files of the archive: how many went, their bytes, and how many records were moved."""

    files: int = 0
    bytes: int = 0
    moved: int = 0


# -- observations


def fold_observations(database: Database, before: datetime) -> int:
    """Count by day the observations older than that which add nothing: those before and after them, of the same
    article, had the same outcome, and no event is of their moment. Returns how many. Raises StorageError.

    Goes in many transactions, so that others may write meanwhile.
    """
    return _fold_by(database, before, observations.c.article, observations.c.article.is_not(None)) + _fold_by(
        database, before, observations.c.url, observations.c.article.is_(None)
    )


def _fold_by(
    database: Database, before: datetime, key: ColumnElement[Any], which: ColumnElement[bool]
) -> int:
    """Fold the observations of one article after another; `key` tells them apart."""
    folded, last = 0, None
    while True:
        old = select(key).where(which, observations.c.at < before).distinct().order_by(key).limit(ARTICLES)
        with database.write() as connection:
            found = connection.scalars(old if last is None else old.where(key > last)).all()
            if not found:
                return folded
            folded += _fold(connection, before, key, key.in_(found) & which)
        last = found[-1]


def _fold(
    connection: Connection, before: datetime, key: ColumnElement[Any], which: ColumnElement[bool]
) -> int:
    columns = [observations.c[name] for name in ("id", "article", "channel", "at", "outcome", "size")]
    same = [observations.c[name] for name in ("outcome", "status", "detail")]
    wanted = select(key.label("of"), *columns, *(one.label(f"same_{one.name}") for one in same)).where(which)
    rows = connection.execute(wanted.order_by(key, observations.c.at, observations.c.id)).all()
    moments = _moments_of_events(connection, {row.article for row in rows} - {None})
    idle: list[Any] = []
    for _, visits in groupby(rows, key=lambda row: row.of):
        idle += _idle(list(visits), before, moments)
    visits_, sizes = Counter[tuple[Any, ...]](), Counter[tuple[Any, ...]]()
    for row in idle:
        day = (row.article or 0, row.channel, row.at.astimezone(UTC).date().isoformat(), row.outcome)
        visits_[day] += 1
        sizes[day] += row.size
    names = ("article", "channel", "day", "outcome")
    for day, count in visits_.items():
        _COUNT(connection, {**dict(zip(names, day, strict=True)), "visits": count, "bytes": sizes[day]})
    gone = [row.id for row in idle]
    for at in range(0, len(gone), 500):
        connection.execute(delete(observations).where(observations.c.id.in_(gone[at : at + 500])))
    return len(gone)


def _idle(visits: Sequence[Any], before: datetime, moments: set[tuple[int, datetime]]) -> Iterable[Any]:
    """The visits, in the order of time, that are like those on both sides of them."""
    said = [(row.same_outcome, row.same_status, row.same_detail) for row in visits]
    for at in range(1, len(visits) - 1):
        row = visits[at]
        alike = said[at - 1] == said[at] == said[at + 1]
        if alike and row.at < before and (row.article, row.at) not in moments:
            yield row


def _moments_of_events(connection: Connection, of: set[int]) -> set[tuple[int, datetime]]:
    wanted = select(events.c.article, events.c.at).where(events.c.article.in_(of))
    return {(row.article, row.at) for row in connection.execute(wanted)}


def _count(insert: Any) -> Any:
    statement = insert(visit_days)
    return statement.on_conflict_do_update(
        index_elements=[visit_days.c[name] for name in ("article", "channel", "day", "outcome")],
        set_={
            "visits": visit_days.c.visits + statement.excluded.visits,
            "bytes": visit_days.c.bytes + statement.excluded.bytes,
        },
    )


_COUNT = Write(_count, columns_of(visit_days))


# -- the archive


def drop_archive(database: Database, before: datetime, now: datetime, user_agent: str) -> Dropped:
    """Drop the files of the archive whose last record is older than that, and free their room.

    First, records that something stands on are written to a new file and safe there: bodies that revisions were
    read from, or that a later fetch refers to, and the last fetch before a removal. Where we are killed on the
    way, no row points to what is not there, and the next call goes on. Raises StorageError, ArchiveError.
    """
    with database.read() as connection:
        files = archive.files(connection)
    done = Dropped()
    for folder in sorted({row.path.parent for row in files if row.path.parent.is_dir()}):
        here = [row for row in files if row.path.parent == folder]
        with held(folder, alone=True):
            for row in here:
                if row.state == DROPPED:
                    _remove(database, row)
            old = [row for row in here if row.state != DROPPED and row.last_at < before and is_free(row)]
            done = _drop(database, old, now, user_agent, done)
    return done


def _drop(
    database: Database, old: Sequence[FileRow], now: datetime, user_agent: str, done: Dropped
) -> Dropped:
    going = {row.id for row in old}
    for row in old:
        mover = _Mover(database, row, now, user_agent)
        try:
            with contextlib.closing(mover):
                while needed := _let_go(database, row, going):
                    mover.move(needed)
        except ArchiveError as error:
            log.error("%s. %s stays", error, row.path)
            continue
        _remove(database, row)
        done = Dropped(done.files + 1, done.bytes + row.size, done.moved + mover.count)
    return done


def _let_go(database: Database, row: FileRow, going: set[int]) -> list[Entry]:
    """Let the index forget a file, unless something stands on records of it: then give some of those."""
    with database.write() as connection:
        needed = _needed(connection, row, going)
        if not needed:
            connection.execute(delete(archive_records).where(archive_records.c.file == row.id))
            archive.set_state(connection, row.id, DROPPED)
    return needed


class _Mover:
    """Writes records of an old file into a new one, which is begun when there is a record for it."""

    def __init__(self, database: Database, row: FileRow, now: datetime, user_agent: str) -> None:
        self._database = database
        self._row = row
        self._now = now
        self._user_agent = user_agent
        self._file: ArchiveFile | None = None
        self._number = 0
        self.count = 0

    def move(self, entries: Sequence[Entry]) -> None:
        """Copy records, and let the index point to the copies. Raises ArchiveError, and then none is moved."""
        file = self._file or self._begin()
        with self._database.read() as connection:
            packed = [archive.read_packed(connection, entry) for entry in entries]
        for one in packed:
            warc.read(warc.unpack(one))  # what is damaged must not be copied as if it were sound
        offsets = [file.append(one) for one in packed]
        file.make_safe()
        with self._database.write() as connection:
            for entry, offset in zip(entries, offsets, strict=True):
                here = (archive_records.c.file == entry.file, archive_records.c.offset == entry.offset)
                now = {"file": self._number, "offset": offset}
                connection.execute(update(archive_records).where(*here).values(now))
            archive.note(connection, self._number, file.safe, self._now, [])
        self.count += len(entries)

    def close(self) -> None:
        """Let go of the new file; nothing more is written to it."""
        if self._file is not None:
            self._file.close()
            archive.close_file(self._database, self._number)

    def _begin(self) -> ArchiveFile:
        fields = file_fields(self._database, self._user_agent)
        fields += f"description: records kept of {self._row.path.name}\r\n"
        self._file = ArchiveFile.make(self._row.path.parent, self._now, fields)
        self._number = archive.register(self._database, self._file.path, self._file.safe, self._now)
        return self._file


def _needed(connection: Connection, row: FileRow, going: set[int]) -> list[Entry]:
    """Some of the records of a file that something stands on, in the order of the file."""
    later = archive_records.alias()
    again = (
        select(later.c.id)
        .where(
            later.c.digest == archive_records.c.digest,
            later.c.kind == "revisit",
            later.c.file.not_in(going),
        )
        .exists()
    )
    whole = archive_records.c.kind != "revisit"
    wanted = (archive_records.c.pinned == 1) | (whole & again)
    if proofs := _proofs(connection, row):
        wanted |= archive_records.c.id.in_(proofs)
    found = select(archive_records).where(archive_records.c.file == row.id, wanted)
    rows = connection.execute(found.order_by(archive_records.c.offset).limit(RECORDS))
    return [archive.entry_of(one) for one in rows]


def _proofs(connection: Connection, row: FileRow) -> list[int]:
    """The last fetches before removals, of those in this file."""
    gone = select(events.c.article, events.c.at).where(
        events.c.kind == EventKind.REMOVED,
        events.c.at >= row.made_at,
        events.c.at <= row.last_at + BEFORE_REMOVAL,
    )
    found: list[int] = []
    for article, at in connection.execute(gone).all():
        urls = select(addresses.c.url).where(addresses.c.article == article)
        seen = archive_records.c.url.in_(urls) & (archive_records.c.at <= at)
        last = select(func.max(archive_records.c.at)).where(seen, archive_records.c.at > at - BEFORE_REMOVAL)
        same = select(archive_records.c.id).where(
            archive_records.c.file == row.id, seen, archive_records.c.at == last.scalar_subquery()
        )
        found += connection.scalars(same).all()
    return found


def _remove(database: Database, row: FileRow) -> None:
    """Free the room of a file that no row points into."""
    with contextlib.suppress(FileNotFoundError):
        row.path.unlink()
    with database.write() as connection:
        archive.forget_file(connection, row.id)
