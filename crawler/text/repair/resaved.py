"""GBK pages that were read as GB2312 and saved again: the bytes that GB2312 lacks became U+FFFD.

GB2312 knows no character of 胡喆 but the first: 86 B4 of 喆 gave U+FFFD for 86, and B4 began a character that is
none: 胡喆、侯文坤） reads `胡�础⒑钗睦ぃ�`. Every later character is shifted by one byte until a byte is lost again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from crawler.text.repair.lattice import Node, Step, Window
from crawler.text.repair.mending import Mend, mend
from crawler.text.repair.names import GIVEN, given_name_character, stands_in_name
from crawler.text.repair.search import Budget
from crawler.text.repair.signs import pair, valid
from crawler.text.repair.slips import page_of

LOST = "\ufffd"
_GAIN = 6.0  # nats that an original must win by
_TOLD = 10  # alternatives told for a character of a name


def damage(text: str) -> str:
    """Do what such a site did: write GBK, read it as GB2312, replacing what is none."""
    return text.encode("gbk", "ignore").decode("gb2312", "replace")


def _code(char: str) -> bytes:
    return char.encode("gb2312", "ignore")


@cache
def _known(lead: int, trail: int) -> bool:
    return bool(bytes((lead, trail)).decode("gb2312", "ignore") if min(lead, trail) >= 0xA1 else "")


@cache
def _with_trail(trail: int) -> tuple[str, ...]:
    """All characters with this second byte that GB2312 lacks."""
    leads = (lead for lead in range(0x81, 0xFF) if valid(lead, trail) and not _known(lead, trail))
    return tuple(pair(lead, trail) for lead in leads)


@cache
def _with_lead(lead: int, before: int) -> tuple[str, ...]:
    """All characters with this first byte whose second one is lost when `before` follows it."""
    trails = (trail for trail in range(0x80, 0xFF) if valid(lead, trail) and not _known(trail, before))
    return tuple(pair(lead, trail) for trail in trails)


def ways(window: Window, node: Node, site: int) -> Iterator[Step]:
    """Return the ways on from a node of the lattice; the damage begins at item `site`."""
    at, lead = node
    items = window.items
    item = items[at] if at < len(items) else ""
    code, following = _code(item), _code(items[at + 1]) if at + 1 < len(items) else b""
    if lead and item == LOST:
        choices = _with_lead(lead, following[0] if following else 0)
        yield Step(choices, (at + 1, 0), lost=True, kin=choices)
    elif lead and code and valid(lead, code[0]):
        yield Step((pair(lead, code[0]),), (at + 1, code[1] if len(code) == 2 else 0), lost=False)
    elif not lead and item:
        yield Step((item,), (at + 1, 0), lost=False)
        if at == site and following and following[0] >= 0x40:
            rest = following[1] if len(following) == 2 else 0
            choices = _with_trail(following[0])
            yield Step(choices, (at + 2, rest), lost=True, slips=True, kin=choices)


def find_resaved(text: str, budget: Budget) -> list[Mend]:
    """Return the mended places of a text, in order."""
    page = page_of(text, {}, ways, budget)
    mends: list[Mend] = []
    for site, char in enumerate(text):
        if char == LOST and (not mends or site >= mends[-1].end):
            found = mend(text, site, mends[-1] if mends else None, page, _GAIN, _proved)
            if found is not None:
                mends.append(_named(text, found))
    return mends


def _named(text: str, found: Mend) -> Mend:
    """Take the likeliest character of a name where the damage begins in one; where none is, leave it lost."""
    original = found.original
    if not stands_in_name(text[: found.start], original[1:] + text[found.end :]):
        return found
    choices = _with_trail(original[0].encode("gbk")[1])
    char = given_name_character(choices)
    others = [one for one in choices if one != char and one in GIVEN] or [
        one for one in choices if one != char
    ]
    alternatives = tuple(one + original[1:] for one in others[:_TOLD])
    return replace(found, original=(char or LOST) + original[1:], alternatives=alternatives)


def _proved(_before: str, original: str, after: str, found: str, _marks: str) -> bool:
    following = after[:1] if _code(after[:1]) else ""
    return damage(original + following) == found + damage(following)
