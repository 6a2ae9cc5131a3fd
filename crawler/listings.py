"""PURE: what came from a listing's address → a page of links, or a feed or sitemap and what counts of it here.

The spider reads large ones in another process, so what a sitemap lists in vain stays there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crawler.offered import changes_of, is_sitemap, links_of
from crawler.read import decode_page
from crawler.sites.model import ListingPage, Publisher
from crawler.sources import Source, read_source
from storage.records import Link, PageBody

#: So many article links are taken of one page, in its order; the longest real listings have a fifth of them.
MOST_LINKS = 1000


@dataclass(frozen=True, slots=True)
class Offered:
    """A feed or sitemap: `source` is without its entries, of which there are so many; `links` are those that lead to
    articles; `changes` says of a sitemap's articles when they were changed, by key.
    """

    source: Source
    entries: int
    links: tuple[Link, ...]
    changes: Mapping[str, datetime] = field(default_factory=dict)


def read_listing(
    page: PageBody, publisher: Publisher, now: datetime, *, may_be_source: bool, most: int | None
) -> Offered | ListingPage:
    """Read a listing's page; one that `may_be_source` is a feed or sitemap where it looks like one.

    `most`: so many of a sitemap's articles are taken; None: all. Of a page `MOST_LINKS` are. Raises Undecodable.
    """
    if may_be_source and (found := _source(page, publisher, now, most)):
        return found
    listing = publisher.read_listing(decode_page(page, publisher).text, page.url, now=now)
    return dataclasses.replace(listing, links=listing.links[:MOST_LINKS])


def _source(page: PageBody, publisher: Publisher, now: datetime, most: int | None) -> Offered | None:
    kind = page.content_type or None
    source = read_source(page.content, kind, page.url, now=now, time_zone=publisher.time_zone)
    if source is None:
        return None
    links = links_of(source, publisher, page.url, most)
    changes = changes_of(source, publisher) if is_sitemap(source) else {}
    return Offered(dataclasses.replace(source, entries=()), len(source.entries), links, changes)
