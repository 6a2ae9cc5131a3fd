"""PURE: what is no page but says where pages are — feeds, sitemaps and indexes of sitemaps → their entries."""

from __future__ import annotations

import codecs
import dataclasses
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, islice

from crawler.sources.feeds import read_feed
from crawler.sources.jsonfeed import read_json_feed
from crawler.sources.model import (
    MOST_BYTES,
    MOST_ENTRIES,
    MOST_FEED_CHARACTERS,
    MOST_FEED_ENTRIES,
    Entry,
    Source,
    SourceKind,
)
from crawler.sources.sitemaps import read_sitemap, read_text_sitemap
from crawler.sources.unpack import Unpacked
from crawler.text.decode import decode
from storage.errors import Undecodable

__all__ = ["Entry", "Source", "SourceKind", "read_all", "read_source"]

#: Where a document says what it is; junk, comments and style sheets may stand before.
_HEAD = 20_000
_COMMENT = re.compile(r"<!--.*?(?:-->|$)|<\?.*?(?:\?>|$)", re.S)
_ROOT = re.compile(r"<(?:\w+:)?(rss|rdf|feed|channel|urlset|sitemapindex|html|head|body)\b[^>]*", re.I)
_SITEMAPS = ("urlset", "sitemapindex")
_FEEDS = ("rss", "rdf", "feed", "channel")
#: A source that has more pieces than this (of 256 KB each) is told apart by them, and a sitemap's others are read one
#: by one; of anything else no more is read than a feed may have.
_FIRST = 4
_MOST_OF_A_FEED = 4 * MOST_FEED_CHARACTERS
_JUNK = "\ufeff \t\r\n\0"


def read_source(
    body: bytes, content_type: str | None, url: str, *, now: datetime, time_zone: str
) -> Source | None:
    """Read a body that came from `url`, packed or not; None where it is neither feed nor sitemap.

    `content_type` is the header's value as it came, or None; `time_zone` (such as "Asia/Shanghai") is that of times
    without one. The entries have an address each, and each address once, in the source's order. Never raises.
    """
    found = read_all(body, content_type, url, now=now, time_zone=time_zone)
    return None if found is None else _tidied(found)


def read_all(
    body: bytes, content_type: str | None, url: str, *, now: datetime, time_zone: str
) -> Source | None:
    """As `read_source`, with all that the source lists: also entries without an address, and one entry twice."""
    unpacked = Unpacked(body, MOST_BYTES)
    found = _read_pieces(iter(unpacked), content_type, url, now, time_zone)
    cut = unpacked.problem
    return dataclasses.replace(found, problem=cut) if found and cut else found


def _read_pieces(
    pieces: Iterator[bytes], content_type: str | None, url: str, now: datetime, time_zone: str
) -> Source | None:
    head = b"".join(islice(pieces, _FIRST))
    after = next(pieces, b"")
    try:
        decoded = decode(head if not after else head[: head.rfind(b">") + 1] or head, content_type)
        if not after:
            return _read([decoded.text], url, now, time_zone)
        if _is_sitemap(decoded.text):
            texts = _decoded(chain((head, after), pieces), decoded.encoding.used)
            return _read(texts, url, now, time_zone)
        size, parts = len(head), [head]
        for piece in chain((after,), pieces):
            parts.append(piece)
            size += len(piece)
            if size > _MOST_OF_A_FEED:
                break
        return _read([decode(b"".join(parts), content_type).text], url, now, time_zone)
    except Undecodable:
        return None


def _decoded(pieces: Iterable[bytes], codec: str) -> Iterator[str]:
    """The text of pieces, each broken character U+FFFD."""
    decoder = codecs.getincrementaldecoder(codec)("replace")
    for piece in pieces:
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def _is_sitemap(text: str) -> bool:
    text = text.lstrip(_JUNK)
    return text.startswith(("http://", "https://")) or _root(text) in _SITEMAPS


def _read(texts: Iterable[str], url: str, now: datetime, time_zone: str) -> Source | None:
    """Read a source, the first of whose texts says what it is; of all but sitemaps it is the only one."""
    others = iter(texts)
    text = next(others, "").lstrip(_JUNK)
    if text.startswith("{"):
        return read_json_feed(text, url, now=now, time_zone=time_zone)
    if text.startswith(("http://", "https://")):
        return read_text_sitemap(chain((text,), others), url)
    root = _root(text)
    if root in _SITEMAPS:
        return read_sitemap(chain((text,), others), url, now=now, time_zone=time_zone)
    return read_feed(text, url, now=now, time_zone=time_zone) if root in _FEEDS else None


def _root(text: str) -> str:
    """Return the name of the element that says what the document is, or ''."""
    match = _ROOT.search(_COMMENT.sub("", text[:_HEAD]))
    return match[1].lower() if match else ""


def _tidied(source: Source) -> Source:
    """Keep the entries that lead somewhere, each address once, and no more than there may be."""
    most = MOST_ENTRIES if source.kind in (SourceKind.SITEMAP, SourceKind.INDEX) else MOST_FEED_ENTRIES
    once: dict[str, Entry] = {}
    for entry in source.entries:
        if entry.url:
            once.setdefault(entry.url, entry)
    return dataclasses.replace(source, entries=tuple(once.values())[:most])
