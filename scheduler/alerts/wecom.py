"""A WeCom (企业微信) group's bot: wecom://KEY, or Apprise's wecombot://KEY; "?format=text" for plain text.

Rules: developer.work.weixin.qq.com, page 91770 ("群机器人配置说明") and the global error codes. At most 20 messages a
minute; Markdown of at most 4096 bytes, text of at most 2048; HTTP 200 whatever happens, `errcode` decides.
"""

from __future__ import annotations

import re
from typing import Any

from scheduler.alerts.bot import Bot, Part, judge_code, later, one_target, refused
from scheduler.alerts.http import Reply
from scheduler.alerts.model import Answer, Rate
from scheduler.alerts.place import Url, known_keys

_BOT = refused("the bot is no more in its group, or its key is wrong; copy its address again")
CODES = {
    -1: later("WeCom is busy", 30, host_down=True),
    45009: later("too many messages", 60),
    45033: later("too many at once", 10),
    93000: _BOT,
    93004: refused("the bot is switched off; switch it on in the group's settings"),
    93008: _BOT,
    40008: refused(""),
    40058: refused("WeCom does not take the message; is it too long?"),
    44004: refused("the message is empty"),
    45002: refused("the message is too long"),
}
_BYTES = {"markdown": 4096, "text": 2048}


class WeCom(Bot):
    """Sends Markdown, or text, which WeChat shows too."""

    api = "https://qyapi.weixin.qq.com"
    bears = Rate(15, 60, 5)  # 5 at once and 15 a minute: never more than 20 in any minute

    def __init__(self, url: Url, label: str = "") -> None:
        """Raises ValueError."""
        known_keys(url, "format", "key", "api")
        self._key = url.host or url.first("key")
        self._format = url.first("format", "markdown")
        if not re.fullmatch(r"[A-Za-z0-9_-]+", self._key) or url.port or url.user:
            raise ValueError("write wecom://KEY, with what follows key= in the bot's address")
        if self._format not in _BYTES:
            raise ValueError("format is markdown or text")
        one_target(url, "bot")
        self.marked = self._format == "markdown"
        self.longest = _BYTES[self._format]
        super().__init__(url, label, (self._key,))

    def _size(self, part: Part) -> int:
        return len(part.text.encode("utf-8", "replace"))

    def _request(self, part: Part) -> tuple[str, dict[str, Any]]:
        url = f"{self._api}/cgi-bin/webhook/send?key={self._key}"
        return url, {"msgtype": self._format, self._format: {"content": part.text}}

    def _verdict(self, reply: Reply) -> Answer:
        body = reply.json()
        body = body if isinstance(body, dict) else {}
        return judge_code(reply, body.get("errcode"), body.get("errmsg"), CODES)
