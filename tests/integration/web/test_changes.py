"""A store's mark is another after each commit, whoever made it: on SQLite and on PostgreSQL."""

from __future__ import annotations

from storage import pauses
from storage.changes import Changes
from storage.database import Database
from tests.databases import database, database_url, postgresql_server
from tests.sightings import at

__all__ = ["database", "database_url", "postgresql_server"]


def test_a_commit_of_the_same_process_is_seen(database: Database) -> None:
    changes = Changes(database)
    before = changes.mark()
    pauses.pause(database, "cq", at(0))
    assert changes.mark() != before


def test_a_commit_through_another_opening_is_seen(database: Database, database_url: str) -> None:
    changes = Changes(database)
    before = changes.mark()
    with Database.open(database_url) as other:
        pauses.pause(other, "cq", at(0))
    assert changes.mark() != before


def test_what_is_not_committed_yet_is_seen_when_it_is(database: Database) -> None:
    changes = Changes(database)
    with database.write() as connection:
        connection.exec_driver_sql("INSERT INTO meta (name, value) VALUES ('a', 'b')")
        during = changes.mark()
    assert changes.mark() != during
