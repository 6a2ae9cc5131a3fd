"""The SQLite store is locked, gone, replaced or damaged: named with the mend, nothing lost, nothing told twice."""

from __future__ import annotations

import contextlib
import sqlite3

from tests.acceptance.test_watch import until, watching
from tests.trouble.seen import audit, is_told, says, something_happens


def test_a_locked_store_is_waited_for_and_what_happened_meanwhile_is_told(newsdelta, site):
    with watching(newsdelta) as watcher:
        until(lambda: newsdelta.is_made() and is_told(newsdelta, site))
        with contextlib.closing(sqlite3.connect(newsdelta.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            something_happens(site)
            until(lambda: says(watcher, "Another process holds the database"))
            other.execute("ROLLBACK")
        until(lambda: is_told(newsdelta, site))
        assert watcher.end() == 0
    audit(newsdelta, site)


def test_a_watch_ends_where_its_store_was_removed_and_goes_on_when_it_is_put_back(newsdelta, site):
    newsdelta("watch", "--once")
    kept = newsdelta.folder / "elsewhere.db"
    with watching(newsdelta) as watcher:
        until(watcher.child)
        newsdelta.database.rename(kept)
        assert watcher.process.wait(120) == 1
    said = watcher.err.read_text()
    assert "The database's file was removed or replaced while it was watched" in said
    assert "Put the right one there, and start newsdelta watch again" in said
    for ending in ("-wal", "-shm"):
        newsdelta.database.with_name(newsdelta.database.name + ending).unlink(missing_ok=True)
    kept.rename(newsdelta.database)
    something_happens(site)
    newsdelta("watch", "--once")
    audit(newsdelta, site)
