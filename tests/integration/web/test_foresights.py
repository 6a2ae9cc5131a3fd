"""What is to be expected of a plan is worked out once a minute, and anew where something changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from scheduler.config import load
from scheduler.web.foresights import KEPT, Foresights
from storage import pauses
from storage.database import Database

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def test_it_is_kept_for_a_minute(tmp_path: Path) -> None:
    config, foresights = load(data=str(tmp_path), env={"HOME": str(tmp_path)}), Foresights()
    with Database.open(config.database_url) as database:
        first = foresights.of(config, database, "cq", NOW)
        assert first is not None
        assert foresights.of(config, database, "cq", NOW + KEPT / 2) is first
        assert foresights.of(config, database, "cq", NOW + KEPT) is not first
        again = foresights.of(config, database, "cq", NOW)
        assert again is not first, "the clock was put back"


def test_a_pause_and_another_config_are_seen_at_once(tmp_path: Path) -> None:
    config, foresights = load(data=str(tmp_path), env={"HOME": str(tmp_path)}), Foresights()
    with Database.open(config.database_url) as database:
        first = foresights.of(config, database, "cq", NOW)
        assert first is not None
        assert first.next
        pauses.pause(database, "cq", NOW)
        foresights.forget()
        paused = foresights.of(config, database, "cq", NOW + timedelta(seconds=1))
        assert paused is not None
        assert (paused.paused, paused.next) == (("cq",), ())
        assert foresights.of(config.read_again(), database, "cq", NOW + timedelta(seconds=2)) is not paused
