"""Subscriptions of the configuration and of the web page, and what people do to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from storage import articles, outbox, subscriptions
from storage.decide import Policy
from storage.diff import width_fold
from storage.errors import NotFound, StorageError
from storage.records import EditClass, EventKind, NotificationState, Subscription
from tests.sightings import at, seen

FULL = Subscription(
    name="district",
    destinations=("d1", "d2"),
    channels=("cq",),
    sections=("要闻",),
    kinds=(EventKind.NEW, EventKind.EDITED),
    classes=(EditClass.NUMBER,),
    min_weight=20,
    words=("渝北",),
    all_words=("区",),
    not_words=("广告",),
    expression="渝北 & !广告",
    sources=("重庆日报",),
    authors=("秦岚",),
    per_story=False,
    wait=timedelta(minutes=10, seconds=0.5),
    digest="09:00,18:00",
    quiet="22:00-07:00",
    time_zone="Europe/Berlin",
    language="en",
    template="short",
)


def alert(name: str, **settings) -> Subscription:
    return Subscription(name, ("d1",), **settings)


def names(database) -> list[str]:
    return [one.name for one in subscriptions.all(database)]


def test_a_subscription_comes_back_as_it_was_stored(database):
    subscriptions.sync_config(database, [FULL], at(0))

    assert subscriptions.all(database) == (FULL,)
    assert subscriptions.get(database, "district") == FULL
    assert {one.id for one in outbox.destinations(database)} == {"d1", "d2"}


def test_the_configuration_takes_the_place_of_the_one_before_and_leaves_the_web_alone(database):
    subscriptions.sync_config(database, [alert("a"), alert("b")], at(0))
    subscriptions.put(database, alert("w", origin="web"), at(1))
    subscriptions.sync_config(database, [alert("b", words=("渝北",)), alert("c")], at(2))

    assert names(database) == ["b", "c", "w"]
    assert subscriptions.get(database, "b").words == ("渝北",)
    subscriptions.sync_config(database, [alert("w")], at(3))
    assert [(one.name, one.origin) for one in subscriptions.all(database)] == [("w", "config")]


def test_what_people_did_outlives_a_new_start(database):
    subscriptions.sync_config(database, [alert("a")], at(0))
    subscriptions.pause(database, "a", at(1))
    subscriptions.mute(database, "a", at(60), at(1))
    subscriptions.sync_config(database, [alert("a", words=("渝北",))], at(2))

    kept = subscriptions.get(database, "a")
    assert (kept.paused, kept.muted_until, kept.words) == (True, at(60), ("渝北",))


def test_a_change_of_pausing_in_the_configuration_counts(database):
    subscriptions.sync_config(database, [alert("a", paused=True)], at(0))
    subscriptions.resume(database, "a", at(1))
    assert not subscriptions.get(database, "a").paused
    subscriptions.sync_config(database, [alert("a", paused=True)], at(2))
    assert not subscriptions.get(database, "a").paused
    subscriptions.sync_config(database, [alert("a")], at(3))
    subscriptions.sync_config(database, [alert("a", paused=True)], at(4))
    assert subscriptions.get(database, "a").paused


def test_a_change_counts_for_the_next_event(database):
    for number, words in enumerate([("渝北",), ("江津",), ("口袋公园",)]):
        subscriptions.put(database, alert("a", words=words), at(number))
        articles.record(database, seen(number, body=(f"正文{number}。",)), Policy(), width_fold)

    assert [one.event for one in outbox.notifications(database)] == [3, 1]


@pytest.mark.parametrize("paused", [False, True])
def test_what_a_removed_alert_had_still_to_tell_is_told_unless_it_was_paused(database, paused):
    subscriptions.sync_config(database, [alert("a", digest="30m", paused=paused)], at(0))
    articles.record(database, seen(1), Policy(), width_fold)
    subscriptions.sync_config(database, [], at(2))

    (row,) = outbox.notifications(database)
    assert row.state is (NotificationState.DISCARDED if paused else NotificationState.WAITING)


@pytest.mark.parametrize(
    ("wanted", "what"),
    [
        ([alert("a", quiet="late")], "quiet"),
        ([alert("a", words=(" ",))], "words"),
        ([alert("a"), alert("a")], "same name"),
    ],
)
def test_what_cannot_be_understood_is_refused_and_nothing_is_changed(database, wanted, what):
    subscriptions.sync_config(database, [alert("old")], at(0))
    with pytest.raises(ValueError, match=what):
        subscriptions.sync_config(database, wanted, at(1))

    assert names(database) == ["old"]


def test_what_is_not_there_is_named(database):
    for change in (
        lambda: subscriptions.get(database, "nobody"),
        lambda: subscriptions.remove(database, "nobody", at(0)),
        lambda: subscriptions.pause(database, "nobody", at(0)),
        lambda: subscriptions.resume(database, "nobody", at(0)),
        lambda: subscriptions.mute(database, "nobody", at(1), at(0)),
    ):
        with pytest.raises(NotFound, match="nobody"):
            change()


def test_one_that_a_newer_version_wrote_is_named(database):
    subscriptions.put(database, alert("a"), at(0))
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE subscriptions SET content = '{}'")

    with pytest.raises(StorageError, match="This alert cannot be read: a"):
        subscriptions.all(database)
    subscriptions.put(database, replace(alert("a"), words=("渝北",)), at(1))
    assert subscriptions.get(database, "a").words == ("渝北",)


def test_removing(database):
    subscriptions.put(database, alert("a", origin="web"), at(0))
    subscriptions.remove(database, "a", at(1))

    assert names(database) == []
