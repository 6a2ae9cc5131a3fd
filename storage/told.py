"""What messages tell, read for many of them at once: events, and their articles with the text that they tell of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, select

from storage.database import Database
from storage.records import Article, Event, Revision
from storage.rows import ARTICLE, EVENT, REVISION, article_of, event_of, revision_of
from storage.schema import articles, events, revisions

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Told:
    """An event; its article and the revision that it led to, None for a channel's and where there is none."""

    event: Event
    article: Article | None = None
    revision: Revision | None = None


def told(database: Database, numbers: Collection[int]) -> dict[int, Told]:
    """Read events by their numbers; those that are not there are left out. Raises StorageError."""
    wanted, found = sorted(set(numbers)), {}
    with database.read() as connection:
        for start in range(0, len(wanted), _AT_ONCE):
            some = events.c.id.in_(wanted[start : start + _AT_ONCE])
            for row in connection.execute(select(*EVENT).where(some)):
                found[row.id] = Told(event_of(row))
            for row in connection.execute(_TEXTS.where(some)):
                found[row.event] = Told(found[row.event].event, article_of(row), revision_of(row))
    return found


_TEXTS = select(events.c.id.label("event"), *ARTICLE, *REVISION).select_from(
    events.join(articles, articles.c.id == events.c.article).join(
        revisions,
        and_(revisions.c.article == events.c.article, revisions.c.number == events.c.to_revision),
    )
)
