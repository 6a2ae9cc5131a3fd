"""PURE reading damaged bytes of a two-byte encoding (GB18030, Big5) without losing the text that follows.

In such an encoding a stray or a lost byte shifts the pairing of all bytes up to the next ASCII character: one
wrong byte garbles a whole paragraph. Here the pairing is chosen anew between two *anchors* (bytes that are never
part of a character of several bytes: signs and white space below "0", and ":;<=>?"). Every way to cut these bytes
into characters and bad bytes has a cost, the text's under the word model plus a price for each bad byte; the
cheapest is found by dynamic programming over byte positions (Viterbi).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

from crawler.text.binary import MOST_BAD
from crawler.text.plausible import ASCII, LONGEST, cost, cost_of_char, cost_of_word, simplified
from crawler.text.private import assign
from storage.errors import Undecodable
from storage.records import BadByte

#: Bytes that are never part of a character of several bytes, in GB18030 and in Big5.
_ANCHORS = b"\\x00-\\x2f\\x3a-\\x3f"
_RUN = re.compile(b"[^" + _ANCHORS + b"]+")
_HIGH = re.compile(rb"[\x80-\xff]")
#: What bad bytes cost, in nats: a stray one, one beside an ASCII character (a byte that was replaced by ASCII
#: leaves its partner there), two that should have been one character.
_STRAY = 14.0
_STRAY_AT_EDGE = 11.0
_BROKEN_PAIR = 18.0
_FOUR_BYTES = 18.0
#: How much likelier, in nats, a valid run must become for two errors to be assumed in it.
_TWO_ERRORS = 30.0
#: Bytes that are aligned with care in one body. Beyond that, which no page needs, a bad byte is only passed over.
_BUDGET = 60_000
_LONGEST_RUN = 8_000


@dataclass
class Aligned:
    """A body read anew: its text in pieces, and the bad bytes in order."""

    pieces: list[str] = field(default_factory=list)
    bad: list[BadByte] = field(default_factory=list)
    budget: int = _BUDGET

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.pieces)


def align(body: bytes, codec: str, strict: str) -> Aligned:
    """Read a body that has bad bytes. `strict` is the codec that a run must satisfy to be taken as it is.

    Each bad byte, or two of them where one character should be, becomes one U+FFFD.
    """
    found = Aligned()
    at = 0
    for start, end in _doubtful_runs(body, strict):
        found.pieces.append(body[at:start].decode(codec, "replace"))
        _align_run(body, start, end, codec, found)
        if len(found.bad) > MOST_BAD:
            raise Undecodable(f"more than {MOST_BAD} bytes of the body form no character")
        at = end
    found.pieces.append(body[at:].decode(codec, "replace"))
    return found


def _doubtful_runs(body: bytes, strict: str) -> Iterator[tuple[int, int]]:
    """Find the runs between anchors that the codec rejects."""
    view = memoryview(body)
    at = 0
    while True:
        try:
            str(view[at:], strict)
        except UnicodeDecodeError as error:
            wrong = at + error.start
        else:
            return
        start = wrong
        while start > at and body[start - 1 : start] not in _ANCHOR_BYTES:
            start -= 1
        run = _RUN.match(body, start)
        end = run.end() if run else wrong + 1
        yield start, end
        at = end


_ANCHOR_BYTES = frozenset(bytes([byte]) for byte in (*range(0x30), *range(0x3A, 0x40)))


def _align_run(body: bytes, start: int, end: int, codec: str, found: Aligned) -> None:
    while start < end:
        stop = min(end, start + _LONGEST_RUN)
        run = body[start:stop]
        if _is_utf8(run):
            found.pieces.append(run.decode("utf-8"))
        elif found.budget <= 0:
            _pass_over(run, start, codec, found)
        else:
            found.budget -= len(run)
            _append(run, start, _cuts(run, codec), codec, found)
        start = stop


def _is_utf8(run: bytes) -> bool:
    """Say whether a run that the page's encoding rejects is Chinese in UTF-8: a page mixed from two sources."""
    try:
        text = run.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return sum("\u3000" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef" for char in text) > 1


def _cuts(run: bytes, codec: str) -> list[int]:
    """Return the lengths of the pieces to read; a negative length is bad bytes.

    A run that the codec accepts is read as it is, unless its text is so much likelier otherwise that two errors
    must have met in it.
    """
    cuts, least = _cheapest_cut(run, codec)
    if any(length < 0 for length in cuts):
        with suppress(UnicodeDecodeError):
            if cost(assign(run.decode(codec))) < least + _TWO_ERRORS:
                return [len(run)]
    return cuts


def _cheapest_cut(run: bytes, codec: str) -> tuple[list[int], float]:
    """Return the lengths of the pieces of the cheapest reading, and its cost."""
    size = len(run)
    best = [0.0] + [float("inf")] * size
    step = [0] * (size + 1)
    last = [0] * (size + 1)

    def reach(start: int, end: int, cost: float, piece: int) -> None:
        if best[start] + cost < best[end]:
            best[end], step[end], last[end] = best[start] + cost, start, piece

    for at in range(size):
        if best[at] == float("inf"):
            continue
        _steps_from(run, at, codec, reach)
    cuts: list[int] = []
    at = size
    while at:
        length = at - step[at]
        # A word is a step over several characters of two bytes each.
        cuts.extend([2] * (length // 2) if last[at] == _WORD else [length if last[at] == _CHAR else -length])
        at = step[at]
    return cuts[::-1], best[size]


_CHAR, _WORD, _BAD = 1, 2, 3
Reach = Callable[[int, int, float, int], None]


def _steps_from(run: bytes, at: int, codec: str, reach: Reach) -> None:
    """Offer every piece that can begin at this byte: ASCII, a character, a word, bad bytes."""
    size = len(run)
    if run[at] < 0x80:
        reach(at, at + 1, ASCII, _CHAR)
        return
    at_edge = at == 0 or at + 1 == size or run[at - 1] < 0x80 or run[at + 1] < 0x80
    reach(at, at + 1, _STRAY_AT_EDGE if at_edge else _STRAY, _BAD)
    if at + 2 <= size and run[at + 1] >= 0x80:
        reach(at, at + 2, _BROKEN_PAIR, _BAD)
    if codec == "gb18030" and at + 4 <= size and _char(run[at : at + 4], codec):
        reach(at, at + 4, _FOUR_BYTES, _CHAR)
    word = ""
    for end in range(at + 2, min(size, at + 2 * LONGEST) + 1, 2):
        char = _char(run[end - 2 : end], codec)
        if len(char) != 1:
            return
        word += simplified(char)
        if end == at + 2:
            reach(at, end, cost_of_char(char), _CHAR)
        elif (price := cost_of_word(word)) is not None:
            reach(at, end, price, _WORD)


@lru_cache(maxsize=60_000)
def _char(sequence: bytes, codec: str) -> str:
    """Return the character that the bytes are, or "" where they are none or several."""
    try:
        char = sequence.decode(codec)
    except UnicodeDecodeError:
        return ""
    return assign(char) if len(char) == 1 else ""


def _append(run: bytes, offset: int, cuts: list[int], codec: str, found: Aligned) -> None:
    at = 0
    pieces = found.pieces
    for length in cuts:
        piece = run[at : at + abs(length)]
        if length > 0:
            pieces.append(piece.decode(codec))
        else:
            pieces.append("\ufffd")
            found.bad.append(BadByte(offset + at, piece.hex()))
        at += abs(length)


def _pass_over(run: bytes, offset: int, codec: str, found: Aligned) -> None:
    """Read a run from left to right, passing over each byte that the codec rejects."""
    view = memoryview(run)
    at = 0
    while at < len(run):
        try:
            found.pieces.append(str(view[at:], codec))
        except UnicodeDecodeError as error:
            wrong = at + error.start
            found.pieces.append(str(view[at:wrong], codec) + "\ufffd")
            found.bad.append(BadByte(offset + wrong, run[wrong : wrong + 1].hex()))
            at = wrong + 1
            if len(found.bad) > MOST_BAD:
                return
        else:
            return
