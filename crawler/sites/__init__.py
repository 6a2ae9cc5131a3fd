"""PURE: the channels that newsdelta knows without being told, and how to find one by name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from crawler.sites.model import Channel
from crawler.sites.people import PEOPLE
from crawler.sites.people.channels import REGIONAL
from storage.errors import ConfigError

__all__ = ["CHANNELS", "PEOPLE", "channel", "locate"]

#: Every built-in channel by its name, which is the first label of its host.
CHANNELS: Mapping[str, Channel] = MappingProxyType({item.name: item for item in REGIONAL})


def _names(item: Channel) -> set[str]:
    host = item.home.split("//")[-1].rstrip("/")
    return {item.name, item.short, item.label, item.label.removesuffix("频道"), host}


def channel(name: str) -> Channel:
    """Return a built-in channel by its name (`cq`), region (`重庆`, `重庆频道`, `渝`) or host.

    Raises ConfigError, with the nearest names, for any other.
    """
    wanted = name.strip().lower()
    for item in CHANNELS.values():
        if wanted in _names(item):
            return item
    near = difflib.get_close_matches(wanted, CHANNELS, n=3, cutoff=0.4)
    hint = f"did you mean {', '.join(near)}?" if near else f"known are {', '.join(sorted(CHANNELS))}"
    raise ConfigError("there is no channel of this name", subject=name, mend=hint)


def locate(url: str) -> tuple[str, str] | None:
    """The publisher's name and the article's key there, for an article's address; None for others."""
    address = PEOPLE.locate(url)
    return (PEOPLE.name, address.key) if address else None
