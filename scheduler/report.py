"""What came of a crawl, and what happened, as lines of the log."""

from __future__ import annotations

import logging
from dataclasses import replace

from crawler.task import CrawlResult, Problem
from storage.records import Event

log = logging.getLogger(__name__)


def log_crawl(result: CrawlResult) -> None:
    """What a crawl did, and as a warning each thing that went wrong, with what to do about it."""
    about = {"channel": result.channel, **({"run": result.run} if result.run is not None else {})}
    counts = result.counts
    log.info(
        "%s: %d fetched, %d not modified, %d new, %d edited, %d removed, %d failed, in %.1f s",
        result.channel,
        counts.fetched,
        counts.not_modified,
        counts.new,
        counts.edited,
        counts.removed,
        counts.failed,
        result.seconds,
        extra=about,
    )
    for problem in result.problems:
        mend = f" {problem.mend}." if problem.mend else ""
        words = f"{result.channel}: {problem.url}: {problem.what}.{mend}"
        log.warning("%s", words, extra={**about, "url": problem.url})


class Reports:
    """Logs one crawl after another; what the crawl of the same channel before had met, too, is not said again."""

    def __init__(self) -> None:
        self._met: dict[str, frozenset[Problem]] = {}

    def __call__(self, result: CrawlResult) -> None:
        """Log what a crawl did."""
        before = self._met.get(result.channel, frozenset())
        self._met[result.channel] = frozenset(result.problems)
        log_crawl(replace(result, problems=tuple(one for one in result.problems if one not in before)))


def log_event(event: Event) -> None:
    """What happened, and to which article."""
    about = {"channel": event.channel, "event": event.id, "url": event.url}
    if event.article is not None:
        about["article"] = event.article
    log.info("%s: %s", event.kind, event.title or event.channel, extra=about)
