"""The changes inside one edited sentence: token-level, cleaned up so that a person can read them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import LCSseq, Postfix, Prefix

from storage.diff.fold import Folded
from storage.diff.model import Run
from storage.diff.tokens import Tokens, tokenise
from storage.diff.words import Word, words_of

#: Where one clause ends, marks inside numbers aside.
_CLAUSE_END = re.compile(r"[,，;；。!！?？](?!\d)")
#: A word longer than this is not shown as changed as a whole (idioms, long names of bodies).
_WIDEST_WORD = 5


@dataclass
class Side:
    """One side of an edited sentence, from the clause of the first difference to that of the last.

    `key` is that window of the folded text and `start` where it begins; tokens and words count from there.
    """

    folded: Folded
    start: int
    key: str
    tokens: Tokens
    quoted: bool

    @cached_property
    def words(self) -> list[Word]:
        """The words of the window; an edit of a number alone needs none."""
        return words_of(self.key)

    def exact(self, start: int, end: int) -> str:
        """Return the exact text of a span of the window."""
        return self.folded.exact(self.start + start, self.start + end)


def sides(
    old: Folded, new: Folded, outside: tuple[int, int], *, quoted: tuple[bool, bool]
) -> tuple[Side, Side]:
    """Cut two sentences to the clauses that differ, and these into tokens and words. `outside`: their `window`."""
    start, tail = outside
    made = []
    for text, inside in zip((old, new), quoted, strict=True):
        key = text.key[start : len(text.key) - tail]
        made.append(Side(text, start, key, tokenise(key), inside))
    return made[0], made[1]


def whole_sides(old: Folded, new: Folded, *, quoted: tuple[bool, bool]) -> tuple[Side, Side]:
    """Two sentences as they are, where looking at their tokens would cost too much."""
    none = Tokens([], [0], [])
    return Side(old, 0, old.key, none, quoted[0]), Side(new, 0, new.key, none, quoted[1])


def middle(old: str, new: str) -> Hunk:
    """The span from the first to the last difference of two folded texts."""
    head = Prefix.similarity(old, new)
    tail = min(Postfix.similarity(old, new), min(len(old), len(new)) - head)
    return Hunk(head, len(old) - tail, head, len(new) - tail)


def window(old: str, new: str) -> tuple[int, int]:
    """Return how many characters before and after the differing clauses are equal."""
    differs = middle(old, new)
    head, tail = differs.a0, len(old) - differs.a1
    start = max((match.end() for match in _CLAUSE_END.finditer(old, 0, head)), default=0)
    if head and _CLAUSE_END.match(old, head - 1):  # the comma right before may be part of the edit
        start = max((match.end() for match in _CLAUSE_END.finditer(old, 0, head - 1)), default=0)
    end = _CLAUSE_END.search(old, len(old) - tail)
    return start, len(old) - end.end() if end else 0


@dataclass(slots=True)
class Hunk:
    """A changed place: spans of folded characters, before [a0, a1) and after [b0, b1)."""

    a0: int
    a1: int
    b0: int
    b1: int


def hunks_of(old: Side, new: Side) -> list[Hunk]:
    """Return the changed places in order, small equal stretches between them swallowed, words kept whole."""
    hunks = _raw_hunks(old, new)
    if not hunks:  # the fold of the whole sees a difference that the folds of the characters do not
        return [Hunk(0, len(old.key), 0, len(new.key))]
    if len(hunks) == 1 and _is_fact(hunks[0], old, new):
        return hunks
    hunks = _swallow(hunks, old.key)
    for hunk in hunks:
        _slide(hunk, old, new)
    _widen(hunks, old, new)
    return _swallow(_touching(hunks), old.key)


def _raw_hunks(old: Side, new: Side) -> list[Hunk]:
    numbers: dict[str, int] = {}
    ids = [[numbers.setdefault(t, len(numbers)) for t in s.tokens.texts] for s in (old, new)]
    a, b = old.tokens.starts, new.tokens.starts
    hunks: list[Hunk] = []
    a0 = b0 = 0
    for a1, b1, size in LCSseq.opcodes(ids[0], ids[1]).as_matching_blocks():
        if a1 > a0 or b1 > b0:
            hunks.append(Hunk(a[a0], a[a1], b[b0], b[b1]))
        a0, b0 = a1 + size, b1 + size
    return hunks


def _swallow(hunks: list[Hunk], key: str) -> list[Hunk]:
    """Join hunks over an equal stretch no longer than the edits on both sides of it.

    The rule of diff-match-patch's semantic clean-up; a stretch that holds
    punctuation stays, as clauses are read one by one.
    """
    joined: list[Hunk] = []
    for hunk in hunks:
        joined.append(hunk)
        while len(joined) > 1 and _joins(joined[-2], joined[-1], key):
            last = joined.pop()
            joined[-1] = Hunk(joined[-1].a0, last.a1, joined[-1].b0, last.b1)
    return joined


def _joins(left: Hunk, right: Hunk, key: str) -> bool:
    between = key[left.a1 : right.a0]
    if not between:
        return True
    if not between.isalnum():
        return False
    reach = [max(h.a1 - h.a0, h.b1 - h.b0) for h in (left, right)]
    both = [h.a1 > h.a0 and h.b1 > h.b0 for h in (left, right)]
    return len(between) <= min(reach) and (all(both) or len(between) == 1)


def _slide(hunk: Hunk, old: Side, new: Side) -> None:
    """Move a pure insertion or deletion along equal characters to where a reader would put its borders."""
    pure_old, pure_new = hunk.b0 == hunk.b1, hunk.a0 == hunk.a1
    if pure_old == pure_new:
        return
    text = old if pure_old else new
    start, end = (hunk.a0, hunk.a1) if pure_old else (hunk.b0, hunk.b1)
    best, best_score = 0, _border_score(text, start, end)
    for step in (-1, 1):
        shift = 0
        while _can_slide(text.key, start + shift, end + shift, step) and abs(shift) < end - start:
            shift += step
            score = _border_score(text, start + shift, end + shift)
            if score > best_score and _token_borders(text, start + shift, end + shift):
                best, best_score = shift, score
    for name in ("a0", "a1", "b0", "b1"):
        setattr(hunk, name, getattr(hunk, name) + best)


def _can_slide(key: str, start: int, end: int, step: int) -> bool:
    if step < 0:
        return start > 0 and key[start - 1] == key[end - 1]
    return end < len(key) and key[start] == key[end]


def _border_score(text: Side, start: int, end: int) -> int:
    """Prefer a clause with the comma before it, then one with the comma after it, then whole words."""
    inner = text.key[start:end]
    score = 0
    if inner[0] in ",，；;、(（":
        score += 4
    elif inner[-1] in ",，；;、。":
        score += 3
    borders = {word.start for word in text.words} | {len(text.key)}
    return score + (start in borders) + (end in borders)


def _token_borders(text: Side, start: int, end: int) -> bool:
    return start in text.tokens.starts and end in text.tokens.starts


def _widen(hunks: list[Hunk], old: Side, new: Side) -> None:
    """Grow replacements to whole words, as far as the equal text around them reaches."""
    for at, hunk in enumerate(hunks):
        if hunk.a0 == hunk.a1 or hunk.b0 == hunk.b1 or _is_fact(hunk, old, new):
            continue
        low = hunks[at - 1].a1 if at else 0
        high = hunks[at + 1].a0 if at + 1 < len(hunks) else len(old.key)
        left = min(hunk.a0 - low, max(_into(old.words, hunk.a0)[0], _into(new.words, hunk.b0)[0]))
        right = min(high - hunk.a1, max(_into(old.words, hunk.a1)[1], _into(new.words, hunk.b1)[1]))
        hunk.a0, hunk.b0 = hunk.a0 - left, hunk.b0 - left
        hunk.a1, hunk.b1 = hunk.a1 + right, hunk.b1 + right


def _is_fact(hunk: Hunk, old: Side, new: Side) -> bool:
    """Whether one number or date stands in the place of another."""
    return _spans_fact(hunk.a0, hunk.a1, old) and _spans_fact(hunk.b0, hunk.b1, new)


def _spans_fact(start: int, end: int, side: Side) -> bool:
    return (start, end) in [fact[:2] for fact in side.tokens.facts]


def _into(words: Sequence[Word], at: int) -> tuple[int, int]:
    """Return how far a position lies inside a word, from its start and from its end (0, 0 at a border)."""
    number = bisect_right(words, at, key=lambda word: word.start) - 1
    if number < 0:
        return 0, 0
    word = words[number]
    if word.start == at or word.end <= at or word.end - word.start > _WIDEST_WORD:
        return 0, 0
    return at - word.start, word.end - at


def _touching(hunks: list[Hunk]) -> list[Hunk]:
    joined: list[Hunk] = []
    for hunk in hunks:
        if joined and joined[-1].a1 >= hunk.a0 and joined[-1].b1 >= hunk.b0:
            joined[-1] = Hunk(joined[-1].a0, hunk.a1, joined[-1].b0, hunk.b1)
        else:
            joined.append(hunk)
    return joined


def runs_of(hunks: Sequence[Hunk], old: Side, new: Side) -> tuple[Run, ...]:
    """Return the whole sentence as runs; "=" and "+" runs joined are the new text exactly."""
    runs: list[Run] = []
    b = -new.start
    for hunk in hunks:
        if hunk.b0 > b:
            runs.append(Run("=", new.exact(b, hunk.b0)))
        if hunk.a1 > hunk.a0:
            runs.append(Run("-", old.exact(hunk.a0, hunk.a1)))
        if hunk.b1 > hunk.b0:
            runs.append(Run("+", new.exact(hunk.b0, hunk.b1)))
        b = hunk.b1
    end = len(new.folded.key) - new.start
    if b < end:
        runs.append(Run("=", new.exact(b, end)))
    return tuple(runs)
