"""One request to a web service: kept connections, a time limit, a bounded answer, and what its status says."""

from __future__ import annotations

import asyncio
import email.utils
import json
import ssl
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduler.alerts.model import Answer, Verdict
from scheduler.alerts.place import tidy

if TYPE_CHECKING:
    import aiohttp
    import yarl

#: Seconds that a far end may take for everything.
PATIENCE = 15.0
#: Bytes of an answer that are read.
LONGEST = 64 * 1024
#: The longest wait that a far end may ask for, in seconds: a day.
LONGEST_WAIT = 86_400.0
AGENT = "newsdelta"

_HINTS = {
    400: "it does not understand the message",
    401: "it wants credentials, or others",
    403: "it forbids this; check the credentials",
    404: "there is nothing at this address; check it",
    405: "it takes no POST at this address; check it",
    410: "it is gone for good; take this destination out",
    413: "it finds the message too large",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status, headers (asked for in lower case) and at most `LONGEST` bytes of body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON, or None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def text(self) -> str:
        """The body's beginning, fit for a line of a log."""
        return tidy(self.body.decode("utf-8", "replace"), 200)


class Http:
    """A client for one destination. It follows no redirect and honours http_proxy, https_proxy, no_proxy.

    They are read once for each host. aiohttp's own way to them (`trust_env`) takes two threads for each request,
    and reads credentials from ~/.netrc, which nobody asked us to send.
    """

    def __init__(self, *, seconds: float = PATIENCE, connections: int = 1, verify: bool = True) -> None:
        self._seconds = seconds
        self._connections = connections
        self._verify = verify
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._proxies: dict[tuple[str, str | None], str | None] = {}

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply | Answer:
        """Return the reply, or the Answer for there being none."""
        return await self._ask("POST", url, body, headers)

    async def get(self, url: str) -> Reply | Answer:
        """Ask for an address, and return the reply, or the Answer for there being none."""
        return await self._ask("GET", url, None, {})

    async def _ask(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Reply | Answer:
        import aiohttp
        from yarl import URL

        try:
            target = URL(url)
            async with self._open().request(
                method,
                target,
                data=body,
                headers=headers,
                allow_redirects=False,
                proxy=self._proxy(target),
            ) as response:
                return Reply(response.status, response.headers, await _read(response))
        except TimeoutError:
            return no_reply(f"no answer within {self._seconds:g} s")
        except (aiohttp.InvalidURL, aiohttp.ClientConnectorCertificateError, ValueError) as error:
            return Answer(Verdict.REFUSED, _explain(error))
        except (aiohttp.ClientError, ssl.SSLError, OSError) as error:
            return no_reply(_explain(error))

    async def close(self) -> None:
        """Close the connections."""
        session, self._session = self._session, None
        if session is not None and self._loop is asyncio.get_running_loop():
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        """The session of the running loop; one of an earlier loop is past closing, and is dropped.

        Idle connections are kept for less than the 5 s after which many servers close theirs: a message sent
        into a closing connection is one of unknown fate.
        """
        import aiohttp

        loop = asyncio.get_running_loop()
        if self._session is None or self._loop is not loop:
            self._loop = loop
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections, ttl_dns_cache=300, ssl=self._verify, keepalive_timeout=4
                ),
                timeout=aiohttp.ClientTimeout(total=self._seconds),
                headers={"User-Agent": AGENT},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    def _proxy(self, target: yarl.URL) -> str | None:
        """The proxy that the environment names for a host."""
        place = (target.scheme, target.host)
        if place not in self._proxies:
            named = urllib.request.getproxies().get(target.scheme)
            without = not named or (target.host is not None and urllib.request.proxy_bypass(target.host))
            self._proxies[place] = None if without else named
        return self._proxies[place]


def no_reply(detail: str) -> Answer:
    """The far end could not be reached, or was silent."""
    return Answer(Verdict.LATER, detail, host_down=True)


def judge_status(reply: Reply) -> Answer | None:
    """Say what the status means where it is no success (RFC 9110, sections 10.2.3 and 15); None for 2xx.

    502 to 504 and their like speak of the host; a 500 may be this one message's.
    """
    status = reply.status
    if 200 <= status < 300:
        return None
    detail = f"HTTP {status}" + (f", {_HINTS[status]}" if status in _HINTS else "")
    if said := reply.text():
        detail += f": {said}"
    wait = retry_after(reply.headers)
    if status in (408, 409, 425, 429) or status >= 500:
        down = status in (502, 503, 504, 429) or status >= 520
        return Answer(Verdict.LATER, detail, wait=wait, host_down=down and wait is None)
    if 300 <= status < 400:
        detail = f"HTTP {status}: it points to another address, which is not followed; write that one"
    return Answer(Verdict.REFUSED, detail)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that Retry-After asks for, as a number or a date (RFC 9110, 10.2.3); None where it asks nothing.

    A date is measured from the answer's own Date, where it has one: the far end's clock may be off.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isdecimal():
        return min(float(text[:9]), LONGEST_WAIT)
    then, now = _moment(text), _moment(headers.get("date", ""))
    if then is None:
        return None
    return min(max(then - (time.time() if now is None else now), 0.0), LONGEST_WAIT)


def _moment(text: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) >= LONGEST:
            response.close()  # what is left is not worth the connection
            break
    return bytes(body[:LONGEST])


def _explain(error: Exception) -> str:
    return str(error) or type(error).__name__
