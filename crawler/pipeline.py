"""The pipeline: a visit's parts → one reading → one sighting → quarantine → the store."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from scrapy.crawler import Crawler

from crawler.read import Part, join
from crawler.recording import Arrival
from crawler.task import PageVisit, Tally
from crawler.visit import Visit
from storage.decide import Change
from storage.records import ABSENT, Observation, Outcome, Sighting

if TYPE_CHECKING:
    from crawler.archive import Archive
    from crawler.spiders.channel import ChannelSpider

_Waiting = tuple[Arrival, "asyncio.Future[None]"]
#: So many visits are stored together, more where they come while the disk works; a visit waits for others so many
#: seconds at most.
TOGETHER, SOON = 16, 0.05
#: What a person can do about an outcome that is our or the server's trouble.
MENDS = {
    Outcome.UNREADABLE: "Its template is unknown: nothing of it was stored. Please report the address",
    Outcome.BLOCKED: "The site refuses us: lower [watch] requests_per_hour, or look at the page in a browser",
    Outcome.FAILED: "It is tried again in the next run",
}


@dataclass(frozen=True, slots=True, repr=False)
class Visited:
    """The spider's item: a visit that is done."""

    visit: Visit[Part]
    at: datetime

    def __repr__(self) -> str:
        """What a log line should say of it: not the whole page."""
        return f"<a visit to {self.visit.url}>"


class RecordPipeline:
    """Joins what a visit brought and hands it to the run's judge, which records it or holds it back.

    Visits that are done at nearly the same time are handed on together: to store them is then one transaction.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._waiting: list[_Waiting] = []
        self._timer: asyncio.TimerHandle | None = None
        self._storing: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawl."""
        return cls(crawler)

    async def process_item(self, item: Visited) -> Visited:
        """Hand one visit on; back when it is stored, or held."""
        spider: ChannelSpider = self.crawler.spider  # type: ignore[assignment]
        sighting = sighting_of(item, spider)
        if not _too_old(sighting, spider.task.since):
            await self._hand_on(Arrival(sighting, item.visit.shown, item.visit.is_new))
        return item

    def _hand_on(self, arrival: Arrival) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._waiting.append((arrival, future))
        if self._timer is None and self._storing is None:
            self._timer = loop.call_later(SOON, self._store)
        if len(self._waiting) >= TOGETHER:
            self._store()
        return future

    def _store(self) -> None:
        """Hand on what waits; what comes while the archive is made safe waits for the next turn."""
        if self._storing is not None:
            return
        if self._timer is not None:
            self._timer.cancel()
        waiting, self._waiting, self._timer = self._waiting, [], None
        archive: Archive | None = getattr(self.crawler.spider, "archive", None)
        if archive is None:
            self._take(waiting)
        else:
            self._storing = asyncio.ensure_future(self._store_after(archive, waiting))

    async def _store_after(self, archive: Archive, waiting: list[_Waiting]) -> None:
        """A row may point only to what is safe on the disk."""
        try:
            await archive.settle_beside()
            self._take(waiting)
        except Exception as error:
            for _, future in waiting:
                if not future.done():
                    future.set_exception(error)
        finally:
            self._storing = None
            if self._waiting:
                self._store()

    def _take(self, waiting: list[_Waiting]) -> None:
        spider: ChannelSpider = self.crawler.spider  # type: ignore[assignment]
        failed = spider.quarantine.take_all([arrival for arrival, _ in waiting])
        for (_, future), error in zip(waiting, failed, strict=True):
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)


def count(tally: Tally, sighting: Sighting, change: Change) -> None:
    """Count what a visit came to, once that is settled, and name its trouble."""
    seen = sighting.observation
    tally.changed(change, seen.url, sighting.reading.fields.title if sighting.reading else "")
    told = Change.FAILED if change is Change.QUARANTINED else change
    tally.visited(PageVisit(sighting.key, seen.at.timestamp(), told, absent=seen.outcome in ABSENT))
    if mend := MENDS.get(seen.outcome):
        tally.problem(seen.url, seen.detail, mend)


def _too_old(sighting: Sighting, since: date | None) -> bool:
    published_at = sighting.reading.fields.published_at if sighting.reading else None
    return since is not None and published_at is not None and published_at.date() < since


def sighting_of(item: Visited, spider: ChannelSpider) -> Sighting:
    """Join a visit's parts into the one thing that is recorded."""
    visit = item.visit
    parts = [visit.parts[number] for number in sorted(visit.parts)]
    read = visit.verdict is Outcome.READ
    return Sighting(
        channel=spider.task.channel.name,
        publisher=spider.publisher.name,
        key=visit.address.key,
        observation=Observation(
            url=visit.url,
            at=item.at,
            outcome=visit.verdict,
            status=visit.status,
            size=visit.size,
            seconds=visit.seconds,
            detail=visit.detail,
        ),
        reading=join(parts) if read else None,
        pages=tuple(part.body for part in parts) if read else (),
        run=spider.run_id,
    )
