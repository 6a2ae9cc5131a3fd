"""From the config to those who deliver: subscriptions for the store, destinations, how letters are written."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from crawler.text.canonical import fold
from scheduler.alerts.addresses import open_destination
from scheduler.alerts.compose import compose, read_ahead
from scheduler.alerts.model import Answer, Destination, Letter, Message
from scheduler.alerts.sections import AlertSection, check_rule
from scheduler.alerts.trial import trial
from scheduler.alerts.write import check_templates, writer
from scheduler.config import Config, place_of
from scheduler.deliver import Deliverer, Limits, Prepare
from scheduler.holder import is_held
from storage import outbox, subscriptions
from storage.database import Database
from storage.errors import ConfigError
from storage.outbox import Claim
from storage.records import Subscription

#: For delivering what is due, where a command ends afterwards.
SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Post:
    """What the config's alerts come to.

    `destinations` are by id; the same address is one destination. `named` has the id of each [[destination]].
    """

    subscriptions: tuple[Subscription, ...] = ()
    destinations: Mapping[str, Destination] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)

    write: Callable[[Message], Letter] = field(default_factory=writer)
    page: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)  # of the channels that the config describes

    def letters(self, database: Database) -> Prepare:
        """What turns claims into letters. The same claim makes the same letter at every try."""

        def prepare(claims: Sequence[Claim]) -> Iterator[Callable[[], Letter]]:
            read_ahead(database, [one for claim in claims for one in claim.notifications])
            return (partial(write, claim) for claim in claims)

        def write(claim: Claim) -> Letter:
            message = compose(database, claim.notifications, self.page, datetime.now(UTC), claim.key)
            happened = max(one.created_at for one in claim.notifications)
            return self.write(replace(message, created_at=happened, labels=self.labels))

        return prepare

    def trial(self, subscription: Subscription | None, key: str) -> Letter:
        """The test message, as it is written for a subscription."""
        if subscription is None:
            return trial(self.write, key, page=self.page)
        return trial(
            self.write,
            key,
            language=subscription.language,
            template=subscription.template,
            subscription=subscription.name,
            page=self.page,
        )

    async def close(self) -> None:
        """Let go of the destinations' connections."""
        for destination in self.destinations.values():
            await destination.close()

    def deliverer(self, database: Database, limits: Limits) -> Deliverer:
        """Who delivers to these destinations."""
        return Deliverer(database, self.destinations, self.letters(database), limits)

    def enter(self, database: Database, now: datetime) -> None:
        """Tell the store who is told of what, and how the destinations are called. Raises StorageError."""
        subscriptions.sync_config(database, self.subscriptions, now)
        outbox.register(database, {place.id: place.name for place in self.destinations.values()})


def read_post(config: Config, env: Mapping[str, str] = os.environ) -> Post:
    """Open every destination that the config names, and try its templates; nothing is sent.

    Raises ConfigError, which names the file and the line, and shows no secret.
    """
    found: dict[str, Destination] = {}
    told = []
    for number, section in enumerate(config.alerts.sections):
        ids = []
        for destination in _destinations(config, number, section, env):
            ids.append(found.setdefault(destination.id, destination).id)
        subscription = section.subscription(tuple(dict.fromkeys(ids)), config.alerts.language)
        _check_words(config, number, subscription)
        told.append(subscription)
    named = {}
    for number, name in enumerate(config.alerts.places):  # one that no alert uses is checked, too
        place = place_of(config.source, "destination", number, "url")
        destination = open_destination(
            name, named=config.alerts.places, env=env, place=place, folder=_folder(config)
        )
        named[name] = found.setdefault(destination.id, destination).id
    labels = {name: channel.label for name, channel in config.channels.items()}
    return Post(tuple(told), found, named, _writer(config), config.alerts.page, labels)


def limits_of(config: Config) -> Limits:
    """How delivering goes."""
    return Limits(tries=config.alerts.tries)


async def send_test(post: Post, subscription: Subscription) -> list[tuple[str, Answer]]:
    """Send the test message to each destination of a subscription; what each is called, and what it answered."""
    key = f"nd-test-{secrets.token_hex(8)}"
    found = [post.destinations[place] for place in subscription.destinations if place in post.destinations]
    return [(place.name, await place.send(post.trial(subscription, key))) for place in found]


def is_watched(config: Config) -> bool:
    """Whether another process watches this database, and so delivers. Raises StorageError."""
    return is_held(config.database_url)


async def deliver_due(config: Config, database: Database, post: Post, seconds: float) -> None:
    """Deliver what is due now, in at most so many seconds."""
    deliverer = post.deliverer(database, limits_of(config))
    try:
        await deliverer.deliver_due(seconds)
    finally:
        await deliverer.close()


def publish(config: Config, database: Database, now: datetime) -> None:
    """Bring the feeds of `[alerts] feeds` up to date, where the config has a folder for them.

    Raises ConfigError where it cannot be written, StorageError.
    """
    if config.alerts.feeds is None:
        return
    from scheduler.feeds import write_feeds

    write_feeds(
        database,
        config.alerts.feeds,
        now,
        channels=tuple(config.channels),
        page=config.alerts.page,
        language=config.alerts.language,
    )


def _writer(config: Config) -> Callable[[Message], Letter]:
    """The user's templates are checked, with the names that alerts ask for."""
    said = config.alerts
    for number, section in enumerate(said.sections):
        if section.template and said.templates is None:
            raise ConfigError(
                f"The config is wrong: template = {section.template!r} is in no folder",
                subject=place_of(config.source, "alert", number, "template"),
                mend='Add the folder: [alerts] templates = "DIR"',
            )
    if said.templates is not None:
        check_templates(said.templates, [section.template for section in said.sections])
    return writer(said.templates)


def _destinations(
    config: Config, number: int, section: AlertSection, env: Mapping[str, str]
) -> list[Destination]:
    place = place_of(config.source, "alert", number, "to")
    return [
        open_destination(text, named=config.alerts.places, env=env, place=place, folder=_folder(config))
        for text in section.places
    ]


def _check_words(config: Config, number: int, subscription: Subscription) -> None:
    """Refuse words that nothing is left of when they are folded as the texts are."""
    try:
        check_rule(subscription, fold)
    except ValueError as error:
        place = place_of(config.source, "alert", number, str(error).partition(" ")[0])
        raise ConfigError(f"The config is wrong: {error}", subject=place) from error


def _folder(config: Config) -> Path | None:
    return config.source.absolute().parent if config.source else None
