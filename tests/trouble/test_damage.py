"""Bytes of the store or the archive are not what was written: named, and mended where there is a copy."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from crawler.archive import Archive, ArchivePlace
from storage import archive, maintenance
from storage.archive_files import recover
from storage.database import Database
from storage.errors import StorageError
from tests.trouble.test_power import KEYS, Machine, told, visit


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A store at rest: everything is in its file."""
    made = Machine(tmp_path)
    with Database.open(made.url) as database:
        writer = Archive(database, ArchivePlace(str(made.warc)), "newsdelta/test")
        visit(database, writer, KEYS)
        writer.close()
    return made


def ruin(machine: Machine, table: str) -> None:
    """Overwrite the first page of a table, as a dying disk does."""
    file = machine.folder / "news.db"
    with closing(sqlite3.connect(file)) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        [page] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchone()
    with file.open("rb+") as opened:
        opened.seek((page - 1) * size)
        opened.write(b"\xa5" * size)


def test_a_ruined_page_is_named_and_a_backup_goes_on(machine, tmp_path):
    backup = tmp_path / "backup" / "news.db"
    with Database.open(machine.url) as database:
        maintenance.backup(database, backup)
    ruin(machine, "observations")
    with Database.open(machine.url) as database:
        writer = Archive(database, ArchivePlace(str(machine.warc)), "newsdelta/test")
        with pytest.raises(StorageError, match=r"The database is damaged.*Restore a backup"):
            visit(database, writer, ["41000099"])
        writer.close()
    with Database.open(f"sqlite:///{backup}") as database:
        assert maintenance.check(database).findings == ()
        assert len(told(database)) == len(KEYS)


def test_doctor_and_check_say_that_a_store_is_damaged(newsdelta, machine, tmp_path):
    newsdelta.configure("http://127.0.0.1:9/")
    newsdelta.config.write_text(newsdelta.config.read_text().replace(newsdelta.url, machine.url))
    ruin(machine, "revisions")
    check = newsdelta("db", "check", expect=1)
    assert "damaged" in check.stdout + check.stderr or "SQLite:" in check.stdout
    assert "Traceback" not in check.stderr


def test_a_ruined_record_of_the_archive_is_named_by_its_address(machine):
    [file] = machine.warc.glob("*.warc.gz")
    with Database.open(machine.url) as database:
        with database.read() as connection:
            entry = next(iter(archive.of_urls(connection, {url_of(0)})))
        with file.open("rb+") as opened:
            opened.seek(entry.offset + 40)
            opened.write(b"\xa5" * 20)
        [finding] = maintenance.check(database).findings
        assert url_of(0) in finding


def test_half_a_record_at_the_end_of_the_archive_is_cut_off(machine):
    [file] = machine.warc.glob("*.warc.gz")
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:300][:150])
    with Database.open(machine.url) as database:
        recover(database, machine.warc)
        assert file.read_bytes() == whole
        assert maintenance.check(database).findings == ()


def url_of(number: int) -> str:
    return f"http://cq.people.com.cn/n2/2026/1124/c365401-{KEYS[number]}.html"
