"""How much an edit matters to a reader, 0 to 100."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from storage.diff.model import Change, ChangeKind, Part
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
#: What further changes of the same class add, as parts of the first.
FURTHER = 0.3
#: The most that edits of the lesser classes weigh, however many there are.
CAPS = {EditClass.FORMAT: 3, EditClass.MOVED: 10, EditClass.WORDING: 19}
#: The weight of a live page that only grew.
QUIET = 3
#: The least weight of an edit to an entry that a live page had published before.
LOUD = 40

_FACTS = frozenset({EditClass.NUMBER, EditClass.NAME_OR_TITLE, EditClass.DATE_OR_PLACE, EditClass.NEGATION})
_LIVE_TITLE = re.compile("直播|滚动|实时|持续更新|不断更新|更新中|最新进展|最新消息汇总")
_STAMP = re.compile(
    r"\s*[【\[(（]?(?:\d{4}[年/-])?(?:\d{1,2}[月/-]\d{1,2}日?\s*)?(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?|\d{1,2}时(?:\d{1,2}分|许)?)"
    r"\s*[】\])）:：,，\s]?"
)


def weigh(changes: Sequence[Change]) -> int:
    """Return the weight of changes, each class taking its part of what is left to 100 (noisy-or)."""
    left = 1.0
    counts = Counter(edit for change in changes for edit in change.classes)
    for edit, count in counts.items():
        part = min(WEIGHTS[edit] * (1 + FURTHER * (count - 1)), CAPS.get(edit, 90))
        left *= 1 - part / 100
    if any(c.where is Part.TITLE and _FACTS & set(c.classes) for c in changes):
        left *= 1 - WEIGHTS[EditClass.HEADLINE] / 100
    return round(100 * (1 - left))


def is_live(title: str, body: Sequence[str]) -> bool:
    """Whether a page is one that grows: it says so, or three paragraphs start with a time of day."""
    return bool(_LIVE_TITLE.search(title)) or sum(bool(_STAMP.match(p)) for p in body) >= 3


def growth(segments: Sequence[Change]) -> list[Change]:
    """Return the additions at the open end of a body: before its first old sentence or after its last.

    A live page may keep a lead of a sentence or two on top; entries added right below it count as well.
    """
    body = [s for s in segments if s.where is Part.BODY]
    kept = [at for at, s in enumerate(body) if s.kind is not ChangeKind.ADDED]
    if not kept:
        return []
    added = [at for at, s in enumerate(body) if s.kind is ChangeKind.ADDED]
    top = [at for at in added if at < kept[0] or (len(kept) > 2 and at < kept[2] and _starts_entry(body, at))]
    end = [at for at in added if at > kept[-1]]
    return [body[at] for at in sorted({*top, *end})]


def _starts_entry(body: Sequence[Change], at: int) -> bool:
    """Whether an added sentence is of an entry: it, or an added one right before it, starts with a time."""
    while at >= 0 and body[at].kind is ChangeKind.ADDED:
        if _STAMP.match(body[at].new):
            return True
        at -= 1
    return False
