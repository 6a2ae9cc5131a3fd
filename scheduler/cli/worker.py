"""`newsdelta worker`: carries out the crawls that a watcher anywhere hands out."""

from __future__ import annotations

import asyncio
import logging
import signal

import click

from scheduler.cli.common import with_config
from scheduler.config import Config
from scheduler.logs.begin import tell
from storage.errors import ConfigError


@click.command("worker")
@click.option(
    "--concurrency", type=click.IntRange(1, 64), default=8, show_default=True, help="Hosts visited at once."
)
@with_config
def command(config: Config, concurrency: int) -> None:
    """Take crawls out of the queue and carry them out, until stopped (Ctrl-C, SIGTERM).

    Any number of workers may run, on any machine that reaches the database: no host is ever visited by two at
    once. `newsdelta watch` hands the crawls out; both need [queue] url in their config.
    """
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # what is wrong is said once, by us
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    if config.queue_url is None:
        raise ConfigError(
            "There is no queue to take crawls from",
            subject=str(config.source or "newsdelta.toml"),
            mend='Write [queue] url = "postgresql://…" into the config, here and where newsdelta watch runs',
        )
    tell(config, f"Working for {config.database_name}, {concurrency} hosts at once.")
    asyncio.run(_work(config, config.queue_url, concurrency))


async def _work(config: Config, queue_url: str, concurrency: int) -> None:
    from scheduler.child import CrawlerProcess, Limits
    from scheduler.plan import utc_now
    from scheduler.queue import prepare
    from scheduler.tasks import start_of
    from scheduler.worker import work
    from storage.database import Database

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    prepare(queue_url)
    with Database.open(config.database_url) as database:
        process = CrawlerProcess(lambda: start_of(config, database), Limits())
        await work(database, process, queue_url, concurrency, stop, utc_now)
