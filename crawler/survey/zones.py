"""PURE: the time zone of a site, from offsets that it gives, else from its language and domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from crawler.survey.model import Zone

_BY_DOMAIN = {
    "cn": "Asia/Shanghai", "tw": "Asia/Taipei", "hk": "Asia/Hong_Kong", "mo": "Asia/Macau", "sg": "Asia/Singapore",
    "my": "Asia/Kuala_Lumpur", "jp": "Asia/Tokyo", "kr": "Asia/Seoul", "uk": "Europe/London", "ie": "Europe/Dublin",
    "nz": "Pacific/Auckland", "au": "Australia/Sydney", "in": "Asia/Kolkata", "za": "Africa/Johannesburg",
    "de": "Europe/Berlin", "fr": "Europe/Paris", "es": "Europe/Madrid", "it": "Europe/Rome", "nl": "Europe/Amsterdam",
}  # fmt: skip
_BY_LANGUAGE = {
    "zh-hans": "Asia/Shanghai",
    "zh-hant": "Asia/Taipei",
    "ja": "Asia/Tokyo",
    "ko": "Asia/Seoul",
    "de": "Europe/Berlin",
    "fr": "Europe/Paris",
    "it": "Europe/Rome",
}
_CHINESE = ("Asia/Shanghai", "Asia/Taipei", "Asia/Hong_Kong", "Asia/Singapore")
#: Where several zones have an offset, the one with more newspapers in the language stands first.
_ENGLISH = (
    "Europe/London", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "America/Phoenix", "America/Halifax", "America/St_Johns", "America/Anchorage", "Pacific/Honolulu",
    "Australia/Sydney", "Australia/Brisbane", "Australia/Adelaide", "Australia/Darwin", "Australia/Perth",
    "Pacific/Auckland", "Asia/Singapore", "Asia/Hong_Kong", "Asia/Kolkata", "Asia/Karachi", "Asia/Dhaka",
    "Asia/Dubai", "Africa/Johannesburg", "Africa/Nairobi", "Africa/Lagos", "Asia/Tokyo", "Asia/Bangkok",
    "Europe/Paris", "Europe/Athens", "Europe/Moscow", "America/Sao_Paulo", "Asia/Kathmandu",
)  # fmt: skip
_FARTHEST = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Clock:
    """One article's time as seen from two sides.

    moment: a time with an offset, from a feed, a sitemap or the page's own statements. local: the time that the page
    shows without an offset, as if it were UTC's; None where it shows none.
    """

    moment: datetime
    local: datetime | None = None


def find_zone(clocks: Sequence[Clock], language: str, home: str) -> Zone:
    """Return the zone of the times that a site writes without one, with how sure it is.

    Shown beside a moment, a local time tells the offset (`sure`); a moment with an offset other than UTC's tells what
    zone the site's makers live in (`likely`); else language and domain do (`guess`).
    """
    shown = Counter(offset for clock in clocks if (offset := _between(clock)) is not None)
    if shown:
        (offset, count), moment = shown.most_common(1)[0], clocks[0].moment
        if count * 2 > sum(shown.values()):
            name = _named(offset, moment, language, home)
            return Zone(
                name,
                "sure",
                f"{count} articles show their time beside one with an offset: {_written(offset)}",
            )
    said = Counter(offset for clock in clocks if (offset := clock.moment.utcoffset()))
    if said:
        offset, count = said.most_common(1)[0]
        name = _named(offset, clocks[0].moment, language, home)
        return Zone(name, "likely", f"{count} times are given with the offset {_written(offset)}")
    return _guessed(language, home)


def _between(clock: Clock) -> timedelta | None:
    if clock.local is None:
        return None
    apart = clock.local.astimezone(UTC) - clock.moment.astimezone(UTC)
    offset = timedelta(minutes=round(apart.total_seconds() / 900) * 15)
    return offset if abs(offset) <= _FARTHEST and abs(apart - offset) < timedelta(minutes=2) else None


def _named(offset: timedelta, moment: datetime, language: str, home: str) -> str:
    """The likeliest zone with an offset at a moment; one without a place where no place is known."""
    guessed = _guessed(language, home)
    likely = () if guessed.sure == "guess" else (guessed.name,)
    order = (*_CHINESE, *_ENGLISH) if language.startswith("zh") else _ENGLISH
    name: str
    for name in (*likely, *order):
        if moment.astimezone(ZoneInfo(name)).utcoffset() == offset:
            return name
    hours = offset // timedelta(hours=1)
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"  # POSIX counts the hours westward


def _written(offset: timedelta) -> str:
    sign, size = ("-", -offset) if offset < timedelta() else ("+", offset)
    return f"UTC{sign}{size // timedelta(hours=1):02d}:{size // timedelta(minutes=1) % 60:02d}"


def _guessed(language: str, home: str) -> Zone:
    ending = (urlsplit(home).hostname or "").rpartition(".")[2]
    if name := _BY_DOMAIN.get(ending):
        return Zone(name, "likely", f"the domain ends in .{ending}")
    if name := _BY_LANGUAGE.get(language.lower()):
        return Zone(name, "likely" if language.startswith("zh") else "guess", f"the language is {language}")
    return Zone("UTC", "guess", "neither the pages, nor a feed, nor the domain tell it")
