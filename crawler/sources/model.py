"""PURE what a source of addresses says: a feed, a sitemap, an index of sitemaps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

#: Of a sitemap so many bytes are read, unpacked: half of what sitemaps.org (0.9) allows, twice what 50,000 addresses
#: with their titles need. One of 50 MB takes more memory than the reading of a page may.
MOST_BYTES = 24 * 2**20
#: A sitemap may have 50,000 addresses, an index as many sitemaps (sitemaps.org, 0.9).
MOST_ENTRIES = 50_000
MOST_FURTHER = 50_000
#: Of a feed no more is read: the largest full-text feeds of newspapers have a third of it.
MOST_FEED_CHARACTERS = 1_200_000
#: A feed's entries that are read, a second of work; the newest stand first in all of them.
MOST_FEED_ENTRIES = 3_000
#: Longer addresses are none; longer titles, names and summaries are cut.
LONGEST_URL = 2_048
LONGEST_TITLE = 500
LONGEST_SUMMARY = 2_000


class SourceKind(StrEnum):
    """What kind of document a source is."""

    RSS = "rss"  # RSS 0.9x, 2.0
    RDF = "rdf"  # RSS 0.90, 1.0
    ATOM = "atom"
    JSON = "json"  # JSON Feed
    SITEMAP = "sitemap"  # with news or without, XML or text
    INDEX = "index"  # of sitemaps


@dataclass(frozen=True, slots=True)
class Entry:
    """An address that a source offers, with what it says of it; times are aware, texts plain.

    `id` is the source's own name for the entry, or ''.
    """

    url: str
    title: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    id: str = ""
    author: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A feed or sitemap as read.

    further: the sitemaps of an index, the newest first where it says when they changed; the next page of a feed
    (RFC 5005). further_at: when each sitemap of an index changed, None where it does not say. hub: the address of
    its WebSub hub, or ''. self_url: what it calls itself, the topic at its hub. problem: why something of it may be
    missing, in words; '' where it is sound.
    """

    kind: SourceKind
    entries: tuple[Entry, ...] = ()
    further: tuple[str, ...] = field(default=())
    title: str = ""
    language: str = ""
    hub: str = ""
    self_url: str = ""
    problem: str = ""
    further_at: tuple[datetime | None, ...] = field(default=())
