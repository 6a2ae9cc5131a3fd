"""Subscriptions at WebSub hubs: which feed of a channel names which hub, and how far we are with it.

    offer → (wanted) → tried … → verified → (active) → due before the lease ends → tried … → verified …
                    denied ↘ (denied) → due a day later            end_others ↘ (ending) → verified → forgotten

The token is the secret part of the address that the hub calls; with `secret` it signs what it sends (WebSub, 7).
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from storage.database import Database
from storage.schema import hubs

#: A hub that does not answer, or never verifies, is asked again after so long, twice as long each time, at most a day.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=10), timedelta(days=1)
#: A lease is renewed after this part of it; one without a length is taken for `USUAL_LEASE` (10 days, WebSub, 5.1).
RENEWED_AFTER = 0.8
USUAL_LEASE, SHORTEST_LEASE, LONGEST_LEASE = 864_000, 60, 90 * 86_400
#: So often a hub is asked to end a subscription; after that its lease ends it.
FAREWELLS = 4
#: Of what a hub says, so much is kept.
LONGEST_WORDS = 300


class HubState(StrEnum):
    """How far a subscription is."""

    WANTED = "wanted"
    ACTIVE = "active"
    DENIED = "denied"
    ENDING = "ending"


@dataclass(frozen=True, slots=True)
class Hub:
    """A subscription: `topic` at `hub`, for the sake of `feed`, an address among the channel's sources."""

    token: str
    channel: str
    feed: str
    topic: str
    hub: str
    secret: str
    state: HubState
    asked_at: datetime | None
    lease_until: datetime | None
    next_at: datetime
    failures: int
    said: str


def offer(database: Database, channel: str, feed: str, topic: str, hub: str, now: datetime) -> None:
    """Note that a channel's feed names a hub. One that is known already costs no write. Raises StorageError."""
    with database.read() as connection:
        known = connection.execute(select(hubs).where(hubs.c.channel == channel, hubs.c.feed == feed)).first()
    if known and (known.topic, known.hub) == (topic, hub) and known.state != HubState.ENDING:
        return
    row = {
        "token": secrets.token_urlsafe(32),
        "channel": channel,
        "feed": feed,
        "topic": topic,
        "hub": hub,
        "secret": secrets.token_urlsafe(32),
        "state": HubState.WANTED,
        "next_at": now,
        "failures": 0,
        "said": "",
    }
    with database.write() as connection:
        connection.execute(delete(hubs).where(hubs.c.channel == channel, hubs.c.feed == feed))
        connection.execute(insert(hubs), row)


def due(database: Database, now: datetime, limit: int = 20) -> tuple[Hub, ...]:
    """The subscriptions that are to be asked for, renewed or ended now. Raises StorageError."""
    wanted = select(hubs).where(hubs.c.next_at <= now).order_by(hubs.c.next_at).limit(limit)
    with database.read() as connection:
        return tuple(_hub_of(row) for row in connection.execute(wanted))


def tried(database: Database, token: str, now: datetime) -> None:
    """Note that the hub is being asked; unless it verifies, it is asked again later. Raises StorageError."""
    with database.write() as connection:
        row = connection.execute(select(hubs).where(hubs.c.token == token)).first()
        if row is None:
            return
        if row.state == HubState.ENDING and row.failures + 1 >= FAREWELLS:
            connection.execute(delete(hubs).where(hubs.c.token == token))
            return
        wait = min(FIRST_WAIT * 2 ** min(row.failures, 10), LONGEST_WAIT)
        values = {"asked_at": now, "failures": row.failures + 1, "next_at": now + wait}
        connection.execute(update(hubs).where(hubs.c.token == token).values(**values))


def complain(database: Database, token: str, said: str) -> None:
    """Keep why a hub did not accept. Raises StorageError."""
    with database.write() as connection:
        connection.execute(update(hubs).where(hubs.c.token == token).values(said=said[:LONGEST_WORDS]))


def verified(database: Database, token: str, mode: str, topic: str, lease: int | None, now: datetime) -> bool:
    """Whether we asked a hub for that; then it counts from now on, for `lease` seconds. Raises StorageError."""
    ours = hubs.c.token == token
    asked = (ours, hubs.c.topic == topic, hubs.c.asked_at.is_not(None))
    with database.write() as connection:
        if mode == "unsubscribe":
            return bool(
                connection.execute(delete(hubs).where(*asked, hubs.c.state == HubState.ENDING)).rowcount
            )
        if mode != "subscribe":
            return False
        length = min(max(lease if lease is not None else USUAL_LEASE, SHORTEST_LEASE), LONGEST_LEASE)
        values = {
            "state": HubState.ACTIVE,
            "lease_until": now + timedelta(seconds=length),
            "next_at": now + timedelta(seconds=length * RENEWED_AFTER),
            "failures": 0,
            "said": "",
        }
        going = update(hubs).where(*asked, hubs.c.state != HubState.ENDING).values(**values)
        return bool(connection.execute(going).rowcount)


def denied(database: Database, token: str, topic: str, reason: str, now: datetime) -> bool:
    """Note that a hub denies or ended a subscription; whether it is one of ours. Raises StorageError."""
    values = {"state": HubState.DENIED, "next_at": now + LONGEST_WAIT, "lease_until": None}
    with database.write() as connection:
        ended = connection.execute(
            delete(hubs).where(hubs.c.token == token, hubs.c.state == HubState.ENDING)
        ).rowcount
        ours = update(hubs).where(hubs.c.token == token, hubs.c.topic == topic)
        return bool(connection.execute(ours.values(**values, said=reason[:LONGEST_WORDS])).rowcount or ended)


def find(database: Database, token: str) -> Hub | None:
    """The subscription whose token this is, where the hub may call it. Raises StorageError."""
    ours = select(hubs).where(hubs.c.token == token, hubs.c.asked_at.is_not(None))
    with database.read() as connection:
        row = connection.execute(ours).first()
    return _hub_of(row) if row else None


def end_others(database: Database, channels: Collection[str], now: datetime) -> None:
    """Begin to end the subscriptions of channels that are not watched any more. Raises StorageError."""
    others = (hubs.c.channel.not_in(list(channels)), hubs.c.state != HubState.ENDING)
    with database.read() as connection:
        if connection.scalar(select(hubs.c.token).where(*others).limit(1)) is None:
            return
    with database.write() as connection:
        connection.execute(
            delete(hubs).where(*others, or_(hubs.c.asked_at.is_(None), hubs.c.state == HubState.DENIED))
        )
        ending = {"state": HubState.ENDING, "next_at": now, "failures": 0}
        connection.execute(update(hubs).where(*others).values(**ending))


def every(database: Database) -> tuple[Hub, ...]:
    """All subscriptions, by channel and feed. Raises StorageError."""
    with database.read() as connection:
        rows = connection.execute(select(hubs).order_by(hubs.c.channel, hubs.c.feed))
        return tuple(_hub_of(row) for row in rows)


def _hub_of(row: Any) -> Hub:
    return Hub(
        token=row.token,
        channel=row.channel,
        feed=row.feed,
        topic=row.topic,
        hub=row.hub,
        secret=row.secret,
        state=HubState(row.state),
        asked_at=row.asked_at,
        lease_until=row.lease_until,
        next_at=row.next_at,
        failures=row.failures,
        said=row.said,
    )
