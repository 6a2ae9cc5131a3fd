"""PURE the common case, fast: a page of GB2312 with a few characters of GB18030, read strictly in one pass.

Python's GB2312 codec is the fastest of its Chinese ones, so the characters that it lacks are given to it.
"""

from __future__ import annotations

import codecs
import re
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache

from crawler.text.labels import GB18030
from crawler.text.private import assign

#: So many characters beyond GB2312 are looked at one by one; a page with more is no everyday page.
_FEW = 200
#: First bytes of signs and commoner characters: between two of these, an uncommon character is a name's.
_COMMON_LEADS = frozenset(bytes([lead]) for lead in (*range(0xA1, 0xA4), *range(0xB0, 0xD8)))
#: Where a stretch of characters ends: signs and white space that are no part of a character.
_ANCHOR = re.compile(b"[\\x00-\\x2f\\x3a-\\x3f]")
_STEP = 128

#: What the GB2312 codec gives for · and —, and GB18030 has for other bytes: noncharacters hold its place.
_HELD = {"\u30fb": "\ufdd0", "\u2015": "\ufdd1"}


class _NoEverydayPageError(Exception):
    pass


@dataclass(slots=True)
class _Given:
    """The characters that GB2312 lacks, and where they begin."""

    places: list[int] = field(default_factory=list)
    chars: list[str] = field(default_factory=list)


_given: ContextVar[_Given] = ContextVar("_given")


@lru_cache(maxsize=2_000)
def _beyond_gb2312(sequence: bytes) -> tuple[str, int]:
    """Return the character of two or four bytes that the bytes begin with, and its length."""
    length = 4 if b"0" <= sequence[1:2] <= b"9" else 2
    try:
        char = assign(sequence[:length].decode(GB18030))
    except UnicodeDecodeError:
        raise _NoEverydayPageError from None
    return _HELD.get(char, char), length


def _give(error: UnicodeError) -> tuple[str, int]:
    if type(error) is not UnicodeDecodeError:
        raise error
    start = error.start
    given = _given.get()
    given.places.append(start)
    if len(given.places) > _FEW:
        raise _NoEverydayPageError
    char, length = _beyond_gb2312(error.object[start : start + 4])
    given.chars.append(char)
    return char, start + length


codecs.register_error("newsdelta.gb18030", _give)


def read_everyday(body: bytes) -> tuple[str, str] | None:
    """Return the text of a body that is strict GB18030 and mostly GB2312, and its private-use characters.

    None where it is not, or where it looks as if bytes were lost or put in.
    """
    given = _Given()
    token = _given.set(given)
    try:
        text = body.decode("gb2312", "newsdelta.gb18030")
    except _NoEverydayPageError:
        return None
    finally:
        _given.reset(token)
    # Python's GB2312 codec names two signs otherwise than its GB18030 codec.
    text = text.replace("\u30fb", "\u00b7").replace("\u2015", "\u2014")
    if not given.places:
        return text, ""
    if _looks_shifted(body, given):
        return None
    beyond = "".join(given.chars)
    for sign, held in _HELD.items():
        text = text.replace(held, sign) if held in beyond else text
    return text, "".join(char for char in beyond if "\ue000" <= char <= "\uf8ff")


def _looks_shifted(body: bytes, given: _Given) -> bool:
    """Say whether the text around one of these characters looks as if bytes were lost or put in there.

    What stands there several times, a name or a designer's sign, is the page's own: shifted bytes vary.
    """
    for place, char in zip(given.places, given.chars, strict=True):
        common = body[place - 2 : place - 1] in _COMMON_LEADS and body[place + 2 : place + 3] in _COMMON_LEADS
        if not common and given.chars.count(char) == 1 and _is_odd(body, place):
            return True
    return False


def _is_odd(body: bytes, place: int) -> bool:
    from crawler.text.charsets import odd_pair  # takes a moment to make, and most pages do not need it

    start = place
    while start > 0 and not _ANCHOR.search(body, max(0, start - _STEP), start):
        start -= _STEP
    before = [anchor.end() for anchor in _ANCHOR.finditer(body, max(0, start - _STEP), place)]
    end = _ANCHOR.search(body, place)
    run = body[before[-1] if before else 0 : end.start() if end else len(body)]
    return odd_pair(GB18030).search(assign(run.decode(GB18030, "replace"))) is not None
