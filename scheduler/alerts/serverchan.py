"""ServerChan (Server酱): schan://SENDKEY, for the keys of Turbo (SCT…) and of version 3 (sctp…).

Rules: sct.ftqq.com and sc3.ft07.com. `title` of at most 32 characters, `desp` (Markdown) of at most 32 KB; errors come
with HTTP 400 or 200, `code` decides. The free plan takes 5 messages a day; the text of code 40001 tells that from a
wrong key.
"""

from __future__ import annotations

import re
import time
from typing import Any

from scheduler.alerts.bot import Bot, Code, Part, judge_code, later, one_target, refused
from scheduler.alerts.http import Reply
from scheduler.alerts.model import Answer, Rate
from scheduler.alerts.place import Url, known_keys, tidy

_KEY = refused("the SendKey is wrong; copy it again")
CODES = {20001: refused("ServerChan does not take the message"), 40001: _KEY, 461: _KEY}
#: Beijing's days start 8 hours before those of UTC.
_EAST, _DAY = 8 * 3600, 86_400


class ServerChan(Bot):
    """Sends Markdown to the WeChat account that the key belongs to."""

    longest = 32_000
    bears = Rate(15, 60, 5)  # none is documented; a burst beyond this would not be read either

    def __init__(self, url: Url, label: str = "") -> None:
        """Raises ValueError."""
        known_keys(url, "api")
        self._key = url.host
        if not re.fullmatch(r"[A-Za-z0-9]+", self._key) or url.port or url.user:
            raise ValueError("write schan://SENDKEY; the key has letters and digits only")
        one_target(url, "key")
        number = re.match(r"sctp(\d+)t", self._key)
        self.api = f"https://{number[1]}.push.ft07.com/send" if number else "https://sctapi.ftqq.com"
        super().__init__(url, label, (self._key,))

    def _request(self, part: Part) -> tuple[str, dict[str, Any]]:
        return f"{self._api}/{self._key}.send", {"title": tidy(part.headed, 32), "desp": part.text}

    def _verdict(self, reply: Reply) -> Answer:
        body = reply.json()
        body = body if isinstance(body, dict) else {}
        code, said = body.get("code"), str(body.get("message") or body.get("info") or "")
        return judge_code(reply, code, said, codes_for(said, time.time()))


def codes_for(said: str, now: float) -> dict[int, Code]:
    """Code 40001 stands for a wrong key and for the day's last message alike: the text decides."""
    if not re.search(r"次数限制|频率|太快|too many", said):
        return CODES
    wait = seconds_to_midnight(now) if "当天" in said else 60.0
    limit = later("ServerChan takes no more messages", wait)
    return {code: limit for code in (*CODES, 471)}


def seconds_to_midnight(now: float) -> float:
    """Seconds from `now` (seconds since 1970, UTC) to a minute after the next midnight in Beijing."""
    return _DAY - (now + _EAST) % _DAY + 60
