"""[[alert]], [[destination]] and [alerts] of newsdelta.toml: who is told of what, where and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scheduler.settings import Section, check_address, check_known, check_time_zone, duration
from storage.records import TOLD, EditClass, EventKind, Subscription
from storage.rules import check


@dataclass(frozen=True, slots=True)
class Alerts:
    """Who is told of what, as the file says it. `places` are the addresses by name, secrets and all."""

    sections: tuple[AlertSection, ...] = field(default=(), repr=False)
    places: Mapping[str, str] = field(default_factory=dict, repr=False)
    tries: int = 25
    language: str = "zh"
    templates: Path | None = None
    feeds: Path | None = None
    page: str = ""


class AlertSection(Section, frozen=True):
    """One [[alert]]: what is told, where, and when."""

    name: str
    to: str | tuple[str, ...]
    channels: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    kinds: tuple[str, ...] = tuple(kind.value for kind in TOLD)
    classes: tuple[str, ...] = ()
    min_weight: int = 0
    words: tuple[str, ...] = ()
    all_words: tuple[str, ...] = ()
    not_words: tuple[str, ...] = ()
    expression: str = ""
    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    per_story: bool = True
    wait: str = "0s"
    digest: str = "off"
    quiet: str = ""
    time_zone: str = "Asia/Shanghai"
    language: str | None = None
    template: str = ""
    paused: bool = False

    def __post_init__(self) -> None:
        _check_name(self.name)
        if not self.places:
            raise ValueError('to = [] leads nowhere; name a place, for example to = ["wecom://…"]')
        if len(set(self.places)) < len(self.places):
            raise ValueError("to = … names a place twice; keep it once")
        check_known("kinds", self.kinds, [kind.value for kind in EventKind])
        check_known("classes", self.classes, [kind.value for kind in EditClass])
        if not 0 <= self.min_weight <= 100:
            raise ValueError(f"min_weight = {self.min_weight} is no weight; write 0 to 100")
        _check_language(self.language)
        check_time_zone(self.time_zone)
        try:
            duration(self.wait)
        except ValueError as error:
            raise ValueError(f"wait = {error}") from None
        check_rule(self.subscription((), "zh"), str)

    @property
    def places(self) -> tuple[str, ...]:
        """What `to` names, in order: addresses, env:NAME, file:PATH, names of a [[destination]]."""
        return (self.to,) if isinstance(self.to, str) else self.to

    def subscription(self, destinations: tuple[str, ...], language: str) -> Subscription:
        """What the store is told of it; `destinations` are the ids of its places."""
        return Subscription(
            name=self.name,
            destinations=destinations,
            channels=self.channels,
            sections=self.sections,
            kinds=tuple(EventKind(kind) for kind in self.kinds),
            classes=tuple(EditClass(kind) for kind in self.classes),
            min_weight=self.min_weight,
            words=self.words,
            all_words=self.all_words,
            not_words=self.not_words,
            expression=self.expression,
            sources=self.sources,
            authors=self.authors,
            per_story=self.per_story,
            wait=duration(self.wait),
            digest=self.digest,
            quiet=self.quiet,
            time_zone=self.time_zone,
            language=self.language or language,
            template=self.template,
            paused=self.paused,
        )


class DestinationSection(Section, frozen=True):
    """One [[destination]]: a name for a place, to be used in `to`."""

    name: str
    url: str

    def __post_init__(self) -> None:
        _check_name(self.name)
        if ":" in self.name or "/" in self.name:
            raise ValueError("name = … looks like an address; write a plain word")
        if not self.url.strip():
            raise ValueError('url = "" leads nowhere; write an address, env:NAME or file:PATH')


class AlertsSection(Section, frozen=True):
    """[alerts]: what holds for all of them."""

    tries: int = 25
    language: str = "zh"
    templates: str | None = None
    feeds: str | None = None
    page: str | None = None

    def __post_init__(self) -> None:
        if self.tries < 1:
            raise ValueError("tries must be 1 or more")
        _check_language(self.language)
        if self.page is not None:
            check_address("page", self.page)


def alerts_of(
    source: Path | None,
    said: AlertsSection,
    alerts: tuple[AlertSection, ...],
    destinations: tuple[DestinationSection, ...],
    web: str = "",
) -> Alerts:
    """Bring the sections together. Folders in the file are meant from where the file is.

    `web` is where our own page is reached: copies are linked there unless `page` says another place.
    """
    folder = source.absolute().parent if source else Path.cwd()
    return Alerts(
        sections=alerts,
        places={section.name: section.url for section in destinations},
        tries=said.tries,
        language=said.language,
        templates=folder / Path(said.templates).expanduser() if said.templates else None,
        feeds=folder / Path(said.feeds).expanduser() if said.feeds else None,
        page=said.page or web,
    )


def check_rule(subscription: Subscription, fold: Callable[[str], str]) -> None:
    """Raise ValueError, "key = what is wrong; the mend", where words or times cannot be understood."""
    try:
        check(subscription, fold)
    except ValueError as error:
        key, _, what = str(error).partition(": ")
        raise ValueError(f"{key} = {what}") from None


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise ValueError(f"name = {name[:100]!r} is no name; write some words, on one line")


def _check_language(language: str | None) -> None:
    if language not in (None, "zh", "en"):
        raise ValueError(f"language = {language!r} is not spoken here; write zh or en")
