"""PURE: sitemaps 0.9, news sitemaps, indexes of sitemaps, text sitemaps → addresses."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from lxml import etree

from crawler.extract.when import read_when
from crawler.sources.model import LONGEST_TITLE, MOST_ENTRIES, MOST_FURTHER, Entry, Source, SourceKind
from crawler.sources.plain import address, plain_text

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
#: Addresses of programs hold `&`, which XML wants written otherwise; a recovering parser would drop it.
_LONE_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.S | re.I)
_LINE = re.compile(r"[^\r\n]+")
#: An entry is known when it ends: one with more elements than this has none, and ends the reading.
_MOST_IN_AN_ENTRY = 5_000
_OLDEST = datetime(1, 1, 1, tzinfo=UTC)


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


def read_sitemap(text: str, url: str, *, now: datetime, time_zone: str) -> Source:
    """Read a decoded XML sitemap or index that stood at `url`; what is broken is read as far as it can be."""
    items, problem = _items(text)
    pages = [item for item in items if not item.index and item.loc]
    further = _further([item for item in items if item.index and item.loc], url, now, time_zone)
    first = pages[0] if pages else _Item(index=False)
    return Source(
        kind=SourceKind.INDEX if further and not pages else SourceKind.SITEMAP,
        entries=tuple(_entry(item, url, now, time_zone) for item in pages),
        further=tuple(place for place, _ in further),
        further_at=tuple(when for _, when in further),
        title=plain_text(first.name, LONGEST_TITLE),
        language=first.language[:35],
        problem=problem,
    )


def read_text_sitemap(text: str, url: str) -> Source | None:
    """Read a text sitemap, an address a line; None where another line stands there."""
    written = (match[0].strip() for match in _LINE.finditer(text))
    lines = list(islice(filter(None, written), MOST_ENTRIES))  # half a million lines are as many objects
    if not lines or not all(line.startswith(("http://", "https://")) for line in lines):
        return None
    found = tuple(Entry(url=place) for line in lines if (place := address(line, url)))
    return Source(SourceKind.SITEMAP, found) if found else None


def _items(text: str) -> tuple[list[_Item], str]:
    """Return what stands in a sitemap, and what is wrong with it."""
    text = _DOCTYPE.sub("", _DECLARATION.sub("", text, count=1), count=1)
    body = _LONE_AMPERSAND.sub("&amp;", _FORBIDDEN.sub("", text)).lstrip().encode("utf-8", "replace")
    found: list[_Item] = []
    steps = etree.iterparse(
        io.BytesIO(body),
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
        for item in _read(steps):
            found.append(item)
            if len(found) >= MOST_ENTRIES + MOST_FURTHER:
                return found, "it has more addresses than a sitemap may have"
    except etree.XMLSyntaxError as error:
        return found, f"it is broken: {error}"
    log = steps.error_log
    return found, f"it is broken: {log[0].message}" if len(log) else ""


def _read(steps: etree.iterparse[tuple[str, etree._Element]]) -> Iterator[_Item]:
    """Give each entry as soon as it is complete, and forget it: a sitemap may have many MB."""
    inside = 0
    for _, node in steps:
        name, inside = _name(node), inside + 1
        if name not in ("url", "sitemap"):
            if inside > _MOST_IN_AN_ENTRY:
                return
            continue
        inside = 0
        item = _Item(index=name == "sitemap")
        for child in node:
            _note(child, item)
        yield item
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
    items: list[_Item], url: str, now: datetime, time_zone: str
) -> tuple[tuple[str, datetime | None], ...]:
    """Return the sitemaps of an index, each once, the newest first as far as it says when they changed."""
    dated = [(address(item.loc, url), item.lastmod) for item in items[:MOST_FURTHER]]
    timed = [(place, read_when(when, now=now, time_zone=time_zone)) for place, when in dated if place]
    timed.sort(key=lambda pair: pair[1] or _OLDEST, reverse=True)
    once: dict[str, datetime | None] = {}
    for place, when in timed:
        once.setdefault(place, when)
    return tuple(once.items())
