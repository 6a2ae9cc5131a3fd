"""How a page was read, held against what the store knows of its article: the looks that a run is judged by.

What pages show is looked at in `LOOKING` seconds; what takes longer shows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from crawler.deadline import TooSlow, within
from crawler.evidence import Comparison, Shown, compare, is_shown, shown, sketch
from crawler.reread import read_again
from crawler.sites.model import Publisher
from storage import articles, baselines, health
from storage.database import Database
from storage.decide import Known
from storage.errors import PageError
from storage.health import Baseline, Look, Sign
from storage.records import ArticleFields, PageBody, Reading, Sighting

#: Seconds of CPU for one look at what pages show: a hundred times what the longest of news take.
LOOKING = 2.0
#: What is made of an edit whose pages take longer: nothing can be told of it, so the run's other pages decide.
_UNTOLD = Comparison(added=frozenset(), ours=False, still=False, rebuilt=True, replaced=False)
T = TypeVar("T")


def seen(pages: Sequence[PageBody]) -> Shown:
    """What these pages show."""
    return _in_time(Shown(), shown, pages)


def sketched(page: Shown) -> tuple[int, ...]:
    """The sketch of what a page shows (`evidence.sketch`)."""
    return _in_time((), sketch, page)


def shows(page: Shown, fields: ArticleFields) -> bool:
    """Tell whether a page shows an article's text."""
    return _in_time(False, is_shown, fields, page)


class Inspector:
    """Takes the looks of one run of one channel, whose pages have looked like its `baseline` so far."""

    def __init__(self, database: Database, publisher: Publisher, baseline: Baseline) -> None:
        self._database = database
        self._publisher = publisher
        self._baseline = baseline

    def plain(self, sighting: Sighting, reading: Reading, known: Known | None) -> Look:
        """How a page was read. A field that is expected and missing is looked up in the stored article."""
        fields = reading.fields
        has = health.fields_read(fields)
        enough = health.ENOUGH_PAGES if known is None else health.SOME_PAGES
        lost = health.expected(self._baseline, fields.template, enough) - has
        if lost and known is not None:
            lost &= health.fields_read(baselines.stored_fields(self._database, known.id))
        if known is not None and known.rules == reading.rules:
            lost |= _other_origin(known, fields)
        if health.is_here_to_stay(self._baseline, sighting.observation.at):
            lost = frozenset()
        return Look(sighting.key, Sign.WELL, True, fields.template, has - lost, lost, length=_length(fields))

    def edit(
        self, sighting: Sighting, reading: Reading, known: Known, look: Look
    ) -> tuple[Look, tuple[int, ...]]:
        """Look at an edit closely, at what the pages show, old and new; with the sketch of a page that shows nothing
        of what was there.
        """
        old_pages = articles.stored_pages(self._database, known.id, known.revision)
        before = self._fields_before(known, reading.rules, old_pages)
        now = seen(sighting.pages)
        was = seen(old_pages) if old_pages else None
        found = _in_time(_UNTOLD, compare, before, reading.fields, was, now)
        lost = (health.fields_read(before) - look.has - {"subtitle", "images", "authors"}) | look.lost
        sign = Sign.EDITED
        resized = health.is_other_size(_length(before), _length(reading.fields))
        if found.ours:
            sign = Sign.MISREAD
        elif found.still or found.rebuilt or found.replaced or lost or resized:
            sign = Sign.ODD
        examined = replace(look, sign=sign, lost=frozenset(lost), added=_digests(found.added))
        return examined, sketched(now) if found.replaced else ()

    def _fields_before(self, known: Known, rules: str, old_pages: tuple[PageBody, ...]) -> ArticleFields:
        """What the article said, by the rules of today where its pages are kept: else our change would be theirs."""
        if known.rules != rules and old_pages:
            with suppress(PageError):
                return read_again(old_pages, self._publisher).fields
        return baselines.stored_fields(self._database, known.id)


def _in_time(otherwise: T, work: Callable[..., T], *arguments: Any) -> T:
    """Do `work`, in the time that a look may take; `otherwise` is what is made of what takes longer."""
    try:
        return within(LOOKING, work, *arguments)
    except TooSlow:
        return otherwise


def _length(fields: ArticleFields) -> int:
    return sum(map(len, fields.body))


def _other_origin(known: Known, fields: ArticleFields) -> frozenset[str]:
    """The fields of the origin that are read otherwise than they are stored; editors hardly ever touch them."""
    now = {"published_at": fields.published_at, "source": fields.source}
    stored = {"published_at": known.published_at, "source": known.source}
    return frozenset(name for name in stored if stored[name] and stored[name] != now[name])


def _digests(lines: frozenset[str]) -> frozenset[str]:
    """The sentences themselves, cut short: they are counted, never shown."""
    return frozenset(line[:40] for line in lines if len(line) > 3)
