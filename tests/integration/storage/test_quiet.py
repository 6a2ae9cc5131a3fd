"""A channel that nothing new came from for long is told once, until something new comes."""

from __future__ import annotations

from datetime import timedelta

from storage import articles, pulse, quiet, runs
from storage.decide import Policy
from storage.records import EventKind, RunCounts
from tests.databases import database, database_url, postgresql_server
from tests.sightings import at, seen

__all__ = ["database", "database_url", "postgresql_server"]
DAY = timedelta(hours=24)
HOUR = 60


def crawl(database, minutes: int, channel: str = "cq", failed: int = 0) -> None:
    """A crawl that finds nothing new."""
    run = runs.start_run(database, channel, at(minutes))
    runs.finish_run(database, run, at(minutes + 1), RunCounts(not_modified=5, failed=failed))


def publish(database, minutes: int, key: str, channel: str = "cq") -> None:
    body = (f"两江新区第{key}座污水处理厂投入运行，日处理能力{key}万吨。",)
    articles.record(database, seen(minutes, f"4100000{key}", body=body, channel=channel), Policy(), str)


def tell(database, minutes: int, channel: str = "cq"):
    return quiet.tell_quiet(database, channel, DAY, at(minutes), url="http://cq.people.com.cn/")


def test_after_a_day_without_anything_new_it_is_told_once(database):
    publish(database, 0, "1")
    crawl(database, 10)
    crawl(database, 25 * HOUR, failed=2)
    assert tell(database, 23 * HOUR) is None
    event = tell(database, 26 * HOUR)
    assert event is not None
    assert (event.kind, event.channel, event.article) == (EventKind.CHANNEL_QUIET, "cq", None)
    assert event.detail == f"nothing new since {at(0).isoformat()}; 12 visits since, 2 failed"
    assert tell(database, 27 * HOUR) is None
    assert tell(database, 99 * HOUR) is None


def test_something_new_begins_the_time_anew(database):
    publish(database, 0, "1")
    crawl(database, 25 * HOUR)
    assert tell(database, 26 * HOUR)
    publish(database, 30 * HOUR, "2")
    crawl(database, 55 * HOUR)
    assert tell(database, 50 * HOUR) is None
    event = tell(database, 56 * HOUR)
    assert event is not None
    assert at(30 * HOUR).isoformat() in event.detail


def test_a_channel_that_never_brought_anything_counts_from_its_first_crawl(database):
    assert tell(database, 0) is None
    crawl(database, 0)
    crawl(database, 25 * HOUR)
    assert tell(database, 26 * HOUR)
    assert tell(database, 90 * HOUR) is None


def test_who_was_away_knows_nothing_before_it_has_looked(database):
    publish(database, 0, "1")
    crawl(database, 10)
    assert tell(database, 72 * HOUR) is None
    crawl(database, 72 * HOUR)
    assert tell(database, 73 * HOUR)


def test_a_broken_channel_is_not_told_to_be_quiet(database):
    publish(database, 0, "1")
    runs.record_channel_event(database, "cq", EventKind.CHANNEL_BROKEN, at(60))
    crawl(database, 25 * HOUR)
    assert tell(database, 26 * HOUR) is None
    runs.record_channel_event(database, "cq", EventKind.CHANNEL_RECOVERED, at(27 * HOUR))
    assert tell(database, 28 * HOUR)
    assert runs.trouble_of(database, "cq") is None


def test_channels_are_quiet_each_for_itself(database):
    publish(database, 0, "1")
    publish(database, 20 * HOUR, "2", channel="sc")
    for channel in ("cq", "sc"):
        crawl(database, 25 * HOUR, channel)
    assert tell(database, 26 * HOUR)
    assert tell(database, 26 * HOUR, "sc") is None


def test_the_last_word_of_the_watcher_is_kept(database):
    assert pulse.last(database) is None
    pulse.keep(database, pulse.Pulse(at(0), ("the store cannot be written",)))
    said = pulse.Pulse(at(1), (), at(1), "HTTP 503")
    pulse.keep(database, said)
    assert pulse.last(database) == said
