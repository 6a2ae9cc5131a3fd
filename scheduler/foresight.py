"""What is to be expected of a host's plan: the next visits, the delays, and what other budgets would buy.

It is worked out from the store alone, as the watcher does at its start; nothing is fetched, nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from scheduler.config import Config
from scheduler.plan import HostPlan
from scheduler.rhythm import Plan
from scheduler.tasks import plans_of
from storage import pauses
from storage.database import Database

#: Budgets that are compared, as shares of the one that is set.
BUDGETS = (0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class NextVisit:
    """A visit to come, to a "listing" or an "article"; how late it finds what it finds, in the mean."""

    at: datetime
    channel: str
    url: str
    kind: str
    finds_after_minutes: float


@dataclass(frozen=True, slots=True)
class Budget:
    """The mean delays that a budget buys: after how many minutes a new article, and an edit, is seen."""

    requests_per_hour: float
    new_minutes: float
    edit_minutes: float


@dataclass(frozen=True, slots=True)
class Foresight:
    """What a plan will do if nothing unexpected happens.

    `requests_per_hour_now` is what the host gets now: less than `requests_per_hour` while it refuses us. `pages`
    are watched, `unread` articles wait to be read for the first time. `paused` channels are left out.
    """

    channels: tuple[str, ...]
    paused: tuple[str, ...]
    rhythm: str
    host: str
    pages: int
    unread: int
    requests_per_hour: float
    requests_per_hour_now: float
    next: tuple[NextVisit, ...]
    budgets: tuple[Budget, ...]


def foresee(
    config: Config, database: Database, channels: set[str], now: datetime, visits: int
) -> Iterator[Foresight]:
    """Yield what is to be expected of each plan that visits one of these channels. Raises StorageError."""
    paused = frozenset(pauses.paused(database))
    for plan in plans_of(config):
        if channels & plan.channels.keys():
            plan.load(database, now)
            plan.rest(paused, now)
            yield _foresight(plan, paused, now, visits)


def _foresight(plan: HostPlan, paused: frozenset[str], now: datetime, visits: int) -> Foresight:
    return Foresight(
        channels=tuple(plan.channels),
        paused=tuple(sorted(paused & plan.channels.keys())),
        rhythm=str(Plan(plan.per_hour)),
        host=plan.host,
        pages=len(plan),
        unread=plan.unread,
        requests_per_hour=plan.per_hour,
        requests_per_hour_now=plan.rate,
        next=tuple(_visits(plan, now, visits)),
        budgets=tuple(_budgets(plan, now)),
    )


def _visits(plan: HostPlan, now: datetime, count: int) -> Iterator[NextVisit]:
    for visit in plan.foresee(now, count):
        kind = "listing" if visit.listing else "article"
        minutes = round(visit.delay.total_seconds() / 60, 1)
        yield NextVisit(visit.at, visit.channel, visit.url, kind, minutes)


def _budgets(plan: HostPlan, now: datetime) -> Iterator[Budget]:
    for delay in plan.delays(now, [plan.per_hour * share for share in BUDGETS]):
        yield Budget(delay.per_hour, round(delay.new * 60, 1), round(delay.edit * 60, 1))
