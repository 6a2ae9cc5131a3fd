"""The shared vocabulary: frozen records that cross the borders between the layers. Standard library only.

Times are timezone-aware datetimes. Collections are tuples, so that a record can be shared without fear.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Any


class Outcome(StrEnum):
    """What one fetch of an article's address brought."""

    READ = "read"  # a page that a template could read
    NOT_MODIFIED = "not-modified"  # 304: what we know still stands
    GONE = "gone"  # 404 or 410
    SOFT_GONE = "soft-gone"  # 200, but the site's own "not found" page
    REDIRECTED_HOME = "redirected-home"  # sent to the home page or a column
    EMPTIED = "emptied"  # the template is there, the text is not
    UNREADABLE = "unreadable"  # 200, and no template matches: perhaps our own fault
    BLOCKED = "blocked"  # 401, 403, 429, a login or block page
    FAILED = "failed"  # network or server trouble, a body cut short, one too large


#: Outcomes that speak for a removal, when they persist.
ABSENT = frozenset({Outcome.GONE, Outcome.SOFT_GONE, Outcome.REDIRECTED_HOME, Outcome.EMPTIED})


class State(StrEnum):
    """Whether an article is still published."""

    PRESENT = "present"
    SUSPECTED = "suspected"  # absent at least once, not yet confirmed
    REMOVED = "removed"


class EventKind(StrEnum):
    """What people can be told."""

    NEW = "new"
    EDITED = "edited"
    REMOVED = "removed"
    RESTORED = "restored"
    REPUBLISHED = "republished"
    CHANNEL_BROKEN = "channel-broken"
    CHANNEL_RECOVERED = "channel-recovered"
    CHANNEL_QUIET = "channel-quiet"  # nothing new came for long, and we are alive


class EditClass(StrEnum):
    """What an edit touched. One edit can have several."""

    HEADLINE = "headline"
    NUMBER = "number"
    NAME_OR_TITLE = "name-or-title"
    DATE_OR_PLACE = "date-or-place"
    NEGATION = "negation"
    QUOTATION = "quotation"
    ATTRIBUTION = "attribution"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    WORDING = "wording"
    FORMAT = "format"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of an article: its absolute address and the caption a reader sees, or ''."""

    url: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class BadByte:
    """Bytes that form no character in the encoding used: their offset in the body, and themselves in hex."""

    at: int
    found: str


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a page's bytes became text: the codec used, the one declared, the evidence, and each bad byte."""

    used: str
    declared: str | None
    why: str
    replaced: tuple[BadByte, ...] = ()


@dataclass(frozen=True, slots=True)
class Repair:
    """One mended place: `at` counts characters in the text as found; certain means proved, not guessed."""

    kind: str
    at: int
    found: str
    repaired: str
    certain: bool
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleFields:
    """What a reader sees of an article. Texts are cleaned of furniture; absent ones are '' or ()."""

    url: str
    title: str
    kicker: str = ""
    subtitle: str = ""
    published_at: datetime | None = None
    source: str = ""
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    body: tuple[str, ...] = ()  # paragraphs
    images: tuple[Image, ...] = ()
    template: str = ""
    article_id: str | None = None  # the publisher's own id


@dataclass(frozen=True, slots=True)
class Reading:
    """A page read to its end: fields, how the bytes were decoded and mended, canonical text and its digest.

    `rules` names the versions of decoder, repairer, extractor and canonical form that made it; two readings
    can be compared only when their rules are the same. `signature` has the keys of the canonical text
    (`storage.stories.keys`) where they were worked out beforehand; () where not.
    """

    fields: ArticleFields
    encoding: Encoding
    canonical: str
    content_hash: str
    rules: str
    repairs: tuple[Repair, ...] = ()
    signature: tuple[int, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PageBody:
    """One fetched page of an article, as it came: evidence, and what a later reading starts from."""

    url: str
    content: bytes
    content_type: str = ""
    part: int = 1
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One fetch's outcome, kept even when nothing changed. `seconds` and `size` (bytes) are of the transfer."""

    url: str
    at: datetime
    outcome: Outcome
    status: int | None = None
    size: int = 0
    seconds: float = 0.0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """All that one visit to an article brought; the one thing that storage records.

    `key` is the publisher's id of the article, else its canonical URL. `baseline` is the last stored revision
    read again from its stored bytes, present only when that revision was made by other rules.
    """

    channel: str
    publisher: str
    key: str
    observation: Observation
    reading: Reading | None = None
    pages: tuple[PageBody, ...] = ()
    baseline: Reading | None = None
    run: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An article's address found on a listing, with the words that stood there."""

    url: str
    publisher: str
    key: str
    title: str = ""
    listing: str = ""
    listed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """An article as the store knows it now."""

    id: int
    publisher: str
    key: str
    channel: str
    url: str
    title: str
    published_at: datetime | None
    first_seen: datetime
    last_seen: datetime
    state: State
    revisions: int
    content_hash: str
    source: str = ""
    story: int | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """What an article said at one moment; numbers start at 1."""

    article: int
    number: int
    seen_at: datetime
    reading: Reading


@dataclass(frozen=True, slots=True)
class SelectorChange:
    """A selector of a channel's config and the one to write in its place; '' for none. `key` is its name there."""

    key: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Healing:
    """New selectors for a channel whose pages are built anew; a person decides whether they are written.

    `pages`: so many pages were read with them, and each gave what is known of its article. `notes`: what is
    amiss and could not be mended, and why.
    """

    channel: str
    changes: tuple[SelectorChange, ...] = ()
    pages: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell: at, kind, and the article or channel it is about.

    `returned_to` is the earlier revision whose text an edit brought back; `detail` says what was seen; `healing`
    is what would mend a channel that broke, where its pages are read by the selectors of the config.
    """

    id: int
    at: datetime
    kind: EventKind
    article: int | None
    url: str
    title: str
    channel: str
    from_revision: int | None = None
    to_revision: int | None = None
    classes: tuple[EditClass, ...] = ()
    weight: int = 0
    story: int | None = None
    returned_to: int | None = None
    detail: str = ""
    healing: Healing | None = None


@dataclass(frozen=True, slots=True)
class RunCounts:
    """What one crawl of one channel did."""

    fetched: int = 0
    not_modified: int = 0
    bytes: int = 0
    new: int = 0
    edited: int = 0
    unchanged: int = 0
    removed: int = 0
    restored: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """What a person should know of a crawl: which page or listing, what happened, what to do."""

    url: str
    what: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl of one channel. `finished_at` is None while it runs, or where it was killed."""

    id: int
    channel: str
    started_at: datetime
    finished_at: datetime | None = None
    counts: RunCounts = field(default_factory=RunCounts)
    notes: tuple[Note, ...] = ()


#: What a subscription tells where it names no kinds: all but the copies of a story it has told.
TOLD = (
    EventKind.NEW,
    EventKind.EDITED,
    EventKind.REMOVED,
    EventKind.RESTORED,
    EventKind.CHANNEL_BROKEN,
    EventKind.CHANNEL_RECOVERED,
    EventKind.CHANNEL_QUIET,
)


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who is told of what, where and when. A filter that is empty lets everything through.

    The filters on what an article says and is (sections, words, sources, authors, classes, weight) do not
    apply to the events of a channel as a whole; classes and weight apply to edits only.
    """

    name: str
    destinations: tuple[str, ...]  # the ids of places, never their secrets
    channels: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    kinds: tuple[EventKind, ...] = TOLD
    classes: tuple[EditClass, ...] = ()
    min_weight: int = 0
    words: tuple[str, ...] = ()  # any of them
    all_words: tuple[str, ...] = ()
    not_words: tuple[str, ...] = ()
    expression: str = ""  # 重庆 & (轨道 | 地铁) & !广告
    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()  # authors and editors
    per_story: bool = True  # one alert for a story, whichever of its copies comes first
    wait: timedelta = timedelta()  # until an article has been quiet for so long
    digest: str = "off"  # "off", "30m", "09:00", "09:00,18:00"
    quiet: str = ""  # "22:00-07:00": delays, never drops
    time_zone: str = "Asia/Shanghai"
    language: str = "zh"  # zh | en
    template: str = ""  # the name of a template of the user's, '' for ours
    paused: bool = False  # what it would tell is kept until it goes on
    muted_until: datetime | None = None  # until then it tells nothing, and nothing is kept
    origin: str = "config"  # config | web


class NotificationState(StrEnum):
    """What became of a notification."""

    WAITING = "waiting"  # to be sent, perhaps not yet due, perhaps tried before
    SENT = "sent"  # the far end accepted it
    DEAD = "dead"  # given up after too many tries; a person decides
    DISCARDED = "discarded"  # a person decided


@dataclass(frozen=True, slots=True)
class Notification:
    """One event that one subscription tells at one destination. Those with the same `key` are one message.

    `key` is '' until the first try; it never changes after that: it is the idempotency key that the far end
    gets. `due_at` is None while the subscription is paused; while the message is being sent, it is the moment
    at which another process may try.
    """

    id: int
    event: int
    subscription: str
    destination: str
    stream: str  # order is kept within stream and destination: "article-12", "channel-cq", "digest-NAME"
    batch: str  # what is told together: '' alone, else the name of a digest's slot or of a quiet period
    created_at: datetime
    due_at: datetime | None
    state: NotificationState = NotificationState.WAITING
    key: str = ""
    attempts: int = 0
    parts_done: int = 0  # of a message in several parts, those the far end has accepted
    sent_at: datetime | None = None
    answer: str = ""  # what the far end said last, secrets masked


class OrderState(StrEnum):
    """How far a crawl is that somebody asked for."""

    WAITING = "waiting"  # nobody has taken it yet
    RUNNING = "running"
    CANCELLING = "cancelling"  # it is to stop; the pages in hand are finished
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class OrderProgress:
    """How far a crawl is: requests asked for, answered, and what was found so far."""

    queued: int = 0
    done: int = 0
    changes: tuple[tuple[str, int], ...] = ()  # "new": 3


@dataclass(frozen=True, slots=True)
class CrawlOrder:
    """A crawl that somebody asked for: of the whole channel, or of these pages."""

    id: int
    channel: str
    urls: tuple[str, ...]
    asked_at: datetime
    state: OrderState = OrderState.WAITING
    started_at: datetime | None = None
    finished_at: datetime | None = None
    run: int | None = None
    progress: OrderProgress = field(default_factory=OrderProgress)
    error: str = ""


@dataclass(frozen=True, slots=True)
class HostMemory:
    """What other processes did to a host of late, so that this one keeps to its budget, too.

    spent: requests of the last hour. since_last: seconds since the last one, or None. gap: seconds that the host
    wants between two. held: seconds for which it still asks to be left alone.
    """

    spent: int = 0
    since_last: float | None = None
    gap: float = 0.0
    held: float = 0.0


@dataclass(frozen=True, slots=True)
class HandedCrawl:
    """A crawl that the watcher handed out, and how far the worker is that took it. `task`, `result`: JSON."""

    id: int
    channel: str
    host: str
    task: str
    state: OrderState
    worker: str
    progress: OrderProgress
    result: str
    error: str
    asked_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that carries crawls out, `concurrency` of them at once."""

    name: str
    concurrency: int
    since: datetime
    beat_at: datetime


@dataclass(frozen=True, slots=True)
class QueueLook:
    """What the queue looks like now. `lag`: seconds for which the first of those that wait has waited."""

    workers: tuple[Worker, ...]
    waiting: int
    running: int
    lag: float


def as_json(value: Any) -> Any:
    """Turn a record, or a collection of records, into what `json.dumps` takes; times become ISO 8601."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    names = _FIELDS[kind] if kind in _FIELDS else _field_names(kind)
    if names:
        return {name: as_json(getattr(value, name)) for name in names}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [as_json(item) for item in value]
    return value


_PLAIN = frozenset({str, int, float, bool, type(None)})
_FIELDS: dict[type[Any], tuple[str, ...]] = {}


def _field_names(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a kind of record; () where it is none. A NamedTuple is a record, too."""
    names: tuple[str, ...] = ()
    if dataclasses.is_dataclass(kind):
        names = tuple(one.name for one in dataclasses.fields(kind))
    elif issubclass(kind, tuple):
        names = getattr(kind, "_fields", ())
    return _FIELDS.setdefault(kind, names)
