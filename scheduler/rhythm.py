"""PURE: when a channel is crawled: by the plan of visits, at an interval, or at the times of a cron expression."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

_RANGES = {"minute": (0, 59), "hour": (0, 23), "day": (1, 31), "month": (1, 12)}
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


@dataclass(frozen=True, slots=True)
class Plan:
    """Page by page, the visit that is worth most, `per_hour` requests an hour."""

    per_hour: float

    def __str__(self) -> str:
        return f"by plan, {self.per_hour:g} requests/h"


@dataclass(frozen=True, slots=True)
class Every:
    """The whole channel, at an interval."""

    interval: timedelta

    def __str__(self) -> str:
        return f"whole, every {_spell(self.interval.total_seconds())}"


@dataclass(frozen=True, slots=True)
class Cron:
    """The whole channel, at the times of a cron expression of five fields."""

    expression: str

    def __str__(self) -> str:
        return f"whole, at {self.expression}"


Rhythm: TypeAlias = Plan | Every | Cron


def cron_fields(expression: str) -> dict[str, str]:
    """Take a cron expression apart: minute, hour, day, month, day_of_week, the days of the week as names.

    A number in the last field counts from Sunday, 0 or 7, as crontab(5) has it. Raises ValueError.
    """
    fields = expression.split()
    if len(fields) != 5:
        raise ValueError(
            f"{expression!r} is no cron expression; write five fields: minute hour day month weekday, "
            "for example */10 6-23 * * *"
        )
    names = ("minute", "hour", "day", "month", "day_of_week")
    return {**dict(zip(names, fields, strict=True)), "day_of_week": _weekdays(fields[4])}


def check_cron(expression: str) -> None:
    """Raise ValueError, in words, for what is no cron expression."""
    fields = cron_fields(expression)
    for name, (low, high) in _RANGES.items():
        for part in fields[name].split(","):
            _check_part(part, name, low, high)


def _check_part(part: str, name: str, low: int, high: int) -> None:
    found = re.fullmatch(r"(?:\*|(\d+)(?:-(\d+))?)(?:/([1-9]\d*))?", part)
    if found is None:
        raise ValueError(f"{part!r} is no {name}; write *, 5, 1-5, */10, or several with commas between")
    first, last = int(found[1] or low), int(found[2] or found[1] or high)
    if not low <= first <= last <= high:
        raise ValueError(f"{part!r} is no {name}; it goes from {low} to {high}")


def _weekdays(field: str) -> str:
    if field == "*":
        return field
    days = [day for part in field.lower().split(",") for day in _span(part)]
    return ",".join(_DAYS[day] for day in sorted({day % 7 for day in days}))


def _span(part: str) -> range:
    span, _, step = part.partition("/")
    first, _, last = ("0", "-", "6") if span == "*" else span.partition("-")
    begin = _day(first)
    end = _day(last) if last else (6 if step else begin)
    if end < begin:
        end += 7  # fri-mon
    return range(begin, end + 1, int(step) if step else 1)


def _day(word: str) -> int:
    if word in _DAYS:
        return _DAYS.index(word)
    if word.isdecimal() and int(word) <= 7:
        return int(word)
    raise ValueError(f"{word!r} is no day of the week; write 0 to 7 (0 and 7 are Sunday) or sun to sat")


def _spell(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"
