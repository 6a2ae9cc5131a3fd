"""PURE words and how often they are used: jieba's dictionary, counted mostly on newspapers.

A word costs -log of its share of all words counted (a unigram model), in nats; a text costs what its cheapest
segmentation does. The table is loaded at the first question, in about a tenth of a second.

words.bin is zlib over: the size of the list of words in bytes (4 bytes, little endian), the words in UTF-8 parted by
line feeds, and 12·log2 of their counts (1 byte each). `make_words.py` makes it.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

#: Characters of the longest word.
LONGEST = 4
#: The sum of all counts in jieba's dictionary (`jieba.dt.total`).
TOTAL = 60_101_967
#: What the neighbour before tells of a word of several characters, by its first one, as a share of what it tells of
#: a single character: many words begin with the same.
JOINT = 0.6
_STEP = 12.0  # units of the packed logarithm for a doubling


def forget() -> None:
    """Let go of the table, some 70 MB: it is loaded again at the next question."""
    word_costs.cache_clear()
    beginnings.cache_clear()


def pack(counts: Mapping[str, int]) -> bytes:
    """Pack the counts of words."""
    order = sorted(counts)
    words = "\n".join(order).encode()
    logs = bytes(round(_STEP * math.log2(counts[word])) for word in order)
    return zlib.compress(len(words).to_bytes(4, "little") + words + logs, 9)


@cache
def word_costs() -> dict[str, float]:
    """Return what each word of Simplified characters costs, in nats; single characters are words too."""
    data = zlib.decompress(files("crawler.text").joinpath("words.bin").read_bytes())
    end = 4 + int.from_bytes(data[:4], "little")
    costs = [math.log(TOTAL) - math.log(2) * log / _STEP for log in range(256)]
    return dict(zip(data[4:end].decode().split("\n"), map(costs.__getitem__, data[end:]), strict=True))


def word_cost(word: str) -> float | None:
    """Return the cost of a word, in nats, or None where the dictionary lacks it."""
    return word_costs().get(word)


def prefix_costs(plain: str, chars: Sequence[float], joints: Sequence[float] | None = None) -> list[float]:
    """Return the cost of each beginning of a text of Simplified characters, in nats.

    `chars` are the costs of its characters where they stand alone; `joints` are subtracted where a word begins at
    a character: how well it follows the one before.
    """
    costs = word_costs()
    best = [0.0]
    entry = [0.0]
    for end in range(1, len(plain) + 1):
        alone = best[-1]
        if joints is not None:
            entry[-1] = best[-1] - JOINT * joints[end - 1]
            alone = best[-1] - joints[end - 1]
        least = alone + chars[end - 1]
        for start in range(max(0, end - LONGEST), end - 1):
            word = costs.get(plain[start:end])
            if word is not None and entry[start] + word < least:
                least = entry[start] + word
        best.append(least)
        entry.append(least)
    return best


@cache
def beginnings() -> frozenset[str]:
    """Return the beginnings of the words of several characters: what a longer word can be made of."""
    costs = word_costs()
    return frozenset(word[:length] for length in range(1, LONGEST) for word in costs if len(word) > length)
