"""All byte slips of a page: where to search, and how much to ask of a solution."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from crawler.text.repair import proof
from crawler.text.repair.conversion import is_converted
from crawler.text.repair.language import char_cost, cost
from crawler.text.repair.lattice import Ways, Window
from crawler.text.repair.mending import Mend, line_start, mend
from crawler.text.repair.pairs import Affinity
from crawler.text.repair.patterns import READING
from crawler.text.repair.search import Budget, Page
from crawler.text.repair.signs import in_simplified, is_simplified_only, is_traditional_only, simplified_of
from crawler.text.repair.slip import slip_ways
from crawler.text.repair.suspicion import slip_sites

_DOUBT = 8.0  # nats against a slip in a page that has shown no damage
_GAIN = 16.0  # nats that a slip must win by in such a page
_LABEL = 6.0  # nats more for a colon that looks like a label's
_LONG_LABEL = 8  # characters
_SURE_GAIN = 1.0  # nats that a slip must win by in a damaged page
_RUN = re.compile(r"[^\x00-\x7f]{1,6}")
_LETTER = re.compile(rf"[@-~](?:[^\x00-\x7f]|{READING})")
_OFTEN = (
    "?:;"  # signs whose bytes begin frequent characters (BFxx, BAxx, BBxx), so that short slips are usual
)
_AFTER_SIGN = re.compile(rf"[^\n]?[{_OFTEN}](?:[^\x00-\x7f]{{0,10}})")
_BAD = 8.0  # nats for each character; prose has about 5, and 98 of 100 stretches of it less than this

_WORSE = 9.0  # the same behind a sign whose bytes begin no usual character
_AT_HOME = (
    6.0  # nats that a sign costs at most where it is sure; 1 of 30 slips that leave no other trace costs less
)


def page_of(text: str, readings: Mapping[str, str], ways: Ways, budget: Budget) -> Page:
    """Say what a text as a whole tells a search: its script, its words, the characters it always annotates.

    What follows the signs that most slips leave is no evidence of the page's words.
    """
    intact = _AFTER_SIGN.sub("\n", text)
    if not is_converted(text):
        return Page(
            ways, 0.0, str, lambda char: not is_traditional_only(char), readings, Affinity(intact), budget
        )
    affinity = Affinity(in_simplified(intact))
    return Page(ways, 0.0, simplified_of, _of_script(frozenset(intact)), readings, affinity, budget)


def _of_script(standing: frozenset[str]) -> Callable[[str], bool]:
    """What a page may hold whose characters were converted one by one: one counterpart for each Simplified one."""
    taken = frozenset(map(simplified_of, standing))

    def fits(char: str) -> bool:
        return char in standing or not (is_simplified_only(char) or simplified_of(char) in taken)

    return fits


def find_slips(
    text: str, signs: str, readings: Mapping[str, str], damaged: bool, budget: Budget
) -> list[Mend]:
    """Return the slips of a page in order; in a damaged page, or after the first, the others need less proof."""
    sites = slip_sites(text)
    if not damaged and not sites:
        return []
    page = page_of(text, readings, slip_ways(signs), budget)
    if not damaged and not any(_search(text, replace(page, doubt=_DOUBT), signs, sites, _GAIN)):
        return []
    return list(_search(text, page, signs, [at for at, char in enumerate(text) if char in signs], _SURE_GAIN))


def _is_doubtful(text: str, site: int, page: Page) -> bool:
    """Tell whether what follows a sign reads so badly, or is so short, that a search is worth its time."""
    if _is_label(text, site):
        return _reads_badly(text, site, page)
    if text[site] in _OFTEN and not _is_at_home(text, site, page):
        return True
    return bool(_LETTER.match(text, site + 1)) or _reads_badly(text, site, page)


def _is_at_home(text: str, site: int, page: Page) -> bool:
    """Tell whether a sign is so likely between its neighbours that nothing else will have stood there."""
    sign = text[site]
    line = text[line_start(text, site) : site]
    if sign == "?" and not Window(line, {}, "").asks(len(line)):
        return False
    before = page.plain(text[site - 1 : site]) or "\n"
    after = page.plain(text[site + 1 : site + 2]) or "\n"
    return char_cost(sign) - page.affinity(before, sign) - page.affinity(sign, after) < _AT_HOME


def _reads_badly(text: str, site: int, page: Page) -> bool:
    run = _RUN.match(text, site + 1)
    plain = "".join(map(page.plain, run[0])) if run else ""
    return cost(plain) > (_BAD if text[site] in _OFTEN else _WORSE) * len(plain)


def _is_label(text: str, site: int) -> bool:
    """Tell whether a colon ends a label, 记者: or 重庆黔江:, at the beginning of a line or behind white space."""
    before = text[line_start(text, site) : site].split()[-1:] if text[site] == ":" else []
    return bool(before) and len(before[0]) <= _LONG_LABEL and not any(map(before[0].__contains__, "，。,"))


def _search(text: str, page: Page, signs: str, sites: list[int], gain: float) -> Iterator[Mend]:
    last: Mend | None = None
    for site in sites:
        if (last and site < last.end) or text[site] not in signs:
            continue
        if not (_reads_badly if page.doubt else _is_doubtful)(text, site, page):
            continue
        found = mend(text, site, last, page, gain + _LABEL * _is_label(text, site), _proved)
        if found is not None:
            yield found
            last = found


def _proved(before: str, original: str, after: str, found: str, marks: str) -> bool:
    """Only the signs that slipped are narrowed: of the others the page may have none."""
    return proof.narrow(before[-1:] + original + after[:1], marks) == before[-1:] + found + after[:1]
