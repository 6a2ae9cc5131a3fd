"""PURE: our Markdown -> the marks of services that have their own."""

from __future__ import annotations

import re
from collections.abc import Callable

#: Links, bold, struck out, code; and what escapes a mark.
_MARKS = re.compile(
    r"\\(?P<escaped>[\\`*_{}\[\]()#+\-.!~>|])"
    r"|\[(?P<label>[^\[\]\n]*)\]\((?P<url>[^()\s]*)\)"
    r"|\*\*(?P<bold>[^\n]+?)\*\*"
    r"|~~(?P<struck>[^\n]+?)~~"
    r"|`(?P<code>[^`\n]+)`"
)
_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)


def telegram_html(markdown: str) -> str:
    """Telegram's HTML (core.telegram.org/bots/api#html-style)."""
    return _translate(
        markdown,
        lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        {
            "bold": "<b>{}</b>",
            "struck": "<s>{}</s>",
            "code": "<code>{}</code>",
            "link": '<a href="{1}">{0}</a>',
        },
    )


def slack_text(markdown: str) -> str:
    """Slack's mrkdwn (api.slack.com/reference/surfaces/formatting): "&", "<" and ">" are written as entities."""
    return _translate(
        markdown,
        lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        {"bold": "*{}*", "struck": "~{}~", "code": "`{}`", "link": "<{1}|{0}>"},
    )


def _translate(markdown: str, escape: Callable[[str], str], marks: dict[str, str]) -> str:
    def translated(text: str) -> str:
        pieces, end = [], 0
        for found in _MARKS.finditer(text):
            pieces += [escape(text[end : found.start()]), of_mark(found)]
            end = found.end()
        return "".join(pieces) + escape(text[end:])

    def of_mark(found: re.Match[str]) -> str:
        if found["escaped"]:
            return escape(found["escaped"])
        if found["label"] is not None:
            label, url = escape(found["label"]), escape(found["url"]).replace('"', "%22").replace("|", "%7C")
            return marks["link"].format(label or url, url)
        kind = next(kind for kind in ("bold", "struck", "code") if found[kind] is not None)
        inside = escape(found[kind]) if kind == "code" else translated(found[kind])
        return marks[kind].format(inside)

    lines = _HEADING.sub(lambda found: f"**{found[1]}**" if "**" not in found[1] else found[1], markdown)
    return translated(lines)
