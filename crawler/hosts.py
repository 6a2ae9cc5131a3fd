"""What all crawls of one process remember of the hosts they ask: each one's budget, and its robots.txt."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crawler.politeness import PUBLIC_BUDGET, Budget, is_loopback

#: Seconds for which a robots.txt is good; RFC 9309, section 2.4, allows a day.
ROBOTS_GOOD = 3600.0
#: Seconds after which a robots.txt that could not be fetched is asked for again.
ROBOTS_FAILED = 300.0


@dataclass(frozen=True, slots=True)
class Rules:
    """A robots.txt as it was read: Scrapy's parser, or why everything is forbidden, and until when it is good."""

    parser: Any
    failed: str
    until: float


class Hosts:
    """Shared by the crawls of a process, so that neither the budget nor robots.txt starts anew with each crawl.

    `per_hour` requests to each host; None: PUBLIC_BUDGET, and no limit for this machine itself. `spent`: host →
    requests made by other processes within the last hour.
    """

    def __init__(self, per_hour: float | None = None, spent: Mapping[str, int] | None = None) -> None:
        self._local = Budget(per_hour, spacing=0.0, first_pause=0.1)
        self._public = Budget(PUBLIC_BUDGET if per_hour is None else per_hour)
        self._rules: dict[str, Rules] = {}
        for host, requests in (spent or {}).items():
            self.budget(host).spend(host, requests, time.monotonic())

    def budget(self, host: str) -> Budget:
        """The budget that a host (with its port) draws on."""
        return self._local if is_loopback(host) else self._public

    def rules(self, host: str) -> Rules | None:
        """A host's robots.txt, while it is good."""
        found = self._rules.get(host)
        return found if found and found.until > time.monotonic() else None

    def keep_rules(self, host: str, parser: Any, failed: str = "") -> None:
        """Keep a host's robots.txt for a while."""
        good = ROBOTS_FAILED if failed else ROBOTS_GOOD
        self._rules[host] = Rules(parser, failed, time.monotonic() + good)
