"""Byte slips: full-width signs that were made ASCII byte by byte, across the borders of characters.

Where a character's second byte is A3 and the next one's first byte is BF, the two bytes look like ？ and
became `?`: 模總量已突破1 = C4 [A3 BF] 82 C1BF D2D1 CDBB C6C6 31 reads `?偭恳淹黄1`, as every later character
is shifted by one byte, until an ASCII byte or two bytes that form no character.
Bytes that form none were dropped.

The originals that damage to the text as found form a lattice; its nodes are (item, pending): how many
characters of the found text are used up, and the first byte of an original character not complete yet, or 0.
The cheapest path by the language model is the repair. Only dropped bytes leave a choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from math import inf

from crawler.text.repair.language import LONGEST, char_cost, word_cost
from crawler.text.repair.signs import gbk_bytes, pair, valid

A3 = 0xA3
WINDOW = 48  # characters of a window that a search looks at
_BEFORE = 6  # of these before the sign

Node = tuple[int, int]  # items used up, pending first byte or 0


@dataclass(frozen=True, slots=True)
class Step:
    """One original character: what it could be, where it leads, whether a byte of it was dropped."""

    choices: tuple[str, ...]
    to: Node
    lost: bool
    slips: bool = False


@dataclass(frozen=True, slots=True)
class Original:
    """One character of a solution; it explains the found items start:end."""

    char: str
    start: int
    end: int
    step: Step


@cache
def _with_trail(trail: int, before: int) -> tuple[str, ...]:
    """All characters with this second byte whose first one is dropped when `before` follows it."""
    return tuple(
        pair(lead, trail) for lead in range(0x81, 0xFF) if valid(lead, trail) and not valid(lead, before)
    )


@cache
def _with_lead(lead: int, before: int) -> tuple[str, ...]:
    """All characters with this first byte whose second byte is dropped when `before` follows it."""
    trails = (t for t in range(0x80, 0xFF) if valid(lead, t) and not valid(t, before))
    return tuple(pair(lead, trail) for trail in trails)


def _starts(item: str, at: int, signs: str) -> Iterator[Step]:
    """The slips that can begin at an item with no byte pending."""
    code = gbk_bytes(item)
    if len(code) == 1 and item in signs:
        yield Step(_with_trail(A3, code[0]), (at + 1, code[0] | 0x80), lost=True, slips=True)
    elif len(code) == 2 and chr(code[1]) in signs and valid(code[0], A3):
        yield Step((pair(code[0], A3),), (at + 1, code[1] | 0x80), lost=False, slips=True)


def _pending(item: str, at: int, lead: int, signs: str) -> Iterator[Step]:
    """The ways on when `lead` waits for its second byte; item '' is the end of the line."""
    code = gbk_bytes(item) or b"\n"
    lost = _with_lead(lead, code[0])
    if lost:
        yield Step(lost, (at, 0), lost=True)
    if item and valid(lead, code[0]):
        yield Step((pair(lead, code[0]),), (at + 1, code[1] if len(code) == 2 else 0), lost=False)
    if item and item in signs and valid(lead, A3):
        yield Step((pair(lead, A3),), (at + 1, code[0] | 0x80), lost=False, slips=True)


def steps(items: str, node: Node, signs: str, site: int) -> Iterator[Step]:
    """Return all ways on from a node of the lattice over `items`; a slip begins at `site` only."""
    at, lead = node
    item = items[at] if at < len(items) else ""
    if lead:
        yield from _pending(item, at, lead, signs)
    elif item:
        yield Step((item,), (at + 1, 0), lost=False)
        if at == site:
            yield from _starts(item, at, signs)


@dataclass(frozen=True, slots=True)
class Page:
    """What the page as a whole says to a search in one of its lines.

    `signs`: ASCII signs that may be the remains of a slip. `penalty`: cost in nats of beginning one.
    `plain`: a character -> the Simplified one that the dictionary knows. `fits`: may an original hold it?
    """

    signs: str
    penalty: float
    plain: Callable[[str], str]
    fits: Callable[[str], bool]


_MANY = 40  # choices looked at for the second dropped byte of a word
_BEAM = 25.0  # nats by which a path may be dearer than the cheapest that got as far


class Search:
    """The cheapest original of a window of found text, with a slip that begins at `site` or none."""

    def __init__(self, items: str, site: int, page: Page) -> None:
        self._items = items
        self._site = site
        self._page = page
        self._ranked: dict[tuple[str, ...], tuple[tuple[str, str], ...]] = {}
        self._best: dict[Node, float] = {(0, 0): 0.0}
        self._back: dict[Node, tuple[Node, tuple[Original, ...]]] = {}

    def run(self) -> tuple[float, tuple[Original, ...]]:
        """Return the cost of the cheapest original that uses up all items, and its characters."""
        for at in range(len(self._items) + 1):
            pending = [node for node in self._best if node[0] == at and node[1]]
            for node in [*pending, (at, 0)]:
                if node in self._best and self._best[node] < self._best.get((at, 0), inf) + _BEAM:
                    self._extend(node, node, "", (), 0.0)
        return self._best[(len(self._items), 0)], self._path()

    def _path(self) -> tuple[Original, ...]:
        node: Node = (len(self._items), 0)
        path: list[Original] = []
        while node in self._back:
            node, word = self._back[node]
            path[:0] = word
        return tuple(path)

    def _extend(self, origin: Node, node: Node, plain: str, word: tuple[Original, ...], extra: float) -> None:
        """Grow the word that begins at `origin` by every next character, and keep what is cheapest."""
        lost_before = any(one.step.lost for one in word)
        for step in steps(self._items, node, self._page.signs, self._site):
            choices = self._choices(step)
            more = extra + (self._page.penalty if step.slips else 0.0)
            for char, simple in choices[:_MANY] if lost_before and step.lost else choices:
                grown = (*word, Original(char, node[0], step.to[0], step))
                self._relax(origin, step.to, plain + simple, grown, more)
                if len(grown) < LONGEST and "\u3400" <= char <= "\u9fff":
                    self._extend(origin, step.to, plain + simple, grown, more)

    def _relax(self, origin: Node, to: Node, plain: str, word: tuple[Original, ...], extra: float) -> None:
        price = char_cost(plain) if len(plain) == 1 else word_cost(plain)
        if price is None:
            return
        total = self._best[origin] + price + extra
        if total < self._best.get(to, inf):
            self._best[to] = total
            self._back[to] = (origin, word)

    def _choices(self, step: Step) -> tuple[tuple[str, str], ...]:
        """A step's characters with their Simplified forms, the likeliest first."""
        if not step.lost:
            return ((step.choices[0], self._page.plain(step.choices[0])),)
        if step.choices not in self._ranked:
            fitting = [(char, self._page.plain(char)) for char in step.choices if self._page.fits(char)]
            self._ranked[step.choices] = tuple(sorted(fitting, key=lambda both: char_cost(both[1])))
        return self._ranked[step.choices]
