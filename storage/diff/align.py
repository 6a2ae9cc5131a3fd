"""Pair the sentences of two revisions: equal ones, edited ones, moved ones, and those with no partner."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import takewhile
from operator import attrgetter
from typing import Literal, NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import LCSseq

from storage.diff.fold import Fold
from storage.diff.sentences import Sentence, join, join_all, undo_reflow, with_keys

#: Similarity (0-100, rapidfuzz ratio: Indel similarity of the characters) at which a sentence left over
#: between two equal ones counts as an edited form of another. Unrelated news sentences score 15 to 40.
PAIR_AT = 55
#: The same for a sentence that changed its place as well: less is known, so more is asked.
MOVED_PAIR_AT = 75
#: The same for two sentences that stand alone in one place and share a beginning or an end.
LONE_PAIR_AT = 30
#: How much better two sentences together must match than one alone before they count as one cut in two.
CUT_GAIN = 8
#: Characters from which a sentence found whole inside another is taken for the same.
HELD = 6
_SIGNS = re.compile(r"[\W_]+")


class Pair(NamedTuple):
    """A sentence before and after. One is None where it has no partner; `moved`: it crosses other pairs."""

    old: Sentence | None
    new: Sentence | None
    moved: bool = False


def align(old: Sequence[Sentence], new: Sequence[Sentence], fold: Fold) -> list[Pair]:
    """Pair two bodies, in reading order; a removed sentence stands before what took its place.

    Equal text at both ends is set aside first, unfolded, as most edits are small.
    """
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    olds, news = old[head : len(old) - tail], new[head : len(new) - tail]
    olds, news = undo_reflow(olds, news, fold), undo_reflow(news, olds, fold)
    pairs = [Pair(a, b) for a, b in zip(old[:head], new[:head], strict=True)]
    pairs += _in_order(_pair_leftovers(list(_gaps(olds, news, fold))))
    pairs += [Pair(a, b) for a, b in zip(old[len(old) - tail :], new[len(new) - tail :], strict=True)]
    return pairs


def _common(old: Sequence[Sentence], new: Sequence[Sentence]) -> int:
    count = 0
    for a, b in zip(old, new, strict=False):
        if a.text != b.text:
            break
        count += 1
    return count


def _gaps(olds: Sequence[Sentence], news: Sequence[Sentence], fold: Fold) -> Iterator[list[Pair]]:
    """Yield runs of pairs: equal ones and, between them, what is left.

    Sentences equal to the letter are found first; only what stands between them is folded.
    """
    for block in _blocks(olds, news, "text"):
        a, b = with_keys(block.olds, fold), with_keys(block.news, fold)
        if a and b and (len(a) > 1 or len(b) > 1):
            for inner in _blocks(a, b, "key"):
                yield _pair_gap(inner.olds, inner.news)
                yield inner.equal
        else:
            yield _pair_gap(a, b)
        yield block.equal


class _Block(NamedTuple):
    """What differs, and the equal pairs after it."""

    olds: Sequence[Sentence]
    news: Sequence[Sentence]
    equal: list[Pair]


def _blocks(
    olds: Sequence[Sentence], news: Sequence[Sentence], by: Literal["text", "key"]
) -> Iterator[_Block]:
    """Cut two sequences at their longest common subsequence."""
    say = attrgetter(by)
    numbers: dict[str, int] = {}
    ids = [[numbers.setdefault(text, len(numbers)) for text in map(say, side)] for side in (olds, news)]
    a0 = b0 = 0
    for a1, b1, size in LCSseq.opcodes(ids[0], ids[1]).as_matching_blocks():
        a2, b2 = a1 + size, b1 + size
        yield _Block(olds[a0:a1], news[b0:b1], list(map(Pair, olds[a1:a2], news[b1:b2])))
        a0, b0 = a2, b2


def _pair_gap(olds: Sequence[Sentence], news: Sequence[Sentence]) -> list[Pair]:
    """Pair what stands between two equal sentences, order kept."""
    if not olds or not news:
        return [Pair(s, None) for s in olds] + [Pair(None, s) for s in news]
    if len(olds) == len(news) == 1 and _alike(olds[0].key, news[0].key):
        return [Pair(olds[0], news[0])]
    if "".join(s.key for s in olds) == "".join(s.key for s in news):
        return [Pair(join_all(olds), join_all(news))]
    pairs: list[Pair] = []
    a0 = b0 = 0
    for a, b in _best_chain(_similar(olds, news, PAIR_AT)):
        pairs += [Pair(s, None) for s in olds[a0:a]] + [Pair(None, s) for s in news[b0:b]]
        pairs.append(Pair(olds[a], news[b]))
        a0, b0 = a + 1, b + 1
    pairs += [Pair(s, None) for s in olds[a0:]] + [Pair(None, s) for s in news[b0:]]
    return _pair_lone(_mend_cuts(pairs))


def _alike(old: str, new: str) -> bool:
    return old == new or fuzz.ratio(_bare(old), _bare(new)) >= PAIR_AT


def _bare(key: str) -> str:
    return _SIGNS.sub("", key) or key


def _similar(
    olds: Sequence[Sentence], news: Sequence[Sentence], at_least: int
) -> list[tuple[int, int, float]]:
    """Return (old, new, score) of all pairs that score enough, in order.

    One sentence that holds the other whole (a clause was added) scores just enough, whatever its length.
    """
    bare = [_bare(s.key) for s in news]
    found: list[tuple[int, int, float]] = []
    for a, sentence in enumerate(olds):
        text = _bare(sentence.key)
        hits = process.extract(text, bare, scorer=fuzz.ratio, score_cutoff=at_least, limit=None)
        scores = {b: score for _, score, b in hits}
        for b, other in enumerate(bare):
            if min(len(text), len(other)) >= HELD and (text in other or other in text):
                scores.setdefault(b, float(at_least))
        found += [(a, b, scores[b]) for b in sorted(scores)]
    return found


def _best_chain(candidates: Sequence[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """Return the crossing-free set of pairs with the greatest sum of scores.

    Heaviest increasing subsequence: `ends` holds, for growing new indices, chains of growing weight only.
    """
    ends: list[int] = []  # new index a chain ends in, ascending
    best: list[tuple[float, int]] = []  # its weight, ascending, and the candidate it ends in
    back: list[int] = []
    row: list[tuple[int, float, int]] = []
    for number, (a, b, score) in enumerate(candidates):
        at = bisect_left(ends, b)
        weight, previous = best[at - 1] if at else (0.0, -1)
        back.append(previous)
        row.append((b, weight + score, number))
        if number + 1 == len(candidates) or candidates[number + 1][0] != a:
            for end, total, last in row:
                _keep(ends, best, end, total, last)
            row = []
    chain: list[tuple[int, int]] = []
    at = best[-1][1] if best else -1
    while at >= 0:
        chain.append(candidates[at][:2])
        at = back[at]
    return chain[::-1]


def _keep(ends: list[int], best: list[tuple[float, int]], end: int, total: float, number: int) -> None:
    """Enter a chain unless a lighter end already does as well; drop those it makes useless."""
    at = bisect_left(ends, end)
    if at and best[at - 1][0] >= total:
        return
    stop = at
    while stop < len(ends) and best[stop][0] <= total:
        stop += 1
    if stop == at and at < len(ends) and ends[at] == end:
        return
    ends[at:stop] = [end]
    best[at:stop] = [(total, number)]


def _mend_cuts(pairs: list[Pair]) -> list[Pair]:
    """Join a leftover to the pair beside it where one sentence was cut in two, or two made one."""
    mended: list[Pair] = []
    for pair in pairs:
        whole = _joined(mended[-1], pair) if mended else None
        if whole is None:
            mended.append(pair)
        else:
            mended[-1] = whole
    return mended


def _pair_lone(pairs: list[Pair]) -> list[Pair]:
    """Pair one removed sentence with one added in its place, both alone there, though little alike."""
    result: list[Pair] = []
    for at, pair in enumerate(pairs):
        before = pairs[at - 2] if at > 1 else None
        after = pairs[at + 1] if at + 1 < len(pairs) else None
        alone = not (before and _is_lone(before)) and not (after and _is_lone(after))
        if (
            alone
            and result
            and pair.new
            and not pair.old
            and _reworded(result[-1].old, result[-1].new, pair.new)
        ):
            result[-1] = Pair(result[-1].old, pair.new)
        else:
            result.append(pair)
    return result


def _is_lone(pair: Pair) -> bool:
    return pair.old is None or pair.new is None


def _reworded(old: Sentence | None, none: Sentence | None, new: Sentence) -> bool:
    if old is None or none is not None:
        return False
    a, b = _bare(old.key), _bare(new.key)
    edge = max(_shared_start(a, b), _shared_start(a[::-1], b[::-1]))
    return edge >= 2 and fuzz.ratio(a, b) >= LONE_PAIR_AT


def _shared_start(a: str, b: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


def _joined(left: Pair, right: Pair) -> Pair | None:
    """Return the two as one pair, if exactly one is a leftover and the whole matches clearly better."""
    paired, lone = (left, right) if left.old and left.new else (right, left)
    if paired.old is None or paired.new is None or (lone.old and lone.new):
        return None
    old = join(left.old, right.old) if left.old and right.old else paired.old
    new = join(left.new, right.new) if left.new and right.new else paired.new
    alone = fuzz.ratio(_bare(paired.old.key), _bare(paired.new.key))
    together = fuzz.ratio(_bare(old.key), _bare(new.key))
    return Pair(old, new) if together >= MOVED_PAIR_AT and together >= alone + CUT_GAIN else None


def _pair_leftovers(gaps: list[list[Pair]]) -> list[Pair]:
    """Pair what is left over in different gaps: the same sentence moved, or moved and edited."""
    pairs = [pair for gap in gaps for pair in gap]
    removed = [pair.old for pair in pairs if pair.old and not pair.new]
    added = [pair.new for pair in pairs if pair.new and not pair.old]
    if not removed or not added:
        return pairs
    partner = _moves(removed, added)
    moved = {id(old) for old in partner.values()}
    result: list[Pair] = []
    for pair in pairs:
        if pair.new and not pair.old and id(pair.new) in partner:
            result.append(Pair(partner[id(pair.new)], pair.new, moved=True))
        elif not (pair.old and not pair.new and id(pair.old) in moved):
            result.append(pair)
    return result


def _moves(removed: list[Sentence], added: list[Sentence]) -> dict[int, Sentence]:
    """Return id(new sentence) -> old sentence: equal ones first, in order, then the most alike."""
    waiting: dict[str, list[Sentence]] = defaultdict(list)
    for sentence in reversed(removed):
        waiting[sentence.key].append(sentence)
    partner: dict[int, Sentence] = {}
    for sentence in added:
        if waiting[sentence.key]:
            partner[id(sentence)] = waiting[sentence.key].pop()
    taken = {id(old) for old in partner.values()}
    olds = [s for s in removed if id(s) not in taken]
    news = [s for s in added if id(s) not in partner]
    for a, b, _ in sorted(_similar(olds, news, MOVED_PAIR_AT), key=lambda hit: -hit[2]):
        if id(olds[a]) not in taken and id(news[b]) not in partner:
            partner[id(news[b])] = olds[a]
            taken.add(id(olds[a]))
    return partner


def _in_order(pairs: list[Pair]) -> list[Pair]:
    """Mark as moved only pairs that really cross others: a neighbour's removal alone moves nothing."""
    if not any(pair.moved for pair in pairs):
        return pairs
    settled = [p.old.number for p in pairs if p.old and p.new and not p.moved]
    result: list[Pair] = []
    before = -1
    position = 0
    for pair in pairs:
        if pair.old and pair.new and not pair.moved:
            position += 1
            before = pair.old.number
        elif pair.moved and pair.old:
            after = settled[position] if position < len(settled) else pair.old.number + 1
            if before < pair.old.number < after:
                pair = pair._replace(moved=False)
                before = pair.old.number if pair.old else before
        result.append(pair)
    return result
