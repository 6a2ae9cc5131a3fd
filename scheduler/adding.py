"""PURE: what was found of a site, and the config as it stands → the config as it will stand, with the difference."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from crawler.sites import CHANNELS
from crawler.sites.addresses import key_of, plain
from crawler.sites.model import Channel
from crawler.survey import Finding, Sample
from crawler.survey.naming import channel_name
from crawler.urls import host_of
from scheduler.config_edit import add_channel, change_channel, channel_toml
from storage.errors import ConfigError

#: What a person chooses for a channel, and a survey never changes.
_CHOSEN = frozenset(("name", "label", "home"))
_FIRST_WORDS = 12


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article that was read, in one line, to be compared with the others; `characters` of its text.

    `problem` says why the page is left out, '' for one that is not.
    """

    url: str
    title: str = ""
    published_at: datetime | None = None
    source: str = ""
    authors: tuple[str, ...] = ()
    first_words: str = ""
    characters: int = 0
    problem: str = ""


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


def address_of(url: str) -> str:
    """The home page's address: https:// where no scheme is said, a slash where there is no path. Raises ConfigError."""
    whole = url if "://" in url else f"https://{url}"
    try:
        parts = urlsplit(whole)
        named = parts.scheme in ("http", "https") and parts.hostname and whole.isprintable()
        _ = parts.port
    except ValueError:
        named = None
    if not named:
        raise ConfigError(
            "This is no address of a site", subject=url, mend="Write for example https://www.example.com/"
        )
    return parts._replace(path=parts.path or "/", fragment="").geturl()


def built_in(home: str) -> Channel | None:
    """The built-in channel of this host, which needs no selectors; None where there is none."""
    return next((known for known in CHANNELS.values() if host_of(known.home) == host_of(home)), None)


def row_of(sample: Sample) -> ArticleRow:
    """An article of a survey in one line."""
    fields = sample.fields
    if fields is None:
        return ArticleRow(sample.url, problem=sample.problem)
    return ArticleRow(
        sample.url,
        fields.title,
        fields.published_at,
        fields.source,
        fields.authors,
        fields.body[0][:_FIRST_WORDS] if fields.body else "",
        sum(map(len, fields.body)),
        sample.problem,
    )


def addition(
    finding: Finding, config: str, name: str | None, taken: Iterable[str], keep: Iterable[str] = ()
) -> Addition:
    """Work out what a finding does to a config's text.

    `name`: what the channel is to be called, None: its name in the config, else one made from its host. `taken`: names
    that are not to be had. `keep`: built-in channels that are to be watched further, though a config without a
    [[channel]] names none. Raises ConfigError for a name that another site's channel has.
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
    base = config if sections else _with_names(config, keep)
    return Addition(chosen, channel_toml(values), config, add_channel(base, values))


def _with_names(config: str, names: Iterable[str]) -> str:
    for name in names:
        config = add_channel(config, {"name": name})
    return config


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
