"""The character sets that a repair reasons with: GBK, its full-width signs A3xx, the two scripts."""

from __future__ import annotations

from functools import cache, lru_cache

#: ASCII sign -> its full-width counterpart in row A3 of GBK (A3 A1 … A3 FE).
WIDE = {chr(byte - 0x80): bytes((0xA3, byte)).decode("gbk") for byte in range(0xA1, 0xFF)}
NARROW = {wide: narrow for narrow, wide in WIDE.items()}
#: The punctuation among them: what a narrowing turns into ASCII and a repair may widen again.
PUNCTUATION = "!(),:;?"


def is_han(char: str) -> bool:
    """Tell whether a character is an ideograph of the basic block, its extension A, or 〇."""
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or char == "〇"


@lru_cache(maxsize=30_000)
def gbk_bytes(char: str) -> bytes:
    """Return a character's one or two bytes in GBK, or b'' where it has none."""
    return char.encode("gbk", "ignore")


@cache
def pair(lead: int, trail: int) -> str:
    """Return the character of two GBK bytes, or '' where they form none."""
    return bytes((lead, trail)).decode("gbk", "ignore") if lead > 0x80 and trail >= 0x40 else ""


@cache
def valid(lead: int, trail: int) -> bool:
    """Tell whether two bytes form one character of GBK."""
    return lead > 0x80 and trail >= 0x40 and len(pair(lead, trail)) == 1 and ord(pair(lead, trail)) > 0x7F


@cache
def gbk_characters() -> tuple[str, ...]:
    """Return all two-byte characters of GBK, in byte order."""
    pairs = ((lead, trail) for lead in range(0x81, 0xFF) for trail in range(0x40, 0xFF))
    return tuple(pair(*both) for both in pairs if valid(*both))


@cache
def _one_by_one(config: str) -> dict[str, str]:
    import opencc

    characters = gbk_characters()
    converted = opencc.OpenCC(config).convert("\n".join(characters)).split("\n")
    return {char: other for char, other in zip(characters, converted, strict=True) if char != other}


def simplified_of(char: str) -> str:
    """Return the one Simplified counterpart of a character of GBK, often itself."""
    return _one_by_one("t2s").get(char, char)


def traditional_of(char: str) -> str:
    """Return the first Traditional counterpart of a character of GBK, often itself."""
    return _one_by_one("s2t").get(char, char)


@cache
def _to_simplified() -> dict[int, str]:
    return {ord(char): other for char, other in _one_by_one("t2s").items()}


def in_simplified(text: str) -> str:
    """Return a text with each character replaced by its one Simplified counterpart."""
    return text.translate(_to_simplified())


@cache
def _only_one_script() -> tuple[frozenset[str], frozenset[str]]:
    characters = gbk_characters()
    return frozenset(filter(is_traditional_only, characters)), frozenset(
        filter(is_simplified_only, characters)
    )


def counts_of_scripts(text: str) -> tuple[int, int]:
    """Count the characters that only Traditional script writes, and those that only Simplified script does."""
    traditional, simplified = _only_one_script()
    return sum(map(traditional.__contains__, text)), sum(map(simplified.__contains__, text))


@cache
def is_simplified_only(char: str) -> bool:
    """Tell whether only Simplified script writes this character: it has another form, and Big5 lacks it."""
    return traditional_of(char) != char and not char.encode("big5", "ignore")


def is_traditional_only(char: str) -> bool:
    """Tell whether Simplified script writes this character otherwise."""
    return simplified_of(char) != char
