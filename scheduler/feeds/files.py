"""Feeds as static files: written whole or not at all, and only those that changed, with a page that lists them."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from urllib.parse import quote

import jinja2
import msgspec

from scheduler.alerts import safe
from scheduler.alerts.say import channel_name
from scheduler.alerts.words import words
from scheduler.feeds.atom import atom
from scheduler.feeds.document import Document
from scheduler.feeds.entries import ENTRIES, REACH, Feed, Feeds, heard
from scheduler.feeds.jsonfeed import json_feed
from storage import outbox, queries, subscriptions
from storage.database import Database
from storage.errors import ConfigError, NotFound
from storage.identity import database_id
from storage.jsontext import from_json, to_json
from storage.records import Event, Subscription

#: The formats of feeds, by the endings of their files.
FORMATS: Mapping[str, Callable[[Feed, str], Document]] = {"atom": atom, "json": json_feed}
#: What a folder of feeds remembers of the last time.
STATE = ".newsdelta-feeds.json"
#: Another form of the files or of the state writes everything anew.
_FORM = 1
#: So many events are looked for again: with several writers a lower number can come after a higher one.
_OVERLAP = 1000
_LISTED = 50
_FOLDERS = {
    "channel": "channels",
    "subscription": "subscriptions",
    "story": "stories",
    "article": "articles",
}
_ODD = re.compile(r"[^\w-]", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the files: paths in the folder."""

    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _State:
    """What was written last: by which settings, of which events, and what each subscription let through."""

    settings: str = ""
    seen: tuple[int, ...] = ()
    rules: dict[str, str] = field(default_factory=dict)
    heard: dict[str, list[int]] = field(default_factory=dict)


def feed_path(kind: str, key: str, ending: str) -> str:
    """Where a feed is: "channels/cq.atom", "subscriptions/渝北.json", "stories/7.atom", "articles/12.json".

    `kind` is channel, subscription, story or article. A name with signs that no file should have loses them and
    gets a few characters that are its own.
    """
    name = _ODD.sub("-", key)
    if name != key or len(name) > 60:
        name = f"{name[:60]}-{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:8]}"
    return f"{_FOLDERS[kind]}/{name}.{ending}"


def write_feeds(
    database: Database,
    folder: Path,
    now: datetime,
    *,
    channels: Collection[str] = (),
    page: str = "",
    base: str = "",
    language: str = "zh",
    again: bool = False,
) -> Written:
    """Bring the feeds in a folder up to date.

    Written are the feeds of every channel named or with events, of every subscription, and of every article and
    every story of several articles with an event in the last `REACH`, or since the last time; older files stay.
    `page` is the address of our web page, `base` that of the folder, '' where there is none; `again` looks at
    everything, as after `reextract`. Raises ConfigError where the folder cannot be written, StorageError.
    """
    try:
        return _Folder(database, folder, now, page, base, language).update(channels, again)
    except OSError as error:
        raise ConfigError(
            f"The feeds cannot be written ({error.strerror})",
            subject=str(error.filename or folder),
            mend="Name a folder that newsdelta may write to",
        ) from error


class _Folder:
    """One bringing up to date."""

    def __init__(
        self, database: Database, folder: Path, now: datetime, page: str, base: str, language: str
    ) -> None:
        self._database = database
        self._folder = folder
        self._now = now
        self._language = language
        self._base = base and base.rstrip("/") + "/"
        self._feeds = Feeds(database, page, language)
        self._settings = _digest(_FORM, database_id(database), page, self._base, language)
        self._changed: list[str] = []
        self._unchanged = 0

    def update(self, channels: Collection[str], again: bool) -> Written:
        """Write what changed; the state comes last, so that what a crash left undone is done the next time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        state = self._state(again)
        fresh = list(self._fresh(state))
        for number in dict.fromkeys(event.article for event in fresh if event.article is not None):
            self._write("article", str(number), partial(self._feeds.article, number))
        for number in dict.fromkeys(event.story for event in fresh if event.story is not None):
            if len(queries.story_members(self._database, number)) > 1:
                self._write("story", str(number), partial(self._feeds.story, number))
        for name in dict.fromkeys((*channels, *(event.channel for event in fresh))):
            self._write("channel", name, partial(self._feeds.channel, name))
        told = {one.name: one for one in subscriptions.all(self._database)}
        after, removed = self._subscriptions(state, told, fresh)
        if self._changed or removed or not (self._folder / "index.html").exists():
            self._write_index(told)
        _put(self._folder / STATE, to_json(after).encode())
        return Written(tuple(self._changed), removed, self._unchanged)

    def _state(self, again: bool) -> _State:
        try:
            state = from_json((self._folder / STATE).read_text(encoding="utf-8"), _State)
        except (FileNotFoundError, UnicodeDecodeError, msgspec.DecodeError):
            return _State()
        return state if state.settings == self._settings and not again else _State(heard=state.heard)

    def _fresh(self, state: _State) -> Iterator[Event]:
        """The events that were not there the last time."""
        if not state.seen:
            yield from queries.events(self._database, since=self._now - REACH)
            return
        seen = set(state.seen)
        for event in queries.events(self._database, after_id=min(seen) - 1):
            if event.id not in seen:
                yield event

    def _subscriptions(
        self, state: _State, told: Mapping[str, Subscription], fresh: list[Event]
    ) -> tuple[_State, tuple[str, ...]]:
        """Write the feeds of subscriptions: of one that is as it was, only what happened since is judged."""
        rules = {name: _rule(one) for name, one in told.items()}
        same = [name for name in told if state.seen and state.rules.get(name) == rules[name]]
        let_through = {name: list(state.heard.get(name, ())) if name in same else [] for name in told}
        anew = [told[name] for name in told if name not in same]
        for name, event in heard(self._database, anew, self._now - REACH) if anew else ():
            let_through[name].append(event.id)
        if fresh and same:
            new = {event.id for event in fresh}
            since = min(event.at for event in fresh)
            for name, event in heard(self._database, [told[name] for name in same], since):
                if event.id in new:
                    let_through[name].append(event.id)
        kept = {name: sorted(set(numbers))[-ENTRIES:] for name, numbers in let_through.items()}
        for name, numbers in kept.items():
            if name not in same or numbers != state.heard.get(name):
                self._write("subscription", name, partial(self._told, told[name], kept[name]))
        removed = tuple(self._remove(name for name in state.heard if name not in told))
        seen = sorted({*state.seen, *(event.id for event in fresh)})[-_OVERLAP:]
        return _State(self._settings, tuple(seen), rules, kept), removed

    def _told(self, told: Subscription, numbers: Collection[int]) -> Feed:
        return self._feeds.subscription_of(told, list(outbox.events(self._database, numbers).values()))

    def _write(self, kind: str, key: str, make: Callable[[], Feed]) -> None:
        """Write one feed in every format; one whose article was forgotten meanwhile is left out."""
        try:
            feed = make()
        except NotFound:
            return
        for ending, write in FORMATS.items():
            path = feed_path(kind, key, ending)
            url = self._base and self._base + quote(path)
            self._put(path, write(feed, url).content)

    def _write_index(self, told: Iterable[str]) -> None:
        known = sorted(path.stem for path in (self._folder / _FOLDERS["channel"]).glob("*.atom"))
        articles = queries.articles(self._database, limit=_LISTED)
        content = _template().render(
            language=words(self._language),
            labels=_LABELS[words(self._language).code],
            channels=[(safe.clean(channel_name(name)), _links("channel", name)) for name in known],
            subscriptions=[(safe.clean(name), _links("subscription", name)) for name in sorted(told)],
            articles=[
                (safe.clean(one.title) or str(one.id), _links("article", str(one.id)))
                for one in articles
                if (self._folder / feed_path("article", str(one.id), "atom")).exists()
            ],
        )
        self._put("index.html", content.encode("utf-8"))

    def _put(self, path: str, content: bytes) -> None:
        if _put(self._folder / path, content):
            self._changed.append(path)
        else:
            self._unchanged += 1

    def _remove(self, names: Iterable[str]) -> Iterator[str]:
        """Remove the feeds of subscriptions that are no more."""
        for name in names:
            for ending in FORMATS:
                path = feed_path("subscription", name, ending)
                if (self._folder / path).exists():
                    (self._folder / path).unlink()
                    yield path


def _put(file: Path, content: bytes) -> bool:
    """Put a file in its place at once; False where it is there as it should be."""
    try:
        if file.read_bytes() == content:
            return False
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        draft.write_bytes(content)
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return True


def _links(kind: str, key: str) -> list[tuple[str, str]]:
    return [(ending, quote(feed_path(kind, key, ending))) for ending in FORMATS]


def _rule(told: Subscription) -> str:
    """What a subscription's feed depends on."""
    return _digest(
        to_json(
            replace(told, destinations=(), paused=False, muted_until=None, origin="", template="", quiet="")
        )
    )


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


_LABELS = {
    "zh": {
        "title": "newsdelta 订阅源",
        "intro": "把链接添加到阅读器即可。Atom 与 JSON Feed 内容相同。",
        "channels": "频道",
        "subscriptions": "订阅",
        "articles": "最近的文章",
    },
    "en": {
        "title": "Feeds of newsdelta",
        "intro": "Add a link to your reader. Atom and JSON Feed say the same.",
        "channels": "Channels",
        "subscriptions": "Subscriptions",
        "articles": "Latest articles",
    },
}


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("index.html")
