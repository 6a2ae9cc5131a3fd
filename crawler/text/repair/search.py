"""Find the cheapest original of a window of found text: a best-first walk over words and neighbours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import NamedTuple

from crawler.text.repair.annotation import reads
from crawler.text.repair.language import char_cost
from crawler.text.repair.lattice import Node, Original, Step, Ways, Window
from crawler.text.repair.pairs import Affinity
from crawler.text.repair.signs import is_han
from crawler.text.words import LONGEST, word_cost


class TooDearError(Exception):
    """A text asks for more searching than a page is worth."""


class Budget:
    """How many characters all searches of one text may still try; it bounds their time without a clock."""

    def __init__(self, characters: int) -> None:
        self._left = characters

    def spend(self, characters: int) -> None:
        """Take characters from the budget; raises TooDearError when it is used up."""
        self._left -= characters
        if self._left < 0:
            raise TooDearError


@dataclass(frozen=True, slots=True)
class Page:
    """What the page as a whole says to a search in one of its lines.

    `ways`: the lattice of the damage. `doubt`: cost in nats of its beginning anywhere.
    `plain`: a character -> the Simplified one that the dictionary knows. `fits`: may an original hold it?
    `readings`: the characters that the page always annotates.
    """

    ways: Ways
    doubt: float
    plain: Callable[[str], str]
    fits: Callable[[str], bool]
    readings: Mapping[str, str]
    affinity: Affinity
    budget: Budget


_FIRST = 36  # choices for a dropped byte that are tried
_MANY = 10  # likeliest choices that a longer word is looked for
_NO_QUESTION = 5.0  # nats against a question mark that ends a sentence without a word of a question
_UNPAIRED = 4.0  # nats against a parenthesis that closes none
_MISREAD = 12.0  # nats against a character whose annotation reads another
_FEW = 6  # the same, where a byte of the word was dropped before
_OVERHEAD = 60  # characters that a search costs before it tries any
_AFTER = 5  # items read after the last that a slip can reach
_WIDTH = 8  # paths of a node that are followed
_BEAM = 9.0  # nats by which a path may be dearer than the cheapest that got as far


@lru_cache(maxsize=20_000)
def _words(plain: str, choices: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str, float], ...]:
    """The choices that make a word behind a character, with the word and its cost."""
    words = ((char, plain + simple, word_cost(plain + simple)) for char, simple in choices)
    return tuple((char, word, price) for char, word, price in words if price is not None)


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
        page.budget.spend(_OVERHEAD)
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
            self._page.budget.spend(len(choices))
            again = step.lost and word is not None and word.lost
            for rank, (char, simple) in enumerate(choices if again else choices[:_FIRST]):
                said = plain + simple
                price = word_cost(said) if plain else char_cost(said)
                likely = rank < (_FEW if again else _MANY)
                deeper = likely and len(said) < LONGEST and is_han(char)
                if price is None and not deeper and not step.slips:
                    continue
                grown = Chain(char, node[0], step, word, step.lost or (word is not None and word.lost))
                if price is not None:
                    price += more + self._oddity(char, node[0], step)
                    self._relax(origin, step.to, said, grown, price)
                if deeper:
                    self._extend(origin, step.to, said, grown, more)
                elif step.slips and not self._page.doubt:
                    self._pair_up(origin, step.to, said, grown, more)

    def _pair_up(self, origin: Node, node: Node, plain: str, word: Chain, extra: float) -> None:
        """Make words of two characters of which a byte each was dropped, however rare the first is alone."""
        for step in self._steps(node):
            if step.lost:
                words = _words(plain, self._choices(step))
                self._page.budget.spend(len(words))
                for char, said, price in words:
                    grown = Chain(char, node[0], step, word, lost=True)
                    self._relax(origin, step.to, said, grown, price + extra)

    def _steps(self, node: Node) -> tuple[Step, ...]:
        if node not in self._ways:
            self._ways[node] = tuple(self._page.ways(self._window, node, self._site))
        return self._ways[node]

    def _relax(self, origin: Node, to: Node, plain: str, word: Chain, price: float) -> None:
        entry, last = self._entry(origin, plain[0])
        total = entry + price
        paths = self._paths.setdefault(to, {})
        if plain[-1] not in paths or total < paths[plain[-1]].cost:
            paths[plain[-1]] = Path(total, origin, last, word)

    def _oddity(self, char: str, at: int, step: Step) -> float:
        """What speaks against a character: a reading that is another's, a question mark that asks nothing."""
        if step.lost:
            return _UNPAIRED if char == "）" and not self._window.is_open(at) else 0.0
        if step.to[1]:
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
        return [
            (char, page.plain(char)) for char in step.choices if char not in page.readings and page.fits(char)
        ]
