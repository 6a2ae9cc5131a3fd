"""Events of the store as entries of feeds: the full text of the article, and of an edit what changed in it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from crawler.sites import CHANNELS
from crawler.text.canonical import fold
from scheduler.alerts import safe
from scheduler.alerts.compose import message_of
from scheduler.alerts.marks import BARE, lead, marked
from scheduler.alerts.model import Form, Item
from scheduler.alerts.say import channel_name, marked_guesses, sentences, title_of, what_happened
from scheduler.alerts.view import heaviest, one_line
from scheduler.alerts.words import Words, time_text, words
from storage import outbox, queries, subscriptions
from storage.database import Database
from storage.diff import Change, ChangeKind, Part, compare
from storage.errors import NotFound
from storage.identity import database_id
from storage.records import Event, EventKind, Subscription

#: Entries of a feed, the latest ones; how far back a subscription's are sought.
ENTRIES, REACH = 50, timedelta(days=30)
#: Entries kept for the other feeds that they stand in.
_KEPT = 500
#: When a feed without entries was last updated: before everything.
_NEVER = datetime(2026, 1, 1, tzinfo=UTC)
#: A year that no article is of, so that each time is written with its year and means the same for ever.
_NO_YEAR = datetime(1971, 1, 1, tzinfo=UTC)
_SUMMARY, _CHANGES, _TITLE = 200, 3, 120
_LABELS = {
    "zh": {
        "channel": "{}：发表、改动与撤下",
        "subscription": "订阅“{}”",
        "story": "同一新闻的各篇：{}",
        "article": "文章沿革：{}",
        "copy": "查看存档",
        "weight": "重要度 {}/100",
        "published": "{} 发表",
    },
    "en": {
        "channel": "{}: published, edited, taken down",
        "subscription": "Subscription “{}”",
        "story": "One story, all its articles: {}",
        "article": "History of an article: {}",
        "copy": "Stored copy",
        "weight": "weight {}/100",
        "published": "published {}",
    },
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. Texts are harmless, `html` is escaped; `url` and `copy` are absolute or ''."""

    id: str
    at: datetime
    title: str
    url: str
    copy: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    summary: str
    html: str


@dataclass(frozen=True, slots=True)
class Feed:
    """Entries, the latest first. `home` is the page they are about, absolute or ''."""

    id: str
    title: str
    language: str
    home: str
    author: str
    updated: datetime
    entries: tuple[Entry, ...]


class Feeds:
    """The feeds of one store, in one language. `page` is the address of our web page, '' where there is none."""

    def __init__(self, database: Database, page: str = "", language: str = "zh") -> None:
        self._database = database
        self._page = page
        self._words: Words = words(language)
        self._labels = _LABELS[self._words.code]
        self._name = database_id(database)
        self._plain = Subscription(name="", destinations=(), language=self._words.code)
        self._entries: OrderedDict[tuple[int, str], Entry] = OrderedDict()

    def channel(self, name: str, limit: int = ENTRIES) -> Feed:
        """What happened in a channel. Raises StorageError."""
        events = queries.latest_events(self._database, limit, channel=name)
        home = CHANNELS[name].home if name in CHANNELS else ""
        return self._feed("channel", name, channel_name(name), events, home)

    def subscription(self, told: Subscription, now: datetime, limit: int = ENTRIES) -> Feed:
        """What a subscription's rules let through of the last `REACH`. Raises StorageError."""
        events = [event for _, event in heard(self._database, [told], now - REACH)]
        return self.subscription_of(told, events[-limit:])

    def subscription_named(self, name: str, now: datetime, limit: int = ENTRIES) -> Feed:
        """As `subscription`, by name. Raises NotFound, StorageError."""
        return self.subscription(subscriptions.get(self._database, name), now, limit)

    def subscription_of(self, told: Subscription, events: Sequence[Event]) -> Feed:
        """The feed of a subscription that let these events through. Raises StorageError."""
        return self._feed("subscription", told.name, told.name, events, "", told.time_zone)

    def story(self, number: int, limit: int = ENTRIES) -> Feed:
        """What happened to all articles of a story. Raises NotFound, StorageError."""
        members = queries.story_members(self._database, number)
        if not members:
            raise NotFound("There is no such story", subject=str(number))
        events = [event for one in members for event in queries.events(self._database, article=one.id)]
        events.sort(key=lambda event: event.id)
        home = f"{self._page.rstrip('/')}/stories/{number}" if self._page else ""
        return self._feed("story", str(number), members[0].title, events[-limit:], home)

    def article(self, number: int, limit: int = ENTRIES) -> Feed:
        """What happened to one article. Raises NotFound, StorageError."""
        article = queries.find_article(self._database, str(number))
        events = list(queries.events(self._database, article=article.id))
        return self._feed("article", str(article.id), article.title, events[-limit:], article.url)

    def _feed(
        self,
        kind: str,
        key: str,
        name: str,
        events: Iterable[Event],
        home: str,
        zone: str = "Asia/Shanghai",
    ) -> Feed:
        latest = sorted(events, key=lambda event: event.id, reverse=True)
        entries = tuple(self._entry(event, zone) for event in latest)
        return Feed(
            id=self._tag(f"{kind}/{quote(key, safe='')}"),
            title=one_line(self._labels[kind].format(name), _TITLE),
            language=self._words.tag,
            home=safe.web_address(home),
            author="newsdelta",
            updated=max((entry.at for entry in entries), default=_NEVER),
            entries=entries,
        )

    def _tag(self, what: str) -> str:
        """An id of RFC 4151, for ever the same: the store's own random name stands in it."""
        return f"tag:newsdelta,2026:{self._name}/{what}"

    def _entry(self, event: Event, zone: str) -> Entry:
        """The entry of an event, which never changes and stands in several feeds."""
        known = self._entries.pop((event.id, zone), None)
        self._entries[event.id, zone] = entry = known or self._made(event, zone)
        if len(self._entries) > _KEPT:
            self._entries.popitem(last=False)
        return entry

    def _made(self, event: Event, zone: str) -> Entry:
        told = replace(self._plain, time_zone=zone)
        item = message_of(self._database, told, [event], self._page, event.at, "").items[0]
        fields = item.fields
        people = (*fields.authors, fields.source) if fields else ()
        named = [text for text in (safe.clean(name).strip() for name in people) if text]
        return Entry(
            id=self._tag(f"event/{event.id}"),
            at=event.at,
            title=self._title(item),
            url=safe.web_address(event.url),
            copy=safe.web_address(item.copy),
            authors=tuple(named[:5]) or (safe.clean(channel_name(event.channel)),),
            tags=(event.kind.value, *(edit.value for edit in event.classes)),
            summary=self._summary(item),
            html=self._html(item, zone),
        )

    def _title(self, item: Item) -> str:
        name = channel_name(item.event.channel) if item.event.article is None else title_of(item)
        return one_line(f"{what_happened(item, self._words)}{self._words.colon}{name}", _TITLE)

    def _summary(self, item: Item) -> str:
        texts = [
            marked(change, Form.PLAIN, self._words) for change, _ in heaviest(item.changes, _CHANGES)
        ] or [safe.plain(lead(item.fields.body, _SUMMARY, self._words.clip)) if item.fields else ""]
        return self._words.list_.join(text for text in texts if text) or self._title(item)

    def _html(self, item: Item, zone: str) -> str:
        heads, paragraphs = self._text(item)
        is_address = bool(safe.web_address(item.copy))
        text = _template().render(
            said=[safe.clean(one) for one in sentences(item, self._words, lambda at: self._time(at, zone))],
            heads=heads,
            paragraphs=paragraphs,
            images=[
                {"url": safe.web_address(image.url), "caption": safe.clean(image.caption) or "…"}
                for image in (item.fields.images if item.fields else ())
            ],
            facts=[safe.clean(fact) for fact in self._facts(item, zone) if fact],
            copy_url=safe.web_address(item.copy),
            copy_command="" if is_address else safe.clean(item.copy),
            copy_label=self._labels["copy"],
            colon=self._words.colon,
        )
        return text.strip()

    def _text(self, item: Item) -> tuple[list[tuple[str, Any]], list[Any]]:
        """The changed lines of an article's head, with their labels, and the paragraphs of its body."""
        if item.fields is None:
            return [], []
        if not item.changes:
            return [], [safe.clean(paragraph) for paragraph in item.fields.body]
        segments, guesses = self._segments(item), marked_guesses(item)
        heads = [
            (self._words.parts[one.where], self._marked(one, guesses))
            for one in segments
            if one.where is not Part.BODY and one.kind is not ChangeKind.KEPT
        ]
        body = [one for one in segments if one.where is Part.BODY]
        return heads, [Markup("").join(self._marked(one, guesses) for one in p) for p in _paragraphs(body)]

    def _segments(self, item: Item) -> tuple[Change, ...]:
        event = item.event
        if event.article is None or item.fields is None or event.from_revision is None:
            return item.changes
        old = queries.revision(self._database, event.article, event.from_revision)
        return compare(old.reading.fields, item.fields, fold=fold).segments

    def _marked(self, change: Change, guesses: Sequence[str]) -> str:
        moved = Markup("<b>[{}]</b> ").format(self._words.moved) if change.kind is ChangeKind.MOVED else ""
        return moved + marked(
            change,
            Form.HTML,
            self._words,
            context=None,
            sentence=None,
            guesses=guesses,
            marking=BARE,
        )

    def _facts(self, item: Item, zone: str) -> Iterator[str]:
        event, fields = item.event, item.fields
        yield channel_name(event.channel)
        yield self._time(event.at, zone)
        if fields is not None:
            yield fields.source
            if fields.published_at is not None:
                yield self._labels["published"].format(self._time(fields.published_at, zone))
        if event.kind is EventKind.EDITED:
            yield self._labels["weight"].format(event.weight)

    def _time(self, moment: datetime, zone: str) -> str:
        return time_text(self._words, moment, zone, _NO_YEAR)


def heard(database: Database, told: Iterable[Subscription], since: datetime) -> Iterator[tuple[str, Event]]:
    """Yield (subscription, event) for the stored events since then that the rules of subscriptions let through.

    When they would have been told plays no part: a feed waits for nobody. Raises StorageError.
    """
    at_once = [
        replace(
            one,
            destinations=(one.name,),
            wait=timedelta(),
            digest="off",
            quiet="",
            paused=False,
            muted_until=None,
        )
        for one in told
    ]
    for one in outbox.rehearse(database, at_once, since, fold):
        yield one.subscription, one.event


def _paragraphs(body: Sequence[Change]) -> Iterator[list[Change]]:
    """Put the sentences of a body into paragraphs: those of the new text, and of the old where they are gone."""
    paragraph: list[Change] = []
    new = old = None
    for change in body:
        its_new = change.new_at.paragraph if change.new_at else None
        its_old = change.old_at.paragraph if change.old_at else None
        if paragraph and _differ(new, its_new, old, its_old):
            yield paragraph
            paragraph, new, old = [], None, None
        paragraph.append(change)
        new, old = (new if its_new is None else its_new), (old if its_old is None else its_old)
    if paragraph:
        yield paragraph


def _differ(new: int | None, its_new: int | None, old: int | None, its_old: int | None) -> bool:
    """Whether a sentence is of another paragraph: by the new text where both stand in it, else by the old."""
    if new is not None and its_new is not None:
        return new != its_new
    if old is not None and its_old is not None:
        return old != its_old
    return False


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("entry.html")
