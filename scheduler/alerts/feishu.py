"""A Feishu (飞书) or Lark group's custom bot: feishu://TOKEN?secret=…&keyword=…, lark://TOKEN?secret=….

Rules: open.feishu.cn and open.larksuite.com, "Custom bot usage guide". At most 100 messages a minute and 5 a second; a
body of at most 20 KB; HTTP 200 for most errors, `code` decides (old bots: `StatusCode`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from typing import Any

from scheduler.alerts.bot import Bot, Part, judge_code, later, one_target, refused, with_keyword
from scheduler.alerts.http import Reply
from scheduler.alerts.model import Answer, Rate
from scheduler.alerts.place import Url, known_keys

_LIMIT = later("too many messages", 60)
_TOKEN = refused("copy the bot's address from the group's settings again")
CODES = {
    11232: _LIMIT,
    11233: _LIMIT,
    99991400: _LIMIT,
    9499: refused("the message is not as Feishu wants it"),
    19001: _TOKEN,
    19002: refused("the message is not as Feishu wants it"),
    19007: refused("the bot is switched off; switch it on in the group's settings"),
    19021: refused("the signature is wrong: check ?secret=… and this machine's clock"),
    19022: refused("the bot wants other IP addresses: add this machine's in the group's settings"),
    19024: refused("the bot wants a keyword: add ?keyword=WORD to the address"),
    19036: refused("the message is too long"),
}
_APIS = {"feishu": "https://open.feishu.cn", "lark": "https://open.larksuite.com"}
#: Texts of a limit whose code is that of a bad message.
_LIMITED = re.compile(r"frequency limit|too many request|rate limit", re.IGNORECASE)


class Feishu(Bot):
    """Sends a card with Markdown; signed where the address has a secret."""

    longest = 20_000
    bears = Rate(60, 60, 4)  # 4 at once and 1 a second: never more than 5 in a second, or 100 in a minute

    def __init__(self, url: Url, label: str = "") -> None:
        """Raises ValueError."""
        known_keys(url, "secret", "keyword", "token", "api")
        self._token = url.host or url.first("token")
        self._secret = url.first("secret") or url.user
        self._keyword = url.first("keyword")
        if not re.fullmatch(r"[A-Za-z0-9-]+", self._token) or url.port:
            raise ValueError(
                f"write {url.scheme}://TOKEN?secret=…, with what follows /hook/ in the bot's address"
            )
        one_target(url, "bot")
        self.api = _APIS[url.scheme]
        super().__init__(url, label, (self._token, self._secret))

    def _request(self, part: Part) -> tuple[str, dict[str, Any]]:
        signed: dict[str, Any] = {}
        if self._secret:
            moment = str(int(time.time()))
            signed = {"timestamp": moment, "sign": sign(self._secret, moment)}
        card = {
            "config": {"wide_screen_mode": True},
            "header": {"title": {"tag": "plain_text", "content": part.headed}},
            "elements": [{"tag": "markdown", "content": with_keyword(part.text, self._keyword)}],
        }
        return f"{self._api}/open-apis/bot/v2/hook/{self._token}", {
            **signed,
            "msg_type": "interactive",
            "card": card,
        }

    def _verdict(self, reply: Reply) -> Answer:
        body = reply.json()
        body = body if isinstance(body, dict) else {}
        code = body.get("code", body.get("StatusCode"))
        said = str(body.get("msg") or body.get("StatusMessage") or "")
        codes = {**CODES, 9499: _LIMIT} if _LIMITED.search(said) else CODES
        return judge_code(reply, code, said, codes)


def sign(secret: str, moment: str) -> str:
    """Base64 of HMAC-SHA256 over nothing, with "timestamp in s, newline, secret" as its key (the guide, method 3)."""
    return base64.b64encode(hmac.new(f"{moment}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()
