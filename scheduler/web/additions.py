"""Channels written into the config from the page: what is written, what a person agreed to, how it is taken up."""

from __future__ import annotations

import hashlib
import threading
import tomllib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from crawler.sites import CHANNELS
from scheduler.adding import Addition, addition
from scheduler.channel_settings import ChannelSection
from scheduler.config import DEFAULT_CHANNEL, Config
from scheduler.config_edit import add_channel, write_config
from scheduler.web.gate import Refused
from scheduler.web.looks import Found
from scheduler.web.site import Site
from storage.errors import ConfigError, NewsdeltaError

_CHANGED = "The config file was changed meanwhile. Look at what is to be written once more."
#: One change of the file at a time.
_writing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to be written where. `kept` is a channel that is watched though no line says so, and gets one."""

    plan: Addition
    file: Path
    kept: str = ""

    @property
    def mark(self) -> str:
        """What a person agrees to: this change of this text. Another one has another mark."""
        return hashlib.sha256(f"{self.plan.before}\0{self.plan.after}".encode()).hexdigest()[:16]

    @property
    def lines(self) -> str:
        """The section's lines behind its name, which may be another one yet."""
        return self.plan.toml.split("\n", 2)[2]


def propose(config: Config, found: Found, name: str | None = None) -> Proposal:
    """Work out what a finding does to the config file as it is now. Raises ConfigError where nothing can come of it."""
    file, text = _file(config)
    kept = _kept(config, text)
    taken = {*CHANNELS, *(set(config.channels) if config.source else ())}
    plan = addition(found.finding, text, name, taken, kept)
    if not plan.exists:
        _check({"name": plan.name, **found.finding.values})
    return Proposal(plan, file, "".join(kept))


def agree(config: Config, found: Found, name: str | None, mark: str) -> Proposal:
    """The proposal as it is now, where it is the one of this mark but for the name; '' is any.

    Raises Refused, 409, where the file is another one since; 422 for a name that cannot be; ConfigError.
    """
    if mark and propose(config, found).mark != mark:
        raise Refused(409, _CHANGED)
    try:
        return propose(config, found, name)
    except ConfigError as error:
        raise Refused(422, "{name} cannot be its name: {why}", name=name or "", why=_why(error)) from error


def write(site: Site, proposal: Proposal) -> None:
    """Write a proposal, for `take_up` to follow. Raises Refused, 409, where the file was changed; ConfigError."""
    with _writing:
        if _read(proposal.file) != proposal.plan.before:
            raise Refused(409, _CHANGED)
        write_config(proposal.file, proposal.plan.after)


def known(config: Config, name: str) -> Proposal:
    """What watches a built-in channel. Raises Refused, 404, for a name that is none, 409 for one that is watched."""
    if name not in CHANNELS:
        raise Refused(404, "No channel called {name} is built in.", name=name)
    if name in config.channels:
        raise Refused(409, "{name} is watched already.", name=name)
    file, before = _file(config)
    kept, after = _kept(config, before), before
    for one in (*kept, name):
        after = add_channel(after, {"name": one})
    return Proposal(Addition(name, add_channel("", {"name": name}), before, after), file, "".join(kept))


def take_up(site: Site, proposal: Proposal) -> bool:
    """Go on by the file as it was written; on the event loop. Whether all who watch do so now, too.

    Where the whole is no config that can be had, the file is put back, and ConfigError raised.
    """
    try:
        return site.reread()
    except NewsdeltaError as error:
        if _read(proposal.file) == proposal.plan.after:
            write_config(proposal.file, proposal.plan.before)
        raise ConfigError(
            "The config would be wrong with it, and stays as it was", mend=str(error)
        ) from error


def _file(config: Config) -> tuple[Path, str]:
    file = config.source or Path("newsdelta.toml")
    return file, _read(file)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8") if file.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("The config file cannot be read", subject=str(file), mend=str(error)) from error


def _kept(config: Config, text: str) -> tuple[str, ...]:
    """The channel that is watched because none is named: the first one that is would take its place."""
    try:
        named = bool(tomllib.loads(text).get("channel"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError("The config file is not valid TOML", mend=str(error)) from error
    return () if named or DEFAULT_CHANNEL not in config.channels else (DEFAULT_CHANNEL,)


def _check(values: dict[str, object]) -> None:
    try:
        msgspec.convert(values, ChannelSection)
    except msgspec.ValidationError as error:
        raise ConfigError("The section is wrong", mend=str(error)) from error


def _why(error: ConfigError) -> str:
    return error.mend if error.message == "The section is wrong" else error.message
