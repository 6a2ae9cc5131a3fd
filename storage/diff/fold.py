"""Fold a text for comparison and remember which character each folded one came from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Fold = Callable[[str], str]

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
#: White space and the characters that are drawn with no width: soft hyphen, zero-width space and joiners,
#: direction marks, word joiner, byte order mark, variation selectors.
_UNSEEN = re.compile(
    "[\\s\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]+"
)


def width_fold(text: str) -> str:
    """Make full-width ASCII half-width; drop white space and zero-width characters."""
    return _UNSEEN.sub("", text).translate(_WIDTH)


@dataclass(frozen=True, slots=True)
class Folded:
    """A text, its folded form, and for each folded character the index of the one it came from."""

    text: str
    key: str
    origin: tuple[int, ...]

    def exact(self, start: int, end: int) -> str:
        """Return the exact text of the folded span; unseen characters belong to the span before them."""
        first = self.origin[start] if 0 < start < len(self.key) else (0 if start <= 0 else len(self.text))
        last = self.origin[end] if 0 < end < len(self.key) else (0 if end <= 0 else len(self.text))
        return self.text[first:last]


def folded(text: str, fold: Fold) -> Folded:
    """Fold a text as a whole where that keeps its characters one to one, else character by character.

    The whole is better: what a Traditional character becomes can depend on its neighbours.
    """
    seen = [at for at, char in enumerate(text) if not _UNSEEN.match(char)]
    key = fold(text)
    if len(key) == len(seen):
        return Folded(text, key, tuple(seen))
    parts = [(at, fold(char)) for at, char in enumerate(text)]
    origin = tuple(at for at, part in parts for _ in part)
    return Folded(text, "".join(part for _, part in parts), origin)
