"""Decide what an edit touched: the classes of a changed place, of a sentence, of a title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.diff.entities import Entity, EntityKind, entities_of
from storage.diff.inside import Hunk, Side, tokens_in
from storage.diff.marks import Span, attribution_spans, qualifiers, quoted_spans
from storage.diff.tokens import Kind, meaning
from storage.records import EditClass

#: Characters (punctuation aside) from which an inserted or deleted stretch counts as a statement of its own.
CLAUSE = 8
_SIGNS = re.compile(r"[\W_]+")
_NAMING = (EntityKind.PERSON, EntityKind.POST, EntityKind.BODY)


@dataclass(frozen=True, slots=True)
class Marked:
    """One side of a sentence with all that classes are decided from; spans count folded characters."""

    side: Side
    quoted: list[Span]
    attributed: list[Span]
    qualifiers: list[tuple[int, int, str]]
    entities: list[Entity]


def mark(side: Side) -> Marked:
    """Find quotations, attributions, qualifiers and entities."""
    key = side.key
    return Marked(
        side,
        quoted_spans(key, side.quoted),
        attribution_spans(key),
        list(qualifiers(key, side.words)),
        entities_of(key, side.words),
    )


def classes_of_sentence(hunks: Sequence[Hunk], old: Side, new: Side) -> frozenset[EditClass]:
    """Return the classes of an edited sentence: those of its changed places."""
    a, b = mark(old), mark(new)
    shifted = _shifted(hunks, old, new)
    found: set[EditClass] = set()
    for number, hunk in enumerate(hunks):
        if number in shifted:
            long = len(_bare(old.key[hunk.a0 : hunk.a1] or new.key[hunk.b0 : hunk.b1])) >= CLAUSE
            found.add(EditClass.MOVED if long else EditClass.WORDING)
        else:
            found |= _classes_of_hunk(hunk, a, b)
    return _without_lesser(found)


def classes_of_lone(text: str, only: EditClass) -> frozenset[EditClass]:
    """Return the class of a sentence added or removed: `only`, or ATTRIBUTION for a line of credits."""
    spans = attribution_spans(text)
    covered = sum(len(_bare(text[start:end])) for start, end in spans)
    credits_only = covered * 10 >= 8 * max(1, len(_bare(text)))
    return frozenset({EditClass.ATTRIBUTION if credits_only else only})


def _without_lesser(found: set[EditClass]) -> frozenset[EditClass]:
    """Punctuation is told only where nothing else happened."""
    return frozenset(found - {EditClass.FORMAT} or found or {EditClass.FORMAT})


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


def _classes_of_hunk(hunk: Hunk, old: Marked, new: Marked) -> set[EditClass]:
    gone, come = old.side.key[hunk.a0 : hunk.a1], new.side.key[hunk.b0 : hunk.b1]
    found = _facts(hunk, old, new)
    if _bare(gone) == _bare(come) and not found:
        return {EditClass.FORMAT}
    if _qualified(hunk, old, new):
        found.add(EditClass.NEGATION)
    if _in_spans(old.attributed, hunk.a0, hunk.a1) or _in_spans(new.attributed, hunk.b0, hunk.b1):
        return found | {EditClass.ATTRIBUTION}
    found |= _entities(hunk, old, new)
    if _in_spans(old.quoted, hunk.a0, hunk.a1) or _in_spans(new.quoted, hunk.b0, hunk.b1):
        found.add(EditClass.QUOTATION)
    if not _bare(gone) and len(_bare(come)) >= CLAUSE:
        found.add(EditClass.ADDED)
    if not _bare(come) and len(_bare(gone)) >= CLAUSE:
        found.add(EditClass.REMOVED)
    return found or {EditClass.WORDING}


def _facts(hunk: Hunk, old: Marked, new: Marked) -> set[EditClass]:
    found: set[EditClass] = set()
    for kind, edit in ((Kind.NUMBER, EditClass.NUMBER), (Kind.DATE, EditClass.DATE_OR_PLACE)):
        before, after = (
            Counter(meaning(t) for t in tokens_in(m.side.tokens, *span) if t.kind is kind)
            for m, span in ((old, (hunk.a0, hunk.a1)), (new, (hunk.b0, hunk.b1)))
        )
        if before != after:
            found.add(edit)
    return found


def _touched(spans: Iterable[tuple[int, int, str]], start: int, end: int) -> Counter[str]:
    return Counter(said for low, high, said in spans if low < end and high > start)


def _qualified(hunk: Hunk, old: Marked, new: Marked) -> bool:
    before = _touched(old.qualifiers, hunk.a0, hunk.a1)
    return before != _touched(new.qualifiers, hunk.b0, hunk.b1)


def _entities(hunk: Hunk, old: Marked, new: Marked) -> set[EditClass]:
    found: set[EditClass] = set()
    for kinds, edit in ((_NAMING, EditClass.NAME_OR_TITLE), ((EntityKind.PLACE,), EditClass.DATE_OR_PLACE)):
        before, after = (
            _touched(((e.start, e.end, e.text) for e in m.entities if e.kind in kinds), *span)
            for m, span in ((old, (hunk.a0, hunk.a1)), (new, (hunk.b0, hunk.b1)))
        )
        if before != after:
            found.add(edit)
    return found


def _in_spans(spans: Sequence[Span], start: int, end: int) -> bool:
    return start < end and any(low < end and high > start for low, high in spans)
