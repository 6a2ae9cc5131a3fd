"""The damage done forward, as a copying site does it: what a repair is proved by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from crawler.text.repair.signs import gbk_bytes

_BARRIER = "\x7f"


def narrow(text: str, signs: str) -> str:
    """Replace the full-width counterparts of ASCII `signs` byte by byte in GBK; drop what forms no character.

    Characters that GBK lacks part the bytes as ASCII does.
    """
    outside = iter([char for char in text if not gbk_bytes(char) or char == _BARRIER])
    data = "".join(char if gbk_bytes(char) else _BARRIER for char in text).encode("gbk")
    for sign in signs:
        data = data.replace(bytes((0xA3, ord(sign) | 0x80)), sign.encode())
    return re.sub(_BARRIER, lambda _: next(outside), data.decode("gbk", "ignore"))


def annotate(text: str, readings: Mapping[str, str], *, cut: bool = False) -> str:
    """Put its reading behind each character of the set; `cut`: but not behind the last, where a text was cut off."""
    end = len(text) - cut
    return (
        "".join(f"{char}({readings[char]})" if char in readings else char for char in text[:end]) + text[end:]
    )


def unaligned(text: str) -> set[str]:
    """Return the ASCII signs that a byte-by-byte replacement would find across two characters of a text."""
    found: set[str] = set()
    for one, other in pairwise(text):
        first, second = gbk_bytes(one), gbk_bytes(other)
        if len(first) == len(second) == 2 and first[1] == 0xA3 and second[0] >= 0xA1:
            found.add(chr(second[0] & 0x7F))
    return found
