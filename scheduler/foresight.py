"""What is to be expected of a host's plan: the next visits, the delays, and what other budgets would buy.

It is worked out from the store alone, as the watcher does at its start; nothing is fetched, nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from scheduler.app import plans_of
from scheduler.config import Config
from scheduler.plan import Foreseen, HostPlan
from scheduler.revisit.page import Delay
from storage import pauses
from storage.database import Database

#: Budgets that are compared, as shares of the one that is set.
BUDGETS = (0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class Foresight:
    """What a plan will do if nothing unexpected happens; delays are means, in hours.

    `rate` is what the host gets now, requests per hour: less than `per_hour` while it refuses us. `pages` are
    watched, `unread` articles wait to be read for the first time. `paused` channels are left out.
    """

    host: str
    channels: tuple[str, ...]
    per_hour: float
    rate: float
    pages: int
    unread: int
    next: tuple[Foreseen, ...]
    delays: tuple[Delay, ...]
    paused: tuple[str, ...] = ()


def foresee(
    config: Config, database: Database, channels: set[str], now: datetime, visits: int
) -> Iterator[Foresight]:
    """Yield what is to be expected of each plan that visits one of these channels. Raises StorageError."""
    paused = pauses.paused(database)
    for plan in plans_of(config):
        if channels & plan.channels.keys():
            plan.load(database, now)
            yield _foresight(plan, frozenset(paused), now, visits)


def _foresight(plan: HostPlan, paused: frozenset[str], now: datetime, visits: int) -> Foresight:
    plan.rest(paused, now)
    return Foresight(
        plan.host,
        tuple(plan.channels),
        plan.per_hour,
        plan.rate,
        len(plan),
        plan.unread,
        tuple(plan.foresee(now, visits)),
        tuple(plan.delays(now, [plan.per_hour * share for share in BUDGETS])),
        tuple(sorted(paused & plan.channels.keys())),
    )
