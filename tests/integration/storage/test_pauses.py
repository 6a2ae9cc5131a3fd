"""Channels that are left out until they go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage import pauses
from storage.database import Database

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def test_a_channel_is_paused_until_it_goes_on(database: Database) -> None:
    assert pauses.paused(database) == {}
    pauses.pause(database, "cq", AT)
    pauses.pause(database, "sc", AT)
    assert pauses.paused(database) == {"cq": AT, "sc": AT}
    pauses.resume(database, "cq")
    assert pauses.paused(database) == {"sc": AT}


def test_who_pauses_again_changes_nothing(database: Database) -> None:
    pauses.pause(database, "cq", AT)
    pauses.pause(database, "cq", AT + timedelta(hours=1))
    assert pauses.paused(database) == {"cq": AT}


def test_a_channel_that_is_not_paused_goes_on(database: Database) -> None:
    pauses.resume(database, "cq")
    assert pauses.paused(database) == {}
