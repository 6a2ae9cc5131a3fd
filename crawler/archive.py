"""The archive of a crawling process: what each fetch brought becomes a WARC record, safe before it is spoken of.

    add       one fetch, kept in memory until it is settled
    settle    all that was added is packed, on the disk (fsync), then in the index; to be called before a visit is
              stored. settle_beside: the same, while the event loop goes on
    close     settle, and let go of the file

A thread of its own makes the records and writes them: digests, gzip and the disk leave the rest of the crawl its time.

A file is begun each day and at each `size`; files of the same day that a process before us left are gone on with.
Where the disk fails, crawling goes on without the archive for a while, and bodies are kept in the database.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from storage import archive, warc
from storage.archive import Entry, FileRow
from storage.archive_files import ArchiveFile, file_fields, recover
from storage.database import Database
from storage.errors import StorageError

log = logging.getLogger(__name__)

#: Seconds without the archive after the disk failed.
PAUSE = 60.0
#: A fetch, and the digest of the body that its address had before.
_Waiting = tuple[warc.Fetch, str | None]
#: Where a record begins, its length, and the record.
_Written = tuple[int, int, warc.Record]
#: So many fetches may wait to be settled where no visit does it.
WAITING = 64
#: Bodies that are remembered, so that the index need not be asked.
_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class ArchivePlace:
    """Where the archive is, and at which size, in bytes, a file is full."""

    folder: str
    size: int = 2**30


class Archive:
    """Writes one file at a time; shared by all crawls of a process. To be called from one thread."""

    def __init__(
        self,
        database: Database,
        place: ArchivePlace,
        user_agent: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._place = place
        self._user_agent = user_agent
        self._now = now
        self._file: ArchiveFile | None = None
        self._number = 0
        self._free: list[FileRow] | None = None
        self._waiting: list[_Waiting] = []
        self._writer = ThreadPoolExecutor(1, "archive")
        self._known: OrderedDict[tuple[str, str], warc.Original] = OrderedDict()
        self._rests_until = 0.0

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return Path(self._place.folder)

    def add(self, fetch: warc.Fetch, before: str | None = None) -> None:
        """Write what a fetch brought. Never raises: a failure is logged, and the crawl goes on without.

        `before`: the digest of the body that the address had when it was fetched last, '' where it never was. Only
        that body may be in the archive already; None: nobody knows, and the index is asked.
        """
        if time.monotonic() < self._rests_until:
            return
        try:
            self._add(fetch, before)
            if len(self._waiting) >= WAITING:
                self._settle()
        except StorageError as error:
            self._rest(error)

    def settle(self) -> None:
        """Make all that was added safe, and index it. Never raises, as `add`."""
        try:
            self._settle()
        except StorageError as error:
            self._rest(error)

    async def settle_beside(self) -> None:
        """Settle, and let the event loop go on while the disk works. Never raises, as `add`."""
        file, number = self._file, self._number
        if file is None or not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        try:
            written = await asyncio.wrap_future(self._writer.submit(self._write, file, waiting))
            self._index(number, file.safe, written)
        except StorageError as error:
            self._rest(error)

    def close(self) -> None:
        """Settle, and let go of the file; another process may go on with it."""
        self.settle()
        self._let_go()

    def _add(self, fetch: warc.Fetch, before: str | None) -> None:
        self._ready(fetch.at)
        self._waiting.append((fetch, before))

    def _write(self, file: ArchiveFile, fetches: list[_Waiting]) -> list[_Written]:
        """In the thread: write what fetches brought, until it is on the disk. Raises StorageError; then none counts."""
        written = []
        for fetch, before in fetches:
            made = self._record(fetch, before, file.warcinfo)
            packed = warc.pack(warc.write(made))
            written.append((file.append(packed), len(packed), made))
        file.make_safe()
        return written

    def _record(self, fetch: warc.Fetch, before: str | None, warcinfo: str) -> warc.Record:
        made = warc.record_of(fetch, warcinfo)
        same = made.get(warc.CONTENT_DIGEST), made.get("WARC-Payload-Digest")
        original = self._original(*same, before)
        if original is not None:
            return warc.record_of(fetch, warcinfo, original)
        self._remember(same, warc.Original.of(made))
        return made

    def _original(self, content: str, payload: str, before: str | None) -> warc.Original | None:
        """The record that holds these bytes already."""
        known = self._known.get((content, payload))
        if known is not None:
            self._known.move_to_end((content, payload))
            return known
        digest = content.rpartition(":")[2]
        is_new = before is not None and before != digest
        entry = None if is_new else archive.original(self._database, digest, payload)
        if entry is None:
            return None
        return self._remember((content, payload), warc.Original(entry.record, entry.url, warc.date(entry.at)))

    def _remember(self, same: tuple[str, str], original: warc.Original) -> warc.Original:
        self._known[same] = original
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return original

    def _settle(self) -> None:
        if self._file is None or not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        written = self._writer.submit(self._write, self._file, waiting).result()
        self._index(self._number, self._file.safe, written)

    def _index(self, number: int, size: int, written: list[_Written]) -> None:
        """Note records that are safe; `size` is that of their file, as far as it is."""
        entries = [Entry.of(number, offset, length, made) for offset, length, made in written]
        with self._database.write() as connection:
            archive.note(connection, number, size, max(entry.at for entry in entries), entries)

    # -- files

    def _ready(self, at: datetime) -> ArchiveFile:
        """The file for a record of that moment. Raises ArchiveError, StorageError."""
        file = self._file
        if file is not None and (file.size >= self._place.size or _day(file.made_at) != _day(at)):
            self._settle()
            self._let_go()
            archive.close_file(self._database, self._number)
        if self._file is None:
            self._file, self._number = self._taken_up(at) or self._begun(at)
        return self._file

    def _taken_up(self, at: datetime) -> tuple[ArchiveFile, int] | None:
        """A file of the day that another process left, mended. Those of other days, and full ones, are closed."""
        if self._free is None:
            self._free = recover(self._database, self.folder)
        while self._free:
            row = self._free.pop()
            file = ArchiveFile.take(self._database, row)
            if file is None:
                continue
            if file.size < self._place.size and _day(row.made_at) == _day(at):
                return file, row.id
            file.close()
            archive.close_file(self._database, row.id)
        return None

    def _begun(self, at: datetime) -> tuple[ArchiveFile, int]:
        file = ArchiveFile.make(self.folder, at, file_fields(self._database, self._user_agent))
        try:
            return file, archive.register(self._database, file.path, file.safe, at)
        except StorageError:
            file.close()
            raise

    def _let_go(self) -> None:
        if self._file is not None:
            self._writer.submit(self._file.close).result()  # not before what is being written
            self._file = None

    def _rest(self, error: StorageError) -> None:
        """Leave the archive alone for a while. What is not indexed does not count, nor what would refer to it."""
        log.error("%s. Bodies are kept in the database for %.0f seconds", error, PAUSE)
        self._rests_until = time.monotonic() + PAUSE
        self._waiting.clear()
        self._known.clear()
        self._let_go()
        self._free = None


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()
