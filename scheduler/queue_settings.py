"""The section [queue] of newsdelta.toml: whether crawls are made by workers, and through which database."""

from __future__ import annotations

import re

from scheduler.settings import Section
from storage.errors import ConfigError


class QueueSection(Section, frozen=True):
    """[queue]"""

    url: str | None = None

    def __post_init__(self) -> None:
        if self.url is not None and not re.match(r"(postgresql(\+psycopg)?://|env:|file:)", self.url):
            raise ValueError("url is no PostgreSQL database; write postgresql://user:password@host/name")

    def place(self, database_url: str, url: str | None) -> str | None:
        """The queue's database, or None for no queue; `url` is what `self.url` leads to.

        Raises ConfigError where it is none, or workers could not share the store.
        """
        if url is not None and not url.startswith("postgresql"):
            raise ConfigError(
                "The config is wrong: [queue] url leads to no PostgreSQL database",
                subject=self.url or "",
                mend="Write postgresql://user:password@host/name there",
            )
        if url is not None and not database_url.startswith("postgresql"):
            raise ConfigError(
                "With a [queue] the store must be a PostgreSQL database, too: workers share it",
                subject=database_url,
                mend="Copy it there with: newsdelta db move, and set [database] url",
            )
        return url
