"""PURE: pages whose fields are known → for each field the selector that gives it on all of them, and nothing else.

A selector is made from one page and tried on all others, so that what is proposed has always held on pages that it
was not made from. It may match one place of a page only. Where makes of page are mixed, selectors stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from crawler.extract.html import compiled, nodes
from crawler.propose.model import FIELDS, Proposal
from crawler.propose.places import Known, give, gives_anything, places
from crawler.propose.steps import selectors_for
from crawler.sites.model import Selectors
from storage.records import ArticleFields

#: From so many pages selectors are made; they are tried on all.
_MAKERS = 6
#: So many makes of page may be mixed, each shown by so many pages; as many beginnings are tried.
_MAKES, _FEWEST, _STARTS = 3, 2, 4
#: Two selectors side by side cost more than one by so much.
_COMMA = 2
#: Paragraphs cost more than their container.
_PARAGRAPHS = 3
#: A place is worse by a step of a selector's cost for so many characters that it holds beside the field.
_LOOSE = 5
_XPATH = ("/", "./", "(")


def propose_selectors(
    pages: Sequence[tuple[str, ArticleFields]],
    *,
    keep: Selectors | None = None,
    least: float = 1.0,
    exact: bool = False,
) -> Proposal:
    """Find selectors for pages of one site, each given as its decoded HTML and the fields of its article.

    A selector of `keep` stays where it still gives its field. A selector is proposed that gives a field on at least
    the share `least` of the pages that have it, on two pages at the least, and never other words. A text's container
    may hold a few words beside it, such as its editors' line, where the selector is plain for that; `exact`: it may
    not. Raises nothing.
    """
    known = [Known.of(html, fields) for html, fields in pages]
    found: dict[str, str] = {}
    agreement: dict[str, float] = {}
    notes: list[str] = []
    for name in FIELDS:
        having = [_Placed.of(one, name) for one in known if one.has(name)]
        if not having:
            continue
        without = [one for one in known if not one.has(name)]
        chosen = _choose(_Field(name, having, without, exact), getattr(keep, name) if keep else "")
        agreement[name] = round(len(chosen.right) / len(having), 4)
        if chosen.selector and len(chosen.right) >= max(_FEWEST, least * len(having)):
            found[name] = chosen.selector
        else:
            notes.append(_note(name, having, chosen))
    return Proposal(Selectors(**found), agreement, tuple(notes))


@dataclass(frozen=True, slots=True)
class _Placed:
    """A page, the places that give a field on it, and how many characters the field itself takes there."""

    known: Known
    places: tuple[etree._Element, ...]
    size: int

    @staticmethod
    def of(known: Known, name: str) -> _Placed:
        found = tuple(places(known, name))
        sizes = [len(known.page.words(one)) for one in found]
        return _Placed(
            known, found, sum(map(len, known.paragraphs)) if name == "body" else min(sizes, default=0)
        )


@dataclass(frozen=True, slots=True)
class _Field:
    """One field, the pages that have it, and those that have it not."""

    name: str
    having: Sequence[_Placed]
    without: Sequence[Known]
    exact: bool


@dataclass(frozen=True, slots=True)
class _Tried:
    """A selector, the numbers of the pages on which it gives the field, its cost, and on how many pages without the
    field it gives some words.
    """

    selector: str = ""
    right: frozenset[int] = frozenset()
    cost: float = 0.0
    surplus: int = 0


def _choose(field: _Field, old: str) -> _Tried:
    """The best selector for one field."""
    kept = _try(field, old, 0) if old else None
    if kept and len(kept.right) == len(field.having):
        return kept
    tried = _candidates(field)
    if kept and kept.right:
        tried.append(kept)
    return _best([*tried, *_together(field, tried)])


def _together(field: _Field, tried: Sequence[_Tried]) -> Iterator[_Tried]:
    """Selectors side by side, where each gives the field on pages of its own; none may disturb another."""
    alone = sorted((one for one in tried if _FEWEST <= len(one.right) < len(field.having)), key=_rank)
    for first in alone[:_STARTS]:
        whole, makes = first, 1
        while makes < _MAKES and (rest := [one for one in alone if len(one.right - whole.right) >= _FEWEST]):
            more = min(rest, key=lambda one: (-len(one.right | whole.right), one.cost))
            both = _try(field, f"{whole.selector}, {more.selector}", 0)
            if both is None:
                break
            makes += 1
            whole = replace(both, cost=whole.cost + more.cost + _COMMA)
            yield whole


def _rank(one: _Tried) -> tuple[int, int, float, int]:
    """The best first: right on many pages, on none where it should not be, cheap, short."""
    return -len(one.right), one.surplus, one.cost, len(one.selector)


def _best(tried: Iterable[_Tried]) -> _Tried:
    return min(tried, key=_rank, default=_Tried())


def _candidates(field: _Field) -> list[_Tried]:
    """Selectors made from some pages, tried on all."""
    tried: dict[str, _Tried] = {}
    for number in range(0, len(field.having), max(1, len(field.having) // _MAKERS)):
        for element in field.having[number].places:
            for selector, cost in _selectors(field.name, element):
                if selector not in tried:
                    tried[selector] = _try(field, selector, cost) or _Tried()
    return [one for one in tried.values() if one.selector]


def _selectors(name: str, element: etree._Element) -> Iterator[tuple[str, int]]:
    """The selectors for a place; of a text, those of its paragraphs too, where other things stand between them."""
    for selector, cost in selectors_for(element).items():
        yield selector, cost
        if name == "body" and len(element.findall("p")) > 1:
            yield f"{selector} > p", cost + _PARAGRAPHS


def _try(field: _Field, selector: str, cost: float) -> _Tried | None:
    """Try a selector on all pages; None where it gives words that are not the field's."""
    xpath = _compiled(selector)
    if xpath is None:
        return None
    right: set[int] = set()
    beside = 0
    for number, placed in enumerate(field.having):
        matched = _shown(placed.known, xpath)
        if give(placed.known, field.name, matched):
            size = sum(len(placed.known.page.words(one)) for one in matched)
            if field.exact and field.name == "body" and size > placed.size:
                return None
            right.add(number)
            beside += max(0, size - placed.size)
        elif matched:
            return None
    surplus = sum(_gives_more(one, field.name, xpath) for one in field.without)
    price = beside / len(right) / _LOOSE if right else 0.0
    return _Tried(selector, frozenset(right), cost + price, surplus)


def _gives_more(one: Known, name: str, xpath: etree.XPath) -> bool:
    return any(gives_anything(one, name, element) for element in _shown(one, xpath))


def _shown(one: Known, xpath: etree.XPath) -> list[etree._Element]:
    """The elements that a selector matches and that show any words."""
    tree = one.page.tree
    return [element for element in nodes(xpath, tree) if one.page.words(element)] if tree is not None else []


@lru_cache(maxsize=2048)
def _compiled(selector: str) -> etree.XPath | None:
    """A selector as XPath; None where it is none."""
    try:
        return compiled(selector if selector.startswith(_XPATH) else HTMLTranslator().css_to_xpath(selector))
    except (SelectorError, etree.XPathError):
        return None


def _note(name: str, having: Sequence[_Placed], chosen: _Tried) -> str:
    """What to say of a field without a selector."""
    missing = sum(not placed.places for placed in having)
    if missing == len(having):
        return f"{name}: its words stand in no place of their own on any of {len(having)} pages"
    if missing:
        return f"{name}: its words stand in no place of their own on {missing} of {len(having)} pages"
    if len(having) < _FEWEST:
        return f"{name}: one page alone has it, and one page proves nothing"
    return (
        f"{name}: no selector leads to it alone; the best does on {len(chosen.right)} of {len(having)} pages"
    )
