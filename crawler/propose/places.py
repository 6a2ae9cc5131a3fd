"""PURE: what an element gives for a field, and the elements of a page that give what is known.

A title's element holds the title and nothing else. A time, a source, an author may stand within a line, after their
labels: what counts is what is read from the line. The text's element holds its paragraphs and little else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from crawler.extract.bylines import authors_of
from crawler.extract.bylines import editors_in as editors_of
from crawler.extract.generic.credits import authors_in, declared_people, editors_in, source_in
from crawler.extract.generic.times import read_declared, read_time
from crawler.propose.model import FIELDS
from crawler.propose.page import Page, squeezed
from storage.records import ArticleFields

#: A line about an article has at most so many characters; one that names a source or person without a label, so many.
LONGEST_LINE, LONGEST_NAME = 160, 40
#: A text's element holds this share of its paragraphs, and at most this share of other words.
WHOLE, STRANGE = 0.98, 0.25
_TIME_ATTRIBUTES = ("datetime", "content", "data-time")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one page: the page, the article's fields, its paragraphs squeezed."""

    page: Page
    fields: ArticleFields
    paragraphs: tuple[str, ...]

    @staticmethod
    def of(html: str, fields: ArticleFields) -> Known:
        """Prepare a page."""
        return Known(Page(html), fields, tuple(filter(None, map(squeezed, fields.body))))

    def has(self, name: str) -> bool:
        """Tell whether the article has the field of this selector."""
        return bool(getattr(self.fields, FIELDS[name]))


def places(known: Known, name: str) -> list[etree._Element]:
    """The elements of a page that give the field's words, in document order; [] where none does."""
    page = known.page
    if name == "body":
        return _text_places(known)
    if name in ("title", "kicker", "subtitle"):
        wanted = squeezed(getattr(known.fields, name))
        return [one for one in page.short(len(wanted)) if page.words(one) == wanted]
    return [one for one in page.short(LONGEST_LINE) if gives(known, name, one)]


def gives(known: Known, name: str, element: etree._Element) -> bool:
    """Tell whether an element gives exactly the field's words."""
    if name == "body":
        return holds_text(known, element)
    start, end = known.page.spans.get(element, (0, 0))
    if not 0 < end - start <= max(LONGEST_LINE, len(known.fields.title)):
        return False
    if name in ("title", "kicker", "subtitle"):
        return known.page.words(element) == squeezed(getattr(known.fields, name))
    if name == "section":
        return known.page.words(element) in _trails(known.fields.section)
    if name == "time":
        return known.fields.published_at is not None and _gives_time(
            known.page, element, known.fields.published_at
        )
    line = known.page.line(element)
    if name == "source":
        return squeezed(_source(line)) == squeezed(known.fields.source)
    names = _people(line) if name == "authors" else _editors(line)
    return set(map(squeezed, names)) == set(map(squeezed, getattr(known.fields, name)))


def gives_anything(known: Known, name: str, element: etree._Element) -> bool:
    """Tell whether an element would give the field some words, whatever they are."""
    words, line = known.page.words(element), known.page.line(element)
    if not words:
        return False
    readers = {"source": _source, "authors": _people, "editors": _editors}
    return bool(readers[name](line)) if name in readers else True


def _gives_time(page: Page, element: etree._Element, at: datetime) -> bool:
    zone = at.tzinfo
    if zone is None:
        return False
    said = [read_declared(element.get(name) or "", zone) for name in _TIME_ATTRIBUTES if element.get(name)]
    if not said and any(char.isdigit() or char in "〇一二" for char in page.words(element)):
        said = [read_time(page.line(element), zone, near=at)]
    found = next((stamp for stamp in said if stamp), None)
    if found is None:
        return False
    by_day = not found.timed and at.astimezone(zone).strftime("%H%M") == "0000"
    return found.at.replace(second=0) == at.replace(second=0) if not by_day else found.at.date() == at.date()


def _source(line: str) -> str:
    found = source_in([line])
    return found or (line if len(line) <= LONGEST_NAME and not any(sign in line for sign in ":：|") else "")


def _people(line: str) -> tuple[str, ...]:
    if len(line) > LONGEST_LINE:
        return ()
    return (
        authors_in([line])
        or authors_of("", (line,))
        or (
            declared_people([line], "")
            if len(line) <= LONGEST_NAME and not any(c in line for c in ":：|。，")
            else ()
        )
    )


def _editors(line: str) -> tuple[str, ...]:
    return editors_in([line]) or editors_of(line)


def _trails(section: Sequence[str]) -> frozenset[str]:
    """A path of sections as pages write it, squeezed: one after the other, or with signs between them."""
    names = [squeezed(name) for name in section]
    return frozenset(
        sign.join(names) for sign in ("", ">", ">>", "/", "»", "›", "|", "-", "·", squeezed("＞"))
    )


def _text_places(known: Known) -> list[etree._Element]:
    """The smallest element that holds the text, and those around it that hold little else."""
    found = [one for one in known.page.spans if holds_text(known, one)]
    return [one for one in found if one.tag not in ("html", "body")] or found


def give(known: Known, name: str, elements: Sequence[etree._Element]) -> bool:
    """Tell whether what a selector matches gives the field: one place, or all paragraphs of a text and nothing else."""
    if len(elements) == 1:
        return gives(known, name, elements[0])
    words = "".join(map(known.page.words, elements))
    return name == "body" and words != "" and words == "".join(known.paragraphs)


def holds_text(known: Known, element: etree._Element) -> bool:
    """Tell whether an element holds the article's paragraphs, in order, and little else."""
    start, end = known.page.spans.get(element, (0, 0))
    total = sum(map(len, known.paragraphs))
    if not total or end - start < WHOLE * total or end - start > total / (1 - STRANGE) + LONGEST_LINE:
        return False
    return covered(known, element) >= WHOLE * total


def covered(known: Known, element: etree._Element) -> int:
    """How many characters of the paragraphs stand in an element, in order."""
    at, end = known.page.spans.get(element, (0, 0))
    count = 0
    for paragraph in known.paragraphs:
        place = known.page.text.find(paragraph, at, end)
        if place >= 0:
            at, count = place + len(paragraph), count + len(paragraph)
    return count
