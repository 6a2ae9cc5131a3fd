"""The work: is somebody watching, are there workers, how are the channels, do alerts arrive?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from scheduler.config import Config
from scheduler.doctor.finding import Finding, State
from scheduler.post import is_watched
from storage import crawls, outbox, overview, pauses
from storage.database import Database

#: A watched channel that was not crawled for so long is worth a word.
QUIET = timedelta(hours=3)
#: A crawl that no worker took for so long, in seconds, is worth a word.
LAG = 60.0


def watcher(config: Config, database: Database, now: datetime) -> Iterator[Finding]:
    """Whether somebody watches."""
    if is_watched(config):
        yield Finding("watcher", State.WELL, "it runs")
    else:
        yield Finding("watcher", State.NOTE, "nobody watches this store", "Run: newsdelta watch")


def queue(config: Config, database: Database, now: datetime) -> Iterator[Finding]:
    """Whether workers are there, and keep up."""
    if config.queue_url is None:
        return
    look = crawls.queue_look(database, now)
    words = f"{len(look.workers)} workers, {look.running} crawls under way, {look.waiting} waiting"
    if not look.workers:
        yield Finding("queue", State.FAILED, words, "Run: newsdelta worker, on any machine")
    elif look.lag > LAG:
        waited = f"{words}, the first for {look.lag:.0f} s"
        yield Finding("queue", State.NOTE, waited, "Start more workers, or raise --concurrency")
    else:
        yield Finding("queue", State.WELL, words)


def channels(config: Config, database: Database, now: datetime) -> Iterator[Finding]:
    """How the watched channels are."""
    resting = pauses.paused(database)
    for glance in overview.channels(database, config.channels, now - timedelta(days=1)):
        about = f"channel {glance.name}"
        last = glance.last_run.started_at if glance.last_run else None
        if glance.name in resting:
            mend = f"newsdelta channels resume {glance.name}"
            yield Finding(about, State.NOTE, f"paused since {resting[glance.name]:%Y-%m-%d %H:%M} UTC", mend)
        elif glance.broken:
            mend = f"newsdelta channels heal {glance.name}, newsdelta channels check {glance.name} --pages"
            yield Finding(about, State.FAILED, "it looks broken: nothing is concluded from it", mend)
        elif last is None:
            yield Finding(about, State.NOTE, "never crawled", f"newsdelta crawl {glance.name}")
        elif now - last > QUIET:
            hours = (now - last).total_seconds() / 3600
            yield Finding(about, State.NOTE, f"last crawled {hours:.0f} hours ago", "newsdelta watch")
        else:
            told = sum(glance.told.values())
            yield Finding(about, State.WELL, f"last crawled {last:%H:%M} UTC, {told} events in 24 hours")


def destinations(config: Config, database: Database, now: datetime) -> Iterator[Finding]:
    """Whether alerts arrive."""
    for place in outbox.destinations(database):
        about = f"alerts to {place.name}"
        if place.dead:
            words = f"{place.dead} messages were given up"
            yield Finding(about, State.FAILED, words, "newsdelta alerts failed, newsdelta alerts retry")
        elif place.failures:
            words = f"{place.failures} failures in a row, {place.waiting} messages wait"
            yield Finding(about, State.NOTE, words, "newsdelta alerts test")
        else:
            yield Finding(about, State.WELL, f"{place.waiting} messages wait")
