"""newsdelta.toml: typed, checked in full before anything starts, with errors that name the place and the mend."""

from __future__ import annotations

import math
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import msgspec

from crawler.archive import ArchivePlace
from crawler.sites.model import Channel
from crawler.sites.registry import Registry
from scheduler.alerts.addresses import resolve
from scheduler.alerts.sections import Alerts, AlertSection, AlertsSection, DestinationSection, alerts_of
from scheduler.archive_settings import ArchiveSection, Retention, RetentionSection
from scheduler.channel_settings import DEFAULT_EVERY, ChannelSection
from scheduler.config_errors import explain, place, wrong
from scheduler.heart_settings import HeartSettings, check_heartbeat, every, quiet_after
from scheduler.logs.settings import LogSection, LogSettings
from scheduler.queue_settings import QueueSection
from scheduler.rhythm import Rhythm
from scheduler.settings import Section, check_known, check_time_zone, duration, interval
from scheduler.web.settings import WebSection, WebSettings
from storage.errors import ConfigError

DEFAULT_CHANNEL = "cq"


def mask(url: str) -> str:
    """Hide the password of a database URL."""
    url = re.sub(r"(://[^:/@]*):.*@", r"\1:***@", url, flags=re.DOTALL)
    return re.sub(r"([?&](?:ssl)?password=)[^&]*", r"\1***", url)


def is_elsewhere(text: str) -> bool:
    """Whether the value of a setting stands in an environment variable or in a file."""
    return text.startswith(("env:", "file:")) and not text.startswith("file://")


_DATABASE = re.compile(r"(sqlite|postgresql)(\+\w+)?://")
_DATABASE_FORMS = "write sqlite:///PATH or postgresql://…, env:NAME or file:PATH"


class DatabaseSection(Section, frozen=True):
    """[database]"""

    url: str | None = None

    def __post_init__(self) -> None:
        if self.url is not None and not is_elsewhere(self.url) and not _DATABASE.match(self.url):
            raise ValueError(f"{mask(self.url)!r} is no database URL; {_DATABASE_FORMS}")


class WatchSection(Section, frozen=True):
    """[watch]"""

    requests_per_hour: float | None = None
    every: str | None = None
    time_zone: str = "Asia/Shanghai"
    removal_visits: int = 3
    removal_after: str = "1h"
    revisit_for: str = "7d"
    heartbeat_url: str = ""
    heartbeat_fail_url: str = ""
    heartbeat_every: str = "1m"
    quiet_after: str = "24h"

    def __post_init__(self) -> None:
        if self.requests_per_hour is not None and not 0 < self.requests_per_hour < math.inf:
            raise ValueError("requests_per_hour must be more than 0, and not without end")
        if self.removal_visits < 1:
            raise ValueError("removal_visits must be 1 or more")
        for text in (self.removal_after, self.revisit_for):
            duration(text)
        if self.every is not None:
            interval(self.every)
        check_time_zone(self.time_zone)
        every(self.heartbeat_every)
        quiet_after(self.quiet_after)


class NetworkSection(Section, frozen=True):
    """[network]"""

    allow_private_addresses: bool = False


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
    queue: QueueSection = QueueSection()
    log: LogSection = LogSection()

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
    database_url: str = field(repr=False)
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
    queue_url: str | None = field(default=None, repr=False)  # of the queue that workers take crawls from
    data: str | None = None  # the folder that the command line names
    log: LogSettings = field(default_factory=LogSettings)
    heart: HeartSettings = field(default_factory=HeartSettings)
    quiet_after: Mapping[str, timedelta | None] = field(default_factory=dict)  # channel → see [watch]

    def read_again(self) -> Config:
        """The settings as the file has them now. Raises ConfigError."""
        return load(str(self.source) if self.source else None, self.data)

    @property
    def registry(self) -> Registry:
        """All channels there are: the built-in ones, and over them those of the settings."""
        return Registry(self.channels)

    @property
    def database_name(self) -> str:
        """The database's URL, fit to be shown."""
        return mask(self.database_url)

    def channel(self, name: str) -> Channel:
        """A watched channel or any built-in one, by name, label, region or host. Raises ConfigError."""
        return self.registry.channel(name)


def load(path: str | None = None, data: str | None = None, env: Mapping[str, str] = os.environ) -> Config:
    """Read the settings: `path`, else $NEWSDELTA_CONFIG, else ./newsdelta.toml, else the defaults.

    `data` is the folder for the database where no URL is set. Raises ConfigError.
    """
    source = _find(path, env)
    settings = _read(source) if source else _File()
    sections = settings.channel or (ChannelSection(DEFAULT_CHANNEL),)
    watch = settings.watch
    database_url = _database_url(settings.database, source, env) or default_url(data, env)
    return Config(
        source=source,
        database_url=database_url,
        web=settings.web.settings(default_folder(data, env)),
        channels={section.name: section.channel() for section in sections},
        rhythms={section.name: section.rhythm(watch.requests_per_hour, watch.every) for section in sections},
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
        queue_url=settings.queue.place(
            database_url, _elsewhere(settings.queue.url, "queue", "url", source, env)
        ),
        data=data,
        log=settings.log.settings(source),
        heart=_heart(watch, source, env),
        quiet_after={
            section.name: quiet_after(section.quiet_after or watch.quiet_after) for section in sections
        },
    )


def _database_url(said: DatabaseSection, source: Path | None, env: Mapping[str, str]) -> str | None:
    """The URL that the environment names, or the file; None where neither does. Raises ConfigError."""
    named = env.get("NEWSDELTA_DATABASE_URL")
    place, text = ("NEWSDELTA_DATABASE_URL", named) if named else ("", said.url)
    url = _elsewhere(text, "database", "url", source, env, place)
    if url is not None and url != text and not _DATABASE.match(url):
        place = place or place_of(source, "database", 0, "url")
        raise ConfigError(
            "The config is wrong: there is no database URL", subject=place, mend=_DATABASE_FORMS.capitalize()
        )
    return url


def _heart(watch: WatchSection, source: Path | None, env: Mapping[str, str]) -> HeartSettings:
    """Raises ConfigError."""
    found = {}
    for key in ("heartbeat_url", "heartbeat_fail_url"):
        url = _elsewhere(getattr(watch, key), "watch", key, source, env) or ""
        found[key] = check_heartbeat(key, url, place_of(source, "watch", 0, key))
    return HeartSettings(found["heartbeat_url"], found["heartbeat_fail_url"], every(watch.heartbeat_every))


def _elsewhere(
    text: str | None, table: str, key: str, source: Path | None, env: Mapping[str, str], place: str = ""
) -> str | None:
    """The value of a setting that may be kept as env:NAME or file:PATH. Raises ConfigError, which does not show it."""
    if text is None or not is_elsewhere(text):
        return text
    folder = source.absolute().parent if source else None
    place = place or place_of(source, table, 0, key)
    try:
        return resolve(text, env=env, place=place, folder=folder)
    except ConfigError as error:
        message = f"The config is wrong: {key} of [{table}] cannot be read"
        raise ConfigError(message, subject=error.subject, mend=error.mend) from None


def place_of(source: Path | None, table: str, number: int, key: str) -> str:
    """Where a key of a table stands: "file, line 7". The file is read again."""
    if source is None:
        return f"{table}.{key}"
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    return f"{source}{place([table, str(number), key], text)}"


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
        settings = msgspec.convert(tomllib.loads(text), _File)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(
            "The config file is not valid TOML", subject=str(source), mend=str(error)
        ) from error
    except msgspec.ValidationError as error:
        raise explain(error, source, text, _SECTIONS) from error
    _check_channels(settings, source, text)
    return settings


def _check_channels(settings: _File, source: Path, text: str) -> None:
    """Raise ConfigError where an alert names a channel that is neither built in nor described here."""
    known = Registry({section.name: section.channel() for section in settings.channel}).channels
    for number, alert in enumerate(settings.alert):
        try:
            check_known("channels", alert.channels, known)
        except ValueError as error:
            raise wrong(str(error), source, text, ["alert", str(number), "channels"]) from None


_SECTIONS: dict[str, type[msgspec.Struct]] = {
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
    "queue": QueueSection,
    "log": LogSection,
}
