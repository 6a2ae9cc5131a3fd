"""What APScheduler is told: when each thing is done. Jobs may come late, once, or again.

A job that comes late runs once, whenever that is. Two runs of a job that repeats never overlap: a run that is due while
the one before goes on is left out.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from scheduler.rhythm import Cron, Every, cron_fields

Work = Callable[..., Awaitable[object]]

_AS_MANY_AS_COME = 10**6
JOB_DEFAULTS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}

# It warns of every run that is left out, which is what we want it to do.
logging.getLogger("apscheduler").setLevel(logging.ERROR)


def new_scheduler(time_zone: str = "Asia/Shanghai") -> AsyncIOScheduler:
    """A scheduler whose jobs behave as above, on the running event loop."""
    return AsyncIOScheduler(job_defaults=JOB_DEFAULTS, timezone=time_zone)


def schedule_crawl(
    scheduler: AsyncIOScheduler, name: str, rhythm: Every | Cron, work: Work, now: datetime
) -> None:
    """Crawl a channel by its rhythm: at an interval from now on, or at the times of its cron expression."""
    trigger = trigger_of(rhythm, scheduler.timezone)
    job, options = f"crawl {name}", {}
    if isinstance(rhythm, Every):
        options["next_run_time"] = now
    scheduler.add_job(work, trigger, args=(name,), id=job, replace_existing=True, **options)


def trigger_of(rhythm: Every | Cron, time_zone: Any) -> BaseTrigger:
    """APScheduler's word for a rhythm."""
    if isinstance(rhythm, Cron):
        return CronTrigger(**cron_fields(rhythm.expression), timezone=time_zone)
    return IntervalTrigger(seconds=rhythm.interval.total_seconds(), timezone=time_zone)


def schedule_visits(
    scheduler: AsyncIOScheduler, host: str, work: Work, now: datetime, seconds: float
) -> None:
    """Make the next planned visits to a host in so many seconds.

    They are made whatever goes on: this job comes once, and plans the next at its end. Were it left out, the host would
    be visited no more: where the process stands still just then, or the config is read again during a visit, the run
    before still counts as one that goes on.
    """
    trigger = DateTrigger(now + timedelta(seconds=seconds), timezone=UTC)
    options = {"id": f"visit {host}", "replace_existing": True, "max_instances": _AS_MANY_AS_COME}
    scheduler.add_job(work, trigger, args=(host,), **options)


def schedule_steady(scheduler: AsyncIOScheduler, name: str, work: Work, every: float) -> None:
    """Do something small every so many seconds."""
    scheduler.add_job(work, IntervalTrigger(seconds=every), id=name, replace_existing=True)


def schedule_nightly(scheduler: AsyncIOScheduler, name: str, work: Work, hour: int) -> None:
    """Do something each night, within half an hour of that hour: not everywhere at the same moment."""
    trigger = CronTrigger(hour=hour, minute=0, jitter=1800, timezone=scheduler.timezone)
    scheduler.add_job(work, trigger, id=name, replace_existing=True)


def visits_of(scheduler: AsyncIOScheduler) -> list[Job]:
    """The jobs that crawl or visit, by rhythm or by plan."""
    return [job for job in scheduler.get_jobs() if job.id.startswith(("crawl ", "visit "))]


def cancel(scheduler: AsyncIOScheduler, job: str) -> None:
    """Do something no longer; what runs goes on. An unknown job is no error."""
    if scheduler.get_job(job) is not None:
        scheduler.remove_job(job)


def clock_was_put_back(scheduler: AsyncIOScheduler, now: datetime) -> None:
    """Let no job wait for the old time to come round again: do all now that is not bound to a time of day."""
    for job in scheduler.get_jobs():
        job.modify(next_run_time=_next_run(job, now))


def _next_run(job: Job, now: datetime) -> datetime:
    if isinstance(job.trigger, CronTrigger):
        found: datetime | None = job.trigger.get_next_fire_time(None, now)
        return found or now
    return min(now, job.next_run_time)
