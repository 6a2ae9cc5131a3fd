"""What is given up, and what stays because something stands on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.archive import Archive, ArchivePlace
from storage import archive, articles, maintenance, queries, retention, warc
from storage.archive_files import held
from storage.bodies import body_digest
from storage.database import Database
from storage.decide import Policy
from storage.diff import width_fold
from storage.errors import StorageError
from storage.records import Outcome, Sighting
from storage.retention import Dropped
from storage.schema import visit_days
from tests.sightings import at, seen

DAY = 24 * 60
POLICY = Policy(removal_visits=2, removal_after=timedelta(0))


def visit(minutes: float, outcome: Outcome = Outcome.NOT_MODIFIED, detail: str = "") -> Sighting:
    """A visit that brought no text."""
    sighting = replace(seen(minutes, "1"), reading=None, pages=())
    return replace(sighting, observation=replace(sighting.observation, outcome=outcome, detail=detail))


def record(store: Database, *sightings: Sighting) -> None:
    for sighting in sightings:
        articles.record(store, sighting, POLICY, width_fold)


def left(store: Database) -> list[tuple[float, str]]:
    """The observations that are left, by minute."""
    found = reversed(queries.observations(store, 1))
    return [((one.at - at(0)).total_seconds() / 60, one.outcome.value) for one in found]


def days(store: Database) -> list[tuple[str, str, int]]:
    with store.read() as connection:
        rows = connection.execute(select(visit_days).order_by(visit_days.c.day, visit_days.c.outcome)).all()
    return [(row.day, row.outcome, row.visits) for row in rows]


# -- observations


def test_of_visits_that_say_the_same_the_first_and_the_last_stay(database):
    record(database, seen(0, "1"), *(visit(minutes) for minutes in (10, 20, 30, DAY, DAY + 10)))

    assert retention.fold_observations(database, at(9 * DAY)) == 3
    assert left(database) == [(0, "read"), (10, "not-modified"), (DAY + 10, "not-modified")]
    assert days(database) == [("2026-11-24", "not-modified", 2), ("2026-11-25", "not-modified", 1)]


def test_what_events_stand_on_stays(database):
    gone = [visit(minutes, Outcome.GONE) for minutes in (20, 30, 40, 50, 60)]
    record(database, seen(0, "1"), visit(10), *gone, seen(70, "1"), seen(80, "1", body=("改过的正文。",)))
    retention.fold_observations(database, at(DAY))

    moments = [minute for minute, _ in left(database)]
    told = {(event.at - at(0)).total_seconds() / 60 for event in queries.events(database)}
    assert told == {0, 30, 70, 80}
    assert told <= set(moments)
    assert moments == [0, 10, 20, 30, 60, 70, 80]


def test_a_visit_that_differs_from_its_neighbours_stays(database):
    quarantined = visit(30, detail="quarantined: another template")
    record(database, seen(0, "1"), visit(10), visit(20), quarantined, visit(40), visit(50))

    assert retention.fold_observations(database, at(DAY)) == 0


def test_young_observations_stay_and_are_folded_later_as_if_at_once(database):
    record(database, seen(0, "1"), *(visit(10 * number) for number in range(1, 10)))
    counts = [retention.fold_observations(database, at(minute)) for minute in (35, 35, 65, 9 * DAY)]

    assert counts == [2, 0, 3, 2]
    assert left(database) == [(0, "read"), (10, "not-modified"), (90, "not-modified")]
    assert days(database) == [("2026-11-24", "not-modified", 7)]


def test_failures_of_pages_never_read_are_folded_by_address(database):
    failed = [replace(visit(minutes, Outcome.FAILED), key="9") for minutes in range(6)]
    record(database, *failed)

    assert retention.fold_observations(database, at(DAY)) == 4
    assert days(database) == [("2026-11-24", "failed", 4)]


def test_folding_leaves_a_sound_database(database):
    record(database, seen(0, "1"), *(visit(10 * number) for number in range(1, 10)))
    retention.fold_observations(database, at(DAY))

    assert maintenance.check(database).findings == ()


# -- the archive


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "warc"


class Crawl:
    """Fetches pages into the archive, and records what they say."""

    def __init__(self, store: Database, folder: Path) -> None:
        self.store = store
        self.folder = folder

    def fetch(self, minutes: float, *bodies: bytes, url: str = "http://cq.people.com.cn/") -> None:
        """Archive bodies that no revision is read from."""
        writer = Archive(self.store, ArchivePlace(str(self.folder)), "newsdelta/test")
        for body in bodies:
            writer.add(warc.Fetch(url, at(minutes), 200, (), body))
        writer.close()

    def read(self, sighting: Sighting) -> None:
        for page in sighting.pages:
            minutes = (sighting.observation.at - at(0)).total_seconds() / 60
            self.fetch(minutes, page.content, url=page.url)
        record(self.store, sighting)

    def drop(self, before: datetime) -> Dropped:
        return retention.drop_archive(self.store, before, at(9999 * DAY), "newsdelta/test")

    def holds(self, body: bytes) -> bool:
        digest = body_digest(body)
        with self.store.read() as connection:
            return archive.contents(connection, [digest]).get(digest) == body

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("*.warc.gz"))


@pytest.fixture
def crawl(database: Database, folder: Path) -> Crawl:
    return Crawl(database, folder)


def test_old_files_go_young_ones_stay(crawl):
    crawl.fetch(0, b"listing of the first day")
    crawl.fetch(DAY, b"listing of the second day")
    crawl.fetch(2 * DAY, b"listing of the third day")
    _first, *others = crawl.names()

    assert crawl.drop(before=at(DAY)).files == 1
    assert crawl.names() == others
    assert not crawl.holds(b"listing of the first day")
    assert crawl.holds(b"listing of the third day")


def test_what_revisions_were_read_from_moves_to_a_new_file(crawl, database):
    sighting = seen(0, "1")
    crawl.fetch(0, b"a listing")
    crawl.read(sighting)
    crawl.fetch(0, b"another listing")
    (before,) = crawl.names()

    dropped = crawl.drop(before=at(DAY))
    assert (dropped.files, dropped.moved) == (1, 1)
    assert before not in crawl.names()
    assert articles.stored_pages(database, 1, 1) == sighting.pages
    assert not crawl.holds(b"a listing")
    assert maintenance.check(database).findings == ()
    assert crawl.drop(before=at(DAY)) == Dropped()  # what was moved is not old again the next night


def test_what_later_fetches_refer_to_moves(crawl):
    crawl.fetch(0, b"a listing that never changes")
    crawl.fetch(5 * DAY, b"a listing that never changes")

    assert crawl.drop(before=at(DAY)).moved == 1
    assert crawl.holds(b"a listing that never changes")


def test_the_proof_of_a_removal_moves(crawl, database):
    sighting = seen(0, "1")
    crawl.read(sighting)
    for minutes in (DAY, DAY + 5, 2 * DAY):
        crawl.fetch(minutes, b"not found at %d" % minutes, url=sighting.pages[0].url)
        record(database, visit(minutes, Outcome.GONE))

    crawl.drop(before=at(9 * DAY))
    assert crawl.holds(b"not found at %d" % (DAY + 5))  # the second absent visit is what was told
    assert not crawl.holds(b"not found at %d" % (2 * DAY))


def test_a_drop_that_was_killed_before_the_file_went_is_finished(crawl, database):
    crawl.fetch(0, b"a listing")
    with database.write() as connection:
        (row,) = archive.files(connection)
        archive.set_state(connection, row.id, archive.DROPPED)

    crawl.drop(before=at(0))
    assert crawl.names() == []
    with database.read() as connection:
        assert archive.files(connection) == []


def test_a_file_with_a_damaged_record_that_is_needed_stays(crawl, database, caplog):
    crawl.read(seen(0, "1"))
    (path,) = crawl.folder.glob("*.warc.gz")
    content = bytearray(path.read_bytes())
    content[-40] ^= 0xFF
    path.write_bytes(content)

    assert crawl.drop(before=at(DAY)).files == 0
    assert path.exists()
    assert "stays" in caplog.text
    assert any("record" in found for found in maintenance.check(database).findings)


def test_a_lost_file_is_found_by_check(crawl, database):
    crawl.read(seen(0, "1"))
    (path,) = crawl.folder.glob("*.warc.gz")
    path.unlink()

    findings = maintenance.check(database).findings
    assert any("is not there" in found for found in findings)
    assert articles.stored_pages(database, 1, 1) == ()


# -- copies and sizes


def test_a_backup_takes_the_archive_along(tmp_path, folder):
    with Database.open(f"sqlite:///{tmp_path}/news.db") as store:
        crawl = Crawl(store, folder)
        crawl.read(seen(0, "1"))
        maintenance.backup(store, tmp_path / "copies" / "news.db")
        crawl.fetch(5, b"later")
        crawl.drop(before=at(DAY))
    (tmp_path / "copies").rename(tmp_path / "elsewhere")
    with Database.open(f"sqlite:///{tmp_path}/elsewhere/news.db") as copy:
        assert articles.stored_pages(copy, 1, 1) == seen(0, "1").pages
        assert maintenance.check(copy).findings == ()


def test_a_backup_without_a_file_of_the_archive_is_none(tmp_path, folder):
    with Database.open(f"sqlite:///{tmp_path}/news.db") as store:
        Crawl(store, folder).read(seen(0, "1"))
        next(folder.glob("*.warc.gz")).unlink()
        with pytest.raises(StorageError, match="could not be written"):
            maintenance.backup(store, tmp_path / "copy.db")
    assert list(tmp_path.glob("copy*")) == []


def test_nothing_is_removed_while_a_copy_is_made(folder):
    import fcntl

    with held(folder, alone=False), (folder / "archive.lock").open() as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_sizes_of_tables_and_of_the_archive(crawl, database):
    crawl.read(seen(0, "1"))
    measured = maintenance.sizes(database)

    assert measured.archive == sum(path.stat().st_size for path in crawl.folder.glob("*.warc.gz"))
    assert measured.archive_files == 1
    assert measured.rows["archive_records"] == 1
    assert set(measured.tables) >= {"articles", "revisions", "archive_records"}
    assert 0 < sum(measured.tables.values()) <= measured.bytes
