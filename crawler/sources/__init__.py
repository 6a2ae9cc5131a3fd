"""PURE: what is no page but says where pages are — feeds, sitemaps and indexes of sitemaps → their entries."""

from __future__ import annotations

import dataclasses
import re
from datetime import datetime

from crawler.sources.feeds import read_feed
from crawler.sources.jsonfeed import read_json_feed
from crawler.sources.model import MOST_BYTES, MOST_ENTRIES, MOST_FEED_ENTRIES, Entry, Source, SourceKind
from crawler.sources.sitemaps import read_sitemap, read_text_sitemap
from crawler.sources.unpack import unpack
from crawler.text.decode import decode
from storage.errors import Undecodable

__all__ = ["Entry", "Source", "SourceKind", "read_all", "read_source"]

#: Where a document says what it is; junk, comments and style sheets may stand before.
_HEAD = 20_000
_COMMENT = re.compile(r"<!--.*?(?:-->|$)|<\?.*?(?:\?>|$)", re.S)
_ROOT = re.compile(r"<(?:\w+:)?(rss|rdf|feed|channel|urlset|sitemapindex|html|head|body)\b[^>]*", re.I)
_SITEMAPS = ("urlset", "sitemapindex")
_FEEDS = ("rss", "rdf", "feed", "channel")


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
    body, cut = unpack(body, MOST_BYTES)
    try:
        text = decode(body, content_type).text
    except Undecodable:
        return None
    found = _read(text, content_type or "", url, now, time_zone)
    return dataclasses.replace(found, problem=cut) if found and cut else found


def _read(text: str, content_type: str, url: str, now: datetime, time_zone: str) -> Source | None:
    text = text.lstrip("\ufeff \t\r\n\0")
    if text.startswith("{"):
        return read_json_feed(text, url, now=now, time_zone=time_zone)
    if text.startswith(("http://", "https://")):
        return read_text_sitemap(text, url)
    root = _root(text)
    if root in _SITEMAPS:
        return read_sitemap(text, url, now=now, time_zone=time_zone)
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
