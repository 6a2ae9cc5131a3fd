"""What APScheduler runs: short, and safe to run late, once, or again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from crawler.task import CrawlResult, CrawlTask
from scheduler.child import CrawlerProcess, CrawlFailedError
from scheduler.tell import Teller

log = logging.getLogger(__name__)

#: Jobs that come late run once, whenever that is; two runs of one job never overlap.
JOB_DEFAULTS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}


async def crawl_channel(
    process: CrawlerProcess, task: CrawlTask, report: Callable[[CrawlResult], None]
) -> None:
    """Crawl one channel once and report what came of it."""
    try:
        report(await process.crawl(task))
    except CrawlFailedError as error:
        log.error("%s", error)


def new_scheduler() -> AsyncIOScheduler:
    """A scheduler whose jobs behave as above, on the running event loop."""
    return AsyncIOScheduler(job_defaults=JOB_DEFAULTS, timezone="Asia/Shanghai")


def schedule_crawl(
    scheduler: AsyncIOScheduler,
    process: CrawlerProcess,
    task: CrawlTask,
    every: float,
    report: Callable[[CrawlResult], None],
) -> None:
    """Crawl a channel now and then every `every` seconds."""
    scheduler.add_job(
        crawl_channel,
        IntervalTrigger(seconds=every),
        args=(process, task, report),
        id=f"crawl {task.channel.name}",
        next_run_time=datetime.now(UTC),
        replace_existing=True,
    )


def schedule_telling(scheduler: AsyncIOScheduler, teller: Teller, every: float = 0.5) -> None:
    """Tell new events soon after they are stored."""
    scheduler.add_job(teller.tell_new, IntervalTrigger(seconds=every), id="tell", replace_existing=True)
