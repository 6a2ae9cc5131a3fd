"""PURE how likely a decoded text is: its cost in nats under a model of Chinese words, where lower is likelier.

Reading bytes with the wrong codec gives rare characters and no words. The cost of a text is that of its cheapest
segmentation, a word costing -log of its frequency; Traditional characters cost what their Simplified ones do.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from crawler.text.repair.language import LONGEST, char_cost, word_cost
from crawler.text.script import simplify

#: Costs of what the word model does not know, in nats.
PRIVATE = 24.0
REPLACED = 14.0
RARE = 19.0
_CONTROL = 20.0
_LETTER = 6.0  # a letter of another script: kana, Hangul, Cyrillic, accented Latin
_ASCII = 4.0
#: Signs that stand in prose though the word model has no count of them.
_PROSE_SIGNS = frozenset("·—…“”‘’《》〈〉【】〔〕「」『』｜△▲●■◆□☆★※→℃°％%＋－＝×①②③④⑤⑥⑦⑧⑨⑩\u3000\u00a0©")
_SIGN = 8.0

_FOREIGN_RUN = re.compile(r"[^\x00-\x7f]+")


@lru_cache(maxsize=30_000)
def cost_of_char(char: str) -> float:
    """Return the cost of one character, in nats."""
    if char.isascii():
        return _ASCII
    if char == "\ufffd":
        return REPLACED
    if char in _PROSE_SIGNS:
        return min(_SIGN, char_cost(char))
    category = unicodedata.category(char)
    if category in ("Co", "Cn"):
        return PRIVATE
    if category == "Cc":
        return _CONTROL
    if category.startswith("L") and not _is_han(char):
        return _LETTER
    return min(char_cost(simplified(char)), RARE) if _is_han(char) else char_cost(char)


def cost_of_word(word: str) -> float | None:
    """Return the cost of a word of Simplified characters, or None where it is none."""
    return word_cost(word)


@lru_cache(maxsize=30_000)
def simplified(char: str) -> str:
    """Return the Simplified form of one character."""
    return simplify(char)


def cost(text: str) -> float:
    """Return the cost of a text, in nats."""
    plain = "".join(map(simplified, text))
    best = [0.0]
    for end in range(1, len(plain) + 1):
        least = best[end - 1] + cost_of_char(text[end - 1])
        for start in range(max(0, end - LONGEST), end - 1):
            word = cost_of_word(plain[start:end])
            if word is not None:
                least = min(least, best[start] + word)
        best.append(least)
    return best[-1]


def cost_per_byte(text: str, codec: str, at_most: int = 240) -> float:
    """Return the cost of the text's non-ASCII parts, divided by the bytes that they take in the codec.

    Long texts are sampled: `at_most` characters, a third each from the beginning, the middle and the end.
    """
    part = at_most // 3
    samples = [_sample(text, start, part) for start in (0, len(text) // 2, max(0, len(text) - 20 * part))]
    sample = "".join(samples) if len(text) > 60 * part else _sample(text, 0, at_most)
    size = len(sample.encode(codec, "replace"))
    return cost(sample) / size if size else 0.0


def _sample(text: str, start: int, at_most: int) -> str:
    """Collect the first `at_most` non-ASCII characters from a place on."""
    found: list[str] = []
    length = 0
    for match in _FOREIGN_RUN.finditer(text, start):
        found.append(match[0][: at_most - length])
        length += len(found[-1])
        if length >= at_most:
            break
    return "".join(found)


def _is_han(char: str) -> bool:
    return (
        "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff" or "\uf900" <= char <= "\ufaff"
    )
