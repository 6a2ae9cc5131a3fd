"""Byte slips: full-width signs that were made ASCII byte by byte, across the borders of characters.

Where a character's second byte is A3 and the next one's first byte is BF, the two bytes look like ？ and
became `?`: 模總量已突破1 = C4 [A3 BF] 82 C1BF D2D1 CDBB C6C6 31 reads `?偭恳淹黄1`, as every later character
is shifted by one byte, until an ASCII byte or two bytes that form no character.
Bytes that form none were dropped.
The cheapest original by the language model is the repair. Only dropped bytes leave a choice.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from crawler.text.repair.lattice import Node, Step, Ways, Window
from crawler.text.repair.signs import gbk_bytes, pair, valid

A3 = 0xA3


@cache
def _ending_in(trail: int) -> tuple[str, ...]:
    return tuple(pair(lead, trail) for lead in range(0x81, 0xFF) if valid(lead, trail))


@cache
def _beginning_with(lead: int) -> tuple[str, ...]:
    return tuple(pair(lead, trail) for trail in range(0x80, 0xFF) if valid(lead, trail))


@cache
def _with_trail(trail: int, before: int) -> tuple[str, ...]:
    """All characters with this second byte whose first one is dropped when `before` follows it."""
    leads = (lead for lead in range(0x81, 0xFF) if valid(lead, trail) and not valid(lead, before))
    return tuple(pair(lead, trail) for lead in leads)


@cache
def _with_lead(lead: int, before: int) -> tuple[str, ...]:
    """All characters with this first byte whose second byte is dropped when `before` follows it."""
    trails = (t for t in range(0x80, 0xFF) if valid(lead, t) and not valid(t, before))
    return tuple(pair(lead, trail) for trail in trails)


def _starts(item: str, at: int, signs: str) -> Iterator[Step]:
    """The slips that can begin at an item with no byte pending."""
    code = gbk_bytes(item)
    if len(code) == 1 and item in signs:
        to = (at + 1, code[0] | 0x80)
        yield Step(_with_trail(A3, code[0]), to, lost=True, slips=True, kin=_ending_in(A3))
    elif len(code) == 2 and chr(code[1]) in signs and valid(code[0], A3):
        yield Step((pair(code[0], A3),), (at + 1, code[1] | 0x80), lost=False, slips=True)


def _pending(item: str, at: int, lead: int, signs: str) -> Iterator[Step]:
    """The ways on when `lead` waits for its second byte; item '' is the end of the line or an annotation."""
    code = gbk_bytes(item) or b"\n"
    lost = _with_lead(lead, code[0])
    if chr(code[0] & 0x7F) in signs and code[0] > 0x7F:
        lost = tuple(char for char in lost if gbk_bytes(char)[1] != A3)  # that would have slipped too
    if lost:
        yield Step(lost, (at, 0), lost=True, kin=_beginning_with(lead))
    if item and valid(lead, code[0]):
        yield Step((pair(lead, code[0]),), (at + 1, code[1] if len(code) == 2 else 0), lost=False)
    if len(code) == 2 and code[1] < 0x7F and code[0] > 0x80 and valid(lead, code[0]):
        yield Step(
            (pair(lead, code[0]),), (at + 1, -code[1]), lost=False
        )  # the second byte is ASCII of its own
    if item and item in signs and valid(lead, A3):
        yield Step((pair(lead, A3),), (at + 1, code[0] | 0x80), lost=False, slips=True)


def slip_ways(signs: str) -> Ways:
    """Return the lattice of slips that leave these ASCII signs."""

    def ways(window: Window, node: Node, site: int) -> Iterator[Step]:
        return _ways(window, node, site, signs)

    return ways


def _ways(window: Window, node: Node, site: int, signs: str) -> Iterator[Step]:
    at, lead = node
    item = window.items[at] if at < len(window.items) else ""
    if lead < 0:
        yield Step((chr(-lead),), (at, 0), lost=False)
    elif lead:
        yield from _pending("" if at in window.said else item, at, lead, signs)
    elif item:
        yield Step((item,), (at + 1, 0), lost=False)
        if at == site:
            yield from _starts(item, at, signs)
