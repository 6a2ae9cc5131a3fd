"""The outbox: what is to be told waits here from the event's own transaction until the far end has accepted it.

    enqueue                         in the transaction that stores the event: one row for each subscription and place
    due_destinations, next_due      where something can be sent now, and when there will be something
    claim                           takes messages for a while, so that no other process sends them
    delivered, postponed, dead, release, renew       what became of a claim; only its holder is heard
    hold, register                  what is known of a destination
    notifications, counts, destinations, events, retry, discard, forget         for people
    rehearse                        what the present rules would have told

A message is a row, or all rows of one batch (a digest, an article that had to fall quiet). Its rows are set
by its first claim and have its `key` from then on. Within a stream and destination messages go in the order
of their first rows. A message waits for an earlier one that is due, was tried, or is its own subscription's;
not for one that another subscription wants told later, and not for one that is dead, discarded or paused.
docs/decisions/0009-outbox.md says why.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    tuple_,
    update,
)

from storage import compaction, pace, rules, subscriptions
from storage.database import Database
from storage.jsontext import from_json
from storage.records import (
    ArticleFields,
    Event,
    EventKind,
    Notification,
    NotificationState,
    Subscription,
)
from storage.rows import EVENT, NOTIFICATION, event_of, notification_of
from storage.rules import Draft, Rule, Said
from storage.schema import articles, meta, revisions
from storage.schema import destinations as destinations_table
from storage.schema import events as events_table
from storage.schema import notifications as table
from storage.statements import Read, Write, columns_of
from storage.wordquery import Fold

#: Rows looked at together for the heads of their streams: so many first, and four times as many each time after.
FIRST_WINDOW, LAST_WINDOW = 8, 512
#: A claim that has found a head looks at no more rows than these, however many it wants.
LOOKED_AT = 512

_AT_ONCE = 500  # numbers named in one statement
_FIELDS = tuple(column.name for column in NOTIFICATION)


@dataclass(frozen=True, slots=True)
class Claim:
    """One message, taken for a while. Its rows are in the order they happened; `key` is the idempotency key.

    `attempts` counts this one. `parts_done` counts the parts that the far end has accepted before.
    """

    token: str
    key: str
    destination: str
    notifications: tuple[Notification, ...]
    attempts: int
    parts_done: int
    claimed_until: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """What the store knows of a destination. `waiting` counts rows, paused ones too."""

    id: str
    name: str
    held_until: datetime | None
    failures: int
    waiting: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would have been told, to whom, where and when."""

    event: Event
    subscription: str
    destination: str
    due_at: datetime | None


def clock(database: Database) -> datetime:
    """The time that all who share the database agree on: PostgreSQL's; on SQLite this machine's."""
    if database.is_sqlite:
        return datetime.now(UTC)
    with database.read() as connection:
        now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return now.astimezone(UTC)


# -- into the outbox


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
    texts = _texts(connection, event, fold) if rules.reading(heard, event) else ()
    told: Collection[str] = ()
    if event.kind is EventKind.REPUBLISHED:
        told = _told_of(connection, event.story)
    return rules.drafts(heard, event, texts, told, event.at)


def _texts(connection: Connection, event: Event, fold: Fold) -> tuple[Said, ...]:
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


# -- out of the outbox


def due_destinations(database: Database, among: Collection[str], now: datetime) -> tuple[str, ...]:
    """Those of the destinations that something can be sent to now, by id. Raises StorageError."""
    with database.read() as connection:
        due = connection.scalars(_DUE, {"among": list(among), "now": now}).all() if among else []
        return tuple(one for one in due if _first_heads(connection, one, now, 1))


def next_due(database: Database, among: Collection[str], now: datetime) -> datetime | None:
    """When one of the destinations may have something to send, `now` at the earliest; None: nothing waits.

    Raises StorageError.
    """
    moments: list[datetime] = []
    with database.read() as connection:
        rows = connection.execute(_PLACES, {"among": list(among)}).all() if among else []
        for row in rows:
            open_at = max(now, row.held_until or now, row.free_at or now)
            if open_at <= now and _first_heads(connection, row.id, now, 1):
                return now
            asked = {"place": row.id, "now": now}
            if open_at > now and _WAITS.first(connection, {"place": row.id, "now": open_at}):
                moments.append(open_at)
            if later := _LATER.first(connection, asked):
                moments.append(max(later.due_at, open_at))
    return min(moments, default=None)


def claim(
    database: Database,
    destination: str,
    now: datetime,
    lease: timedelta,
    limit: int = 1,
    rate: pace.Rate | None = None,
) -> tuple[Claim, ...]:
    """Take at most `limit` messages that can be sent to a destination now, for as long as `lease`, in order.

    None where the destination is held, its rate spent, or what is due waits for what is on its way. A claim
    whose time has run out is taken anew by whoever comes, with the same key. Raises StorageError.
    """
    with database.write() as connection:
        place = _lock(connection, destination)
        if any(until is not None and until > now for until in (place.held_until, place.free_at)):
            return ()
        heads = _first_heads(connection, destination, now, limit)
        if rate is not None and heads:
            heads = heads[: _spend(connection, place, rate, now, len(heads))]
        hold = _Hold(secrets.token_hex(8), now, now + lease, _database_id(connection) if heads else "")
        claims = _take(connection, heads, hold)
    if claims:
        # What is sent must be known for good: after a power cut another event would get its number, and its key.
        database.make_lasting()
    return claims


@dataclass(frozen=True, slots=True)
class _Hold:
    token: str
    now: datetime
    until: datetime
    database: str


def _lock(connection: Connection, destination: str) -> Any:
    """The destination's row; until the transaction's end nobody else claims there."""
    while (place := _LOCK.first(connection, {"place": destination})) is None:
        _ADD_PLACE(connection, {"id": destination, "name": destination, "failures": 0})
    return place


def _spend(connection: Connection, place: Any, rate: pace.Rate, now: datetime, wanted: int) -> int:
    granted = pace.grant(place.tat, rate, now, wanted)
    free_at = now + granted.wait if granted.wait else None
    _SPEND(connection, {"place": place.id, "tat": granted.tat, "free_at": free_at})
    return granted.messages


def _first_heads(connection: Connection, destination: str, now: datetime, limit: int) -> list[Any]:
    """The first rows of at most `limit` messages that can be sent now, in the order they are due.

    Fewer, where those that must wait for others stand thick among them; none only where there are none.
    """
    found: list[Any] = []
    looked_at = 0
    for rows in _windows(connection, destination, now, limit):
        found += [row for row in rows if row.is_head]
        looked_at += len(rows)
        if len(found) >= limit or (found and looked_at >= LOOKED_AT):
            break
    return found[:limit]


def _windows(connection: Connection, destination: str, now: datetime, wanted: int) -> Iterator[Sequence[Any]]:
    """All rows that are due, in order, a growing number at a time."""
    size = max(FIRST_WINDOW, min(wanted, LAST_WINDOW))
    asked = {"place": destination, "now": now, "after": _LONG_AGO, "last": 0}
    while True:
        rows = connection.execute(_WINDOW, {**asked, "size": size}).all()
        yield rows
        if len(rows) < size:
            return
        asked |= {"after": rows[-1].due_at, "last": rows[-1].id}
        size = min(4 * size, LAST_WINDOW)


def _take(connection: Connection, heads: Sequence[Any], hold: _Hold) -> tuple[Claim, ...]:
    """Claim the messages that begin with those rows, but for what someone else is just changing."""
    messages = _messages(connection, heads, hold.now)
    if connection.dialect.name != "sqlite" and all(head.key or not head.batch for head in heads):
        # A claim that a crash of the server undoes is made again, with the same rows and the same key, unless a
        # batch was open until now: only then has the claim itself to be on the disk before anything is sent.
        connection.execute(_NEED_NOT_LAST)
    claims = [_claim_of(head, rows, hold) for head in heads if (rows := messages.get(head.id))]
    change = {"token": hold.token, "claimed_until": hold.until, "due_at": hold.until}
    _CLAIM.many(
        connection,
        [{"of": one.id, "key": taken.key, **change} for taken in claims for one in taken.notifications],
    )
    return tuple(claims)


def _claim_of(head: Any, rows: Sequence[Any], hold: _Hold) -> Claim:
    key = head.key or _key(hold.database, rows[0])
    return Claim(
        token=hold.token,
        key=key,
        destination=head.destination,
        notifications=tuple(_claimed(row, key, hold.until) for row in rows),
        attempts=rows[0].attempts + 1,
        parts_done=rows[0].parts_done,
        claimed_until=hold.until,
    )


def _messages(connection: Connection, heads: Sequence[Any], now: datetime) -> dict[int, list[Any]]:
    """The rows of messages, locked, by their first row's number."""
    alone = [head.id for head in heads if not head.batch and not head.key]
    found: dict[int, list[Any]] = {}
    for some in _some(alone):
        for row in connection.execute(_ROWS, {"first": some, "now": now}):
            found[row.id] = [row]
    for head in heads:
        if head.batch or head.key:
            found[head.id] = _message(connection, head, now)
    return found


def _message(connection: Connection, head: Any, now: datetime) -> list[Any]:
    """The rows of a message of several, or of one that was tried before; none where not all can be locked."""
    asked = {"place": head.destination, "flow": head.stream, "named": head.subscription}
    asked |= {"together": head.batch, "known": head.key, "now": now}
    rows = _MESSAGE.all(connection, asked)
    if connection.dialect.name == "sqlite":  # whose writer has locked all
        return rows
    locked = _MESSAGE_LOCKED.all(connection, asked)
    return locked if [row.id for row in locked] == [row.id for row in rows] else []


def _claimed(row: Any, key: str, until: datetime) -> Notification:
    values = {name: getattr(row, name) for name in _FIELDS}
    values |= {"state": NotificationState.WAITING, "key": key, "due_at": until, "attempts": row.attempts + 1}
    return Notification(**values)


def _key(database: str, first: Any) -> str:
    """The idempotency key of a message: the same whoever sends it, however often."""
    named = "\n".join((database, str(first.event), first.subscription, first.destination, first.batch))
    digest = base64.b32encode(hashlib.sha256(named.encode("utf-8", "surrogatepass")).digest())
    return f"nd-{digest[:26].decode('ascii').lower()}"


def _database_id(connection: Connection) -> str:
    row = _DATABASE_ID.first(connection, {"named": "database_id"})
    return str(row.value) if row else ""


# -- what became of a claim


def delivered(database: Database, claims: Collection[Claim], now: datetime, answer: str = "") -> int:
    """Note that the far end accepted the messages. Returns how many rows were still ours to mark.

    Raises StorageError.
    """
    return delivered_all(database, [(one, answer) for one in claims], now)


def delivered_all(database: Database, accepted: Collection[tuple[Claim, str]], now: datetime) -> int:
    """Note that the far end accepted messages, each with what it answered. Returns how many rows were ours.

    Raises StorageError.
    """
    rows = [
        {"of": one.id, "held": claim.token, "sent_at": now, "answer": answer}
        for claim, answer in accepted
        for one in claim.notifications
    ]
    in_order = sorted(rows, key=itemgetter("of"))  # so that two who mark many do not wait for each other
    with database.write() as connection:
        return _DELIVERED.many(connection, in_order)


def progressed(database: Database, claim: Claim, parts_done: int) -> bool:
    """Note how many parts of a message the far end has accepted. Returns whether it is still ours.

    Raises StorageError.
    """
    return _mark(database, [claim], {"parts_done": parts_done}) > 0


def postponed(
    database: Database, claim: Claim, due_at: datetime, answer: str = "", parts_done: int = 0
) -> bool:
    """Let a message be tried again at `due_at`; what follows it in its stream waits. Paused ones stay so.

    `parts_done` counts the parts accepted so far. Returns whether it was still ours. Raises StorageError.
    """
    change = {"due_at": _unless_paused(due_at), "answer": answer, "parts_done": parts_done, **_LET_GO}
    return _mark(database, [claim], change) > 0


def dead(database: Database, claim: Claim, answer: str) -> bool:
    """Give a message up; a person decides. What follows it may go. Returns whether it was still ours.

    Raises StorageError.
    """
    return _mark(database, [claim], {"state": NotificationState.DEAD, "answer": answer, **_LET_GO}) > 0


def release(database: Database, claims: Collection[Claim], now: datetime) -> int:
    """Give back messages that were not tried; that they were claimed does not count. Raises StorageError."""
    change = {"due_at": _unless_paused(now), "attempts": table.c.attempts - 1, **_LET_GO}
    return _mark(database, claims, change)


def renew(database: Database, claims: Collection[Claim], until: datetime) -> int:
    """Keep messages longer. Returns how many rows are still ours. Raises StorageError."""
    return _mark(database, claims, {"due_at": _unless_paused(until), "claimed_until": until})


def _unless_paused(due_at: datetime) -> ColumnElement[Any]:
    return case((table.c.due_at.is_(None), None), else_=due_at)


_LET_GO = {"token": None, "claimed_until": None}


def _mark(database: Database, claims: Collection[Claim], change: Mapping[str, Any]) -> int:
    """Change the rows of claims that are still held by their tokens."""
    ids: dict[str, list[int]] = defaultdict(list)
    for one in claims:
        ids[one.token] += [notification.id for notification in one.notifications]
    done = 0
    with database.write() as connection:
        for token, numbers in ids.items():
            for some in _some(numbers):
                ours = _locked(table.c.id.in_(some), table.c.token == token, WAITING)
                done += connection.execute(update(table).where(ours).values(**change)).rowcount
    return done


def _some(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), _AT_ONCE):
        yield numbers[start : start + _AT_ONCE]


def _locked(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Those rows, locked in the order of their numbers, so that two who change many do not wait for each other."""
    return table.c.id.in_(select(table.c.id).where(*which).order_by(table.c.id).with_for_update())


# -- what is known of destinations


def register(database: Database, names: Mapping[str, str]) -> None:
    """Keep how destinations are shown: masked address by id. Raises StorageError."""
    with database.write() as connection:
        for identity, name in sorted(names.items()):
            _NAME_PLACE(connection, {"id": identity, "name": name, "failures": 0})


def hold(database: Database, destination: str, until: datetime | None, failures: int) -> None:
    """Try nothing at a destination before `until` (None: go on), and keep its failures in a row.

    Raises StorageError.
    """
    with database.write() as connection:
        _lock(connection, destination)
        _HOLD(connection, {"place": destination, "held_until": until, "failures": failures})


def destinations(database: Database) -> tuple[Place, ...]:
    """Every destination that is known, by name, with what waits for it. Raises StorageError."""
    with database.read() as connection:
        counted = {(row.destination, row.state): row.rows for row in connection.execute(_COUNT_PLACES)}
        rows = connection.execute(select(destinations_table)).all()
    places = [
        Place(
            row.id,
            row.name,
            row.held_until,
            row.failures,
            waiting=counted.get((row.id, NotificationState.WAITING), 0),
            dead=counted.get((row.id, NotificationState.DEAD), 0),
        )
        for row in rows
    ]
    return tuple(sorted(places, key=lambda place: (place.name, place.id)))


# -- for people


def notifications(
    database: Database,
    *,
    states: Collection[NotificationState] = (),
    subscription: str | None = None,
    destination: str | None = None,
    event: int | None = None,
    before: int | None = None,
    limit: int = 100,
) -> tuple[Notification, ...]:
    """At most `limit` notifications, the newest first, with a number less than `before`. Raises StorageError."""
    wanted = select(*NOTIFICATION).order_by(table.c.id.desc()).limit(limit)
    if states:
        # Written out, so that the index of the dead (or the waiting) can answer.
        wanted = wanted.where(or_(*(table.c.state == literal_column(f"'{state.value}'") for state in states)))
    for column, value in (("subscription", subscription), ("destination", destination), ("event", event)):
        if value is not None:
            wanted = wanted.where(table.c[column] == value)
    if before is not None:
        wanted = wanted.where(table.c.id < before)
    with database.read() as connection:
        return tuple(notification_of(row) for row in connection.execute(wanted))


def counts(database: Database) -> dict[tuple[str, str, NotificationState], int]:
    """How many notifications there are, by subscription, destination and state. Raises StorageError."""
    by = (table.c.subscription, table.c.destination, table.c.state)
    with database.read() as connection:
        rows = connection.execute(select(*by, func.count()).group_by(*by)).all()
    return {(row[0], row[1], NotificationState(row[2])): row[3] for row in rows}


def events(database: Database, numbers: Collection[int]) -> dict[int, Event]:
    """Events by their numbers; those that are not there are left out. Raises StorageError."""
    found: dict[int, Event] = {}
    with database.read() as connection:
        for some in _some(sorted(set(numbers))):
            rows = connection.execute(select(*EVENT).where(events_table.c.id.in_(some)))
            found |= {row.id: event_of(row) for row in rows}
    return found


def retry(database: Database, ids: Collection[int] | None, now: datetime) -> int:
    """Try again what is dead, from the first try, and what waits for its next try; None: all that is dead.

    All rows of a message go together. What is being sent, sent, discarded or kept for a paused alert stays as it
    is. Returns how many rows. Raises StorageError.
    """
    again = {"state": NotificationState.WAITING, "due_at": now, "attempts": 0}
    is_dead = table.c.state == literal_column(f"'{NotificationState.DEAD.value}'")
    with database.write() as connection:
        resting = and_(WAITING, table.c.token.is_(None), _rests(connection, now))
        if ids is None:
            return connection.execute(update(table).where(_locked(is_dead)).values(**again)).rowcount
        done = 0
        for which in _messages_of(connection, ids):
            done += connection.execute(update(table).where(_locked(which, is_dead)).values(**again)).rowcount
            sooner = update(table).where(_locked(which, resting)).values(due_at=now)
            done += connection.execute(sooner).rowcount
        return done


def _rests(connection: Connection, now: datetime) -> ColumnElement[bool]:
    """Whether a row was tried and waits for its next try, or is kept for an alert that is paused no more."""
    paused = [one.name for one in subscriptions.load(connection) if one.paused]
    stray = and_(table.c.due_at.is_(None), table.c.subscription.not_in(paused))
    return or_(and_(table.c.key != "", table.c.due_at > now), stray)


def discard(database: Database, ids: Collection[int]) -> int:
    """Never send these, nor the other rows of their messages. One that is on its way may arrive still.

    Returns how many rows. Raises StorageError.
    """
    open_states = [NotificationState.WAITING, NotificationState.DEAD]
    change = {"state": NotificationState.DISCARDED, **_LET_GO}
    done = 0
    with database.write() as connection:
        for which in _messages_of(connection, ids):
            rows = _locked(which, table.c.state.in_(open_states))
            done += connection.execute(update(table).where(rows).values(**change)).rowcount
    return done


def forget(database: Database, before: datetime) -> int:
    """Drop what was sent or discarded and is older than that; returns how many rows. Raises StorageError.

    The copies of a story that was told so long ago count as a new story.
    """
    done_with = table.c.state.in_([NotificationState.SENT, NotificationState.DISCARDED])
    with database.write() as connection:
        return connection.execute(delete(table).where(done_with, table.c.created_at < before)).rowcount


def _messages_of(connection: Connection, ids: Collection[int]) -> Iterator[ColumnElement[bool]]:
    """Which rows belong to the messages that rows by these numbers belong to."""
    for some in _some(sorted(set(ids))):
        keys = connection.scalars(select(table.c.key).where(table.c.id.in_(some), table.c.key != "")).all()
        yield or_(table.c.id.in_(some), table.c.key.in_(set(keys)))


# -- what the present rules would have told


def rehearse(
    database: Database, wanted: Iterable[Subscription], since: datetime, fold: Fold
) -> Iterator[Rehearsed]:
    """Apply subscriptions to the stored events since then, and store nothing.

    Yields in the order of events, those of an article that had to fall quiet when it is known until when. Raises
    ValueError for a subscription that cannot be understood, StorageError.
    """
    made = tuple(Rule.of(one, fold) for one in wanted)
    stage = _Stage(fold)
    with database.read() as connection:
        last = 0
        page = select(*EVENT).where(events_table.c.at >= since).order_by(events_table.c.id).limit(_AT_ONCE)
        while rows := connection.execute(page.where(events_table.c.id > last)).all():
            for row in rows:
                yield from stage.play(connection, made, event_of(row))
            last = rows[-1].id
    yield from stage.settle(None)


@dataclass
class _Stage:
    """What a rehearsal remembers: the stories told, and what still waits for its article to fall quiet."""

    fold: Fold
    told: dict[int, set[str]] = field(default_factory=dict)
    waiting: dict[tuple[str, str, str], list[Rehearsed]] = field(default_factory=dict)

    def play(self, connection: Connection, made: Sequence[Rule], event: Event) -> Iterator[Rehearsed]:
        yield from self.settle(event.at)
        for draft in self._drafts(connection, made, event):
            one = Rehearsed(event, draft.subscription, draft.destination, draft.due_at)
            if draft.timing is None or draft.due_at is None:
                yield one
            else:
                self._wait(one, draft)

    def settle(self, now: datetime | None) -> Iterator[Rehearsed]:
        """Yield what has fallen quiet by now; everything, where now is None."""
        for key, batch in list(self.waiting.items()):
            due = batch[-1].due_at
            if now is None or (due is not None and due <= now):
                yield from self.waiting.pop(key)

    def _wait(self, one: Rehearsed, draft: Draft) -> None:
        batch = self.waiting.setdefault((one.subscription, one.destination, draft.batch), [])
        batch.append(one)
        if draft.timing is not None and len(batch) > 1:
            due = draft.timing.debounced(batch[0].event.at, one.event.at)
            batch[:] = [replace(each, due_at=due) for each in batch]

    def _drafts(self, connection: Connection, made: Sequence[Rule], event: Event) -> tuple[Draft, ...]:
        """As for an event that happens now; stories that began before the rehearsal are played first."""
        heard = rules.hearing(made, event, event.at)
        if not heard:
            return ()
        told: set[str] = set()
        if event.story is not None and event.kind in rules.COPIES:
            if event.story not in self.told:
                self.told[event.story] = set()
                for row in connection.execute(_COPIES_BEFORE, {"of": event.story, "now": event.id}).all():
                    self._drafts(connection, made, event_of(row))
            told = self.told[event.story]
        texts = _texts(connection, event, self.fold) if rules.reading(heard, event) else ()
        drafts = rules.drafts(heard, event, texts, told, event.at)
        told.update(name for draft in drafts if draft.story for name in (draft.subscription, *draft.also))
        return drafts


# -- statements

WAITING = table.c.state == literal_column(f"'{NotificationState.WAITING.value}'")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_NOW: Any = bindparam("now", type_=table.c.due_at.type)
_AT_PLACE = (table.c.destination == bindparam("place"), WAITING)
_IN_BATCH = (
    *_AT_PLACE,
    table.c.stream == bindparam("flow"),
    table.c.subscription == bindparam("named"),
    table.c.batch == bindparam("together"),
)


def _window() -> Select[Any]:
    """Rows that are due, some at a time, and of each whether its message begins with it and may go."""
    names = ("id", "destination", "stream", "subscription", "batch", "key", "due_at")
    after = tuple_(bindparam("after", type_=table.c.due_at.type), bindparam("last"))
    due = (
        select(*(table.c[name] for name in names))
        .where(*_AT_PLACE, table.c.due_at <= _NOW, tuple_(table.c.due_at, table.c.id) > after)
        .order_by(table.c.due_at, table.c.id)
        .limit(bindparam("size"))
        .subquery()
    )
    return select(due, _is_head(due).label("is_head")).order_by(due.c.due_at, due.c.id)


def _is_head(row: Any) -> ColumnElement[bool]:
    """Whether no earlier row of the stream belongs to the same message, or to one that goes first."""
    early = table.alias("early")
    same = and_(
        or_(row.c.batch != "", row.c.key != ""),
        early.c.subscription == row.c.subscription,
        early.c.batch == row.c.batch,
        early.c.key == row.c.key,
    )
    first = or_(
        early.c.due_at <= _NOW,
        and_(early.c.due_at.is_not(None), or_(early.c.key != "", early.c.subscription == row.c.subscription)),
        early.c.claimed_until > _NOW,
    )
    return ~exists().where(
        early.c.destination == row.c.destination,
        early.c.stream == row.c.stream,
        early.c.id < row.c.id,
        early.c.state == literal_column(f"'{NotificationState.WAITING.value}'"),
        or_(same, first),
    )


_WINDOW = _window()
_THESE = select(*NOTIFICATION).where(table.c.due_at <= _NOW).order_by(table.c.id)
_ROWS = _THESE.where(table.c.id.in_(bindparam("first", expanding=True)), WAITING).with_for_update(
    skip_locked=True
)
_OF_MESSAGE = _THESE.where(*_IN_BATCH, table.c.key == bindparam("known"))
_MESSAGE = Read(lambda kind: _OF_MESSAGE)
_MESSAGE_LOCKED = Read(lambda kind: _OF_MESSAGE.with_for_update(skip_locked=True))
_SET: dict[str, Any] = {
    name: bindparam(name, type_=table.c[name].type) for name in ("key", "token", "claimed_until", "due_at")
}
_CLAIM = Write(
    lambda own: (
        update(table).where(table.c.id == bindparam("of")).values(attempts=table.c.attempts + 1, **_SET)
    )
)
_DELIVERED = Write(
    lambda own: (
        update(table)
        .where(table.c.id == bindparam("of"), table.c.token == bindparam("held"), WAITING)
        .values(state=literal_column(f"'{NotificationState.SENT.value}'"), **_LET_GO)
    ),
    ["sent_at", "answer"],
)
_NEED_NOT_LAST = text("SET LOCAL synchronous_commit = off")
_INSERT = Write(lambda own: own(table), columns_of(table, "id", "token", "claimed_until", "sent_at"))

_UNFROZEN = (*_IN_BATCH, table.c.key == literal_column("''"))
_FIRST_OF_BATCH = Read(
    lambda kind: select(table.c.created_at).where(*_UNFROZEN).order_by(table.c.id).limit(1)
)
_MOVE_BATCH = Write(
    lambda own: update(table).where(_locked(*_UNFROZEN, table.c.due_at.is_not(None))), ["due_at"]
)

_TEXT = Read(
    lambda kind: select(revisions.c.id, revisions.c.canonical, revisions.c.fields).where(
        revisions.c.article == bindparam("of"), revisions.c.number == bindparam("nth")
    )
)
_OF_STORY = Read(
    lambda kind: select(table.c.subscription, table.c.also).where(table.c.story == bindparam("of"))
)
_COPIES_BEFORE = (
    select(*EVENT)
    .where(
        events_table.c.article.in_(select(articles.c.id).where(articles.c.story == bindparam("of"))),
        events_table.c.kind.in_(rules.COPIES),
        events_table.c.id < bindparam("now"),
    )
    .order_by(events_table.c.id)
)

_places = destinations_table
_THIS_PLACE = _places.c.id == bindparam("place")
_LOCK = Read(lambda kind: select(_places).where(_THIS_PLACE).with_for_update())
_ADD_PLACE = Write(
    lambda own: own(_places).on_conflict_do_nothing(index_elements=[_places.c.id]), ["id", "name", "failures"]
)
_NAME_PLACE = Write(
    lambda own: (insert := own(_places)).on_conflict_do_update(
        index_elements=[_places.c.id], set_={"name": insert.excluded.name}
    ),
    ["id", "name", "failures"],
)
_SPEND = Write(lambda own: update(_places).where(_THIS_PLACE), ["tat", "free_at"])
_HOLD = Write(lambda own: update(_places).where(_THIS_PLACE), ["held_until", "failures"])
_DATABASE_ID = Read(lambda kind: select(meta.c.value).where(meta.c.name == bindparam("named")))
_PLACES = select(_places.c.id, _places.c.held_until, _places.c.free_at).where(
    _places.c.id.in_(bindparam("among", expanding=True))
)
_DUE = (
    select(_places.c.id)
    .where(
        _places.c.id.in_(bindparam("among", expanding=True)),
        or_(_places.c.held_until.is_(None), _places.c.held_until <= _NOW),
        or_(_places.c.free_at.is_(None), _places.c.free_at <= _NOW),
        exists().where(table.c.destination == _places.c.id, WAITING, table.c.due_at <= _NOW),
    )
    .order_by(_places.c.id)
)
_WAITS = Read(lambda kind: select(table.c.id).where(*_AT_PLACE, table.c.due_at <= _NOW).limit(1))
_LATER = Read(
    lambda kind: (
        select(table.c.due_at).where(*_AT_PLACE, table.c.due_at > _NOW).order_by(table.c.due_at).limit(1)
    )
)
_COUNT_PLACES = (
    select(table.c.destination, table.c.state, func.count().label("rows"))
    .where(table.c.state.in_([NotificationState.WAITING, NotificationState.DEAD]))
    .group_by(table.c.destination, table.c.state)
)
