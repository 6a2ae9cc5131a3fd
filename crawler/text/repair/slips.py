"""All byte slips of a page: where to search, and which solutions to believe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from crawler.text.repair import proof
from crawler.text.repair.annotation import READING, without_readings
from crawler.text.repair.conversion import is_converted
from crawler.text.repair.draft import Edit
from crawler.text.repair.language import cost
from crawler.text.repair.pairs import Affinity
from crawler.text.repair.signs import is_simplified_only, is_traditional_only, simplified_of
from crawler.text.repair.slip import WINDOW, Original, Page, Search, Window
from crawler.text.repair.suspicion import slip_sites

_CONTEXT = 6  # characters on either side that a solution is judged with
_DOUBT = 8.0  # nats against a slip in a page that has shown no damage
_GAIN = 12.0  # nats that a slip must win by in such a page
_RUN = re.compile(r"[^\x00-\x7f]{1,6}")
_LETTER = re.compile(rf"[@-~](?:[^\x00-\x7f]|{READING})")
_OFTEN = "?:;"  # signs whose bytes begin frequent characters (BFxx, BAxx, BBxx), so that short slips are usual
_AFTER_SIGN = re.compile(rf"[^\n]?[{_OFTEN}](?:[^\x00-\x7f]{{0,10}})")
_BAD = 6.5  # nats for each character, in prose about 5


@dataclass(frozen=True, slots=True)
class Slip:
    """One mended slip: the found characters start:end, their original, and its rivals."""

    start: int
    end: int
    original: str
    signs: str
    alternatives: tuple[str, ...]

    @property
    def edit(self) -> Edit:
        """The slip as an edit of the text it was found in."""
        return Edit(self.start, self.end, self.original)


def _undamaged(text: str) -> str:
    """Leave out what follows the signs that most slips leave."""
    return _AFTER_SIGN.sub("\n", text)


def page_of(text: str, readings: Mapping[str, str], signs: str) -> Page:
    """Say what a text as a whole tells a search: its script, its words, the characters it always annotates."""
    if is_converted(text):
        standing = frozenset(text)
        affinity = Affinity("".join(map(simplified_of, _undamaged(text))))
        return Page(
            signs, _DOUBT, simplified_of, lambda c: not is_simplified_only(c) or c in standing, readings, affinity
        )
    return Page(signs, _DOUBT, str, lambda c: not is_traditional_only(c), readings, Affinity(_undamaged(text)))


def find_slips(text: str, page: Page, damaged: bool) -> list[Slip]:
    """Return the slips of a page in order; in a damaged page, or after the first, the others need less proof."""
    if not damaged and not any(_search(text, page, slip_sites(text), _GAIN)):
        return []
    sites = [at for at, char in enumerate(text) if char in page.signs]
    return list(_search(text, replace(page, doubt=0.0), sites, 0.0))


def _is_doubtful(text: str, site: int, page: Page) -> bool:
    """Tell whether what follows a sign reads so badly, or is so short, that a search is worth its time."""
    if text[site] in _OFTEN or _LETTER.match(text, site + 1):
        return True
    run = _RUN.match(text, site + 1)
    plain = "".join(map(page.plain, run[0])) if run else ""
    return cost(plain) > _BAD * len(plain)


def _search(text: str, page: Page, sites: list[int], gain: float) -> Iterator[Slip]:
    done = 0
    for site in sites:
        if site < done or not _is_doubtful(text, site, page):
            continue
        slip = _solve(text, page, site, done, gain)
        if slip is not None:
            yield slip
            done = slip.end


def _solve(text: str, page: Page, site: int, done: int, gain: float) -> Slip | None:
    start = max(text.rfind("\n", 0, site) + 1, done, site - _CONTEXT)
    line_end = text.find("\n", site)
    end = min(len(text) if line_end < 0 else line_end, site + WINDOW)
    items, said, places = without_readings(text[start:end]) if page.readings else (text[start:end], {}, [])
    places = places or list(range(end - start))
    if site - start not in places:
        return None  # a parenthesis of an annotation
    sentence = text[max(0, start - 40) : start]
    stop = max(sentence.rfind(sign) for sign in "。！？!?\n")
    search = Search(Window(items, said, sentence[-1:] or "\n", sentence[stop + 1 :]), page)
    mended, path, last = search.run(places.index(site - start))
    as_found, _, _ = search.run(-1, last)
    group = _group(path)
    if not group or as_found - mended < gain:
        return None
    slip = _slip(text, start, group, places)
    before, after = text[max(start, slip.start - _CONTEXT) : slip.start], text[slip.end : min(end, slip.end + _CONTEXT)]
    return slip if _proved(before, slip.original, after, text[slip.start : slip.end], slip.signs) else None


def _group(path: tuple[Original, ...]) -> tuple[Original, ...]:
    """The originals of the slip of a path: from its sign to where the bytes fall into step again."""
    first = next((i for i, one in enumerate(path) if one.step.slips), None)
    if first is None:
        return ()
    last = first
    while path[last].step.to[1]:
        last += 1
    return path[first : last + 1]


def _slip(text: str, start: int, group: tuple[Original, ...], places: list[int]) -> Slip:
    signs = "".join(text[start + places[one.start]] for one in group if one.step.slips)
    original = "".join(one.char for one in group)
    return Slip(start + places[group[0].start], start + places[group[-1].end - 1] + 1, original, signs, ())


def _proved(before: str, original: str, after: str, found: str, signs: str) -> bool:
    return proof.narrow(before + original + after, signs) == before + found + after
