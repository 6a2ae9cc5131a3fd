"""PURE: all channels there are, those that we know and those that the config describes, as one value."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.model import ArticleAddress, Channel, Publisher
from crawler.sites.people.channels import REGIONAL
from crawler.urls import host_of
from storage.errors import ConfigError

#: Every built-in channel by its name, which is the first label of its host.
CHANNELS: Mapping[str, Channel] = MappingProxyType({item.name: item for item in REGIONAL})


@dataclass(frozen=True, slots=True)
class Registry:
    """The built-in channels, and over them those of a config, by name."""

    configured: Mapping[str, Channel] = field(default_factory=dict)

    @property
    def channels(self) -> dict[str, Channel]:
        """Every channel by its name, the built-in ones first."""
        return {**CHANNELS, **self.configured}

    def get(self, name: str) -> Channel | None:
        """A channel by its very name, None for any other word."""
        return self.configured.get(name) or CHANNELS.get(name)

    def channel(self, name: str) -> Channel:
        """A channel by its name (`cq`), label (`重庆频道`), region (`重庆`, `渝`) or host.

        Raises ConfigError, with the nearest names, for any other.
        """
        wanted = name.strip().lower()
        known = self.channels
        found = self.get(name) or next((item for item in known.values() if wanted in _names(item)), None)
        if found is not None:
            return found
        near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.4)
        hint = f"did you mean {', '.join(near)}?" if near else f"known are {', '.join(sorted(known))}"
        raise ConfigError("there is no channel of this name", subject=name, mend=hint)

    def label(self, name: str) -> str:
        """What people call a channel: its label, or the name itself where no such channel is known."""
        found = self.get(name)
        return found.label if found is not None else name

    def home(self, name: str) -> str:
        """The address of a channel's home, or '' where no such channel is known."""
        found = self.get(name)
        return found.home if found is not None else ""

    @property
    def publishers(self) -> tuple[Publisher, ...]:
        """Every publisher, those of the config first; of one name there may be several, with rules of their own."""
        found: list[Publisher] = []
        for item in (*self.configured.values(), *CHANNELS.values()):
            if item.publisher not in found:
                found.append(item.publisher)
        return tuple(found)

    def publisher(self, name: str, channel: str = "") -> Publisher | None:
        """The publisher of this name, as the channel of this name reads it where it does; None where none has it."""
        own = self.get(channel)
        if own is not None and own.publisher.name == name:
            return own.publisher
        return next((one for one in self.publishers if one.name == name), None)

    def publisher_at(self, url: str) -> Publisher | None:
        """The publisher whose article or page an address is, None where no channel has such a site."""
        located = self._located(url)
        if located is not None:
            return located[0]
        return next(
            (one for one in self.publishers if isinstance(one, ConfiguredPublisher) and one.is_ours(url)),
            None,
        )

    def locate(self, url: str) -> tuple[str, str] | None:
        """The publisher's name and the article's key there, for an article's address; None for others."""
        located = self._located(url)
        return (located[0].name, located[1].key) if located is not None else None

    def _located(self, url: str) -> tuple[Publisher, ArticleAddress] | None:
        for publisher in self.publishers:
            address = publisher.locate(url)
            if address is not None:
                return publisher, address
        return None

    def channel_at(self, url: str) -> Channel | None:
        """The channel that a page belongs to: of those whose home has its host, the one whose home is nearest
        above it; else one whose site it is; None where there is none.
        """
        host = host_of(url)
        there = [item for item in self.channels.values() if host_of(item.home) == host]
        if there:
            return max(there, key=lambda item: len(item.home) if url.startswith(item.home) else 0)
        return next(
            (
                item
                for item in self.configured.values()
                if isinstance(item.publisher, ConfiguredPublisher) and item.publisher.is_ours(url)
            ),
            None,
        )


def _names(item: Channel) -> Iterable[str]:
    host = item.home.split("//")[-1].rstrip("/")
    known = {item.name.lower(), item.short, item.label.lower(), item.label.removesuffix("频道"), host}
    return known - {""}


#: What is known without a config.
BUILT_IN = Registry()
