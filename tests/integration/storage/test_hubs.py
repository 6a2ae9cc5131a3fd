"""How far we are with each hub: asked, verified, renewed, denied, ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage import hubs
from storage.database import Database
from storage.hubs import Hub, HubState

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
FEED, TOPIC, HUB = "https://yuzhou.example/rss.xml", "https://yuzhou.example/feed", "https://hub.example/"
DAY = timedelta(days=1)


def offered(database: Database) -> Hub:
    hubs.offer(database, "yuzhou", FEED, TOPIC, HUB, AT)
    (hub,) = hubs.every(database)
    return hub


@pytest.fixture
def asked(database: Database) -> Hub:
    hub = offered(database)
    hubs.tried(database, hub.token, AT)
    return hub


def test_a_feed_that_names_a_hub_is_to_be_asked_for_at_once_and_once(database: Database) -> None:
    hub = offered(database)
    assert (hub.state, hub.next_at, hub.topic) == (HubState.WANTED, AT, TOPIC)
    assert len(hub.token) > 40
    assert hub.token != hub.secret
    assert offered(database) == hub
    assert hubs.due(database, AT) == (hub,)


def test_a_feed_that_names_another_hub_gets_a_new_secret(database: Database) -> None:
    before = offered(database)
    hubs.offer(database, "yuzhou", FEED, TOPIC, "https://other.example/", AT)
    (after,) = hubs.every(database)
    assert after.hub == "https://other.example/"
    assert {after.token, after.secret}.isdisjoint({before.token, before.secret})


def test_a_hub_that_never_verifies_is_asked_less_and_less_often(database: Database) -> None:
    hub, now, waits = offered(database), AT, []
    for _ in range(12):
        hubs.tried(database, hub.token, now)
        (hub,) = hubs.every(database)
        waits.append(hub.next_at - now)
        now = hub.next_at
    assert waits[:3] == [timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=40)]
    assert waits[-1] == DAY


def test_what_is_verified_counts_and_is_renewed_before_it_ends(database: Database, asked: Hub) -> None:
    assert hubs.verified(database, asked.token, "subscribe", TOPIC, 100_000, AT)
    (hub,) = hubs.every(database)
    assert (hub.state, hub.lease_until) == (HubState.ACTIVE, AT + timedelta(seconds=100_000))
    assert hub.next_at == AT + timedelta(seconds=80_000)
    assert hubs.due(database, AT + timedelta(seconds=79_999)) == ()
    assert hubs.due(database, AT + timedelta(seconds=80_000)) == (hub,)


@pytest.mark.parametrize(
    ("lease", "taken"), [(None, 864_000), (0, 60), (10**12 - 1, 90 * 86_400), (86_400, 86_400)]
)
def test_a_lease_has_bounds(database: Database, asked: Hub, lease: int | None, taken: int) -> None:
    assert hubs.verified(database, asked.token, "subscribe", TOPIC, lease, AT)
    assert hubs.every(database)[0].lease_until == AT + timedelta(seconds=taken)


def test_only_what_we_asked_for_is_verified(database: Database) -> None:
    hub = offered(database)
    assert not hubs.verified(database, hub.token, "subscribe", TOPIC, None, AT)  # we have not asked yet
    assert hubs.find(database, hub.token) is None
    hubs.tried(database, hub.token, AT)
    assert not hubs.verified(database, hub.token, "subscribe", "https://other.example/", None, AT)
    assert not hubs.verified(database, "guessed", "subscribe", TOPIC, None, AT)
    assert not hubs.verified(database, hub.token, "unsubscribe", TOPIC, None, AT)
    assert not hubs.verified(database, hub.token, "nonsense", TOPIC, None, AT)
    assert hubs.every(database)[0].state is HubState.WANTED


def test_a_hub_that_denies_is_asked_again_a_day_later(database: Database, asked: Hub) -> None:
    assert hubs.denied(database, asked.token, TOPIC, "only for friends" * 100, AT)
    (hub,) = hubs.every(database)
    assert (hub.state, hub.next_at, len(hub.said)) == (HubState.DENIED, AT + DAY, hubs.LONGEST_WORDS)
    assert not hubs.denied(database, "guessed", TOPIC, "", AT)


def test_a_channel_that_is_watched_no_more_ends_its_subscription(database: Database, asked: Hub) -> None:
    hubs.verified(database, asked.token, "subscribe", TOPIC, None, AT)
    hubs.end_others(database, {"yuzhou"}, AT)
    assert hubs.every(database)[0].state is HubState.ACTIVE
    hubs.end_others(database, {"another"}, AT)
    (hub,) = hubs.due(database, AT)
    assert hub.state is HubState.ENDING
    assert not hubs.verified(database, hub.token, "subscribe", TOPIC, None, AT)
    assert hubs.verified(database, hub.token, "unsubscribe", TOPIC, None, AT)
    assert hubs.every(database) == ()


def test_a_farewell_that_nobody_hears_is_left_to_the_lease(database: Database, asked: Hub) -> None:
    hubs.end_others(database, (), AT)
    for _ in range(hubs.FAREWELLS):
        hubs.tried(database, asked.token, AT)
    assert hubs.every(database) == ()


def test_what_was_never_asked_for_needs_no_farewell(database: Database) -> None:
    offered(database)
    hubs.end_others(database, (), AT)
    assert hubs.every(database) == ()
