"""The work: is somebody watching, are there workers, how are the channels, do alerts arrive?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta

from scheduler.config import Config
from scheduler.doctor.finding import Finding, State
from scheduler.post import is_watched, read_post
from storage import crawls, outbox, overview, pauses, pulse
from storage.database import Database
from storage.errors import ConfigError
from storage.pulse import Pulse

#: A watched channel that was not crawled for so long is worth a word.
QUIET = timedelta(hours=3)
#: A crawl that seems to begin so much later than now was made under a wrong clock.
AHEAD = timedelta(minutes=2)
#: A crawl that no worker took for so long, in seconds, is worth a word.
LAG = 60.0
#: Signs of life of the watcher that may be missing.
MISSED = 3


def watcher(config: Config, database: Database, now: datetime) -> Iterator[Finding]:
    """Whether somebody watches."""
    if is_watched(config):
        yield Finding("watcher", State.WELL, "it runs")
    else:
        yield Finding("watcher", State.NOTE, "nobody watches this store", "Run: newsdelta watch")


def heart(config: Config, database: Database, now: datetime) -> Iterator[Finding]:
    """What the watcher says of itself, and whether the heartbeat's address takes it."""
    said = pulse.last(database) if is_watched(config) else None
    if said is None:
        return
    silent = now - said.at
    if silent > MISSED * config.heart.every + timedelta(minutes=1):
        words = f"the watcher gave no sign of life for {silent.total_seconds() / 60:.0f} minutes"
        yield Finding("heart", State.FAILED, words, "Look at its log, and start it again")
    elif said.ills:
        yield Finding(
            "heart", State.FAILED, "; ".join(said.ills), "See docs/operations/watching-the-watcher.md"
        )
    else:
        yield Finding("heart", State.WELL, f"the watcher was well at {said.at:%H:%M:%S} UTC")
    yield from _heartbeat(config, said)


def _heartbeat(config: Config, said: Pulse) -> Iterator[Finding]:
    if not config.heart.url:
        mend = "Set [watch] heartbeat_url, and a service alarms you when newsdelta falls silent"
        yield Finding("heartbeat", State.NOTE, "nobody misses newsdelta when it dies", mend)
    elif said.answer:
        yield Finding("heartbeat", State.FAILED, said.answer, "Check [watch] heartbeat_url")
    elif said.told_at is not None:
        yield Finding("heartbeat", State.WELL, f"taken at {said.told_at:%H:%M:%S} UTC")


def queue(config: Config, database: Database, now: datetime) -> Iterator[Finding]:
    """Whether workers are there, and keep up."""
    if config.queue_url is None:
        return
    look = crawls.queue_look(database, now)
    there, going = _counted(len(look.workers), "worker"), _counted(look.running, "crawl")
    words = f"{there}, {going} under way, {look.waiting} waiting"
    if look.waiting:
        words += f", the first for {look.lag:.0f} s"
    if not look.workers:
        yield Finding("queue", State.FAILED, words, "Run: newsdelta worker, on any machine")
    elif look.lag > LAG:
        yield Finding("queue", State.NOTE, words, "Start more workers, or raise --concurrency")
    else:
        yield Finding("queue", State.WELL, words)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


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
        elif last - now > AHEAD:
            what = f"last crawled {last:%Y-%m-%d %H:%M} UTC, which is to come: until then no edits are seen"
            yield Finding(about, State.FAILED, what, "Set the clock right; keep it so (NTP)")
        elif now - last > QUIET:
            hours = (now - last).total_seconds() / 3600
            yield Finding(about, State.NOTE, f"last crawled {hours:.0f} hours ago", "newsdelta watch")
        else:
            told = sum(glance.told.values())
            yield Finding(about, State.WELL, f"last crawled {last:%H:%M} UTC, {told} events in 24 hours")


def addresses(config: Config) -> Iterator[Finding]:
    """Whether a watch would take the alerts of the settings: their addresses, secrets and templates."""
    try:
        post = read_post(config)
    except ConfigError as error:
        yield Finding("alerts", State.FAILED, f"{error.message}: {error.subject}", error.mend)
    else:
        asyncio.run(post.close())


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
