"""PURE: pair two bodies that are too large to be paired sentence by sentence: by paragraphs, and by sentences only
where few paragraphs differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import LCSseq

from storage.diff.align import Pair, align
from storage.diff.effort import MOST_PARAGRAPH_PAIRS, Effort, common_ends
from storage.diff.fold import Fold
from storage.diff.inside import middle
from storage.diff.model import PARAGRAPH_BREAK
from storage.diff.sentences import Sentence, split_body

#: Equal stretches: where they begin in either body, and how many paragraphs they have; the last has none.
_Block = tuple[int, int, int]


def align_coarsely(old: Sequence[str], new: Sequence[str], fold: Fold, effort: Effort) -> list[Pair]:
    """Pair two bodies, in reading order. What stayed is one piece, and so is what went or came where much did."""
    pairs: list[Pair] = []
    a0 = b0 = sentences_a = sentences_b = 0
    for a, b, size in _equal(old, new):
        found = _gap(old[a0:a], new[b0:b], fold, effort)
        if size:
            found.append(_stayed(old[a : a + size], a - a0, b - b0, found))
        placed = [_moved_on(pair, (a0, sentences_a), (b0, sentences_b)) for pair in found]
        pairs += placed
        more_a, more_b = _counted(found)
        a0, b0, sentences_a, sentences_b = a + size, b + size, sentences_a + more_a, sentences_b + more_b
    return pairs


def _gap(old: Sequence[str], new: Sequence[str], fold: Fold, effort: Effort) -> list[Pair]:
    """Pair what stands between two equal stretches; places count from there."""
    if old and new and effort.covers_bodies(old, new):
        olds, news = split_body(old), split_body(new)
        if olds and news:  # blank paragraphs alone are no sentences
            return align(olds, news, fold)
    if len(old) == len(new) == 1 and _mostly_the_same(old[0], new[0]):
        return [Pair(Sentence(old[0], fold(old[0]), 0, 0), Sentence(new[0], fold(new[0]), 0, 0))]
    gone = [Pair(_whole(old, 0), None)] if old else []
    return gone + ([Pair(None, _whole(new, 0))] if new else [])


def _stayed(paragraphs: Sequence[str], a: int, b: int, before: Sequence[Pair]) -> Pair:
    """An equal stretch, numbered after what stands before it."""
    old, new = _whole(paragraphs, a), _whole(paragraphs, b)
    number_a, number_b = _counted(before)
    return Pair(old._replace(number=number_a), new._replace(number=number_b))


def _counted(pairs: Sequence[Pair]) -> tuple[int, int]:
    """How many sentences of either body these pairs have, by their numbers."""
    old = max((pair.old.number + 1 for pair in pairs if pair.old), default=0)
    return old, max((pair.new.number + 1 for pair in pairs if pair.new), default=0)


def _mostly_the_same(old: str, new: str) -> bool:
    differs = middle(old, new)
    return 2 * max(differs.a1 - differs.a0, differs.b1 - differs.b0) <= min(len(old), len(new))


def _whole(paragraphs: Sequence[str], at: int) -> Sentence:
    return Sentence(PARAGRAPH_BREAK.join(paragraphs), "", at, 0)


def _moved_on(pair: Pair, old: tuple[int, int], new: tuple[int, int]) -> Pair:
    return Pair(_further(pair.old, *old), _further(pair.new, *new), pair.moved)


def _further(sentence: Sentence | None, paragraphs: int, sentences: int) -> Sentence | None:
    if sentence is None:
        return None
    return sentence._replace(paragraph=sentence.paragraph + paragraphs, number=sentence.number + sentences)


def _equal(old: Sequence[str], new: Sequence[str]) -> Iterator[_Block]:
    """The equal stretches, in order: at both ends, and between them where that is not too much to look at."""
    head, tail = common_ends(old, new)
    olds, news = old[head : len(old) - tail], new[head : len(new) - tail]
    if head:
        yield 0, 0, head
    if len(olds) * len(news) <= MOST_PARAGRAPH_PAIRS:
        numbers: dict[str, int] = {}
        ids = [[numbers.setdefault(text, len(numbers)) for text in side] for side in (olds, news)]
        for a, b, size in LCSseq.opcodes(ids[0], ids[1]).as_matching_blocks():
            if size:
                yield head + a, head + b, size
    yield len(old) - tail, len(new) - tail, tail
