"""A day's news in a folder: two channels beside years of others, a receiver of alerts, a plan of visits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from storage import queries
from storage.database import Database
from tests.benchmarks import _web_store

CHANNELS = ("cq", "sc")
#: Articles from the start, in each channel.
ARTICLES = 60
#: Seconds between the two looks that a removal takes.
REMOVAL_AFTER = 10.0
#: Articles that are in the store before, of channels that are watched no more: what a store keeps in memory of its
#: tables, some megabytes for each connection, is full from the beginning.
BEFORE, OTHERS = 10_000, ("gz", "sn", "yn")
CONFIG = """\
[database]
url = "{url}"

[watch]
requests_per_hour = {per_hour:g}
revisit_for = "30000d"
removal_visits = 2
removal_after = "{removal_after:g}s"

[network]
allow_private_addresses = true

[web]
bind = "127.0.0.1:0"

[[alert]]
name = "all"
to = ["{receiver}"]
kinds = ["new", "edited", "removed", "restored", "republished", "channel-broken", "channel-recovered"]
per_story = false
"""


def configure(folder: Path, homes: Mapping[str, str], receiver: str, per_hour: float) -> str:
    """Write the config; returns the database's URL."""
    url = f"sqlite:///{folder}/news.db"
    channels = "".join(f'[[channel]]\nname = "{name}"\nhome = "{home}"\n' for name, home in homes.items())
    text = (
        CONFIG.format(url=url, per_hour=per_hour, receiver=receiver, removal_after=REMOVAL_AFTER) + channels
    )
    (folder / "newsdelta.toml").write_text(text, encoding="utf-8")
    return url


def fill(url: str) -> int:
    """Make the store, with the articles of before; returns the number of its last event."""
    _web_store.fill(url, BEFORE, OTHERS)
    with Database.open(url) as store:
        return queries.last_event_id(store)
