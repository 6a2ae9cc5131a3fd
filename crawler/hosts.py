"""What all crawls of one process remember of the hosts they ask: each one's budget, and its robots.txt."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from crawler.politeness import PUBLIC_BUDGET, Budget, backoff, is_loopback

#: Seconds for which a robots.txt is good; where it cannot be fetched again after them, so long in all. RFC 9309,
#: section 2.4, allows a day.
ROBOTS_GOOD, ROBOTS_OLDEST = 3600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Rules:
    """A robots.txt as it was read: Scrapy's parser, or why everything is forbidden, and until when that is good.

    `read_at` and `until`: seconds of the monotonic clock. `failures`: how often in a row it could not be fetched.
    """

    parser: Any
    until: float
    read_at: float
    failed: str = ""
    failures: int = 0


def not_fetched(before: Rules | None, why: str, now: float) -> Rules:
    """What holds where a robots.txt cannot be fetched: what was read before, for a day; or that all is forbidden.

    It is asked for again soon, then ever less often: a stumble of a second must not cost minutes.
    """
    failures = before.failures if before else 0
    until = now + backoff(failures)
    if before and not before.failed and now < before.read_at + ROBOTS_OLDEST:
        return replace(before, until=until, failures=failures + 1)
    return Rules(None, until, now, why, failures + 1)


class Hosts:
    """Shared by the crawls of a process, so that neither the budget nor robots.txt starts anew with each crawl.

    `per_hour` requests to each host; None: PUBLIC_BUDGET, and no limit for this machine itself. `spent`: host →
    requests made by other processes within the last hour. `clock`: seconds, of the clock that Politeness has, too.
    """

    def __init__(
        self,
        per_hour: float | None = None,
        spent: Mapping[str, int] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._local = Budget(per_hour, spacing=0.0, first_pause=0.1)
        self._public = Budget(PUBLIC_BUDGET if per_hour is None else per_hour)
        self._rules: dict[str, Rules] = {}
        for host, requests in (spent or {}).items():
            self.budget(host).spend(host, requests, self._clock())

    def budget(self, host: str) -> Budget:
        """The budget that a host (with its port) draws on."""
        return self._local if is_loopback(host) else self._public

    def rules(self, host: str) -> Rules | None:
        """A host's robots.txt, while it is good."""
        found = self._rules.get(host)
        return found if found and found.until > self._clock() else None

    def keep_rules(self, host: str, parser: Any) -> None:
        """Keep a host's robots.txt that was read now."""
        now = self._clock()
        self._rules[host] = Rules(parser, now + ROBOTS_GOOD, now)

    def rules_failed(self, host: str, why: str) -> Rules:
        """Note that a host's robots.txt cannot be fetched; returns what holds until it is asked for again."""
        self._rules[host] = rules = not_fetched(self._rules.get(host), why, self._clock())
        return rules
