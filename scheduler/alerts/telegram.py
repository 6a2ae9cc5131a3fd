"""A Telegram chat: tgram://BOTTOKEN/CHAT, CHAT a number or a channel's @name; "CHAT:TOPIC" or "?topic=" for a topic.

Rules: core.telegram.org/bots/api and /bots/faq. At most 1 message a second to a chat and 20 a minute to a group; a text
of at most 4096 UTF-16 units; errors have `ok` false, and `parameters.retry_after` where there were too many.
"""

from __future__ import annotations

import re
from typing import Any

from scheduler.alerts.bot import Bot, Part, one_target
from scheduler.alerts.dialects import telegram_html
from scheduler.alerts.http import Reply, judge_status
from scheduler.alerts.model import Answer, Rate, Verdict
from scheduler.alerts.place import Url, known_keys

_TOKEN = re.compile(r"(?:bot)?(\d+:[A-Za-z0-9_-]+)")
_MENDS = (
    (r"chat not found", "check the chat's number, and write to the bot once"),
    (r"bot was (kicked|blocked)|not a member|deactivated", "add the bot to the chat again"),
    (r"not enough rights|CHAT_WRITE_FORBIDDEN", "let the bot write in the chat"),
    (r"message thread not found", "check the topic's number"),
    (r"unauthorized|not found", "the bot's token is wrong; copy it from BotFather again"),
)


class Telegram(Bot):
    """Sends HTML."""

    api = "https://api.telegram.org"
    longest = 4_096
    bears = Rate(15, 60, 5)  # 5 at once and 15 a minute: never more than 20 in any minute

    def __init__(self, url: Url, label: str = "") -> None:
        """Raises ValueError."""
        known_keys(url, "topic", "api")
        found = _TOKEN.fullmatch(url.target)
        chat, _, topic = (url.path[0] if url.path else "").partition(":")
        if found is None or not re.fullmatch(r"-?\d+|@?[A-Za-z]\w{3,}", chat):
            raise ValueError("write tgram://BOTTOKEN/CHAT, with a chat's number or @name")
        one_target(url, "chat", 1)
        self._token = found[1]
        self._chat = chat if re.fullmatch(r"-?\d+", chat) else "@" + chat.removeprefix("@")
        topic = topic or url.first("topic")
        if topic and not topic.isdecimal():
            raise ValueError("topic is a number")
        self._topic = int(topic) if topic else None
        super().__init__(url, label, (self._token, *self._token.split(":")))

    def _size(self, part: Part) -> int:
        return len(telegram_html(part.text).encode("utf-16-le", "replace")) // 2

    def _request(self, part: Part) -> tuple[str, dict[str, Any]]:
        payload: dict[str, Any] = {
            "chat_id": self._chat,
            "text": telegram_html(part.text),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }
        if self._topic is not None:
            payload["message_thread_id"] = self._topic
        return f"{self._api}/bot{self._token}/sendMessage", payload

    def _verdict(self, reply: Reply) -> Answer:
        body = reply.json()
        if not isinstance(body, dict) or not isinstance(body.get("ok"), bool):
            return judge_status(reply) or Answer(
                Verdict.LATER, f"no answer of Telegram's: {reply.text()}", host_down=True
            )
        if body["ok"]:
            return Answer(Verdict.ACCEPTED)
        return _judge(body, reply)


def _judge(body: dict[str, Any], reply: Reply) -> Answer:
    said = str(body.get("description", "no reason given"))
    more = body.get("parameters")
    more = more if isinstance(more, dict) else {}
    wait = more.get("retry_after")
    if isinstance(wait, (int, float)):
        return Answer(Verdict.LATER, said, wait=float(wait))
    if "migrate_to_chat_id" in more:
        return Answer(Verdict.REFUSED, f"{said}; the chat's number is now {more['migrate_to_chat_id']}")
    code = body.get("error_code", reply.status)
    if code not in (400, 401, 403, 404):
        return Answer(Verdict.LATER, f"code {code}: {said}", host_down=True)
    mend = next((mend for pattern, mend in _MENDS if re.search(pattern, said, re.IGNORECASE)), "")
    return Answer(Verdict.REFUSED, f"code {code}: {said}" + (f"; {mend}" if mend else ""))
