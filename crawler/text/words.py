"""PURE words and how often they are used: the dictionary inside rjieba, counted mostly on newspapers.

A word costs -log of its share of all words counted (a unigram model), in nats; a text costs what its cheapest
segmentation does. The dictionary takes a third of a second to load: it is loaded at the first question.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

#: Characters of a word that the dictionary is asked for.
LONGEST = 4
#: The sum of all counts in jieba's dictionary (`jieba.dt.total`).
TOTAL = 60_101_967


@cache
def _dictionary() -> tuple[Callable[[str], bool], Callable[[str], int]]:
    import rjieba

    return rjieba.has_word, rjieba.suggest_freq


@lru_cache(maxsize=100_000)
def frequency(word: str) -> int:
    """Return how often the dictionary counted a word of Simplified characters, 0 where it lacks it."""
    known, count = _dictionary()
    return max(count(word), 1) if known(word) else 0


@lru_cache(maxsize=100_000)
def word_cost(word: str) -> float | None:
    """Return the cost of a word, in nats, or None where the dictionary lacks it."""
    times = frequency(word)
    return math.log(TOTAL / times) if times else None


def prefix_costs(plain: str, chars: Sequence[float], joints: Sequence[float] | None = None) -> list[float]:
    """Return the cost of each beginning of a text of Simplified characters, in nats.

    `chars` are the costs of its characters where they stand alone; `joints` are subtracted where a word begins at
    a character: how well it follows the one before.
    """
    best = [0.0]
    entry = [0.0]
    for end in range(1, len(plain) + 1):
        if joints is not None:
            entry[-1] = best[-1] - joints[end - 1]
        least = entry[end - 1] + chars[end - 1]
        for start in range(max(0, end - LONGEST), end - 1):
            word = word_cost(plain[start:end])
            if word is not None and entry[start] + word < least:
                least = entry[start] + word
        best.append(least)
        entry.append(least)
    return best
