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
_FACT_CLASSES = ((Kind.NUMBER, EditClass.NUMBER), (Kind.DATE, EditClass.DATE_OR_PLACE))
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
    said = [(_bare(old.key[h.a0 : h.a1]), _bare(new.key[h.b0 : h.b1])) for h in hunks]
    shifted = _shifted(hunks, said) if len(hunks) > 1 else ()
    found: set[EditClass] = set()
    for number, (hunk, (gone, come)) in enumerate(zip(hunks, said, strict=True)):
        if number in shifted:
            found.add(EditClass.MOVED if len(gone or come) >= CLAUSE else EditClass.WORDING)
        else:
            found |= (clauses and _clause(gone, come)) or _classes_of_place(_Place(hunk, a, b), gone == come)
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


def _shifted(hunks: Sequence[Hunk], said: Sequence[tuple[str, str]]) -> set[int]:
    """Return the numbers of deletions and insertions that are one stretch set elsewhere in the sentence."""
    gone = {n: said[n][0] for n, hunk in enumerate(hunks) if hunk.b0 == hunk.b1}
    come = {n: said[n][1] for n, hunk in enumerate(hunks) if hunk.a0 == hunk.a1}
    shifted: set[int] = set()
    for a, text in gone.items():
        for b, other in come.items():
            if text and text == other and b not in shifted:
                shifted |= {a, b}
                break
    return shifted


def _clause(gone: str, come: str) -> frozenset[EditClass]:
    """Return the class of a stretch added or removed that is long enough to be a statement, else none."""
    if (gone and come) or len(gone + come) < CLAUSE:
        return frozenset()
    return classes_of_lone(gone or come, EditClass.REMOVED if gone else EditClass.ADDED)


def _classes_of_place(place: _Place, only_signs: bool) -> set[EditClass]:
    """Return the classes of a changed place; `only_signs`: punctuation aside, both sides are the same."""
    old, new = place.old, place.new
    found = place.facts()
    if not found and only_signs:
        return {EditClass.FORMAT}
    credited = place.within(old.attributed, new.attributed)
    if not found or any(place.rest()):
        if place.differs(old.qualifiers, new.qualifiers):
            found.add(EditClass.NEGATION)
        if not credited:
            found |= place.names()
            found |= {EditClass.WORDING} if place.reworded(bool(found)) else set()
    if credited:
        return found | {EditClass.ATTRIBUTION}
    if place.within(old.quoted, new.quoted):
        return found - {EditClass.WORDING} | {EditClass.QUOTATION}
    return found


def _touched(marks: Sequence[Said], span: Span) -> list[Said]:
    start, end = span
    return [mark for mark in marks if mark[0] < end and mark[1] > start]


def _beside(marks: Sequence[Said], span: Span) -> list[Said]:
    start, end = span
    return [mark for mark in marks if mark[0] <= end and mark[1] >= start]


def _said(marks: Sequence[Said]) -> list[str]:
    return sorted([mark[2] for mark in marks])


def _shared(some: Sequence[str], others: Sequence[str]) -> list[str]:
    return sorted((Counter(some) & Counter(others)).elements())


class _Place:
    """A changed place seen against what is marked on both sides; it gathers the marks that differ."""

    def __init__(self, hunk: Hunk, old: Marked, new: Marked) -> None:
        self.old, self.new = old, new
        self.spans = ((hunk.a0, hunk.a1), (hunk.b0, hunk.b1))
        self.told: tuple[set[int], set[int]] = (set(), set())

    def facts(self) -> set[EditClass]:
        """Return the classes of the numbers and dates that differ."""
        found = set()
        old, new = self.old.facts(*self.spans[0]), self.new.facts(*self.spans[1])
        for kind, edit in _FACT_CLASSES:
            if self.differs(old[kind], new[kind]):
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
        if not old and not new:
            return False
        before, after = _touched(old, self.spans[0]), _touched(new, self.spans[1])
        if not before and not after:
            return False
        was, is_now = _said(before), _said(after)
        if self.spans[0][0] == self.spans[0][1]:
            was = _shared(_said(_beside(old, self.spans[0])), is_now)
        if self.spans[1][0] == self.spans[1][1]:
            is_now = _shared(_said(_beside(new, self.spans[1])), was)
        if was == is_now:
            return False
        for told, marks in zip(self.told, (before, after), strict=True):
            for start, end, _ in marks:
                told.update(range(start, end))
        return True

    def within(self, old: Sequence[Span], new: Sequence[Span]) -> bool:
        """Whether the place lies, even in part, in one of the spans of its side."""
        if not old and not new:
            return False
        return any(
            low < end and high > start
            for spans, (start, end) in zip((old, new), self.spans, strict=True)
            if start < end
            for low, high in spans
        )

    def rest(self) -> list[str]:
        """Return what the place holds on either side besides the marks that differ, punctuation aside."""
        left = []
        for marked, span, told in zip((self.old, self.new), self.spans, self.told, strict=True):
            text = [marked.key[at] for at in range(*span) if at not in told]
            left.append(_bare("".join(text)) if text else "")
        return left

    def reworded(self, facts: bool) -> bool:
        """Whether words besides the marks that differ were changed.

        Beside facts a particle is no rewording, nor is what stands in a name's place and is no name we know.
        """
        rest = self.rest()
        if not facts:
            return rest[0] != rest[1]
        rest = [_PARTICLES.sub("", text) for text in rest]
        return rest[0] != rest[1] and (min(map(len, rest)) >= 2 or max(map(len, rest)) >= _LONG_REST)
