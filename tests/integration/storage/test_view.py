"""A view of the store: one snapshot for a whole answer, and a proof of what it was made from. On both databases."""

from __future__ import annotations

import threading

from storage import pauses
from storage.database import Database
from storage.view import MOST, Questions, View
from tests.databases import database, database_url, postgresql_server
from tests.sightings import at

__all__ = ["database", "database_url", "postgresql_server"]


def asked(view: View) -> Questions:
    found = view.questions()
    assert found is not None
    return found


def test_all_that_is_read_is_of_one_moment(database: Database, database_url: str) -> None:
    with Database.open(database_url) as other, database.view():
        before = pauses.paused(database)
        pauses.pause(other, "cq", at(0))
        assert pauses.paused(database) == before == {}
    assert set(pauses.paused(database)) == {"cq"}


def test_the_same_rows_hold_and_other_rows_do_not(database: Database) -> None:
    with database.view() as view:
        pauses.paused(database)
        questions = asked(view)
    assert database.still_hold(questions)
    with database.write() as connection:
        connection.exec_driver_sql("INSERT INTO meta (name, value) VALUES ('a', 'b')")
    assert database.still_hold(questions), "nothing of it was asked for"
    pauses.pause(database, "cq", at(0))
    assert not database.still_hold(questions)
    pauses.resume(database, "cq")
    assert database.still_hold(questions)


def test_the_proof_is_of_what_was_read_not_of_what_was_committed_meanwhile(
    database: Database, database_url: str
) -> None:
    with Database.open(database_url) as other, database.view() as view:
        pauses.paused(database)
        pauses.pause(other, "cq", at(0))
        questions = asked(view)
    assert not database.still_hold(questions)


def test_what_was_written_is_seen_and_nothing_is_proved_any_more(database: Database) -> None:
    with database.view() as view:
        pauses.paused(database)
        pauses.pause(database, "cq", at(0))
        assert set(pauses.paused(database)) == {"cq"}
        assert view.questions() is None


def test_nothing_asked_or_too_much_is_no_proof(database: Database) -> None:
    with database.view() as view:
        assert view.questions() is None
        for _ in range(MOST + 1):
            pauses.paused(database)
        assert view.questions() is None


def test_another_store_and_what_outlives_the_view_read_for_themselves(
    database: Database, database_url: str
) -> None:
    with Database.open(database_url) as other:
        with database.view() as view:
            pauses.paused(other)
            assert view.questions() is None
        pauses.pause(other, "cq", at(0))
        assert set(pauses.paused(database)) == {"cq"}


def test_a_thread_of_its_own_reads_for_itself(database: Database) -> None:
    with database.view() as view:
        thread = threading.Thread(target=pauses.paused, args=(database,))
        thread.start()
        thread.join()
        assert view.questions() is None
