"""What a comparison of two revisions says: changes in reading order, their runs, classes and weight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Literal, NamedTuple

from storage.records import EditClass

#: Stands between two paragraphs where one piece of text spans them (U+2029, "paragraph separator").
PARAGRAPH_BREAK = "\u2029"


class ChangeKind(StrEnum):
    """What happened to one sentence (or title, or line)."""

    KEPT = "kept"  # equal under the fold; the exact texts may differ in width, spacing or script
    ADDED = "added"
    REMOVED = "removed"
    REPLACED = "replaced"
    MOVED = "moved"  # the same sentence at another place; it stands where it is now


class Part(StrEnum):
    """The part of the article that a change is in."""

    KICKER = "kicker"
    TITLE = "title"
    SUBTITLE = "subtitle"
    SOURCE = "source"
    AUTHORS = "authors"
    BODY = "body"
    EDITORS = "editors"


class Position(NamedTuple):
    """Where a sentence stands: its paragraph and its number in the whole body, both from 0.

    A sentence that spans several paragraphs stands where it starts. In parts other than the body both are 0.
    """

    paragraph: int
    sentence: int


class Run(NamedTuple):
    """A stretch of text for display: "=" stands in both, "-" in the old text only, "+" in the new only.

    The "=" and "+" runs joined are the new text, exactly; the "=" and "-" runs joined are the old text
    up to the fold (an "=" run is worded as the new text has it).
    """

    op: Literal["=", "-", "+"]
    text: str


class Change(NamedTuple):
    """One sentence of the body, or one other part, before and after.

    `old` is '' and `old_at` None where it was added; `new` and `new_at` likewise where it was removed. A text
    that spans paragraphs holds PARAGRAPH_BREAK between them. `classes` is empty only for KEPT.
    """

    kind: ChangeKind
    where: Part
    old: str
    new: str
    old_at: Position | None
    new_at: Position | None
    runs: tuple[Run, ...]
    classes: tuple[EditClass, ...] = ()


@dataclass(frozen=True, slots=True)
class Diff:
    """Two revisions compared.

    `segments` is everything, kept sentences too, in reading order: what a side-by-side page shows.
    `weight` is 0 (nothing) to 100. `live_growth` is true where a live page only got entries at its open end.
    """

    segments: tuple[Change, ...]
    classes: tuple[EditClass, ...]
    weight: int
    live_growth: bool = False

    @property
    def changes(self) -> tuple[Change, ...]:
        """All that is not KEPT, in reading order."""
        return tuple(segment for segment in self.segments if segment.kind is not ChangeKind.KEPT)

    def hunks(self, context: int = 1) -> Iterator[tuple[Change, ...]]:
        """Yield the changes grouped for reading, each group with up to `context` kept sentences around it.

        Groups never cross from one part of the article into another.
        """
        for _, part in groupby(self.segments, key=lambda segment: segment.where):
            segments = tuple(part)
            changed = [at for at, segment in enumerate(segments) if segment.kind is not ChangeKind.KEPT]
            for first, last in _ranges(changed, context):
                yield segments[max(0, first - context) : last + 1 + context]


def _ranges(numbers: list[int], context: int) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of runs of numbers whose surroundings touch or overlap."""
    first = 0
    for at, number in enumerate(numbers):
        if at + 1 == len(numbers) or numbers[at + 1] - number > 2 * context + 1:
            yield numbers[first], number
            first = at + 1
