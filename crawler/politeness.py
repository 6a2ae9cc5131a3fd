"""PURE: how long a request must wait so that its host is not troubled. Times are seconds on one monotonic clock."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from storage.records import HostMemory

#: Seconds between two requests to one public host, even while its hourly budget is not spent.
SPACING = 1.0

#: Requests per hour to one public host, where nothing is set.
PUBLIC_BUDGET = 120.0

#: First pause after a 429 or 503 that names no time; doubled each time it happens again, up to MAX_PAUSE.
FIRST_PAUSE = 5.0
MAX_PAUSE = 300.0

#: No pause and no gap that a host asks for, in seconds, is remembered for longer than a day, whatever it says: a
#: mistake or a joke ("a year") is then asked about again. robots.txt is not good for longer either (RFC 9309, 2.4).
LONGEST_MEMORY = 86_400.0


def backoff(failures: int, first: float = FIRST_PAUSE) -> float:
    """Seconds of the pause after so many failures before this one: doubled each time, up to MAX_PAUSE."""
    return min(MAX_PAUSE, first * 2.0 ** min(failures, 10))


def is_loopback(netloc: str) -> bool:
    """Whether a host (with or without a port) is this machine itself: a copy of a site there needs no politeness."""
    host = urlsplit(f"//{netloc}").hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(slots=True)
class _Host:
    tokens: float
    updated: float
    spacing: float
    free_at: float = float("-inf")
    asked_until: float = float("-inf")
    held_until: float = float("-inf")
    refusals: int = 0


@dataclass(slots=True)
class Budget:
    """A token bucket for each host: `per_hour` requests (None: without limit), an hour's worth at once at most.

    The bucket's rate is what robots.txt, Retry-After and the hourly budget together allow.
    """

    per_hour: float | None
    spacing: float = SPACING
    first_pause: float = FIRST_PAUSE
    _hosts: dict[str, _Host] = field(default_factory=dict)

    def reserve(self, host: str, now: float, *, is_rules: bool = False) -> float:
        """Book the next free moment for one request to `host`; return the seconds until then.

        A robots.txt (`is_rules`) does not wait for its own Crawl-delay, nor do others because of it: a host whose
        delay is as long as its rules are good would else get no other request.
        """
        state = self._host(host, now)
        spacing = self.spacing if is_rules else state.spacing
        at = max(now, state.held_until, now if is_rules else state.free_at)
        state.asked_until = max(state.asked_until, now, state.held_until) + (0.0 if is_rules else spacing)
        if self.per_hour is not None:
            rate = self.per_hour / 3600.0
            state.tokens = min(self.per_hour, state.tokens + (at - state.updated) * rate)
            if state.tokens < 1.0:
                at += (1.0 - state.tokens) / rate
                state.tokens = 1.0
            state.tokens -= 1.0
            state.updated = at
        state.free_at = max(state.free_at, at + spacing)
        return at - now

    def spend(self, host: str, requests: int, now: float) -> None:
        """Count requests that an earlier run made to `host` within the last hour."""
        state = self._host(host, now)
        state.tokens = max(0.0, state.tokens - requests)

    def recall(self, host: str, memory: HostMemory, now: float) -> None:
        """Keep to what other processes did to `host` of late; what this one knows itself stays true."""
        state = self._host(host, now)
        if self.per_hour is not None:
            state.tokens = min(state.tokens, max(0.0, self.per_hour - memory.spent))
        if memory.since_last is not None:
            state.free_at = max(
                state.free_at, now - memory.since_last + max(state.spacing, _sane(memory.gap))
            )
        if memory.gap > 0:
            state.spacing = max(state.spacing, _sane(memory.gap))
        state.held_until = max(state.held_until, now + _sane(memory.held))

    def slow_down(self, host: str, seconds: float, now: float) -> None:
        """Keep at least `seconds` between requests to `host`, as its robots.txt now asks; 0: it asks for nothing.

        It counts from the next request on: how long that one waits was settled before the rules were known.
        """
        self._host(host, now).spacing = max(self.spacing, _sane(seconds))

    def refused(self, host: str, now: float, retry_after: float | None = None) -> float:
        """Hold all requests to `host` after a 429 or 503; return the seconds of the pause, a day at most.

        What is refused while the host is held was sent before: it is the same refusal, and doubles nothing.
        """
        state = self._host(host, now)
        again = now < state.held_until
        if retry_after is not None:
            pause = _sane(retry_after)
        elif again:
            pause = state.held_until - now
        else:
            pause = backoff(state.refusals, self.first_pause)
        state.refusals += not again
        state.held_until = max(state.held_until, now + pause)
        return pause

    def held(self, host: str, now: float) -> float:
        """Seconds for which `host` has asked to be left alone, from now on."""
        return max(0.0, self._host(host, now).held_until - now)

    def asked(self, host: str, now: float) -> float:
        """Seconds for which one more request would wait because `host` asks for it, whatever the budget has."""
        return max(0.0, self._host(host, now).asked_until - now, self.held(host, now))

    def gap(self, host: str, now: float) -> float:
        """Seconds to keep between two requests to `host`: ours, or those of its Crawl-delay."""
        return self._host(host, now).spacing

    def answered(self, host: str, now: float) -> None:
        """Note that `host` answered again, so that the next pause starts small."""
        self._host(host, now).refusals = 0

    def _host(self, host: str, now: float) -> _Host:
        state = self._hosts.get(host)
        if state is None:
            state = _Host(tokens=self.per_hour or 0.0, updated=now, spacing=self.spacing)
            self._hosts[host] = state
        return state


def _sane(seconds: float) -> float:
    """What a host asks for, in seconds: not less than nothing (nor what is no number), and not more than a day."""
    return min(seconds, LONGEST_MEMORY) if seconds > 0 else 0.0
