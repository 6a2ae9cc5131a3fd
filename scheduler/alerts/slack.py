"""A Slack incoming webhook: slack://A/B/C, with what follows /services/ in its address.

Rules: api.slack.com, "Sending messages using incoming webhooks", "Handling errors" and "Rate limits". At most 1 message
a second, short bursts let through; success is HTTP 200 with the body "ok"; 429 has Retry-After. Texts above 4000
characters are not shown whole.
"""

from __future__ import annotations

import re
from typing import Any

from scheduler.alerts.bot import Bot, Part
from scheduler.alerts.dialects import slack_text
from scheduler.alerts.http import Reply, judge_status
from scheduler.alerts.model import Answer, Rate, Verdict
from scheduler.alerts.place import Url, known_keys

_MENDS = {
    "no_service": "the webhook is no more; make another",
    "no_service_id": "the webhook is no more; make another",
    "no_team": "the workspace is no more",
    "team_disabled": "the workspace is no more",
    "invalid_token": "the webhook is no more; make another",
    "no_active_hooks": "the webhook is no more; make another",
    "channel_not_found": "the webhook's channel is no more; make another",
    "channel_is_archived": "the webhook's channel is archived; make another",
    "action_prohibited": "an administrator forbids it",
    "posting_to_general_channel_denied": "an administrator forbids it",
}


class Slack(Bot):
    """Sends Slack's own marks."""

    api = "https://hooks.slack.com"
    longest = 3_900
    bears = Rate(60, 60, 3)

    def __init__(self, url: Url, label: str = "") -> None:
        """Raises ValueError."""
        known_keys(url, "api")
        steps = (url.host, *url.path)
        if len(steps) != 3 or not all(re.fullmatch(r"[A-Za-z0-9]+", step) for step in steps):
            raise ValueError("write slack://A/B/C, with what follows /services/ in the webhook's address")
        self._path = "/".join(steps)
        super().__init__(url, label, (self._path, *steps))

    def _size(self, part: Part) -> int:
        return len(slack_text(part.text))

    def _request(self, part: Part) -> tuple[str, dict[str, Any]]:
        payload = {"text": slack_text(part.text), "unfurl_links": False, "unfurl_media": False}
        return f"{self._api}/services/{self._path}", payload

    def _verdict(self, reply: Reply) -> Answer:
        said = reply.text()
        trouble = judge_status(reply)
        if trouble is None and said == "ok":
            return Answer(Verdict.ACCEPTED)
        if said in _MENDS:
            return Answer(Verdict.REFUSED, f"{said}: {_MENDS[said]}")
        return trouble or Answer(
            Verdict.LATER, f"an answer that is not Slack's: {said or 'empty'}", host_down=True
        )
