"""Read a timeline: the steps that change the replica as time goes on, checked with errors that name file,
step and mend.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import words
from .articles import GENERATIONS
from .edits import EDIT_CLASSES

REMOVALS = ("404", "410", "soft-404", "redirect-home", "empty")
FAULTS = ("outage", "reset", "slow", "truncate", "empty-body", "huge", "status", "charset-lie")
DESIGNS = (*GENERATIONS, "unknown", "original")
_FAULT_OPTIONS = {"path": str, "article": (int, str), "times": int, "for": (int, float), "channel": str}

#: What each step takes: option -> type; the names before the bar in `_NEEDED` must be given.
OPTIONS: dict[str, dict[str, Any]] = {
    "publish": {
        "name": str, "channel": str, "column": int, "generation": str, "topic": str, "parts": int,
        "kind": str, "title": str, "body": list,
    },
    "edit": {"article": (int, str), "channel": str, "classes": (str, list), "find": str, "replace": str},
    "retitle": {"article": (int, str), "channel": str, "title": str},
    "remove": {"article": (int, str), "channel": str, "how": str, "listed": bool},
    "restore": {"article": (int, str), "channel": str},
    "republish": {
        "article": (int, str), "channel": str, "to": str, "name": str, "retitle": bool, "local": bool,
    },
    "redesign": {"to": str, "channel": str},
    "churn": {"articles": (list, str), "channel": str, "markup": bool},
    "recode": {"article": (int, str), "channel": str, "charset": str, "label": str},
    "outage": {**_FAULT_OPTIONS},
    "reset": {**_FAULT_OPTIONS},
    "slow": {**_FAULT_OPTIONS, "seconds": (int, float)},
    "truncate": {**_FAULT_OPTIONS, "keep": int},
    "empty-body": {**_FAULT_OPTIONS},
    "huge": {**_FAULT_OPTIONS, "size": int},
    "status": {**_FAULT_OPTIONS, "code": int, "retry_after": (int, str)},
    "charset-lie": {**_FAULT_OPTIONS, "charset": str},
    "recover": {"kind": str, "channel": str},
}  # fmt: skip
_NEEDED = {
    "edit": ("article",), "retitle": ("article",), "remove": ("article",), "restore": ("article",),
    "republish": ("article", "to"), "redesign": ("to",), "recode": ("article", "charset"),
    "status": ("code",),
}  # fmt: skip
_CHOICES: dict[tuple[str, str], Sequence[str]] = {
    ("remove", "how"): REMOVALS,
    ("redesign", "to"): DESIGNS,
    ("publish", "generation"): GENERATIONS,
    ("publish", "kind"): ("text", "gallery"),
    ("recover", "kind"): FAULTS,
}


class TimelineError(ValueError):
    """A timeline cannot be played; the message names the step and what would be right."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `at` seconds after the start, what to do, and its options."""

    at: float
    do: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Steps in order of time, and the settings of the replica that they are written for."""

    steps: tuple[Step, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


#: Settings of the replica that a timeline file may hold in its table `[replica]`.
SETTINGS = {"seed": int, "articles": int, "channels": list, "columns": list}


def load(path: str | Path) -> Timeline:
    """Read a timeline from TOML (`[[step]]` tables) or JSON (`{"step": [...]}`). Raises TimelineError."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
        document = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise TimelineError(f"{path.name}: cannot be read as {path.suffix or 'TOML'}: {error}") from error
    return parse(document, path.name)


def parse(document: Mapping[str, Any] | Iterable[Mapping[str, Any]], where: str = "timeline") -> Timeline:
    """Check a timeline's content: a list of steps, or a table with `step` and `replica`. Raises
    TimelineError.
    """
    tables: Mapping[str, Any] = document if isinstance(document, Mapping) else {"step": list(document)}
    unknown = set(tables) - {"step", "replica"}
    if unknown:
        raise TimelineError(
            f"{where}: unknown table {sorted(unknown)[0]!r}; known are [[step]] and [replica]"
        )
    settings: Mapping[str, Any] = tables.get("replica", {})
    for key, value in settings.items():
        if key not in SETTINGS or not _is(value, SETTINGS[key]):
            raise TimelineError(f"{where}, [replica]: {key} = {value!r} is not one of {_spelled(SETTINGS)}")
    steps = [_step(raw, f"{where}, step {index}") for index, raw in enumerate(tables.get("step", ()), 1)]
    ordered = tuple(sorted(steps, key=lambda step: step.at))
    _check_story(ordered, where)
    return Timeline(ordered, settings)


def step(at: float, do: str, options: Mapping[str, Any]) -> Step:
    """Make and check a single step. Raises TimelineError."""
    return _step({"at": at, "do": do, **options}, f"step {do}")


def _step(raw: Any, where: str) -> Step:
    if not isinstance(raw, Mapping):
        raise TimelineError(f"{where}: is no table")
    options = {key: value for key, value in raw.items() if key not in ("at", "do")}
    at: Any = raw.get("at")
    do: Any = raw.get("do")
    if not _is(at, (int, float)) or at < 0:
        raise TimelineError(f"{where}: at = {at!r} must be a number of seconds, 0 or more")
    if do not in OPTIONS:
        raise TimelineError(f"{where}: do = {do!r} is not one of {', '.join(OPTIONS)}")
    for key, value in options.items():
        _check_option(do, key, value, where)
    for key in _NEEDED.get(do, ()):
        if key not in options:
            raise TimelineError(f"{where}: {do} needs {key}")
    if do == "edit" and ("find" in options) != ("replace" in options):
        raise TimelineError(f"{where}: find and replace go together")
    if do == "edit" and "classes" not in options:
        raise TimelineError(f"{where}: edit needs classes, one or more of {', '.join(EDIT_CLASSES)}")
    return Step(float(at), do, options)


def _check_option(do: str, key: str, value: Any, where: str) -> None:
    known = OPTIONS[do]
    if key not in known:
        raise TimelineError(f"{where}: {do} takes no {key!r}; it takes {', '.join(known)}")
    if not _is(value, known[key]):
        raise TimelineError(f"{where}: {key} = {value!r} must be {_type_name(known[key])}")
    allowed = _CHOICES.get((do, key))
    if allowed and value not in allowed:
        raise TimelineError(f"{where}: {key} = {value!r} is not one of {', '.join(allowed)}")
    if key in ("channel", "to") and do != "redesign" and value not in words.REGIONS:
        raise TimelineError(
            f"{where}: {key} = {value!r} is no channel of the replica: {', '.join(words.REGIONS)}"
        )
    if key == "classes":
        for name in [value] if isinstance(value, str) else value:
            if name not in EDIT_CLASSES:
                raise TimelineError(f"{where}: class {name!r} is not one of {', '.join(EDIT_CLASSES)}")
    if key == "topic" and value not in {topic for topics in words.TOPICS_OF.values() for topic in topics}:
        raise TimelineError(f"{where}: topic = {value!r} is not known")


def _check_story(steps: Sequence[Step], where: str) -> None:
    """Check that no step speaks of an article before it is published, or edits one that is gone."""
    names: set[str] = set()
    gone: set[tuple[Any, Any]] = set()
    for item in steps:
        ref = item.options.get("article")
        place = f"{where}, {item.do} at {item.at:g}"
        if isinstance(ref, str) and ref not in names:
            raise TimelineError(f"{place}: no article {ref!r} is published before it")
        key = (item.options.get("channel"), ref)
        if item.do in ("edit", "retitle", "remove", "republish") and key in gone:
            raise TimelineError(f"{place}: article {ref!r} was removed before; restore it first")
        if item.do == "restore" and key not in gone:
            raise TimelineError(f"{place}: article {ref!r} was not removed before")
        if item.do == "remove":
            gone.add(key)
        gone.discard(key) if item.do == "restore" else None
        name = item.options.get("name")
        if name in names:
            raise TimelineError(f"{place}: the name {name!r} is taken")
        if name:
            names.add(name)


def _is(value: Any, kinds: Any) -> bool:
    return isinstance(value, kinds) and (not isinstance(value, bool) or kinds is bool)


def _type_name(kinds: Any) -> str:
    names = [kind.__name__ for kind in (kinds if isinstance(kinds, tuple) else (kinds,))]
    return " or ".join(
        {"str": "text", "int": "a number", "float": "a decimal", "bool": "true or false"}.get(n, n)
        for n in names
    )


def _spelled(settings: Mapping[str, type]) -> str:
    return ", ".join(f"{key} ({_type_name(kind)})" for key, kind in settings.items())
