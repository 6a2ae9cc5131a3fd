"""PURE numbers and names of a text, and where they stand: what parts a republication from a filled-in template.

A *slot* is the words around a number or a name, with numbers and names near by left out: 最高气温◇℃. Two texts
agree in a slot when they fill it with a common value, and conflict when they do not. A republication keeps the
values, whatever else it cuts, adds or moves; the next day's page of the same template has new ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from storage.diff.lexicon import COMPOUND_SURNAMES, SURNAMES
from storage.segment import tag

#: Parts of speech (ICTCLAS) of places and bodies; of these and of persons.
_PLACE_TAGS = frozenset({"ns", "nt"})
_NAME_TAGS = frozenset({"nr", "nrt", "nrfg"}) | _PLACE_TAGS
_SURNAME = f"(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}])"
_STARTS_WITH_SURNAME = re.compile(_SURNAME)
#: One of a list of persons: the segmenter knows no rare names, but a surname between commas is one.
_LISTED = re.compile(rf"(?<=[、，：（和]){_SURNAME}[\u4e00-\u9fff]{{1,2}}(?=[、，）等和])")
_HAN_DIGITS = "零〇一二三四五六七八九十百千万亿两"
_DAY = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日")
#: The look-ahead only makes it quick.
_NUMBER = re.compile(
    rf"(?=[-\d{_HAN_DIGITS}])(?:{_DAY.pattern}|-?\d+(?:[.,:/]\d+)*%?[万亿千百]*|[{_HAN_DIGITS}]{{2,}})"
)
#: A conflict of days weighs as much as so many others: a correction hardly ever changes the day.
_DAY_WEIGHT = 3
#: Marks a fact in the words around another.
_HOLE = "◇"
#: Characters of a slot before and behind its fact.
_BEFORE, _BEHIND = 4, 2
_UNSEEN = re.compile(r"[^\w◇]+")


@dataclass(frozen=True, slots=True)
class Facts:
    """`slots` are the values by the words around them; `values` are all values, numbers with their measure."""

    slots: Mapping[str, frozenset[str]]
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Conflict:
    """One slot that two texts fill differently: the words around, and the values of each."""

    slot: str
    first: tuple[str, ...]
    later: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two texts' facts say: slots in which they agree, conflicts, and the share of values in common.

    `shared` is the part of the values of the text that has fewer of them; `fewer` is how many those are.
    """

    agreed: int
    conflicting: int
    conflicts: tuple[Conflict, ...]
    shared: float
    fewer: int

    @property
    def conflict_share(self) -> float:
        """The weight of conflicts by that of all values in slots that both texts have; 0 where there are none."""
        weight = self.agreed + self.conflicting
        return self.conflicting / weight if weight else 0.0


def facts_of(text: str) -> Facts:
    """Find the numbers and names of a text and the words around them."""
    text = text.replace(_HOLE, "")
    spans = list(_spans(text))
    masked = _mask(text, spans)
    holes = (match.start() for match in re.finditer(_HOLE, masked))
    slots: dict[str, set[str]] = {}
    values = set()
    for (start, end), hole in zip(spans, holes, strict=True):
        value = text[start:end]
        behind = masked[hole + 1 : hole + 1 + _BEHIND]
        slots.setdefault(f"{masked[max(0, hole - _BEFORE) : hole]}{_HOLE}{behind}", set()).add(value)
        values.add(value + behind[:1] if _NUMBER.fullmatch(value) else value)
    return Facts({slot: frozenset(found) for slot, found in slots.items()}, frozenset(values))


def compare_facts(first: Facts, later: Facts) -> Comparison:
    """Set two texts' facts against each other."""
    agreed = conflicting = 0
    conflicts = []
    for slot in first.slots.keys() & later.slots.keys():
        here, there = first.slots[slot], later.slots[slot]
        common = here & there
        apart = min(len(here), len(there)) - len(common)
        agreed += len(common)
        if apart:
            conflict = Conflict(slot, tuple(sorted(here - there)), tuple(sorted(there - here)))
            conflicts.append(conflict)
            days = all(map(_DAY.fullmatch, (*conflict.first, *conflict.later)))
            conflicting += _DAY_WEIGHT if days else apart
    fewer = min(len(first.values), len(later.values))
    shared = len(first.values & later.values) / fewer if fewer else 1.0
    return Comparison(agreed, conflicting, tuple(sorted(conflicts, key=_by_slot)), shared, fewer)


def _by_slot(conflict: Conflict) -> str:
    return conflict.slot


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of numbers and names, in order; none overlap."""
    numbers = [match.span() for match in _NUMBER.finditer(text)]
    names = [*_names(text), *(match.span() for match in _LISTED.finditer(text))]
    taken = 0
    for start, end in sorted(numbers + names):
        if start >= taken:
            yield start, end
            taken = end


def _names(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for word, kind in tag(text):
        end = at + len(word)
        if kind in _NAME_TAGS and end - at > 1 and (kind in _PLACE_TAGS or _STARTS_WITH_SURNAME.match(word)):
            yield at, end
        at = end


def _mask(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the text without punctuation, a hole for each span."""
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        pieces += (text[at:start], _HOLE)
        at = end
    return _UNSEEN.sub("", "".join((*pieces, text[at:])))
