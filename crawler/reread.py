"""Reads stored pages again by the rules of today: what would change, or the change itself. Never an event."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from crawler.deadline import PAGE_SECONDS, TooSlow, within
from crawler.read import RULES, read_page, rules_of
from crawler.sites.model import Publisher
from storage import articles, queries
from storage.database import Database
from storage.errors import PageError
from storage.records import Article, PageBody, Reading


class Outcome(StrEnum):
    """What today's rules make of one stored revision."""

    SAME = "same"  # only the name of the rules changes
    FIELDS = "fields"  # the text is the same; another field, the encoding or the repairs differ
    TEXT = "text"  # the text reads otherwise
    UNREADABLE = "unreadable"  # today's rules cannot read it: the old reading stays
    NO_PAGES = "no-pages"  # its bytes are no longer kept: the old reading stays


@dataclass(frozen=True, slots=True)
class Reread:
    """One revision of an article, before and after; `after` is None where the old reading stays."""

    article: Article
    revision: int
    outcome: Outcome
    before: Reading
    after: Reading | None = None
    reason: str = ""


def reread(
    database: Database,
    publisher_of: Callable[[Article], Publisher | None],
    *,
    channel: str | None = None,
    apply: bool = False,
) -> Iterator[Reread]:
    """Read every revision that other rules made once more; with `apply`, put the new reading in its place.

    `publisher_of` gives whose templates an article is read by, None where nobody knows them any more. Raises
    StorageError.
    """
    for article, revision in queries.revisions_by_other_rules(database, RULES, channel=channel):
        publisher = publisher_of(article)
        if publisher is None:
            unknown = f"no channel of the settings reads {article.publisher}"
            yield Reread(article, revision.number, Outcome.UNREADABLE, revision.reading, reason=unknown)
            continue
        if revision.reading.rules == rules_of(publisher):
            continue
        pages = articles.stored_pages(database, article.id, revision.number)
        found = _read(article, revision.number, revision.reading, publisher, pages)
        if apply and found.after is not None:
            articles.replace_reading(database, article.id, revision.number, found.after)
        yield found


def read_again(pages: Sequence[PageBody], publisher: Publisher) -> Reading:
    """Read kept pages of an article once more.

    Raises what reading does, and PageError where it takes longer than a page may: they were read within that by other
    rules, or on a faster machine.
    """
    try:
        return within(PAGE_SECONDS, read_page, pages, publisher)
    except TooSlow:
        raise PageError("The kept pages take too long to be read again", subject=pages[0].url) from None


def _read(
    article: Article, number: int, before: Reading, publisher: Publisher, pages: tuple[PageBody, ...]
) -> Reread:
    if not pages:
        return Reread(article, number, Outcome.NO_PAGES, before)
    try:
        after = read_again(pages, publisher)
    except PageError as error:
        return Reread(article, number, Outcome.UNREADABLE, before, reason=str(error))
    if after.canonical != before.canonical:
        outcome = Outcome.TEXT
    elif (after.fields, after.encoding, after.repairs) != (before.fields, before.encoding, before.repairs):
        outcome = Outcome.FIELDS
    else:
        outcome = Outcome.SAME
    return Reread(article, number, outcome, before, after)
