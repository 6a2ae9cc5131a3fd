"""The changes inside one edited sentence: token-level, cleaned up so that a person can read them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

from storage.diff.fold import Folded
from storage.diff.model import Run
from storage.diff.tokens import Kind, Token, tokenise
from storage.diff.words import Word, words_of

#: A word longer than this is not shown as changed as a whole (idioms, long names of bodies).
_WIDEST_WORD = 5


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an edited sentence: its text, tokens and words (spans count folded characters)."""

    folded: Folded
    tokens: list[Token]
    words: list[Word]
    quoted: bool = False

    @property
    def key(self) -> str:
        """The folded text."""
        return self.folded.key


@dataclass(slots=True)
class Hunk:
    """A changed place: spans of folded characters, before [a0, a1) and after [b0, b1)."""

    a0: int
    a1: int
    b0: int
    b1: int


def side(text: Folded, *, quoted: bool = False) -> Side:
    """Prepare one side."""
    return Side(text, tokenise(text.key), words_of(text.key), quoted)


def hunks_of(old: Side, new: Side) -> list[Hunk]:
    """Return the changed places in order, small equal stretches between them swallowed, words kept whole."""
    hunks = _raw_hunks(old, new)
    hunks = _swallow(hunks, old.key)
    for hunk in hunks:
        _slide(hunk, old, new)
    _widen(hunks, old, new)
    return _swallow(_touching(hunks), old.key)


def _raw_hunks(old: Side, new: Side) -> list[Hunk]:
    numbers: dict[str, int] = {}
    ids = [[numbers.setdefault(t.text, len(numbers)) for t in s.tokens] for s in (old, new)]
    hunks: list[Hunk] = []
    a0 = b0 = 0
    for block in LCSseq.opcodes(ids[0], ids[1]):
        if block.tag == "equal":
            _add(hunks, old.tokens[a0 : block.src_start], new.tokens[b0 : block.dest_start], old, new, a0, b0)
            a0, b0 = block.src_end, block.dest_end
    _add(hunks, old.tokens[a0:], new.tokens[b0:], old, new, a0, b0)
    return hunks


def _add(
    hunks: list[Hunk], gone: Sequence[Token], come: Sequence[Token], old: Side, new: Side, a: int, b: int
) -> None:
    if not gone and not come:
        return
    a0 = old.tokens[a].start if a < len(old.tokens) else len(old.key)
    b0 = new.tokens[b].start if b < len(new.tokens) else len(new.key)
    hunks.append(Hunk(a0, gone[-1].end if gone else a0, b0, come[-1].end if come else b0))


def _swallow(hunks: list[Hunk], key: str) -> list[Hunk]:
    """Join hunks over an equal stretch no longer than the edits on both sides of it.

    The rule of diff-match-patch's semantic clean-up; a stretch that holds a comma or stop stays, as clauses
    are read one by one.
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
    if any(sign in between for sign in ",，。；;、"):
        return False
    reach = [max(h.a1 - h.a0, h.b1 - h.b0) for h in (left, right)]
    both = [h.a1 > h.a0 and h.b1 > h.b0 for h in (left, right)]
    return len(between) <= min(reach) and (all(both) or (len(between) == 1 and any(both)))


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
    borders = {token.start for token in text.tokens} | {len(text.key)}
    return start in borders and end in borders


def _widen(hunks: list[Hunk], old: Side, new: Side) -> None:
    """Grow replacements to whole words, as far as the equal text around them reaches."""
    for at, hunk in enumerate(hunks):
        if hunk.a0 == hunk.a1 or hunk.b0 == hunk.b1:
            continue
        low = hunks[at - 1].a1 if at else 0
        high = hunks[at + 1].a0 if at + 1 < len(hunks) else len(old.key)
        left = min(hunk.a0 - low, max(_into(old.words, hunk.a0)[0], _into(new.words, hunk.b0)[0]))
        right = min(high - hunk.a1, max(_into(old.words, hunk.a1)[1], _into(new.words, hunk.b1)[1]))
        hunk.a0, hunk.b0 = hunk.a0 - left, hunk.b0 - left
        hunk.a1, hunk.b1 = hunk.a1 + right, hunk.b1 + right


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


def runs_of(hunks: Sequence[Hunk], old: Folded, new: Folded) -> tuple[Run, ...]:
    """Return the sentence as runs; "=" and "+" runs joined are the new text exactly."""
    runs: list[Run] = []
    b = 0
    for hunk in hunks:
        if hunk.b0 > b:
            runs.append(Run("=", new.exact(b, hunk.b0)))
        if hunk.a1 > hunk.a0:
            runs.append(Run("-", old.exact(hunk.a0, hunk.a1)))
        if hunk.b1 > hunk.b0:
            runs.append(Run("+", new.exact(hunk.b0, hunk.b1)))
        b = hunk.b1
    if b < len(new.key) or not runs:
        runs.append(Run("=", new.exact(b, len(new.key))))
    return tuple(runs)


def tokens_in(tokens: Sequence[Token], start: int, end: int) -> list[Token]:
    """Return the tokens that lie, even in part, in the span."""
    first = bisect_right(tokens, start, key=lambda token: token.start) - 1
    last = bisect_left(tokens, end, key=lambda token: token.start)
    return [token for token in tokens[max(first, 0) : last] if token.end > start and token.start < end]


def is_fact(token: Token) -> bool:
    """Whether a token is a number or a date."""
    return token.kind in (Kind.NUMBER, Kind.DATE)
