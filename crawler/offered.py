"""PURE: what a feed or sitemap offers → links of articles, and which sitemaps of an index are worth a visit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from operator import itemgetter

from crawler.sites.model import ArticleAddress, Publisher
from crawler.sources import Entry, Source, SourceKind
from storage.records import Link

#: A sitemap may list a paper's whole past: of one, the newest so many articles are taken.
SITEMAP_LINKS = 500
#: Of so many articles it is told when they changed: as many as a run takes.
MOST_CHANGES = 5000
#: An index may have sitemaps for every month since the first: so many are visited at a time.
SITEMAPS_AT_ONCE = 3
_NUMBERS = re.compile(r"\d+")
_NEVER = datetime(1, 1, 1, tzinfo=UTC)
_SITEMAPS = (SourceKind.SITEMAP, SourceKind.INDEX)


def is_sitemap(source: Source) -> bool:
    """Tell whether a source is a sitemap or an index of sitemaps, and no feed."""
    return source.kind in _SITEMAPS


def links_of(
    source: Source, publisher: Publisher, url: str, most: int | None = SITEMAP_LINKS
) -> tuple[Link, ...]:
    """The articles that a source at `url` offers, each once: a feed's as they stand, a sitemap's newest first.

    What a feed or a news sitemap names is an article, unless the publisher knows better; other sitemaps name all
    pages there are, and of them those count whose addresses are articles'. `most`: of a sitemap's; None: all.
    """
    in_order = sorted(source.entries, key=_age, reverse=True) if is_sitemap(source) else source.entries
    found: dict[str, Link] = {}
    for entry, address in islice(
        _articles(source, publisher, in_order), most if is_sitemap(source) else None
    ):
        found.setdefault(address.key, _link(entry, address, publisher, url))
    return tuple(found.values())


def changes_of(source: Source, publisher: Publisher) -> dict[str, datetime]:
    """When a source says that its articles were changed, by key, of the `MOST_CHANGES` that were changed last; a day
    stands for its last moment.
    """
    dated = ((entry.updated_at, entry) for entry in source.entries if entry.updated_at)
    in_order = (entry for _, entry in sorted(dated, key=itemgetter(0), reverse=True))
    found = islice(_articles(source, publisher, in_order), MOST_CHANGES)
    return {address.key: _latest(entry.updated_at) for entry, address in found if entry.updated_at}


def _articles(
    source: Source, publisher: Publisher, entries: Iterable[Entry]
) -> Iterator[tuple[Entry, ArticleAddress]]:
    for entry in entries:
        says_news = not is_sitemap(source) or (entry.title and entry.published_at)
        address = publisher.listed(entry.url) if says_news else publisher.locate(entry.url)
        if address is not None and address.part == 1:
            yield entry, address


def _link(entry: Entry, address: ArticleAddress, publisher: Publisher, url: str) -> Link:
    return Link(address.canonical, publisher.name, address.key, entry.title[:300], url, entry.published_at)


def _age(entry: Entry) -> tuple[datetime, tuple[int, ...]]:
    """What sorts entries by age: their time, else the numbers of their addresses."""
    return entry.published_at or entry.updated_at or _NEVER, _numbers(entry.url)


def _numbers(url: str) -> tuple[int, ...]:
    return tuple(int(number[:18]) for number in _NUMBERS.findall(url))


def is_dated(source: Source) -> bool:
    """Tell whether an index says of all its sitemaps when they changed: one that is unchanged then has no news."""
    return bool(source.further) and all(source.further_at) and len(source.further_at) == len(source.further)


def sitemaps_worth_a_visit(
    source: Source, visited: Mapping[str, datetime], index_visited: datetime | None, pages: int | None = None
) -> tuple[str, ...]:
    """Choose sitemaps of an index, the newest first.

    `visited`: when which of them was read last. `index_visited`: when the index was, None for never. `pages`: take so
    many, whatever is known; else those are taken that changed since, and at most `SITEMAPS_AT_ONCE`. Those that were
    never read and did not change since the index was read are the past.
    """
    times = dict(zip(source.further, source.further_at, strict=False))
    in_order = sorted(source.further, key=lambda url: (times.get(url) or _NEVER, _numbers(url)), reverse=True)
    if pages is not None:
        return tuple(in_order[:pages])

    def is_new(url: str) -> bool:
        since, changed = visited.get(url, index_visited), times.get(url)
        return since is None or changed is None or _latest(changed) > since

    return tuple(islice(filter(is_new, in_order), SITEMAPS_AT_ONCE))


def _latest(changed: datetime) -> datetime:
    """The latest moment that a time may mean: midnight is how a day is read."""
    is_day = (changed.hour, changed.minute, changed.second) == (0, 0, 0)
    return changed + timedelta(days=1) if is_day else changed
