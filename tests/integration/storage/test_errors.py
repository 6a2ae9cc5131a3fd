"""What goes wrong with a database is told in our words, with what failed and a mend; each public function once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from storage import articles, database, maintenance, queries, retention
from storage.database import Database
from storage.decide import Policy
from storage.diff import width_fold
from storage.errors import ConfigError, DatabaseBusy, DatabaseUnreachable, NotFound, StorageError
from storage.records import EventKind, RunCounts
from tests.sightings import PUBLISHER, at, link, reading, seen

WRITES = {
    "record": lambda db: articles.record(db, seen(), Policy(), width_fold),
    "discover": lambda db: articles.discover(db, "cq", [link("1")], at(0)),
    "note_depth": lambda db: articles.note_depth(db, "http://cq.people.com.cn/", 1),
    "remember_listing": lambda db: articles.remember_listing(
        db, "http://cq.people.com.cn/", channel="cq", etag=None, last_modified=None, now=at(0)
    ),
    "start_run": lambda db: articles.start_run(db, "cq", at(0)),
    "finish_run": lambda db: articles.finish_run(db, 1, at(0), RunCounts()),
    "record_channel_event": lambda db: articles.record_channel_event(
        db, "cq", EventKind.CHANNEL_BROKEN, at(0)
    ),
    "replace_reading": lambda db: articles.replace_reading(db, 1, 1, reading()),
    "fold_observations": lambda db: retention.fold_observations(db, at(0)),
    "rebuild_search": maintenance.rebuild_search,
    "rebuild_stories": maintenance.rebuild_stories,
}
READS = {
    "known": lambda db: articles.known(db, PUBLISHER, "1"),
    "pending": lambda db: articles.pending(db, "cq"),
    "parts": lambda db: articles.parts(db, PUBLISHER, "1"),
    "validators": lambda db: articles.validators(db, ["http://cq.people.com.cn/"]),
    "revisitable": lambda db: articles.revisitable(db, "cq", at(0)),
    "last_visits": lambda db: articles.last_visits(db, "people.com.cn", ["1"]),
    "listed": lambda db: articles.listed(db, ["http://cq.people.com.cn/"]),
    "rehearse": lambda db: articles.rehearse(db, seen(), Policy(), width_fold),
    "stored_pages": lambda db: articles.stored_pages(db, 1, 1),
    "find_article": lambda db: queries.find_article(db, "1"),
    "articles": queries.articles,
    "search": lambda db: queries.articles(db, search="公园"),
    "revision": lambda db: queries.revision(db, 1),
    "revisions": lambda db: queries.revisions(db, 1),
    "story_members": lambda db: queries.story_members(db, 1),
    "observations": lambda db: queries.observations(db, 1),
    "addresses": lambda db: queries.addresses(db, 1),
    "events": lambda db: list(queries.events(db)),
    "latest_events": queries.latest_events,
    "last_event_id": queries.last_event_id,
    "runs": queries.runs,
    "requests_since": lambda db: queries.requests_since(db, at(0)),
    "counts": queries.counts,
    "export_rows": lambda db: list(queries.export_rows(db)),
    "check": maintenance.check,
    "sizes": maintenance.sizes,
}


@pytest.fixture
def impatient(monkeypatch):
    """Do not wait ten seconds for a lock that stays."""
    monkeypatch.setattr(database, "WAIT", 0.1)


@pytest.mark.parametrize("name", WRITES)
def test_a_locked_sqlite_database_is_busy_for_who_writes(tmp_path, impatient, name):
    file = tmp_path / "news.db"
    with (
        Database.open(f"sqlite:///{file}") as store,
        closing(sqlite3.connect(file, isolation_level=None)) as other,
    ):
        articles.record(store, seen(), Policy(), width_fold)
        articles.start_run(store, "cq", at(0))
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy, match=r"holds the database.*try again"):
            WRITES[name](store)
        other.execute("ROLLBACK")
        WRITES[name](store)  # and goes on when the lock is gone


@pytest.mark.parametrize("name", READS)
def test_a_locked_sqlite_database_can_be_read(tmp_path, impatient, name):
    file = tmp_path / "news.db"
    with (
        Database.open(f"sqlite:///{file}") as store,
        closing(sqlite3.connect(file, isolation_level=None)) as other,
    ):
        articles.record(store, seen(), Policy(), width_fold)
        other.execute("BEGIN IMMEDIATE")
        READS[name](store)


@pytest.mark.parametrize("name", [*WRITES, *READS])
def test_a_database_whose_tables_are_gone_fails_with_our_error(tmp_path, name):
    with Database.open(f"sqlite:///{tmp_path}/news.db") as store:
        with store.write() as connection:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            for table in [
                "links",
                "listings",
                "events",
                "observations",
                "revisions",
                "bodies",
                "addresses",
                "articles",
                "runs",
                "meta",
                "search",
            ]:
                connection.exec_driver_sql(f"DROP TABLE {table}")
        with pytest.raises(StorageError) as caught:
            (WRITES | READS)[name](store)
    assert caught.value.__cause__ is not None
    assert caught.value.subject


def test_a_locked_row_is_busy_on_postgresql(postgresql_url, monkeypatch):
    monkeypatch.setattr(database, "WAIT", 1)
    with Database.open(postgresql_url) as store, psycopg.connect(postgresql_url) as other:
        articles.record(store, seen(0), Policy(), width_fold)
        other.execute("SELECT 1 FROM articles FOR UPDATE")
        with pytest.raises(DatabaseBusy, match="holds the rows"):
            articles.record(store, seen(1), Policy(), width_fold)
        other.rollback()
        articles.record(store, seen(1), Policy(), width_fold)


def test_a_lost_connection_is_told_once_and_then_made_again(postgresql_url):
    with Database.open(postgresql_url) as store, psycopg.connect(postgresql_url, autocommit=True) as other:
        articles.record(store, seen(0), Policy(), width_fold)
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with pytest.raises(DatabaseUnreachable):
            articles.record(store, seen(1), Policy(), width_fold)
        assert articles.record(store, seen(1), Policy(), width_fold).change == "unchanged"


def test_an_unreachable_server_is_named_without_its_password():
    with pytest.raises(DatabaseUnreachable) as caught:
        Database.open("postgresql://reader:secret@127.0.0.1:1/news")

    assert "127.0.0.1:1/news" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["", "news.db", "mysql://localhost/news", "sqlite://", "sqlite:///:memory:", "postgresql://host:port:/x"],
)
def test_a_url_of_another_kind_is_a_wrong_setting(url):
    with pytest.raises(ConfigError, match="sqlite:///path/to/file"):
        Database.open(url)


def test_no_database_no_folder_no_file(tmp_path):
    with pytest.raises(DatabaseUnreachable, match="no database yet"):
        Database.open(f"sqlite:///{tmp_path}/none.db", create=False)
    (tmp_path / "file").write_text("a file is no folder")
    with pytest.raises(DatabaseUnreachable, match="folder cannot be made"):
        Database.open(f"sqlite:///{tmp_path}/file/news.db")
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(DatabaseUnreachable, match="cannot be opened"):
        Database.open(f"sqlite:///{tmp_path}/folder.db")
    with Database.open(f"sqlite:///{tmp_path}/new/folders/news.db") as store:
        assert queries.counts(store).articles == 0


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    file = tmp_path / "news.db"
    file.write_bytes(b"this is a letter to the editor, " * 100)

    with pytest.raises(StorageError, match="no SQLite database"):
        Database.open(f"sqlite:///{file}")
    assert file.read_bytes().startswith(b"this is a letter")


def test_a_damaged_database_says_so(tmp_path):
    file = tmp_path / "news.db"
    with Database.open(f"sqlite:///{file}") as store:
        for key in range(40):
            articles.record(store, seen(0, str(key)), Policy(), width_fold)
    ruin(file)

    with pytest.raises(StorageError, match="damaged"):
        export(f"sqlite:///{file}")


def export(url: str) -> None:
    with Database.open(url) as store:
        list(queries.export_rows(store))


def ruin(file: Path) -> None:
    """Overwrite the middle of the file, as a bad disk would."""
    content = bytearray(file.read_bytes())
    start = len(content) // 3
    content[start : start + 200_000] = b"\xff" * min(200_000, len(content) - start)
    file.write_bytes(content)


def test_a_database_opened_for_reading_is_not_written(database, database_url):
    articles.record(database, seen(), Policy(), width_fold)
    with Database.open(database_url, readonly=True) as reader:
        assert queries.counts(reader).articles == 1
        with pytest.raises(StorageError, match="for reading only"):
            articles.start_run(reader, "cq", at(0))
        with pytest.raises(StorageError):
            delete_events(reader)
    assert queries.counts(database).events == 1


def delete_events(store: Database) -> None:
    with store.read() as connection:
        connection.exec_driver_sql("DELETE FROM events")


def test_what_is_not_there_is_named(database):
    for look in (
        lambda: queries.find_article(database, "http://cq.people.com.cn/n2/none.html"),
        lambda: queries.revision(database, 7),
        lambda: articles.stored_pages(database, 7, 1),
        lambda: articles.replace_reading(database, 7, 1, reading()),
        lambda: articles.finish_run(database, 7, at(0), RunCounts()),
    ):
        with pytest.raises(NotFound, match=r"7|none\.html"):
            look()


def test_a_failure_within_a_transaction_undoes_it(database):
    def insert_and_fail() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("INSERT INTO meta (name, value) VALUES ('a', 'b')")
            raise KeyError("a")

    with pytest.raises(KeyError):
        insert_and_fail()
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM meta WHERE name = 'a'").scalar() == 0


def test_a_time_without_a_zone_is_refused(database):
    with pytest.raises(Exception, match="without a time zone"):
        articles.start_run(database, "cq", (at(0) + timedelta(0)).replace(tzinfo=None))
