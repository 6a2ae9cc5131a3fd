"""The index of the archive: which record stands where, and how bodies are read from there.

note        rows for records that are safe on the disk, never before
pin         a revision was read from this body: it is kept while the revision is
content     a body, by its digest, out of its file
of_urls     all that was archived of some addresses
files, register, close_file                  the files themselves (archive_files.py)
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, select, update

from storage import warc
from storage.bodies import body_digest
from storage.database import Database
from storage.errors import ArchiveError
from storage.frontier import LONGEST_URL
from storage.schema import archive_files, archive_records
from storage.statements import Read, Write, columns_of

log = logging.getLogger(__name__)
OPEN, CLOSED, DROPPED = "open", "closed", "dropped"
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """A record, as the index knows it; `offset` and `length` are in bytes of the file."""

    file: int
    offset: int
    length: int
    kind: str
    url: str
    at: datetime
    digest: str
    payload: str
    record: str
    pinned: int = 0

    @classmethod
    def of(cls, file: int, offset: int, length: int, made: warc.Record) -> Entry:
        """Describe a record. Raises ArchiveError where it has no date."""
        return cls(
            file,
            offset,
            length,
            made.kind,
            made.get("WARC-Target-URI")[:LONGEST_URL],
            made.at,
            made.get(warc.CONTENT_DIGEST).rpartition(":")[2],
            made.get("WARC-Payload-Digest"),
            made.id,
        )


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file, as the index knows it: `size` bytes of it are safe on the disk."""

    id: int
    path: Path
    size: int
    made_at: datetime
    last_at: datetime
    state: str


def note(connection: Connection, file: int, size: int, at: datetime, entries: Sequence[Entry]) -> None:
    """Index records that are safe on the disk; `size` is the file's, `at` the moment of the last record."""
    _NOTE.many(connection, [_values(entry) for entry in entries])
    this = update(archive_files).where(archive_files.c.id == file)
    connection.execute(this.where(archive_files.c.bytes < size).values(bytes=size))
    connection.execute(this.where(archive_files.c.last_at < at).values(last_at=at))


def pin(connection: Connection, digest: str) -> bool:
    """Keep a body for as long as there are revisions; False where the archive does not hold it."""
    return bool(_PIN.many(connection, [{"named": digest}]))


def original(database: Database, digest: str, payload: str) -> Entry | None:
    """The record that holds just these bytes, for a `revisit` to refer to. Raises StorageError."""
    with database.read() as connection:
        rows = _FIND.all(connection, {"named": digest})
    found = next((row for row in rows if row.payload == payload), None)
    return entry_of(found) if found else None


def contents(connection: Connection, digests: Iterable[str]) -> dict[str, bytes]:
    """The bodies that the archive holds, by digest; what cannot be read is left out, and logged."""
    found = {}
    for digest in digests:
        try:
            content = _content(connection, digest)
        except ArchiveError as error:
            log.warning("%s", error)
            continue
        if content is not None:
            found[digest] = content
    return found


def _content(connection: Connection, digest: str) -> bytes | None:
    """One body, from the first of its records that can be read. Raises ArchiveError where none can."""
    trouble = None
    for row in _FIND.all(connection, {"named": digest}):
        try:
            content = warc.content_of(read_record(connection, entry_of(row)))
        except ArchiveError as error:
            trouble = error
            continue
        if body_digest(content) == digest:
            return content
        trouble = ArchiveError("A body in the archive is not what was stored", subject=digest)
    if trouble is not None:
        raise trouble
    return None


def read_record(connection: Connection, entry: Entry) -> warc.Record:
    """One record out of its file. Raises ArchiveError."""
    return warc.read(warc.unpack(read_packed(connection, entry)))


def read_packed(connection: Connection, entry: Entry) -> bytes:
    """A record's bytes as they stand in its file. Raises ArchiveError."""
    row = connection.execute(_FILES.where(archive_files.c.id == entry.file)).first()
    if row is None:
        raise ArchiveError("A record belongs to no file of the archive", subject=entry.record)
    path = _file_of(connection, row).path
    try:
        with path.open("rb") as file:
            file.seek(entry.offset)
            return file.read(entry.length)
    except OSError as error:
        raise ArchiveError(
            "A file of the archive cannot be read",
            subject=str(path),
            mend=f"{error.strerror}. If it is elsewhere, name its [archive] folder and run: newsdelta db rebuild",
        ) from error


def of_urls(connection: Connection, urls: Iterable[str]) -> tuple[Entry, ...]:
    """All that was archived of these addresses, the oldest first."""
    wanted, found = sorted({url[:LONGEST_URL] for url in urls}), []
    for at in range(0, len(wanted), _CHUNK):
        chunk = archive_records.c.url.in_(wanted[at : at + _CHUNK])
        found += [entry_of(row) for row in connection.execute(select(archive_records).where(chunk))]
    return tuple(sorted(found, key=lambda entry: (entry.at, entry.file, entry.offset)))


def wholes(connection: Connection, wanted: Iterable[tuple[str, str]]) -> tuple[Entry, ...]:
    """The records that hold these bodies, one for each that the archive has; a body is named by its digest and
    that of its payload, '' for any.
    """
    found = []
    for digest, payload in wanted:
        rows = _FIND.all(connection, {"named": digest})
        found += [entry_of(row) for row in rows if payload in ("", row.payload)][:1]
    return tuple(found)


# -- files


def files(connection: Connection, *states: str) -> list[FileRow]:
    """The files in these states, all where none is named, the oldest first."""
    wanted = _FILES.where(archive_files.c.state.in_(states)) if states else _FILES
    return [_file_of(connection, row) for row in connection.execute(wanted.order_by(archive_files.c.id))]


def register(database: Database, path: Path, size: int, now: datetime) -> int:
    """Note a new file, whose first `size` bytes are safe; returns its number. Raises StorageError."""
    row = {
        "name": path.name,
        "folder": folder_text(database.url, path.parent),
        "bytes": size,
        "made_at": now,
        "last_at": now,
        "state": OPEN,
    }
    with database.write() as connection:
        number: int = _REGISTER(connection, row)
    return number


def close_file(database: Database, number: int) -> None:
    """Nothing will be written to this file any more. Raises StorageError."""
    with database.write() as connection:
        set_state(connection, number, CLOSED)


def set_state(connection: Connection, number: int, state: str) -> None:
    """Note what became of a file."""
    connection.execute(update(archive_files).where(archive_files.c.id == number).values(state=state))


def forget_file(connection: Connection, number: int) -> None:
    """Forget a file that is no more, and its records."""
    connection.execute(delete(archive_files).where(archive_files.c.id == number))


def set_folder(connection: Connection, number: int, folder: Path) -> None:
    """Note where a file is now."""
    text = folder_text(str(connection.engine.url.render_as_string()), folder)
    connection.execute(update(archive_files).where(archive_files.c.id == number).values(folder=text))


def rebase(source: Database, target: Database) -> None:
    """After rows were copied: name the folders as the other database must name them. Raises StorageError."""
    with source.read() as connection:
        found = files(connection)
    with target.write() as connection:
        for row in found:
            set_folder(connection, row.id, row.path.parent)


def folder_text(url: str, folder: Path) -> str:
    """A folder as the index names it: relative to an SQLite database that it is beside, so that both can be moved."""
    home = database_folder(url)
    folder = folder.expanduser().absolute()
    return folder.relative_to(home).as_posix() if home and folder.is_relative_to(home) else str(folder)


def database_folder(url: str) -> Path | None:
    """The folder of an SQLite database, by its URL; None for a server."""
    kind, _, path = url.partition(":///")
    return Path(path).expanduser().absolute().parent if kind.startswith("sqlite") else None


def entry_of(row: Row[Any]) -> Entry:
    """An entry, from a row of its table."""
    return Entry(**{name: getattr(row, name) for name in _ENTRY})


def _values(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in _ENTRY}


def _file_of(connection: Connection, row: Row[Any]) -> FileRow:
    home = database_folder(str(connection.engine.url.render_as_string()))
    path = (home or Path("/")) / row.folder / row.name
    return FileRow(row.id, path, row.bytes, row.made_at, row.last_at, row.state)


_ENTRY = tuple(Entry.__dataclass_fields__)
_FILES = select(archive_files)
_NOTE = Write(
    lambda own: own(archive_records).on_conflict_do_nothing(
        index_elements=[archive_records.c.file, archive_records.c.offset]
    ),
    columns_of(archive_records, "id"),
)
_REGISTER = Write(
    lambda own: own(archive_files).returning(archive_files.c.id), columns_of(archive_files, "id")
)


def _this_body(_kind: str = "") -> Select[Any]:
    """The records that hold a body, the first one first."""
    holds = archive_records.c.kind != "revisit"
    same = archive_records.c.digest == bindparam("named")
    return select(archive_records).where(same, holds).order_by(archive_records.c.id)


_FIND = Read(_this_body)
_PIN = Write(
    lambda own: (
        update(archive_records)
        .where(archive_records.c.digest == bindparam("named"), archive_records.c.kind != "revisit")
        .values(pinned=1)
    )
)
