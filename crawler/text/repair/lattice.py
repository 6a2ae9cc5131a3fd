"""The lattice of originals: what a search walks on, whatever damaged the text.

Its nodes are (item, pending): how many characters of the found text are used up, and the first byte of an
original character not complete yet, or 0 (below 0: an ASCII byte that was taken for the second one of a character).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

Node = tuple[int, int]  # items used up, pending byte or 0

_A_NOT_A = re.compile(r"([\u4e00-\u9fff])[不没沒]\1|还是|還是|那里|那裏|那裡|难道|難道")
_QUESTION = frozenset("吗嗎呢么麼谁誰哪何几幾怎啥否吧岂豈为為爲什多")


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
        return any(char in _QUESTION for char in sentence) or _A_NOT_A.search(sentence) is not None

    def is_open(self, at: int) -> bool:
        """Tell whether a parenthesis stands open before an item."""
        before = self.sentence + self.items[:at]
        return max(before.rfind("("), before.rfind("（")) > max(before.rfind(")"), before.rfind("）"))


class Step(NamedTuple):
    """One original character: what it could be, where it leads, whether a byte of it was dropped.

    `slips`: a full-width sign was seen in it that was none. `kin`: all characters that have the byte which is left,
    where one was dropped; what follows allows for some of them only, the choices.
    """

    choices: tuple[str, ...]
    to: Node
    lost: bool
    slips: bool = False
    kin: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Original:
    """One character of a solution; it explains the found items start:end."""

    char: str
    start: int
    end: int
    step: Step


#: All ways on from a node of the lattice over a window, where damage begins at an item (-1: nowhere).
Ways = Callable[[Window, Node, int], Iterator[Step]]
