"""What [watch] says of the watcher's own signs of life: heartbeat_url, heartbeat_fail_url, heartbeat_every."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from scheduler.settings import interval
from storage.errors import ConfigError

#: Where the reason may stand in an address that is told of trouble.
REASON = "{reason}"
SHORTEST = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class HeartSettings:
    """`url` is asked every `every` while all is well, `fail_url` while something is not; '' for neither."""

    url: str = field(default="", repr=False)
    fail_url: str = field(default="", repr=False)
    every: timedelta = timedelta(minutes=1)


def every(text: str) -> timedelta:
    """Read how often: ten seconds or more. Raises ValueError."""
    found = interval(text)
    if found < SHORTEST:
        raise ValueError(f"heartbeat_every = {text!r} is too often; 10s is the shortest")
    return found


def check_heartbeat(key: str, url: str, place: str) -> str:
    """Return the address, or '' for none. Raises ConfigError, which shows none of it, for what is no web address."""
    if url and not url.startswith(("http://", "https://")):
        raise ConfigError(
            f"The config is wrong: {key} is no web address",
            subject=place,
            mend="Write http://… or https://…, env:NAME or file:PATH",
        )
    return url


def quiet_after(text: str) -> timedelta | None:
    """Read "24h" or "3d": ten minutes or more; None for "off". Raises ValueError."""
    if text == "off":
        return None
    try:
        found = interval(text)
    except ValueError:
        raise ValueError(
            f'quiet_after = {text!r} is no duration; write for example 24h, 3d or "off"'
        ) from None
    if found < timedelta(minutes=10):
        raise ValueError(f"quiet_after = {text!r} is too short; 10m is the shortest")
    return found
