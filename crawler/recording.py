"""Stores the visits of one run, alone or several in one transaction, and tells of each once it is committed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from crawler.reread import read_again
from crawler.sites.model import Publisher
from crawler.text.canonical import fold
from storage import articles, baselines
from storage.database import Database
from storage.decide import Change, Policy
from storage.records import PageBody, Reading, Sighting


class Arrival(NamedTuple):
    """A visit as it comes in.

    page: what was shown where nothing could be read. is_new: the store knew nothing of the article when this run
    asked it.
    """

    sighting: Sighting
    page: PageBody | None = None
    is_new: bool = False


class Recorder:
    """Stores visits; of a dry run only what would become of them is told."""

    def __init__(
        self,
        database: Database,
        publisher: Publisher,
        policy: Policy,
        told: Callable[[Sighting, Change], None],
        *,
        dry_run: bool,
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._policy = policy
        self._told = told
        self._dry_run = dry_run
        self._uncommitted: list[tuple[Sighting, Change]] | None = None

    def record(self, sighting: Sighting) -> Change:
        """Store a visit, with all that follows from it; returns what it came to."""
        change = self.rehearse(sighting) if self._dry_run else self._write(sighting)
        self._is_settled(sighting, change)
        return change

    def rehearse(self, sighting: Sighting) -> Change:
        """What a visit would come to."""
        return articles.rehearse(
            self._database, sighting, self._policy, fold=fold, reread=self._reread
        ).change

    def observe(self, quarantined: Sighting) -> None:
        """Store that there was a visit, and conclude nothing from it."""
        if not self._dry_run:
            baselines.observe(self._database, quarantined)
        self._is_settled(quarantined, Change.QUARANTINED)

    def together(
        self, arrivals: Sequence[Arrival], take: Callable[[Arrival], None]
    ) -> list[Exception | None]:
        """`take` several visits in one transaction where the store has such; give what each failed with.

        Where that transaction fails, what was recorded in it is recorded again, each visit by itself.
        """
        if self._dry_run or not self._database.is_sqlite:
            return [_failure(take, arrival) for arrival in arrivals]
        settled: list[tuple[Sighting, Change]] = []
        taken = 0
        try:
            with self._gathered(settled):
                for arrival in arrivals:
                    take(arrival)
                    taken += 1
        except Exception as error:
            failed = self._settle_again(settled)
            outcome = [failed.get(arrival.sighting.key) for arrival in arrivals[:taken]]
            if taken < len(arrivals):
                outcome.append(error)
            return outcome + [_failure(take, arrival) for arrival in arrivals[taken + 1 :]]
        for sighting, change in settled:
            self._told(sighting, change)
        return [None] * taken

    @contextmanager
    def _gathered(self, settled: list[tuple[Sighting, Change]]) -> Iterator[None]:
        """Gather what is settled, to be told when it is committed."""
        self._uncommitted = settled
        try:
            with self._database.together():
                yield
        finally:
            self._uncommitted = None

    def _settle_again(self, settled: Iterable[tuple[Sighting, Change]]) -> dict[str, Exception]:
        """Store what was undone, each visit by itself; returns what failed, by the article's key."""
        failed: dict[str, Exception] = {}
        for sighting, change in settled:
            try:
                if change is Change.QUARANTINED:
                    self.observe(sighting)
                else:
                    self.record(sighting)
            except Exception as error:
                failed[sighting.key] = error
        return failed

    def _is_settled(self, sighting: Sighting, change: Change) -> None:
        """Tell it, but never before it is committed."""
        if self._uncommitted is not None:
            self._uncommitted.append((sighting, change))
        else:
            self._told(sighting, change)

    def _write(self, sighting: Sighting) -> Change:
        return articles.record(self._database, sighting, self._policy, fold=fold, reread=self._reread).change

    def _reread(self, pages: tuple[PageBody, ...]) -> Reading:
        return read_again(pages, self._publisher)


def _failure(take: Callable[[Arrival], None], arrival: Arrival) -> Exception | None:
    try:
        take(arrival)
    except Exception as error:
        return error
    return None
