"""PURE: what would mend a channel's config → the change as a unified diff in TOML, as people read it."""

from __future__ import annotations

import json

from storage.records import Healing


def config_diff(healing: Healing) -> str:
    """The lines of the change, under the channel they belong to; '' where nothing is to be changed."""
    if not healing.changes:
        return ""
    lines = [f" [[channel]]  # {healing.channel}"]
    for change in healing.changes:
        lines += [f"-article.{change.key} = {_toml(change.old)}"] if change.old else []
        lines += [f"+article.{change.key} = {_toml(change.new)}"] if change.new else []
    return "\n".join(lines)


def _toml(text: str) -> str:
    """A TOML string: in single quotes where that needs no backslashes, as people write it."""
    plain = '"' in text and "'" not in text and text.isprintable()
    return f"'{text}'" if plain else json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
