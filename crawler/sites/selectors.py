"""PURE: the selectors of a configured site, CSS or XPath → what they match on a page."""

from __future__ import annotations

import re
from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from crawler.extract.flow import text_of, tidy
from crawler.extract.html import compiled

#: What an XPath begins with; anything else is CSS.
XPATH = ("/", "./", "(")
#: What Scrapy's CSS has beside the standard's: the text, or an attribute, of what was matched.
_ENDING = re.compile(r"(?P<css>.*?)::(?:(?P<text>text)|attr\(\s*(?P<name>[\w:-]+)\s*\))\s*", re.S)
_PLACE = re.compile(r"at (\d+)")
_EMPTY = etree.fromstring("<html><body/></html>")

#: What a selector can match: an element, or, by XPath, an attribute or a text.
Matched = etree._Element | str


@lru_cache(maxsize=512)
def compile_selector(selector: str) -> etree.XPath:
    """Compile a selector, once. Raises ValueError, which names the place of the fault as far as it is known."""
    if selector.startswith(XPATH):
        return _xpath(selector)
    ending = _ENDING.fullmatch(selector)
    css = ending["css"] if ending else selector
    try:
        path = HTMLTranslator().css_to_xpath(css)
    except SelectorError as error:
        raise ValueError(f"{selector!r} is no CSS selector: {_where(str(error), selector)}") from None
    if ending is None:
        return _xpath(path)
    return _xpath(f"({path})/{'text()' if ending['text'] else '@' + ending['name']}")


def _where(message: str, selector: str) -> str:
    """Point at the place of the fault in the selector, where the message tells it."""
    place = _PLACE.search(message)
    return f"{message}, before {selector[int(place[1]) :]!r}" if place else message


def _xpath(expression: str) -> etree.XPath:
    try:
        found = compiled(expression)
        found(_EMPTY)  # unknown functions and prefixes show only in use
    except etree.XPathError as error:
        raise ValueError(f"{expression!r} is no XPath: {error}") from None
    return found


def matches(selector: str, tree: etree._Element) -> list[Matched]:
    """Return what a selector matches, in document order; [] for '' and for what matches nothing.

    Of elements within each other only the outermost is kept. Raises ValueError for what is no selector.
    """
    if not selector:
        return []
    found = compile_selector(selector)(tree)
    if not isinstance(found, list):
        return [str(found)] if found not in ("", False) else []
    items: list[Matched] = [item for item in found if isinstance(item, etree._Element | str)]
    taken = {item for item in items if isinstance(item, etree._Element)}
    return [
        item for item in items if isinstance(item, str) or taken.isdisjoint(item.iterancestors())
    ]  # fmt: skip


def words_of(item: Matched) -> str:
    """What a match says: an element its text, a `<meta>` its content, anything else itself."""
    if isinstance(item, str):
        return tidy(item)
    if item.tag == "meta":
        return tidy(item.get("content") or "")
    return text_of(item)
