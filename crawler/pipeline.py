"""The pipeline: a visit's parts → one reading → one sighting → quarantine → the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from scrapy.crawler import Crawler

from crawler.read import Part, join
from crawler.task import PageVisit, Tally
from crawler.visit import Visit
from storage.decide import Change
from storage.records import ABSENT, Observation, Outcome, Sighting

if TYPE_CHECKING:
    from crawler.spiders.channel import ChannelSpider

#: What a person can do about an outcome that is our or the server's trouble.
MENDS = {
    Outcome.UNREADABLE: "Its template is unknown: nothing of it was stored. Please report the address",
    Outcome.BLOCKED: "The site refuses us: lower [watch] requests_per_hour, or look at the page in a browser",
    Outcome.FAILED: "It is tried again in the next run",
}


@dataclass(frozen=True, slots=True)
class Visited:
    """The spider's item: a visit that is done."""

    visit: Visit[Part]
    at: datetime


class RecordPipeline:
    """Joins what a visit brought and hands it to the run's judge, which records it or holds it back."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawl."""
        return cls(crawler)

    def process_item(self, item: Visited) -> Visited:
        """Hand one visit on."""
        spider: ChannelSpider = self.crawler.spider  # type: ignore[assignment]
        sighting = sighting_of(item, spider)
        if _too_old(sighting, spider.task.since):
            return item
        spider.quarantine.take(sighting, item.visit.shown)
        return item


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
