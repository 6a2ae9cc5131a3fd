"""`python -m tests.soak.day [HOURS] [SEED]`: a channel's day (24 hours) on simulated time; prints JSON, 1 for findings.

Everything that `newsdelta watch` does, with its usual budget, in one process, whose clock leaps to the next second
where nothing is being done. The site and the receiver of alerts are processes of their own. Of this process memory,
open files and threads are read each minute.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import psutil
from scrapy.utils.reactor import install_reactor

from crawler.run import REACTOR, Crawls, Options, in_reactor
from crawler.task import CrawlResult, CrawlTask
from scheduler.child import Hands, Limits, Tell, ignore
from scheduler.config import Config, load
from scheduler.plan import utc_now
from scheduler.post import read_post
from scheduler.watcher import Watch
from storage import outbox
from storage.database import Database
from storage.records import NotificationState
from tests.chaos.audit import findings
from tests.chaos.happenings import Happenings
from tests.chaos.known import happened, stored_events, told_by
from tests.receivers.receiver import ReceiverProcess
from tests.replica.process import ReplicaProcess
from tests.soak.gauge import look
from tests.soak.leaping import SimulatedTime
from tests.soak.scene import ARTICLES, CHANNELS, configure, fill
from tests.soak.trend import Sample, trend

BEGIN = datetime(2026, 11, 5, 2, 0, tzinfo=UTC)
#: Requests an hour to each host; things that happen in a day; hours after which memory may not grow any more.
PER_HOUR, HAPPENINGS, WARM_UP = 120.0, 200, 6.0
#: Seconds of a leap; hours between two samples; real seconds for which is waited until what was stored is told.
LEAP, SAMPLE_EVERY, PATIENCE = 1.0, 1 / 60, 1.0
#: How much happens in each hour of the site's day, beside the others.
HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 10, 10, 10, 9, 6, 6, 8, 9, 9, 8, 7, 6, 5, 4, 3, 2)


class Here:
    """Carries crawls out in this process."""

    def __init__(self, crawls: Crawls) -> None:
        self._crawls = crawls
        self.going = 0
        self.done = 0

    async def crawl(
        self, task: CrawlTask, tell: Tell = ignore, cancelled: asyncio.Event | None = None
    ) -> CrawlResult:
        """Do one task; nobody follows it, and nobody cancels it."""
        self.going += 1
        try:
            return await self._crawls.crawl(task, lambda tally: None)
        finally:
            self.going -= 1
            self.done += 1

    def retire(self) -> None:
        """The config stays."""

    async def stop(self) -> None:
        """Finish the pages in hand."""
        await self._crawls.stop()
        await self._crawls.close()

    async def mend(self) -> None:
        """No task is lost."""


class _Watch(Watch):
    """A watch whose crawls are made here."""

    here: Here

    def _hands(self, limits: Limits) -> Hands:
        config = self.config
        # The plan keeps to the budget; the bucket of a crawl goes by the monotonic clock, which does not leap.
        options = Options(None, config.allow_private_addresses, archive=config.archive)
        self.here = Here(Crawls(self.database, options))
        return self.here


class _Day:
    """The course of one day."""

    def __init__(
        self, watch: _Watch, clock: SimulatedTime, happenings: Happenings, hours: float, seed: int
    ) -> None:
        self._watch = watch
        self._clock = clock
        self._happenings = happenings
        self._hours = hours
        self._moments = _moments(hours, Random(f"moments of {seed}"))
        self._told = 0
        self.samples: list[Sample] = []

    async def play(self) -> None:
        """Let it pass."""
        self._watch.begin()
        helpers = [
            asyncio.ensure_future(self._watch.deliverer.run()), asyncio.ensure_future(self._watch.heart.beat_on())
        ]  # fmt: skip
        process = psutil.Process()
        while (passed := (utc_now() - BEGIN).total_seconds() / 3600) < self._hours:
            if passed >= len(self.samples) * SAMPLE_EVERY:
                self.samples.append(look(process, passed, children=False))
            while self._moments and passed >= self._moments[0]:
                self._moments.pop(0)
                self._happenings.next()
            await self._is_idle()
            self._clock.leap(LEAP)
            await asyncio.sleep(0)
        await self._watch.end()
        for helper in helpers:
            helper.cancel()

    async def _is_idle(self) -> None:
        """Wait until no crawl goes on, and what was stored is told; for what is sent again later time goes on."""
        for _ in range(5):  # what is due now begins
            await asyncio.sleep(0)
        here, begun = self._watch.here, time.monotonic()
        while here.going or (self._told < here.done and time.monotonic() < begun + PATIENCE):
            await asyncio.sleep(0.002)
            if not here.going and self._all_is_told():
                self._told = here.done

    def _all_is_told(self) -> bool:
        states = {state for _, _, state in outbox.counts(self._watch.database)}
        return states <= {NotificationState.SENT}


def _moments(hours: float, chance: Random) -> list[float]:
    """When something happens, in hours after the beginning."""
    begin = (BEGIN.hour + 8) % 24
    weights = [HOURS[(begin + hour) % 24] for hour in range(int(hours) + 1)]
    number = round(HAPPENINGS * hours / 24)
    return sorted(hour + chance.random() for hour in chance.choices(range(len(weights)), weights, k=number))


def play(hours: float, seed: int) -> dict[str, Any]:
    """Let the hours pass; returns what was found."""
    install_reactor(REACTOR, "tests.soak.leaping.LeapingLoop")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="newsdelta-day-")))
        sites = stack.enter_context(ReplicaProcess(seed=seed, articles=ARTICLES, channels=CHANNELS))
        receiver = stack.enter_context(ReceiverProcess())
        url = configure(folder, sites.urls, receiver.address("webhook"), PER_HOUR)
        config = load(str(folder / "newsdelta.toml"), str(folder), {**os.environ})
        begun, problems = time.monotonic(), Counter[str]()
        with SimulatedTime(BEGIN) as clock:
            before = fill(url)
            store = stack.enter_context(Database.open(url))
            day = in_reactor(lambda: _play(config, store, sites, clock, hours, seed, problems))
            stored, told = stored_events(store, before), told_by(receiver.received)
        wrong = findings(happened(sites), stored, told, ())
        waiting = [words for words in wrong if words.startswith("lost")]  # the last were not visited since
        grown = trend(day.samples, min(WARM_UP, hours / 4))
        return {
            "hours": hours, "seed": seed, "minutes": round((time.monotonic() - begun) / 60, 1),
            "requests": len(sites.requests()), "events": len(stored), "waiting": len(waiting),
            "problems": dict(problems), **asdict(grown),
            "findings": [*(words for words in wrong if words not in waiting), *grown.findings()],
        }  # fmt: skip


async def _play(
    config: Config,
    store: Database,
    sites: ReplicaProcess,
    clock: SimulatedTime,
    hours: float,
    seed: int,
    problems: Counter[str],
) -> _Day:
    post = read_post(config)
    post.enter(store, utc_now())
    watch = _Watch(
        config, post, store, lambda event: None,
        lambda result: problems.update(problem.what for problem in result.problems), Limits(),
    )  # fmt: skip
    day = _Day(watch, clock, Happenings(sites, store, seed), hours, seed)
    await day.play()
    return day


def main() -> None:
    """Run once."""
    given = [float(word) for word in sys.argv[1:]]
    hours, seed = (given + [24.0, 1.0][len(given) :])[:2]
    report = play(hours, int(seed))
    print(json.dumps(report, ensure_ascii=False, indent=1))
    sys.exit(bool(report["findings"]))


if __name__ == "__main__":
    main()
