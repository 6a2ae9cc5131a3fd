"""PURE: when a notification is due: now, after a wait, at a digest's next slot, at the end of quiet hours.

What is due in quiet hours is due at their end; nothing is ever dropped. Days are those of a time zone. A time
of day that a change of clocks skips stands for the moment as long after midnight as it would have been; one
that comes twice stands for the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from storage.records import Subscription

#: A debounced article that never falls quiet is told after so many waits.
LONGEST_WAIT = 6

_DAY = timedelta(days=1)
_EVERY = re.compile(r"(\d{1,4})\s*(m|min|h)")
_UNIT = {"m": timedelta(minutes=1), "min": timedelta(minutes=1), "h": timedelta(hours=1)}
_QUIET = re.compile(r"(\d{1,2}:\d{2})\s*[-–—~]\s*(\d{1,2}:\d{2})")
_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Slots:
    """When digests go: every so often, counted from midnight, or at times of day; one of the two is given."""

    every: timedelta | None = None
    at: tuple[time, ...] = ()

    def after(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The first slot later than `now`, in UTC."""
        today = now.astimezone(zone).date()
        if self.every is not None:
            midnight = _moment(today, time(), zone)
            slot = midnight + self.every * ((now - midnight) // self.every + 1)
            return min(slot, _moment(today + _DAY, time(), zone))
        days = (today, today + _DAY, today + 2 * _DAY)
        moments = (_moment(day, clock, zone) for day in days for clock in self.at)
        return min(moment for moment in moments if moment > now)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nothing is told, from `start` until `end`, which may be on the next day."""

    start: time
    end: time

    def after(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The end of the quiet hours that `now` lies in, in UTC; `now` itself where it lies in none."""
        for start, end in self._around(now.astimezone(zone).date(), zone):
            if start <= now < end:
                return end
        return now

    def _around(self, today: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        for day in (today - _DAY, today):
            last = day + _DAY if self.end <= self.start else day
            yield _moment(day, self.start, zone), _moment(last, self.end, zone)


@dataclass(frozen=True, slots=True)
class Timing:
    """What a subscription says about when."""

    zone: ZoneInfo
    wait: timedelta = timedelta()
    slots: Slots | None = None
    quiet: Quiet | None = None

    def due(self, now: datetime) -> datetime:
        """When what happens now is told, in UTC; never before `now`."""
        due = self.slots.after(now, self.zone) if self.slots else now + self.wait
        return self._unquiet(due)

    def at_once(self, now: datetime) -> datetime:
        """When what bears no waiting is told: now, or at the end of quiet hours."""
        return self._unquiet(now)

    def debounced(self, first: datetime, now: datetime) -> datetime:
        """When an article is told that changed first at `first` and again now: after another wait, with an end."""
        latest = first + LONGEST_WAIT * self.wait
        return self._unquiet(max(now, min(now + self.wait, latest)))

    def _unquiet(self, due: datetime) -> datetime:
        return self.quiet.after(due, self.zone) if self.quiet else due.astimezone(UTC)


def timing(subscription: Subscription) -> Timing:
    """Read when a subscription wants to be told. Raises ValueError that names the setting and its forms."""
    if subscription.wait < timedelta():
        raise ValueError("wait: a time cannot be less than nothing")
    return Timing(
        zone=read_zone(subscription.time_zone),
        wait=subscription.wait,
        slots=read_digest(subscription.digest),
        quiet=read_quiet(subscription.quiet),
    )


def read_zone(name: str) -> ZoneInfo:
    """Read a time zone's name: Asia/Shanghai. Raises ValueError."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f'time_zone: no time zone is called "{name}"; write "Asia/Shanghai"') from error


def read_digest(text: str) -> Slots | None:
    """Read "off" (None), "30m", "2h", "09:00" or "09:00,18:00". Raises ValueError."""
    words = text.strip().lower()
    if words in ("", "off"):
        return None
    if match := _EVERY.fullmatch(words):
        every = int(match[1]) * _UNIT[match[2]]
        if timedelta() < every <= _DAY:
            return Slots(every=every)
    elif times := [_time_of(part) for part in re.split(r"[,，、;\s]+", words)]:
        return Slots(at=tuple(sorted(set(times))))
    raise ValueError(f'digest: "{text}" is longer than a day or no time at all; write "30m" or "09:00,18:00"')


def read_quiet(text: str) -> Quiet | None:
    """Read "22:00-07:00", or "" for no quiet hours (None). Raises ValueError."""
    if not text.strip():
        return None
    match = _QUIET.fullmatch(text.strip())
    if match is None:
        raise ValueError(f'quiet: "{text}" is no stretch of hours; write "22:00-07:00"')
    start, end = (_time_of(part, "quiet") for part in match.groups())
    if start == end:
        raise ValueError(f'quiet: "{text}" has no hours in it, or all; to hear nothing, pause the alert')
    return Quiet(start, end)


def _time_of(text: str, setting: str = "digest") -> time:
    match = _TIME.fullmatch(text)
    hour, minute = (int(match[1]), int(match[2])) if match else (99, 0)
    if (hour, minute) > (24, 0):
        raise ValueError(f'{setting}: "{text}" is no time of day; write "09:00"')
    return time(hour % 24, minute)


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A time of day as a moment in UTC. `fold=0` of PEP 495 is what the docstring above says."""
    return datetime.combine(day, clock, zone).astimezone(UTC)
