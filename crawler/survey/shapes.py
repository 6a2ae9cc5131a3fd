"""PURE: addresses → their shape, and the regular expression that article addresses of a site fit and others do not.

An address's path and query are cut into pieces at its signs; a piece that varies from article to article becomes the
class of what was seen there: digits, a day, a hexadecimal number, a slug, a name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

_PIECE = re.compile(r"[A-Za-z0-9]+(?:[A-Za-z0-9%_-]*[A-Za-z0-9%])?|[^A-Za-z0-9]", re.ASCII)
_DAYS = (
    (8, r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"),
    (6, r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])"),
)
_MONTH_NAME = re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.I)
_HEX = re.compile(r"(?=[a-f]*\d)[0-9a-f]{6,}", re.I)
_MIXED = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9]{6,}")
#: More names in one place than this are no longer listed one by one.
_MOST_NAMES = 12
Shape = tuple[str, ...]


def tail_of(url: str) -> str:
    """The path and query of an address: what a pattern is about."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"


def pieces_of(url: str) -> list[str]:
    """Path and query, cut: runs of letters and digits parted further where a number stands beside a word."""
    found: list[str] = []
    for piece in _PIECE.findall(tail_of(url)):
        found.extend(_parted(piece))
    return found


def _parted(piece: str) -> list[str]:
    """Cut `t20261123_78969` into its numbers and words; slugs, days with hyphens and hexadecimals stay whole."""
    if _is_slug(piece):
        if number := re.fullmatch(
            r"(.*?[a-z].*)(?:(-)(?=\d{3})|(_))(\d+)", piece, re.I
        ):  # a slug, its number
            return [number[1], number[2] or number[3], number[4]]
        if day := re.fullmatch(r"(\d{8})([-_])(.*[a-z].*)", piece, re.I):  # a day and its slug
            return [day[1], day[2], day[3]]
        return [piece]
    parts = re.split(r"([-_])", piece)
    return [bit for part in parts if part for bit in _bits(part)]


def _bits(part: str) -> list[str]:
    """`content123` → `content`, `123`; what mixes letters and digits more than that is one bit."""
    found = re.fullmatch(r"([A-Za-z]*)(\d+)", part)
    if found is None or not found[1]:
        return [part]
    if len(found[1]) <= 2 and _HEX.fullmatch(part) and not found[2].startswith(("19", "20")):
        return [part]
    return [found[1], found[2]]


def _is_slug(piece: str) -> bool:
    """Words joined by hyphens or underscores, as headlines become addresses."""
    words = re.split(r"[-_]", piece)
    return (len(words) > 1 and sum(word.isalpha() and len(word) > 1 for word in words) >= 2) or "%" in piece


def _class_of(piece: str) -> str:
    """The class of a piece by itself: N digits, S slug, X hexadecimal or mixed, or the piece where it is a word."""
    if piece.isdigit():
        return "N"
    if len(piece) > 1 and _is_slug(piece):
        return "S"
    if _HEX.fullmatch(piece) or _MIXED.fullmatch(piece):
        return "X"
    return piece


def shape_of(url: str) -> Shape:
    """The shape of an address: its pieces, each as its class or its word. Words are told apart, in lower case."""
    return tuple(
        _class_of(piece).lower() if len(piece) > 1 or piece.isalnum() else piece for piece in pieces_of(url)
    )


def merged(shapes: Iterable[Shape]) -> list[list[Shape]]:
    """Put together shapes that differ in words only, as the columns' names are in the paths of their articles."""
    alike: dict[tuple[object, ...], list[Shape]] = defaultdict(list)
    for shape in dict.fromkeys(shapes):
        alike[tuple("w" if _is_word(piece) else piece for piece in shape)].append(shape)
    return list(alike.values())


def _is_word(piece: str) -> bool:
    return piece[:1].isalnum() and piece not in ("n", "s", "x")


def learn_pattern(articles: Sequence[str], others: Sequence[str]) -> str:
    """Return a regular expression, for `re.search` on whole addresses, that all of `articles` fit.

    It is as general as `others`, addresses of the site that are no articles', allow: numbers and names of columns
    that were not seen are let in where none of the others fits then. '' where there are no articles.
    """
    groups = merged(shape_of(url) for url in articles)
    by_shape: dict[Shape, list[list[str]]] = defaultdict(list)
    for url in articles:
        by_shape[shape_of(url)].append(pieces_of(url))
    found = [[row for shape in group for row in by_shape[shape]] for group in groups]
    patterns = {_best(rows, others): len(rows) for rows in found}
    unique = [
        pattern for pattern, count in patterns.items() if not _takes_others(pattern, count, articles, others)
    ]
    unique = _needed(unique or list(patterns), articles)
    if len(unique) < 2:
        return f"{unique[0]}$" if unique else ""
    return f"(?:{'|'.join(unique)})$"


def _needed(patterns: list[str], articles: Sequence[str]) -> list[str]:
    """Leave out a pattern where the others find its articles too: `/n/x$` finds those below `/big5/` as well."""
    kept = sorted(patterns, key=len)
    for pattern in reversed(kept.copy()):
        rest = [re.compile(f"{other}$") for other in kept if other != pattern]
        own = [url for url in articles if re.search(f"{pattern}$", url)]
        if rest and all(any(other.search(url) for other in rest) for url in own):
            kept.remove(pattern)
    return [pattern for pattern in patterns if pattern in kept]


def _takes_others(pattern: str, count: int, articles: Sequence[str], others: Sequence[str]) -> bool:
    """Whether a pattern that only few articles need lets in what is no article."""
    return count * 5 < len(articles) and any(re.search(f"{pattern}$", url) for url in others)


def _best(rows: list[list[str]], others: Sequence[str]) -> str:
    """The most general pattern for rows of one shape that no other address fits, else the most special one."""
    numbered = any(all(row[at].isdigit() and len(row[at]) > 2 for row in rows) for at in range(len(rows[0])))
    if numbered:
        general = _pattern(rows, general=True)
        if not any(re.search(f"{general}$", url) for url in others):
            return general
    return _pattern(rows, general=False)


def _pattern(rows: list[list[str]], *, general: bool) -> str:
    made = "".join(_expression([row[at] for row in rows], general) for at in range(len(rows[0])))
    return made if made[:1] in "/\\" else f"/{made}"


def _expression(values: list[str], general: bool) -> str:
    """What all pieces seen in one place fit."""
    once = list(dict.fromkeys(values))
    if not once[0][:1].isalnum():
        return _escaped(once[0])
    if all(value.isdigit() for value in once):
        return _digits(once)
    if all(_MONTH_NAME.fullmatch(value) for value in once):
        return "[a-z]{3}" if once[0].islower() else "[A-Za-z]{3}"
    if len(once) == 1 and len(values) > 1:
        return _escaped(once[0])
    if all(_class_of(value) == "S" for value in once):
        return _slug(once)
    if prefix := _common_prefix(once):
        return rf"{prefix}\d+"
    if all(_class_of(value) in ("X", "N") for value in once):
        return r"[0-9a-f]+" if all(re.fullmatch(r"[0-9a-f]+", value) for value in once) else r"[0-9A-Za-z]+"
    if len(once) == 1:
        return _escaped(once[0])
    if general or len(once) > _MOST_NAMES:
        return r"[\w-]+"
    return f"(?:{'|'.join(sorted(map(_escaped, once)))})"


def _common_prefix(values: list[str]) -> str:
    """The one to three letters before the number in all pieces, such as the `c` of `c4107700`; '' for others."""
    found = [re.fullmatch(r"([A-Za-z]{1,3})\d+", value) for value in values]
    heads = {match[1] if match else "" for match in found}
    return heads.pop() if len(heads) == 1 else ""


def _digits(values: list[str]) -> str:
    """A day, month or year has its length; any other number may grow."""
    lengths = {len(value) for value in values}
    if lengths == {4} and all(value.startswith(("19", "20")) for value in values):
        return r"\d{4}"
    if lengths == {2} or (lengths == {4} and all(1 <= int(value[:2]) <= 12 for value in values)):
        return rf"\d{{{lengths.pop()}}}"
    for length, form in _DAYS:
        if lengths == {length} and all(re.fullmatch(form, value) for value in values):
            return rf"\d{{{length}}}"
    return r"\d+"


def _slug(values: list[str]) -> str:
    letters = "a-z0-9" if all(value == value.lower() for value in values) else "A-Za-z0-9"
    signs = ("%" if any("%" in value for value in values) else "") + (
        "_" if any("_" in v for v in values) else ""
    )
    return (
        f"[{letters}{signs}]+(?:-[{letters}{signs}]+)+"
        if all("-" in value for value in values)
        else r"[\w%-]+"
    )


def _escaped(text: str) -> str:
    return re.sub(r"([.?+*()\[\]{}|^$\\])", r"\\\1", text)
