"""PURE: a link of a listing → the date of its entry, and its words."""

from __future__ import annotations

import re

from lxml import etree

from crawler.extract.flow import tidy

_LONGEST_DATE = 28
_ENTRIES = frozenset(("li", "dd", "tr"))
#: How many elements above its link an entry's date can stand.
_HIGHEST = 3


def title_of(anchor: etree._Element) -> str:
    """Return what a link says; one that is only a picture, what its `title` or the picture's `alt` says."""
    text = tidy("".join(map(str, anchor.itertext())) if len(anchor) else anchor.text or "")
    if text:
        return text
    image = anchor.find(".//img")
    return tidy(anchor.get("title") or (image.get("alt") if image is not None else "") or "")


def date_beside(anchor: etree._Element, date: re.Pattern[str]) -> str:
    """Return the date of a link's entry, '' for none: it stands alone beside the link, or beside what holds it.

    `date` is what a text must be from end to end to count as a date.
    """
    element, parent = anchor, anchor.getparent()
    for _ in range(_HIGHEST):
        if parent is None:
            return ""
        if found := _beside(element, parent, date):
            return found
        if parent.tag in _ENTRIES:
            return ""
        element, parent = parent, parent.getparent()
    return ""


def _date_in(text: str | None, date: re.Pattern[str]) -> str:
    """Return a text that is a date and nothing else, '' for any other."""
    if not text or not 1 < len(text := text.strip()) <= _LONGEST_DATE:
        return ""
    return text if date.fullmatch(text) else ""


def _beside(element: etree._Element, parent: etree._Element, date: re.Pattern[str]) -> str:
    """Return the date that stands right behind or before an element, '' if none does."""
    after, before = element.getnext(), element.getprevious()
    return (
        _date_in(element.tail, date)
        or (after is not None and (_date_in(after.text, date) or _date_in(after.tail, date)))
        or (before is not None and (_date_in(before.tail, date) or _date_in(before.text, date)))
        or (before is None and _date_in(parent.text, date))
        or ""
    )
