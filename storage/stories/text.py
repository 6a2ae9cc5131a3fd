"""PURE a canonical text made ready for matching: its 3-grams, and its facts when they are asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from storage.stories.facts import Facts, facts_of

#: All but what `str.isalnum` takes, which is what `\w` takes but for the underscore.
_NO_LETTERS = re.compile(r"[\W_]+")
#: Characters in a gram: 2-grams are too common in Chinese news, 5-grams break at every edit.
GRAM = 3
#: Characters of a text that are compared, some 110 bytes each: three times the longest of news. One of a million took
#: 138 MB. A text of more than the second number is made anew each time.
MOST_COMPARED, MOST_KEPT = 50_000, 8_000


@dataclass(frozen=True)
class Text:
    """A canonical text (title, subtitle, body, a line each) and what is compared of it."""

    canonical: str

    @cached_property
    def grams(self) -> frozenset[str]:
        """All runs of three letters or digits, over punctuation and space; of a shorter text, itself."""
        return grams_of(self.canonical)

    @cached_property
    def facts(self) -> Facts:
        """Its numbers and names. The title is left out: every site writes its own."""
        return facts_of(self.canonical.partition("\n")[2])


def read_text(canonical: str) -> Text:
    """Make a Text of the beginning, as far as it is compared. The last ones are kept, but for very long ones.

    The pages of one story, or of one template, come close together.
    """
    return _kept(canonical) if len(canonical) <= MOST_KEPT else Text(canonical[:MOST_COMPARED])


@lru_cache(maxsize=128)
def _kept(canonical: str) -> Text:
    return Text(canonical)


def letters(text: str) -> str:
    """Return the letters, digits and Chinese characters of a text, run together."""
    return _NO_LETTERS.sub("", text)


def grams_of(text: str) -> frozenset[str]:
    """Return the set of the text's 3-grams."""
    plain = letters(text)
    if len(plain) < GRAM:
        return frozenset([plain] if plain else ())
    return frozenset([plain[at : at + GRAM] for at in range(len(plain) - GRAM + 1)])
