"""Find the cheapest original of a window of found text: dynamic programming over words and neighbours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, pairwise
from math import inf
from typing import NamedTuple

from crawler.text.repair.annotation import reads
from crawler.text.repair.language import char_cost
from crawler.text.repair.lattice import Node, Original, Step, Ways, Window
from crawler.text.repair.pairs import CLAUSE_SIGNS, Affinity
from crawler.text.words import JOINT, LONGEST, beginnings, prefix_costs, word_costs


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


Choice = tuple[str, str]  # a character, and the Simplified one that the dictionary knows


@dataclass(frozen=True, slots=True)
class Page:
    """What the page as a whole says to a search in one of its lines.

    `ways`: the lattice of the damage. `doubt`: cost in nats of its beginning anywhere.
    `plain`: a character -> the Simplified one that the dictionary knows. `fits`: may an original hold it?
    `readings`: the characters that the page always annotates. `ranked`: what searches have worked out already.
    """

    ways: Ways
    doubt: float
    plain: Callable[[str], str]
    fits: Callable[[str], bool]
    readings: Mapping[str, str]
    affinity: Affinity
    budget: Budget
    ranked: dict[tuple[str, ...], tuple[Choice, ...]] = field(default_factory=dict)


_FIRST = 40  # choices for a dropped byte that are tried where they stand alone
_NO_QUESTION = 5.0  # nats against a question mark that ends a sentence without a word of a question
_UNPAIRED = 4.0  # nats against a parenthesis that closes none
_LONELY = 5.0  # nats against a clause of a single character
_MISREAD = 12.0  # nats against a character whose annotation reads another
_OVERHEAD = 60  # characters that a search costs before it tries any
_AFTER = 5  # items read after the last that a slip can reach
_WIDTH = 8  # paths of a node that are followed
_BEAM = 9.0  # nats by which a path that waits for a byte may be dearer than the cheapest that got as far


class Link(NamedTuple):
    """The characters of a word, from the last to the first; `start` counts items."""

    char: str
    start: int
    step: Step
    before: Link | None


class Path(NamedTuple):
    """The cheapest way to a node: its cost in nats; the node, the last character and the word before the last step."""

    cost: float
    node: Node = (0, 0)
    last: str = ""
    word: Link | None = None


class Part(NamedTuple):
    """The beginning of a word, in Simplified script, and what speaks against its characters in nats."""

    plain: str
    link: Link | None
    extra: float


class Found(NamedTuple):
    """The cheapest original of the items before `end`, and by how many nats it wins against no damage at all."""

    characters: tuple[Original, ...]
    gain: float
    end: int


@lru_cache(maxsize=256)
def _word_pairs(
    first: tuple[str, ...], second: tuple[str, ...], plain: Callable[[str], str]
) -> tuple[tuple[str, str, str], ...]:
    """Return the pairs of characters that are a word or the beginning of one, with it."""
    known, starts = word_costs(), beginnings()
    ends = [(char, plain(char)) for char in second]
    pairs = ((one, other, plain(one) + end) for one in first for other, end in ends)
    return tuple(pair for pair in pairs if pair[2] in known or pair[2] in starts)


class Search:
    """The cheapest original of a window of found text. A node keeps one path for every last character."""

    def __init__(self, window: Window, page: Page) -> None:
        self._window = window
        self._page = page
        self._site = -1
        self._plain = "".join(map(page.plain, window.items))
        self._paths: defaultdict[Node, dict[str, Path]] = defaultdict(dict)
        self._ways: dict[Node, tuple[Step, ...]] = {}
        self._leading: dict[Node, list[tuple[float, str]]] = {}
        self._entries: dict[tuple[Node, str, float], tuple[float, str]] = {}
        page.budget.spend(_OVERHEAD)
        page.affinity.look_at(self._plain)
        self._unharmed = self._costs_unharmed()

    def _costs_unharmed(self) -> list[float]:
        """The costs of the items before each, as they stand."""
        items, plain = self._window.items, self._plain
        joints = [
            self._page.affinity(one, other) for one, other in pairwise(self._window.before[-1:] + plain)
        ]
        costs = prefix_costs(plain, [char_cost(char) for char in plain], joints)
        odd = accumulate((self._oddity_of_found(char, at) for at, char in enumerate(items)), initial=0.0)
        return [cost + more for cost, more in zip(costs, odd, strict=True)]

    def run(self, site: int) -> Found:
        """Search as many items as a slip at item `site` can reach."""
        self._site = site
        self._paths[0, 0][self._window.before] = Path(0.0)
        last_pending = site
        at = 0
        stop = len(self._window.items)
        while at < stop and at <= last_pending + _AFTER:
            pending = [node for node in self._paths if node[0] == at and node[1]]
            for node in pending:
                if self._least(node) < min(self._least((at, 0)), self._unharmed[at]) + _BEAM:
                    self._extend(node)
                    last_pending = at
            self._extend((at, 0))
            at += 1
        if at == stop:
            self._finish(at)
        following = self._plain[at] if at < stop else "\n"
        total, last = self._entry((at, 0), following)
        unharmed = self._unharmed[at] - self._page.affinity(self._plain[at - 1], following)
        return Found(self._trace((at, 0), last), unharmed - total, at)

    def _finish(self, at: int) -> None:
        """Let characters that wait for a byte end with the line."""
        for node in [node for node in self._paths if node[0] == at and node[1]]:
            self._extend(node)

    def _least(self, node: Node) -> float:
        return min((path.cost for path in self._paths[node].values()), default=inf)

    def _entry(self, node: Node, char: str, weight: float = 1.0) -> tuple[float, str]:
        """The cheapest way to have `char` come next at a node: its cost, and the last character before."""
        key = node, char, weight
        if key not in self._entries:
            if node not in self._leading:
                paths = self._paths[node]
                self._leading[node] = sorted((path.cost, last) for last, path in paths.items())[:_WIDTH]
            closes = char in CLAUSE_SIGNS
            ways = (
                (
                    cost
                    - weight * self._page.affinity(last, char)
                    + (_LONELY if closes and self._is_lonely(node, last) else 0.0),
                    last,
                )
                for cost, last in self._leading[node]
            )
            self._entries[key] = min(ways, default=(inf, ""))
        return self._entries[key]

    def _is_lonely(self, node: Node, last: str) -> bool:
        """Tell whether a clause would consist of a single character."""
        path = self._paths[node][last]
        alone = path.word is not None and path.word.before is None
        return alone and path.last in CLAUSE_SIGNS and last not in CLAUSE_SIGNS

    def _trace(self, node: Node, last: str) -> tuple[Original, ...]:
        characters: list[Original] = []
        path = self._paths[node][last]
        while (link := path.word) is not None:
            while link is not None:
                characters.append(Original(link.char, link.start, link.step.to[0], link.step))
                link = link.before
            path = self._paths[path.node][path.last]
        return tuple(reversed(characters))

    def _extend(self, origin: Node) -> None:
        """Keep what is cheapest of all words that begin at a node."""
        parts: dict[Node, list[Part]] = {origin: [Part("", None, 0.0)]}
        for length in range(1, LONGEST + 1):
            longer: defaultdict[Node, list[Part]] = defaultdict(list)
            for node, those in parts.items():
                for step in self._steps(node):
                    if length == 1:
                        self._begin(origin, step, longer[step.to])
                    elif step.lost and len(those) > 1 and length == 2:
                        self._pair_up(origin, node, step, those, longer[step.to])
                    else:
                        self._lengthen(origin, node, step, those, longer[step.to])
            parts = longer if length < LONGEST else {}

    def _begin(self, origin: Node, step: Step, longer: list[Part]) -> None:
        """Take every character of a step as a word, and as the beginning of one."""
        choices = self._choices(step)
        starts = beginnings()
        self._page.budget.spend(len(choices))
        for rank, (char, simple) in enumerate(choices):
            if rank >= _FIRST and simple not in starts:
                continue
            part = Part(simple, Link(char, origin[0], step, None), self._extra(char, origin[0], step))
            longer.append(part)
            if rank < _FIRST:
                self._relax(origin, step.to, part, char_cost(simple))

    def _lengthen(self, origin: Node, node: Node, step: Step, parts: list[Part], longer: list[Part]) -> None:
        choices = self._choices(step)
        known, starts = word_costs(), beginnings()
        self._page.budget.spend(len(parts) * len(choices) // 4)
        for part in parts:
            for choice in choices:
                said = part.plain + choice[1]
                price = known.get(said)
                if price is not None or said in starts:
                    grown = self._grown(node, step, part, choice[0], said)
                    longer.append(grown)
                    if price is not None:
                        self._relax(origin, step.to, grown, price)

    def _pair_up(self, origin: Node, node: Node, step: Step, parts: list[Part], longer: list[Part]) -> None:
        """Make words that begin with two characters of which a byte each was dropped."""
        first = {part.link.char: part for part in parts if part.link}
        second = {char for char, _ in self._choices(step)}
        kin = next(part.link.step.kin for part in parts if part.link)
        known = word_costs()
        pairs = _word_pairs(kin, step.kin, self._page.plain)
        self._page.budget.spend(len(pairs) // 4)
        for one, other, said in pairs:
            if one in first and other in second:
                grown = self._grown(node, step, first[one], other, said)
                longer.append(grown)
                if said in known:
                    self._relax(origin, step.to, grown, known[said])

    def _grown(self, node: Node, step: Step, part: Part, char: str, said: str) -> Part:
        return Part(said, Link(char, node[0], step, part.link), part.extra + self._extra(char, node[0], step))

    def _steps(self, node: Node) -> tuple[Step, ...]:
        if node not in self._ways:
            self._ways[node] = tuple(self._page.ways(self._window, node, self._site))
        return self._ways[node]

    def _relax(self, origin: Node, to: Node, word: Part, price: float) -> None:
        entry, last = self._entry(origin, word.plain[0], JOINT if len(word.plain) > 1 else 1.0)
        total = entry + price + word.extra
        paths = self._paths[to]
        if word.plain[-1] not in paths or total < paths[word.plain[-1]].cost:
            paths[word.plain[-1]] = Path(total, origin, last, word.link)

    def _extra(self, char: str, at: int, step: Step) -> float:
        """What speaks against a character beside its words: a slip in a page without any, or what is odd about it."""
        doubt = self._page.doubt if step.slips else 0.0
        if step.lost:
            return doubt + (_UNPAIRED if char == "）" and not self._window.is_open(at) else 0.0)
        if step.to[1]:
            return doubt
        said = self._window.said.get(step.to[0])
        if said is not None and not reads(char, said):
            return doubt + _MISREAD
        return doubt + self._asks_nothing(char, at)

    def _oddity_of_found(self, char: str, at: int) -> float:
        said = self._window.said.get(at + 1)
        return _MISREAD if said is not None and not reads(char, said) else self._asks_nothing(char, at)

    def _asks_nothing(self, char: str, at: int) -> float:
        return _NO_QUESTION if char in "?？" and not self._window.asks(at) else 0.0

    def _choices(self, step: Step) -> tuple[Choice, ...]:
        """A step's characters with their Simplified forms, the likeliest first.

        A reading that stands behind a dropped byte names the character; elsewhere annotated ones are out.
        """
        page = self._page
        if len(step.choices) == 1:
            char = step.choices[0]
            return ((char, page.plain(char)),)
        said = self._window.said.get(step.to[0]) if step.to[1] == 0 else None
        if said is not None:
            return tuple((char, page.plain(char)) for char in step.choices if reads(char, said))
        if step.choices not in page.ranked:
            fitting = (char for char in step.choices if char not in page.readings and page.fits(char))
            both = ((char, page.plain(char)) for char in fitting)
            page.ranked[step.choices] = tuple(sorted(both, key=lambda choice: char_cost(choice[1])))
        return page.ranked[step.choices]
