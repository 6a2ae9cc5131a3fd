"""Mend one damaged place of a text: the window around it, its original, and the rivals of that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from heapq import nsmallest

from crawler.text.repair.annotation import without_readings
from crawler.text.repair.draft import Edit
from crawler.text.repair.language import char_cost, cost
from crawler.text.repair.lattice import Original, Window
from crawler.text.repair.search import Page, Search

_BEFORE = 6  # characters before a place that a window holds
_BEHIND = 48  # and from the place on
_SENTENCE = 40  # characters before a window that are looked at for the beginning of its sentence
_NEAR = 3  # characters on either side that rivals are compared with
_LOOKED_AT = 12  # choices for a dropped byte that are compared
_RIVALS = 5  # alternatives told for each dropped byte
_EDGES = "\n\x00"  # what ends a line: `\x00` stands for markup

#: Does damage to the original, between what stands before and after, give what was found there (with these marks)?
Proof = Callable[[str, str, str, str, str], bool]


@dataclass(frozen=True, slots=True)
class Mend:
    """The found characters start:end are what became of `original`; `marks` are the signs that damage left.

    `alternatives` are other originals that damage to the same; without any, nothing was chosen.
    """

    start: int
    end: int
    original: str
    marks: str
    alternatives: tuple[str, ...]

    @property
    def edit(self) -> Edit:
        """The mend as an edit of the text it was found in."""
        return Edit(self.start, self.end, self.original)


def line_start(text: str, at: int) -> int:
    """Return where the line of a character begins."""
    return max(text.rfind(edge, 0, at) for edge in _EDGES) + 1


def line_end(text: str, at: int, limit: int) -> int:
    """Return where the line of a character ends, or `limit` where that comes first."""
    ends = (text.find(edge, at, limit) for edge in _EDGES)
    return min((end for end in ends if end >= 0), default=min(limit, len(text)))


def mend(text: str, site: int, after: Mend | None, page: Page, gain: float, proved: Proof) -> Mend | None:
    """Return the original of the damage that begins at a site, where it wins by `gain` nats and can be proved.

    `after` is the last mend before, whose original is the better context.
    """
    start = max(line_start(text, site), site - _BEFORE, after.end if after else 0)
    end = line_end(text, site, site + _BEHIND)
    items, said, places = without_readings(text[start:end]) if page.readings else (text[start:end], {}, [])
    places = places or list(range(end - start))
    if site - start not in places:
        return None  # a parenthesis of an annotation
    found = Search(_window(text, start, items, said, after), page).run(places.index(site - start))
    path = found.characters
    group = _group(path)
    if not group or found.gain < gain:
        return None
    left, right = start + places[path[group[0]].start], start + places[path[group[-1]].end - 1] + 1
    original = "".join(path[i].char for i in group)
    marks = "".join(text[start + places[path[i].start]] for i in group if path[i].step.slips)
    if not proved(text[start:left], original, text[right:end], text[left:right], marks):
        return None
    return Mend(left, right, original, marks, _rivals(path, group, page))


def _window(text: str, start: int, items: str, said: dict[int, str], after: Mend | None) -> Window:
    sentence = text[max(0, start - _SENTENCE) : start]
    stop = max(sentence.rfind(sign) for sign in "。！？!?" + _EDGES)
    before = after.original[-1] if after and after.end == start else sentence[-1:]
    return Window(items, said, before or "\n", sentence[stop + 1 :])


def _group(path: tuple[Original, ...]) -> range:
    """The originals of the damage on a path: from its first sign to where the bytes fall into step again."""
    first = next((i for i, one in enumerate(path) if one.step.slips), None)
    if first is None:
        return range(0)
    last = first
    while path[last].step.to[1]:
        last += 1
    return range(first, last + 1)


def _rivals(path: tuple[Original, ...], group: range, page: Page) -> tuple[str, ...]:
    """The likeliest other originals, each with one dropped byte chosen otherwise."""
    characters = [one.char for one in path]
    found: list[tuple[float, str]] = []
    for i in group:
        if not path[i].step.lost:
            continue
        choices = [char for char in path[i].step.choices if char != characters[i] and page.fits(char)]
        before = page.plain(characters[i - 1]) if i else ""
        rivals = nsmallest(_LOOKED_AT, choices, key=partial(_alone, page, before))
        near = range(max(0, i - _NEAR), min(len(path), i + _NEAR + 1))
        scored = sorted(
            (_price(page, [*characters[:i], char, *characters[i + 1 :]], near, i), char) for char in rivals
        )
        for price, char in scored[:_RIVALS]:
            found.append(
                (price, "".join([*characters[group[0] : i], char, *characters[i + 1 : group[-1] + 1]]))
            )
    return tuple(original for _, original in sorted(found)[: 2 * _RIVALS])


def _alone(page: Page, before: str, char: str) -> float:
    plain = page.plain(char)
    return char_cost(plain) - page.affinity(before, plain)


def _price(page: Page, characters: list[str], near: range, at: int) -> float:
    plain = [page.plain(characters[i]) for i in near]
    place = at - near[0]
    liking = sum(page.affinity(plain[i], plain[i + 1]) for i in (place - 1, place) if 0 <= i < len(plain) - 1)
    return cost("".join(plain)) - liking
