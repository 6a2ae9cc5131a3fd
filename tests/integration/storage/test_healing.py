"""What would heal a broken channel stands with the event that told of it, as long as the channel is broken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage import runs
from storage.records import EventKind, Healing, SelectorChange

START = datetime(2026, 11, 24, 8, tzinfo=UTC)
NOTHING = Healing("shancheng", notes=("2 pages are too few",))
FOUND = Healing("shancheng", (SelectorChange("body", "div.text", "div.detail"),), pages=6)


def tell(database, kind: EventKind, minutes: int, healing: Healing | None = None):
    return runs.record_channel_event(
        database, "shancheng", kind, START + timedelta(minutes=minutes), healing=healing
    )


def test_a_channel_that_was_never_broken_has_no_trouble(database):
    assert runs.trouble_of(database, "shancheng") is None


def test_an_event_carries_what_would_heal_its_channel(database):
    event = tell(database, EventKind.CHANNEL_BROKEN, 0, FOUND)
    assert event is not None
    assert event.healing == FOUND
    assert runs.trouble_of(database, "shancheng") == event


def test_what_a_later_run_finds_takes_the_place_of_what_was_found_before(database):
    tell(database, EventKind.CHANNEL_BROKEN, 0, NOTHING)
    assert tell(database, EventKind.CHANNEL_BROKEN, 5, FOUND) is None  # told once
    runs.keep_healing(database, "shancheng", FOUND)
    trouble = runs.trouble_of(database, "shancheng")
    assert trouble is not None
    assert trouble.healing == FOUND


def test_a_channel_that_recovered_keeps_nothing(database):
    tell(database, EventKind.CHANNEL_BROKEN, 0, FOUND)
    tell(database, EventKind.CHANNEL_RECOVERED, 5)
    runs.keep_healing(database, "shancheng", FOUND)
    assert runs.trouble_of(database, "shancheng") is None
