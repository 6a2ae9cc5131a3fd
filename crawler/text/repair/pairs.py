"""Which character follows which in news and in what readers write: counts of pairs, and the information they give.

pairs.bin (news) and reviews.bin are zlib over: the number of entries (4 bytes, little endian), the differences of
their sorted keys (4 bytes each), and 12·log2 of their counts (1 byte each). A key is first << 16 | second code point;
second is 0 for the count of a single character. `make_pairs.py` makes them.
"""

from __future__ import annotations

import math
import re
import zlib
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate, pairwise

from crawler.text.repair.signs import NARROW, PUNCTUATION, WIDE

EDGE = "\n"  # the edge of a paragraph
_EDGES = "\n\x00&"  # an entity begins with `&`, markup is `\x00`
_NUMBER = re.compile("[0-9０-９]+")
_LATIN = re.compile("[A-Za-zＡ-Ｚａ-ｚ]+")
_NEWS, _REVIEWS = "pairs.bin", "reviews.bin"
_REVIEW = 0.1  # sightings in news that one in reviews counts for
_STEP = 12.0  # units of the packed logarithm for a doubling
_PRIOR = 60.0  # sightings that the plain frequency of the second character counts for
_PAGE = 10.0  # sightings in news that one on the page counts for
_RARE = 5e-7  # share of a character that the table lacks
_STRANGE = 4.0  # nats against a particle or a sign behind a sign, where news never has it
_PARTICLES = frozenset("的着了们吗呢吧")
#: What clauses end with, in both widths.
CLAUSE_SIGNS = frozenset("，。：；？！、,:;?!")
_UNSEEN = 0.4  # sightings that a pair outside of the table is thought to have had


def classify(text: str) -> str:
    """Write numbers as 0 and Latin words as A, and signs wide."""
    return _LATIN.sub("A", _NUMBER.sub("0", text)).translate({ord(sign): WIDE[sign] for sign in PUNCTUATION})


def _class(char: str) -> str:
    if char in _EDGES:
        return EDGE
    if char.isascii():
        return (
            WIDE[char] if char in PUNCTUATION else "0" if char.isdigit() else "A" if char.isalpha() else char
        )
    return _class(NARROW[char]) if char in NARROW else char


def pack(counts: Mapping[str, int]) -> bytes:
    """Pack counts of single characters and pairs."""
    keys = {ord(one[0]) << 16 | (ord(one[1]) if len(one) == 2 else 0): times for one, times in counts.items()}
    order = sorted(keys)
    steps = array("I", [order[0], *(after - before for before, after in pairwise(order))])
    logs = bytes(round(_STEP * math.log2(keys[key])) for key in order)
    return zlib.compress(len(order).to_bytes(4, "little") + steps.tobytes() + logs, 9)


@dataclass(frozen=True, slots=True)
class _Table:
    """Counts by sorted keys, and of how many characters."""

    keys: array[int]
    logs: bytes
    total: float

    def count(self, key: int) -> float:
        at = bisect_left(self.keys, key)
        return 2.0 ** (self.logs[at] / _STEP) if at < len(self.keys) and self.keys[at] == key else 0.0


@cache
def _table(name: str) -> _Table:
    data = zlib.decompress(files("crawler.text.repair").joinpath(name).read_bytes())
    entries = int.from_bytes(data[:4], "little")
    steps = array("I")
    steps.frombytes(data[4 : 4 + 4 * entries])
    keys = array("I", accumulate(steps))
    logs = data[4 + 4 * entries :]
    total = sum(2.0 ** (log / _STEP) for key, log in zip(keys, logs, strict=True) if not key & 0xFFFF)
    return _Table(keys, logs, total)


def _count(one: str, other: str = "\0") -> float:
    key = ord(one) << 16 | ord(other)
    return _table(_NEWS).count(key) + _REVIEW * _table(_REVIEWS).count(key)


@cache
def _total() -> float:
    return _table(_NEWS).total + _REVIEW * _table(_REVIEWS).total


@lru_cache(maxsize=100_000)
def sightings(one: str, other: str) -> tuple[float, float, float]:
    """Return how often news has `other` behind `one`, how often `one`, and the share of `other` in its text."""
    if not one or not other or max(one, other) > "\uffff":
        return 0.0, 0.0, 0.0
    one, other = _class(one), _class(other)
    before, share = _count(one), _count(other) / _total()
    return _count(one, other) or min(_UNSEEN, before * share), before, share


class Affinity:
    """What news and the page itself tell of neighbours; `text` is the page in the script of the table.

    A pair that the page has elsewhere counts as several in news (a cache model, Kuhn and De Mori 1990).
    """

    def __init__(self, text: str) -> None:
        self._pairs = Counter(pairwise(text))
        self._singles = Counter(text)
        self._own_pairs: Counter[tuple[str, str]] = Counter()
        self._own_singles: Counter[str] = Counter()
        self._known: dict[tuple[str, str], float] = {}
        self._known_here: dict[tuple[str, str], float] = {}

    def look_at(self, window: str) -> None:
        """Leave a window out of what the page tells: nothing shall be evidence for itself."""
        self._own_pairs = Counter(pairwise(window))
        self._own_singles = Counter(window)
        self._known_here = {}

    def __call__(self, one: str, other: str) -> float:
        """Return log(P(other | one) / P(other)) in nats: above 0 where `other` likes to follow `one`.

        P(other | one) is smoothed towards P(other) (a Dirichlet prior); an unknown character tells nothing: 0.
        """
        known = self._known_here if one in self._own_singles else self._known
        liking = known.get((one, other))
        if liking is None:
            liking = known[one, other] = self._score(one, other)
        return liking

    def _score(self, one: str, other: str) -> float:
        together, before, share = sightings(one, other)
        together += _PAGE * max(0, self._pairs[one, other] - self._own_pairs[one, other])
        before += _PAGE * max(0, self._singles[one] - self._own_singles[one])
        share = share or _RARE
        if not before or not together:
            return 0.0
        begins = other not in _PARTICLES and other not in CLAUSE_SIGNS
        strange = _STRANGE if together < 1 and not begins and _class(one) in CLAUSE_SIGNS else 0.0
        return math.log((together + _PRIOR * share) / (before + _PRIOR) / share) - strange
