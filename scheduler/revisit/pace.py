"""How fast we may ask one host: a budget, what the host asks for, and what it refuses."""

from __future__ import annotations

import math

_BACK_OFF = 0.5  # additive increase, multiplicative decrease (Chiu & Jain 1989)
_RECOVERY = 0.01  # of the ceiling, for every answer


class Pace:
    """One host's request rate, in requests per hour; times in hours.

    Slots that were missed, by downtime or by a pause, are not made up for: the rate is never exceeded. Slots
    may be taken ahead (`borrow`); what is taken early is missing later (`repay`).
    """

    __slots__ = ("_last", "_paused", "_slot", "ceiling", "rate")

    def __init__(self, ceiling: float, rate: float | None = None, not_before: float = 0.0) -> None:
        self.ceiling = _positive(ceiling)
        self.rate = min(ceiling, rate) if rate else ceiling
        self._paused = not_before
        self._slot = self._last = -math.inf

    @property
    def not_before(self) -> float:
        """When the next slot comes, or the pause ends that the host asked for."""
        return max(self._slot, self._paused)

    def limit(self, per_hour: float) -> None:
        """Set the ceiling: the configured budget, or 3600 / Crawl-delay where that is less."""
        self.ceiling = _positive(per_hour)
        self.rate = min(self.rate, self.ceiling)

    def refused(self, at: float, pause: float = 0.0) -> None:
        """Halve the rate after a 429 or 503, and ask nothing for `pause` hours (Retry-After)."""
        self.rate = max(self.rate * _BACK_OFF, self.ceiling / 64)
        self._paused = max(self._paused, at + pause)

    def answered(self) -> None:
        """Go back towards the ceiling after a good answer."""
        self.rate = min(self.ceiling, self.rate + _RECOVERY * self.ceiling)

    def spend(self, at: float) -> None:
        """Count a request made at a time."""
        self._slot = max(self.not_before, at) + 1 / self.rate
        self._last = max(self._last, at)

    def wait(self, now: float) -> float:
        """Return the hours until the next request may be made; 0 when it may be made now."""
        return max(0.0, self.not_before - now)

    def borrow(self, now: float, most: float) -> float:
        """Return the hours until a request may be made that takes a slot at most so many hours ahead."""
        return max(0.0, self._paused - now, self._slot - most - now)

    def repay(self, now: float, most: float) -> float:
        """Return the hours until the next request where nothing is urgent.

        While slots were taken ahead, every second one is made up for, so that no silence follows a burst.
        """
        at_half_pace = max(self._last + 2 / self.rate - now, self.borrow(now, most))
        return max(0.0, self._paused - now, min(self._slot - now, at_half_pace))


def _positive(per_hour: float) -> float:
    if per_hour <= 0:
        raise ValueError(f"a budget must be above 0 requests per hour, not {per_hour}")
    return per_hour
