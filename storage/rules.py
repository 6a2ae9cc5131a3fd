"""PURE: whom an event is told to, where, and when: event × subscriptions × now → drafts of notifications.

Looked at in this order: channel, kind, mute; of edits class and weight; of articles section, source, author
and words, in the text as it is or, of an edit, as it was. Then the story: one alert for all its copies. Then
when (due.py), and where two subscriptions would tell one thing at one place at once, one of them does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter

from storage.due import Timing, timing
from storage.records import ArticleFields, Event, EventKind, Subscription
from storage.wordquery import Finder, Fold, parse

#: The events that bring an article: of these, one is told for a story.
COPIES = (EventKind.NEW, EventKind.REPUBLISHED)


@dataclass(frozen=True, slots=True)
class Said:
    """What an article said at one moment, folded and without letter case, as the rules look at it."""

    text: str
    source: str
    people: frozenset[str]
    sections: frozenset[str]


def said(canonical: str, fields: ArticleFields, fold: Fold) -> Said:
    """Prepare a text for the rules. `canonical` is folded already."""
    return Said(
        text=canonical.casefold(),
        source=_plain(fields.source, fold),
        people=frozenset(_plain(name, fold) for name in (*fields.authors, *fields.editors)),
        sections=frozenset(_plain(name, fold) for name in fields.section),
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """A notification to be. `due_at` is None while the subscription is paused.

    `timing` is given where the row shares its batch with those of the same article that still wait: then it
    says when all of them are due. `also` are the other subscriptions that it tells for.
    """

    subscription: str
    destination: str
    stream: str
    batch: str
    due_at: datetime | None
    story: int | None = None
    also: tuple[str, ...] = ()
    timing: Timing | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A subscription, made ready to be asked."""

    subscription: Subscription
    timing: Timing
    filters: tuple[Callable[[Said], bool], ...]

    @classmethod
    def of(cls, subscription: Subscription, fold: Fold) -> Rule:
        """Make a rule. Raises ValueError that names the setting and what is wrong with it."""
        return cls(subscription, timing(subscription), tuple(_filters(subscription, fold)))

    def hears(self, event: Event, now: datetime) -> bool:
        """Whether the event may be told, as far as can be said without the text."""
        mine = self.subscription
        if mine.channels and event.channel not in mine.channels:
            return False
        if mine.muted_until is not None and now < mine.muted_until:
            return False
        if event.kind is EventKind.EDITED:
            touched = not mine.classes or not set(mine.classes).isdisjoint(event.classes)
            return event.kind in mine.kinds and touched and event.weight >= mine.min_weight
        # A copy may be the first of its story that this subscription is told of.
        return event.kind in mine.kinds or (
            event.kind is EventKind.REPUBLISHED and EventKind.NEW in mine.kinds
        )

    def fits(self, texts: Sequence[Said]) -> bool:
        """Whether one of the texts passes every filter."""
        return not self.filters or any(all(fits(text) for fits in self.filters) for text in texts)

    def repeats(self, event: Event, told: Collection[str]) -> bool:
        """Whether the event is a copy of a story that this subscription was told of and wants but once."""
        mine = self.subscription
        named = event.kind is EventKind.REPUBLISHED and event.kind in mine.kinds
        return event.kind in COPIES and mine.per_story and not named and mine.name in told

    def drafts(self, event: Event, now: datetime) -> Iterator[Draft]:
        """Say where and when an event that passed is told: one draft for each destination."""
        mine, stream = self.subscription, stream_of(event)
        batch, due, together = "", self.timing.at_once(now), None
        if self.timing.slots is not None:
            due = self.timing.due(now)
            stream, batch = f"digest-{mine.name}", f"digest:{due:%Y-%m-%dT%H:%MZ}"
        elif mine.wait and event.article is not None:
            due, batch, together = self.timing.due(now), f"quiet:{stream}", self.timing
        story = event.story if event.kind in COPIES else None
        for destination in dict.fromkeys(mine.destinations):
            yield Draft(
                mine.name,
                destination,
                stream,
                batch,
                None if mine.paused else due,
                story,
                timing=together,
            )


def check(subscription: Subscription, fold: Fold = str) -> None:
    """Raise ValueError, naming the setting, where a subscription cannot be understood or could never fit."""
    if not subscription.name.strip():
        raise ValueError("name: an alert needs a name")
    Rule.of(subscription, fold)
    for setting in ("sections", "words", "all_words", "not_words", "sources", "authors"):
        for word in getattr(subscription, setting):
            if not _plain(word, fold):
                raise ValueError(f'{setting}: "{word}" has nothing in it that could stand in a text')


def stream_of(event: Event) -> str:
    """The stream of events that keeps its order: the article's, else the channel's."""
    return f"channel-{event.channel}" if event.article is None else f"article-{event.article}"


def hearing(rules: Iterable[Rule], event: Event, now: datetime) -> tuple[Rule, ...]:
    """The rules that may tell an event, as far as can be said without the text."""
    return tuple(rule for rule in rules if rule.hears(event, now))


def reading(rules: Iterable[Rule], event: Event) -> bool:
    """Whether those rules have to see what the article says."""
    return event.article is not None and any(rule.filters for rule in rules)


def drafts(
    heard: Iterable[Rule], event: Event, texts: Sequence[Said], told: Collection[str], now: datetime
) -> tuple[Draft, ...]:
    """Say who tells an event, where and when: the rules that heard it, by the names of their subscriptions.

    `texts` are what the article says and, of an edit, what it said; none for a channel's event, whose rules
    are not asked about texts. `told` names the subscriptions that were told of the event's story.
    """
    fitting = (rule for rule in heard if event.article is None or rule.fits(texts))
    wanted = [rule for rule in fitting if not rule.repeats(event, told)]
    wanted.sort(key=lambda rule: rule.subscription.name)
    return tuple(_merged([draft for rule in wanted for draft in rule.drafts(event, now)]))


def _merged(made: list[Draft]) -> Iterator[Draft]:
    """Leave one of the drafts that are told alone, at one place: the first due, then the first by name."""
    alone: dict[str, list[tuple[datetime, str, Draft]]] = {}
    for draft in made:
        if draft.batch or draft.due_at is None:
            yield draft
        else:
            alone.setdefault(draft.destination, []).append((draft.due_at, draft.subscription, draft))
    for same in alone.values():
        first, *others = sorted(same, key=itemgetter(0, 1))
        yield replace(first[2], also=tuple(name for _, name, _ in others))


def _filters(mine: Subscription, fold: Fold) -> Iterator[Callable[[Said], bool]]:
    """The filters on what an article says, the cheapest first."""
    if mine.sections:
        sections = frozenset(_plain(name, fold) for name in mine.sections)
        yield lambda one: not sections.isdisjoint(one.sections)
    if mine.authors:
        people = frozenset(_plain(name, fold) for name in mine.authors)
        yield lambda one: not people.isdisjoint(one.people)
    if mine.sources:
        sources = [_plain(name, fold) for name in mine.sources]
        yield lambda one: any(source in one.source for source in sources)
    yield from _word_filters(mine, fold)


def _word_filters(mine: Subscription, fold: Fold) -> Iterator[Callable[[Said], bool]]:
    any_of = [Finder.of(word, fold) for word in mine.words]
    all_of = [Finder.of(word, fold) for word in mine.all_words]
    none_of = [Finder.of(word, fold) for word in mine.not_words]
    if any_of:
        yield lambda one: any(word.fits(one.text) for word in any_of)
    if all_of:
        yield lambda one: all(word.fits(one.text) for word in all_of)
    if none_of:
        yield lambda one: not any(word.fits(one.text) for word in none_of)
    if mine.expression.strip():
        try:
            fits = parse(mine.expression).folded(fold)
        except ValueError as error:
            raise ValueError(f"expression: {error}") from error
        yield lambda one: fits(one.text)


def _plain(text: str, fold: Fold) -> str:
    return fold(text).strip().casefold()
