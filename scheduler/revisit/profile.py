"""How a rate swings over the day: one learned factor per hour, with mean 1."""

from __future__ import annotations

import math
from collections.abc import Sequence

HOURS = 24
_QUARTERS = 96  # the table's steps: quarters of an hour
_PRIOR = 10.0  # imaginary events per hour of the day that lie on the flat profile


class DayProfile:
    """Gamma-Poisson estimate of 24 hour factors, drawn towards a flat day (10 imaginary events an hour).

    Times are hours from any fixed midnight. The factors are joined by straight lines between the middles of
    the hours, so that the worth of a visit does not jump on the hour.
    """

    __slots__ = ("_answer", "_asked", "_cumulative", "_slope", "events", "expected")

    def __init__(self, events: Sequence[float] = (), expected: Sequence[float] = ()) -> None:
        self.events = list(events) or [0.0] * HOURS
        self.expected = list(expected) or [0.0] * HOURS
        self._cumulative: list[float] = []
        self._slope: list[float] = []
        self._asked = math.nan
        self._answer = (1.0, 0.0)
        self.rebuild()

    def learn(self, at: float, events: float, expected: float) -> None:
        """Count events seen around `at`, and the events a flat day would have brought there."""
        hour = int(at % HOURS)
        self.events[hour] += events
        self.expected[hour] += expected

    def rebuild(self) -> None:
        """Make the factors in force from what was learned."""
        hours = [(_PRIOR + n) / (_PRIOR + e) for n, e in zip(self.events, self.expected, strict=True)]
        slopes = [_between_hours(hours, quarter) for quarter in range(_QUARTERS)]
        mean = sum(slopes) / _QUARTERS
        self._slope = [slope / mean for slope in slopes]
        total, self._cumulative = 0.0, [0.0]
        for slope in self._slope:
            total += slope / 4
            self._cumulative.append(total)
        self._asked = math.nan

    def factor(self, at: float) -> float:
        """Return the factor in force at a time."""
        return self._slope[int(at * 4 % _QUARTERS)]

    def cumulative(self, at: float) -> float:
        """Return the integral of the factor from time 0 to `at`; it grows by 24 a day."""
        days, quarter = divmod(at * 4, _QUARTERS)
        index = int(quarter)
        return days * HOURS + self._cumulative[index] + (quarter - index) * self._slope[index] / 4

    def factor_and_cumulative(self, now: float) -> tuple[float, float]:
        """Return both at once; asked again for the same time, without a look at the table."""
        if now != self._asked:
            self._asked = now
            self._answer = self.factor(now), self.cumulative(now)
        return self._answer

    def fade(self, share: float) -> None:
        """Keep only a share of the evidence."""
        self.events = [n * share for n in self.events]
        self.expected = [e * share for e in self.expected]


def _between_hours(hours: Sequence[float], quarter: int) -> float:
    """Return the factor in the middle of a quarter hour, between the middles of two hours."""
    position = (quarter + 0.5) / 4 - 0.5
    before = int(position // 1)
    part = position - before
    return hours[before % HOURS] * (1 - part) + hours[(before + 1) % HOURS] * part
