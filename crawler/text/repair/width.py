"""Narrowed punctuation: full-width signs that became their ASCII counterparts, 成都,重庆 for 成都，重庆."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.text.repair.signs import NARROW, PUNCTUATION, WIDE, is_han

_CLOSED = frozenset("，。、；：？！“”‘’（）《》【】…—　％")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Widening:
    """The sign at `at` becomes wide; certain where Chinese text stands on both sides."""

    at: int
    certain: bool


def _chinese(char: str) -> bool:
    return bool(char) and (is_han(char) or char in _CLOSED or char in NARROW)


def _pairs(text: str) -> dict[int, int]:
    """Match ASCII parentheses within a paragraph: opening -> closing."""
    stack: list[int] = []
    pairs: dict[int, int] = {}
    for at, char in enumerate(text):
        if char == "(":
            stack.append(at)
        elif char == ")" and stack:
            pairs[stack.pop()] = at
        elif text.startswith("\n\n", at):
            stack.clear()
    return pairs


def _neighbours(text: str, at: int) -> tuple[str, str]:
    """The characters before and after a sign; a parenthesis between them and the sign is looked through.

    Behind a sign a number is, too: 今年:3月, and 45:6－7 where the sign behind it is wide. A parenthesis that is the
    only one of its pair may stand on a line of its own.
    """
    between = "()\n" if text[at] in "()" else "()"
    before, after = at - 1, at + 1
    while before >= 0 and text[before] in between:
        before -= 1
    while after < len(text) and text[after] in between:
        after += 1
    number = _DIGITS.match(text, after)
    if number and number.end() < len(text):
        wide = text[number.end()] in NARROW
        after = number.end() if wide or not text[max(0, before) : before + 1].isdigit() else after
    return text[before] if before >= 0 else "", text[after] if after < len(text) else ""


def widenings(text: str, signs: str = PUNCTUATION) -> Iterator[Widening]:
    """Return the ASCII signs of a damaged text that were wide, in order.

    A sign was wide where Chinese text touches it; parentheses go by pairs, by what they hold and follow.
    """
    pairs = _pairs(text)
    paired = {at for both in pairs.items() for at in both}
    wide = {at for both in pairs.items() if _holds_chinese(text, *both) for at in both}
    for at, char in enumerate(text):
        if char not in signs:
            continue
        before, after = _neighbours(text, at)
        touches = at in wide if at in paired else _chinese(before) or _chinese(after)
        if touches:
            yield Widening(at, _chinese(before) and _chinese(after))


def _holds_chinese(text: str, opening: int, closing: int) -> bool:
    around = text[opening - 1 : opening] + text[closing + 1 : closing + 2] + text[opening + 1 : closing]
    return any(map(_chinese, around))


def widen(sign: str) -> str:
    """Return the full-width counterpart of an ASCII sign."""
    return WIDE[sign]


def standing_wide(text: str) -> set[str]:
    """Return the ASCII counterparts of the full-width signs that a text still holds."""
    return {NARROW[char] for char in set(text) if char in NARROW}
