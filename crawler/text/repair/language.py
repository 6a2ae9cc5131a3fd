"""How likely a run of characters is as Chinese prose: word frequencies of the segmenter's dictionary.

The model is a unigram model of words: the cost of a text is that of its cheapest segmentation, in nats,
where a word costs -log(frequency / total). Frequencies are those of the dictionary inside rjieba (jieba's
own, counted mostly on newspapers), loaded at the first question only: clean pages never ask.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache

from crawler.text.repair.signs import is_han

#: Sum of all frequencies of jieba's dictionary (`jieba.dt.total`).
TOTAL = 60_101_967
LONGEST = 4  # characters of a word that is asked for

_SIGN = 3.0  # a usual sign of prose: about one character in twenty
_ASCII = 4.0
_ODD = 14.0  # a letter, number form or symbol that prose does not use
_UNKNOWN = math.log(TOTAL) + 1.0
_USUAL_SIGNS = frozenset("，。、：；？！“”‘’（）《》【】—…·　")


@cache
def _has_word() -> tuple[object, ...]:
    import rjieba

    return rjieba.has_word, rjieba.suggest_freq


@lru_cache(maxsize=100_000)
def word_cost(word: str) -> float | None:
    """Return the cost of a word of 2–4 characters in nats, or None where the dictionary lacks it."""
    known, frequency = _has_word()
    if not known(word):  # type: ignore[operator]
        return None
    return math.log(TOTAL / max(frequency(word), 1))  # type: ignore[operator]


@lru_cache(maxsize=30_000)
def char_cost(char: str) -> float:
    """Return the cost of a character that stands alone, in nats; never None."""
    if char in _USUAL_SIGNS:
        return _SIGN
    if char.isascii():
        return _ASCII
    if not is_han(char):
        return _ODD
    known, frequency = _has_word()
    return math.log(TOTAL / max(frequency(char), 1)) if known(char) else _UNKNOWN  # type: ignore[operator]


def cost(text: str) -> float:
    """Return the cost of the cheapest segmentation of a short text, in nats."""
    best = [0.0]
    for end in range(1, len(text) + 1):
        least = best[end - 1] + char_cost(text[end - 1])
        for start in range(max(0, end - LONGEST), end - 1):
            word = word_cost(text[start:end])
            if word is not None and best[start] + word < least:
                least = best[start] + word
        best.append(least)
    return best[-1]
