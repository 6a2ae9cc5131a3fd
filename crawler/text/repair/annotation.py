"""Pinyin annotations: a fixed set of Traditional characters, each followed by its reading, 產(chǎn)業(yè).

A copying site annotates every occurrence of each character of its set, and Traditional characters only.
A lesson annotates what it teaches: whole words, characters that both scripts share, a character once.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from importlib.resources import files

from crawler.text.repair.signs import is_han, is_traditional_only

READING = r"\(([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹ]{1,7})\)"
ANNOTATED = re.compile(r"([\u3400-\u9fff])" + READING)
_LESSON = 0.4  # share of annotated characters above which a text teaches them
_FEW = 8  # annotations below which other evidence is asked for


@cache
def _readings() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    lines = files("crawler.text.repair").joinpath("readings.txt").read_text(encoding="utf-8").splitlines()
    for syllable, _, characters in (line.partition(" ") for line in lines):
        for char in characters:
            table.setdefault(char, set()).add(syllable)
    return {char: frozenset(syllables) for char, syllables in table.items()}


def reads(char: str, syllable: str) -> bool:
    """Tell whether a Traditional character can be read so."""
    return syllable in _readings().get(char, frozenset())


def annotated_characters(text: str) -> tuple[dict[str, str], bool]:
    """Return character -> reading of a site's annotations, {} where there are none; and if they suffice.

    Where they do not suffice, a repair needs other evidence of the same damage in the text.
    """
    found = Counter(match.groups() for match in ANNOTATED.finditer(text))
    if not found:
        return {}, False
    readings = {
        char: syllable for char, syllable in found if is_traditional_only(char) and reads(char, syllable)
    }
    total = found.total()
    ours = sum(count for (char, syllable), count in found.items() if readings.get(char) == syllable)
    han = sum(map(is_han, text))
    if total - ours > 0.02 * total or total > _LESSON * han or not _every_one(text, readings):
        return {}, False
    return readings, total >= _FEW and len(readings) >= 3 and total > len(readings)


def _every_one(text: str, readings: dict[str, str]) -> bool:
    """Tell whether the characters are annotated wherever they stand (a slip may hide a few)."""
    counts = Counter(text)
    bare = sum(counts[char] - text.count(f"{char}({syllable})") for char, syllable in readings.items())
    return bare <= 0.02 * sum(counts[char] for char in readings)
