"""What `newsdelta doctor` checks: each check is a function from the settings to findings, each with its mend."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from scheduler.config import Config
from scheduler.doctor.browser import browser
from scheduler.doctor.finding import Finding, State
from scheduler.doctor.store import store
from scheduler.doctor.work import channels, destinations, queue, watcher
from storage.database import Database
from storage.errors import NewsdeltaError

__all__ = ["Finding", "State", "examine"]


def examine(config: Config, now: datetime) -> Iterator[Finding]:
    """Make every check, in an order in which one may explain the next. Nothing is changed; nothing is fetched."""
    where = str(config.source) if config.source else "none: the defaults hold"
    yield Finding("settings", State.WELL, where)
    yield from store(config)
    try:
        with Database.open(config.database_url, create=False, readonly=True) as database:
            for check in (watcher, queue, channels, destinations):
                yield from check(config, database, now)
    except NewsdeltaError:
        pass  # `store` has said so
    yield from browser(config)
