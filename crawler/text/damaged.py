"""PURE reading damaged Big5 without losing the text that follows.

A stray or a lost byte shifts the pairing of the bytes behind it, and as half of the second bytes are ASCII, most
shifted text is valid. Here the doubtful stretches of text are found and paired anew; how, says pairing.py.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, groupby

from crawler.text.binary import MOST_BAD
from crawler.text.charsets import char_of
from crawler.text.follows import EDGE, Follows, key_of, unescape
from crawler.text.lenient import Noting, decode_with
from crawler.text.pairing import ERROR, Cut, Pairing, pieces
from crawler.text.private import assign
from storage.errors import Undecodable
from storage.records import BadByte

#: Steps of the search in one body, and for each byte that it begins with: a second or so of work. After that, which
#: no page needs, a bad byte is only passed over.
_BUDGET = 60_000
_BUDGET_OF_HUGE = 10_000
_STEPS_A_BYTE = 2
_LONGEST = 4_000
#: Bodies up to this size are looked through stretch by stretch.
_THOROUGH = 500_000
#: How much likelier, in nats, a stretch that the codec accepts must become for an error to be assumed in it.
_UNSEEN_ERROR = 6.0
#: A stretch that costs more than this per byte is no prose: a list of characters, a font table. What follows what
#: is no guide there, and errors cost so many times more.
_NO_PROSE = 5.5
_DEARER = 3.0
#: Two characters in a row that cost more than this, in nats, are looked at on a page that has bad bytes.
_STRANGE = 19.0
#: So many characters in a row that cost no more than this together are sound; so many of them belong to the window
#: of the trouble beside them. A byte that the codec rejects costs so much.
_SOUND = 6
_SOUND_PRICE = 36.0
_AROUND = 3
_REJECTED = 60.0
#: A window of so many characters at most may be a name; a longer one is shifted text.
_NAME = 12
#: ASCII between stretches: markup, or more than a number or a word. A single byte may have been put in.
_BETWEEN = re.compile(rb"[\x00-\x7f]{2,}")
_WITHIN = re.compile(rb"[@-~]?(?:&#\d{2,6};|[0-9A-Za-z.%, ]){1,12}")
_LETTERS = re.compile(rb"[@-~]{0,2}")
#: What follows what on any page.
_GENERAL = Follows()
_BY_ASCII = re.compile(rb"[\x00-\x7f]+|[\x80-\xff]+")


@dataclass(frozen=True, slots=True)
class Read:
    """A body read anew: its text, and the bad bytes in order."""

    text: str
    bad: tuple[BadByte, ...]


def read_damaged(body: bytes, codec: str) -> Read:
    """Read a body in Big5 that may have bad bytes.

    Each bad byte, or two of them where one character should be, becomes one U+FFFD. Raises Undecodable where there
    are too many.
    """
    doubts = _doubtful(body, codec)
    reader = _Reader(body, codec, _follows(body, codec, doubts))
    at = 0
    for start, end in doubts:
        reader.take(at, start)
        reader.mend(start, end)
        at = end
        if len(reader.bad) > MOST_BAD:
            raise Undecodable(f"more than {MOST_BAD} bytes of the body form no character")
    reader.take(at, len(body))
    return Read("".join(reader.pieces), tuple(reader.bad))


def _doubtful(body: bytes, codec: str) -> list[tuple[int, int]]:
    """Find the stretches that the codec rejects, or whose text looks as if bytes were shifted there."""
    look = len(body) <= _THOROUGH
    found = []
    for start, end in stretches(body):
        text = _strict(body[start:end], codec)
        # U+FFFD that was encoded: the text was damaged before, and its bytes are gone.
        if text is None or (look and "\ufffd" not in text and _is_strange(assign(text))):
            found.append((start, end))
    return found


def _follows(body: bytes, codec: str, doubts: list[tuple[int, int]]) -> Follows:
    """Learn what follows what on this page, from what is sound; from short doubtful places what they have in common."""
    sound, doubtful, at = [], [], 0
    for start, end in doubts:
        sound.append(body[at:start])
        stretch, at = body[start:end], end
        read = list(as_read(stretch, codec, _GENERAL))
        done = 0
        for first, last in troubled([token.price for token in read]):
            sound.append(_bytes_of(stretch, read[done:first]))
            if last - first <= _NAME:
                doubtful.append(_bytes_of(stretch, read[first:last]))
            done = last
        sound.append(_bytes_of(stretch, read[done:]))
    sound.append(body[at:])
    known = (assign(b"\n".join(parts).decode(codec, "replace")) for parts in (sound, doubtful))
    return Follows(*known)


def _bytes_of(stretch: bytes, read: list[Token]) -> bytes:
    return stretch[read[0].start : read[-1].end] if read else b""


def stretches(body: bytes) -> Iterator[tuple[int, int]]:
    """Find the stretches of text between markup; character references and short numbers belong to them."""
    start = 0
    for between in _BETWEEN.finditer(body):
        if _WITHIN.fullmatch(between[0]):
            continue
        # The first letters may be second bytes of characters.
        letters = _LETTERS.match(between[0])
        end = between.start() + (letters.end() if letters and between.start() > start else 0)
        if not body[start:end].isascii():
            yield start, end
        start = between.end()
    if not body[start:].isascii():
        yield start, len(body)


@dataclass(slots=True)
class _Reader:
    """Reads a body in one codec from left to right."""

    body: bytes
    codec: str
    follows: Follows
    pieces: list[str] = field(default_factory=list)
    bad: list[BadByte] = field(default_factory=list)
    budget: int = 0

    def __post_init__(self) -> None:
        self.budget = _BUDGET if len(self.body) <= _THOROUGH else _BUDGET_OF_HUGE

    def take(self, start: int, end: int) -> None:
        """Read what is known to be sound."""
        self.pieces.append(self.body[start:end].decode(self.codec, "replace"))

    def mend(self, start: int, end: int) -> None:
        """Read a doubtful stretch."""
        while start < end:
            stop = min(end, start + _LONGEST) if self.budget > 0 else end
            stretch = self.body[start:stop]
            if _is_utf8(stretch):
                self.pieces.append(stretch.decode("utf-8"))
            elif self.budget <= 0 or (cuts := self._cuts(stretch)) is None:
                self._pass_over(stretch, start)
            else:
                self._append(stretch, start, cuts)
            self.budget -= _STEPS_A_BYTE * len(stretch)
            start = stop

    def _cuts(self, stretch: bytes) -> list[Cut] | None:
        """Return the likeliest cuts; those of the codec, unless others are much likelier."""
        cuts, price = self._paired(stretch, ERROR)
        if price > _NO_PROSE * len(stretch):
            cuts, _ = self._paired(stretch, ERROR * _DEARER)
        return cuts

    def _paired(self, stretch: bytes, error: float) -> tuple[list[Cut], float]:
        """Pair the troubled windows of a stretch; return the cuts and their price."""
        read = list(as_read(stretch, self.codec, self.follows))
        cuts: list[Cut] = []
        price, at = 0.0, 0
        for first, last in troubled([token.price for token in as_read(stretch, self.codec, _GENERAL)]):
            cuts += [Cut(token.start, token.end) for token in read[at:first]]
            price += sum(token.price for token in read[at:first])
            found = self._window(stretch, read, first, last, error)
            cuts += found[0]
            price += found[1]
            at = last
        cuts += [Cut(token.start, token.end) for token in read[at:]]
        return cuts, price + sum(token.price for token in read[at:])

    def _window(
        self, stretch: bytes, read: list[Token], first: int, last: int, error: float
    ) -> tuple[list[Cut], float]:
        start, end = read[first].start, read[last - 1].end
        before = read[first - 1].char if first else EDGE
        after = read[last].char if last < len(read) else EDGE
        intact = [Cut(token.start, token.end, bad=not token.char) for token in read[first:last]]
        price = sum(token.price for token in read[first:last])
        if last < len(read):
            price += self.follows(read[last - 1].char, after) - read[last].price
        at_most = (
            price - _UNSEEN_ERROR * error / ERROR
            if all(token.char for token in read[first:last])
            else math.inf
        )
        pairing = Pairing(stretch[start:end], self.codec, self.follows, error, before, after)
        best = pairing.cheapest(at_most)
        self.budget -= pairing.steps
        if best is None:
            return intact, price
        return [Cut(cut.start + start, cut.end + start, cut.bad, cut.middle) for cut in best[1]], best[0]

    def _append(self, stretch: bytes, offset: int, cuts: list[Cut]) -> None:
        for cut in cuts:
            found = stretch[cut.start : cut.end]
            if cut.middle:
                self._append_char(found[:1] + found[2:])
                self._append_bad(found[1:2], offset + cut.start + 1)
            elif not cut.bad or (len(found) == 2 and char_of(found, self.codec)):
                self._append_char(found)
            else:
                for part in _BY_ASCII.finditer(found):
                    if part[0].isascii():
                        self.pieces.append(part[0].decode("ascii"))
                    else:
                        self._append_bad(part[0], offset + cut.start + part.start())

    def _append_char(self, found: bytes) -> None:
        self.pieces.append(found.decode(self.codec))

    def _append_bad(self, found: bytes, at: int) -> None:
        self.pieces.append("\ufffd")
        self.bad.append(BadByte(at, found.hex()))

    def _pass_over(self, stretch: bytes, offset: int) -> None:
        """Read a stretch from left to right, passing over each byte that the codec rejects."""
        noting = Noting(longest=2, offset=offset)
        self.pieces.append(decode_with(noting, stretch, self.codec))
        self.bad.extend(noting.bad)


@dataclass(frozen=True, slots=True)
class Token:
    """A character as the codec reads it, or a byte that it rejects (`char` is ""), and what it costs here."""

    start: int
    end: int
    char: str
    price: float


def as_read(stretch: bytes, codec: str, follows: Follows) -> Iterator[Token]:
    """Read a stretch from left to right."""
    at, before = 0, EDGE
    while at < len(stretch):
        piece = next(pieces(stretch, at, codec), None)
        if piece is None:
            yield Token(at, at + 1, "", _REJECTED)
            at, before = at + 1, ""
        else:
            price = follows(before, piece.char) if before else follows.alone(piece.char)
            yield Token(at, piece.end, piece.char, price)
            at, before = piece.end, piece.char


def troubled(prices: list[float]) -> Iterator[tuple[int, int]]:
    """Find the windows of characters beyond which the text is sound: several that follow one another well."""
    size = len(prices)
    sums = [0.0, *accumulate(prices)]
    sound = [False] * size
    for at in range(size - _SOUND + 1):
        if sums[at + _SOUND] - sums[at] < _SOUND_PRICE:
            sound[at : at + _SOUND] = [True] * _SOUND
    at = 0
    for is_sound, group in groupby(sound):
        end = at + len(list(group))
        if not is_sound:
            # The next windows begin where this one ends.
            yield max(0, at - _AROUND), min(size, end + _AROUND)
        at = end


def _is_strange(text: str) -> bool:
    """Say whether two characters in a row are unlikely to follow."""
    before, dear = EDGE, 0.0
    for char in map(key_of, unescape(text)):
        price = _GENERAL(before, char)
        if price + dear > _STRANGE:
            return True
        before, dear = char, price
    return False


def _strict(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        return None


def _is_utf8(stretch: bytes) -> bool:
    """Say whether a stretch that the page's encoding rejects is Chinese in UTF-8: a page mixed from two sources."""
    text = _strict(stretch, "utf-8")
    return text is not None and sum(_is_chinese(char) for char in text) > 1


def _is_chinese(char: str) -> bool:
    return "\u3000" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef"
