"""Signed webhooks, after Standard Webhooks: webhook+https://HOST/PATH?secret=whsec_… (docs/webhooks.md)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import time
from urllib.parse import quote, urlencode

from scheduler.alerts.http import Http, judge_status
from scheduler.alerts.model import Answer, Letter, Verdict
from scheduler.alerts.payload import encode
from scheduler.alerts.place import HIDDEN, Place, Url

#: Messages that may be on their way to one receiver at once.
PARALLEL = 16
#: Keys of the query that are for us; all others are the receiver's.
_OURS = ("secret", "header", "rate", "verify")


class Webhook(Place):
    """A receiver of JSON: 2xx accepts, anything else does not."""

    def __init__(self, url: Url, label: str = "") -> None:
        """Raises ValueError."""
        if not url.host:
            raise ValueError("write webhook+https://HOST/PATH")
        self._url = _target(url)
        self._keys = tuple(_key(secret) for secret in url.query.get("secret", ()))
        self._headers = _headers(url)
        shown = f"{url.scheme}://{url.target}" + (f"/{HIDDEN}" if url.path or url.query else "")
        secrets = (url.user, url.password, "/".join(url.path), *url.path, *sum(url.query.values(), ()))
        secrets += tuple(self._headers.values())
        super().__init__(url, shown, secrets, label, PARALLEL)
        self._http = Http(connections=PARALLEL, verify=url.first("verify") != "no")

    async def _send(self, letter: Letter, parts_done: int) -> Answer:
        body = encode(letter)
        reply = await self._http.post(self._url, body, self._signed(letter.message.key, body))
        if isinstance(reply, Answer):
            return reply
        return judge_status(reply) or Answer(Verdict.ACCEPTED, f"HTTP {reply.status}", parts_done=1)

    def _signed(self, key: str, body: bytes) -> dict[str, str]:
        """The headers of one try: the id is the message's, the time is that of the try."""
        moment = str(int(time.time()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": key,
            "webhook-id": key,
            "webhook-timestamp": moment,
            **self._headers,
        }
        if self._keys:
            headers["webhook-signature"] = " ".join(sign(secret, key, moment, body) for secret in self._keys)
        return headers

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()


def sign(secret: bytes, key: str, moment: str, body: bytes) -> str:
    """Return "v1," and the base64 of HMAC-SHA256 over "id.timestamp.body" (Standard Webhooks, Signature scheme)."""
    digest = hmac.new(secret, f"{key}.{moment}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def _key(secret: str) -> bytes:
    """Decode "whsec_" and base64; the standard wants 24 to 64 bytes. Raises ValueError."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise ValueError(
            "secret is written whsec_ and base64, for example from: openssl rand -base64 32"
        ) from None
    if not 24 <= len(key) <= 64:
        raise ValueError("secret must hold 24 to 64 bytes, for example from: openssl rand -base64 32")
    return key


def _target(url: Url) -> str:
    """The receiver's own address: without our scheme's prefix and our keys."""
    scheme = url.scheme.removeprefix("webhook+")
    rest = re.sub(r"^[^:]+://(?:[^/?#]*@)?", "", url.text)
    place = re.split(r"[?#]", rest, maxsplit=1)[0]
    pairs = [(key, value) for key, values in url.query.items() if key not in _OURS for value in values]
    return f"{scheme}://{place}" + (f"?{urlencode(pairs, quote_via=quote)}" if pairs else "")


def _headers(url: Url) -> dict[str, str]:
    """Headers asked for by "header=Name:Value", and Basic credentials. Raises ValueError."""
    headers: dict[str, str] = {}
    for line in url.query.get("header", ()):
        name, colon, value = line.partition(":")
        if not colon or not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name) or not value.isprintable():
            raise ValueError("header is written header=Name:Value, percent-encoded")
        headers[name] = value.strip()
    if url.user or url.password:
        pair = base64.b64encode(f"{url.user}:{url.password}".encode()).decode()
        headers["Authorization"] = f"Basic {pair}"
    return headers
