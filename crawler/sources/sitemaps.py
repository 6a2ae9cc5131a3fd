"""PURE: sitemaps 0.9, news sitemaps, indexes of sitemaps, text sitemaps → addresses.

They come piece by piece, and what was read is let go: of 50 MB no more stays than what they say.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from typing import cast

from lxml import etree

from crawler.extract.when import read_when
from crawler.sources.model import (
    LONGEST_TITLE,
    LONGEST_URL,
    MOST_ENTRIES,
    MOST_FURTHER,
    Entry,
    Source,
    SourceKind,
)
from crawler.sources.plain import address, plain_text

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
#: Addresses of programs hold `&`, which XML wants written otherwise; a recovering parser would drop it.
_LONE_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.S | re.I)
_LINE = re.compile(r"[^\r\n]+")
#: An entry is known when it ends, and all of it is kept until then: one with more elements, or with more bytes before
#: its end, ends the reading. A thousand pictures, as many as a page may have in a sitemap, take 300 KB.
_MOST_IN_AN_ENTRY, _LONGEST_ENTRY = 5_000, 2**19
#: Characters that are parsed at a time: what they hold stands in memory before any of it is looked at.
_STEP = 2**15
#: No reference is longer: one that a piece's end cuts is left to the next.
_LONGEST_REFERENCE = 12
_OLDEST = datetime(1, 1, 1, tzinfo=UTC)
#: What is fed, and the events of parsing it.
_Step = tuple[int, Iterator[tuple[str, etree._Element]]]


class _TooLarge(Exception):
    """An entry is larger than one may be."""


@dataclass(slots=True)
class _Item:
    """What one `url` or `sitemap` element says, as written."""

    index: bool
    loc: str = ""
    lastmod: str = ""
    title: str = ""
    published: str = ""
    name: str = ""
    language: str = ""


def read_sitemap(pieces: Iterable[str], url: str, *, now: datetime, time_zone: str) -> Source:
    """Read a decoded XML sitemap or index that stood at `url`; what is broken is read as far as it can be.

    `pieces`: its text, in order, as many as it came in.
    """
    reading = _Reading()
    entries: list[Entry] = []
    further: list[tuple[str, str]] = []
    first = _Item(index=False)
    for item in reading.items(pieces):
        if item.index:
            further.append((item.loc, item.lastmod))
            continue
        first = first if entries else item
        entries.append(_entry(item, url, now, time_zone))
    dated = _further(further, url, now, time_zone)
    return Source(
        kind=SourceKind.INDEX if dated and not entries else SourceKind.SITEMAP,
        entries=tuple(entries),
        further=tuple(place for place, _ in dated),
        further_at=tuple(when for _, when in dated),
        title=plain_text(first.name, LONGEST_TITLE),
        language=first.language[:35],
        problem=reading.problem,
    )


def read_text_sitemap(pieces: Iterable[str], url: str) -> Source | None:
    """Read a text sitemap, an address a line; None where another line stands there."""
    lines = list(islice(_lines(pieces), MOST_ENTRIES))  # half a million lines are as many objects
    if not lines or not all(line.startswith(("http://", "https://")) for line in lines):
        return None
    found = tuple(Entry(url=place) for line in lines if (place := address(line, url)))
    return Source(SourceKind.SITEMAP, found) if found else None


def _lines(pieces: Iterable[str]) -> Iterator[str]:
    """The lines that hold something; the end of one that is longer than any address is lost."""
    rest = ""
    for piece in pieces:
        whole, found, rest = (rest + piece).rpartition("\n")
        yield from _filled(whole)
        rest = rest if found or len(rest) <= 2 * LONGEST_URL else rest[: 2 * LONGEST_URL]
    yield from _filled(rest)


def _filled(text: str) -> Iterator[str]:
    return filter(None, (match[0].strip() for match in _LINE.finditer(text)))


class _Reading:
    """A sitemap that is being read; `problem` is what is wrong with it, as far as it was."""

    def __init__(self) -> None:
        self.problem = ""

    def items(self, pieces: Iterable[str]) -> Iterator[_Item]:
        """What stands in it, as far as it has an address."""
        parser = etree.XMLPullParser(
            events=("end",),
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
            encoding="utf-8",
        )
        try:
            for number, item in enumerate(_read(_steps(parser, pieces)), 1):
                if item.loc:
                    yield item
                if number >= MOST_ENTRIES + MOST_FURTHER:
                    self.problem = "it has more addresses than a sitemap may have"
                    return
        except etree.XMLSyntaxError as error:
            self.problem = f"it is broken: {error}"
            return
        except _TooLarge:
            self.problem = "an entry of it, or what stands before one, is larger than it may be"
        finally:
            deque(parser.read_events(), maxlen=0)  # each holds the tree that holds them: none would be freed
        if log := parser.error_log or parser.feed_error_log:
            self.problem = f"it is broken: {log[0].message}"


def _steps(parser: etree.XMLPullParser, pieces: Iterable[str]) -> Iterator[_Step]:
    """Parse, a step at a time: its length in bytes, and its events."""
    for piece in _cleaned(pieces):
        parser.feed(piece)
        yield len(piece), cast("Iterator[tuple[str, etree._Element]]", parser.read_events())
    parser.close()
    yield 0, cast("Iterator[tuple[str, etree._Element]]", parser.read_events())


def _cleaned(pieces: Iterable[str]) -> Iterator[bytes]:
    """The pieces without what XML does not allow, and what we do not want: the first without its declarations."""
    begun, rest = False, ""
    for piece in chain(pieces, ("",)):
        text = rest + piece
        at = text.rfind("&", max(0, len(text) - _LONGEST_REFERENCE)) if piece else -1
        text, rest = (text[:at], text[at:]) if at >= 0 else (text, "")
        if not begun:
            text = _DOCTYPE.sub("", _DECLARATION.sub("", text, count=1), count=1).lstrip()
            begun = bool(text)
        text = _LONE_AMPERSAND.sub("&amp;", _FORBIDDEN.sub("", text))
        for start in range(0, len(text), _STEP):
            yield text[start : start + _STEP].encode("utf-8", "replace")


def _read(steps: Iterable[_Step]) -> Iterator[_Item]:
    """Give each entry as soon as it is complete, and forget it: a sitemap may have many MB. Raises _TooLarge."""
    elements = size = 0
    for length, events in steps:
        size += length
        for _, node in events:
            name, elements = _name(node), elements + 1
            if name in ("url", "sitemap"):
                elements = size = 0
                yield _item(node, name)
                _forget(node)
            elif elements > _MOST_IN_AN_ENTRY:
                raise _TooLarge
        if size > _LONGEST_ENTRY:
            raise _TooLarge


def _item(node: etree._Element, name: str) -> _Item:
    item = _Item(index=name == "sitemap")
    for child in node:
        _note(child, item)
    return item


def _forget(node: etree._Element) -> None:
    """Let go of what an element holds, and of all before it."""
    node.clear()
    while (before := node.getprevious()) is not None and (parent := node.getparent()) is not None:
        parent.remove(before)


def _note(node: etree._Element, item: _Item) -> None:
    name, text = _name(node), (node.text or "").strip()
    if name == "loc":
        item.loc = item.loc or text
    elif name == "lastmod":
        item.lastmod = item.lastmod or text
    elif name == "news":
        for part in node.iter():
            _note_news(part, item)


def _note_news(part: etree._Element, item: _Item) -> None:
    name, text = _name(part), (part.text or "").strip()
    if name == "title":
        item.title = item.title or text
    elif name == "publication_date":
        item.published = item.published or text
    elif name == "name":
        item.name = item.name or text
    elif name == "language":
        item.language = item.language or text


def _name(node: etree._Element) -> str:
    """An element's name without its namespace, which some publishers leave out or write wrongly."""
    return str(node.tag).rpartition("}")[2].rpartition(":")[2].lower() if isinstance(node.tag, str) else ""


def _entry(item: _Item, url: str, now: datetime, time_zone: str) -> Entry:
    return Entry(
        url=address(item.loc, url),
        title=plain_text(item.title, LONGEST_TITLE),
        published_at=read_when(item.published, now=now, time_zone=time_zone) if item.published else None,
        updated_at=read_when(item.lastmod, now=now, time_zone=time_zone) if item.lastmod else None,
    )


def _further(
    items: list[tuple[str, str]], url: str, now: datetime, time_zone: str
) -> tuple[tuple[str, datetime | None], ...]:
    """Return the sitemaps of an index, each once, the newest first as far as it says when they changed."""
    dated = [(address(loc, url), lastmod) for loc, lastmod in items[:MOST_FURTHER]]
    timed = [(place, read_when(when, now=now, time_zone=time_zone)) for place, when in dated if place]
    timed.sort(key=lambda pair: pair[1] or _OLDEST, reverse=True)
    once: dict[str, datetime | None] = {}
    for place, when in timed:
        once.setdefault(place, when)
    return tuple(once.items())
