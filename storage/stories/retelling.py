"""PURE what each member of a story is to the members before it, and what it cut and added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.records import Reading
from storage.stories.cuts import cut_and_added
from storage.stories.relation import Label, relate
from storage.stories.text import read_text


@dataclass(frozen=True, slots=True)
class Retelling:
    """A later member beside an earlier one: `of` is that one's place in the story, 0 for the first.

    `label` may say that they have nothing more in common: both may have been edited since.
    """

    of: int
    label: Label
    cut: tuple[str, ...]
    added: tuple[str, ...]


def retellings(members: Sequence[Reading]) -> tuple[Retelling, ...]:
    """Compare each member but the first, in the order first seen.

    It is compared with the first; where that tells another story (a third member may have brought them
    together), with the earliest that tells the same.
    """
    return tuple(_retelling(members[:at], members[at]) for at in range(1, len(members)))


def _retelling(earlier: Sequence[Reading], later: Reading) -> Retelling:
    text = read_text(later.canonical)
    first = relate(read_text(earlier[0].canonical), text)
    of, relation = 0, first
    for at, member in enumerate(earlier[1:], start=1):
        if relation.same_story:
            break
        of, relation = at, relate(read_text(member.canonical), text)
    if not relation.same_story:
        of, relation = 0, first
    difference = cut_and_added(earlier[of].fields.body, later.fields.body)
    return Retelling(of, relation.label, difference.cut, difference.added)
