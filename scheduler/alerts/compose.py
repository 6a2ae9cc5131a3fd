"""Notifications and what the store knows -> one message; several edits of one article become one."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar
from weakref import WeakKeyDictionary

from crawler.text.canonical import fold
from scheduler.alerts.model import Item, Message
from storage import queries, subscriptions
from storage.database import Database
from storage.diff import Diff, compare
from storage.errors import NotFound
from storage.records import Article, Event, EventKind, Notification, Repair, Revision, Subscription
from storage.told import told

#: What an edit that follows at once is told together with.
_JOINED = frozenset({EventKind.NEW, EventKind.REPUBLISHED, EventKind.RESTORED, EventKind.EDITED})
#: Events and items kept for the other messages about them: those of two batches; and for how long a subscription is.
_KEPT, _FRESH = 128, timedelta(seconds=2)


def compose(
    database: Database, notifications: Sequence[Notification], page: str, now: datetime, key: str
) -> Message:
    """Return the message that these notifications of one subscription are.

    `page` is the address of our web page, '' where there is none. A subscription that is no more is told in
    the usual way. Raises NotFound where no event of theirs is stored any more, StorageError.
    """
    name = notifications[0].subscription
    events = _events(database, [one.event for one in notifications])
    if not events:
        raise NotFound("The events of this message are no longer stored", subject=key)
    return message_of(database, _subscription(database, name, now), events, page, now, key)


def read_ahead(database: Database, notifications: Sequence[Notification]) -> None:
    """Read at once what many messages tell, so that each need not ask for itself. Raises StorageError."""
    known = _known(database)
    wanted = {one.event for one in notifications if one.event not in known.events}
    for number, one in (told(database, wanted) if wanted else {}).items():
        known.keep(known.events, number, one.event)
        if one.article is not None and one.revision is not None:
            known.keep(known.texts, number, (one.article, one.revision))


def message_of(
    database: Database, told: Subscription, events: Sequence[Event], page: str, now: datetime, key: str
) -> Message:
    """Return the message in which a subscription tells these events. Raises StorageError."""
    items = tuple(_item(database, joined, page) for joined in join(events))
    about = {_about(item.event) for item in items}
    return Message(
        key=key,
        subscription=told.name,
        language=told.language,
        created_at=now,
        items=items,
        thread=about.pop() if len(about) == 1 else "",
        template=told.template,
        time_zone=told.time_zone,
    )


def join(events: Sequence[Event]) -> list[tuple[Event, ...]]:
    """Put each edit with what was told of its article just before, where that is an edit or its appearance.

    The groups stand in the order in which they began.
    """
    groups: list[list[Event]] = []
    last: dict[int, list[Event]] = {}
    for event in sorted(events, key=lambda one: one.id):
        group = last.get(event.article) if event.article is not None else None
        if group and event.kind is EventKind.EDITED and group[-1].kind in _JOINED:
            group.append(event)
            continue
        groups.append([event])
        if event.article is not None:
            last[event.article] = groups[-1]
    return [tuple(group) for group in groups]


def copy_of(event: Event, page: str) -> str:
    """Where the stored copy can be seen: on our web page, else by a command. Of an edit both texts, compared."""
    if event.article is None:
        return ""
    old, new = event.from_revision, event.to_revision or 1
    is_edit = event.kind is EventKind.EDITED and old is not None
    if page:
        at = f"{page.rstrip('/')}/articles/{event.article}"
        return f"{at}/diff?from={old}&to={new}" if is_edit else f"{at}?revision={new}"
    if is_edit:
        return f"newsdelta diff {event.article} --from {old} --to {new}"
    return f"newsdelta show {event.article} --revision {new}"


class _Known:
    """What was read of a store for one message, for the others: a hundred subscriptions tell the same events."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.events: OrderedDict[int, Event] = OrderedDict()
        self.items: OrderedDict[tuple[int, ...], Item] = OrderedDict()
        self.told: OrderedDict[str, tuple[datetime, Subscription]] = OrderedDict()
        self.texts: OrderedDict[int, tuple[Article, Revision]] = OrderedDict()  # read ahead, used once

    def keep(self, kept: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> _Value:
        """Keep one, and forget the one that was kept first where there are many."""
        with self._lock:
            kept[key] = value
            while len(kept) > _KEPT:
                kept.popitem(last=False)
        return value


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_STORES: WeakKeyDictionary[Database, _Known] = WeakKeyDictionary()
_STORES_LOCK = threading.Lock()


def _known(database: Database) -> _Known:
    with _STORES_LOCK:
        return _STORES.setdefault(database, _Known())


def _subscription(database: Database, name: str, now: datetime) -> Subscription:
    known = _known(database)
    read_at, told = known.told.get(name, (None, None))
    if told is not None and read_at is not None and abs(now - read_at) < _FRESH:
        return told
    try:
        told = subscriptions.get(database, name)
    except NotFound:
        told = Subscription(name=name, destinations=())
    return known.keep(known.told, name, (now, told))[1]


def _events(database: Database, wanted: Sequence[int]) -> list[Event]:
    """The events of these numbers that are still there."""
    known = _known(database)
    found: list[Event] = []
    for number in sorted(set(wanted)):
        event = known.events.get(number) or _event(database, number)
        if event is not None:
            found.append(known.keep(known.events, number, event))
    return found


def _event(database: Database, number: int) -> Event | None:
    found = next(queries.events(database, after_id=number - 1, limit=1), None)
    return found if found and found.id == number else None


def _about(event: Event) -> str:
    return f"channel-{event.channel}" if event.article is None else f"article-{event.article}"


def _item(database: Database, events: tuple[Event, ...], page: str) -> Item:
    """One event, or several as one."""
    known = _known(database)
    numbers = tuple(event.id for event in events)
    item = known.items.get(numbers) or known.keep(known.items, numbers, _made(database, events))
    return replace(item, copy=copy_of(item.event, page))


def _made(database: Database, events: tuple[Event, ...]) -> Item:
    first, last = events[0], events[-1]
    if first.article is None:
        return Item(first)
    texts = _known(database).texts
    article, new = texts.pop(last.id) if last.id in texts else _read(database, first.article, last)
    edits = [event for event in events if event.kind is EventKind.EDITED]
    diff = _diff(database, edits, new) if edits and first.kind is not EventKind.NEW else None
    return Item(
        event=_joined(events, diff),
        article=article,
        fields=new.reading.fields,
        changes=diff.changes if diff else (),
        edits=len(edits),
        guesses=tuple(_guesses(new.reading.repairs)),
        first=_first(database, first),
    )


def _read(database: Database, number: int, last: Event) -> tuple[Article, Revision]:
    """The article, and the revision that its last event led to."""
    return queries.find_article(database, str(number)), queries.revision(database, number, last.to_revision)


def _diff(database: Database, edits: Sequence[Event], new: Revision) -> Diff | None:
    if edits[0].from_revision is None or edits[0].article is None:
        return None
    old = queries.revision(database, edits[0].article, edits[0].from_revision)
    return compare(old.reading.fields, new.reading.fields, fold=fold)


def _joined(events: tuple[Event, ...], diff: Diff | None) -> Event:
    """The event that tells of all: of its first kind, with the text, the classes and the weight of the whole."""
    first, last = events[0], events[-1]
    if len(events) == 1:
        return first
    told = replace(first, at=last.at, title=last.title, url=last.url, to_revision=last.to_revision)
    if diff is None:
        return told
    return replace(told, classes=diff.classes, weight=diff.weight, returned_to=last.returned_to)


def _guesses(repairs: Sequence[Repair]) -> Iterator[Repair]:
    return (repair for repair in repairs if not repair.certain and repair.repaired)


def _first(database: Database, event: Event) -> Article | None:
    """The article that told a story first, of one that tells it again."""
    if event.kind is not EventKind.REPUBLISHED or event.story in (None, event.article):
        return None
    members = queries.story_members(database, event.story or 0)
    return members[0] if members and members[0].id != event.article else None
