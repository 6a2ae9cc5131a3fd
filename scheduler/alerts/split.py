"""PURE: a long text -> parts of at most so many bytes, cut where a reader pauses, never inside a character or mark."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: The smallest limit: an emoji of a family with its joiners still fits.
LEAST = 32
#: A cut that leaves less than this part of the limit filled is not worth its better place.
_FILLED = 0.4
#: Where a reader pauses, the best place first; a cut is made after the match.
_PAUSES = (
    re.compile(r"\n[ \t\u3000]*\n+"),
    re.compile(r"\n"),
    re.compile(r"[。！？；…!?;]+[”’」』）)\]】》〉\"']*[ \u3000]*|\.[\"')\]]*[ \u3000]+"),
    re.compile(r"[，、：,:]+[”’」』）)\]】》]*[ \u3000]*|[ \u3000]+"),
)
#: What must stay whole in Markdown: links, bold, struck out, code.
_ATOM = re.compile(
    r"(?P<link>\[(?P<label>[^\[\]\n]*)\]\((?P<url>[^()\s]*)\))"
    r"|(?P<mark>\*\*|~~|`)(?P<inner>(?:(?!(?P=mark))[^\n])+)(?P=mark)"
)
#: A number or word that is longer may be torn.
_LONG_WORD = 24
_WORD = re.compile(r"[\w.,:%/+-]", re.ASCII)
_ZWJ = "\u200d"
_SKIN = range(0x1F3FB, 0x1F400)
_FLAG = range(0x1F1E6, 0x1F200)
_JAMO = range(0x1160, 0x1200)


def split(text: str, limit: int) -> list[str]:
    """Return the text in parts of at most `limit` bytes of UTF-8; white space at a cut is dropped.

    Cuts are made between paragraphs, else lines, sentences, clauses, characters as readers see them (a letter
    and its accents, an emoji and its joiners), in this order; numbers stay whole. A text of white space only gives [].
    Raises ValueError for a limit below `LEAST`.
    """
    _check(limit)
    return list(_parts(_clean(text), limit, frozenset()))


def split_markdown(text: str, limit: int) -> list[str]:
    """Return Markdown in parts of at most `limit` bytes: as `split`, and no link or marked word is torn.

    A marked run that is longer than a part is marked anew in each; a link that is longer loses the end of its
    label, and stands as its label alone where its address does not fit. Raises ValueError as `split` does.
    """
    _check(limit)
    text = _ATOM.sub(lambda found: _fitted(found, limit), _clean(text))
    inside = frozenset(at for found in _ATOM.finditer(text) for at in range(found.start() + 1, found.end()))
    return list(_parts(text, limit, inside))


def shorten(text: str, limit: int) -> str:
    """Return the text if it has at most `limit` bytes of UTF-8, else its beginning and "…". For limits ≥ `LEAST`."""
    _check(limit)
    text = _clean(text)
    if _size(text) <= limit:
        return text
    end = _back_to_border(text, 0, _reach(text, 0, limit - _size("…")), frozenset())
    return text[:end].rstrip() + "…"


def _check(limit: int) -> None:
    if limit < LEAST:
        raise ValueError(f"a part must have room for {LEAST} bytes, not {limit}")


def _clean(text: str) -> str:
    """Lone surrogates have no bytes: they become "?"."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _size(text: str) -> int:
    return len(text.encode("utf-8"))


def _parts(text: str, limit: int, inside: frozenset[int]) -> Iterator[str]:
    start, end = 0, len(text.rstrip())
    while start < end:
        while text[start].isspace() and not is_joined(text, start + 1):
            start += 1
        reach = _reach(text, start, limit)
        cut = end if reach >= end else _cut(text, start, reach, inside)
        yield text[start:cut].rstrip()
        start = cut


def _reach(text: str, start: int, limit: int) -> int:
    """The end of the longest stretch from `start` that has at most `limit` bytes."""
    return start + len(text[start : start + limit].encode("utf-8")[:limit].decode("utf-8", "ignore"))


def _cut(text: str, start: int, reach: int, inside: frozenset[int]) -> int:
    least = start + round((reach - start) * _FILLED)
    for pause in _PAUSES:
        places = (found.end() for found in pause.finditer(text, start, reach))
        best = max((at for at in places if at > least and at not in inside), default=None)
        if best is not None and not is_joined(text, best):
            return best
    return _back_to_border(text, start, reach, inside)


def _back_to_border(text: str, start: int, reach: int, inside: frozenset[int]) -> int:
    """The last place, up to `reach`, that tears nothing; where all of it is one character, `reach`."""
    for at in range(reach, max(start, reach - _LONG_WORD), -1):
        if at not in inside and not is_joined(text, at) and not is_in_word(text, at):
            return at
    for at in range(reach, start, -1):
        if at not in inside and not is_joined(text, at):
            return at
    return reach


def is_in_word(text: str, at: int) -> bool:
    """Whether the place is inside a number (2.5, 1,200, 16:05) or a Latin word: the part before would mislead."""
    return 0 < at < len(text) and bool(_WORD.match(text[at - 1]) and _WORD.match(text[at]))


def is_joined(text: str, at: int) -> bool:
    """Whether the code points before and at this place are one character to a reader (after UAX #29).

    Known are combining marks, joiners, emoji of a skin tone, flags, and Hangul of single letters.
    """
    if at >= len(text):
        return False
    here, before = text[at], text[at - 1]
    if here == _ZWJ or before == _ZWJ or unicodedata.category(here).startswith("M"):
        return True
    if ord(here) in _SKIN or (before == "\r" and here == "\n"):
        return True
    if ord(here) in _JAMO:
        return unicodedata.category(before) == "Lo" and 0x1100 <= ord(before) < 0xD7B0
    if ord(here) in _FLAG:
        return _flags_before(text, at) % 2 == 1
    return False


def _flags_before(text: str, at: int) -> int:
    first = at
    while first and ord(text[first - 1]) in _FLAG:
        first -= 1
    return at - first


def _fitted(found: re.Match[str], limit: int) -> str:
    """Return an atom that is too long for one part as shorter ones."""
    whole = found[0]
    if _size(whole) <= limit:
        return whole
    if found["link"]:
        return _fitted_link(found["label"], found["url"], limit)
    mark = found["mark"]
    parts = _parts(found["inner"], limit - 2 * len(mark), frozenset())
    return "\n".join(f"{mark}{part}{mark}" for part in parts)


def _fitted_link(label: str, url: str, limit: int) -> str:
    room = limit - _size(f"[]({url})")
    return f"[{shorten(label, room)}]({url})" if room >= LEAST else label
