"""PURE: a body, packed or not → its bytes, piece by piece, up to a limit: a small file can unpack to more than the
memory has.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import chain

_GZIP = b"\x1f\x8b"
#: Bytes of a piece.
_PIECE = 2**18


class Unpacked:
    """The pieces of a body, unpacked as they are asked for, where it is gzip (twice at most, as some servers pack a
    packed file). They have no more than `most` bytes together.

    `problem`: what is wrong with it, as far as it was read. A packed file that is cut short or broken gives what
    could be read.
    """

    def __init__(self, body: bytes, most: int) -> None:
        self.problem = ""
        self._body, self._most = memoryview(body), most

    def __iter__(self) -> Iterator[bytes]:
        pieces: Iterator[bytes] = (
            bytes(self._body[at : at + _PIECE]) for at in range(0, len(self._body), _PIECE)
        )
        for _ in range(2):
            first = next(pieces, b"")
            pieces = chain((first,), pieces)
            if not first.startswith(_GZIP):
                break
            pieces = self._gunzipped(pieces)
        left = self._most
        for piece in pieces:
            yield piece[:left]
            left -= len(piece)
            if left < 0:
                self._note(f"it is larger than {self._most // 1_048_576 or 1} MB, and was read so far")
                return

    def _gunzipped(self, packed: Iterator[bytes]) -> Iterator[bytes]:
        """Unpack all members of a gzip file (RFC 1952, 2.2); what stands behind them is none of it."""
        member = None
        for data in packed:
            while data:
                if member is None and not data.startswith(_GZIP[: len(data)]):
                    return
                member = member or zlib.decompressobj(wbits=31)
                before = member.copy()
                try:
                    piece = member.decompress(data, _PIECE)
                except zlib.error:
                    self._note("its packed bytes are broken")
                    yield _what_can_be_read(before, data)
                    return
                if piece:
                    yield piece
                data = member.unused_data if member.eof else member.unconsumed_tail
                member = None if member.eof else member
        if member is not None:
            self._note("its packed bytes are cut short")

    def _note(self, problem: str) -> None:
        self.problem = self.problem or problem


def _what_can_be_read(member: zlib._Decompress, data: bytes) -> bytes:
    """What comes before the broken place: byte by byte would be slow, small pieces keep nearly all of it."""
    found = bytearray()
    for start in range(0, len(data), 64):
        try:
            found += member.decompress(data[start : start + 64], _PIECE)
        except zlib.error:
            break
        if len(found) >= _PIECE:
            break
    return bytes(found)
