"""The read side: what the command line, the alerts and the pages show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, bindparam, func, select, tuple_

from storage import search as search_index
from storage.compaction import revisions_of
from storage.database import Database
from storage.errors import NotFound
from storage.records import (
    Article,
    EditClass,
    Event,
    EventKind,
    Observation,
    Revision,
    Run,
    State,
)
from storage.rows import (
    ARTICLE,
    EVENT,
    OBSERVATION,
    REVISION,
    article_of,
    event_of,
    observation_of,
    revision_of,
    run_of,
)
from storage.schema import addresses as addresses_table
from storage.schema import articles as articles_table
from storage.schema import events as events_table
from storage.schema import observations as observations_table
from storage.schema import revisions as revisions_table
from storage.schema import runs as runs_table
from storage.search import Facets, Fold
from storage.statements import Read

#: Takes any URL; gives the publisher's name and the article's key there, or None where it is no article's.
Locate = Callable[[str], tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a page of an article was fetched, and when last."""

    url: str
    part: int
    visited_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class RevisionTime:
    """The number of a revision, and when it was seen."""

    number: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the store holds."""

    articles: int
    revisions: int
    observations: int
    events: int
    removed: int


def find_article(database: Database, ref: str, locate: Locate | None = None) -> Article:
    """The article that `ref` names: its number here, its id at its publisher, or any of its URLs.

    A number of ours comes before a publisher's id, a URL that was fetched before one that `locate` can take
    apart. Raises NotFound, StorageError.
    """
    with database.read() as connection:
        for condition in _meanings(ref.strip(), locate):
            rows = connection.execute(select(*ARTICLE).where(condition).limit(2)).all()
            if len(rows) > 1:
                raise NotFound(
                    "More than one publisher has an article of this id", subject=ref, mend="Name its URL"
                )
            if rows:
                return article_of(rows[0])
    raise NotFound(
        "No such article is stored",
        subject=ref,
        mend="newsdelta articles lists them; newsdelta crawl --url URL fetches one",
    )


def articles(
    database: Database,
    *,
    channel: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    search: str | None = None,
    facets: Facets = Facets(),  # noqa: B008 - frozen
    limit: int = 50,
    fold: Fold = str,
    after: int | None = None,
) -> tuple[Article, ...]:
    """Articles first seen from `since` to before `until`, newest first; with `search` or `facets`, newest
    revision first.

    `search` is a query as `search.parse` reads it, `fold` the folding that made the stored texts. `after`
    is the id of the last article of the page before. Raises StorageError.
    """
    with database.read() as connection:
        if search is not None or facets.tokens:
            wanted = _matching(_WITH_TEXT, channel, since, until, through_index=False)
            if facets.tokens:
                wanted = wanted.add_columns(revisions_table.c.fields)
            below = None if after is None else connection.scalar(_head_revision(after))
            query = search_index.parse(search or "", fold, facets, channel)
            found = search_index.hits(connection, query, wanted, below)
            return tuple(article_of(row) for row in islice(found, limit))
        wanted = _matching(select(*ARTICLE), channel, since, until).order_by(*_NEWEST_ARTICLE).limit(limit)
        if after is not None:
            last = connection.execute(_place(after)).first()
            wanted = wanted.where(tuple_(*last) > _PLACE) if last else wanted
        return tuple(article_of(row) for row in connection.execute(wanted))


def story_members(database: Database, story: int) -> tuple[Article, ...]:
    """The articles of a story, in the order first seen; () for a number that names none. Raises StorageError."""
    wanted = select(*ARTICLE).where(articles_table.c.story == story)
    with database.read() as connection:
        rows = connection.execute(wanted.order_by(articles_table.c.first_seen, articles_table.c.id)).all()
    return tuple(article_of(row) for row in rows)


def revision(database: Database, article: int, number: int | None = None) -> Revision:
    """One revision of an article, the last one without a number. Raises NotFound, StorageError."""
    wanted = select(*REVISION).where(revisions_table.c.article == article)
    if number is not None:
        wanted = wanted.where(revisions_table.c.number == number)
    with database.read() as connection:
        rows = connection.execute(wanted.order_by(revisions_table.c.number.desc()).limit(1)).all()
        found = revisions_of(connection, rows)
    if not found:
        raise NotFound("There is no such revision", subject=f"article {article}, revision {number or 'last'}")
    return found[0]


def two_revisions(
    database: Database, article: int, old: int | None = None, new: int | None = None
) -> tuple[Revision, Revision]:
    """Two revisions to compare: without numbers the last one and the one before it, or itself where it is the first.

    Raises NotFound, StorageError.
    """
    later = revision(database, article, new)
    return revision(database, article, old or max(1, later.number - 1)), later


def revisions(database: Database, article: int) -> tuple[Revision, ...]:
    """All revisions of an article, the first one first; () for an unknown article. Raises StorageError."""
    wanted = select(*REVISION).where(revisions_table.c.article == article)
    with database.read() as connection:
        rows = connection.execute(wanted.order_by(revisions_table.c.number)).all()
        return tuple(revisions_of(connection, rows))


def revision_times(database: Database, article: int) -> tuple[RevisionTime, ...]:
    """When each revision of an article was seen, the first one first, without the texts. Raises StorageError."""
    with database.read() as connection:
        rows = _TIMES.all(connection, {"of": article})
    return tuple(RevisionTime(row.number, row.seen_at) for row in rows)


def last_revisions(database: Database, articles: Collection[int]) -> dict[int, Revision]:
    """The last revision of each of these articles. Raises StorageError."""
    wanted = select(*REVISION).where(_LAST_REVISION, articles_table.c.id.in_(articles))
    with database.read() as connection:
        found = map(revision_of, connection.execute(wanted))
        return {one.article: one for one in found}


def observations(database: Database, article: int, limit: int = 1000) -> tuple[Observation, ...]:
    """What the visits to an article brought, the latest first. Raises StorageError."""
    wanted = (
        select(*OBSERVATION)
        .where(observations_table.c.article == article)
        .order_by(observations_table.c.at.desc(), observations_table.c.id.desc())
        .limit(limit)
    )
    with database.read() as connection:
        return tuple(observation_of(row) for row in connection.execute(wanted))


def addresses(database: Database, article: int) -> tuple[Address, ...]:
    """The addresses of an article's pages, by part, the last visited first. Raises StorageError."""
    columns = (addresses_table.c[name] for name in Address.__dataclass_fields__)
    wanted = (
        select(*columns)
        .where(addresses_table.c.article == article)
        .order_by(addresses_table.c.part, addresses_table.c.visited_at.desc())
    )
    with database.read() as connection:
        return tuple(Address(*row) for row in connection.execute(wanted))


def events(
    database: Database,
    *,
    since: datetime | None = None,
    kind: EventKind | None = None,
    edit_class: EditClass | None = None,
    min_weight: int | None = None,
    channel: str | None = None,
    article: int | None = None,
    limit: int | None = None,
    after_id: int = 0,
) -> Iterator[Event]:
    """Yield the events that fit, the oldest first, from the one after `after_id` on.

    `min_weight` asks for edits at least so heavy. Events are fetched some at a time, so that any number of
    them needs little memory, and no transaction is open while the caller works on one. Raises StorageError.
    """
    conditions = _event_conditions(since, kind, edit_class, min_weight, channel, article)
    wanted = select(*EVENT).where(*conditions).order_by(events_table.c.id)
    if since is not None:
        after_id = max(after_id, _last_event_before(database, since))
    left = limit
    while left is None or left > 0:
        size = _AT_ONCE if left is None else min(left, _AT_ONCE)
        with database.read() as connection:
            rows = connection.execute(wanted.where(events_table.c.id > after_id).limit(size)).all()
        yield from (event_of(row) for row in rows)
        if len(rows) < size:
            return
        after_id = rows[-1].id
        left = None if left is None else left - size


def latest_events(database: Database, limit: int = 50, *, channel: str | None = None) -> tuple[Event, ...]:
    """The last events, the latest first. Raises StorageError."""
    conditions = _event_conditions(None, None, None, None, channel, None)
    wanted = select(*EVENT).where(*conditions).order_by(events_table.c.id.desc()).limit(limit)
    with database.read() as connection:
        return tuple(event_of(row) for row in connection.execute(wanted))


def last_event_id(database: Database) -> int:
    """The number of the last event, 0 where there is none. Raises StorageError."""
    with database.read() as connection:
        return connection.scalar(select(func.max(events_table.c.id))) or 0


def runs(
    database: Database, *, channel: str | None = None, limit: int = 50, before: int = 0
) -> tuple[Run, ...]:
    """The last crawls, the latest first, from the one before number `before` on. Raises StorageError."""
    wanted = select(runs_table).order_by(runs_table.c.id.desc()).limit(limit)
    if channel is not None:
        wanted = wanted.where(runs_table.c.channel == channel)
    if before:
        wanted = wanted.where(runs_table.c.id < before)
    with database.read() as connection:
        return tuple(run_of(row) for row in connection.execute(wanted))


def run(database: Database, number: int) -> Run:
    """One crawl. Raises NotFound, StorageError."""
    with database.read() as connection:
        row = connection.execute(select(runs_table).where(runs_table.c.id == number)).first()
    if row is None:
        raise NotFound("There is no such run", subject=str(number))
    return run_of(row)


def requests_since(database: Database, since: datetime) -> dict[str, int]:
    """About how many requests were made for each channel since then: what is left of an hour's budget.

    A run that has ended counts whole where it ended since then, so that the sum is rather too high than too
    low; of one that runs, or was killed, the visits count. Raises StorageError.
    """
    ended = select(runs_table).where(runs_table.c.finished_at >= since)
    going = select(runs_table.c.id).where(runs_table.c.finished_at.is_(None))
    visits = (
        select(observations_table.c.channel, func.count())
        .where(observations_table.c.at >= since, observations_table.c.run.in_(going))
        .group_by(observations_table.c.channel)
    )
    made: Counter[str] = Counter()
    with database.read() as connection:
        for run in map(run_of, connection.execute(ended)):
            made[run.channel] += run.counts.fetched + run.counts.not_modified + run.counts.failed
        for channel, count in connection.execute(visits):
            made[channel] += count
    return dict(made)


def counts(database: Database) -> Counts:
    """How much the store holds. Raises StorageError."""
    tables = (articles_table, revisions_table, observations_table, events_table)
    with database.read() as connection:
        sizes = [connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
        gone = articles_table.c.state == State.REMOVED
        removed = connection.scalar(select(func.count()).select_from(articles_table).where(gone)) or 0
    return Counts(sizes[0], sizes[1], sizes[2], sizes[3], removed)


def export_rows(
    database: Database, *, channel: str | None = None, since: datetime | None = None
) -> Iterator[tuple[Article, Revision]]:
    """Yield every article with its last revision, the first stored first.

    Memory does not grow with their number. Raises StorageError.
    """
    return _in_batches(database, _matching(_WITH_REVISION, channel, since), articles_table.c.id)


def revisions_by_other_rules(
    database: Database, rules: str, *, channel: str | None = None
) -> Iterator[tuple[Article, Revision]]:
    """Yield every revision that was read by other rules than these, the first stored first.

    Memory does not grow with their number, and replacing what was yielded is allowed. Raises StorageError.
    """
    of_article = revisions_table.c.article == articles_table.c.id
    wanted: Select[Any] = select(*ARTICLE, *REVISION).where(of_article, revisions_table.c.rules != rules)
    return _in_batches(database, _matching(wanted, channel, None), revisions_table.c.id)


def _in_batches(
    database: Database, wanted: Select[Any], number: Column[Any]
) -> Iterator[tuple[Article, Revision]]:
    """Yield what a selection finds in order of `number`, some at a time, each time in a transaction of its own."""
    batch = wanted.add_columns(number.label("place")).order_by(number).limit(_AT_ONCE)
    last = 0
    while True:
        with database.read() as connection:
            rows = connection.execute(batch.where(number > last)).all()
            read = revisions_of(connection, rows)
        yield from zip(map(article_of, rows), read, strict=True)
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].place


_TIMES = Read(
    lambda _: (
        select(revisions_table.c.number, revisions_table.c.seen_at)
        .where(revisions_table.c.article == bindparam("of"))
        .order_by(revisions_table.c.number)
    )
)
_AT_ONCE = 200
_PLACE = tuple_(articles_table.c.first_seen, articles_table.c.id)
_NEWEST_ARTICLE = (articles_table.c.first_seen.desc(), articles_table.c.id.desc())
_LAST_REVISION = and_(
    revisions_table.c.article == articles_table.c.id, revisions_table.c.number == articles_table.c.revisions
)
_WITH_REVISION = select(*ARTICLE, *REVISION).where(_LAST_REVISION)
_WITH_TEXT = select(
    *ARTICLE, revisions_table.c.id.label("revision_id"), revisions_table.c.canonical.label("canonical")
).where(_LAST_REVISION)


def _meanings(ref: str, locate: Locate | None) -> Iterator[ColumnElement[bool]]:
    """What a reference may mean, the surest first."""
    if ref.isascii() and ref.isdecimal() and len(ref) < 19:
        yield articles_table.c.id == int(ref)
    fetched = select(addresses_table.c.article).where(addresses_table.c.url == ref)
    yield articles_table.c.id == fetched.scalar_subquery()
    yield articles_table.c.key == ref
    located = locate(ref) if locate and "://" in ref else None
    if located:
        yield and_(articles_table.c.publisher == located[0], articles_table.c.key == located[1])


def _matching(
    wanted: Select[Any],
    channel: str | None,
    since: datetime | None,
    until: datetime | None = None,
    *,
    through_index: bool = True,
) -> Select[Any]:
    """Narrow a selection. Without the index of channels and times where the search index is to lead:
    SQLite, which keeps no statistics, would rather begin with all articles of the channel.
    """
    columns = (articles_table.c.channel, articles_table.c.first_seen)
    in_channel, first_seen = columns if through_index else map(func.coalesce, columns, columns)
    if channel is not None:
        wanted = wanted.where(in_channel == channel)
    if since is not None:
        wanted = wanted.where(first_seen >= since)
    if until is not None:
        wanted = wanted.where(first_seen < until)
    return wanted


def _head_revision(article: int) -> Select[Any]:
    return select(revisions_table.c.id).where(_LAST_REVISION, articles_table.c.id == article)


def _place(article: int) -> Select[Any]:
    return select(articles_table.c.first_seen, articles_table.c.id).where(articles_table.c.id == article)


def _last_event_before(database: Database, since: datetime) -> int:
    """From which number on there are events since then: a long history is not read from its start."""
    first = select(func.min(events_table.c.id)).where(events_table.c.at >= since)
    with database.read() as connection:
        found = connection.scalar(first)
    return last_event_id(database) if found is None else int(found) - 1


def _event_conditions(
    since: datetime | None,
    kind: EventKind | None,
    edit_class: EditClass | None,
    min_weight: int | None,
    channel: str | None,
    article: int | None,
) -> list[ColumnElement[bool]]:
    columns = events_table.c
    conditions: list[ColumnElement[bool]] = []
    if since is not None:
        conditions.append(columns.at >= since)
    if kind is not None:
        conditions.append(columns.kind == kind)
    if edit_class is not None:
        conditions.append(columns.classes.contains(f",{edit_class},"))
    if min_weight is not None:
        conditions += [columns.kind == EventKind.EDITED, columns.weight >= min_weight]
    if channel is not None:
        conditions.append(columns.channel == channel)
    if article is not None:
        conditions.append(columns.article == article)
    return conditions
