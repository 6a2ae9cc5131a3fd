"""Words and their parts of speech, each at its place in the text."""

from __future__ import annotations

from typing import NamedTuple

from storage.segment import tag


class Word(NamedTuple):
    """A word, its span, its part of speech in the ICTCLAS tags (nr person, ns place, nt body, v, d …)."""

    start: int
    end: int
    text: str
    tag: str


def words_of(text: str) -> list[Word]:
    """Cut a text into words."""
    words: list[Word] = []
    at = 0
    for part, kind in tag(text):
        words.append(Word(at, at + len(part), part, kind))
        at += len(part)
    return words
