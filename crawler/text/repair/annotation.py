"""Pinyin annotations: a fixed set of Traditional characters, each followed by its reading, 產(chǎn)業(yè).

A copying site annotates every occurrence of each character of its set, and Traditional characters only.
A lesson annotates what it teaches: whole words, characters that both scripts share, a character once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from crawler.text.repair.conversion import is_converted
from crawler.text.repair.language import char_cost
from crawler.text.repair.patterns import ANNOTATED, READING, is_narrowed
from crawler.text.repair.signs import is_han, is_traditional_only, simplified_of

_READING = re.compile(READING)
_QUOTED = re.compile(r"[“「『《\"][\u3400-\u9fff]" + READING + r"(?:[”」』》\"]|字)")
_LONG = 100  # Han characters of a text in which a few annotations count
_SHORT = 60  # the same, where they are of many characters
_OFTEN = 5  # annotations, or annotated characters, that are more than an explanation needs
_LESSON = 0.4  # share of annotated characters above which a text teaches them
_FEW = 8  # annotations below which more is asked for
_USUAL = 11.0  # nats that a usual character costs at most: the first 1,700 or so
_KNOWN = 9.0  # and one that nobody explains: the first 470


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


def without_readings(text: str) -> tuple[str, dict[int, str], list[int]]:
    """Take all readings in parentheses out of a stretch of text.

    Return what remains, the readings by the number of characters before them, and each character's place.
    """
    parts: list[str] = []
    said: dict[int, str] = {}
    places: list[int] = []
    done = 0
    for match in _READING.finditer(text):
        parts.append(text[done : match.start()])
        places += range(done, match.start())
        said[len(places)] = match[1]
        done = match.end()
    return "".join(parts) + text[done:], said, [*places, *range(done, len(text))]


def annotated_characters(text: str) -> tuple[dict[str, str], bool]:
    """Return character -> reading of a site's annotations, {} where there are none; and if they suffice.

    Where they do not suffice, a repair needs other evidence of the same damage in the text.
    """
    found = Counter(match.groups() for match in ANNOTATED.finditer(text))
    if not found or not is_converted(ANNOTATED.sub(r"\1", text)):
        return {}, False
    readings = {
        char: syllable for char, syllable in found if is_traditional_only(char) and reads(char, syllable)
    }
    total = found.total()
    ours = sum(count for (char, syllable), count in found.items() if readings.get(char) == syllable)
    han = sum(map(is_han, text))
    if (
        total - ours > 2 + 0.02 * total
        or ours < 0.7 * total
        or total > _LESSON * han
        or not _every_one(text, readings)
    ):
        return {}, False
    many = total >= _FEW and len(readings) >= 3 and total > len(readings)
    return readings, many or _is_strict(text, found, readings)


def _is_strict(text: str, found: Mapping[tuple[str, ...], int], readings: dict[str, str]) -> bool:
    """Tell whether a few annotations show a site's set: usual Traditional characters only, always, never quoted.

    Who explains single characters explains rare ones, quotes them, does so once, in a short text, or explains
    whole words with characters that both scripts share.
    """
    counts = Counter(text)
    total = sum(found.values())
    always = all(counts[one[0]] == times for one, times in found.items())
    costs = sorted(char_cost(simplified_of(char)) for char in readings)
    usual = all(cost <= _USUAL for cost in costs)
    known = sum(cost <= _KNOWN for cost in costs)
    several = total > len(costs) >= 2 or (known >= 2 and len(costs) >= 3) or (known and total >= _OFTEN)
    long = sum(map(is_han, text)) >= (_LONG if len(costs) < _OFTEN else _SHORT)
    return (
        total >= 3
        and len(readings) == len(found)
        and always
        and usual
        and bool(several or is_narrowed(text, 1))
        and long
        and not _quotes(text)
    )


def _quotes(text: str) -> bool:
    """Tell whether a character stands quoted with its reading, as those that are talked about."""
    return _QUOTED.search(text) is not None


def _every_one(text: str, readings: dict[str, str]) -> bool:
    """Tell whether the characters are annotated wherever they stand (a slip may hide a few)."""
    counts = Counter(text)
    bare = sum(counts[char] - text.count(f"{char}({syllable})") for char, syllable in readings.items())
    return bare <= 1 + 0.02 * sum(counts[char] for char in readings)
