"""PURE: what a comparison may cost: beyond it, it is coarser. Its steps cost as much as the product of two lengths.

A body of a million short sentences against another took hours, one sentence of a million characters more memory than
there is. Articles of news have a tenth of what is compared in full here. All limits together: a second or two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

#: Characters of a body, and sentences of both bodies together, that are compared sentence by sentence.
MOST_CHARACTERS, MOST_SENTENCES = 100_000, 5_000
#: Pairs of sentences, and of their characters, that are looked at in one comparison for those that are alike.
MOST_SENTENCE_PAIRS, MOST_ALIKE = 500_000, 500_000_000
#: Pairs of characters within sentences that were edited.
MOST_CHARACTER_PAIRS = 20_000_000
#: Pairs of paragraphs among which those that stayed are sought.
MOST_PARAGRAPH_PAIRS = 25_000_000
_END = re.compile("[。！？!?｡]+")


class Effort:
    """What one comparison may still cost."""

    def __init__(self) -> None:
        self._sentences, self._alike, self._characters = MOST_SENTENCE_PAIRS, MOST_ALIKE, MOST_CHARACTER_PAIRS

    def covers_bodies(self, old: Sequence[str], new: Sequence[str]) -> bool:
        """Tell whether these paragraphs may be compared sentence by sentence, and count it."""
        if max(_length(old), _length(new)) > MOST_CHARACTERS:
            return False
        if _sentences(old) + _sentences(new) > MOST_SENTENCES:
            return False
        head, tail = common_ends(old, new)
        a, b = old[head : len(old) - tail], new[head : len(new) - tail]
        pairs, alike = _sentences(a) * _sentences(b), _length(a) * _length(b)
        if pairs > self._sentences or alike > self._alike:
            return False
        self._sentences -= pairs
        self._alike -= alike
        return True

    def covers_texts(self, old: int, new: int) -> bool:
        """Tell whether texts of so many characters may be compared token by token, and count it."""
        if old * new > self._characters:
            return False
        self._characters -= old * new
        return True


def common_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many paragraphs are the same at the beginning and, of the others, at the end."""
    head = _common(old, new)
    return head, _common(old[head:][::-1], new[head:][::-1])


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(old), len(new)))


def _length(paragraphs: Sequence[str]) -> int:
    return sum(map(len, paragraphs))


def _sentences(paragraphs: Sequence[str]) -> int:
    """How many sentences these paragraphs have, or a few less."""
    return sum(max(1, len(_END.findall(paragraph))) for paragraph in paragraphs)
