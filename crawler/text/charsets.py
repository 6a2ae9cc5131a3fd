"""PURE the two-byte charsets, GB18030 and Big5: what bytes are a character, and which characters are everyday ones."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from crawler.text.labels import GB18030
from crawler.text.private import assign

_TRAILS = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
#: A dash of GBK's that authors write as the two halves of a long one.
_PLAIN = "\u2015"
#: The rows of signs, and those of the commoner characters: 3,755 of GB2312 (level 1), 5,401 of Big5.
_SIGNS = (0xA1, 0xA2, 0xA3)
_GB_LEVEL_1 = range(0xB0, 0xD8)
_BIG5_LEVEL_1 = range(0xA4, 0xC7)


@lru_cache(maxsize=60_000)
def char_of(sequence: bytes, codec: str) -> str:
    """Return the character that the bytes are, or "" where they are none or several."""
    try:
        char = sequence.decode(codec)
    except UnicodeDecodeError:
        return ""
    return assign(char) if len(char) == 1 else ""


def common_leads(codec: str) -> tuple[int, ...]:
    """Return the first bytes of signs and commoner characters."""
    return (*_SIGNS, *(_GB_LEVEL_1 if codec == GB18030 else _BIG5_LEVEL_1))


def trails(codec: str) -> tuple[int, ...]:
    """Return the second bytes that everyday characters have."""
    return tuple(range(0xA1, 0xFF)) if codec == GB18030 else _TRAILS


@cache
def odd_char(codec: str) -> str:
    """Return a pattern for a character that is neither ASCII nor an everyday sign or character of the charset."""
    pairs = (bytes([lead, trail]) for lead in common_leads(codec) for trail in trails(codec))
    chars = (char_of(pair, codec) for pair in pairs)
    plain = _PLAIN + re.escape("".join(char for char in chars if char and not "\ue000" <= char <= "\uf8ff"))
    return f"[^\\x00-\\x7f{plain}]"


@cache
def odd_pair(codec: str) -> re.Pattern[str]:
    """Match two such characters, or one beside an ASCII letter that may have been the second half of another."""
    odd = odd_char(codec)
    return re.compile(f"{odd}{{2}}|{odd}[@-~]|[@-~]{odd}")
