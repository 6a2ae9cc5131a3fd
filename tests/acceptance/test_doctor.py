"""`newsdelta doctor`: each trouble is named, with what to do; nothing is changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.config import load
from scheduler.doctor import Finding, State, examine
from scheduler.doctor.store import _room
from storage import crawls
from storage.articles import record_channel_event, start_run
from storage.database import Database
from storage.records import EventKind, Worker
from tests.databases import postgresql_server, postgresql_url

__all__ = ["postgresql_server", "postgresql_url"]
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def found(folder: Path, settings: str, now: datetime = NOW) -> dict[str, Finding]:
    """What doctor finds, by what it is about."""
    file = folder / "newsdelta.toml"
    file.write_text(settings, encoding="utf-8")
    return {finding.about: finding for finding in examine(load(str(file), env={}), now)}


def test_before_the_first_crawl_it_says_what_to_run(newsdelta):
    newsdelta.configure("http://127.0.0.1:9/")
    findings = {finding["about"]: finding for finding in newsdelta.json("doctor")}
    assert findings["settings"]["what"].endswith("newsdelta.toml")
    assert findings["store"]["state"] == "note"
    assert findings["store"]["mend"] == "Run: newsdelta crawl"
    assert not newsdelta.is_made(), "doctor makes nothing"


def test_after_a_crawl_all_is_well_but_nobody_watches(newsdelta, site):
    newsdelta.configure(site.url)
    newsdelta.crawl()
    said = newsdelta("doctor").stdout
    assert "24 articles" in said
    assert "nobody watches this store" in said
    assert "channel cq: last crawled" in said
    assert "✗" not in said


def test_a_damaged_store_fails_with_the_way_out(newsdelta):
    newsdelta.configure("http://127.0.0.1:9/")
    newsdelta.database.write_bytes(b"this is no database" * 100)
    said = newsdelta("doctor", expect=1).stdout
    assert "This file is no SQLite database" in said
    assert "Name another file" in said


def test_a_broken_a_paused_and_a_forgotten_channel(tmp_path):
    url = f"sqlite:///{tmp_path}/news.db"
    with Database.open(url) as database:
        for name in ("cq", "sc"):
            start_run(database, name, NOW - timedelta(hours=5))
        record_channel_event(database, "cq", EventKind.CHANNEL_BROKEN, NOW, url="http://cq.people.com.cn/")
    channels = "".join(f'[[channel]]\nname = "{name}"\n' for name in ("cq", "sc", "gz"))
    findings = found(tmp_path, f'[database]\nurl = "{url}"\n{channels}')
    assert findings["channel cq"].state is State.FAILED
    assert "newsdelta channels heal cq" in findings["channel cq"].mend
    assert findings["channel sc"].what == "last crawled 5 hours ago"
    assert findings["channel gz"].what == "never crawled"


def test_a_queue_says_who_is_there_and_for_how_long_crawls_wait(tmp_path, postgresql_url):
    settings = f'[database]\nurl = "{postgresql_url}"\n[queue]\nurl = "{postgresql_url}"\n'
    with Database.open(postgresql_url) as store:
        crawls.ask(store, "cq", "a:80", "{}", NOW - timedelta(seconds=90))
        alone = found(tmp_path, settings)["queue"]
        crawls.enroll(store, Worker("w1", 4, NOW, NOW))
        late = found(tmp_path, settings)["queue"]
    assert (alone.state, alone.mend) == (State.FAILED, "Run: newsdelta worker, on any machine")
    assert alone.what == "0 workers, 0 crawls under way, 1 waiting, the first for 90 s"
    assert (late.state, late.mend) == (State.NOTE, "Start more workers, or raise --concurrency")
    assert late.what == "1 worker, 0 crawls under way, 1 waiting, the first for 90 s"


@pytest.mark.parametrize(
    ("held_a_day", "state", "words"),
    [
        (10**6, State.WELL, "free"),
        (10**12, State.FAILED, "enough for"),
    ],
)
def test_the_disk_is_measured_against_its_growth(tmp_path, held_a_day, state, words):
    days = 10
    finding = _room(tmp_path, held_a_day * days, (NOW - timedelta(days=days), NOW))
    assert finding.state is state
    assert words in finding.what
