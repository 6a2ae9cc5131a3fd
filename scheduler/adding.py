"""PURE: what was found of a site, and the config as it stands → the config as it will stand, with the difference."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.sites.addresses import key_of, plain
from crawler.survey import Finding
from crawler.survey.naming import channel_name
from scheduler.config_edit import add_channel, change_channel, channel_toml
from storage.errors import ConfigError

#: What a person chooses for a channel, and a survey never changes.
_CHOSEN = frozenset(("name", "label", "home"))


@dataclass(frozen=True, slots=True)
class Addition:
    """What is to be written: the channel's name, its section as TOML, the config's text before and after.

    `exists`: the config has this channel already, and `after` changes it; `changes` are the keys that differ.
    """

    name: str
    toml: str
    before: str
    after: str
    exists: bool = False
    changes: Mapping[str, Any] = field(default_factory=dict)

    def difference(self, file: str) -> str:
        """The change to the config as a unified diff."""
        old, new = self.before.splitlines(), self.after.splitlines()
        return "\n".join(difflib.unified_diff(old, new, file, file, lineterm=""))


def addition(finding: Finding, config: str, name: str | None, taken: Iterable[str]) -> Addition:
    """Work out what a finding does to a config's text.

    `name`: what the channel is to be called, None: its name in the config, else one made from its host. `taken`: names
    that are not to be had. Raises ConfigError for a name that another site's channel has.
    """
    sections = tomllib.loads(config).get("channel", [])
    there = _section(sections, finding.home, name)
    if there is not None:
        changes = _changes(there, finding.values)
        after = change_channel(config, there["name"], changes) if changes else config
        values = {"name": there["name"], **finding.values}
        return Addition(there["name"], channel_toml(values), config, after, exists=True, changes=changes)
    if name is not None and name in taken:
        raise ConfigError("Another channel has this name", subject=name, mend="Choose another with --name")
    chosen = name or channel_name(finding.home, taken)
    values = {"name": chosen, **finding.values}
    return Addition(chosen, channel_toml(values), config, add_channel(config, values))


def _section(sections: list[dict[str, Any]], home: str, name: str | None) -> dict[str, Any] | None:
    """The section of this site that the config has already; of several the one with the name asked for."""
    same = [section for section in sections if section.get("home") and _key(section["home"]) == _key(home)]
    named = [section for section in same if section["name"] == name]
    return next(iter(named or (same if name is None else [])), None)


def _key(home: str) -> str:
    return key_of(plain(home))


def _changes(there: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The keys whose values differ, with a dot where they stand in a table; what only the config has stays."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if key in _CHOSEN:
            continue
        old = there.get(key)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            found |= {f"{key}.{inner}": new for inner, new in value.items() if old.get(inner) != new}
        elif old != value:
            found[key] = value
    return found
