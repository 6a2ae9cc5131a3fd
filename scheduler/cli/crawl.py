"""`newsdelta crawl`: a one-off run with a progress bar, a summary and an exit code."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.common import Moment, json_option, now, print_json_lines, with_config
from scheduler.config import Config
from storage.errors import ConfigError

if TYPE_CHECKING:
    from crawler.task import CrawlResult, CrawlTask
    from scheduler.post import Post
    from storage.database import Database


@click.command("crawl")
@click.argument("channels", nargs=-1, metavar="[CHANNEL]…")
@click.option(
    "--url", "urls", multiple=True, help="Only this page: an article or a listing. May be repeated."
)
@click.option("--pages", type=click.IntRange(1), help="How many pages of each listing to read (backfill).")
@click.option("--since", type=Moment(), help="Leave out what is dated earlier: 2026-11-01, 12h, 7d.")
@click.option("--dry-run", is_flag=True, help="Fetch and compare, but store nothing.")
@json_option
@with_config
def command(
    config: Config,
    channels: tuple[str, ...],
    urls: tuple[str, ...],
    pages: int | None,
    since: datetime | None,
    dry_run: bool,
    as_json_: bool,
) -> None:
    """Crawl channels (all watched ones by default) or single pages once, now.

    Where there is a queue, it waits for workers that are at the same hosts, and keeps others away meanwhile.
    Alerts of the config are delivered before it ends, unless a `newsdelta watch` is there to do it.

    Exit code: 0 all well, 1 some pages failed, 2 wrong usage or config, 3 nothing could be fetched.
    """
    from crawler.run import Options, crawl_all
    from crawler.task import exit_code
    from scheduler.cli.progress import Progress, print_problems, print_summary
    from storage.database import Database
    from storage.queries import requests_since

    tasks = tasks_for(config, channels, urls, pages=pages, since=since, dry_run=dry_run)
    alerts = None if dry_run else Alerting.of(config)
    database = Database.open(config.database_url)
    if alerts:
        alerts.enter(database)
    options = Options(
        requests_per_hour=config.requests_per_hour,
        allow_private_addresses=config.allow_private_addresses,
        requests_spent=spent_by_host(config, requests_since(database, now() - timedelta(hours=1))),
        archive=config.archive,
    )
    with (
        _turns(config, database, tasks) as tasks,
        Progress(show=not as_json_ and sys.stderr.isatty()) as progress,
    ):
        results = crawl_all(tasks, database, options, progress.update)
        if config.queue_url is not None and not dry_run:
            from scheduler.turns import note_spent

            note_spent(database, tasks, results)
    if alerts:
        alerts.deliver(database)
    database.close()
    if as_json_:
        print_json_lines(summary(result) for result in results)
    else:
        print_summary(results, dry_run=dry_run)
    print_problems(results)
    sys.exit(exit_code(results))


def _turns(
    config: Config, database: Database, tasks: list[CrawlTask]
) -> AbstractContextManager[list[CrawlTask]]:
    """The turn at the tasks' hosts, where there are workers to share them with."""
    if config.queue_url is None:
        return nullcontext(tasks)
    from scheduler.turns import beside_the_queue  # a fifth of a second to import

    return beside_the_queue(database, config.queue_url, tasks, lambda line: click.echo(line, err=True))


@dataclass(frozen=True, slots=True)
class Alerting:
    """What a crawl does about alerts, where the config has any."""

    config: Config
    post: Post

    @classmethod
    def of(cls, config: Config) -> Alerting | None:
        """Open the destinations. Raises ConfigError."""
        if not (config.alerts.sections or config.alerts.feeds):
            return None
        from scheduler.post import read_post

        return cls(config, read_post(config))

    def enter(self, database: Database) -> None:
        """Tell the store who is told of what; the config of a watcher that runs stays as it is."""
        from scheduler.post import is_watched

        if not is_watched(self.config):
            self.post.enter(database, now())

    def deliver(self, database: Database) -> None:
        """Deliver what is due, where nobody else does."""
        from scheduler.post import SECONDS, deliver_due, is_watched, publish

        if not is_watched(self.config):
            asyncio.run(deliver_due(self.config, database, self.post, SECONDS))
            publish(self.config, database, now())


def tasks_for(
    config: Config, channels: tuple[str, ...], urls: tuple[str, ...], **options: Any
) -> list[CrawlTask]:
    """One task for each channel that was named, or that the given pages belong to. Raises ConfigError."""
    from crawler.task import CrawlTask
    from scheduler.tasks import policy_of

    since: datetime | None = options.pop("since")
    common = {
        "since": since.date() if since else None,
        "revisit_for": config.revisit_for,
        "policy": policy_of(config),
        **options,
    }
    if not urls:
        names = channels or tuple(config.channels)
        return [CrawlTask(channel=config.channel(name), **common) for name in names]
    by_channel: dict[str, list[str]] = {}
    for url in urls:
        by_channel.setdefault(_channel_of(url, config, channels), []).append(url)
    return [
        CrawlTask(channel=config.channel(name), urls=tuple(u), **common) for name, u in by_channel.items()
    ]


def spent_by_host(config: Config, by_channel: dict[str, int]) -> dict[str, int]:
    """Requests of the last hour by host; a channel that is no longer known troubles nobody."""
    from urllib.parse import urlsplit

    homes = {name: channel.home for name, channel in config.registry.channels.items()}
    spent: dict[str, int] = {}
    for name, count in by_channel.items():
        if name in homes:
            host = urlsplit(homes[name]).netloc
            spent[host] = spent.get(host, 0) + count
    return spent


def _channel_of(url: str, config: Config, channels: tuple[str, ...]) -> str:
    """The channel that a page belongs to: the only one named, else the one with the page's host or site."""
    from urllib.parse import urlsplit

    if not urlsplit(url).netloc or urlsplit(url).scheme not in ("http", "https"):
        raise ConfigError("This is no web address", subject=url, mend="Write http://… or https://…")
    if len(channels) == 1:
        return channels[0]
    found = config.registry.channel_at(url)
    if found is not None:
        return found.name
    raise ConfigError(
        "No channel has this host", subject=url, mend="Name the channel: newsdelta crawl CHANNEL --url …"
    )


def summary(result: CrawlResult) -> dict[str, Any]:
    """A result as the contract of `crawl --json` has it."""
    counts = result.counts
    return {
        "run": result.run,
        "channel": result.channel,
        "fetched": counts.fetched,
        "not_modified": counts.not_modified,
        "bytes": counts.bytes,
        "new": counts.new,
        "edited": counts.edited,
        "unchanged": counts.unchanged,
        "removed": counts.removed,
        "failed": counts.failed,
        "seconds": result.seconds,
    }
