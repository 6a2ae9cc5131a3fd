"""PURE: a time as it is written anywhere → an aware datetime."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from crawler.extract.generic.times import read_declared, read_time


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its name ("Asia/Shanghai"). Raises ZoneInfoNotFoundError, ValueError."""
    return ZoneInfo(name)


def read_when(text: str, *, now: datetime, time_zone: str) -> datetime | None:
    """Return the time that a short text states, always aware; None where it states none."""
    zone = zone_of(time_zone)
    found = read_declared(text, zone) or read_time(text, zone, now=now)
    return found.at if found else None
