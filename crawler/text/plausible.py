"""PURE how likely a decoded text is: its cost in nats under a model of Chinese words, where lower is likelier.

Reading bytes with the wrong codec gives rare characters and no words. The cost of a text is that of its cheapest
segmentation, a word costing -log of its share of all words that the dictionary of jieba counted (rjieba holds
it). Traditional characters cost what their Simplified ones do.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from crawler.text.script import simplify
from crawler.text.words import prefix_costs, word_cost

_PRIVATE = 24.0
_ASCII = 4.0

#: Costs of what the dictionary does not count, in nats.
_REPLACED = 14.0
_RARE = 19.0
_CONTROL = 20.0
_LETTER = 6.0  # a letter of another script: kana, Hangul, Cyrillic, accented Latin
_SYMBOL = 14.0
_SIGNS = {
    **dict.fromkeys("，。", 3.3),
    **dict.fromkeys("、“”：（）\u3000", 5.0),
    **dict.fromkeys("；？！‘’《》【】「」—…·％", 6.5),
    **dict.fromkeys("〈〉〔〕『』｜△▲●■◆□☆★※→℃°＋－＝×①②③④⑤⑥⑦⑧⑨⑩\u00a0©～", 8.0),
}

_FOREIGN_RUN = re.compile(r"[^\x00-\x7f]+")


@lru_cache(maxsize=30_000)
def cost_of_char(char: str) -> float:
    """Return the cost of one character, in nats."""
    if char.isascii():
        return _ASCII
    if _is_han(char):
        return min(word_cost(simplified(char)) or _RARE, _RARE)
    return _SIGNS.get(char) or _cost_by_category(char)


def _cost_by_category(char: str) -> float:
    if char == "\ufffd":
        return _REPLACED
    category = unicodedata.category(char)
    if category in ("Co", "Cn"):
        return _PRIVATE
    if category == "Cc":
        return _CONTROL
    return _LETTER if category.startswith("L") else _SYMBOL


@lru_cache(maxsize=30_000)
def simplified(char: str) -> str:
    """Return the Simplified form of one character."""
    return simplify(char)


def cost(text: str) -> float:
    """Return the cost of a text, in nats."""
    plain = "".join(map(simplified, text))
    return prefix_costs(plain, list(map(cost_of_char, text)))[-1]


def cost_per_byte(text: str, codec: str, at_most: int = 240) -> float:
    """Return the cost of the text's non-ASCII parts, divided by the bytes that they take in the codec.

    Long texts are sampled: `at_most` characters, a third each from the beginning, the middle and the end.
    """
    part = at_most // 3
    samples = [_sample(text, start, part) for start in (0, len(text) // 2, max(0, len(text) - 20 * part))]
    sample = "".join(samples) if len(text) > 60 * part else _sample(text, 0, at_most)
    # What a codec could not read was one byte, however long U+FFFD is in it.
    size = len(sample.replace("\ufffd", "?").encode(codec, "replace"))
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
