"""Into the outbox: one row for each subscription and place that is to be told of an event."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, literal_column, select, update

from storage import compaction, rules, subscriptions
from storage.jsontext import from_json
from storage.outbox.rows import IN_BATCH, locked
from storage.records import ArticleFields, Event, EventKind, NotificationState
from storage.rules import Draft, Rule, Said
from storage.schema import notifications as table
from storage.schema import revisions
from storage.statements import Read, Write, columns_of
from storage.wordquery import Fold


def enqueue(connection: Connection, event: Event, fold: Fold = str) -> int:
    """Write down who is to be told of an event, in the transaction that stores it; returns how many rows.

    The event and the revisions it names are stored already. `fold` is the folding that made the texts; a
    channel's event needs none. Raises StorageError.
    """
    made = subscriptions.rules(connection, fold)
    if not made:
        return 0
    drafts = _drafts(connection, made, event, fold)
    if any(draft.due_at is None for draft in drafts):
        subscriptions.wait_for_changes(connection)
        drafts = _drafts(connection, subscriptions.rules(connection, fold), event, fold)
    for draft in drafts:
        _insert(connection, event, draft)
    return len(drafts)


def _drafts(connection: Connection, made: Iterable[Rule], event: Event, fold: Fold) -> tuple[Draft, ...]:
    heard = rules.hearing(made, event, event.at)
    if not heard:
        return ()
    texts = texts_of(connection, event, fold) if rules.reading(heard, event) else ()
    told: Collection[str] = ()
    if event.kind is EventKind.REPUBLISHED:
        told = _told_of(connection, event.story)
    return rules.drafts(heard, event, texts, told, event.at)


def texts_of(connection: Connection, event: Event, fold: Fold) -> tuple[Said, ...]:
    """What the article says at this event and, of an edit, what it said before."""
    asked = ({"of": event.article, "nth": nth} for nth in (event.to_revision, event.from_revision) if nth)
    rows = [row for one in asked if (row := _TEXT.first(connection, one))]
    return tuple(
        rules.said(one.canonical, from_json(one.fields, ArticleFields), fold)
        for _, one in compaction.whole(connection, rows)  # those of an old event may be packed
    )


def _told_of(connection: Connection, story: int | None) -> set[str]:
    """The subscriptions that were told of a story, by a row of their own or by another's."""
    told: set[str] = set()
    for row in _OF_STORY.all(connection, {"of": story}):
        told.update((row.subscription, *row.also.strip(",").split(",")))
    return told


def _insert(connection: Connection, event: Event, draft: Draft) -> None:
    due = draft.due_at
    if draft.timing is not None and due is not None:
        due = _move_batch(connection, event, draft) or due
    row = {
        "event": event.id,
        "subscription": draft.subscription,
        "destination": draft.destination,
        "stream": draft.stream,
        "batch": draft.batch,
        "story": draft.story,
        "also": f",{','.join(draft.also)}," if draft.also else "",
        "created_at": event.at,
        "due_at": due,
        "state": NotificationState.WAITING,
        "key": "",
        "attempts": 0,
        "parts_done": 0,
        "answer": "",
    }
    _INSERT(connection, row)


def _move_batch(connection: Connection, event: Event, draft: Draft) -> datetime | None:
    """Let the rows that wait for the same article to fall quiet wait on, with this one; returns until when."""
    assert draft.timing is not None  # noqa: S101 - the caller asks for such only
    same = {
        "place": draft.destination,
        "flow": draft.stream,
        "named": draft.subscription,
        "together": draft.batch,
    }
    first = _FIRST_OF_BATCH.first(connection, same)
    if first is None:
        return None
    due = draft.timing.debounced(first.created_at, event.at)
    _MOVE_BATCH(connection, {**same, "due_at": due})
    return due


_INSERT = Write(lambda own: own(table), columns_of(table, "id", "token", "claimed_until", "sent_at"))
_UNFROZEN = (*IN_BATCH, table.c.key == literal_column("''"))
_FIRST_OF_BATCH = Read(
    lambda kind: select(table.c.created_at).where(*_UNFROZEN).order_by(table.c.id).limit(1)
)
_MOVE_BATCH = Write(
    lambda own: update(table).where(locked(*_UNFROZEN, table.c.due_at.is_not(None))), ["due_at"]
)
_TEXT = Read(
    lambda kind: select(revisions.c.id, revisions.c.canonical, revisions.c.fields).where(
        revisions.c.article == bindparam("of"), revisions.c.number == bindparam("nth")
    )
)
_OF_STORY = Read(
    lambda kind: select(table.c.subscription, table.c.also).where(table.c.story == bindparam("of"))
)
