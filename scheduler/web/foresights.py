"""What is to be expected of each channel's plan, kept for a minute: to work it out takes longer than a page may."""

from __future__ import annotations

import math
import threading
from datetime import datetime, timedelta

from scheduler.config import Config
from scheduler.foresight import Foresight, foresee
from scheduler.rhythm import Plan
from storage.database import Database

#: As often as the watcher saves what its plans learned.
KEPT = timedelta(minutes=1)
#: Visits that a page shows. Some lie behind us before the next look: so many more are foretold, and of a fast plan no
#: more than these, as each costs a glance at all pages.
VISITS, MOST = 10, 60


class Foresights:
    """A foresight for each channel, made when it is asked for; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._config: Config | None = None
        self._made: dict[str, tuple[datetime, Foresight]] = {}

    def of(self, config: Config, database: Database, channel: str, now: datetime) -> Foresight | None:
        """What is to be expected of a watched channel's plan; None where it has none. Raises StorageError."""
        rhythm = config.rhythms[channel]
        if not isinstance(rhythm, Plan):
            return None
        with self._lock:
            if config is not self._config:
                self._config, self._made = config, {}
            made = self._made.get(channel)
            if made is None or not timedelta() <= now - made[0] < KEPT:
                [found] = foresee(config, database, {channel}, now, _visits(rhythm))
                made = now, found
                self._made |= dict.fromkeys(found.channels, made)
            return made[1]

    def forget(self) -> None:
        """Work all out anew: channels were paused, or go on."""
        with self._lock:
            self._made = {}


def _visits(plan: Plan) -> int:
    return min(MOST, VISITS + math.ceil(plan.per_hour * (KEPT / timedelta(hours=1))))
