"""The watcher's signs of life: kept in the store, and sent to an address that misses them when they stay away.

Such an address (a dead-man's switch) belongs to a service that alarms people by a way of its own. It is asked while
all is well, and only then: a watcher that hangs, that cannot write, or whose alerts do not arrive, falls silent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

from scheduler.alerts.http import Http, Reply, judge_status
from scheduler.alerts.model import Answer
from scheduler.config import Config
from scheduler.heart_settings import REASON
from scheduler.logs.begin import MASK
from scheduler.plan import utc_now
from scheduler.wellness import PATIENCE, Look, ills
from storage import outbox, pulse
from storage.database import Database
from storage.errors import StorageError
from storage.pulse import Pulse

log = logging.getLogger(__name__)

#: Bytes of a reason that are sent.
LONGEST = 2000


class Heart:
    """Beats for one watcher. `look` says how its work goes, `places` the ids of the places it sends alerts to."""

    def __init__(
        self,
        config: Callable[[], Config],
        database: Database,
        look: Callable[[], Look],
        places: Callable[[], Collection[str]],
    ) -> None:
        self._config = config
        self._database = database
        self._look = look
        self._places = places
        self._http = Http()
        self._last = Pulse(utc_now())

    async def beat_on(self) -> None:
        """Beat again and again, until cancelled."""
        try:
            while True:
                await self.beat()
                await asyncio.sleep(self._config().heart.every.total_seconds())
        finally:
            await self.close()

    async def beat(self) -> Pulse:
        """Look, tell who should know, and keep what was said. Raises nothing: trouble is in the pulse."""
        now = utc_now()
        found = await asyncio.to_thread(self._examine, self._look(), now)
        told_at, answer = await self._tell(found, now)
        said = Pulse(now, found, told_at, answer)
        self._complain(said)
        try:
            await asyncio.to_thread(pulse.keep, self._database, said)
        except StorageError as error:
            log.warning("A sign of life cannot be kept now: %s", error)
        self._last = said
        return said

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.close()

    def _examine(self, look: Look, now: datetime) -> tuple[str, ...]:
        """What is not well; a store that cannot be written is not."""
        try:
            pulse.keep(self._database, replace(self._last, at=now))
            look = _with_alerts(look, self._database, self._places())
        except StorageError as error:
            return (MASK(f"the store cannot be written: {error}"),)
        return tuple(ills(look))

    async def _tell(self, found: tuple[str, ...], now: datetime) -> tuple[datetime | None, str]:
        """Ask the address; when it last took it, and what was wrong with it now."""
        heart = self._config().heart
        reason = MASK("; ".join(found))[:LONGEST]
        if found and heart.fail_url:
            reply = await self._fail(heart.fail_url, reason)
        elif found or not heart.url:
            return self._last.told_at, ""
        else:
            reply = await self._http.get(heart.url)
        trouble = judge_status(reply) if isinstance(reply, Reply) else reply
        if trouble is None:
            return (self._last.told_at if found else now), ""
        return self._last.told_at, MASK(trouble.detail)

    async def _fail(self, url: str, reason: str) -> Reply | Answer:
        """Say that something is wrong: in the address where it has a place for the reason, else in the body."""
        if REASON in url:
            return await self._http.get(url.replace(REASON, quote(reason, safe="")))
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        return await self._http.post(url, reason.encode(), headers)

    def _complain(self, said: Pulse) -> None:
        """Log what changed."""
        if said.ills and said.ills != self._last.ills:
            log.warning("The watcher is not well: %s", "; ".join(said.ills))
        elif self._last.ills and not said.ills:
            log.warning("The watcher is well again")
        if said.answer and said.answer != self._last.answer:
            log.warning("The heartbeat does not arrive: %s", said.answer)


def _with_alerts(look: Look, database: Database, known: Collection[str]) -> Look:
    """Add what the outbox says of the places that alerts go to. Raises StorageError."""
    places = {one.id: one for one in outbox.destinations(database) if one.waiting and one.id in known}
    then = outbox.clock(database) - timedelta(seconds=PATIENCE)
    stuck = outbox.due_destinations(database, list(places), then)
    return replace(
        look,
        failures={place.name: place.failures for place in places.values()},
        stuck=tuple(places[one].name for one in stuck if places[one].failures == 0),
    )
