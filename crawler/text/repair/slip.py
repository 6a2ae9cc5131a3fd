"""Byte slips: full-width signs that were made ASCII byte by byte, across the borders of characters.

Where a character's second byte is A3 and the next one's first byte is BF, the two bytes look like ？ and
became `?`: 模總量已突破1 = C4 [A3 BF] 82 C1BF D2D1 CDBB C6C6 31 reads `?偭恳淹黄1`, as every later character
is shifted by one byte, until an ASCII byte or two bytes that form no character.
Bytes that form none were dropped.

The originals that damage to the text as found form a lattice; its nodes are (item, pending): how many
characters of the found text are used up, and the first byte of an original character not complete yet, or 0
(below 0: an ASCII byte that was taken for the second one of a character).
The cheapest path by the language model is the repair. Only dropped bytes leave a choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import inf
from typing import NamedTuple

from crawler.text.repair.annotation import reads
from crawler.text.repair.language import LONGEST, char_cost, word_cost
from crawler.text.repair.pairs import Affinity
from crawler.text.repair.signs import gbk_bytes, is_han, pair, valid

A3 = 0xA3
WINDOW = 48  # characters of a window that a search looks at
_BEFORE = 6  # of these before the sign

Node = tuple[int, int]  # items used up, pending byte or 0


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one line as found: its characters without annotations, and what was around them.

    `said` are the readings that stood behind characters, by the number of items before; `before` is the character
    in front of the window; `sentence` is what stands between the last full stop and the window.
    """

    items: str
    said: Mapping[int, str]
    before: str
    sentence: str = ""

    def asks(self, at: int) -> bool:
        """Tell whether the sentence that ends at an item holds a word of a question."""
        stop = max(self.items.rfind(sign, 0, at) for sign in "。！？!?")
        sentence = self.items[stop + 1 : at] if stop >= 0 else self.sentence + self.items[:at]
        return any(char in _QUESTION for char in sentence)


_QUESTION = frozenset("吗嗎呢么麼谁誰哪何几幾怎啥否吧岂豈为為爲什多")


class Step(NamedTuple):
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
        yield Step(_with_trail(A3, code[0]), (at + 1, code[0] | 0x80), lost=True, slips=True)
    elif len(code) == 2 and chr(code[1]) in signs and valid(code[0], A3):
        yield Step((pair(code[0], A3),), (at + 1, code[1] | 0x80), lost=False, slips=True)


def _pending(item: str, at: int, lead: int, signs: str) -> Iterator[Step]:
    """The ways on when `lead` waits for its second byte; item '' is the end of the line or an annotation."""
    code = gbk_bytes(item) or b"\n"
    lost = _with_lead(lead, code[0])
    if chr(code[0] & 0x7F) in signs and code[0] > 0x7F:
        lost = tuple(char for char in lost if gbk_bytes(char)[1] != A3)  # that would have slipped too
    if lost:
        yield Step(lost, (at, 0), lost=True)
    if item and valid(lead, code[0]):
        yield Step((pair(lead, code[0]),), (at + 1, code[1] if len(code) == 2 else 0), lost=False)
    if len(code) == 2 and code[1] < 0x7F and code[0] > 0x80 and valid(lead, code[0]):
        yield Step((pair(lead, code[0]),), (at + 1, -code[1]), lost=False)  # the second byte is ASCII of its own
    if item and item in signs and valid(lead, A3):
        yield Step((pair(lead, A3),), (at + 1, code[0] | 0x80), lost=False, slips=True)


def steps(window: Window, node: Node, signs: str, site: int) -> Iterator[Step]:
    """Return all ways on from a node of the lattice over a window; a slip begins at `site` only."""
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


@dataclass(frozen=True, slots=True)
class Page:
    """What the page as a whole says to a search in one of its lines.

    `signs`: ASCII signs that may be the remains of a slip. `doubt`: cost in nats of beginning one.
    `plain`: a character -> the Simplified one that the dictionary knows. `fits`: may an original hold it?
    `readings`: the characters that the page always annotates.
    """

    signs: str
    doubt: float
    plain: Callable[[str], str]
    fits: Callable[[str], bool]
    readings: Mapping[str, str]
    affinity: Affinity


_MANY = 16  # likeliest choices that a longer word is looked for
_NO_QUESTION = 4.0  # nats against a question mark that ends a sentence without a word of a question
_MISREAD = 12.0  # nats against a character whose annotation reads another
_FEW = 10  # the same, where a byte of the word was dropped before
_AFTER = 5  # items read after the last that a slip can reach
_WIDTH = 12  # paths of a node that are followed
_BEAM = 16.0  # nats by which a path may be dearer than the cheapest that got as far


class Chain(NamedTuple):
    """The characters of a word, from the last to the first; `start` counts items, `lost`: a byte of it was dropped."""

    char: str
    start: int
    step: Step
    before: Chain | None
    lost: bool


class Path(NamedTuple):
    """The cheapest way to a node: its cost in nats; the node, the last character and the word before the last step."""

    cost: float
    node: Node = (0, 0)
    last: str = ""
    word: Chain | None = None


class Search:
    """The cheapest original of a window of found text. A node keeps one path for every last character."""

    def __init__(self, window: Window, page: Page) -> None:
        self._window = window
        self._page = page
        self._site = -1
        self._ranked: dict[Step, tuple[tuple[str, str], ...]] = {}
        self._paths: dict[Node, dict[str, Path]] = {}
        self._ways: dict[Node, tuple[Step, ...]] = {}
        self._leading: dict[Node, list[tuple[float, str]]] = {}
        self._entries: dict[tuple[Node, str], tuple[float, str]] = {}
        page.affinity.look_at("".join(map(page.plain, window.items)))

    def run(self, site: int, end: int | None = None) -> tuple[float, tuple[Original, ...], int]:
        """Search the items before `end` (by default as many as a slip at item `site` needs; -1: no slip).

        Return the cost of the cheapest original in nats, its characters, and the end.
        """
        self._site = site
        self._entries.clear()
        self._leading.clear()
        self._ways.clear()
        self._paths = {(0, 0): {self._window.before: Path(0.0)}}
        last_pending = site
        at = 0
        stop = len(self._window.items) if end is None else end
        while at < stop and (end is not None or at <= last_pending + _AFTER):
            pending = [node for node in self._paths if node[0] == at and node[1]]
            for node in pending:
                if self._least(node) < self._least((at, 0)) + _BEAM:
                    self._extend(node, node, "", None, 0.0)
                    last_pending = at
            self._extend((at, 0), (at, 0), "", None, 0.0)
            at += 1
        if at == len(self._window.items):
            self._finish(at)
        following = self._page.plain(self._window.items[at]) if at < len(self._window.items) else "\n"
        total, last = self._entry((at, 0), following)
        return total, self._trace((at, 0), last), at

    def _finish(self, at: int) -> None:
        """Let characters that wait for a byte end with the line."""
        for node in [node for node in self._paths if node[0] == at and node[1]]:
            self._extend(node, node, "", None, 0.0)

    def _least(self, node: Node) -> float:
        return min((path.cost for path in self._paths.get(node, {}).values()), default=inf)

    def _entry(self, node: Node, char: str) -> tuple[float, str]:
        """The cheapest way to have `char` come next at a node: its cost, and the last character before."""
        if (node, char) not in self._entries:
            if node not in self._leading:
                paths = self._paths.get(node, {})
                self._leading[node] = sorted((path.cost, last) for last, path in paths.items())[:_WIDTH]
            ways = ((cost - self._page.affinity(last, char), last) for cost, last in self._leading[node])
            self._entries[node, char] = min(ways, default=(inf, ""))
        return self._entries[node, char]

    def _trace(self, node: Node, last: str) -> tuple[Original, ...]:
        characters: list[Original] = []
        path = self._paths[node][last]
        while (link := path.word) is not None:
            while link is not None:
                characters.append(Original(link.char, link.start, link.step.to[0], link.step))
                link = link.before
            path = self._paths[path.node][path.last]
        return tuple(reversed(characters))

    def _extend(self, origin: Node, node: Node, plain: str, word: Chain | None, extra: float) -> None:
        """Grow the word that begins at `origin` by every next character, and keep what is cheapest."""
        for step in self._steps(node):
            more = extra + (self._page.doubt if step.slips else 0.0)
            choices = self._choices(step)
            limit = _FEW if step.lost and word is not None and word.lost else len(choices)
            for rank, (char, simple) in enumerate(choices[:limit]):
                grown = Chain(char, node[0], step, word, step.lost or (word is not None and word.lost))
                said = plain + simple
                self._relax(origin, step.to, said, grown, more + self._oddity(char, node[0], step))
                if rank < _MANY and len(said) < LONGEST and is_han(char):
                    self._extend(origin, step.to, said, grown, more)

    def _steps(self, node: Node) -> tuple[Step, ...]:
        if node not in self._ways:
            self._ways[node] = tuple(steps(self._window, node, self._page.signs, self._site))
        return self._ways[node]

    def _relax(self, origin: Node, to: Node, plain: str, word: Chain, extra: float) -> None:
        price = char_cost(plain) if len(plain) == 1 else word_cost(plain)
        if price is None:
            return
        entry, last = self._entry(origin, plain[0])
        total = entry + price + extra
        paths = self._paths.setdefault(to, {})
        if plain[-1] not in paths or total < paths[plain[-1]].cost:
            paths[plain[-1]] = Path(total, origin, last, word)

    def _oddity(self, char: str, at: int, step: Step) -> float:
        """What speaks against a character that is as found: a reading that is another's, a question that asks nothing."""
        if step.lost or step.to[1]:
            return 0.0
        said = self._window.said.get(step.to[0])
        if said is not None and not reads(char, said):
            return _MISREAD
        return _NO_QUESTION if char in "?？" and not self._window.asks(at) else 0.0

    def _choices(self, step: Step) -> tuple[tuple[str, str], ...]:
        """A step's characters with their Simplified forms, the likeliest first."""
        if len(step.choices) == 1:
            char = step.choices[0]
            return ((char, self._page.plain(char)),)
        if step not in self._ranked:
            self._ranked[step] = tuple(sorted(self._fitting(step), key=lambda both: char_cost(both[1])))
        return self._ranked[step]

    def _fitting(self, step: Step) -> list[tuple[str, str]]:
        """A reading that stands behind a dropped byte names the character; elsewhere annotated ones are out."""
        page = self._page
        said = self._window.said.get(step.to[0]) if step.to[1] == 0 else None
        if said is not None:
            return [(char, page.plain(char)) for char in step.choices if reads(char, said)]
        return [(char, page.plain(char)) for char in step.choices if char not in page.readings and page.fits(char)]
