"""Files of the archive on the disk: append, make safe, and what to do with those that a dead process left.

A file is locked (flock(2)) by the process that writes it, for as long as that lives. Records go to its end; the
index (archive.py) gets a row for each after fsync(2), never before. So what a crash leaves at the end of a file is
records without rows, which are indexed now, or half a record, which is cut off.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from storage import archive, warc
from storage.archive import Entry, FileRow
from storage.database import Database
from storage.errors import ArchiveError
from storage.identity import database_id

log = logging.getLogger(__name__)

SUFFIX = ".warc.gz"
#: Held shared by whoever needs all files to stay (a backup), alone by whoever removes some.
LOCK = "archive.lock"


class ArchiveFile:
    """One file, open at its end and locked. Raises ArchiveError where the disk fails."""

    def __init__(self, path: Path, handle: BinaryIO, size: int, made_at: datetime, warcinfo: str) -> None:
        self.path = path
        self.size = size  # with what is not safe yet
        self.safe = size
        self.made_at = made_at
        self.warcinfo = warcinfo
        self._handle = handle

    @classmethod
    def make(cls, folder: Path, now: datetime, fields: str) -> ArchiveFile:
        """Begin a new file with a `warcinfo` record of these fields, safe on the disk with its name."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path, handle = _new_file(folder, now)
            more = [("WARC-Filename", path.name)]
            info = warc.record(
                "warcinfo", now, media="application/warc-fields", block=fields.encode(), more=more
            )
            made = cls(path, handle, 0, now, info.id)
            made.append(warc.pack(warc.write(info)))
            made.make_safe()
            _sync_folder(folder)
        except OSError as error:
            raise _failed(folder, error) from error
        return made

    @classmethod
    def take(cls, database: Database, row: FileRow) -> ArchiveFile | None:
        """Go on with a file that `recover` found free; None where somebody was quicker, or it is gone."""
        handle = _locked(row.path)
        if handle is None:
            return None
        with database.read() as connection:
            known = next((one.size for one in archive.files(connection) if one.id == row.id), -1)
        info = _first_record(handle)
        if info is None or os.fstat(handle.fileno()).st_size != known:
            handle.close()
            return None
        handle.seek(known)
        return cls(row.path, handle, known, row.made_at, info.id)

    def append(self, packed: bytes) -> int:
        """Add one member; returns where it begins. It is not safe yet."""
        offset = self.size
        try:
            self._handle.write(packed)
        except OSError as error:
            self.undo()
            raise _failed(self.path, error) from error
        self.size += len(packed)
        return offset

    def make_safe(self) -> None:
        """Return when all that was added is on the disk. Where that fails, none of it counts."""
        if self.safe == self.size:
            return
        try:
            self._handle.flush()
            os.fdatasync(self._handle.fileno())
        except OSError as error:
            self.undo()
            raise _failed(self.path, error) from error
        self.safe = self.size

    def undo(self) -> None:
        """Take back what is not safe, as far as the disk lets us: a later recovery does the rest."""
        if self._handle.closed:
            return
        with contextlib.suppress(OSError):
            self._handle.flush()
        with contextlib.suppress(OSError):
            os.ftruncate(self._handle.fileno(), self.safe)
            self._handle.seek(self.safe)
        self.size = self.safe

    def close(self) -> None:
        """Let go of the file."""
        with contextlib.suppress(OSError):
            self._handle.close()


def file_fields(database: Database, user_agent: str) -> str:
    """What a `warcinfo` record says: who made the file, and of which database it is part."""
    lines = {
        "software": user_agent,
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "http-header-user-agent": user_agent,
        "robots": "obey",
        "isPartOf": database_id(database),
    }
    return "".join(f"{name}: {value}\r\n" for name, value in lines.items())


def recover(database: Database, folder: Path) -> list[FileRow]:
    """Mend what dead processes left in the folder: index whole records, cut off half ones, take up files that
    the index lost or looked for elsewhere. Returns the files that nobody writes to and that are not full.

    Raises ArchiveError, StorageError.
    """
    if not folder.is_dir():
        return []
    with database.read() as connection:
        known = {row.path.name: row for row in archive.files(connection)}
    free = []
    for path in sorted(folder.glob("*" + SUFFIX)):
        row = known.get(path.name) or _adopt(database, path)
        if row is not None and row.path != path and not row.path.exists():
            with database.write() as connection:
                archive.set_folder(connection, row.id, path.parent)
            row = FileRow(row.id, path, row.size, row.made_at, row.last_at, row.state)
        if row is not None and row.state == archive.OPEN and _mend(database, row):
            free.append(row)
    return free


def _adopt(database: Database, path: Path) -> FileRow | None:
    """Take up a file that the index lost, where it is this database's and nobody writes to it."""
    handle = _locked(path)
    if handle is None:
        return None
    with handle:
        info = _first_record(handle)
        if info is None or f"isPartOf: {database_id(database)}\r\n".encode() not in info.block:
            return None
        number = archive.register(database, path, 0, info.at)
    log.warning("The archive's file %s was not in the index; it is taken up again", path)
    return FileRow(number, path, 0, info.at, info.at, archive.OPEN)


def _first_record(handle: BinaryIO) -> warc.Record | None:
    """The `warcinfo` that a file of ours begins with."""
    try:
        return warc.read(next(warc.members(handle)).raw)
    except (ArchiveError, StopIteration):
        return None


def _mend(database: Database, row: FileRow) -> bool:
    """Bring the end of a file and its rows together; False where a process still writes to it."""
    handle = _locked(row.path)
    if handle is None:
        return False
    with handle:
        size = os.fstat(handle.fileno()).st_size
        if size <= row.size:
            return size == row.size
        end, entries = _scan(handle, row)
        if end < size:
            log.warning("%s: %d bytes of a record cut short are cut off", row.path, size - end)
            os.ftruncate(handle.fileno(), end)
        os.fsync(handle.fileno())
        with database.write() as connection:
            last = max([row.last_at, *(entry.at for entry in entries)])
            archive.note(connection, row.id, end, last, entries)
    return True


def _scan(handle: BinaryIO, row: FileRow) -> tuple[int, list[Entry]]:
    """The whole records after what the index knows, and where they end."""
    end, entries = row.size, []
    try:
        for member in warc.members(handle, row.size):
            made = warc.read(member.raw)
            if made.get(warc.CONTENT_DIGEST):
                entries.append(Entry.of(row.id, member.offset, len(member.packed), made))
            end = member.end
    except ArchiveError as error:
        log.info("%s: %s", row.path, error)
    return end, entries


def is_free(row: FileRow) -> bool:
    """Whether nobody writes to a file; one that is not there counts as free."""
    if not row.path.exists():
        return True
    handle = _locked(row.path)
    if handle is None:
        return False
    handle.close()
    return True


@contextlib.contextmanager
def held(folder: Path, *, alone: bool) -> Iterator[None]:
    """Keep the files of a folder from being removed; `alone`, be the one who may remove some. Waits its turn."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


def _new_file(folder: Path, now: datetime) -> tuple[Path, BinaryIO]:
    """Make a file with a name that no other has: moment, serial number, machine, process."""
    host = "".join(sign if sign.isalnum() else "-" for sign in socket.gethostname())[:40] or "host"
    for serial in range(100_000):
        stamp = now.astimezone(UTC).strftime("%Y%m%d%H%M%S%f")
        path = folder / f"newsdelta-{stamp}-{serial:05d}-{host}-{os.getpid()}{SUFFIX}"
        try:
            handle = path.open("xb+", buffering=2**18)
        except FileExistsError:
            continue
        fcntl.flock(handle, fcntl.LOCK_EX)
        return path, handle
    raise ArchiveError("No name is left for another file", subject=str(folder))


def _locked(path: Path) -> BinaryIO | None:
    """The file, locked; None where a process writes to it, or it is gone."""
    try:
        handle = path.open("rb+", buffering=2**18)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        return None
    return handle


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _failed(path: Path, error: OSError) -> ArchiveError:
    return ArchiveError("The archive cannot be written", subject=str(path), mend=str(error.strerror or error))
