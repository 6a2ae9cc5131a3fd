"""The archive of a process on a real disk: rotated, shared, safe before it is indexed, mended after a crash."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.archive import Archive, ArchivePlace
from storage import archive, articles, maintenance, warc
from storage.archive_files import recover
from storage.bodies import body_digest
from storage.database import Database
from storage.decide import Policy
from storage.diff import width_fold
from tests.databases import database, database_url, postgresql_server
from tests.sightings import seen

__all__ = ["database", "database_url", "postgresql_server"]
AT = datetime(2026, 11, 24, 1, tzinfo=UTC)
PAGES = tuple(page for page in seen(0, "1").pages)
BODY = PAGES[0].content


def fetch(body: bytes = BODY, *, minutes: float = 0, url: str = PAGES[0].url) -> warc.Fetch:
    return warc.Fetch(url, AT + timedelta(minutes=minutes), 200, (("Content-Type", "text/html"),), body)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "warc"


@pytest.fixture
def writer(database: Database, folder: Path) -> Iterator[Archive]:
    made = Archive(database, ArchivePlace(str(folder)), "newsdelta/test")
    yield made
    made.close()


def entries(store: Database) -> list[archive.Entry]:
    with store.read() as connection:
        return list(archive.of_urls(connection, {PAGES[0].url, "http://a/", "http://b/"}))


def records(folder: Path) -> list[warc.Record]:
    """Everything in the archive, file by file."""
    found = []
    for path in sorted(folder.glob("*.warc.gz")):
        with path.open("rb") as file:
            found += [warc.read(member.raw) for member in warc.members(file)]
    return found


def kinds(folder: Path) -> list[str]:
    return [made.kind for made in records(folder)]


def body_of(store: Database, body: bytes = BODY) -> bytes | None:
    with store.read() as connection:
        return archive.contents(connection, [body_digest(body)]).get(body_digest(body))


def test_what_was_settled_can_be_read(database, writer, folder):
    writer.add(fetch())
    assert entries(database) == []
    writer.settle()

    assert [entry.kind for entry in entries(database)] == ["response"]
    assert body_of(database) == BODY
    assert kinds(folder) == ["warcinfo", "response"]


def test_the_same_bytes_again_are_a_revisit_also_for_another_process(database, writer, folder):
    writer.add(fetch())
    writer.add(fetch(minutes=5))
    writer.close()
    later = Archive(database, ArchivePlace(str(folder)), "newsdelta/test")
    later.add(fetch(minutes=9, url="http://b/"))
    later.add(fetch(b"another", minutes=10))
    later.close()

    assert kinds(folder) == ["warcinfo", "response", "revisit", "revisit", "response"]
    original = records(folder)[1]
    assert {made.get("WARC-Refers-To") for made in records(folder)[2:4]} == {f"<{original.id}>"}


def test_only_a_body_that_an_address_had_before_is_looked_for(database, writer, folder):
    writer.add(fetch(), "")
    writer.close()
    later = Archive(database, ArchivePlace(str(folder)), "newsdelta/test")
    later.add(fetch(minutes=5), body_digest(BODY))
    later.add(fetch(b"another", minutes=6), body_digest(BODY))
    later.close()
    last = Archive(database, ArchivePlace(str(folder)), "newsdelta/test")
    last.add(fetch(minutes=9, url="http://b/"), "")
    last.close()

    assert kinds(folder) == ["warcinfo", "response", "revisit", "response", "response"]
    assert body_of(database) == BODY


def test_a_revision_keeps_its_body_in_the_archive_alone(database, writer):
    sighting = seen(0, "1")
    for page in sighting.pages:
        writer.add(fetch(page.content, url=page.url))
    writer.settle()
    recorded = articles.record(database, sighting, Policy(), width_fold)

    assert recorded.article_id is not None
    assert articles.stored_pages(database, recorded.article_id, 1) == sighting.pages
    assert maintenance.sizes(database).rows["bodies"] == 0
    assert [entry.pinned for entry in entries(database)] == [1]
    assert maintenance.check(database).findings == ()


def test_what_was_not_settled_is_kept_in_the_database(database, writer):
    writer.add(fetch())
    recorded = articles.record(database, seen(0, "1"), Policy(), width_fold)

    assert recorded.article_id is not None
    assert articles.stored_pages(database, recorded.article_id, 1) == seen(0, "1").pages
    assert maintenance.sizes(database).rows["bodies"] == 1


def test_a_file_is_full_at_a_size(database, folder):
    writer = Archive(database, ArchivePlace(str(folder), size=2000), "newsdelta/test")
    for number in range(6):
        writer.add(fetch(os.urandom(900), minutes=number))
        writer.settle()
    writer.close()

    assert len(list(folder.iterdir())) == 3
    with database.read() as connection:
        states = [row.state for row in archive.files(connection)]
    assert states == ["closed", "closed", "open"]
    assert kinds(folder).count("response") == 6


def test_a_file_is_of_one_day(database, folder, writer):
    writer.add(fetch(b"evening"))
    writer.add(fetch(b"the next day", minutes=24 * 60))
    writer.close()

    assert len(list(folder.iterdir())) == 2


def test_two_processes_never_write_to_one_file(database, folder, writer):
    other = Archive(database, ArchivePlace(str(folder)), "newsdelta/test")
    for number in range(4):
        (writer, other)[number % 2].add(fetch(b"%d" % number, minutes=number))
    writer.settle()
    other.close()

    assert len(list(folder.iterdir())) == 2
    assert len(entries(database)) == 4


def test_a_file_that_was_left_is_gone_on_with(database, folder):
    for number in range(3):
        writer = Archive(database, ArchivePlace(str(folder)), "newsdelta/test")
        writer.add(fetch(b"%d" % number, minutes=number))
        writer.close()

    assert len(list(folder.iterdir())) == 1
    assert [entry.at for entry in entries(database)] == [AT + timedelta(minutes=n) for n in range(3)]


def test_what_is_added_while_the_disk_works_is_settled_with_the_next(database, writer, folder):
    async def crawl() -> None:
        writer.add(fetch(b"one"))
        first = asyncio.ensure_future(writer.settle_beside())
        await asyncio.sleep(0)
        writer.add(fetch(b"two", minutes=1))
        writer.add(fetch(b"the next day, in the next file", minutes=24 * 60))
        await first
        await writer.settle_beside()

    asyncio.run(crawl())

    assert [entry.kind for entry in entries(database)] == ["response"] * 3
    assert maintenance.check(database).findings == ()
    assert len(list(folder.iterdir())) == 2


# -- crashes


def settled(store: Database, folder: Path, *bodies: bytes) -> Path:
    """An archive of one file with these bodies, let go of."""
    writer = Archive(store, ArchivePlace(str(folder)), "newsdelta/test")
    for number, body in enumerate(bodies):
        writer.add(fetch(body, minutes=number))
    writer.close()
    (path,) = folder.iterdir()
    return path


def packed(body: bytes, minutes: float) -> bytes:
    return warc.pack(warc.write(warc.record_of(fetch(body, minutes=minutes), "urn:uuid:0")))


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_half_a_record_after_a_power_cut_is_cut_off(database, folder, cut):
    path = settled(database, folder, b"one")
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(packed(BODY, 5)[:cut])
    settled(database, folder, b"two")

    assert kinds(folder) == ["warcinfo", "response", "response"]
    assert [entry.offset for entry in entries(database)][1] == size
    assert maintenance.check(database).findings == ()


def test_bytes_that_the_disk_made_up_are_cut_off(database, folder):
    path = settled(database, folder, b"one")
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(bytes(4096))  # a file system may extend a file before it writes to it
    recover(database, folder)

    assert path.stat().st_size == size


def test_whole_records_that_the_index_never_heard_of_are_indexed(database, folder):
    path = settled(database, folder, b"one")
    with path.open("ab") as file:
        file.write(packed(BODY, 5) + packed(b"half", 6)[:-3])
    recover(database, folder)

    assert body_of(database) == BODY
    assert len(entries(database)) == 2


def test_a_file_that_the_index_lost_is_taken_up(database, folder):
    settled(database, folder, BODY)
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM archive_records")
        connection.exec_driver_sql("DELETE FROM archive_files")
    assert body_of(database) is None
    recover(database, folder)

    assert body_of(database) == BODY


def test_a_file_of_another_database_is_left_alone(database, folder, tmp_path):
    with Database.open(f"sqlite:///{tmp_path}/other.db") as other:
        settled(other, folder, BODY)

    assert recover(database, folder) == []
    assert body_of(database) is None


def test_an_archive_that_was_moved_is_found_again(database, folder, tmp_path):
    settled(database, folder, BODY)
    moved = folder.rename(tmp_path / "elsewhere")
    assert body_of(database) is None
    recover(database, moved)

    assert body_of(database) == BODY


def test_a_disk_that_fails_stops_the_archive_and_not_the_crawl(database, tmp_path, caplog):
    (tmp_path / "file").touch()
    writer = Archive(database, ArchivePlace(str(tmp_path / "file" / "warc")), "newsdelta/test")
    writer.add(fetch())
    writer.add(fetch())
    writer.settle()

    assert [record.message.count("cannot be written") for record in caplog.records] == [1]
    assert entries(database) == []


_FULL = """
import resource, signal, sys
from pathlib import Path
from tests.integration.test_archive import Archive, ArchivePlace, Database, fetch, os
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Database.open(sys.argv[1]) as store:
    writer = Archive(store, ArchivePlace(sys.argv[2]), "newsdelta/test")
    writer.add(fetch(b"one")); writer.settle()
    size = next(Path(sys.argv[2]).glob("*.gz")).stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 300, size + 300))
    writer.add(fetch(os.urandom(5000), minutes=1)); writer.settle()
    writer.close()
"""


def test_a_full_disk_leaves_whole_records_alone(tmp_path, folder):
    url = f"sqlite:///{tmp_path}/news.db"
    Database.open(url).close()
    done = subprocess.run([sys.executable, "-c", _FULL, url, str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "cannot be written" in done.stderr
    with Database.open(url) as store:
        recover(store, folder)

        assert kinds(folder) == ["warcinfo", "response"]
        assert len(entries(store)) == 1


_ENDLESS = """
import sys
from tests.integration.test_archive import Archive, ArchivePlace, Database, fetch, os
with Database.open(sys.argv[1]) as store:
    writer = Archive(store, ArchivePlace(sys.argv[2], size=20_000), "newsdelta/test")
    for number in range(10**6):
        writer.add(fetch(os.urandom(3000), minutes=number / 1000))
        if number % 7 == 6:
            writer.settle()
        if number == 20:
            print("on its way", flush=True)
"""


def test_after_a_kill_no_row_points_to_what_is_not_there(tmp_path, folder):
    url = f"sqlite:///{tmp_path}/news.db"
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", _ENDLESS, url, str(folder)], stdout=subprocess.PIPE
        ) as run:
            assert run.stdout is not None
            assert run.stdout.readline()
            run.send_signal(signal.SIGKILL)
    with Database.open(url) as store:
        recover(store, folder)
        with store.read() as connection:
            found = archive.of_urls(connection, {PAGES[0].url})
            read = [archive.read_record(connection, entry).id for entry in found]

    assert read == [entry.record for entry in found]
    assert len(read) == kinds(folder).count("response") >= 3 * 14
