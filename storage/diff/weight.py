"""How much an edit matters to a reader, 0 to 100."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from storage.diff.marks import denies
from storage.diff.model import Change, ChangeKind, Part
from storage.diff.tokens import Kind, tokenise
from storage.records import EditClass

#: Weight of one change of a class. A rule of judgement, not measured: facts, denials, names and words in a
#: person's mouth alone pass the usual threshold of 20, better wording and punctuation never do.
WEIGHTS = {
    EditClass.NEGATION: 30,
    EditClass.NUMBER: 25,
    EditClass.NAME_OR_TITLE: 25,
    EditClass.DATE_OR_PLACE: 22,
    EditClass.QUOTATION: 22,
    EditClass.HEADLINE: 20,
    EditClass.REMOVED: 20,
    EditClass.ADDED: 12,
    EditClass.ATTRIBUTION: 10,
    EditClass.WORDING: 5,
    EditClass.MOVED: 3,
    EditClass.FORMAT: 1,
}
#: What a sentence or clause added or removed weighs more if it states a number or denies something.
STATEMENT = 8
#: So many characters of it are looked at for that.
_STATED = 10_000
#: What further changes of the same class add, as parts of their own weight.
FURTHER = 0.3
#: The most that edits of the lesser classes weigh, however many there are.
CAPS = {EditClass.FORMAT: 3, EditClass.MOVED: 10, EditClass.WORDING: 19}
#: The most that edits of any one class weigh.
HIGHEST = 90
#: The weight of a live page that only grew.
QUIET = 3
#: The least weight of an edit to an entry that a live page had published before.
LOUD = 40

_FACTS = frozenset({EditClass.NUMBER, EditClass.NAME_OR_TITLE, EditClass.DATE_OR_PLACE, EditClass.NEGATION})
_LIVE_TITLE = re.compile("滚动更新|滚动播报|实时更新|持续更新|不断更新|更新中|图文直播|文字直播|直播实录")
#: Paragraphs that start with a time of day from which a page counts as live without saying so.
_ENTRIES = 3
_STAMP = re.compile(
    r"\s*[【\[(（]?(?:\d{4}[年/-])?(?:\d{1,2}[月/-]\d{1,2}日?\s*)?(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?|\d{1,2}时(?:\d{1,2}分|许)?)"
    r"\s*[】\])）:：,，\s]?"
)


def weigh(changes: Sequence[Change]) -> int:
    """Return the weight of changes, each class taking its part of what is left to 100 (noisy-or)."""
    weights: dict[EditClass, list[int]] = defaultdict(list)
    for change in changes:
        for edit in change.classes:
            weights[edit].append(WEIGHTS[edit] + (STATEMENT if _states(change, edit) else 0))
    if any(c.where is Part.TITLE and _FACTS & set(c.classes) for c in changes):
        weights[EditClass.HEADLINE].append(WEIGHTS[EditClass.HEADLINE])
    left = 1.0
    for edit, parts in weights.items():
        part = max(parts) + FURTHER * (sum(parts) - max(parts))
        left *= 1 - min(part, CAPS.get(edit, HIGHEST)) / 100
    return round(100 * (1 - left))


def _states(change: Change, edit: EditClass) -> bool:
    """Whether what was added or removed holds a number or a denial."""
    sign = {EditClass.ADDED: "+", EditClass.REMOVED: "-"}.get(edit)
    if sign is None:
        return False
    text = "".join(run.text for run in change.runs if run.op == sign)[:_STATED]
    return any(fact.kind is Kind.NUMBER for fact in tokenise(text).facts) or denies(text)


def is_live(title: str, body: Sequence[str]) -> bool:
    """Whether a page is one that grows: it says so, or three paragraphs start with a time of day."""
    return bool(_LIVE_TITLE.search(title)) or sum(bool(_STAMP.match(p)) for p in body) >= _ENTRIES


def growth(segments: Sequence[Change]) -> list[Change]:
    """Return the additions at the open end of a body: before its first old sentence or after its last.

    A live page may keep a lead of a sentence or two on top; entries added right below it count as well.
    """
    body = [s for s in segments if s.where is Part.BODY]
    kept = [at for at, s in enumerate(body) if s.kind is not ChangeKind.ADDED]
    if not kept:
        return []
    added = [at for at, s in enumerate(body) if s.kind is ChangeKind.ADDED]
    entries = _in_entries(body)
    top = [at for at in added if at < kept[0] or (len(kept) > 2 and at < kept[2] and at in entries)]
    end = [at for at in added if at > kept[-1]]
    return [body[at] for at in sorted({*top, *end})]


def _in_entries(body: Sequence[Change]) -> set[int]:
    """The added sentences that are of an entry: it, or an added one right before it, starts with a time."""
    found: set[int] = set()
    for at, change in enumerate(body):
        if change.kind is ChangeKind.ADDED and (at - 1 in found or _STAMP.match(change.new)):
            found.add(at)
    return found
