"""What the sections of newsdelta.toml share: their base, durations, and checks that explain themselves."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
#: What is longer reaches, from now on, to where the calendar ends, or is a slip of the pen.
_CENTURY = timedelta(days=36525)


def duration(text: str) -> timedelta:
    """Read "30s", "15m", "2h" or "7d". Raises ValueError."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no duration; write for example 30s, 15m, 2h or 7d")
    seconds = float(match[1]) * _UNITS[match[2]]
    if seconds > _CENTURY.total_seconds():
        raise ValueError(f"{text!r} is longer than a century; 36525d is the longest")
    return timedelta(seconds=seconds)


def interval(text: str) -> timedelta:
    """Read a duration between two crawls: a second or more. Raises ValueError."""
    found = duration(text)
    if found < timedelta(seconds=1):
        raise ValueError(f"{text!r} is too often; a second is the shortest interval")
    return found


def check_time_zone(name: str) -> None:
    """Raise ValueError, in words, for what is no time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"time_zone = {name!r} is no time zone; write for example Asia/Shanghai") from None


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file: unknown keys are errors."""


def check_address(key: str, address: str) -> None:
    """Raise ValueError, in words, for what is no web address."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"{key} = {address!r} is no web address; write http://… or https://…")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint at the nearest known word, or ''."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f". Did you mean {close[0]!r}?" if close else ""


def check_known(key: str, words: tuple[str, ...], known: Iterable[str]) -> None:
    """Raise ValueError, in words, for the first word that is not known."""
    for word in words:
        if word not in known:
            raise ValueError(
                f"{key} = … holds {word!r}, which is unknown{did_you_mean(word, known)}"
                + ("" if key == "channels" else f". Known: {', '.join(known)}")
            )
