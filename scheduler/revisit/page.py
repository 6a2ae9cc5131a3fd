"""The records of the revisit plan: a watched page, what a visit to it is worth, a planned visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, NamedTuple, TypeAlias

PageId: TypeAlias = int | str
Kind: TypeAlias = Literal["article", "listing"]


class Stage(StrEnum):
    """Where a page stands with the planner."""

    FIRST = "first"  # never visited, or suspected to have changed: its turn comes before the contest
    CONTEST = "contest"
    VISIT = "visit"  # handed out by `next`, not yet observed
    HELD = "held"  # failed, waits for another try


class Known(NamedTuple):
    """What the rates of one version say of a page's last visit: where the integrals stood then."""

    version: int
    last: float
    hazard: float
    cumulative: float
    removals: float


@dataclass(slots=True, eq=False)
class Page:
    """A watched page; times in hours.

    `edits` and `passed` are the edits seen and the hazard passed for z = 1: its own history. `turn` makes stale
    entries of the queues known; `awaited`: it stands in the queue of closing visits.
    """

    id: PageId
    listing: bool
    section: int
    born: float
    last: float
    edits: float = 0.0
    passed: float = 0.0
    visited: bool = False
    removed: bool = False
    z: float = 1.0
    failures: int = 0
    stage: Stage = Stage.FIRST
    turn: int = 0
    awaited: bool = False
    known: Known | None = None

    def as_row(self) -> list[PageId | float]:
        """Return what is kept of a page, as JSON takes it: the fields down to `removed`."""
        return [self.id, self.listing, self.section, self.born, self.last,
                self.edits, self.passed, self.visited, self.removed]  # fmt: skip

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Page:
        """Make a page from what `as_row` returned."""
        return cls(*row)


class Worth(NamedTuple):
    """What a visit is worth at the time `scored`.

    value   in weighted event-hours saved: the delay index
    grown   weighted events expected since the last visit
    rate    weighted events per hour now
    left    hours until the closing visit
    """

    value: float
    grown: float
    rate: float
    left: float
    scored: float


@dataclass(frozen=True, slots=True)
class Visit:
    """A planned visit: when (hours), to which page, what it is worth, and the delay in hours with which it is
    expected to find what it finds."""

    at: float
    page: PageId
    value: float
    delay: float


@dataclass(frozen=True, slots=True)
class Delay:
    """The delays in hours that a budget buys: of new articles and of edits, means over what happens."""

    per_hour: float
    new: float
    edit: float


@dataclass(frozen=True, slots=True)
class Weights:
    """What an hour's delay counts: of a new article, of an edit, of a removal."""

    new: float = 3.0
    edited: float = 1.0
    removed: float = 3.0
