"""What is told and what comes back: Message, Letter, Answer, and the protocol every destination keeps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from storage.diff import Change
from storage.records import Article, ArticleFields, Event, Repair


@dataclass(frozen=True, slots=True)
class Item:
    """One event as it is told. The article and its text are None for the events of a channel.

    `changes` are those of an edit (or of several, told as one), in reading order. `copy` is where the stored
    copy can be seen: an address of our own pages, else the command that shows it. `edits` counts the edits
    that are told here, `guesses` are the places of the text that were mended without proof, `first` is the
    article that told the story first, of an event that is a republication.
    """

    event: Event
    article: Article | None = None
    fields: ArticleFields | None = None
    changes: tuple[Change, ...] = ()
    copy: str = ""
    edits: int = 0
    guesses: tuple[Repair, ...] = ()
    first: Article | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to one destination at once; `items` are in the order they happened, more than one in a digest.

    `key` is the same at every try. `thread` names the article ("article-12") or channel that all items are
    about, and is '' where they are about several. Times are told in `time_zone`. `labels` are what people call the
    channels that the config describes.
    """

    key: str
    subscription: str
    language: str  # zh | en
    created_at: datetime
    items: tuple[Item, ...]
    thread: str = ""
    template: str = ""
    time_zone: str = "Asia/Shanghai"
    labels: Mapping[str, str] = field(default_factory=dict)


class Form(StrEnum):
    """The forms a message can be written in."""

    PLAIN = "plain"
    MARKDOWN = "markdown"
    HTML = "html"


class Letter:
    """A message and its written forms, each written when it is first asked for.

    `parts_done` counts the parts accepted in this try, and before it, as far as `accepted` was told.
    """

    def __init__(self, message: Message, write: Callable[[Message, Form], str], title: str) -> None:
        self.message = message
        self.title = title
        self.parts_done = 0
        self.on_part: Callable[[int], Awaitable[None]] | None = None
        self._write = write

    async def accepted(self, parts_done: int) -> None:
        """The far end has accepted so many parts, and more follow: who delivers writes that down first."""
        self.parts_done = parts_done
        if self.on_part is not None:
            await self.on_part(parts_done)

    @cached_property
    def plain(self) -> str:
        """Text without marks of any format."""
        return self._write(self.message, Form.PLAIN)

    @cached_property
    def markdown(self) -> str:
        """The subset of Markdown that DingTalk, WeCom, Feishu, Telegram and Slack share."""
        return self._write(self.message, Form.MARKDOWN)

    @cached_property
    def html(self) -> str:
        """A whole HTML page with its styles inside."""
        return self._write(self.message, Form.HTML)


class Verdict(StrEnum):
    """What the far end made of a message."""

    ACCEPTED = "accepted"
    LATER = "later"  # trouble that may pass: no answer, a server error, too many messages
    REFUSED = "refused"  # it will be refused again until a person changes something


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `detail` is for people, without secrets.

    `wait` is how many seconds the far end asks for, for all messages (Retry-After, a rate limit), None where
    it asks for none. `host_down` is true where the trouble is the far end's, not this message's: then other
    messages need not be tried at once. `parts_done` counts the parts accepted so far.
    """

    verdict: Verdict
    detail: str = ""
    wait: float | None = None
    host_down: bool = False
    parts_done: int = 0


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages in so many seconds, at most `burst` at once."""

    messages: int
    seconds: float
    burst: int = 1


class Destination(Protocol):
    """A place that messages go to. It holds its secret, and shows it to nobody."""

    @property
    def id(self) -> str:
        """What the store knows it by: the same for the same address, and no way back to its secrets."""

    @property
    def name(self) -> str:
        """Its address as it may be shown, secrets masked."""

    @property
    def rate(self) -> Rate | None:
        """How much it bears; None for as much as there is."""

    @property
    def parallel(self) -> int:
        """How many messages may be on their way to it at once."""

    def send(self, letter: Letter, parts_done: int = 0) -> Awaitable[Answer]:
        """Send what is left of a message after `parts_done` parts. Raises nothing: trouble is an Answer."""

    def close(self) -> Awaitable[None]:
        """Let go of connections."""
