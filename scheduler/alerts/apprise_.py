"""Everything that Apprise knows and we do not: in a thread of the destination's own, with a time limit."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from scheduler.alerts.http import no_reply
from scheduler.alerts.model import Answer, Letter, Rate, Verdict
from scheduler.alerts.place import HIDDEN, Place, Url
from scheduler.alerts.split import LEAST, split, split_markdown

#: Seconds that Apprise may take for one part.
PATIENCE = 60.0
#: Query keys that are for us.
_OURS = re.compile(r"(?<=[?&])rate=[^&]*&?")


class AppriseService(Place):
    """A service reached through Apprise (https://github.com/caronc/apprise)."""

    #: Apprise itself keeps the pace that its plugins know of; this bounds bursts of ours.
    bears = Rate(20, 60, 5)

    def __init__(self, url: Url, label: str = "", patience: float = PATIENCE) -> None:
        """Raises ValueError where Apprise does not understand the address."""
        self._plugin = _plugin(url)
        self._patience = patience
        self._last: _Work | None = None
        super().__init__(url, f"{url.scheme}://{HIDDEN}", url.secrets(), label)

    async def _send(self, letter: Letter, parts_done: int) -> Answer:
        parts = self._parts(letter)
        for number, part in enumerate(parts[parts_done:], parts_done):
            answer = await self._send_part(part, letter.title, f"{letter.message.key}#{number}")
            if answer.verdict is not Verdict.ACCEPTED:
                return Answer(answer.verdict, answer.detail, answer.wait, answer.host_down, number)
            if number + 1 < len(parts):
                await letter.accepted(number + 1)
        return Answer(Verdict.ACCEPTED, "accepted, says Apprise", parts_done=len(parts))

    def _parts(self, letter: Letter) -> list[str]:
        """The text in the form that the service shows, in parts of the characters it takes."""
        marked = self._form() == "markdown"
        text, cut = (letter.markdown, split_markdown) if marked else (letter.plain, split)
        longest = max(self._plugin.body_maxlen - len(letter.title) - 2, LEAST)
        limit = 4 * longest
        while True:
            parts = cut(text, limit) or [letter.title]
            if all(len(part) <= longest for part in parts) or limit <= LEAST:
                return parts
            limit = max(LEAST, limit * 3 // 4)

    def _form(self) -> str:
        forms = self._plugin.notify_format
        return str(forms[0] if isinstance(forms, (tuple, list)) else forms)

    async def _send_part(self, part: str, title: str, key: str) -> Answer:
        work = self._last
        if work is not None and not work.ended.is_set():
            return no_reply("the try before still hangs in Apprise")
        if work is not None and work.key == key and work.accepted:
            return Answer(Verdict.ACCEPTED)  # it took longer than we waited, but it arrived
        self._last = work = _Work(key)
        done = asyncio.Event()
        loop = asyncio.get_running_loop()
        arguments = (
            self._plugin,
            part,
            title,
            self._form(),
            work,
            lambda: loop.call_soon_threadsafe(done.set),
        )
        threading.Thread(target=_run, args=arguments, daemon=True, name="apprise").start()
        try:
            await asyncio.wait_for(done.wait(), self._patience)
        except TimeoutError:
            return no_reply(f"no answer within {self._patience:g} s")
        return _judge(work)


@dataclass(slots=True)
class _Work:
    """One call of Apprise: which part, what came of it, what Apprise logged."""

    key: str
    accepted: bool = False
    heard: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)


@cache
def schemes() -> frozenset[str]:
    """The schemes of Apprise's services."""
    from apprise import Apprise

    found = Apprise().details()["schemas"]
    names = (service[key] or () for service in found for key in ("protocols", "secure_protocols"))
    return frozenset(name for some in names for name in some)


def _plugin(url: Url) -> Any:
    from apprise import Apprise, AppriseAsset

    # No time limit of Apprise's own: with one it works in a pool that all share, where one that hangs stops others.
    asset = AppriseAsset(service_timeout=0)
    address = _OURS.sub("", url.text).rstrip("?&")
    with _ear().listening([]):
        plugin = Apprise.instantiate(address, asset=asset)
    if plugin is None:
        raise ValueError(
            f"Apprise does not understand what follows {url.scheme}://; compare it with Apprise's page of it"
        )
    return plugin


def _run(plugin: Any, part: str, title: str, form: str, work: _Work, tell: Any) -> None:
    from apprise import Apprise

    try:
        with _ear().listening(work.heard):
            service = Apprise(asset=plugin.asset)
            service.add(plugin)
            work.accepted = bool(
                service.notify(
                    body=part, title=title, body_format="markdown" if form == "markdown" else "text"
                )
            )
    except Exception as error:
        work.heard.append(f"{type(error).__name__}: {error}")
    finally:
        work.ended.set()
        try:
            tell()
        except RuntimeError:  # the loop is closed: nobody waits any more
            return


def _judge(work: _Work) -> Answer:
    """Apprise says yes or no; what its log says of a status tells whether trying again may help."""
    if work.accepted:
        return Answer(Verdict.ACCEPTED)
    heard = "; ".join(dict.fromkeys(work.heard)) or "Apprise says no more than that it failed"
    status = re.search(r"error=(\d{3})\b", heard)
    code = int(status[1]) if status else 0
    if 400 <= code < 500 and code not in (408, 425, 429):
        return Answer(Verdict.REFUSED, heard)
    return Answer(Verdict.LATER, heard, host_down=True)


class _Ear(logging.Filter):
    """Keeps what a thread that listens hears as a warning or worse, and lets nothing through to any log.

    Apprise logs addresses, also in its warnings.
    """

    def __init__(self) -> None:
        super().__init__()
        self._here = threading.local()

    @contextmanager
    def listening(self, heard: list[str]) -> Iterator[None]:
        """Keep what this thread logs."""
        self._here.heard = heard
        try:
            yield
        finally:
            self._here.heard = None

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record's text, and drop the record."""
        heard: list[str] | None = getattr(self._here, "heard", None)
        if heard is not None and record.levelno >= logging.WARNING:
            heard.append(record.getMessage())
        return False


@cache
def _ear() -> _Ear:
    """The one ear, put up when Apprise is first used; its HTTP client's log has addresses in DEBUG."""
    ear = _Ear()
    logging.getLogger("apprise").addFilter(ear)
    logging.getLogger("urllib3").setLevel(logging.INFO)
    return ear
