"""Bark on a phone: bark://HOST[:PORT]/KEY over http, barks://HOST/KEY over https; user:password@ where the server asks.

Rules: github.com/Finb/bark-server, API V2 (POST /push): the body's `code` is 200, or 400 for an unknown key and 500
where Apple did not take it. Apple's limit for all of a notification is 4096 bytes. A message that comes again replaces
itself on the phone, as its key is the notification's `id`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from scheduler.alerts.bot import Bot, Part, judge_code, later, one_target, refused
from scheduler.alerts.http import Reply
from scheduler.alerts.model import Answer, Rate
from scheduler.alerts.place import HIDDEN, Url, known_keys, tidy

CODES = {
    400: refused("the server does not know this key; copy the address from the app again"),
    404: refused("this is no Bark server"),
    500: later("", 30),
}
_GONE = re.compile(r"BadDeviceToken|Unregistered|DeviceTokenNotForTopic")
#: Keys of the query that Bark knows, as Apprise spells them.
_OPTIONS = ("sound", "level", "icon", "group", "category", "badge", "volume", "call")


class Bark(Bot):
    """Sends plain text; a touch opens the page."""

    marked = False
    longest = 3_500
    bears = Rate(5, 1, 10)

    def __init__(self, url: Url, label: str = "") -> None:
        """Raises ValueError."""
        known_keys(url, *_OPTIONS, "api")
        if not url.host or len(url.path) < 1:
            raise ValueError("write bark://HOST/KEY or barks://api.day.app/KEY")
        one_target(url, "key", 1)
        self._key = url.path[0]
        self._login = (url.user, url.password)
        self._options = {key: url.first(key) for key in _OPTIONS if url.first(key)}
        self.api = f"{'https' if url.scheme == 'barks' else 'http'}://{url.target}"
        secrets = (self._key, url.user, url.password)
        super().__init__(url, label, secrets, f"{url.target}/{HIDDEN}")

    def _headers(self) -> Mapping[str, str]:
        headers = dict(super()._headers())
        if any(self._login):
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(self._login).encode()).decode()
        return headers

    def _request(self, part: Part) -> tuple[str, dict[str, Any]]:
        items = part.message.items
        payload = {
            "device_key": self._key,
            "title": tidy(part.headed, 100),
            "body": part.text,
            "group": tidy(part.message.subscription, 100),
            "id": part.key,
            **self._options,
        }
        return f"{self._api}/push", {**payload, "url": items[0].event.url} if len(items) == 1 else payload

    def _verdict(self, reply: Reply) -> Answer:
        body = reply.json()
        body = body if isinstance(body, dict) else {}
        said = str(body.get("message", ""))
        codes = {**CODES, 500: CODES[400], 410: CODES[400]} if _GONE.search(said) else CODES
        return judge_code(reply, body.get("code"), said, codes, accepted=200)
