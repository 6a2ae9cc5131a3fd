"""PURE: a message as the variables that templates see, every text already harmless in the form it is written for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.alerts import safe
from scheduler.alerts.marks import CONTEXT, GUESSED, MARKINGS, SENTENCE, Marking, lead, marked
from scheduler.alerts.model import Form, Item, Message
from scheduler.alerts.say import channel_name, marked_guesses, sentences, title_of, what_happened
from scheduler.alerts.words import Words, detail, time_text, words
from storage.diff import Change
from storage.diff.weight import weigh
from storage.records import Article, EventKind

#: What a title line holds at most, in characters.
TITLE = 60
#: Kinds in the order in which a digest tells them: what may need an answer comes first.
ORDER = (
    EventKind.CHANNEL_BROKEN,
    EventKind.REMOVED,
    EventKind.EDITED,
    EventKind.RESTORED,
    EventKind.NEW,
    EventKind.REPUBLISHED,
    EventKind.CHANNEL_RECOVERED,
    EventKind.CHANNEL_QUIET,
)
_LEAD = 140


@dataclass(frozen=True, slots=True)
class Shown:
    """How much of a message is shown: changes of one event alone, of one in a digest, and events in a digest."""

    changes: int
    in_digest: int
    items: int
    context: int = CONTEXT
    sentence: int = SENTENCE


SHOWN = {
    Form.PLAIN: Shown(5, 1, 30),
    Form.MARKDOWN: Shown(5, 1, 30),
    Form.HTML: Shown(12, 3, 100, 60, 400),
}


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One changed sentence. `marked` has the marks of the form; `where` is '' in the body, else "标题" …"""

    where: str
    kind: str
    marked: str
    classes: tuple[str, ...]
    old: str
    new: str
    weight: int


@dataclass(frozen=True, slots=True)
class GuessView:
    """A place that was mended without proof."""

    found: str
    repaired: str


@dataclass(frozen=True, slots=True)
class CopyView:
    """Where the stored copy is: `url`, '' where there is no web page; then `command` shows it."""

    url: str
    command: str


@dataclass(frozen=True, slots=True)
class LinkView:
    """Another article."""

    title: str
    url: str
    channel: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """One event. Texts are '' and numbers 0 where there is nothing to say."""

    kind: str
    happened: str
    title: str
    channel: str
    url: str
    address: str
    copy: CopyView
    at: datetime
    time: str
    said: tuple[str, ...]
    published: str
    last_seen: str
    weight: int
    classes: tuple[str, ...]
    source: str
    authors: str
    lead: str
    changes: tuple[ChangeView, ...]
    more_changes: int
    edits: int
    returned_to: int
    guesses: tuple[GuessView, ...]
    first: LinkView | None
    detail: str
    article: int


@dataclass(frozen=True, slots=True)
class GroupView:
    """The events of one kind in one channel, the heaviest first; `counted` says how many: "3 篇有改动"."""

    channel: str
    kind: str
    counted: str
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class MessageView:
    """All that a template sees; docs/messages.md lists it."""

    headline: str
    subscription: str
    language: str
    time: str
    digest: bool
    count: int
    items: tuple[ItemView, ...]
    groups: tuple[GroupView, ...]
    more_items: int


#: Every record that a template can come to.
VIEWS: tuple[type[Any], ...] = (
    MessageView, GroupView, ItemView, ChangeView, GuessView, CopyView, LinkView,
)  # fmt: skip


def view(message: Message, form: Form) -> MessageView:
    """The variables of a message in one form. In HTML the texts are made safe by autoescape, `marked` already is."""
    maker = _Maker(message, form)
    found = [(item, maker.item(item)) for item in message.items]
    shown = sorted(found, key=lambda pair: _place(pair[0]))[: maker.shown.items]
    return MessageView(
        headline=maker.text(_headline(message)),
        subscription=maker.text(message.subscription),
        language=maker.words.code,
        time=maker.time(message.created_at),
        digest=maker.digest,
        count=len(found),
        items=tuple(seen for _, seen in found),
        groups=_groups(shown, maker.words),
        more_items=len(found) - len(shown),
    )


def headline(message: Message) -> str:
    """The title line: what a message is about, the most important first, harmless and cut to `TITLE`."""
    return one_line(_headline(message))


def _headline(message: Message) -> str:
    language = words(message.language)
    items = sorted(message.items, key=_place)
    if not items:
        return ""
    first = items[0].event
    title = channel_name(first.channel, message.labels) if first.article is None else title_of(items[0])
    what = _counted(items, language) if len(items) > 1 else what_happened(items[0], language)
    return f"{what}{language.colon}{title}"


def _counted(items: Sequence[Item], language: Words) -> str:
    """How many events of which kinds, the two that matter most where there are more than three."""
    kinds = [item.event.kind for item in items]
    counted = [language.counted[kind].format(kinds.count(kind)) for kind in ORDER if kind in kinds]
    if len(counted) <= 3:
        return language.and_.join(counted)
    return language.and_.join(counted[:2]) + language.said["and_others"].format(len(items))


def one_line(text: str, limit: int = TITLE) -> str:
    """Return text as a title: harmless anywhere, on one line, its end cut where it is longer than `limit`."""
    return lead([safe.plain(text).strip()], limit - 1, "…")


def heaviest(changes: Sequence[Change], count: int) -> list[tuple[Change, int]]:
    """The changes that matter most and their weights, in reading order."""
    weighed = [(at, change, weigh([change])) for at, change in enumerate(changes)]
    kept = sorted(weighed, key=lambda one: (-one[2], one[0]))[:count]
    return [(change, weight) for _, change, weight in sorted(kept, key=lambda one: one[0])]


class _Maker:
    """Writes the parts of one message in one form."""

    def __init__(self, message: Message, form: Form) -> None:
        self.form = form
        self.words: Words = words(message.language)
        self.labels = message.labels
        self.shown = SHOWN[form]
        self.digest = len(message.items) > 1
        self._zone = message.time_zone
        self._now = message.created_at
        self._marking: Marking = MARKINGS[form]

    def text(self, text: str) -> str:
        """Harmless text of the form; in HTML autoescape does the rest."""
        return safe.clean(text) if self.form is Form.HTML else self._marking.text(text)

    def time(self, moment: datetime | None) -> str:
        """A time in the subscriber's zone, '' for none."""
        return "" if moment is None else time_text(self.words, moment, self._zone, self._now)

    def item(self, item: Item) -> ItemView:
        """One event as templates see it."""
        event, article, fields = item.event, item.article, item.fields
        limit = self.shown.in_digest if self.digest else self.shown.changes
        changes = heaviest(item.changes, limit)
        sure = marked_guesses(item)
        address = event.url or (article.url if article else "")
        return ItemView(
            kind=event.kind.value,
            happened=what_happened(item, self.words),
            title=self.text("" if article is None and not event.title else title_of(item)),
            channel=self.text(channel_name(event.channel, self.labels)),
            url=safe.web_address(address),
            address=self.text(address),
            copy=self._copy(item.copy),
            at=event.at.astimezone(ZoneInfo(self._zone)),
            time=self.time(event.at),
            said=tuple(self.text(one) for one in sentences(item, self.words, self.time)),
            published=self.time(fields.published_at) if fields else "",
            last_seen=self.time(article.last_seen) if article else "",
            weight=event.weight,
            classes=tuple(self.words.classes[edit] for edit in event.classes),
            source=self.text(fields.source) if fields else "",
            authors=self.text("、".join(fields.authors)) if fields else "",
            lead=self.text(self._lead(item, sure)),
            changes=tuple(self._change(change, weight, sure) for change, weight in changes),
            more_changes=len(item.changes) - len(changes),
            edits=item.edits,
            returned_to=event.returned_to or 0,
            guesses=tuple(GuessView(self.text(g.found), self.text(g.repaired)) for g in item.guesses),
            first=self._link(item.first),
            detail=self.text(detail(self.words, event.detail)),
            article=event.article or 0,
        )

    def _copy(self, copy: str) -> CopyView:
        url = safe.web_address(copy)
        return CopyView(url, "" if url else self.text(copy))

    def _link(self, article: Article | None) -> LinkView | None:
        if article is None:
            return None
        return LinkView(
            self.text(article.title),
            safe.web_address(article.url),
            self.text(channel_name(article.channel, self.labels)),
        )

    def _lead(self, item: Item, guesses: Sequence[str]) -> str:
        if item.fields is None:
            return ""
        text = lead(item.fields.body, _LEAD, self.words.clip)
        for guess in guesses:
            text = text.replace(guess, guess + GUESSED)
        return text

    def _change(self, change: Change, weight: int, guesses: Sequence[str]) -> ChangeView:
        return ChangeView(
            where=self.words.parts[change.where],
            kind=change.kind.value,
            marked=marked(
                change,
                self.form,
                self.words,
                context=self.shown.context,
                sentence=self.shown.sentence,
                guesses=guesses,
            ),
            classes=tuple(self.words.classes[edit] for edit in change.classes),
            old=self.text(change.old),
            new=self.text(change.new),
            weight=weight,
        )


def _place(item: Item) -> tuple[int, int, datetime, int]:
    """Where an event stands among others: by kind, the heaviest first, then the first."""
    event = item.event
    return ORDER.index(event.kind), -event.weight, event.at, event.id


def _groups(found: Sequence[tuple[Item, ItemView]], language: Words) -> tuple[GroupView, ...]:
    """Group events by channel and kind. `found` is in the order of `_place`; so are the groups of a channel."""
    groups: dict[tuple[str, EventKind], list[ItemView]] = {}
    channels = list(dict.fromkeys(item.event.channel for item, _ in found))
    for item, seen in sorted(found, key=lambda pair: channels.index(pair[0].event.channel)):
        groups.setdefault((item.event.channel, item.event.kind), []).append(seen)
    return tuple(
        GroupView(seen[0].channel, kind.value, language.counted[kind].format(len(seen)), tuple(seen))
        for (_, kind), seen in groups.items()
    )
