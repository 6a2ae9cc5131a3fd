"""PURE: the words of a survey: what it wants to see, what it saw, what it proposes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storage.records import ArticleFields


@dataclass(frozen=True, slots=True)
class Want:
    """A page to be fetched next; `rendered`: in a browser, as its script shows it.

    more, depth: what is pressed there, and how often; without `more`, how often it is scrolled to its end.
    """

    url: str
    rendered: bool = False
    more: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What a fetch brought. `url` is the address that answered; `problem` says in words why there is no page, or ''."""

    want: Want
    url: str = ""
    status: int = 0
    body: bytes = b""
    content_type: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """One article of the survey: its address, the words of the link to it, what was read of it, or why nothing was."""

    url: str
    words: str = ""
    fields: ArticleFields | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone by its IANA name, how sure it is (`sure`, `likely`, `guess`), and why."""

    name: str
    sure: str
    why: str


@dataclass(frozen=True, slots=True)
class Column:
    """A listing page: its path below the home (or its address on another host of the site), what links call it."""

    path: str
    label: str
    articles: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What a survey found of a site.

    decline: why it cannot be a channel, in words, with what to do; '' where it can. values: the keys of its
    [[channel]] section in the order in which they are written. samples: the articles read, side by side. notes: what
    was not found, and what that means. looked_at: what was asked for, each with what came of it.
    """

    home: str
    decline: str = ""
    label: str = ""
    language: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    zone: Zone | None = None
    columns: tuple[Column, ...] = ()
    samples: tuple[Sample, ...] = ()
    notes: tuple[str, ...] = ()
    looked_at: tuple[tuple[str, str], ...] = ()
    at: datetime | None = None
