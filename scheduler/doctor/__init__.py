"""What `newsdelta doctor` checks: each check is a function from the settings to findings, each with its mend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from scheduler.config import Config
from scheduler.doctor.browser import browser
from scheduler.doctor.finding import Finding, State
from scheduler.doctor.store import store
from scheduler.doctor.work import addresses, channels, destinations, heart, queue, watcher
from storage.database import Database
from storage.errors import ConfigError, NewsdeltaError

__all__ = ["Finding", "State", "ask_watcher", "examine", "misread"]


def examine(config: Config, now: datetime) -> Iterator[Finding]:
    """Make every check, in an order in which one may explain the next. Nothing is changed; nothing is fetched."""
    where = str(config.source) if config.source else "none: the defaults hold"
    yield Finding("settings", State.WELL, where)
    yield from store(config)
    yield from addresses(config)
    try:
        with Database.open(config.database_url, create=False, readonly=True) as database:
            for check in (watcher, heart, queue, channels, destinations):
                yield from check(config, database, now)
    except NewsdeltaError:
        pass  # `store` has said so
    yield from browser(config)


def misread(error: ConfigError) -> Finding:
    """The settings cannot be read, and so nothing else can be checked."""
    what = f"{error.message}: {error.subject}; a watch that runs keeps the settings that it has"
    return Finding("settings", State.FAILED, what, error.mend)


def ask_watcher(config: Config, now: datetime) -> Iterator[Finding]:
    """Look at the watcher alone: does it run, is it well? It takes no time, and tells of nobody else's trouble."""
    try:
        with Database.open(config.database_url, create=False, readonly=True) as database:
            yield from (replace(one, state=_stern(one)) for one in watcher(config, database, now))
            yield from (one for one in heart(config, database, now) if one.about == "heart")
    except NewsdeltaError as error:
        yield Finding("store", State.FAILED, error.message, error.mend)


def _stern(finding: Finding) -> State:
    """To who asks for the watcher, none is no mere note."""
    return State.WELL if finding.state is State.WELL else State.FAILED
