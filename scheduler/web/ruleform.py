"""PURE: the form of a subscription ↔ the subscription: what people type, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from crawler.text.canonical import fold
from scheduler.settings import check_time_zone, duration
from storage.records import TOLD, EditClass, EventKind, Subscription
from storage.rules import check


class Form(Protocol):
    """A sent form, as Starlette has it."""

    def get(self, key: str) -> object:
        """The value of a field."""

    def getlist(self, key: str) -> Sequence[object]:
        """Every value of a field that may come more than once."""


#: Fields that hold several words, parted by blanks or commas; a phrase with blanks stands in quotes.
LISTS = ("sections", "words", "all_words", "not_words", "sources", "authors")
TEXTS = ("name", "expression", "digest", "quiet", "time_zone", "language")
_WORD = re.compile(r'"([^"]+)"|“([^”]+)”|([^\s,，、;；]+)')


def blank() -> Subscription:
    """What a new form begins with."""
    return Subscription(name="", destinations=())


def read(form: Form, before: Subscription | None = None) -> Subscription:
    """The subscription that a form describes; what no field shows is as `before`.

    Raises ValueError, in words for people.
    """
    words = {name: _words(str(form.get(name) or "")) for name in LISTS}
    texts = {name: str(form.get(name) or "").strip() for name in TEXTS}
    check_name(texts["name"])
    _check_zone(texts["time_zone"])
    made = Subscription(
        name=texts["name"],
        destinations=tuple(str(one) for one in form.getlist("destinations")),
        channels=tuple(str(one) for one in form.getlist("channels")),
        kinds=tuple(EventKind(str(one)) for one in form.getlist("kinds")) or TOLD,
        classes=tuple(EditClass(str(one)) for one in form.getlist("classes")),
        min_weight=_weight(str(form.get("min_weight") or "0")),
        expression=texts["expression"],
        per_story=form.get("per_story") is not None,
        wait=_wait(str(form.get("wait") or "")),
        digest=texts["digest"] or "off",
        quiet=texts["quiet"],
        time_zone=texts["time_zone"],
        language=texts["language"] if texts["language"] in ("zh", "en") else "zh",
        template=before.template if before else "",
        paused=before.paused if before else False,
        muted_until=before.muted_until if before else None,
        origin="web",
        **words,
    )
    if not made.destinations:
        raise ValueError("destinations: choose where it goes")
    check(made, fold)
    return made


def check_name(name: str) -> None:
    """Raise ValueError, in words for people, for what is no name of an alert."""
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise ValueError("name: write some words, on one line")


def typed(subscription: Subscription) -> Mapping[str, str]:
    """What its fields of text show."""
    values = {name: " ".join(_quoted(word) for word in getattr(subscription, name)) for name in LISTS}
    values |= {name: str(getattr(subscription, name)) for name in TEXTS}
    values["min_weight"] = str(subscription.min_weight or "")
    values["wait"] = said(subscription.wait)
    return values


def said(wait: timedelta) -> str:
    """A duration as people type it: "10m", "2h"; '' for none."""
    seconds = int(wait.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s" if seconds else ""


def _words(text: str) -> tuple[str, ...]:
    return tuple(next(filter(None, found)) for found in _WORD.findall(text))


def _quoted(word: str) -> str:
    return f'"{word}"' if _words(word) != (word,) else word


def _weight(text: str) -> int:
    if not text.isdecimal() or int(text) > 100:
        raise ValueError("min_weight: write a number from 0 to 100")
    return int(text)


def _wait(text: str) -> timedelta:
    try:
        return duration(text) if text.strip() else timedelta()
    except ValueError:
        raise ValueError("wait: write for example 30s, 15m, 2h or 7d") from None


def _check_zone(name: str) -> None:
    try:
        check_time_zone(name)
    except ValueError:
        raise ValueError("time_zone: write for example Asia/Shanghai") from None
