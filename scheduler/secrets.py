"""What must be shown to nobody: every secret that the settings name, for the masks of the log."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from scheduler.config import Config
from storage.errors import ConfigError

#: Steps of a heartbeat's path and values of its query that are shorter name a thing ("ping", "up"), and hide nothing.
_TOKEN = 8


def secrets_of(config: Config, env: Mapping[str, str] = os.environ) -> Iterator[str]:
    """Yield the passwords and tokens of databases, destinations, heartbeat, web page and proxies.

    What cannot be read or understood is left out: whoever needs it says so.
    """
    for url in (config.database_url, config.queue_url or ""):
        yield from _of_database(url)
    yield from _of_destinations(config, env)
    for url in (config.heart.url, config.heart.fail_url):
        yield from _of_heartbeat(url)
    with contextlib.suppress(OSError, UnicodeDecodeError):
        yield config.web.token_file.read_text(encoding="ascii").strip()
    for name, value in env.items():
        if name.lower() in ("http_proxy", "https_proxy", "all_proxy"):
            yield from _of_credentials(value)


def _of_database(url: str) -> Iterator[str]:
    if not url.startswith("postgresql"):
        return
    yield url
    before, at, _ = url.partition("://")[2].rpartition("@")
    yield from _both(before.partition(":")[2] if at else "")
    for key, value in parse_qsl(url.partition("?")[2]):
        if key in ("password", "sslpassword"):
            yield from _both(value)


def _of_destinations(config: Config, env: Mapping[str, str]) -> Iterator[str]:
    from scheduler.alerts.addresses import open_destination
    from scheduler.alerts.place import Place

    folder: Path | None = config.source.absolute().parent if config.source else None
    named = config.alerts.places
    for text in {*named, *(text for section in config.alerts.sections for text in section.places)}:
        with contextlib.suppress(ConfigError):
            found = open_destination(text, named=named, env=env, folder=folder)
            if isinstance(found, Place):
                yield from found.secrets


def _of_heartbeat(url: str) -> Iterator[str]:
    if url:
        yield url
        yield from _of_credentials(url)
        parts = urlsplit(url)
        values = [value for _, value in parse_qsl(parts.query)]
        yield from (one for one in (*parts.path.split("/"), *values) if len(one) >= _TOKEN)


def _of_credentials(url: str) -> Iterator[str]:
    before, at, _ = url.partition("://")[2].partition("/")[0].rpartition("@")
    yield from _both(before.partition(":")[2] if at else "")


def _both(secret: str) -> Iterator[str]:
    """A secret as it stands in an address, and as it is meant."""
    yield from {secret, unquote(secret)} - {""}
