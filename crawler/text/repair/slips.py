"""All byte slips of a page: where to search, and which solutions to believe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from crawler.text.repair.conversion import is_converted
from crawler.text.repair.draft import Edit
from crawler.text.repair.language import cost
from crawler.text.repair.signs import PUNCTUATION, is_simplified_only, is_traditional_only, simplified_of
from crawler.text.repair.slip import WINDOW, Original, Page, Search
from crawler.text.repair.suspicion import slip_sites

_CONTEXT = 6  # characters on either side that a solution is judged with
_DOUBT = 8.0  # nats against a slip in a page that has shown none
_GAIN = 12.0  # nats that a first slip must win by


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


def page_of(text: str, readings: Mapping[str, str], signs: str = PUNCTUATION) -> Page:
    """Say what a text as a whole tells a search: its script, and the characters that it always annotates."""
    if is_converted(text):
        standing = frozenset(text)
        return Page(
            signs,
            _DOUBT,
            simplified_of,
            lambda c: c not in readings and (not is_simplified_only(c) or c in standing),
        )
    return Page(signs, _DOUBT, str, lambda c: not is_traditional_only(c))


def find_slips(text: str, page: Page) -> list[Slip]:
    """Return the slips of a page in order; after the first believed one the others need less proof."""
    slips = list(_search(text, page, slip_sites(text), _GAIN))
    if slips:
        sites = [at for at, char in enumerate(text) if char in page.signs]
        slips = list(_search(text, replace(page, penalty=1.0), sites, 0.5))
    return slips


def _search(text: str, page: Page, sites: list[int], gain: float) -> Iterator[Slip]:
    done = 0
    for site in sites:
        if site < done:
            continue
        slip = _solve(text, page, site, done, gain)
        if slip is not None:
            yield slip
            done = slip.end


def _solve(text: str, page: Page, site: int, done: int, gain: float) -> Slip | None:
    start = max(text.rfind("\n", 0, site) + 1, done, site - _CONTEXT)
    line_end = text.find("\n", site)
    end = min(len(text) if line_end < 0 else line_end, site + WINDOW)
    _, path = Search(text[start:end], site - start, page).run()
    group = _first_group(path)
    if not group or group[0].start != site - start:
        return None
    return _judge(text, page, start, path, group, gain)


def _first_group(path: tuple[Original, ...]) -> tuple[Original, ...]:
    """The originals of the first slip of a path: from its sign to where the bytes fall into step again."""
    first = next((i for i, one in enumerate(path) if one.step.slips), None)
    if first is None:
        return ()
    last = first
    while path[last].step.to[1]:
        last += 1
    return path[first : last + 1]


def _judge(
    text: str, page: Page, start: int, path: tuple[Original, ...], group: tuple[Original, ...], gain: float
) -> Slip | None:
    left, right = start + group[0].start, start + group[-1].end
    original = "".join(one.char for one in group)
    before, after = text[max(start, left - _CONTEXT) : left], text[right : right + _CONTEXT].split("\n")[0]
    as_found = cost("".join(map(page.plain, before + text[left:right] + after)))
    mended = cost("".join(map(page.plain, before + original + after)))
    if as_found - mended < gain:
        return None
    signs = "".join(text[start + one.start] for one in group if one.step.slips)
    return Slip(left, right, original, signs, ())
