"""What the bots of chat services share: parts of a bounded size, a pace, and a body that decides."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scheduler.alerts.http import Http, Reply, judge_status
from scheduler.alerts.model import Answer, Letter, Message, Rate, Verdict
from scheduler.alerts.place import HIDDEN, Place, Url
from scheduler.alerts.split import LEAST, split, split_markdown

_JSON = {"Content-Type": "application/json; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Part:
    """One of the `count` posts that a message becomes; `number` starts at 0."""

    text: str
    title: str
    number: int
    count: int
    message: Message

    @property
    def key(self) -> str:
        """The same at every try of this part."""
        return f"{self.message.key}-{self.number + 1}" if self.count > 1 else self.message.key

    @property
    def headed(self) -> str:
        """The title, with the part's number where there are several."""
        return f"{self.title} ({self.number + 1}/{self.count})" if self.count > 1 else self.title


@dataclass(frozen=True, slots=True)
class Code:
    """What one of a service's own codes means: later (after `wait` seconds) or refused, and the mend."""

    verdict: Verdict
    mend: str
    wait: float | None = None
    host_down: bool = False


def later(mend: str, wait: float | None = None, *, host_down: bool = False) -> Code:
    """A code for trouble that passes."""
    return Code(Verdict.LATER, mend, wait, host_down)


def refused(mend: str) -> Code:
    """A code for trouble that a person must end."""
    return Code(Verdict.REFUSED, mend)


class Bot(Place):
    """A service that takes JSON by POST, and says in its answer's body whether it took it.

    A kind of bot says how a part is posted (`_request`) and what an answer means (`_verdict`).
    """

    #: The service's own address; "?api=" puts a relay in its place.
    api = ""
    #: Whether the service shows Markdown.
    marked = True
    #: The bytes that one post may have.
    longest = 0

    def __init__(self, url: Url, label: str, secrets: Iterable[str], shown: str = HIDDEN) -> None:
        """Raises ValueError."""
        self._api = _api(url) or self.api
        super().__init__(url, f"{url.scheme}://{shown}", secrets, label)
        self._http = Http()
        self._free_at = 0.0

    def _request(self, part: Part) -> tuple[str, dict[str, Any]]:
        """Return the address and the JSON that post the part."""
        raise NotImplementedError

    def _verdict(self, reply: Reply) -> Answer:
        """Say what an answer means."""
        raise NotImplementedError

    def _text(self, letter: Letter) -> str:
        """The text that is cut in parts."""
        return letter.markdown if self.marked else letter.plain

    def _size(self, part: Part) -> int:
        """What `longest` is the limit of: the bytes of the whole post."""
        return len(_encode(self._request(part)[1]))

    async def _send(self, letter: Letter, parts_done: int) -> Answer:
        parts = self._parts(letter)
        for part in parts[parts_done:]:
            await self._pace()
            answer = await self._post(part)
            if answer.verdict is not Verdict.ACCEPTED:
                return replace(answer, parts_done=part.number)
            if part.number + 1 < part.count:
                await letter.accepted(part.number + 1)
        return Answer(Verdict.ACCEPTED, "accepted", parts_done=len(parts))

    async def _post(self, part: Part) -> Answer:
        url, payload = self._request(part)
        reply = await self._http.post(url, _encode(payload), self._headers())
        return reply if isinstance(reply, Answer) else self._verdict(reply)

    def _headers(self) -> Mapping[str, str]:
        return _JSON

    def _parts(self, letter: Letter) -> list[Part]:
        """Cut the text so that every post fits: the same parts at every try.

        A text's bytes are not its bytes in JSON, so the limit shrinks until all fit.
        """
        text, limit = self._text(letter), self.longest
        cut = split_markdown if self.marked else split
        while True:
            texts = cut(text, limit) or [letter.title]
            parts = [
                Part(text, letter.title, number, len(texts), letter.message)
                for number, text in enumerate(texts)
            ]
            if limit <= LEAST or all(self._size(part) <= self.longest for part in parts):
                return parts
            limit = max(LEAST, limit * 9 // 10)

    async def _pace(self) -> None:
        """Wait until one more post is within the rate: the outbox counts messages, and a message may be many."""
        if self.rate is None:
            return
        wait, self._free_at = next_post(self.rate, self._free_at, time.monotonic())
        if wait > 0:
            await asyncio.sleep(wait)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()


def next_post(rate: Rate, free_at: float, now: float) -> tuple[float, float]:
    """GCRA: (seconds to wait before a post, when the next would be due at an even pace)."""
    gap = rate.seconds / rate.messages
    due = max(free_at, now)
    return max(0.0, due - gap * (rate.burst - 1) - now), due + gap


def judge_code(
    reply: Reply, code: object, said: object, codes: Mapping[int, Code], *, accepted: int = 0
) -> Answer:
    """Say what a service's own code means. One that is not in `codes` is tried again: it may be a new limit."""
    trouble = judge_status(reply)
    if type(code) is not int:  # nor a bool
        detail = f"an answer that is not the service's: {reply.text() or 'empty'}"
        return trouble or Answer(Verdict.LATER, detail, host_down=True)
    if code == accepted:
        return trouble or Answer(Verdict.ACCEPTED)
    known = codes.get(code, later(""))
    wait = known.wait if trouble is None or trouble.wait is None else trouble.wait
    detail = "; ".join(filter(None, (f"code {code}: {said or 'no reason given'}", known.mend)))
    return Answer(known.verdict, detail, wait, known.host_down)


def _encode(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _api(url: Url) -> str:
    """The relay's address without its last slash, or ''. Raises ValueError."""
    api = url.first("api").rstrip("/")
    if api and not api.startswith(("http://", "https://")):
        raise ValueError("api is the address of a relay: api=http://HOST:PORT")
    return api


def with_keyword(text: str, keyword: str) -> str:
    """Return the text with the keyword that a bot's settings ask for, once."""
    return text if not keyword or keyword in text else f"{text}\n\n{keyword}"


def one_target(url: Url, what: str, steps: int = 0) -> None:
    """Check that an address leads to one place only. Raises ValueError: one that fails must not stop others."""
    if len(url.path) > steps:
        raise ValueError(f"write one address for each {what}")
