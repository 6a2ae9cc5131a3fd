"""PURE: what can befall an input: damage to its bytes, and pieces of what its readers look for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from tests.quality.mutations import ACCIDENTS

#: Bytes that an input has at most.
MOST_BYTES = 128 * 1024
#: Accidents that befall one input at most.
MOST_ACCIDENTS = 6
NUMBERS = (
    b"0",
    b"-1",
    b"1e999",
    b"NaN",
    b"99999999999999999999",
    b"2147483648",
    b"0x7f",
    b"1.5",
    b"\xef\xbc\x99",
)
_NUMBER = re.compile(rb"\d+")
_TOKEN = re.compile(rb"<[^<>]{0,200}>|\"[^\"\n]{0,200}\"|[\w-]+|\n")


def mutated(corpus: Sequence[bytes], pieces: Sequence[bytes], chance: Random) -> bytes:
    """One of the corpus after one to six accidents, MOST_BYTES at most."""
    body = chance.choice(corpus)[:MOST_BYTES]
    for _ in range(chance.randint(1, MOST_ACCIDENTS)):
        what = chance.random()
        if what < 0.35:
            body = chance.choice(ACCIDENTS)(body, chance)
        elif what < 0.55 and pieces:
            body = _insert(body, chance.choice(pieces), chance)
        elif what < 0.75:
            body = _swap_tokens(body, chance)
        elif what < 0.85:
            body = _number(body, chance)
        else:
            body = _splice(body, chance.choice(corpus), chance)
    return body[:MOST_BYTES]


def _insert(body: bytes, piece: bytes, chance: Random) -> bytes:
    place = chance.randint(0, len(body))
    return body[:place] + piece * chance.choice((1, 1, 1, 2, 30)) + body[place:]


def _swap_tokens(body: bytes, chance: Random) -> bytes:
    """Drop a tag, a string or a word, double it, or put it where another is."""
    start = chance.randint(0, max(0, len(body) - 2000))
    found = [*_TOKEN.finditer(body, start, min(len(body), start + 4000))]
    if len(found) < 2:
        return body
    one, other = chance.choice(found), chance.choice(found)
    new = chance.choice((b"", one[0] * 2, other[0]))
    return body[: one.start()] + new + body[one.end() :]


def _number(body: bytes, chance: Random) -> bytes:
    found = [*_NUMBER.finditer(body)]
    if not found:
        return body
    one = chance.choice(found)
    return body[: one.start()] + chance.choice(NUMBERS) + body[one.end() :]


def _splice(body: bytes, other: bytes, chance: Random) -> bytes:
    return body[: chance.randint(0, len(body))] + other[chance.randint(0, len(other)) :]
