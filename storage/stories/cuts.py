"""PURE what a republication cut and added: sentences of one text that the other does not have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storage.diff.sentences import split_paragraph
from storage.stories.text import grams_of

#: A sentence is kept when the other text has at least this part of its 3-grams.
_KEPT = 0.5


@dataclass(frozen=True, slots=True)
class Difference:
    """Sentences as they stand in the text that has them, in its order; moved and reworded ones are in neither."""

    cut: tuple[str, ...]
    added: tuple[str, ...]


def cut_and_added(first: Sequence[str], later: Sequence[str]) -> Difference:
    """Compare the bodies (paragraphs) of a story's first article and of a later one."""
    return Difference(tuple(_without(first, later)), tuple(_without(later, first)))


def _without(body: Sequence[str], other: Sequence[str]) -> Iterator[str]:
    """Yield the sentences of a body that another does not have."""
    known = grams_of("".join(other))
    for paragraph in body:
        for sentence, _ in split_paragraph(paragraph):
            grams = grams_of(sentence)
            if grams and len(grams & known) < _KEPT * len(grams):
                yield sentence.strip()
