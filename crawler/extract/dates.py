"""PURE: the dates that stand on news pages → times with an offset."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

#: China Standard Time: without summer time since 1991, before any page we read, so a fixed offset will do.
CHINA = timezone(timedelta(hours=8), "CST")

_CLOCK = r"(?:[T\s]*(?P<hour>\d{1,2})\s?[:：时]\s?(?P<minute>\d{2})(?:\s?[:：分]\s?(?P<second>\d{2}))?)?"
_FULL = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})\s?[年/.\-－]\s?(?P<month>\d{1,2})\s?[月/.\-－]\s?(?P<day>\d{1,2})(?!\d)\s?日?"
    + _CLOCK,
    re.ASCII,
)
_SHORT = re.compile(
    r"(?<![\d年/.\-])(?P<month>\d{1,2})\s?[月/\-－]\s?(?P<day>\d{1,2})(?!\d)\s?日?" + _CLOCK, re.ASCII
)
_SPACE = re.compile(r"[\s\u00a0\u3000]+")


def _build(year: int, match: re.Match[str]) -> datetime | None:
    month, day, hour, minute, second = match.group("month", "day", "hour", "minute", "second")
    try:
        return datetime(
            year, int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=CHINA
        )
    except ValueError:
        return None


def read_time(text: str) -> datetime | None:
    """Return the first full date in `text` with its time of day (midnight where none stands), or None.

    Understands `2022年02月13日07:48`, `2018-10-9`, `2021/6/5 8:29:01`, ISO 8601 without offset. A date that
    does not exist is none.
    """
    match = _FULL.search(_SPACE.sub(" ", text))
    return _build(int(match.group("year")), match) if match else None


def read_listed(text: str, near: date | None = None) -> datetime | None:
    """Return the time that stands beside a listing entry, or None.

    `[10月04日16:59]` has no year: the year is the one that brings it nearest to `near` (the date in the
    entry's address), and unknown where `near` is missing or more than 31 days away.
    """
    full = read_time(text)
    match = None if full or near is None else _SHORT.search(_SPACE.sub(" ", text))
    if match is None or near is None:
        return full
    candidates = [_build(near.year + step, match) for step in (-1, 0, 1)]
    distances = [(abs((item.date() - near).days), item) for item in candidates if item is not None]
    days, best = min(distances, default=(None, None))
    return best if days is not None and days <= 31 else None
