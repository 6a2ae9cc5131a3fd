"""The power goes, at any byte: what was not on the disk yet is gone, what is left is sound, and is found again.

SQLite's log (`-wal`) is not synced at each commit, so a power cut may leave any beginning of it. The archive is synced
before its rows are committed: of its files at least what the rows name is there, and behind that any part of what came
later, or nothing but zeros where the file system gave out room and wrote nothing into it.
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crawler.archive import Archive, ArchivePlace
from storage import archive, articles, maintenance, outbox, queries, subscriptions
from storage.archive_files import recover
from storage.database import Database
from storage.decide import Policy
from storage.diff import width_fold
from storage.records import Subscription
from storage.warc import Fetch
from tests.sightings import at, seen

KEYS = [str(41000001 + number) for number in range(6)]
LEASE = timedelta(minutes=1)
EVERYTHING = Subscription("all", ("d1",), per_story=False)


class Machine:
    """A store and its archive in one folder, as they were when the power went."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "there"
        self.kept = folder / "kept"
        self.url = f"sqlite:///{self.folder}/news.db"
        self.warc = self.folder / "warc"

    def work(self) -> None:
        """Store some articles; then the power goes: nothing is closed, nothing synced any more."""
        database = Database.open(self.url)
        subscriptions.sync_config(database, [EVERYTHING], at(0), width_fold)
        database.make_lasting()
        writer = Archive(database, ArchivePlace(str(self.warc)), "newsdelta/test")
        visit(database, writer, KEYS)
        shutil.copytree(self.folder, self.kept)
        writer.close()
        database.close()

    def cut(self, log_bytes: int, archive_bytes: int, zeros: int) -> None:
        """Leave so much of the log, and so much of the archive behind what its rows name."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder)
        log = self.folder / "news.db-wal"
        with log.open("rb+") as file:
            file.truncate(min(log_bytes, log.stat().st_size))
        (self.folder / "news.db-shm").unlink(missing_ok=True)  # it is memory
        with Database.open(self.url) as database, database.read() as connection:
            named = {row.path: row.size for row in archive.files(connection)}
        for path in self.warc.glob("*.warc.gz"):
            size = min(path.stat().st_size, named.get(path, 0) + archive_bytes)
            with path.open("rb+") as file:
                file.truncate(size)
                file.truncate(size + zeros)


def visit(database: Database, writer: Archive, keys: list[str]) -> None:
    for minutes, key in enumerate(keys):
        sighting = seen(minutes, key, title=f"渝中区第{key[-2:]}条步道建成")
        for page in sighting.pages:
            writer.add(Fetch(page.url, at(minutes), 200, (("Content-Type", "text/html"),), page.content))
        writer.settle()
        articles.record(database, sighting, Policy(), width_fold)


def told(database: Database) -> list[str]:
    return [event.url for event in queries.events(database)]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    made = Machine(tmp_path_factory.mktemp("power"))
    made.work()
    return made


@given(
    log_bytes=st.integers(0, 700_000), archive_bytes=st.integers(0, 3000), zeros=st.sampled_from([0, 1, 5000])
)
@example(log_bytes=0, archive_bytes=0, zeros=0)
@example(log_bytes=10**9, archive_bytes=10**9, zeros=4096)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_what_is_left_is_sound_and_the_rest_is_found_again(machine, log_bytes, archive_bytes, zeros):
    machine.cut(log_bytes, archive_bytes, zeros)
    with Database.open(machine.url) as database:
        recover(database, machine.warc)
        assert maintenance.check(database).findings == ()
        before = told(database)
        assert before == [seen(0, key).observation.url for key in KEYS[: len(before)]], "a beginning"
        subscriptions.sync_config(database, [EVERYTHING], at(0), width_fold)
        writer = Archive(database, ArchivePlace(str(machine.warc)), "newsdelta/test")
        visit(database, writer, KEYS)
        writer.close()
        assert told(database) == [seen(0, key).observation.url for key in KEYS], "each once"
        assert maintenance.check(database).findings == ()
        assert maintenance.sizes(database).rows["notifications"] == len(KEYS)


def test_what_is_about_to_be_sent_is_on_the_disk_with_its_event(tmp_path, monkeypatch):
    """Else another event could get its number after a power cut, and with that its key: a receiver that knows the
    key would take it for the one it has.
    """
    from storage import database as database_file

    synced: list[int] = []
    sync = database_file.os.fdatasync

    def watched_sync(handle: int) -> None:
        sync(handle)
        synced.append((tmp_path / "news.db-wal").stat().st_size)

    monkeypatch.setattr(database_file.os, "fdatasync", watched_sync)
    with Database.open(f"sqlite:///{tmp_path}/news.db") as database:
        subscriptions.sync_config(database, [EVERYTHING], at(0), width_fold)
        articles.record(database, seen(0, "1"), Policy(), width_fold)
        assert outbox.claim(database, "d2", at(1), LEASE) == ()
        assert synced == [], "nothing is to be sent"
        [claim] = outbox.claim(database, "d1", at(1), LEASE)
        assert synced == [(tmp_path / "news.db-wal").stat().st_size]

        left = tmp_path / "left"
        left.mkdir()
        for name in ("news.db", "news.db-wal"):
            shutil.copy(tmp_path / name, left / name)
    with Database.open(f"sqlite:///{left}/news.db") as database:
        [again] = outbox.claim(database, "d1", at(3), LEASE)
        assert again.key == claim.key
        assert [one.event for one in again.notifications] == [one.event for one in claim.notifications]
