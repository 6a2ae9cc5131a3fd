"""PURE: pages whose fields are known → for each field the selector that gives it on all of them, and nothing else.

A selector is made from one page and tried on all others, so that what is proposed has always held on pages that it
was not made from. It may match one place of a page only. Where makes of page are mixed, selectors stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from crawler.extract.html import compiled, nodes
from crawler.propose.model import FIELDS, Proposal
from crawler.propose.places import Known, gives, gives_anything, places, strange
from crawler.propose.steps import selectors_for
from crawler.sites.model import Selectors
from storage.records import ArticleFields

#: From so many pages selectors are made; they are tried on all.
_MAKERS = 6
#: So many makes of page may be mixed. A make counts when so many pages show it.
_MAKES, _FEWEST = 3, 2
_XPATH = ("/", "./", "(")
#: A place of text is better by a step of a selector's cost for each so many characters that it holds beside the text.
_STRANGE_STEP = 15


def propose_selectors(
    pages: Sequence[tuple[str, ArticleFields]], *, keep: Selectors | None = None, least: float = 1.0
) -> Proposal:
    """Find selectors for pages of one site, each given as its decoded HTML and the fields of its article.

    A selector of `keep` stays where it still gives its field. A selector is proposed that gives a field on at least
    the share `least` of the pages that have it, on two pages at the least, and never other words. Raises nothing.
    """
    known = [Known.of(html, fields) for html, fields in pages]
    found: dict[str, str] = {}
    agreement: dict[str, float] = {}
    notes: list[str] = []
    for name in FIELDS:
        having = [one for one in known if one.has(name)]
        if not having:
            continue
        chosen = _choose(name, having, known, getattr(keep, name) if keep else "")
        agreement[name] = round(len(chosen.right) / len(having), 4)
        if chosen.selector and len(chosen.right) >= max(_FEWEST, least * len(having)):
            found[name] = chosen.selector
        else:
            notes.append(_note(name, having, chosen))
    return Proposal(Selectors(**found), agreement, tuple(notes))


@dataclass(frozen=True, slots=True)
class _Tried:
    """A selector, the numbers of the pages on which it gives the field, and its cost."""

    selector: str = ""
    right: frozenset[int] = frozenset()
    cost: float = 0.0
    surplus: int = 0


def _choose(name: str, having: Sequence[Known], known: Sequence[Known], old: str) -> _Tried:
    """The best selector for one field."""
    kept = _try(name, old, 0, having, known) if old else None
    if kept and len(kept.right) == len(having):
        return kept
    tried = _candidates(name, having, known)
    if kept and kept.right:
        tried.append(kept)
    best = _best(tried)
    for _ in range(_MAKES - 1):
        rest = [_beside(best, one) for one in tried if len(one.right - best.right) >= _FEWEST]
        wider = _best(
            [_checked for one in rest if (_checked := _try(name, one.selector, one.cost, having, known))]
        )
        if not rest or len(wider.right) <= len(best.right):
            break
        best = wider
    return best


def _beside(one: _Tried, other: _Tried) -> _Tried:
    """Two selectors as one."""
    return _Tried(f"{one.selector}, {other.selector}", one.right | other.right, one.cost + other.cost)


def _best(tried: Iterable[_Tried]) -> _Tried:
    return min(
        tried, key=lambda one: (-len(one.right), one.surplus, one.cost, len(one.selector)), default=_Tried()
    )


def _candidates(name: str, having: Sequence[Known], known: Sequence[Known]) -> list[_Tried]:
    """Selectors made from some pages, tried on all."""
    costs: dict[str, int] = {}
    tried: dict[str, _Tried] = {}
    step = max(1, len(having) // _MAKERS)
    for number in range(0, len(having), step):
        if any(number in one.right for one in tried.values() if len(one.right) == len(having)):
            continue
        for element in places(having[number], name):
            for selector, cost in selectors_for(element).items():
                costs.setdefault(selector, cost)
        for selector, cost in costs.items():
            if selector not in tried:
                tried[selector] = _try(name, selector, cost, having, known) or _Tried()
    return [one for one in tried.values() if one.selector]


def _try(
    name: str, selector: str, cost: float, having: Sequence[Known], known: Sequence[Known]
) -> _Tried | None:
    """Try a selector on all pages; None where it gives words that are not the field's."""
    xpath = _compiled(selector)
    if xpath is None:
        return None
    right: set[int] = set()
    beside = 0
    for number, one in enumerate(having):
        matched = _shown(one, nodes(xpath, one.page.tree)) if one.page.tree is not None else []
        if len(matched) == 1 and gives(one, name, matched[0]):
            right.add(number)
            beside += strange(one, matched[0]) if name == "body" else len(one.page.words(matched[0]))
        elif matched:
            return None
    without = (one for one in known if not one.has(name) and one.page.tree is not None)
    surplus = sum(_gives_more(one, name, xpath) for one in without)
    price = beside / len(right) / _STRANGE_STEP if right else 0.0
    return _Tried(selector, frozenset(right), cost + price, surplus)


def _gives_more(one: Known, name: str, xpath: etree.XPath) -> bool:
    tree = one.page.tree
    return tree is not None and any(gives_anything(one, name, element) for element in nodes(xpath, tree))


def _shown(one: Known, matched: Sequence[etree._Element]) -> list[etree._Element]:
    """Those that show any words."""
    return [element for element in matched if one.page.words(element)]


@lru_cache(maxsize=2048)
def _compiled(selector: str) -> etree.XPath | None:
    """A selector as XPath; None where it is none."""
    try:
        return compiled(selector if selector.startswith(_XPATH) else HTMLTranslator().css_to_xpath(selector))
    except (SelectorError, etree.XPathError):
        return None


def _note(name: str, having: Sequence[Known], chosen: _Tried) -> str:
    """What to say of a field without a selector."""
    missing = sum(not places(one, name) for one in having)
    if missing == len(having):
        return f"{name}: its words stand in no place of their own on any of {len(having)} pages"
    if missing:
        return f"{name}: its words stand in no place of their own on {missing} of {len(having)} pages"
    if len(having) < _FEWEST:
        return f"{name}: one page alone has it, and one page proves nothing"
    return (
        f"{name}: no selector leads to it alone; the best does on {len(chosen.right)} of {len(having)} pages"
    )
