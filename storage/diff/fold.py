"""Fold a text for comparison and remember which character each folded one came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

Fold = Callable[[str], str]

#: First and last of: controls, soft hyphen, joiners and direction marks, Mongolian and other variation
#: selectors, zero-width space, word joiner and invisible operators, byte order mark.
_UNSEEN_RANGES = (
    *((0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C)),
    *(
        (0x180B, 0x180F),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x206F),
        (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF),
    ),
)
#: White space and the characters that are drawn with no width.
UNSEEN = frozenset(
    [chr(code) for code in range(0x3001) if chr(code).isspace()]
    + [chr(code) for first, last in _UNSEEN_RANGES for code in range(first, last + 1)]
)
_FOLDED = {**{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}, **dict.fromkeys(map(ord, UNSEEN))}


def width_fold(text: str) -> str:
    """Make full-width ASCII half-width; drop white space and zero-width characters."""
    return text.translate(_FOLDED)


class Folded(NamedTuple):
    """A text, its folded form, and for each folded character the index of the one it came from."""

    text: str
    key: str
    origin: Sequence[int]

    def exact(self, start: int, end: int) -> str:
        """Return the exact text of the folded span; unseen characters belong to the span before them."""
        first = self.origin[start] if 0 < start < len(self.key) else (0 if start <= 0 else len(self.text))
        last = self.origin[end] if 0 < end < len(self.key) else (0 if end <= 0 else len(self.text))
        return self.text[first:last]


def folded(text: str, fold: Fold) -> Folded:
    """Fold a text as a whole where that keeps characters one to one, else character by character.

    The fold of the whole is better: what a Traditional character becomes can depend on its neighbours.
    """
    key = fold(text)
    if len(key) == len(text):
        return Folded(text, key, range(len(text)))
    seen = [at for at, char in enumerate(text) if char not in UNSEEN]
    if len(key) == len(seen):
        return Folded(text, key, seen)
    if len(key) - key.count(" ") == len(seen):
        return Folded(text, key, _with_spaces(key, seen))
    parts = [(at, fold(char)) for at, char in enumerate(text)]
    origin = [at for at, part in parts for _ in part]
    return Folded(text, "".join(part for _, part in parts), origin)


def _with_spaces(key: str, seen: Sequence[int]) -> list[int]:
    """Place the spaces that the fold kept right after the character before them."""
    origin: list[int] = []
    characters = iter(seen)
    for char in key:
        origin.append(origin[-1] + 1 if char == " " and origin else next(characters))
    return origin
