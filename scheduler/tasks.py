"""What the config asks for, in the crawler's words: tasks, plans, and what a crawling process is told first."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from urllib.parse import urlsplit

from crawler.serve import Start
from crawler.task import CrawlTask
from scheduler.config import Config
from scheduler.plan import Batch, HostPlan, host_plans, utc_now
from scheduler.rhythm import Plan
from storage import queries
from storage.database import Database
from storage.decide import Policy
from storage.records import CrawlOrder


def policy_of(config: Config) -> Policy:
    """When an absence is a removal."""
    return Policy(config.removal_visits, config.removal_after)


def task_for(config: Config, name: str) -> CrawlTask:
    """The regular crawl of one whole channel."""
    return CrawlTask(channel=config.channel(name), revisit_for=config.revisit_for, policy=policy_of(config))


def task_of(config: Config, batch: Batch) -> CrawlTask:
    """The visits of a batch, and nothing else."""
    return CrawlTask(
        channel=config.channel(batch.channel), urls=batch.urls, follow=False, policy=policy_of(config)
    )


def task_of_order(config: Config, order: CrawlOrder) -> CrawlTask:
    """The crawl that a person asked for. Raises ConfigError for a channel that is not known any more."""
    whole = task_for(config, order.channel)
    return dataclasses.replace(whole, urls=order.urls) if order.urls else whole


def plans_of(config: Config) -> list[HostPlan]:
    """The plans of the channels that are visited by plan, not loaded yet."""
    budgets = {name: rhythm.per_hour for name, rhythm in config.rhythms.items() if isinstance(rhythm, Plan)}
    channels = [config.channels[name] for name in budgets]
    return host_plans(channels, budgets, policy_of(config), config.revisit_for)


def start_of(config: Config, database: Database) -> Start:
    """What the crawling process is told first; what was asked of a host in the last hour counts."""
    made = queries.requests_since(database, utc_now() - timedelta(hours=1))
    spent: dict[str, int] = {}
    for name, channel in config.channels.items():
        host = urlsplit(channel.home).netloc
        spent[host] = spent.get(host, 0) + made.get(name, 0)
    return Start(
        config.database_url,
        config.requests_per_hour,
        config.allow_private_addresses,
        spent,
        config.archive,
        config.log.level,
    )
