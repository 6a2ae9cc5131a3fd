"""What the store keeps of a channel's listings from one crawl to the next. Of a dry run it keeps nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from scrapy.http import Response

from crawler.answers import asked_url, header
from crawler.listed import depth_after
from crawler.sources import Source
from crawler.sources.discover import link_header
from crawler.spiders.crawl import Crawl
from crawler.spiders.way import Way
from storage import articles, hubs
from storage.bodies import body_digest
from storage.records import Link


class ListingMemory:
    """Keeps what listings show: their links, the articles that left them, how far they are known, feeds' hubs."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl
        self._task, self._database, self._publisher = crawl.task, crawl.database, crawl.publisher
        self._began = datetime.now(UTC)
        #: listing -> what it shows, what it no longer shows
        self._left: dict[str, tuple[frozenset[str], frozenset[str]]] = {}

    def discover(self, links: list[Link]) -> Collection[str]:
        """Keep what a listing shows; returns the keys of what is not known yet."""
        if self._task.dry_run:
            return {link.key for link in links}
        found = articles.discover(self._database, self._task.channel.name, links, datetime.now(UTC))
        unknown = {link.key for link in found}
        self._crawl.unknown.update(unknown)
        return unknown

    def note_depth(self, way: Way, links: list[Link], unknown: Collection[str], *, ends: bool) -> None:
        """Keep how far the listing is known; by links that `since` left out nothing can be told."""
        depth = depth_after(way.page, way.depth, links, unknown, ends=ends)
        if not self._task.dry_run and self._task.since is None and (way.page > 1 or depth != way.depth):
            articles.note_depth(self._database, way.first, depth)

    def note_hub(self, source: Source, response: Response) -> None:
        """Keep which hub tells of this feed at once (WebSub): the header's word goes before the feed's."""
        named, topic = link_header(header(response, "Link") or "", response.url)
        hub = named or source.hub
        if hub and not self._task.dry_run and asked_url(response) in self._task.channel.sources:
            topic = topic or source.self_url or response.url
            hubs.offer(
                self._database, self._task.channel.name, asked_url(response), topic, hub, datetime.now(UTC)
            )

    def remember(
        self, response: Response, way: Way, shows: Collection[str], *, with_validators: bool = True
    ) -> None:
        """Keep that a page of a listing was read; of a first page, which articles it `shows`."""
        if not self._task.dry_run:
            articles.remember_listing(
                self._database,
                asked_url(response),
                channel=self._task.channel.name,
                etag=header(response, "ETag") if with_validators else None,
                last_modified=header(response, "Last-Modified") if with_validators else None,
                now=datetime.now(UTC),
                digest=body_digest(response.body),
                shows=shows if way.page == 1 else None,
            )

    def with_those_that_left(self, response: Response, way: Way, shows: Collection[str]) -> Collection[str]:
        """What a first page shows, and what it showed last: that stays until it was seen what became of it."""
        left = (way.before.shows if way.before else frozenset()) - set(shows)
        if way.page == 1 and shows and left:
            self._left[asked_url(response)] = frozenset(shows), left
            return {*shows, *left}
        return shows

    def let_go(self) -> None:
        """Forget those that left a listing and were visited since; whose visit failed, or was not believed, stays."""
        if self._task.dry_run:
            return
        for url, (shows, left) in self._left.items():
            visits = articles.last_visits(self._database, self._publisher.name, left)
            waiting = {key for key, visited_at in visits.items() if visited_at < self._began}
            articles.narrow_listing(self._database, url, shows | waiting)
