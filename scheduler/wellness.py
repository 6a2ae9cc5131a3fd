"""PURE: is the watcher well: are visits made, do crawls go on, do alerts arrive?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from storage.records import OrderProgress

#: Seconds for which something may be due and not begun, or under way without a step forward.
PATIENCE = 900.0
#: Steps forward that a budget allows in that time, at least.
STEPS = 3
#: Tries in a row after which alerts to a place count as not arriving: a quarter of an hour of pauses that grow.
TRIES = 8


@dataclass(frozen=True, slots=True)
class Look:
    """What the watcher sees of itself; all times in seconds.

    overdue: job → for how long it should have begun. silent: channel under way → for how long it made no step.
    gaps: channel → the time between two requests that its budget allows. failures: place of alerts → tries that
    failed in a row. stuck: places with alerts that nobody sends.
    """

    overdue: Mapping[str, float] = field(default_factory=dict)
    silent: Mapping[str, float] = field(default_factory=dict)
    gaps: Mapping[str, float] = field(default_factory=dict)
    failures: Mapping[str, int] = field(default_factory=dict)
    stuck: tuple[str, ...] = ()


def ills(look: Look) -> Iterator[str]:
    """Yield what is not well, each in a few words."""
    for job, seconds in look.overdue.items():
        if seconds > PATIENCE:
            yield f"{job} is due for {_minutes(seconds)} and was not begun"
    for channel, seconds in look.silent.items():
        if seconds > max(PATIENCE, STEPS * look.gaps.get(channel, 0.0)):
            yield f"a crawl of {channel} makes no step for {_minutes(seconds)}"
    for place, tries in look.failures.items():
        if tries >= TRIES:
            yield f"alerts to {place} do not arrive: {tries} tries in a row failed"
    for place in look.stuck:
        yield f"alerts to {place} are due for {_minutes(PATIENCE)} and nobody sends them"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes"


class InHand:
    """The crawls under way, by channel, and when each made its last step. `now` is in seconds, of any clock."""

    def __init__(self) -> None:
        self._steps: dict[str, tuple[float, OrderProgress | None]] = {}

    def begin(self, channel: str, now: float) -> None:
        """A crawl of the channel begins."""
        self._steps[channel] = (now, None)

    def hear(self, channel: str, progress: OrderProgress, now: float) -> None:
        """It says how far it is; saying the same again is no step."""
        if self._steps.get(channel, (now, progress))[1] != progress:
            self._steps[channel] = (now, progress)

    def end(self, channel: str) -> None:
        """It has ended, in whatever way."""
        self._steps.pop(channel, None)

    def silent(self, now: float) -> dict[str, float]:
        """For how many seconds each made no step."""
        return {channel: now - since for channel, (since, _) in self._steps.items()}
