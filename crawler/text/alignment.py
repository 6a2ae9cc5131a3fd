"""PURE reading damaged bytes of a two-byte encoding (GB18030, Big5) without losing the text that follows.

In such an encoding a stray or a lost byte shifts the pairing of all bytes up to the next ASCII character: one
wrong byte garbles a whole paragraph. Here the pairing is chosen anew between two *anchors* (bytes that are never
part of a character of several bytes: signs and white space below "0", and ":;<=>?"); how, says lattice.py.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from crawler.text.binary import MOST_BAD
from crawler.text.labels import GB18030
from crawler.text.lattice import Lattice
from crawler.text.lenient import Noting, decode_with
from crawler.text.private import assign
from storage.errors import Undecodable
from storage.records import BadByte

#: Bytes that are never part of a character of several bytes, in GB18030 and in Big5.
_ANCHORS = b"\\x00-\\x2f\\x3a-\\x3f"
_RUN = re.compile(b"[^" + _ANCHORS + b"]+")
_FOREIGN_RUN = re.compile(b"[@-~0-9]*[\\x80-\\xff][^" + _ANCHORS + b"]*")
_NO_ASCII = re.compile(r"[\x00-\x7f]+")
#: Bytes that are aligned with care in one body, and in one beyond _THOROUGH: a second or so of work. After
#: that, which no page needs, a bad byte is only passed over.
_BUDGET = 60_000
_BUDGET_OF_HUGE = 15_000
_LONGEST_RUN = 8_000
#: Bodies up to this size are looked through run by run.
_THOROUGH = 500_000
#: Of a page's own characters, those that stand there at least so often are likelier than in general.
_AT_HOME = 3
_CHARS_COUNTED = 40_000


@dataclass(frozen=True, slots=True)
class Aligned:
    """A body read anew: its text, and the bad bytes in order."""

    text: str
    bad: tuple[BadByte, ...]


def align(body: bytes, codec: str) -> Aligned:
    """Read a body in GB18030 or Big5 that may have bad bytes.

    Each bad byte, or two of them where one character should be, becomes one U+FFFD. Raises Undecodable where
    there are too many.
    """
    reader = _Reader(body, codec)
    at = 0
    for start, end in _doubtful_runs(body, codec):
        reader.take(at, start)
        reader.align(start, end)
        if len(reader.bad) > MOST_BAD:
            raise Undecodable(f"more than {MOST_BAD} bytes of the body form no character")
        at = end
    reader.take(at, len(body))
    return Aligned("".join(reader.pieces), tuple(reader.bad))


def _doubtful_runs(body: bytes, codec: str) -> Iterator[tuple[int, int]]:
    """Find the runs between anchors that the codec rejects, or whose text looks as if bytes were shifted.

    GB2312 and GBK stand for GB18030: what only the latter has is rare, and is what shifted bytes look like.
    """
    everyday, common = ("gb2312", "gbk") if codec == GB18030 else (codec, codec)
    valid = _is_valid(body, codec)
    odd = _odd_pair(codec) if valid else _odd_char(codec)
    if len(body) > _THOROUGH:
        yield from _rejected_runs(body, common)
        return
    looked_at = _rejected_runs(body, everyday) if valid and everyday != codec else _foreign_runs(body)
    for start, end in looked_at:
        try:
            doubtful = odd.search(body[start:end].decode(common)) is not None
        except UnicodeDecodeError:
            doubtful = True
        if doubtful:
            yield start, end


def looks_shifted(body: bytes, at: int) -> bool:
    """Say whether the text around a GBK character that GB2312 lacks looks as if bytes were shifted there."""
    start = max(body.rfind(anchor, 0, at) + 1 for anchor in _COMMON_ANCHORS)
    run = _RUN.match(body, at)
    text = body[start : run.end() if run else at + 2].decode("gbk", "replace")
    return _odd_pair(GB18030).search(text) is not None


def _foreign_runs(body: bytes) -> Iterator[tuple[int, int]]:
    return (run.span() for run in _FOREIGN_RUN.finditer(body))


def _rejected_runs(body: bytes, strict: str) -> list[tuple[int, int]]:
    """Find the runs that a codec rejects."""
    runs: list[tuple[int, int]] = []

    def skip(error: UnicodeDecodeError) -> tuple[str, int]:
        least = runs[-1][1] if runs else 0
        start = max(body.rfind(anchor, least, error.start) + 1 or least for anchor in _COMMON_ANCHORS)
        run = _RUN.match(body, error.start)
        end = run.end() if run else error.end
        runs.append((start, end))
        return "", end

    decode_with(skip, body, strict)
    return runs


def _is_valid(body: bytes, codec: str) -> bool:
    try:
        body.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


@cache
def _odd_char(codec: str) -> re.Pattern[str]:
    """A character outside the everyday rows of the charset: 3,755 characters of GB2312, 5,401 of Big5, signs."""
    first, last = (0xB0, 0xD7) if codec == GB18030 else (0xA4, 0xC6)
    leads = (*range(0xA1, 0xA4), *range(first, last + 1))
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    everyday = (bytes([lead, trail]).decode(codec, "ignore") for lead in leads for trail in trails)
    if codec == GB18030:
        everyday = (char for char in everyday if char.encode("gb2312", "ignore"))
    plain = re.escape("".join(char for char in everyday if len(char) == 1))
    return re.compile(f"[^\\x00-\\x7f{plain}]")


@cache
def _odd_pair(codec: str) -> re.Pattern[str]:
    """Two such characters, or one beside an ASCII letter that may have been the second half of another."""
    odd = _odd_char(codec).pattern
    return re.compile(f"{odd}{{2}}|{odd}[@-~]|[@-~]{odd}")


#: Enough of the anchors to find the beginning of a run without a step for each byte.
_COMMON_ANCHORS = (b"<", b">", b'"', b" ", b"\n")


class _Reader:
    """Reads a body in one codec from left to right."""

    def __init__(self, body: bytes, codec: str) -> None:
        self.body = body
        self.codec = codec
        self.pieces: list[str] = []
        self.bad: list[BadByte] = []
        self._budget = _BUDGET if len(body) <= _THOROUGH else _BUDGET_OF_HUGE

    @cached_property
    def _own(self) -> dict[str, float]:
        return _own_costs(self.body, self.codec)

    def take(self, start: int, end: int) -> None:
        """Read what is known to be sound."""
        self.pieces.append(self.body[start:end].decode(self.codec, "replace"))

    def align(self, start: int, end: int) -> None:
        """Read a doubtful run."""
        while start < end:
            stop = min(end, start + _LONGEST_RUN) if self._budget > 0 else end
            run = self.body[start:stop]
            if _is_utf8(run):
                self.pieces.append(run.decode("utf-8"))
            elif self._budget <= 0:
                self._pass_over(run, start)
            else:
                self._budget -= len(run)
                self._append(run, start, Lattice(run, self.codec, self._own).cuts())
            start = stop

    def _append(self, run: bytes, offset: int, cuts: list[int]) -> None:
        at = 0
        for length in cuts:
            piece = run[at : at + abs(length)]
            if length > 0:
                self.pieces.append(piece.decode(self.codec))
            else:
                self.pieces.append("\ufffd")
                self.bad.append(BadByte(offset + at, piece.hex()))
            at += abs(length)

    def _pass_over(self, run: bytes, offset: int) -> None:
        """Read a run from left to right, passing over each byte that the codec rejects."""
        noting = Noting(longest=2, offset=offset)
        self.pieces.append(decode_with(noting, run, self.codec))
        self.bad.extend(noting.bad)


def _own_costs(body: bytes, codec: str) -> dict[str, float]:
    """What characters cost that are common on this very page: names, the subject, a designer's private signs."""
    text = _NO_ASCII.sub("", assign(body[: 4 * _CHARS_COUNTED].decode(codec, "replace")))[:_CHARS_COUNTED]
    size = 2 * max(1, len(text))  # half of the chance is the page's, half the language's
    counts = Counter(text).items()
    return {char: math.log(size / count) for char, count in counts if count >= _AT_HOME and char != "\ufffd"}


def _is_utf8(run: bytes) -> bool:
    """Say whether a run that the page's encoding rejects is Chinese in UTF-8: a page mixed from two sources."""
    try:
        text = run.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return sum("\u3000" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef" for char in text) > 1
