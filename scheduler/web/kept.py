"""ASGI middleware: answers that are kept while nothing changed, and ETags: see docs/decisions/0011-kept-answers.md.

An answer is given again only to the same question (address, host, language) of a visitor who may do the same things.
What is a browser's own, the proof in its forms, is put in as it is sent. When the store changed, an answer is given
again only after all that was asked of the store to make it was asked once more, and brought the same rows. All are
thrown away when the config changed, and with whatever somebody does here.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from scheduler.web.access import Scope, Visitor
from scheduler.web.asgi import App, Message, Receive, Send
from scheduler.web.render import AGES, LANGUAGE_COOKIE
from scheduler.web.words import choose
from storage.changes import Changes
from storage.database import Database
from storage.errors import StorageError
from storage.view import Questions

#: While others change the store again and again, what they changed shows this many seconds later at most.
PATIENCE = 1.0
#: Seconds between two looks at a store where a look is not cheap.
LOOK = 0.1
#: Seconds after which an answer is made anew though nothing changed: one that says how long ago things were; any other,
#: which may show the last day or week, as the clock goes on.
WITH_AGES, LONGEST = 15.0, 60.0
#: Bytes of one answer, and of all, that are kept.
LARGEST, ROOM = 300_000, 32_000_000
#: Never kept: secrets, clocks, streams, bytes as they came, files that browsers keep for good.
_NOT_KEPT = ("/keys", "/api/v1/keys", "/login", "/metrics", "/static/", "/healthz", "/readyz")
_NOT_KEPT_PARTS = ("/bytes/", "/orders/", "/looks/")


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer: its body in pieces, between which the proof of a browser's forms stands."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    pieces: tuple[bytes, ...]
    etag: str
    born: float
    lasts: float = WITH_AGES
    questions: Questions | None = None  # that it was made from; None: it is good until something changes

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(map(len, self.pieces))

    @property
    def may_be_kept(self) -> bool:
        """Whether it is one that the next visitor may get, too."""
        return (
            self.status == 200
            and self.size <= LARGEST
            and not any(name == b"set-cookie" for name, _ in self.headers)
        )

    def etag_for(self, csrf: str) -> str:
        """The ETag of this answer with such a proof in it."""
        if len(self.pieces) == 1:
            return self.etag
        return f'{self.etag[:-1]}-{hashlib.blake2b(csrf.encode(), digest_size=6).hexdigest()}"'

    async def send(self, send: Send, csrf: str, given: str) -> None:
        """Send it with the proof put in, or 304 where the visitor has it: `given` is their If-None-Match."""
        headers, etag = [*self.headers], self.etag_for(csrf)
        if self.status == 200:
            headers.append((b"etag", etag.encode()))
        if self.status == 200 and given and _names(given, etag):
            headers = [one for one in headers if one[0] != b"content-type"]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        body = csrf.encode().join(self.pieces)
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class Shelf:
    """The answers that are kept, the last made last.

    `age` counts how often all were thrown away or put in doubt: an answer is sure at the age that it was made at, or
    found to be still so. In doubt, one that knows its questions may ask them again; any other is good no more.
    """

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._sure: dict[Hashable, int] = {}
        self._size = 0
        self._cleared = 0
        self.age = 0

    def get(self, key: Hashable, now: float) -> Answer | None:
        """The answer to a question, sure or in doubt, where one is kept that is not too old."""
        found = self._answers.get(key)
        if found is None or now - found.born >= found.lasts:
            return None
        return found if self.is_sure(key) or found.questions is not None else None

    def is_sure(self, key: Hashable) -> bool:
        """Whether nothing has changed since the answer was made, or was found to be still so."""
        return self._sure.get(key) == self.age

    def confirm(self, key: Hashable, answer: Answer, age: int) -> None:
        """An answer was still so at this age, or later."""
        if self._answers.get(key) is answer:
            self._sure[key] = max(age, self._sure[key])

    def put(self, key: Hashable, answer: Answer, age: int) -> None:
        """Keep an answer whose making began at this age of the shelf, unless all were thrown away since.

        Those that are too old to be given go, and the oldest where the room is not enough.
        """
        if age < self._cleared or (answer.questions is None and age != self.age):
            return
        self._drop(key)
        self._answers[key], self._sure[key] = answer, age
        self._size += answer.size
        while self._size > ROOM or answer.born - next(iter(self._answers.values())).born >= LONGEST:
            self._drop(next(iter(self._answers)))

    def doubt(self) -> None:
        """Something has changed: none is sure any more."""
        self.age += 1

    def clear(self) -> None:
        """Throw all away."""
        self._answers.clear()
        self._sure.clear()
        self._size = 0
        self.age += 1
        self._cleared = self.age

    def _drop(self, key: Hashable) -> None:
        dropped = self._answers.pop(key, None)
        if dropped is not None:
            del self._sure[key]
            self._size -= dropped.size


@dataclass(slots=True)
class Watchman:
    """Puts the shelf in doubt when the store changed; clears it when what this process holds did: config, looks."""

    shelf: Shelf
    changes: Changes
    own: Callable[[], object]
    clock: Callable[[], float]
    _own: object = None
    _mark: str = ""
    _looked: float = float("-inf")
    _doubted: float = float("-inf")

    async def look(self, now: float) -> None:
        """See whether something changed. Raises StorageError."""
        if (own := self.own()) != self._own:
            self._own = own
            self.shelf.clear()
        if self.changes.cheap:
            self._compare(self.changes.mark(), now)
        elif now - self._looked >= LOOK:
            self._looked = now
            self._compare(await run_in_threadpool(self.changes.mark), now)

    def _compare(self, mark: str, now: float) -> None:
        if mark != self._mark and now - self._doubted >= PATIENCE:
            self._mark, self._doubted = mark, now
            self.shelf.doubt()


class Kept:
    """Gives kept answers to who asks by GET, and lets everything else through."""

    def __init__(
        self,
        app: App,
        database: Database,
        own: Callable[[], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._clock = clock
        self._shelf = Shelf()
        self._database = database
        self._watchman = Watchman(self._shelf, Changes(database), own, clock)
        self._place = f"csrf-{secrets.token_urlsafe(18)}"  # no article can hold it: nobody has seen it

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD"):
            await self._read(scope, receive, send)
        else:
            self._shelf.clear()
            try:
                await self._app(scope, receive, send)
            finally:
                self._shelf.clear()

    async def _read(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        visitor: Visitor = scope["state"]["visitor"]
        headers, now = Headers(scope=scope), self._clock()
        if not _may_be_kept(scope, visitor, headers):
            await self._app(scope, receive, send)
            return
        try:
            await self._watchman.look(now)
        except StorageError:  # the page will say so
            self._shelf.clear()
            await self._app(scope, receive, send)
            return
        key = _question(scope, visitor, headers)
        answer = self._shelf.get(key, now)
        if answer is not None and (self._shelf.is_sure(key) or await self._is_still_so(key, answer)):
            await answer.send(send, visitor.csrf, headers.get("if-none-match", ""))
        else:
            await self._make(key, scope, receive, send, now)

    async def _is_still_so(self, key: Hashable, answer: Answer) -> bool:
        """Whether the questions that an answer was made from bring the same rows now."""
        age = self._shelf.age
        if answer.questions is None:
            return False
        try:
            holds = await run_in_threadpool(self._database.still_hold, answer.questions)
        except StorageError:  # the page will say so
            return False
        if holds:
            self._shelf.confirm(key, answer, age)
        return holds

    async def _make(
        self, key: Hashable, scope: MutableMapping[str, Any], receive: Receive, send: Send, now: float
    ) -> None:
        """Let the page be made, for nobody's browser; send it, and keep it where it may be."""
        age, given = self._shelf.age, Headers(scope=scope).get("if-none-match", "")
        visitor: Visitor = scope["state"]["visitor"]
        if visitor.csrf:
            scope["state"]["visitor"] = replace(visitor, csrf=self._place)
        scope["headers"] = [one for one in scope["headers"] if one[0] != b"if-none-match"]
        catcher = _Catcher(send)
        with self._database.view() as view:
            try:
                await self._app(scope, receive, catcher)
            finally:  # what went wrong is raised after the visitor was told so
                if catcher.start and not catcher.streams:
                    answer = catcher.answer(self._place.encode(), now)
                    if answer.may_be_kept:
                        questions = await run_in_threadpool(view.questions)
                        lasts = WITH_AGES if scope["state"].get(AGES) else LONGEST
                        self._shelf.put(key, replace(answer, questions=questions, lasts=lasts), age)
                    await answer.send(send, visitor.csrf, given)


@dataclass(slots=True)
class _Catcher:
    """Holds back an answer until it is whole; one that comes in several parts goes on to the visitor."""

    send: Send
    start: Message = field(default_factory=dict)
    body: bytes = b""
    streams: bool = False

    async def __call__(self, message: Message) -> None:
        if self.streams:
            await self.send(message)
        elif message["type"] == "http.response.start":
            self.start = message
        elif message.get("more_body"):
            self.streams = True
            await self.send(self.start)
            await self.send(message)
        else:
            self.body = message.get("body", b"")

    def answer(self, place: bytes, now: float) -> Answer:
        """What was caught."""
        etag, headers = "", []
        for name, value in self.start["headers"]:
            if name == b"etag":
                etag = value.decode()
            elif name != b"content-length":
                headers.append((name, value))
        etag = etag or f'"{hashlib.blake2b(self.body, digest_size=12).hexdigest()}"'
        return Answer(self.start["status"], tuple(headers), tuple(self.body.split(place)), etag, now)


def _may_be_kept(scope: MutableMapping[str, Any], visitor: Visitor, headers: Headers) -> bool:
    """Whether a question may have been answered before."""
    path: str = scope["path"]
    return (
        scope["method"] == "GET"
        and visitor.may(Scope.READ)
        and "if-modified-since" not in headers
        and b"lang=" not in scope["query_string"]
        and not path.startswith(_NOT_KEPT)
        and not any(part in path for part in _NOT_KEPT_PARTS)
    )


def _question(scope: MutableMapping[str, Any], visitor: Visitor, headers: Headers) -> Hashable:
    """All that an answer depends on beside the store, the config and the hour."""
    cookie = cookie_parser(headers.get("cookie", "")).get(LANGUAGE_COOKIE)
    language = choose(None, cookie, headers.get("accept-language", ""))
    who = (visitor.scopes, visitor.program, bool(visitor.csrf))
    return (scope["path"], scope["query_string"], scope["scheme"], headers.get("host", ""), language, who)


def _names(given: str, etag: str) -> bool:
    """Whether an If-None-Match names the ETag; weakly, as RFC 9110 (13.1.2) asks."""
    return given.strip() == "*" or etag in (one.strip().removeprefix("W/") for one in given.split(","))
