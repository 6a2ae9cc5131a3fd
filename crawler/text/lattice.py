"""PURE the cheapest way to cut damaged bytes of GB18030 or Big5 into characters and bad bytes.

Every way has a cost in nats: that of its text under the word model (plausible.py) and a price for each bad byte.
The cheapest is found by dynamic programming over byte positions (Viterbi). A stray byte is then settled among its
neighbours by what it is the rest of: the likeliest original text, with a character that has this byte in it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from itertools import takewhile

from crawler.text.charsets import char_of
from crawler.text.labels import GB18030
from crawler.text.plausible import cost_of_char, simplified
from crawler.text.words import LONGEST, word_cost

#: What bad bytes cost, in nats: a stray one, one beside an ASCII character (a byte that was replaced by ASCII
#: leaves its partner there), two that should have been one character.
_STRAY = 12.0
_STRAY_AT_EDGE = 9.0
_BROKEN_PAIR = 16.0
_FOUR_BYTES = 18.0
#: What an ASCII letter costs: one of several, one alone among Chinese, and one read as the second byte of a
#: character beyond GB2312, which Simplified text hardly has.
_LETTER = 4.0
_LONE_LETTER = 12.0
_SWALLOWED = 5.0
#: How much likelier, in nats, a run that the codec accepts must become for an error to be assumed in it.
_UNSEEN_ERROR = 12.0
_FORBIDDEN = 1e6
#: A run that costs more than this per byte is no prose (prose costs 2 to 3): a list of characters, a font table.
#: Words are no guide there, and bad bytes cost so many times more.
_NO_PROSE = 5.0
_DEARER = 3.0
#: How many characters to either side a stray byte may move, and are looked at beyond that.
_REACH = 3
_CONTEXT = 3
#: What it costs, in nats, that a byte was put in rather than lost: it could have been any.
_PUT_IN = 5.5

_CHAR, _WORD, _BAD = 1, 2, 3


class Lattice:
    """All ways to cut a run; `own` are costs that some characters have on this page."""

    def __init__(self, run: bytes, codec: str, own: Mapping[str, float]) -> None:
        self.run = run
        self.codec = codec
        self.own = own
        self.dearer = 1.0
        self.best: list[float] = []
        self.step: list[tuple[int, int]] = []

    def cuts(self) -> list[int]:
        """Return the lengths in bytes of the pieces to read, in order; a negative length is bad bytes.

        A run that the codec accepts is read as it is, unless its text is much likelier otherwise.
        """
        dearer = 1.0
        self._fill(dearer)
        if self.best[-1] > _NO_PROSE * len(self.run):
            dearer = _DEARER
            self._fill(dearer)
        cuts, least = self._cheapest(), self.best[-1]
        if min(cuts) > 0:
            return cuts
        self._fill(_FORBIDDEN)
        if self.best[-1] < least + _UNSEEN_ERROR * dearer:
            return self._cheapest()
        return self._settled(cuts)

    def _fill(self, dearer: float) -> None:
        """Find the cheapest way to each byte; bad bytes cost so many times their price."""
        self.dearer = dearer
        self.best = [0.0] + [math.inf] * len(self.run)
        self.step = [(0, _CHAR)] * (len(self.run) + 1)
        for at in range(len(self.run)):
            self._steps_from(at)

    def _cheapest(self) -> list[int]:
        cuts: list[int] = []
        at = len(self.run)
        while at:
            start, kind = self.step[at]
            length = at - start
            # A word is a step over several characters of two bytes each.
            cuts.extend([2] * (length // 2) if kind == _WORD else [-length if kind == _BAD else length])
            at = start
        return cuts[::-1]

    def _reach(self, start: int, end: int, price: float, kind: int) -> None:
        if self.best[start] + price < self.best[end]:
            self.best[end] = self.best[start] + price
            self.step[end] = (start, kind)

    def _steps_from(self, at: int) -> None:
        """Offer every piece that can begin at this byte."""
        run, size = self.run, len(self.run)
        ascii_before = at == 0 or run[at - 1] < 0x80
        ascii_after = at + 1 == size or run[at + 1] < 0x80
        if run[at] < 0x80:
            alone = not run[max(0, at - 1) : at].isalnum() and not run[at + 1 : at + 2].isalnum()
            lonely = alone and run[at : at + 1].isalpha() and not (ascii_before and ascii_after)
            self._reach(at, at + 1, _LONE_LETTER if lonely else _LETTER, _CHAR)
            return
        # In Big5 every second character ends in an ASCII byte: only the ends of the run are edges.
        edge = at in (0, size - 1) or (self.codec == GB18030 and (ascii_before or ascii_after))
        self._reach(at, at + 1, (_STRAY_AT_EDGE if edge else _STRAY) * self.dearer, _BAD)
        if not ascii_after:
            self._reach(at, at + 2, _BROKEN_PAIR * self.dearer, _BAD)
        if self.codec == GB18030 and char_of(run[at : at + 4], self.codec):
            self._reach(at, min(size, at + 4), _FOUR_BYTES, _CHAR)
        self._words_from(at)

    def _words_from(self, at: int) -> None:
        word = ""
        for end in range(at + 2, min(len(self.run), at + 2 * LONGEST) + 1, 2):
            char = char_of(self.run[end - 2 : end], self.codec)
            if not char:
                return
            word += simplified(char)
            if end == at + 2:
                self._reach(at, end, self._price(char, self.run[at + 1]), _CHAR)
            elif (price := word_cost(word)) is not None:
                self._reach(at, end, price, _WORD)

    def _price(self, char: str, second: int) -> float:
        if char in self.own:
            return min(self.own[char], cost_of_char(char))
        swallowed = second < 0x80 and self.codec == GB18030 and not "\ue000" <= char <= "\uf8ff"
        return cost_of_char(char) + _SWALLOWED * swallowed

    def _settled(self, cuts: list[int]) -> list[int]:
        """Move each single stray byte to where the original text would be likeliest."""
        cuts = list(cuts)
        for index, length in enumerate(cuts):
            if length == -1:
                self._settle(cuts, index)
        return cuts

    def _settle(self, cuts: list[int], index: int) -> None:
        left = _pairs(cuts[max(0, index - _REACH - _CONTEXT) : index][::-1])
        right = _pairs(cuts[index + 1 : index + 1 + _REACH + _CONTEXT])
        start = sum(map(abs, cuts[: index - left]))
        window = self.run[start : start + 2 * (left + right) + 1]
        nearest = range(max(0, left - _REACH), min(left + right, left + _REACH) + 1)
        costs = {place: self._cost_with_stray(window, place) for place in nearest}
        place = min(costs, key=lambda other: (costs[other], abs(other - left)))
        cuts[index - left : index + right + 1] = [2] * place + [-1] + [2] * (left + right - place)

    def _cost_with_stray(self, window: bytes, place: int) -> float:
        """Return the cost of the likeliest original text, if the stray byte comes after `place` characters."""
        before = self._text(window[: 2 * place])
        after = self._text(window[2 * place + 1 :])
        if before is None or after is None:
            return math.inf
        reached = self._prefix_costs(before)
        left_over = self._prefix_costs(after, -1)
        least = reached[-1] + left_over[-1] + _PUT_IN
        for char in partners(window[2 * place : 2 * place + 1], self.codec):
            plain = simplified(char)
            least = min(
                least, reached[-1] + left_over[-1] + min(cost_of_char(char), self.own.get(char, math.inf))
            )
            for back in range(min(LONGEST, len(before) + 1)):
                for ahead in range(1 if back == 0 else 0, min(LONGEST - back, len(after) + 1)):
                    word = word_cost(before[len(before) - back :] + plain + after[:ahead])
                    if word is not None:
                        least = min(least, reached[len(before) - back] + word + left_over[len(after) - ahead])
        return least

    def _text(self, pairs: bytes) -> str | None:
        """Read whole pairs as Simplified text, or return None where one of them is no character."""
        chars = [char_of(pairs[at : at + 2], self.codec) for at in range(0, len(pairs), 2)]
        return "".join(map(simplified, chars)) if all(chars) else None

    def _prefix_costs(self, text: str, direction: int = 1) -> list[float]:
        """Return the cost of each beginning of a text; with direction -1, of each end."""
        best = [0.0]
        plain = text[::direction]
        for end in range(1, len(plain) + 1):
            char = plain[end - 1]
            least = best[end - 1] + min(cost_of_char(char), self.own.get(char, math.inf))
            for start in range(max(0, end - LONGEST), end - 1):
                word = word_cost(plain[start:end][::direction])
                if word is not None:
                    least = min(least, best[start] + word)
            best.append(least)
        return best


def _pairs(cuts: list[int]) -> int:
    """Count the pieces of two bytes at the beginning."""
    return len(list(takewhile(lambda length: length == 2, cuts)))


@lru_cache(maxsize=512)
def partners(byte: bytes, codec: str) -> tuple[str, ...]:
    """Return the everyday characters that have this byte as their first or their second one."""
    leads = range(0xB0, 0xD8) if codec == GB18030 else range(0xA4, 0xC7)
    trails = range(0xA1, 0xFF) if codec == GB18030 else (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    signs = (b"\xa1", b"\xa3")
    first = (
        [char_of(byte + bytes([trail]), codec) for trail in trails]
        if byte[0] in leads or byte in signs
        else []
    )
    second = [char_of(bytes([lead]) + byte, codec) for lead in (*leads, 0xA1, 0xA3)]
    return tuple(char for char in (*first, *second) if char)
