"""The jobs by a clock that the test turns: late runs, overlaps, daylight saving, a clock that is put back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import apscheduler.schedulers.base
import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler import jobs
from scheduler.rhythm import Cron, Every

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still between `go`s."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def go(self, **by: float) -> None:
        self.at += timedelta(**by)


class Played:
    """A scheduler whose time is the test's: it looks at its jobs when the test says so."""

    def __init__(self, clock: Clock, scheduler: AsyncIOScheduler) -> None:
        self.clock, self.scheduler, self.ran = clock, scheduler, list[datetime]()
        self.hold: asyncio.Event | None = None

    async def work(self, name: str) -> None:
        self.ran.append(self.clock.at)
        if self.hold is not None:
            await self.hold.wait()

    async def look(self) -> None:
        self.scheduler._process_jobs()
        for _ in range(3):
            await asyncio.sleep(0)

    async def until(self, end: datetime, step: timedelta = timedelta(minutes=1)) -> None:
        while self.clock.at < end:
            self.clock.at += step
            await self.look()


def play(
    monkeypatch: pytest.MonkeyPatch,
    scene: Callable[[Played], object],
    at: datetime = START,
    zone: str = "UTC",
) -> Played:
    """Run a scene on the event loop, with APScheduler's clock in the test's hand."""
    clock = Clock(at)

    class FakeDatetime(datetime):
        @classmethod
        def now(cls, tz=None):
            return clock.at.astimezone(tz)

    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", FakeDatetime)

    async def run() -> Played:
        scheduler = jobs.new_scheduler(zone)
        scheduler.start(paused=True)
        scheduler.state = 1  # it runs, but no timer of its own wakes it
        played = Played(clock, scheduler)
        monkeypatch.setattr(scheduler, "_start_timer", lambda wait: None)
        await scene(played)
        scheduler.shutdown(wait=False)
        return played

    return asyncio.run(run())


def minutes(played: Played, start: datetime = START) -> list[float]:
    return [(at - start).total_seconds() / 60 for at in played.ran]


def test_a_channel_is_crawled_at_once_and_then_at_its_interval(monkeypatch):
    async def scene(played):
        jobs.schedule_crawl(played.scheduler, "cq", Every(timedelta(minutes=5)), played.work, START)
        await played.look()
        await played.until(START + timedelta(minutes=12))

    assert minutes(play(monkeypatch, scene)) == [0, 5, 10]


def test_runs_that_were_missed_are_caught_up_once(monkeypatch):
    async def scene(played):
        jobs.schedule_crawl(played.scheduler, "cq", Every(timedelta(minutes=5)), played.work, START)
        await played.look()
        played.clock.go(hours=9)  # the machine slept
        await played.look()
        await played.until(START + timedelta(hours=9, minutes=6))

    assert minutes(play(monkeypatch, scene)) == [0, 540, 545]


def test_runs_of_one_channel_never_overlap(monkeypatch):
    async def scene(played):
        played.hold = asyncio.Event()
        jobs.schedule_crawl(played.scheduler, "cq", Every(timedelta(minutes=5)), played.work, START)
        await played.look()
        await played.until(START + timedelta(minutes=21))
        assert len(played.ran) == 1
        played.hold.set()
        await played.until(START + timedelta(minutes=26))

    assert minutes(play(monkeypatch, scene)) == [0, 25]


def test_a_clock_that_is_put_back_a_day_stops_nothing(monkeypatch):
    async def scene(played):
        jobs.schedule_crawl(played.scheduler, "cq", Every(timedelta(minutes=5)), played.work, START)
        jobs.schedule_crawl(played.scheduler, "sc", Cron("30 * * * *"), played.work, START)
        jobs.schedule_visits(played.scheduler, "host", played.work, START, 60)
        await played.look()
        played.clock.go(days=-1)
        jobs.clock_was_put_back(played.scheduler, played.clock.at)
        await played.until(START - timedelta(days=1) + timedelta(minutes=11))
        ids = {job.id: job.next_run_time for job in played.scheduler.get_jobs()}
        assert ids["crawl sc"] == START - timedelta(days=1) + timedelta(minutes=30)

    played = play(monkeypatch, scene)
    after = [at for at in minutes(played, START - timedelta(days=1)) if at < 60]
    assert after == [1, 1, 5, 10]  # the interval and the planned visit at once, then the interval goes on


def test_a_clock_that_is_put_forward_runs_each_job_once(monkeypatch):
    async def scene(played):
        jobs.schedule_crawl(played.scheduler, "cq", Every(timedelta(minutes=5)), played.work, START)
        await played.look()
        played.clock.go(days=400)
        await played.look()
        await played.look()

    assert len(play(monkeypatch, scene).ran) == 2


@pytest.mark.parametrize(
    "day", ["2026-03-29", "2026-10-25"], ids=["an hour is left out", "an hour comes twice"]
)
def test_daylight_saving_moves_no_interval(monkeypatch, day):
    start = datetime.fromisoformat(f"{day}T00:00+00:00")

    async def scene(played):
        jobs.schedule_crawl(played.scheduler, "cq", Every(timedelta(minutes=30)), played.work, start)
        await played.look()
        await played.until(start + timedelta(hours=4), timedelta(minutes=5))

    played = play(monkeypatch, scene, start, "Europe/Berlin")
    assert minutes(played, start) == [30 * step for step in range(9)]


@pytest.mark.parametrize(
    ("day", "runs"),
    [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-24", 24), ("2026-10-25", 25)],
)
def test_an_hourly_cron_runs_once_in_every_hour_that_there_is(monkeypatch, day, runs):
    zone = ZoneInfo("Europe/Berlin")
    start = datetime.fromisoformat(day).replace(tzinfo=zone) - timedelta(minutes=1)
    end = datetime.fromisoformat(day).replace(hour=23, minute=59, tzinfo=zone)

    async def scene(played):
        jobs.schedule_crawl(played.scheduler, "cq", Cron("0 * * * *"), played.work, start)
        await played.until(end.astimezone(UTC), timedelta(minutes=1))

    played = play(monkeypatch, scene, start.astimezone(UTC), "Europe/Berlin")
    hours = [at.replace(minute=0) for at in played.ran]
    assert len(hours) == len(set(hours)) == runs


def test_a_cron_expression_counts_its_weekdays_from_sunday(monkeypatch):
    sunday = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)

    async def scene(played):
        jobs.schedule_crawl(played.scheduler, "cq", Cron("0 8 * * 1"), played.work, sunday)
        await played.until(sunday + timedelta(days=7), timedelta(hours=1))

    assert [at.strftime("%a %H") for at in play(monkeypatch, scene, sunday).ran] == ["Mon 08"]


def test_what_is_cancelled_runs_no_more(monkeypatch):
    async def scene(played):
        jobs.schedule_crawl(played.scheduler, "cq", Every(timedelta(minutes=5)), played.work, START)
        await played.look()
        jobs.cancel(played.scheduler, "crawl cq")
        jobs.cancel(played.scheduler, "crawl nothing")
        await played.until(START + timedelta(minutes=12))

    assert len(play(monkeypatch, scene).ran) == 1


def test_what_is_done_at_night_is_done_once_each_night_and_not_at_one_moment_everywhere() -> None:
    moments = set()
    for _ in range(5):
        scheduler = jobs.new_scheduler("Asia/Shanghai")
        jobs.schedule_nightly(scheduler, "retention", _nothing, 3)
        (job,) = scheduler.get_jobs()
        first = job.trigger.get_next_fire_time(None, START)
        assert START < first < START + timedelta(days=1)
        local = first.astimezone(ZoneInfo("Asia/Shanghai"))
        assert abs(local - local.replace(hour=3, minute=0, second=0, microsecond=0)) <= timedelta(minutes=30)
        moments.add(first)
    assert len(moments) > 1


async def _nothing() -> None:
    """A job that does nothing."""


# -- visits, each of which plans the next


def test_a_visit_that_is_due_before_the_one_that_planned_it_has_ended_is_made():
    """As where the process stands still between the two: stopped, or on a machine that slept."""
    made: list[str] = []

    async def run() -> None:
        scheduler = jobs.new_scheduler("UTC")
        done = asyncio.Event()

        async def visit(host: str) -> None:
            made.append(host)
            if len(made) == 5:
                done.set()
            else:
                jobs.schedule_visits(scheduler, host, visit, datetime.now(UTC), 0.0)

        jobs.schedule_visits(scheduler, "a", visit, datetime.now(UTC), 0.0)
        scheduler.start()
        await asyncio.wait_for(done.wait(), 60)
        scheduler.shutdown(wait=False)

    asyncio.run(run())
    assert made == ["a"] * 5


def test_visits_that_a_new_config_plans_during_a_visit_are_made(monkeypatch):
    async def scene(played: Played) -> None:
        played.hold = asyncio.Event()
        for _ in range(3):  # it is read again and again
            jobs.schedule_visits(played.scheduler, "a", played.work, played.clock.at, 1.0)
            await played.until(played.clock.at + timedelta(minutes=1))
        played.hold.set()

    assert len(play(monkeypatch, scene).ran) == 3
