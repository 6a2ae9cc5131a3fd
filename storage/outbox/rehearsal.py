"""What the present rules would have told of the events that are stored. Nothing is kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from storage import rules
from storage.database import Database
from storage.outbox.entering import texts_of
from storage.outbox.rows import AT_ONCE
from storage.records import Event, Subscription
from storage.rows import EVENT, event_of
from storage.rules import Draft, Rule
from storage.schema import articles
from storage.schema import events as events_table
from storage.wordquery import Fold


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would have been told, to whom, where and when."""

    event: Event
    subscription: str
    destination: str
    due_at: datetime | None


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
        page = select(*EVENT).where(events_table.c.at >= since).order_by(events_table.c.id).limit(AT_ONCE)
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
        texts = texts_of(connection, event, self.fold) if rules.reading(heard, event) else ()
        drafts = rules.drafts(heard, event, texts, told, event.at)
        told.update(name for draft in drafts if draft.story for name in (draft.subscription, *draft.also))
        return drafts


_COPIES_BEFORE = (
    select(*EVENT)
    .where(
        events_table.c.article.in_(select(articles.c.id).where(articles.c.story == bindparam("of"))),
        events_table.c.kind.in_(rules.COPIES),
        events_table.c.id < bindparam("now"),
    )
    .order_by(events_table.c.id)
)
