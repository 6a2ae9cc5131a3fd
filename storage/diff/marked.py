"""What is marked in one side of an edited sentence, found when first asked for: most edits need little of it."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from storage.diff.entities import Entity, EntityKind, entities_of
from storage.diff.inside import Side
from storage.diff.marks import Span, attribution_spans, has_quotes, in_quotation, qualifiers, quoted_spans
from storage.diff.tokens import Fact, Kind, meaning

#: A mark: its span in the window's folded characters, and what it says.
Said = tuple[int, int, str]


class Marked:
    """One side and its marks; entities are sought at or near the span from `low` to `high` only."""

    def __init__(self, side: Side, low: int, high: int) -> None:
        self.key = side.key
        self._side = side
        self._near = (low, high)

    @cached_property
    def quoted(self) -> list[Span]:
        """What stands inside quotation marks."""
        side = self._side
        if not side.quoted and not has_quotes(side.folded.key):
            return []
        return quoted_spans(side.key, in_quotation(side.folded.key[: side.start], side.quoted))

    @cached_property
    def attributed(self) -> list[Span]:
        """Credits and "according to" phrases; they may reach out of the window."""
        spans, start = attribution_spans(self._side.folded.key), self._side.start
        return [(low - start, high - start) for low, high in spans] if spans else spans

    @cached_property
    def qualifiers(self) -> list[Said]:
        """Words that deny or qualify."""
        return list(qualifiers(self.key, self._side.words))

    @cached_property
    def entities(self) -> list[Entity]:
        """Persons, posts, bodies, places."""
        return entities_of(self.key, self._side.words, *self._near)

    def facts(self, start: int, end: int) -> dict[Kind, list[Said]]:
        """Return the facts of each kind at a span; an ordinal in a body's name (第三人民医院) belongs to that."""
        found: dict[Kind, list[Said]] = {Kind.NUMBER: [], Kind.DATE: []}
        for fact in self._side.tokens.facts:
            if fact.start <= end and fact.end >= start and not self._in_name(fact):
                found[fact.kind].append((fact.start, fact.end, meaning(fact)))
        return found

    def _in_name(self, fact: Fact) -> bool:
        return fact.text.startswith("第") and any(
            e.kind is EntityKind.BODY and e.start <= fact.start < e.end for e in self.entities
        )

    def named(self, kinds: Collection[EntityKind]) -> list[Said]:
        """Return the entities of some kinds."""
        return [(e.start, e.end, e.text) for e in self.entities if e.kind in kinds]
