"""PURE: what would mend a channel's config → the change as a unified diff in TOML, and the config with it made."""

from __future__ import annotations

import json
from enum import Enum

from crawler.sites.model import Selectors
from storage.records import Healing


class Fit(Enum):
    """Whether a change still fits the config."""

    FITS = "fits"
    DONE = "done"  # the config has the new selectors
    OTHER = "other"  # the config has others than those that the change was found for


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


def fit(healing: Healing, now: Selectors) -> Fit:
    """Tell whether a change still fits the selectors that the config has now."""
    if all(getattr(now, change.key) == change.new for change in healing.changes):
        return Fit.DONE
    old = all(getattr(now, change.key) == change.old for change in healing.changes)
    return Fit.FITS if old else Fit.OTHER


def healed(text: str, healing: Healing) -> str:
    """A config's text with the change made. Raises NotFound where it has no such channel, ConfigError."""
    from scheduler.config_edit import change_channel

    changes = {f"article.{change.key}": change.new or None for change in healing.changes}
    return change_channel(text, healing.channel, changes)
