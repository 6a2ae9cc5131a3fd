"""PURE: how many messages a place's rate lets through now (GCRA, the "leaky bucket as a meter" of ITU-T I.371).

One moment is kept for each place, its theoretical arrival time: when the next message would be due if all
came evenly. A message may come early by as much as the burst allows. In any stretch of `seconds`, at most
`messages` + `burst` get through.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


class Rate(Protocol):
    """So many messages in so many seconds, at most `burst` at once."""

    @property
    def messages(self) -> int:
        """At least 1."""

    @property
    def seconds(self) -> float:
        """More than 0."""

    @property
    def burst(self) -> int:
        """At least 1."""


@dataclass(frozen=True, slots=True)
class Grant:
    """How many may go now, the theoretical arrival time to keep, and how long the next one has to wait."""

    messages: int
    tat: datetime
    wait: timedelta


def grant(tat: datetime | None, rate: Rate, now: datetime, wanted: int) -> Grant:
    """Let through as many of `wanted` messages as the rate bears. `tat` is None before the first one.

    A clock that was set back cannot shut a place for long: no time is kept that the rate cannot have made.
    """
    step = _step(rate)
    early = step * (rate.burst - 1)
    arrival = min(max(tat or now, now), now + early + step)
    messages = max(0, min(wanted, (now + early - arrival) // step + 1))
    arrival += step * messages
    return Grant(messages, arrival, max(timedelta(), arrival - early - now))


def _step(rate: Rate) -> timedelta:
    """The time between two messages that come evenly, rounded up: never more than the rate."""
    microseconds = -(-int(rate.seconds * 1_000_000) // rate.messages)
    return timedelta(microseconds=max(1, microseconds))
