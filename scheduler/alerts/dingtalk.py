"""A DingTalk group's own bot: dingtalk://TOKEN?secret=SEC…&keyword=…, or Apprise's dingtalk://SECRET@TOKEN.

Rules: open.dingtalk.com, "Custom robot access" and its error table. At most 20 messages a minute, above which the bot
is blocked for 10 minutes; a body of at most 20000 bytes (code 460101); HTTP 200 whatever happens, `errcode` decides.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from typing import Any
from urllib.parse import quote

from scheduler.alerts.bot import Bot, Code, Part, judge_code, later, refused, with_keyword
from scheduler.alerts.http import Reply
from scheduler.alerts.model import Answer, Rate, Verdict
from scheduler.alerts.place import Url, known_keys

#: How long a bot is blocked that sent too much, in seconds.
BLOCKED = 600.0

_TOKEN = refused("copy the bot's address from the group's settings again")
_BOT = refused("the bot or its group is no more; add a bot and write its address")
_CONTENT = refused("DingTalk's check of contents does not let it through")
CODES = {
    -1: later("DingTalk is busy", 30, host_down=True),
    130101: later("too many messages", BLOCKED),
    410100: later("too many messages", BLOCKED),
    300001: _TOKEN,
    300005: _TOKEN,
    400101: _TOKEN,
    400013: _BOT,
    400102: refused("the bot is switched off; switch it on in the group's settings"),
    400106: _BOT,
    460101: refused("the message is too long"),
    430101: _CONTENT,
    430102: _CONTENT,
    430103: _CONTENT,
    430104: _CONTENT,
    40035: refused(""),
    43004: refused(""),
    400105: refused(""),
}
#: Code 310000 has three reasons, told apart by its text.
_SECURITY = (
    (r"keyword|关键词", "the bot wants a keyword: add ?keyword=WORD to the address"),
    (r"sign|签名|timestamp", "the signature is wrong: check ?secret=SEC… and this machine's clock"),
    (
        r"\bip\b|whitelist|白名单",
        "the bot wants other IP addresses: add this machine's in the group's settings",
    ),
)


class DingTalk(Bot):
    """Sends Markdown; signed where the address has a secret."""

    api = "https://oapi.dingtalk.com"
    longest = 20_000
    bears = Rate(15, 60, 5)  # 5 at once and 15 a minute: never more than 20 in any minute

    def __init__(self, url: Url, label: str = "") -> None:
        """Raises ValueError."""
        known_keys(url, "secret", "keyword", "to", "token", "api")
        self._token = url.host or url.first("token")
        self._secret = url.first("secret") or url.user
        self._keyword = url.first("keyword")
        self._mobiles = [*url.path, *filter(None, url.first("to").split(","))]
        if not re.fullmatch(r"[A-Za-z0-9]+", self._token) or url.port:
            raise ValueError("write dingtalk://TOKEN?secret=SEC…; the token has letters and digits only")
        super().__init__(url, label, (self._token, self._secret))

    def _request(self, part: Part) -> tuple[str, dict[str, Any]]:
        url = f"{self._api}/robot/send?access_token={self._token}"
        if self._secret:
            moment = str(round(time.time() * 1000))
            url += f"&timestamp={moment}&sign={quote(sign(self._secret, moment), safe='')}"
        text = with_keyword(part.text, self._keyword)
        return url, {
            "msgtype": "markdown",
            "markdown": {"title": part.headed, "text": text},
            "at": {"atMobiles": self._mobiles, "isAtAll": False},
        }

    def _verdict(self, reply: Reply) -> Answer:
        body = reply.json()
        body = body if isinstance(body, dict) else {}
        if "punish" in body:  # the gateway's answer to a flood, before the bot's own
            wait = body.get("wait")
            seconds = float(wait) if isinstance(wait, (int, float)) else BLOCKED
            return Answer(Verdict.LATER, "DingTalk's gateway says: too many requests", wait=seconds)
        code, said = body.get("errcode"), str(body.get("errmsg", ""))
        if code == 310000:
            return Answer(Verdict.REFUSED, f"code {code}: {said}; {_security(said)}")
        return judge_code(reply, code, said, codes_for(said))


def codes_for(said: str) -> dict[int, Code]:
    """300001 is an unknown token, but was also seen for too many messages: the text decides."""
    if re.search(r"too fast|too many|frequency|限流|太快", said, re.IGNORECASE):
        return {**CODES, 300001: CODES[130101]}
    return CODES


def sign(secret: str, moment: str) -> str:
    """Base64 of HMAC-SHA256 with the secret over "timestamp in ms, newline, secret" ("Robot security settings")."""
    digest = hmac.new(secret.encode(), f"{moment}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _security(said: str) -> str:
    found = (mend for pattern, mend in _SECURITY if re.search(pattern, said, re.IGNORECASE))
    return next(found, "check the bot's security settings: keyword, signature, IP addresses")
