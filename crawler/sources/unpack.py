"""PURE: gzip bytes → what they hold, up to a limit: a small file can unpack to more than the memory has."""

from __future__ import annotations

import zlib

_GZIP = b"\x1f\x8b"


def unpack(body: bytes, most: int) -> tuple[bytes, str]:
    """Return the body unpacked, where it is gzip (twice at most, as some servers pack a packed file), and a problem.

    No more than `most` bytes are unpacked. A packed file that is cut short or broken gives what could be read.
    """
    problem = ""
    for _ in range(2):
        if not body.startswith(_GZIP):
            break
        body, found = _gunzip(body, most)
        problem = problem or found
    return (body, problem) if len(body) <= most else (body[:most], _too_large(most))


def _gunzip(body: bytes, most: int) -> tuple[bytes, str]:
    """Unpack all members of a gzip file (RFC 1952, 2.2)."""
    pieces: list[bytes] = []
    left, rest = most, body
    while rest.startswith(_GZIP) and left > 0:
        member = zlib.decompressobj(wbits=31)
        try:
            piece = member.decompress(rest, left)
        except zlib.error:
            # Byte by byte up to the broken place would be slow: small pieces keep all that comes before it.
            pieces.append(_what_can_be_read(rest, left))
            return b"".join(pieces), "its packed bytes are broken"
        pieces.append(piece)
        left -= len(piece)
        if not member.eof:
            return b"".join(pieces), "its packed bytes are cut short" if left > 0 else _too_large(most)
        rest = member.unused_data
    return b"".join(pieces), "" if left > 0 else _too_large(most)


def _what_can_be_read(body: bytes, most: int) -> bytes:
    member = zlib.decompressobj(wbits=31)
    found = bytearray()
    for start in range(0, len(body), 64):
        try:
            found += member.decompress(body[start : start + 64], most - len(found) or 1)
        except zlib.error:
            break
        if len(found) >= most or member.eof:
            break
    return bytes(found[:most])


def _too_large(most: int) -> str:
    return f"it is larger than {most // 1_048_576 or 1} MB, and was read so far"
