"""PURE the likeliest way to cut bytes of GB18030 or Big5, some of them bad, into characters and bad bytes.

A noisy channel: the original characters follow one another as in news (follows.py), and now and then a byte was
replaced, put in or taken out. The byte that is left of a character tells half of it, so the characters that have
this byte are tried, and the error is where the original text is likeliest. The search is A* (Hart, Nilsson and
Raphael 1968) over the characters that the bytes can be; gaps between them are priced in full only when a way
through them may be the cheapest.
"""

from __future__ import annotations

import heapq
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from crawler.text.charsets import char_of, common_leads, trails
from crawler.text.follows import EDGE, Follows, key_of
from crawler.text.labels import GB18030

#: What an error costs, in nats: that there is one, and which of 256 a byte is that was put there.
ERROR = 6.0
_ANY_BYTE = 5.5
#: About the least that an unknown character costs between two others, and behind one.
_HIDDEN_AT_LEAST = 6.0
_ALONE_AT_LEAST = 1.0
#: Bytes that are never thought to have been put in: the page's structure hangs on them.
_STRUCTURE = frozenset(b"<>&\"'=")
_REFERENCE = re.compile(rb"&#(\d{2,6});")
_STEPS_A_BYTE = 60


@dataclass(eq=False, slots=True)
class Piece:
    """A character that the bytes from `start` to `end` can be, as counted; `ahead` is the least price to the end."""

    start: int
    end: int
    char: str
    price: float = 0.0
    middle: bool = False  # a byte was put into it
    ahead: float = math.inf
    done: bool = False


def pieces(window: bytes, at: int, codec: str) -> Iterator[Piece]:
    """Offer the character that begins at a byte, if one does."""
    if window[at] < 0x80:
        reference = _REFERENCE.match(window, at) if window[at] == 0x26 else None
        char = chr(int(reference[1])) if reference and int(reference[1]) < 0x110000 else chr(window[at])
        yield Piece(at, reference.end() if reference else at + 1, key_of(char))
    elif char := char_of(window[at : at + 2], codec):
        yield Piece(at, at + 2, key_of(char))
    elif codec == GB18030 and (char := char_of(window[at : at + 4], codec)):
        yield Piece(at, at + 4, key_of(char))


@dataclass(slots=True)
class _Way:
    """A way to a character: the bad bytes before it begin where the way before it ended."""

    piece: Piece
    before: _Way | None
    price: float
    lost: bytes = b""  # the rest of a character that is not yet priced


@dataclass(frozen=True, slots=True)
class Cut:
    """Bytes of a window from `start` to `end`: a character, bad bytes, or a character with a bad byte in it."""

    start: int
    end: int
    bad: bool = False
    middle: bool = False


@dataclass(slots=True)
class Pairing:
    """All ways to cut a window.

    `error` is the price of an error, in nats; `before` and `after` are the characters around, as counted.
    `steps` is how many the search took.
    """

    window: bytes
    codec: str
    follows: Follows
    error: float = ERROR
    before: str = EDGE
    after: str = EDGE
    steps: int = 0
    _from: list[list[Piece]] = field(default_factory=list)
    _least: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        size = len(self.window)
        self._from = [list(pieces(self.window, at, self.codec)) for at in range(size)]
        self._put_in()
        self._from.append([Piece(size, size, self.after, ahead=0.0)])
        self._least = [math.inf] * size + [0.0, math.inf, math.inf]
        for at in reversed(range(size)):
            self._look_ahead(at)

    def cheapest(self, at_most: float = math.inf) -> tuple[float, list[Cut]] | None:
        """Return the least price and the cuts that have it.

        None where no way costs at most so much, or where the search would take too long.
        """
        start = _Way(Piece(0, 0, self.before), None, 0.0)
        heap = [(0.0, 0, start)]
        count = 0
        while heap and self.steps < _STEPS_A_BYTE * len(self.window):
            self.steps += 1
            price, _, way = heapq.heappop(heap)
            if price > at_most:
                return None
            if way.lost:
                more = [self._priced(way)]
            elif way.piece.done:
                continue
            elif way.piece.start == len(self.window) and way is not start:
                return way.price, self._cuts(way)
            else:
                way.piece.done = True
                more = list(self._onwards(way))
            for other in more:
                count += 1
                heapq.heappush(heap, (other.price + other.piece.ahead, count, other))
        return None

    def _put_in(self) -> None:
        """Offer the common characters that a byte may have been put into."""
        window, leads = self.window, common_leads(self.codec)
        for at in range(len(window) - 2):
            if window[at] in leads and window[at + 1] not in _STRUCTURE:
                char = char_of(window[at : at + 1] + window[at + 2 : at + 3], self.codec)
                if char:
                    price = self.error + _ANY_BYTE
                    self._from[at].append(Piece(at, at + 3, key_of(char), price, middle=True))

    def _look_ahead(self, at: int) -> None:
        """Find the least price from behind each piece that begins here, with bounds for unknown characters."""
        least, put_in = self._least, self.error + _ANY_BYTE
        for piece in self._from[at]:
            end = piece.end
            ahead = min(
                self.error + _HIDDEN_AT_LEAST + least[end + 1], put_in + _HIDDEN_AT_LEAST + least[end + 2]
            )
            for bad, price in ((0, 0.0), (1, put_in)):
                for other in self._from[end + bad] if end + bad < len(self._from) else ():
                    ahead = min(
                        ahead, price + self.follows(piece.char, other.char) + other.price + other.ahead
                    )
            piece.ahead = ahead
            least[at] = min(least[at], piece.price + ahead)
        # Two errors in a row: the first one's bytes are passed by.
        least[at] = min(
            least[at], self.error + _ALONE_AT_LEAST + min(least[at + 1], _ANY_BYTE + least[at + 2])
        )

    def _onwards(self, way: _Way) -> Iterator[_Way]:
        """Go on from a piece: to the next, or over a gap of bad bytes."""
        end, before = way.piece.end, way.piece.char
        for piece in self._from[end]:
            yield _Way(piece, way, way.price + self.follows(before, piece.char) + piece.price)
        for gap in (1, 2, 3, 4):
            if end + gap >= len(self._from):
                return
            for piece in self._from[end + gap]:
                if gap == 1:
                    price = self.error + _ANY_BYTE + self.follows(before, piece.char) + piece.price
                    yield _Way(piece, way, way.price + price)
                yield from self._over(way, gap, piece)

    def _over(self, way: _Way, gap: int, piece: Piece) -> Iterator[_Way]:
        """Go over bytes that are the rest of one unknown character, or of two."""
        lost = self.window[way.piece.end : way.piece.end + gap]
        price = way.price + self.error + piece.price + _ANY_BYTE * (gap - 1)
        if gap <= 2:
            # Two bytes that are a character are read as it, wrong as it may be.
            if originals(lost, self.codec) and not (gap == 2 and char_of(lost, self.codec)):
                yield _Way(piece, way, price + _HIDDEN_AT_LEAST, lost)
            if gap == 2 and not lost.isascii():
                yield _Way(piece, way, price + self.error + self.follows.alone(piece.char) + 2 * _UNKNOWN)
        elif not lost.isascii():
            yield _Way(piece, way, price + self.error + self.follows.alone(piece.char) + 2 * _UNKNOWN)

    def _priced(self, way: _Way) -> _Way:
        one = way.before.piece.char if way.before else EDGE
        least = self.follows.between(one, way.piece.char, way.lost, originals(way.lost, self.codec))
        return _Way(way.piece, way.before, way.price - _HIDDEN_AT_LEAST + least)

    def _cuts(self, way: _Way) -> list[Cut]:
        cuts: list[Cut] = []
        while way.before is not None:
            piece, gap = way.piece, way.before.piece.end
            if piece.end > piece.start:
                cuts.append(Cut(piece.start, piece.end, middle=piece.middle))
            if gap < piece.start:
                cuts.append(Cut(gap, piece.start, bad=True))
            way = way.before
        return cuts[::-1]


#: What an unknown character costs that is not looked for.
_UNKNOWN = 7.0


@lru_cache(maxsize=8_192)
def originals(lost: bytes, codec: str) -> frozenset[str]:
    """Return the common characters, as counted, that one byte, or two of which one is bad, may be the rest of."""
    return _with_lead(lost[0], codec) | _with_trail(lost[-1], codec)


@lru_cache(maxsize=512)
def _with_lead(lead: int, codec: str) -> frozenset[str]:
    found = trails(codec) if lead in common_leads(codec) else ()
    chars = (char_of(bytes([lead, trail]), codec) for trail in found)
    return frozenset(key_of(char) for char in chars if char)


@lru_cache(maxsize=512)
def _with_trail(trail: int, codec: str) -> frozenset[str]:
    found = common_leads(codec) if trail in trails(codec) else ()
    chars = (char_of(bytes([lead, trail]), codec) for lead in found)
    return frozenset(key_of(char) for char in chars if char)
