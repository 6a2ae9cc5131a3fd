"""newsdelta.toml: typed, checked in full before anything starts, with errors that name the place and the mend."""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from crawler.archive import ArchivePlace
from crawler.politeness import PUBLIC_BUDGET, is_loopback
from crawler.sites import CHANNELS
from crawler.sites import channel as channel_named
from crawler.sites.model import Channel
from scheduler.alerts.sections import Alerts, AlertSection, AlertsSection, DestinationSection, alerts_of
from scheduler.archive_settings import ArchiveSection, Retention, RetentionSection
from scheduler.rhythm import Cron, Every, Plan, Rhythm, check_cron
from scheduler.settings import Section, check_address, check_time_zone, did_you_mean, duration, interval
from scheduler.web.settings import WebSection, WebSettings
from storage.errors import ConfigError

DEFAULT_CHANNEL = "cq"
#: How often a channel without a budget is crawled, where nothing is set.
DEFAULT_EVERY = "15m"


def mask(url: str) -> str:
    """Hide the password of a database URL."""
    return re.sub(r"(://[^:/@]*):[^@/]*@", r"\1:***@", url)


class DatabaseSection(Section, frozen=True):
    """[database]"""

    url: str | None = None

    def __post_init__(self) -> None:
        if self.url is not None and not re.match(r"(sqlite|postgresql)(\+\w+)?://", self.url):
            raise ValueError(f"{mask(self.url)!r} is no database URL; write sqlite:///PATH or postgresql://…")


class WatchSection(Section, frozen=True):
    """[watch]"""

    requests_per_hour: float | None = None
    every: str | None = None
    time_zone: str = "Asia/Shanghai"
    removal_visits: int = 3
    removal_after: str = "1h"
    revisit_for: str = "7d"

    def __post_init__(self) -> None:
        if self.requests_per_hour is not None and self.requests_per_hour <= 0:
            raise ValueError("requests_per_hour must be more than 0")
        if self.removal_visits < 1:
            raise ValueError("removal_visits must be 1 or more")
        for text in (self.removal_after, self.revisit_for):
            duration(text)
        if self.every is not None:
            interval(self.every)
        check_time_zone(self.time_zone)


class NetworkSection(Section, frozen=True):
    """[network]"""

    allow_private_addresses: bool = False


class ChannelSection(Section, frozen=True):
    """One [[channel]]"""

    name: str
    home: str | None = None
    columns: tuple[str, ...] | None = None
    every: str | None = None
    cron: str | None = None

    def __post_init__(self) -> None:
        if self.every is not None and self.cron is not None:
            raise ValueError("every and cron exclude each other; keep one")
        if self.every is not None:
            interval(self.every)
        if self.cron is not None:
            check_cron(self.cron)
        if self.name not in CHANNELS:
            raise ValueError(f"no channel is called {self.name!r}{did_you_mean(self.name, CHANNELS)}")
        if self.home is not None:
            check_address("home", self.home)

    def channel(self) -> Channel:
        """The built-in channel with this section's values laid over it."""
        built_in = CHANNELS[self.name]
        home = (self.home or built_in.home).rstrip("/") + "/"
        columns = built_in.columns if self.columns is None else self.columns
        return dataclasses.replace(built_in, home=home, columns=columns)

    def rhythm(self, watch: WatchSection) -> Rhythm:
        """When the channel is crawled: as it says itself, as [watch] says, else by plan.

        A copy of a site on this machine has no budget, and so no plan, unless one is set.
        """
        if self.cron is not None:
            return Cron(self.cron)
        if every := self.every or watch.every:
            return Every(interval(every))
        budget = watch.requests_per_hour
        if budget is None and is_loopback(urlsplit(self.channel().home).netloc):
            return Every(interval(DEFAULT_EVERY))
        return Plan(PUBLIC_BUDGET if budget is None else budget)


class _File(Section, frozen=True):
    database: DatabaseSection = DatabaseSection()
    watch: WatchSection = WatchSection()
    network: NetworkSection = NetworkSection()
    channel: tuple[ChannelSection, ...] = ()
    alert: tuple[AlertSection, ...] = ()
    destination: tuple[DestinationSection, ...] = ()
    alerts: AlertsSection = AlertsSection()
    web: WebSection = WebSection()
    archive: ArchiveSection = ArchiveSection()
    retention: RetentionSection = RetentionSection()

    def __post_init__(self) -> None:
        for kind in ("channel", "alert", "destination"):
            names = [section.name for section in getattr(self, kind)]
            for name in names:
                if names.count(name) > 1:
                    raise ValueError(f"the {kind} {name!r} stands here twice; keep one [[{kind}]] of it")


@dataclass(frozen=True, slots=True)
class Config:
    """All settings, checked. `source` is the file they came from, or None."""

    source: Path | None
    database_url: str
    channels: Mapping[str, Channel]
    rhythms: Mapping[str, Rhythm]
    time_zone: str
    requests_per_hour: float | None
    every: timedelta
    removal_visits: int
    removal_after: timedelta
    revisit_for: timedelta
    allow_private_addresses: bool
    web: WebSettings
    alerts: Alerts = field(default_factory=Alerts)
    archive: ArchivePlace | None = None  # where what is fetched is archived
    retention: Retention = field(default_factory=Retention)
    data: str | None = None  # the folder that the command line names

    def read_again(self) -> Config:
        """The settings as the file has them now. Raises ConfigError."""
        return load(str(self.source) if self.source else None, self.data)

    @property
    def database_name(self) -> str:
        """The database's URL, fit to be shown."""
        return mask(self.database_url)

    def channel(self, name: str) -> Channel:
        """A watched channel, or any built-in one. Raises ConfigError with the nearest names."""
        return self.channels.get(name) or channel_named(name)


def load(path: str | None = None, data: str | None = None, env: Mapping[str, str] = os.environ) -> Config:
    """Read the settings: `path`, else $NEWSDELTA_CONFIG, else ./newsdelta.toml, else the defaults.

    `data` is the folder for the database where no URL is set. Raises ConfigError.
    """
    source = _find(path, env)
    settings = _read(source) if source else _File()
    sections = settings.channel or (ChannelSection(DEFAULT_CHANNEL),)
    database_url = env.get("NEWSDELTA_DATABASE_URL") or settings.database.url or default_url(data, env)
    return Config(
        source=source,
        database_url=database_url,
        web=settings.web.settings(default_folder(data, env)),
        channels={section.name: section.channel() for section in sections},
        rhythms={section.name: section.rhythm(settings.watch) for section in sections},
        time_zone=settings.watch.time_zone,
        requests_per_hour=settings.watch.requests_per_hour,
        every=interval(settings.watch.every or DEFAULT_EVERY),
        removal_visits=settings.watch.removal_visits,
        removal_after=duration(settings.watch.removal_after),
        revisit_for=duration(settings.watch.revisit_for),
        allow_private_addresses=settings.network.allow_private_addresses,
        alerts=alerts_of(
            source, settings.alerts, settings.alert, settings.destination, settings.web.url or ""
        ),
        archive=settings.archive.place(database_url, default_folder(data, env)),
        retention=settings.retention.retention(),
        data=data,
    )


def place_of(source: Path | None, table: str, number: int, key: str) -> str:
    """Where a key of a table stands: "file, line 7". The file is read again."""
    if source is None:
        return f"{table}.{key}"
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    return f"{source}{_place([table, str(number), key], text)}"


def default_url(data: str | None, env: Mapping[str, str]) -> str:
    """The database used when none is set: SQLite in `data`, else in $XDG_DATA_HOME/newsdelta/."""
    return f"sqlite:///{default_folder(data, env) / 'newsdelta.db'}"


def default_folder(data: str | None, env: Mapping[str, str]) -> Path:
    """Where newsdelta keeps what no setting puts elsewhere: `data`, else $XDG_DATA_HOME/newsdelta/."""
    home = env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    folder = Path(data) if data else Path(home) / "newsdelta"
    return folder.expanduser().absolute()


def _find(path: str | None, env: Mapping[str, str]) -> Path | None:
    named = path or env.get("NEWSDELTA_CONFIG")
    if named:
        return Path(named)
    here = Path("newsdelta.toml")
    return here if here.is_file() else None


def _read(source: Path) -> _File:
    try:
        text = source.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            "The config file cannot be read", subject=str(source), mend=f"Check the path ({error.strerror})"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            "The config file is not UTF-8 text", subject=str(source), mend="Save it as UTF-8"
        ) from error
    try:
        return msgspec.convert(tomllib.loads(text), _File)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            "The config file is not valid TOML", subject=str(source), mend=str(error)
        ) from error
    except msgspec.ValidationError as error:
        raise _explain(error, source, text) from error


def _explain(error: msgspec.ValidationError, source: Path, text: str) -> ConfigError:
    """Turn "… - at `$.watch.every`" into file, line, key and mend."""
    message, _, where = str(error).partition(" - at ")
    path = [step for step in re.split(r"[.\[\]`$]+", where) if step]
    mend = ""
    unknown = re.search(r"unknown field `(\w+)`", message)
    if unknown:
        message, mend = f"unknown key {unknown[1]!r}", _keys_mend(path, unknown[1])
        path.append(unknown[1])
    keyed = re.match(r"(\w+) = ", message)
    if keyed and path:
        path.append(keyed[1])
    missing = re.search(r"missing required field `(\w+)`", message)
    if missing:
        message, mend = f"the key {missing[1]!r} is missing", f"Add {missing[1]} = …"
    message = re.sub(r"Expected `(\w+).*?`, got `(\w+)`", r"expected \1, got \2", message)
    place = _place(path, text)
    return ConfigError(f"The config is wrong: {message}", subject=f"{source}{place}", mend=mend)


def _keys_mend(path: list[str], key: str) -> str:
    sections: dict[str, Any] = {
        "database": DatabaseSection,
        "watch": WatchSection,
        "network": NetworkSection,
        "channel": ChannelSection,
        "alert": AlertSection,
        "destination": DestinationSection,
        "alerts": AlertsSection,
        "web": WebSection,
        "archive": ArchiveSection,
        "retention": RetentionSection,
    }
    known = sections[path[0]].__struct_fields__ if path else tuple(sections)
    return f"Known here: {', '.join(known)}{did_you_mean(key, known)}"


def _place(path: list[str], text: str) -> str:
    """The line that `path` (table, number, key) leads to, found by its header and name; else the path itself."""
    names = [step for step in path if not step.isdigit()]
    nth = next((int(step) for step in path if step.isdigit()), 0)
    if not names:
        return ""
    table, key = (names[0], names[1]) if len(names) > 1 else (names[0], None)
    current, seen = "", -1
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?", line):
            current = header[1]
            seen += current == table
            if key is None and current == table and seen == nth:
                return f", line {number}"
        elif key and current == table and seen == nth and re.match(rf"\s*{re.escape(key)}\s*=", line):
            return f", line {number}"
    return f", {'.'.join(path)}"
