"""The one place that wires everything: config → store, crawling process, jobs."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

from crawler.serve import Start
from crawler.task import CrawlResult, CrawlTask
from scheduler.child import CrawlerProcess
from scheduler.config import Config
from scheduler.jobs import new_scheduler, schedule_crawl, schedule_telling
from scheduler.tell import Teller
from storage import queries
from storage.database import Database
from storage.decide import Policy
from storage.records import Event


def task_for(config: Config, name: str) -> CrawlTask:
    """The regular crawl of one watched channel."""
    return CrawlTask(
        channel=config.channel(name),
        revisit_for=config.revisit_for,
        policy=Policy(config.removal_visits, config.removal_after),
    )


async def watch(
    config: Config,
    tell: Callable[[Event], None],
    report: Callable[[CrawlResult], None],
    stop: asyncio.Event,
) -> None:
    """Crawl every watched channel at its interval and tell what happens, until `stop` is set."""
    database = Database.open(config.database_url)
    process = CrawlerProcess(
        Start(config.database_url, config.requests_per_hour, config.allow_private_addresses)
    )
    teller = Teller(database, tell, after=queries.last_event_id(database))
    scheduler = new_scheduler()
    for name in config.channels:
        schedule_crawl(scheduler, process, task_for(config, name), config.every.total_seconds(), report)
    schedule_telling(scheduler, teller)
    scheduler.start()
    try:
        await stop.wait()
    finally:
        scheduler.shutdown(wait=False)
        await process.stop()
        await teller.tell_new()
        database.close()


async def watch_until_signal(
    config: Config, tell: Callable[[Event], None], report: Callable[[CrawlResult], None]
) -> None:
    """Watch until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await watch(config, tell, report, stop)
