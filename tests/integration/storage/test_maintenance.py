"""Checking, pruning, copying, measuring."""

from __future__ import annotations

import pytest

from storage import articles, maintenance, queries
from storage.database import Database
from storage.decide import Policy
from storage.diff import width_fold
from storage.errors import StorageError
from tests.sightings import seen


@pytest.fixture
def store(database):
    for key in range(3):
        articles.record(database, seen(key, str(key)), Policy(), width_fold)
    articles.record(database, seen(10, "1", body=("改过的正文。",)), Policy(), width_fold)
    return database


def test_a_sound_database_has_no_findings(store):
    assert maintenance.check(store) == maintenance.Report(revisions=4, bodies=2, findings=())


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        ("DELETE FROM bodies", "revision 1: the page http://cq.people.com.cn/"),
        ("UPDATE bodies SET content = substr(content, 2)", "it is not what was stored"),
        (
            "UPDATE articles SET content_hash = 'c1:0' WHERE id = 2",
            "article 2: it differs from its last revision",
        ),
        ("UPDATE articles SET revisions = 9 WHERE id = 2", "article 2: its last revision is lost"),
    ],
)
def test_damage_is_found(store, damage, finding):
    with store.write() as connection:
        connection.exec_driver_sql(damage)

    assert any(finding in found for found in maintenance.check(store).findings)


def test_rows_that_belong_to_nothing_are_found_on_sqlite(tmp_path):
    with Database.open(f"sqlite:///{tmp_path}/news.db") as store:
        articles.record(store, seen(), Policy(), width_fold)
        with store.read() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("DELETE FROM articles")
            connection.exec_driver_sql("BEGIN")
        findings = maintenance.check(store).findings

    assert "events, row 1: belongs to nothing in articles" in findings


def test_sizes(store):
    measured = maintenance.sizes(store)

    assert measured.bytes > 50_000
    assert (measured.rows["articles"], measured.rows["revisions"], measured.rows["bodies"]) == (3, 4, 2)


def test_a_backup_is_a_whole_database(tmp_path):
    with Database.open(f"sqlite:///{tmp_path}/news.db") as store:
        articles.record(store, seen(), Policy(), width_fold)
        maintenance.backup(store, tmp_path / "copies" / "news.db")
        with pytest.raises(StorageError, match="there already"):
            maintenance.backup(store, tmp_path / "copies" / "news.db")
        (tmp_path / "file").touch()
        with pytest.raises(StorageError, match="could not be written"):
            maintenance.backup(store, tmp_path / "file" / "news.db")
    with Database.open(f"sqlite:///{tmp_path}/copies/news.db", create=False) as copy:
        assert queries.counts(copy).articles == 1
        assert maintenance.check(copy).findings == ()
    assert [file.name for file in (tmp_path / "copies").iterdir() if "unfinished" in file.name] == []


def test_postgresql_has_its_own_tools_for_a_backup(postgresql_url, tmp_path):
    with Database.open(postgresql_url) as store, pytest.raises(StorageError, match="pg_dump"):
        maintenance.backup(store, tmp_path / "copy.db")
