"""PURE: durations, rhythms and ages in the visitor's language; `_` says a phrase in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from scheduler.rhythm import Cron, Every, Plan, Rhythm
from scheduler.settings import duration

#: Says a phrase in a language: words.Translator.
Say = Callable[..., str]
_UNITS = (("{count} d", 86400), ("{count} h", 3600), ("{count} min", 60), ("{count} s", 1))


def span(length: timedelta, _: Say) -> str:
    """A duration, exactly: "15 min", "1 h 30 min"; "0 s" for none."""
    left, said = length.total_seconds(), []
    for phrase, size in _UNITS:
        count = left // size if size > 1 else left
        if count:
            said.append(_(phrase, count=f"{count:g}"))
            left -= count * size
    return " ".join(said) or _("{count} s", count=0)


def about(minutes: float, _: Say) -> str:
    """A mean duration, not more exactly than it is known: "0.4 min", "12 min", "3.5 h"."""
    if minutes < 120:
        return _("{count} min", count=f"{minutes:.2g}" if minutes < 10 else f"{minutes:.0f}")
    return _("{count} h", count=f"{minutes / 60:.3g}")


def age(moment: datetime, now: datetime, _: Say) -> str:
    """How long ago, in the shortest words: "5 min ago", "3 h ago", "2 d ago"."""
    passed = max(timedelta(), now - moment)
    if passed < timedelta(hours=1):
        return _("{count} min ago", count=int(passed.total_seconds() // 60))
    if passed < timedelta(days=2):
        return _("{count} h ago", count=int(passed.total_seconds() // 3600))
    return _("{count} d ago", count=passed.days)


def rhythm(rhythm: Rhythm, _: Say) -> str:
    """When a channel is crawled."""
    match rhythm:
        case Plan(per_hour):
            return _("by plan, {count} requests an hour", count=f"{per_hour:g}")
        case Every(interval):
            return _("whole, every {span}", span=span(interval, _))
        case Cron(expression):
            return _("whole, at {cron}", cron=expression)


def digest(text: str, _: Say) -> str:
    """When a digest comes: "30m" or "09:00,18:00"."""
    try:
        return _("every {span}", span=span(duration(text), _))
    except ValueError:
        return "、".join(text.split(","))
