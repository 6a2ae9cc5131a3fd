"""How likely a run of characters is as Chinese prose: word frequencies of a dictionary.

The model is a unigram model of words: the cost of a text is that of its cheapest segmentation, in nats,
where a word costs -log(frequency / total). Frequencies are those of the dictionary inside rjieba (jieba's
own, counted mostly on newspapers), loaded at the first question only: clean pages never ask.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, lru_cache

from crawler.text.repair.signs import NARROW, PUNCTUATION, is_han

#: Sum of all frequencies of jieba's dictionary (`jieba.dt.total`).
TOTAL = 60_101_967
LONGEST = 4  # characters of a word that is asked for

_ASCII = 4.0
_LETTER = 5.5
_SYMBOL = 14.0  # a letter, number form or symbol that prose does not use
_COUNTED = 1000  # frequency from which on the dictionary's counts of single characters can be trusted
_SELDOM = 14.0  # a character less frequent than that
_USED = 0.7  # nats less for each other country whose character set has it, as it has the characters of names
_ELSEWHERE = ("big5", "euc_kr", "shift_jis")
#: Signs of prose: -log of how often each stands in news (about 1 character in 20 is a comma).
_SIGNS = {
    **dict.fromkeys("，", 3.0),
    **dict.fromkeys("。", 3.7),
    **dict.fromkeys("、“”　", 4.7),
    **dict.fromkeys("：（）《》—", 6.5),
    **dict.fromkeys("；？！‘’【】…·％", 7.0),
}


@cache
def _dictionary() -> tuple[Callable[[str], bool], Callable[[str], int]]:
    import rjieba

    return rjieba.has_word, rjieba.suggest_freq


@lru_cache(maxsize=100_000)
def _frequency(word: str) -> int:
    """Return how often the dictionary counted a word, 0 where it lacks it."""
    known, frequency = _dictionary()
    return max(frequency(word), 1) if known(word) else 0


@lru_cache(maxsize=30_000)
def char_cost(char: str) -> float:
    """Return the cost of a character that stands alone, in nats."""
    if char in PUNCTUATION:
        return _SIGNS[_WIDE_FORM[char]]
    if char in _SIGNS:
        return _SIGNS[char]
    if char.isascii():
        return _LETTER if char.isalpha() else _ASCII
    if not is_han(char):
        return _SYMBOL
    frequency = _frequency(char)
    if frequency >= _COUNTED:
        return math.log(TOTAL / frequency)
    return _SELDOM - sum(_USED * _has(char, codec) for codec in _ELSEWHERE)


def _has(char: str, codec: str) -> bool:
    return bool(char.encode(codec, "ignore"))


_WIDE_FORM = {narrow: wide for wide, narrow in NARROW.items() if narrow in PUNCTUATION}


@lru_cache(maxsize=100_000)
def word_cost(word: str) -> float | None:
    """Return the cost of a word of 2-4 characters in nats, or None where the dictionary lacks it."""
    frequency = _frequency(word)
    return math.log(TOTAL / frequency) if frequency else None


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
