"""PURE: the channels that newsdelta knows without being told, and how to find one by name."""

from __future__ import annotations

from crawler.sites.model import Channel
from crawler.sites.people import PEOPLE
from crawler.sites.registry import BUILT_IN, CHANNELS, Registry

__all__ = ["BUILT_IN", "CHANNELS", "PEOPLE", "Registry", "channel", "locate"]


def channel(name: str) -> Channel:
    """Return a built-in channel by its name (`cq`), region (`重庆`, `重庆频道`, `渝`) or host.

    Raises ConfigError, with the nearest names, for any other.
    """
    return BUILT_IN.channel(name)


def locate(url: str) -> tuple[str, str] | None:
    """The name and the article's key of a built-in publisher, for an article's address; None for others."""
    return BUILT_IN.locate(url)
