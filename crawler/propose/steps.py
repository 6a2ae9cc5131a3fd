"""PURE: an element → the selectors that a person could write for it, each with how much it costs to read and trust.

Preferred are names that mean something: ids, classes, itemprop and the like, tags that stand once. Names made by
machines (css-1x2y3z, sc-bdVaJa, post-48213) are none. Where a page has no others, the order of siblings is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

_NAME = re.compile(r"-?[A-Za-z_][A-Za-z0-9_-]{0,60}")
#: A name with a digest behind it, as CSS modules write it: the part before it means something.
_MODULE = re.compile(r"([A-Za-z][A-Za-z0-9]*_[A-Za-z][A-Za-z0-9]*)_{1,2}[A-Za-z0-9_+-]{4,10}")
_MADE = re.compile(
    r"(?:css|sc|jss|jsx|emotion|styled|chakra|svelte|astro|data-v)-?[A-Za-z0-9_-]*[A-Z0-9][A-Za-z0-9_-]*"
    r"|.*\d{3,}.*"
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_ATTRIBUTES = ("itemprop", "role", "data-testid", "data-role", "rel")
#: Names of what a page's script does, not of what a place is.
_STATES = re.compile(
    r"(?:is|has|js|no|u)-.*|active|open|show|hide|hidden|visible|clearfix|cf|fl|fr|clear|on|row|col|left|right"
)
#: Tags that say what their place is, and what it costs to trust them.
_TELLING = {
    "h1": 1,
    "h2": 1,
    "article": 1,
    "main": 1,
    "time": 1,
    "section": 3,
    "header": 3,
    "address": 2,
    "cite": 2,
}
_PLAIN = frozenset(("html", "body"))
_ID, _CLASS, _ATTRIBUTE, _PART, _BELOW, _DIGIT, _VAGUE, _ORDER = 1, 2, 2, 4, 2, 2, 3, 10
_LEVELS, _MOST = 6, 60


def is_meant(name: str) -> bool:
    """Tell whether a class or id is a name that somebody gave: no digest, no number of an article."""
    if not _NAME.fullmatch(name) or _MADE.fullmatch(name) or _MODULE.fullmatch(name):
        return False
    return all(map(_is_word, re.split(r"[-_]+", name)))


def _is_word(part: str) -> bool:
    """A digest mixes digits and letters, or changes between small and large letters without making words."""
    digits = sum(char.isdigit() for char in part)
    if (
        digits
        and len(part) - digits
        and not re.fullmatch(r"[A-Za-z]+\d{1,2}|[hH]\d|\d{1,2}[A-Za-z]{1,2}", part)
    ):
        return False
    pieces = _WORDS.findall(part)
    return len(part) < 5 or len(part) >= 3 * len(pieces)


def selectors_for(element: etree._Element) -> dict[str, int]:
    """The selectors for an element and their costs, the cheapest first, at most `_MOST`.

    Nothing says that they match this element alone: that is for the pages to tell.
    """
    found: dict[str, int] = {}
    own = dict(_steps(element))
    _keep(found, own)
    tag = str(element.tag)
    inner = own | {tag: _TELLING.get(tag, _VAGUE)}
    if tag in _TELLING:
        _keep(found, {tag: _TELLING[tag]})
    for level, above in enumerate(_above(element)):
        outer = dict(_steps(above)) | ({str(above.tag): _VAGUE} if above.tag in _TELLING else {})
        join = " > " if level == 0 else " "
        for step, cost in outer.items():
            _keep(
                found,
                {f"{step}{join}{last}": cost + price + _BELOW + level // 3 for last, price in inner.items()},
            )
            _keep(found, {f"{step}{join}{_placed(element)}": cost + _BELOW + _ORDER + level})
    _keep(found, {_path(element): 2 * _ORDER + 4})
    return dict(sorted(found.items(), key=lambda one: (one[1], len(one[0])))[:_MOST])


def _keep(found: dict[str, int], new: dict[str, int]) -> None:
    for selector, cost in new.items():
        found[selector] = min(cost, found.get(selector, cost))


def _above(element: etree._Element) -> Iterator[etree._Element]:
    for number, above in enumerate(element.iterancestors()):
        if number >= _LEVELS:
            return
        if above.tag not in _PLAIN:
            yield above


def _steps(element: etree._Element) -> Iterator[tuple[str, int]]:
    """The single steps that name an element by what it is called."""
    tag = str(element.tag)
    if is_meant(name := element.get("id") or ""):
        yield f"#{name}", _ID + _digits(name)
    for name in (element.get("class") or "").split():
        if is_meant(name):
            vague = _VAGUE if _STATES.fullmatch(name) else 0
            yield f"{tag}.{name}", _CLASS + _digits(name) + vague
        elif match := _MODULE.fullmatch(name):
            yield f'{tag}[class*="{match[1]}_"]', _PART
    for attribute in _ATTRIBUTES:
        value = element.get(attribute) or ""
        if _NAME.fullmatch(value) and is_meant(value):
            yield f'{tag}[{attribute}="{value}"]', _ATTRIBUTE


def _digits(name: str) -> int:
    return _DIGIT if any(char.isdigit() for char in name) else 0


def _placed(element: etree._Element) -> str:
    """An element by its place among those of its tag."""
    tag = str(element.tag)
    place = 1 + sum(1 for _ in element.itersiblings(tag, preceding=True))
    return f"{tag}:nth-of-type({place})"


def _path(element: etree._Element) -> str:
    """The way to an element from the nearest one that has a name, or from the body."""
    steps = [_placed(element)]
    for above in element.iterancestors():
        if above.tag in _PLAIN:
            return " > ".join(["body", *reversed(steps)])
        named = next(_steps(above), None)
        if named:
            return " > ".join([named[0], *reversed(steps)])
        steps.append(_placed(above))
    return " > ".join(reversed(steps))
