"""How likely a run of characters is as Chinese prose: what each character costs where it stands alone."""

from __future__ import annotations

import math
from functools import lru_cache

from crawler.text.repair.signs import NARROW, PUNCTUATION, is_han
from crawler.text.words import TOTAL, prefix_costs, word_costs

_ASCII = 4.0
_LETTER = 5.5
_SYMBOL = 14.0  # a letter, number form or symbol that prose does not use
_COUNTED = math.log(TOTAL / 1000)  # up to which the dictionary's counts of single characters can be trusted
_SELDOM = 14.0  # a character less frequent than that
_USED = 0.7  # nats less for each other country whose character set has it, as it has the characters of names
_ELSEWHERE = ("big5", "euc_kr", "shift_jis")
#: Signs of prose: -log of how often each stands in news (about 1 character in 20 is a comma).
_SIGNS = {
    **dict.fromkeys("，", 3.0),
    **dict.fromkeys("。", 3.7),
    **dict.fromkeys("、“”　", 4.7),
    **dict.fromkeys("（）《》—", 6.5),
    "：": 8.5,  # beside labels, which are looked at apart; 98 of 100 slips that leave no other trace leave one
    **dict.fromkeys("；？！‘’【】…·％", 7.0),
}
_WIDE_FORM = {narrow: wide for wide, narrow in NARROW.items() if narrow in PUNCTUATION}


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
    counted = word_costs().get(char, math.inf)
    if counted <= _COUNTED:
        return counted
    return _SELDOM - sum(_USED * _has(char, codec) for codec in _ELSEWHERE)


def _has(char: str, codec: str) -> bool:
    return bool(char.encode(codec, "ignore"))


def cost(text: str) -> float:
    """Return the cost of the cheapest segmentation of a short text, in nats."""
    return prefix_costs(text, [char_cost(char) for char in text])[-1]
