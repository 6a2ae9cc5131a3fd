"""PURE how likely one character follows another on a page: what news, the dictionary and the page itself tell.

The three are added as counts, smoothed towards the character's own share (a Dirichlet prior; the page's counts are
a cache model, Kuhn and De Mori 1990). Characters count in their Simplified form.
"""

from __future__ import annotations

import math
import re
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate, pairwise

from crawler.text.plausible import cost_of_char, simplified
from crawler.text.words import word_cost

#: What stands at the edge of text; all numbers and all Latin words count as one character each.
EDGE, NUMBER, LATIN = "\n", "0", "A"
#: Sightings that the share of a character counts for, at least and for each of the one before; and what one on the
#: page counts for.
_PRIOR = 60.0
_NOVEL = 0.08
_ON_PAGE = 15.0
#: The dictionary counts as if it were made from as many characters as the news; it counts words of so many.
_CHARS_A_WORD = 1.6
#: The most that a character costs, in nats: half of what one costs that was read for another.
_MOST = 13.0
_PRIVATE = 20.0  # a private-use character that the page does not have elsewhere
#: The share of each ASCII sign, which pages have and the news that was counted has not.
_ASCII_SHARE = 0.002
#: A letter or digit behind its like, in nats, and how many there are of each.
_NEXT = {LATIN: 2.8, NUMBER: 2.3}
_KINDS = {LATIN: 20.0, NUMBER: 10.0}
_EDGES = frozenset("\n\r\t <>\"'&;=\u3000\u00a0")
_WIDE = str.maketrans(",:;!?()", "，：；！？（）")
_REFERENCE = re.compile(r"&#(\d{2,6});")
_CHARS_COUNTED = 60_000
_REMEMBERED = 300_000
_NONE: frozenset[str] = frozenset()


class Follows:
    """Prices of pairs of characters, in nats.

    `sound` is what is known of the page's text, `doubtful` what may be read wrongly: a thing seen once there is no
    evidence, as it would be evidence for itself.
    """

    def __init__(self, sound: str = "", doubtful: str = "") -> None:
        self._pairs: Counter[str] = Counter()
        self._singles: Counter[str] = Counter()
        for text, own in ((doubtful, 1), (sound, 0)):
            plain = "".join(map(key_of, unescape(text[:_CHARS_COUNTED])))
            for counts, found in (
                (self._pairs, Counter(map("".join, pairwise(plain)))),
                (self._singles, Counter(plain)),
            ):
                counts.update({one: times - own for one, times in found.items() if times > own})
        self._size = max(500, self._singles.total())
        self._counts, self._total = _in_news()
        self._known: dict[str, float] = {}
        self._alone: dict[str, float] = {}
        self._neighbours = _by_neighbour(self._pairs)
        self._likely: dict[tuple[str | bytes, str | bytes], frozenset[str]] = {}

    def __call__(self, one: str, other: str) -> float:
        """Return -log P(other | one), both as key_of() gives them."""
        pair = one + other
        price = self._known.get(pair)
        if price is None:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            price = self._known[pair] = self._priced(one, other)
        return price

    def between(self, one: str, other: str, lost: bytes, chars: frozenset[str]) -> float:
        """Return the least price of two pairs that one of these characters, which `lost` is the rest of, makes.

        Only the commonest of them and those that are known beside either neighbour are tried: others cost more.
        """
        likely = self._behind(one, lost, chars) | self._before(other, lost, chars)
        return min([self(one, char) + self(char, other) for char in likely])

    def _behind(self, one: str, lost: bytes, chars: frozenset[str]) -> frozenset[str]:
        found = self._likely.get((one, lost))
        if found is None:
            found = chars & (_neighbours()[0].get(one, _NONE) | self._neighbours[0].get(one, _NONE))
            found |= {char for char in chars if word_cost(one + char) is not None}
            self._likely[one, lost] = found = found | {min(chars, key=self.alone)}
        return found

    def _before(self, other: str, lost: bytes, chars: frozenset[str]) -> frozenset[str]:
        found = self._likely.get((lost, other))
        if found is None:
            found = chars & (_neighbours()[1].get(other, _NONE) | self._neighbours[1].get(other, _NONE))
            found |= {char for char in chars if word_cost(char + other) is not None}
            self._likely[lost, other] = found
        return found

    def alone(self, char: str) -> float:
        """Return -log of the share that a character has in text."""
        price = self._alone.get(char)
        if price is None:
            price = self._alone[char] = -math.log(self._share(char))
        return price

    def _share(self, char: str) -> float:
        in_news = self._counts.get(char, 0.0) / self._total
        if char.isascii():
            in_words = 0.0 if char == LATIN else _ASCII_SHARE
        else:
            in_words = math.exp(-min(cost_of_char(char), _MOST)) / _CHARS_A_WORD
        here = self._singles[char] / self._size
        return (0.5 * in_news + 0.4 * in_words + 0.1 * here) / _KINDS.get(char, 1.0) + math.exp(-_MOST)

    def _priced(self, one: str, other: str) -> float:
        if one == other and one in _NEXT:
            return _NEXT[one]
        if "\ue000" <= other <= "\uf8ff" and other not in self._singles:
            return _PRIVATE
        together = self._counts.get(one + other, 0.0) / _KINDS.get(other, 1.0)
        before = self._counts.get(one, 0.0)
        word = word_cost(one + other)
        if word is not None:
            together += self._total / _CHARS_A_WORD * math.exp(-word)
            before = max(2 * before, together)
        here = _ON_PAGE * self._pairs[one + other]
        if here:
            together += here
            before += max(here, _ON_PAGE * self._singles[one])
        prior = _PRIOR + _NOVEL * before
        return min(_MOST, -math.log((together + prior * math.exp(-self.alone(other))) / (before + prior)))


@lru_cache(maxsize=60_000)
def key_of(char: str) -> str:
    """Return the form in which a character is counted: Simplified, signs wide; white space and markup are edges."""
    if char in _EDGES:
        return EDGE
    if char.isascii():
        return NUMBER if char.isdigit() else LATIN if char.isalpha() else char.translate(_WIDE)
    return simplified(char)


def unescape(text: str) -> str:
    """Replace decimal character references, which stand for what a charset lacks, by their characters."""
    return _REFERENCE.sub(_referred, text)


def _referred(reference: re.Match[str]) -> str:
    number = int(reference[1])
    return chr(number) if number < 0x110000 else ""


def _by_neighbour(pairs: Iterable[str]) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Return which characters were seen behind each, and which before each."""
    behind: dict[str, list[str]] = {}
    before: dict[str, list[str]] = {}
    for pair in pairs:
        one, other = pair[0], pair[1]
        behind.setdefault(one, []).append(other)
        before.setdefault(other, []).append(one)
    return (
        {one: frozenset(others) for one, others in behind.items()},
        {other: frozenset(ones) for other, ones in before.items()},
    )


@cache
def _neighbours() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    return _by_neighbour(pair for pair in _in_news()[0] if len(pair) == 2)


@cache
def _in_news() -> tuple[dict[str, float], float]:
    """Return how often news has a character, or one behind another, and how many characters were counted.

    The table and its form are those of crawler/text/repair/pairs.py.
    """
    data = zlib.decompress(files("crawler.text.repair").joinpath("pairs.bin").read_bytes())
    end = 4 + 4 * int.from_bytes(data[:4], "little")
    steps = array("I")
    steps.frombytes(data[4:end])
    counts = {
        chr(key >> 16) + (chr(key & 0xFFFF) if key & 0xFFFF else ""): 2.0 ** (log / 12)
        for key, log in zip(accumulate(steps), data[end:], strict=True)
    }
    return counts, sum(count for one, count in counts.items() if len(one) == 1)
