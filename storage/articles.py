"""The way into the store: what a crawl found and saw. One transaction per article, all or nothing.

    discover → pending     links from listings, kept until they are read              (frontier.py)
    validators, parts      what a conditional request needs; revisitable: whom to ask     "
    remember_listing, listed, note_depth                    what listings show, how far they are known
    record                 one visit: article, addresses, bodies, revision, observation, events, search index,
                           of a new article its story                                  (story_index.py)
                           and who is to be told                                       (outbox.py)
    start_run, finish_run, record_channel_event, keep_healing                                  (runs.py)

Two processes that record the same article at once wait for each other: on SQLite for the lock of the
database, on PostgreSQL for that of the article's row. The second then sees what the first stored, and
judges by it. New articles are recorded one at a time, so that of two copies at once one is the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, select, update

from storage import archive, compaction, outbox, search, story_index
from storage.bodies import StoredPage, pack, unpack
from storage.database import Database
from storage.decide import Change, Decision, Known, Policy, decide
from storage.diff import compare
from storage.errors import NotFound, PageError
from storage.frontier import (
    KEEP_ADDRESS,
    LONGEST_URL,
    Listed,
    Revisitable,
    Validators,
    discover,
    last_visits,
    listed,
    narrow_listing,
    note_depth,
    parts,
    pending,
    remember_listing,
    revisitable,
    validators,
)
from storage.jsontext import from_json, to_json
from storage.records import (
    ArticleFields,
    EditClass,
    Event,
    EventKind,
    Outcome,
    PageBody,
    Reading,
    Sighting,
    State,
)
from storage.rows import class_text, observation_row, pages_of
from storage.runs import finish_run, keep_healing, record_channel_event, start_run
from storage.schema import addresses, articles, bodies, events, links, observations, revisions
from storage.statements import Read, Write, columns_of

__all__ = [
    "Listed",
    "Recorded",
    "Revisitable",
    "Validators",
    "discover",
    "finish_run",
    "keep_healing",
    "known",
    "last_visits",
    "listed",
    "narrow_listing",
    "note_depth",
    "parts",
    "pending",
    "record",
    "record_channel_event",
    "rehearse",
    "remember_listing",
    "replace_reading",
    "revisitable",
    "start_run",
    "stored_pages",
    "validators",
]

Fold = Callable[[str], str]
Pages = tuple[PageBody, ...]
#: Reads the stored pages of a revision by the rules of today. May raise PageError.
Reread = Callable[[tuple[PageBody, ...]], Reading]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a visit; `article_id` is None where the article was never read."""

    article_id: int | None
    change: Change
    events: tuple[Event, ...] = ()

    @property
    def event(self) -> Event | None:
        """The last event: of a restored article with a new text, the edit."""
        return self.events[-1] if self.events else None


def record(
    database: Database,
    sighting: Sighting,
    policy: Policy,
    fold: Fold,
    reread: Reread | None = None,
) -> Recorded:
    """Store one visit and judge what it changed.

    `fold` is the folding under which texts are compared. `reread` makes the baseline where the sighting has
    none and the stored revision was made by other rules. Recording a sighting twice is recording it once.
    Raises StorageError; then nothing of the visit is stored.
    """
    with database.write() as connection:
        row = _find(connection, sighting)
        judged = _with_baseline(connection, row, sighting, reread)
        decision = decide(_known_of(row), judged, policy)
        if row is not None:
            return _record_known(connection, row, judged, decision, fold)
        if decision.change is not Change.NEW:
            return _record_failure(connection, judged)
        recorded = _record_new(connection, judged, fold)
        if recorded is not None:
            return recorded
    return record(database, sighting, policy, fold, reread)  # another process was faster, and has it now


def rehearse(
    database: Database,
    sighting: Sighting,
    policy: Policy,
    fold: Fold,
    reread: Reread | None = None,
) -> Recorded:
    """Judge one visit as `record` would, and store nothing. Raises StorageError."""
    del fold  # no event is made, so nothing is compared in depth
    with database.read() as connection:
        row = _FIND.first(connection, {"publisher": sighting.publisher, "key": sighting.key})
        judged = _with_baseline(connection, row, sighting, reread)
    return Recorded(row.id if row else None, decide(_known_of(row), judged, policy).change)


def known(database: Database, publisher: str, key: str) -> Known | None:
    """What the store knows of an article, or None. Raises StorageError."""
    with database.read() as connection:
        return _known_of(_FIND.first(connection, {"publisher": publisher, "key": key}))


def stored_pages(database: Database, article_id: int, revision: int) -> tuple[PageBody, ...]:
    """The pages a revision was read from, as they came; () where they are no longer kept.

    Raises NotFound for an unknown revision, StorageError.
    """
    with database.read() as connection:
        return _stored_pages(connection, article_id, revision)


def replace_reading(database: Database, article_id: int, revision: int, reading: Reading) -> bool:
    """Put a reading by other rules, of the same stored pages, in the place of a revision's; it is no edit.

    Returns whether the text is another than before. Raises NotFound, StorageError.
    """
    with database.write() as connection:
        head = connection.execute(_HEAD, {"of": article_id}).first()
        before = _replace_reading(connection, article_id, revision, reading)
        if head is not None and head.revisions == revision:
            _UPDATE_TEXT(connection, {"of": article_id, **_text_columns(reading, revision)})
            _index_text(connection, head, reading)
    return before != reading.canonical


def _find(connection: Connection, sighting: Sighting) -> Any | None:
    return _FIND_LOCKED.first(connection, {"publisher": sighting.publisher, "key": sighting.key})


def _known_of(row: Any | None) -> Known | None:
    if row is None:
        return None
    return Known(
        id=row.id,
        state=State(row.state),
        revision=row.revisions,
        content_hash=row.content_hash,
        rules=row.rules,
        last_visit=row.last_visit,
        absences=row.absences,
        absent_since=row.absent_since,
        published_at=row.published_at,
        source=row.source,
    )


def _with_baseline(
    connection: Connection, row: Any | None, sighting: Sighting, reread: Reread | None
) -> Sighting:
    reading = sighting.reading
    if row is None or reading is None or reread is None or sighting.baseline or reading.rules == row.rules:
        return sighting
    pages = _stored_pages(connection, row.id, row.revisions)
    try:
        return replace(sighting, baseline=reread(pages)) if pages else sighting
    except PageError:
        return sighting  # the new rules cannot read the old page: there is nothing to compare with


# -- an article that is new


def _record_new(connection: Connection, sighting: Sighting, fold: Fold) -> Recorded | None:
    """Store an article and find its story; None where another process has stored it since we looked."""
    story_index.lock(connection)
    reading = _reading_of(sighting)
    times = story_index.Times(reading.fields.published_at, sighting.observation.at)
    place = story_index.find(connection, reading.canonical, reading.content_hash, times, reading.signature)
    article = _insert_article(connection, sighting, place.story)
    if article is None:
        return None
    story_index.keep(connection, article, place)
    pages = _keep_pages(connection, article, sighting)
    _insert_revision(connection, article, 1, sighting, pages, sighting.channel)
    _INSERT_OBSERVATION(connection, observation_row(article, sighting))
    _DELETE_LINK(connection, {"of": sighting.publisher, "named": sighting.key})
    kind = EventKind.NEW if place.story is None else EventKind.REPUBLISHED
    event = replace(
        _event(article, sighting, kind, to_revision=1),
        story=article if place.story is None else place.story,
    )
    return Recorded(article, Change.NEW, (_insert_event(connection, event, fold),))


def _insert_article(connection: Connection, sighting: Sighting, story: int | None) -> int | None:
    at, reading = sighting.observation.at, _reading_of(sighting)
    row = {
        **_text_columns(reading, 1),
        "publisher": sighting.publisher,
        "key": sighting.key,
        "channel": sighting.channel,
        "parts": max(1, len(sighting.pages)),
        "state": State.PRESENT,
        "first_seen": at,
        "last_seen": at,
        "last_visit": at,
        "visits": 1,
        "absences": 0,
        "story": story,
    }
    inserted: int | None = _INSERT_ARTICLE(connection, row)
    return inserted


def _record_failure(connection: Connection, sighting: Sighting) -> Recorded:
    """A visit to an article that was never read: it may be tried again, a few times."""
    at = sighting.observation.at
    _TRIED_LINK(connection, {"of": sighting.publisher, "named": sighting.key, "tried_at": at})
    _INSERT_OBSERVATION(connection, observation_row(None, sighting))
    return Recorded(None, Change.FAILED)


# -- an article that is known


def _record_known(
    connection: Connection, row: Any, sighting: Sighting, decision: Decision, fold: Fold
) -> Recorded:
    if sighting.observation.at == row.last_visit and _is_recorded(connection, row.id, sighting):
        return Recorded(row.id, decision.change)
    number = row.revisions + decision.revise
    pages: tuple[StoredPage, ...] = ()
    if sighting.observation.at >= row.last_visit:
        pages = _keep_addresses(connection, row.id, sighting, parts_known=row.parts)
    made = _events_of(connection, row, sighting, decision, fold)
    if decision.reread is not None:
        _replace_reading(connection, row.id, row.revisions, decision.reread)
    if decision.revise:
        _keep_bodies(connection, sighting.pages, pages)
        _insert_revision(connection, row.id, number, sighting, pages, row.channel)
        _index_text(connection, row, _reading_of(sighting))
    text = _reading_of(sighting) if decision.revise else decision.reread
    if text is not None:
        _UPDATE_TEXT(connection, {"of": row.id, **_text_columns(text, number)})
    _UPDATE_STATE(connection, _state_columns(row, sighting, decision))
    _INSERT_OBSERVATION(connection, observation_row(row.id, sighting))
    told = tuple(_insert_event(connection, event, fold) for event in made)
    return Recorded(row.id, decision.change, told)


def _index_text(connection: Connection, row: Any, reading: Reading) -> None:
    """Let the next article find the story of this one by its new text, too."""
    times = story_index.Times(reading.fields.published_at, row.first_seen)
    story_index.add(connection, row.id, reading.canonical, times)


def _is_recorded(connection: Connection, article: int, sighting: Sighting) -> bool:
    """Whether this very visit was stored before: a crawl that was killed is replayed."""
    seen = sighting.observation
    asked = {"of": article, "then": seen.at, "there": seen.url, "was": seen.outcome}
    return _SAME_OBSERVATION.first(connection, asked) is not None


def _state_columns(row: Any, sighting: Sighting, decision: Decision) -> dict[str, Any]:
    at, outcome = sighting.observation.at, sighting.observation.outcome
    told = decision.change is not Change.FAILED
    there = told and outcome in (Outcome.READ, Outcome.NOT_MODIFIED)
    return {
        "of": row.id,
        "state": decision.state,
        "absences": decision.absences,
        "absent_since": decision.absent_since,
        "last_seen": max(row.last_seen, at) if there else row.last_seen,
        "last_visit": max(row.last_visit, at) if told else row.last_visit,
        "visits": row.visits + 1,
        "parts": len(sighting.pages) or row.parts,
    }


def _events_of(
    connection: Connection, row: Any, sighting: Sighting, decision: Decision, fold: Fold
) -> list[Event]:
    made = []
    for kind in decision.events:
        if kind is EventKind.EDITED:
            made.append(_edit_event(connection, row, sighting, decision, fold))
        else:
            told = replace(_event(row.id, sighting, kind, row), to_revision=row.revisions)
            made.append(replace(told, detail=sighting.observation.detail))
    return made


def _edit_event(
    connection: Connection, row: Any, sighting: Sighting, decision: Decision, fold: Fold
) -> Event:
    """Say what an edit touched, how heavily, and whether it brings an earlier text back."""
    reading = _reading_of(sighting)
    head = {"of": row.id, "nth": row.revisions}
    if decision.reread is not None:
        old = decision.reread.fields
    else:
        old = from_json(connection.scalars(_FIELDS, head).one(), ArticleFields)
    diff = compare(old, reading.fields, fold=fold)
    earlier = connection.scalar(_SAME_TEXT, {**head, "hash": reading.content_hash})
    return replace(
        _event(row.id, sighting, EventKind.EDITED, row),
        from_revision=row.revisions,
        to_revision=row.revisions + 1,
        classes=tuple(EditClass(one) for one in diff.classes),
        weight=diff.weight,
        returned_to=earlier,
    )


def _event(
    article: int,
    sighting: Sighting,
    kind: EventKind,
    row: Any | None = None,
    to_revision: int | None = None,
) -> Event:
    """An event of this visit, not yet stored: its number is 0."""
    fields = sighting.reading.fields if sighting.reading else None
    return Event(
        id=0,
        at=sighting.observation.at,
        kind=kind,
        article=article,
        url=(fields.url if fields else "") or (row.url if row else sighting.observation.url),
        title=fields.title if fields else row.title if row else "",
        channel=row.channel if row else sighting.channel,
        story=row.story if row else None,
        to_revision=to_revision,
    )


# -- rows


def _insert_event(connection: Connection, event: Event, fold: Fold) -> Event:
    """Store an event and who is to be told of it. The revisions it names are stored already."""
    row = {name: getattr(event, name) for name in _EVENT}
    row["classes"] = class_text(event.classes)
    stored = replace(event, id=_INSERT_EVENT(connection, row))
    outbox.enqueue(connection, stored, fold)
    return stored


def _insert_revision(
    connection: Connection,
    article: int,
    number: int,
    sighting: Sighting,
    pages: tuple[StoredPage, ...],
    channel: str,
) -> None:
    """`channel` is the article's, which may have been found in another one since."""
    reading = _reading_of(sighting)
    row = {
        **_reading_columns(reading),
        "article": article,
        "number": number,
        "seen_at": sighting.observation.at,
        "pages": to_json(pages),
    }
    said = search.Said(reading.canonical, reading.fields, channel)
    search.add(connection, _INSERT_REVISION(connection, row), said)


def _replace_reading(connection: Connection, article: int, number: int, reading: Reading) -> str:
    """Replace what a revision says, and return its old text. The caller keeps the article's row true."""
    compaction.restore(connection, article)
    before = connection.execute(_CANONICAL, {"of": article, "nth": number}).first()
    if before is None:
        raise _no_revision(article, number)
    _UPDATE_READING(connection, {"of": before.id, **_reading_columns(reading)})
    old = search.Said(before.canonical, from_json(before.fields, ArticleFields), before.channel)
    new = search.Said(reading.canonical, reading.fields, before.channel)
    search.replace(connection, before.id, old, new)
    return str(before.canonical)


def _keep_pages(connection: Connection, article: int, sighting: Sighting) -> tuple[StoredPage, ...]:
    pages = _keep_addresses(connection, article, sighting, parts_known=0)
    _keep_bodies(connection, sighting.pages, pages)
    return pages


def _keep_addresses(
    connection: Connection, article: int, sighting: Sighting, *, parts_known: int
) -> tuple[StoredPage, ...]:
    """Remember where the pages of a visit were and how they were marked; forget parts that are no more."""
    pages = tuple(StoredPage.of(page) for page in sighting.pages)
    rows = [
        {
            "url": page.url,
            "kind": "article",
            "channel": sighting.channel,
            "article": article,
            "part": page.part,
            "etag": page.etag,
            "last_modified": page.last_modified,
            "visited_at": sighting.observation.at,
            "digest": page.digest,
        }
        for page in sorted(pages, key=lambda page: page.url)
        if len(page.url) <= LONGEST_URL
    ]
    for row in rows:
        KEEP_ADDRESS(connection, row)
    if pages and len(pages) < parts_known:
        _DELETE_PARTS(connection, {"of": article, "last": len(pages)})
    return pages


def _keep_bodies(connection: Connection, fetched: Pages, pages: tuple[StoredPage, ...]) -> None:
    """Keep what a revision was read from: in the archive, where it is there already, else in the database."""
    unique = {stored.digest: page.content for page, stored in zip(fetched, pages, strict=True)}
    for digest, content in sorted(unique.items()):
        if not archive.pin(connection, digest):
            _KEEP_BODY(connection, {"digest": digest, "size": len(content), "content": pack(content)})


def _stored_pages(connection: Connection, article: int, number: int) -> tuple[PageBody, ...]:
    row = connection.execute(_PAGES, {"of": article, "nth": number}).first()
    if row is None:
        raise _no_revision(article, number)
    pages = pages_of(row.pages)
    rows = connection.execute(select(bodies).where(bodies.c.digest.in_([page.digest for page in pages])))
    contents = {body.digest: unpack(body.content) for body in rows}
    contents |= archive.contents(connection, {page.digest for page in pages} - contents.keys())
    if any(page.digest not in contents for page in pages):
        return ()
    return tuple(page.with_content(contents[page.digest]) for page in pages)


def _no_revision(article: int, number: int) -> NotFound:
    return NotFound("There is no such revision", subject=f"article {article}, revision {number}")


def _reading_of(sighting: Sighting) -> Reading:
    if sighting.reading is None:
        raise ValueError("a visit that read nothing has no text")
    return sighting.reading


def _reading_columns(reading: Reading) -> dict[str, Any]:
    return {
        "content_hash": reading.content_hash,
        "rules": reading.rules,
        "canonical": reading.canonical,
        "fields": to_json(reading.fields),
        "encoding": to_json(reading.encoding),
        "repairs": to_json(reading.repairs),
    }


def _text_columns(reading: Reading, number: int) -> dict[str, Any]:
    fields = reading.fields
    return {
        "url": fields.url,
        "title": fields.title,
        "source": fields.source,
        "published_at": fields.published_at,
        "revisions": number,
        "content_hash": reading.content_hash,
        "rules": reading.rules,
    }


# -- statements

_TEXT = ("url", "title", "source", "published_at", "revisions", "content_hash", "rules")
_STATE = ("state", "absences", "absent_since", "last_seen", "last_visit", "visits", "parts")
_READING = ("content_hash", "rules", "canonical", "fields", "encoding", "repairs")


def _this_article(_kind: str) -> Select[Any]:
    identity = articles.c.publisher == bindparam("publisher"), articles.c.key == bindparam("key")
    return select(articles).where(*identity)


_HEAD = (
    select(articles.c.id, articles.c.revisions, articles.c.first_seen)
    .where(articles.c.id == bindparam("of"))
    .with_for_update()
)
_FIND = Read(_this_article)
_FIND_LOCKED = Read(lambda kind: _this_article(kind).with_for_update())  # SQLite's writer has locked all
_INSERT_ARTICLE = Write(
    lambda own: (
        own(articles)
        .on_conflict_do_nothing(index_elements=[articles.c.key, articles.c.publisher])
        .returning(articles.c.id)
    ),
    columns_of(articles, "id", "absent_since"),
)
_THIS_ARTICLE = articles.c.id == bindparam("of")
_UPDATE_TEXT = Write(lambda own: update(articles).where(_THIS_ARTICLE), _TEXT)
_UPDATE_STATE = Write(lambda own: update(articles).where(_THIS_ARTICLE), _STATE)

_OF_REVISION = (revisions.c.article == bindparam("of"), revisions.c.number == bindparam("nth"))
_INSERT_REVISION = Write(lambda own: own(revisions).returning(revisions.c.id), columns_of(revisions, "id"))
_UPDATE_READING = Write(lambda own: update(revisions).where(revisions.c.id == bindparam("of")), _READING)
_CANONICAL = (
    select(revisions.c.id, revisions.c.canonical, revisions.c.fields, articles.c.channel)
    .join(articles, articles.c.id == revisions.c.article)
    .where(*_OF_REVISION)
)
_FIELDS = select(revisions.c.fields).where(*_OF_REVISION)
_PAGES = select(revisions.c.pages).where(*_OF_REVISION)
_SAME_TEXT = (
    select(revisions.c.number)
    .where(
        revisions.c.article == bindparam("of"),
        revisions.c.number < bindparam("nth"),
        revisions.c.content_hash == bindparam("hash"),
    )
    .order_by(revisions.c.number.desc())
    .limit(1)
)

_KEEP_BODY = Write(
    lambda own: own(bodies).on_conflict_do_nothing(index_elements=[bodies.c.digest]), columns_of(bodies)
)
_DELETE_PARTS = Write(
    lambda own: delete(addresses).where(
        addresses.c.article == bindparam("of"), addresses.c.part > bindparam("last")
    )
)

_EVENT = columns_of(events, "id")
_INSERT_EVENT = Write(lambda own: own(events).returning(events.c.id), _EVENT)
_INSERT_OBSERVATION = Write(lambda own: own(observations), columns_of(observations, "id"))
_SAME_OBSERVATION = Read(
    lambda kind: select(observations.c.id).where(
        observations.c.article == bindparam("of"),
        observations.c.at == bindparam("then"),
        observations.c.url == bindparam("there"),
        observations.c.outcome == bindparam("was"),
    )
)

_THIS_LINK = (links.c.publisher == bindparam("of"), links.c.key == bindparam("named"))
_DELETE_LINK = Write(lambda own: delete(links).where(*_THIS_LINK))
_TRIED_LINK = Write(
    lambda own: update(links).where(*_THIS_LINK).values(attempts=links.c.attempts + 1), ["tried_at"]
)
