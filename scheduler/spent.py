"""PURE: how many requests were made to each host in the last hour."""

from __future__ import annotations

from collections import deque

HOUR = 3600.0
#: Seconds within which requests are counted as one: an hour's are a few hundred numbers, however many they are.
STEP = 10.0


class Spent:
    """Counts requests by host. Times are seconds of a clock that is never put back."""

    def __init__(self) -> None:
        self._made: dict[str, deque[tuple[float, int]]] = {}

    def note(self, host: str, requests: int, now: float) -> None:
        """So many were made by `now`."""
        made = self._within_the_hour(host, now)
        if made and now - made[-1][0] < STEP:
            since, before = made.pop()
            made.append((since, before + requests))
        else:
            made.append((now, requests))

    def lately(self, host: str, now: float) -> int:
        """How many were made in the hour before `now`."""
        return sum(requests for _, requests in self._within_the_hour(host, now))

    def _within_the_hour(self, host: str, now: float) -> deque[tuple[float, int]]:
        made = self._made.setdefault(host, deque())
        while made and made[0][0] < now - HOUR:
            made.popleft()
        return made
