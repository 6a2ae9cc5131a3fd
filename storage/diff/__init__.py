"""PURE: two revisions of an article -> what changed, sentence by sentence, of which classes and weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from storage.diff.align import Pair, align
from storage.diff.classes import classes_of_lone, classes_of_sentence
from storage.diff.coarse import align_coarsely
from storage.diff.effort import Effort
from storage.diff.fold import Fold, folded, width_fold
from storage.diff.inside import hunks_of, middle, runs_of, sides, whole_sides, window
from storage.diff.model import PARAGRAPH_BREAK, Change, ChangeKind, Diff, Part, Position, Run
from storage.diff.sentences import Sentence, split_body, to_paragraphs
from storage.diff.weight import LOUD, QUIET, growth, is_live, weigh
from storage.records import ArticleFields, EditClass

__all__ = [
    "PARAGRAPH_BREAK",
    "Change",
    "ChangeKind",
    "Diff",
    "Part",
    "Position",
    "Run",
    "compare",
    "patch",
    "width_fold",
]

#: Between the names of authors and editors where a change shows them as one text.
_LIST = "、"
_HEADS = (Part.KICKER, Part.TITLE, Part.SUBTITLE)
_CREDITS = (Part.SOURCE, Part.AUTHORS, Part.EDITORS)
_ORDER = tuple(EditClass)


def compare(old: ArticleFields, new: ArticleFields, *, fold: Fold = width_fold) -> Diff:
    """Compare two revisions.

    `fold` says what counts as the same: texts that fold to one string do not differ. It must map its own
    output to itself. Titles, body, source, authors and editors are compared; addresses, times and pictures
    are not. What is larger than any article of news is compared more coarsely (`effort`).
    """
    once, effort = cache(fold), Effort()
    segments: list[Change] = []
    for part in Part:
        segments += (
            _body(old, new, once, effort) if part is Part.BODY else _line(part, old, new, once, effort)
        )
    changes = [s for s in segments if s.kind is not ChangeKind.KEPT]
    classes = {edit for change in changes for edit in change.classes}
    grown, weight = _weight(segments, changes, old)
    return Diff(tuple(segments), _sorted(classes), weight, grown)


def patch(old: ArticleFields, diff: Diff) -> ArticleFields:
    """Apply a diff made by `compare(old, new)`: the texts of the result are those of `new`, exactly.

    Fields that `compare` does not look at stay as they are in `old`. Blank paragraphs at the very end of the
    body cling to the last sentence; a body of blank paragraphs only counts as empty.
    """
    lines = {s.where: s for s in diff.segments if s.where is not Part.BODY}
    text = {part: lines[part].new if part in lines else "" for part in (*_HEADS, *_CREDITS)}
    placed = [s for s in diff.segments if s.where is Part.BODY and s.new_at is not None]
    body = to_paragraphs((s.new_at.paragraph, s.new) for s in placed if s.new_at)
    return replace(
        old,
        kicker=text[Part.KICKER],
        title=text[Part.TITLE],
        subtitle=text[Part.SUBTITLE],
        source=text[Part.SOURCE],
        authors=_names(text[Part.AUTHORS]),
        editors=_names(text[Part.EDITORS]),
        body=body,
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(_LIST)) if text else ()


def _sorted(classes: set[EditClass] | frozenset[EditClass]) -> tuple[EditClass, ...]:
    return tuple(sorted(classes, key=_ORDER.index))


def _weight(segments: Sequence[Change], changes: Sequence[Change], old: ArticleFields) -> tuple[bool, int]:
    """Return (only grew, weight). A live page's new entries weigh nothing beside edits of its old ones."""
    if not changes or not is_live(old.title, old.body):
        return False, weigh(changes)
    grown = growth(segments)
    rest = [change for change in changes if not any(change is entry for entry in grown)]
    if not rest:
        return True, QUIET
    weight = weigh(rest)
    telling = any(
        set(c.classes) - {EditClass.FORMAT, EditClass.ATTRIBUTION} for c in rest if c.where is Part.BODY
    )
    return False, max(weight, LOUD) if telling else weight


def _line(part: Part, old: ArticleFields, new: ArticleFields, fold: Fold, effort: Effort) -> list[Change]:
    """Compare a part that is one line."""
    before, after = _text(part, old), _text(part, new)
    if not before and not after:
        return []
    a = Sentence(before, fold(before), 0, 0) if before else None
    b = Sentence(after, fold(after), 0, 0) if after else None
    return [_change(part, Pair(a, b), fold, effort)]


def _text(part: Part, fields: ArticleFields) -> str:
    value = getattr(fields, part.value)
    return value if isinstance(value, str) else _LIST.join(value)


def _body(old: ArticleFields, new: ArticleFields, fold: Fold, effort: Effort) -> list[Change]:
    if effort.covers_bodies(old.body, new.body):
        pairs = align(split_body(old.body), split_body(new.body), fold)
    else:
        pairs = align_coarsely(old.body, new.body, fold, effort)
    return [_change(Part.BODY, pair, fold, effort) for pair in pairs]


def _change(part: Part, pair: Pair, fold: Fold, effort: Effort) -> Change:
    old, new, moved = pair
    if old is None or new is None:
        return _lone(part, old, new, fold)
    if old.text == new.text or old.key == new.key:  # those equal to the letter are never folded
        kind, classes = (ChangeKind.MOVED, (EditClass.MOVED,)) if moved else (ChangeKind.KEPT, ())
        return Change(kind, part, old.text, new.text, *_at(old, new), (Run("=", new.text),), classes)
    before, after, quoted = folded(old.text, fold), folded(new.text, fold), (old.quoted, new.quoted)
    outside = window(before.key, after.key)
    if effort.covers_texts(len(before.key) - sum(outside), len(after.key) - sum(outside)):
        a, b = sides(before, after, outside, quoted=quoted)
        hunks = hunks_of(a, b)
        found = classes_of_sentence(hunks, a, b, clauses=part is Part.BODY)
    else:
        a, b = whole_sides(before, after, quoted=quoted)
        hunks, found = [middle(before.key, after.key)], frozenset({EditClass.REMOVED, EditClass.ADDED})
    found = _of_part(part, found)
    if moved:
        found |= {EditClass.MOVED}
    runs = runs_of(hunks, a, b)
    return Change(ChangeKind.REPLACED, part, old.text, new.text, *_at(old, new), runs, _sorted(found))


def _at(old: Sentence, new: Sentence) -> tuple[Position, Position]:
    here = Position(new.paragraph, new.number)
    if old.number == new.number and old.paragraph == new.paragraph:
        return here, here
    return Position(old.paragraph, old.number), here


def _of_part(part: Part, found: frozenset[EditClass]) -> frozenset[EditClass]:
    if part is Part.BODY or found == {EditClass.FORMAT}:
        return found
    if part in _CREDITS:
        return frozenset({EditClass.ATTRIBUTION})
    return (found - {EditClass.WORDING, EditClass.ADDED, EditClass.REMOVED}) | {EditClass.HEADLINE}


def _lone(part: Part, old: Sentence | None, new: Sentence | None, fold: Fold) -> Change:
    there = old or new
    assert there is not None  # noqa: S101 - a pair has at least one side
    kind = ChangeKind.REMOVED if old else ChangeKind.ADDED
    edit = EditClass.REMOVED if old else EditClass.ADDED
    found = (
        classes_of_lone(fold(there.text), edit) if part is Part.BODY else _of_part(part, frozenset({edit}))
    )
    return Change(
        kind,
        part,
        old.text if old else "",
        new.text if new else "",
        Position(old.paragraph, old.number) if old else None,
        Position(new.paragraph, new.number) if new else None,
        (Run("-" if old else "+", there.text),),
        _sorted(found),
    )
