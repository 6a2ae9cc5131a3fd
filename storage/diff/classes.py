"""Decide what an edit touched: the classes of a changed place, of a sentence, of a title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from storage.diff.entities import EntityKind
from storage.diff.inside import Hunk, Side
from storage.diff.marked import Marked, Said
from storage.diff.marks import Span, attribution_spans
from storage.diff.tokens import Kind
from storage.records import EditClass

#: Characters (punctuation aside) from which an inserted or deleted stretch counts as a statement of its own.
CLAUSE = 8
_SIGNS = re.compile(r"[\W_]+")
#: Characters beside a changed fact that are told as reworded though nothing stood in their place.
_LONG_REST = 6
_PARTICLES = re.compile("[了的地得着过]")
_PLACES = (EntityKind.PLACE,)
_NAMING = (EntityKind.PERSON, EntityKind.POST, EntityKind.BODY)


def classes_of_sentence(
    hunks: Sequence[Hunk], old: Side, new: Side, *, clauses: bool = True
) -> frozenset[EditClass]:
    """Return the classes of an edited sentence: those of its changed places.

    With `clauses` a clause added or removed counts as such; without, by what it says (a title is too short
    for a reader to tell the two apart).
    """
    a = Marked(old, hunks[0].a0, hunks[-1].a1)
    b = Marked(new, hunks[0].b0, hunks[-1].b1)
    shifted = _shifted(hunks, old, new)
    found: set[EditClass] = set()
    for number, hunk in enumerate(hunks):
        if number in shifted:
            long = len(_bare(old.key[hunk.a0 : hunk.a1] or new.key[hunk.b0 : hunk.b1])) >= CLAUSE
            found.add(EditClass.MOVED if long else EditClass.WORDING)
        else:
            found |= (clauses and _clause(hunk, a, b)) or _classes_of_hunk(hunk, a, b)
    return _without_lesser(found)


def classes_of_lone(text: str, only: EditClass) -> frozenset[EditClass]:
    """Return the class of a sentence added or removed: `only`, or ATTRIBUTION for a line of credits."""
    spans = attribution_spans(text)
    covered = sum(len(_bare(text[start:end])) for start, end in spans)
    credits_only = covered * 10 >= 8 * max(1, len(_bare(text)))
    return frozenset({EditClass.ATTRIBUTION if credits_only else only})


def _without_lesser(found: set[EditClass]) -> frozenset[EditClass]:
    """Punctuation is told only where nothing else happened."""
    return frozenset(found - {EditClass.FORMAT} or {EditClass.FORMAT})


def _bare(text: str) -> str:
    return _SIGNS.sub("", text)


def _shifted(hunks: Sequence[Hunk], old: Side, new: Side) -> set[int]:
    """Return the numbers of deletions and insertions that are one stretch set elsewhere in the sentence."""
    gone = {n: _bare(old.key[h.a0 : h.a1]) for n, h in enumerate(hunks) if h.b0 == h.b1}
    come = {n: _bare(new.key[h.b0 : h.b1]) for n, h in enumerate(hunks) if h.a0 == h.a1}
    shifted: set[int] = set()
    for a, text in gone.items():
        for b, other in come.items():
            if text and text == other and b not in shifted:
                shifted |= {a, b}
                break
    return shifted


def _clause(hunk: Hunk, old: Marked, new: Marked) -> frozenset[EditClass]:
    """Return the class of a stretch added or removed that is long enough to be a statement, else none."""
    gone, come = _bare(old.key[hunk.a0 : hunk.a1]), _bare(new.key[hunk.b0 : hunk.b1])
    if (gone and come) or len(gone + come) < CLAUSE:
        return frozenset()
    return classes_of_lone(gone or come, EditClass.REMOVED if gone else EditClass.ADDED)


def _classes_of_hunk(hunk: Hunk, old: Marked, new: Marked) -> set[EditClass]:
    gone, come = _bare(old.key[hunk.a0 : hunk.a1]), _bare(new.key[hunk.b0 : hunk.b1])
    place = _Place(hunk, old, new)
    found = place.facts()
    if not found and gone == come:
        return {EditClass.FORMAT}
    if not found or any(place.rest()):
        if place.differs(old.qualifiers, new.qualifiers):
            found.add(EditClass.NEGATION)
        if not place.within(old.attributed, new.attributed):
            found |= place.names()
            found |= {EditClass.WORDING} if place.reworded(bool(found)) else set()
    if place.within(old.attributed, new.attributed):
        return found | {EditClass.ATTRIBUTION}
    if place.within(old.quoted, new.quoted):
        return found - {EditClass.WORDING} | {EditClass.QUOTATION}
    return found


class _Place:
    """A changed place seen against what is marked on both sides; it gathers the marks that differ."""

    def __init__(self, hunk: Hunk, old: Marked, new: Marked) -> None:
        self.old, self.new = old, new
        self.spans = ((hunk.a0, hunk.a1), (hunk.b0, hunk.b1))
        self.told: tuple[set[int], set[int]] = (set(), set())

    def facts(self) -> set[EditClass]:
        """Return the classes of the numbers and dates that differ."""
        found = set()
        for kind, edit in ((Kind.NUMBER, EditClass.NUMBER), (Kind.DATE, EditClass.DATE_OR_PLACE)):
            if self.differs(self.old.facts(kind, *self.spans[0]), self.new.facts(kind, *self.spans[1])):
                found.add(edit)
        return found

    def names(self) -> set[EditClass]:
        """Return the classes of the entities that differ."""
        found = set()
        for kinds, edit in ((_NAMING, EditClass.NAME_OR_TITLE), (_PLACES, EditClass.DATE_OR_PLACE)):
            if self.differs(self.old.named(kinds), self.new.named(kinds)):
                found.add(edit)
        return found

    def differs(self, old: Sequence[Said], new: Sequence[Said]) -> bool:
        """Whether the marks touched on the two sides do not say the same.

        An empty side has no marks of its own: there, those right beside the place are set against the other
        side's, so that 已经 -> 已 does not count as a qualifier gone.
        """
        before, after = (
            [mark for mark in marks if mark[0] < span[1] and mark[1] > span[0]]
            for marks, span in zip((old, new), self.spans, strict=True)
        )
        if not before and not after:
            return False
        said = [Counter(mark[2] for mark in marks) for marks in (before, after)]
        for empty, marks in ((0, old), (1, new)):
            start, end = self.spans[empty]
            if start == end:
                said[empty] = Counter(m[2] for m in marks if m[0] <= end and m[1] >= start) & said[1 - empty]
        if said[0] == said[1]:
            return False
        for told, marks in zip(self.told, (before, after), strict=True):
            told.update(at for start, end, _ in marks for at in range(start, end))
        return True

    def within(self, old: Sequence[Span], new: Sequence[Span]) -> bool:
        """Whether the place lies, even in part, in one of the spans of its side."""
        return any(
            start < end and any(low < end and high > start for low, high in spans)
            for spans, (start, end) in zip((old, new), self.spans, strict=True)
        )

    def rest(self) -> list[str]:
        """Return what the place holds on either side besides the marks that differ, punctuation aside."""
        return [
            _bare("".join(marked.key[at] for at in range(*span) if at not in told))
            for marked, span, told in zip((self.old, self.new), self.spans, self.told, strict=True)
        ]

    def reworded(self, facts: bool) -> bool:
        """Whether words besides the marks that differ were changed.

        Beside facts a particle is no rewording, nor is what stands in a name's place and is no name we know.
        """
        rest = self.rest()
        if not facts:
            return rest[0] != rest[1]
        rest = [_PARTICLES.sub("", text) for text in rest]
        return rest[0] != rest[1] and (min(map(len, rest)) >= 2 or max(map(len, rest)) >= _LONG_REST)
