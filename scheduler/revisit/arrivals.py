"""How often articles appear on each listing page, and at which hours: Gamma-Poisson, complete observation."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from scheduler.revisit.profile import DayProfile

_PRIOR_RATE = 0.5  # articles per hour, before anything was seen
_PRIOR = 0.5  # imaginary articles that hold a listing to it


class Arrivals:
    """The publication rate of each listing, and the day profile that all listings share."""

    __slots__ = ("_found", "_hours", "profile")

    def __init__(self, learned: dict[str, Any] | None = None) -> None:
        learned = learned or {}
        self._found: dict[Hashable, float] = {key: n for key, n, _ in learned.get("listings", ())}
        self._hours: dict[Hashable, float] = {key: hours for key, _, hours in learned.get("listings", ())}
        self.profile = DayProfile(learned.get("hour_events", ()), learned.get("hour_expected", ()))

    def learned(self) -> dict[str, Any]:
        """Return what was learned, as JSON takes it."""
        return {
            "listings": [[key, n, self._hours[key]] for key, n in self._found.items()],
            "hour_events": list(self.profile.events),
            "hour_expected": list(self.profile.expected),
        }

    def rate(self, listing: Hashable) -> float:
        """Return a listing's articles per hour on a flat day."""
        return (_PRIOR + self._found.get(listing, 0.0)) / (
            _PRIOR / _PRIOR_RATE + self._hours.get(listing, 0.0)
        )

    def learn(self, listing: Hashable, since: float, now: float, discovered: int) -> None:
        """Learn from a visit that discovered so many articles since the visit before."""
        total = self.profile.cumulative(now) - self.profile.cumulative(since)
        if total <= 0:
            return
        rate = self.rate(listing)
        self._found[listing] = self._found.get(listing, 0.0) + discovered
        self._hours[listing] = self._hours.get(listing, 0.0) + total
        parts = max(1, min(24, round(now - since)))
        step = (now - since) / parts
        for part in range(parts):
            at = since + (part + 0.5) * step
            self.profile.learn(at, discovered * self.profile.factor(at) * step / total, rate * step)

    def fade(self, share: float) -> None:
        """Keep only a share of the evidence."""
        self._found = {key: n * share for key, n in self._found.items()}
        self._hours = {key: hours * share for key, hours in self._hours.items()}
        self.profile.fade(share)
