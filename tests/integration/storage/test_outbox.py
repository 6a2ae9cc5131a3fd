"""The outbox: what is written down with an event, claimed, marked, and what people can do with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import pytest

from storage import articles, maintenance, outbox, subscriptions
from storage.database import Database
from storage.decide import Policy
from storage.diff import width_fold
from storage.outbox import claims
from storage.records import Event, EventKind, NotificationState, Outcome, Sighting, Subscription
from tests.sightings import START, at, seen

LEASE = timedelta(seconds=30)
#: A text long enough to know its copies by.
STORY = tuple(f"渝北区第{number}处口袋公园今日开放，面积{number}00平方米。" for number in range(3, 30))
WAITING, SENT, DEAD, DISCARDED = NotificationState


@dataclass(frozen=True)
class Rate:
    messages: int
    seconds: float
    burst: int = 1


def alert(name: str = "a", *to: str, **settings) -> Subscription:
    return Subscription(name, to or ("d1",), **settings)


def subscribe(database: Database, *wanted: Subscription) -> None:
    subscriptions.sync_config(database, wanted, at(0), width_fold)


def record(database: Database, sighting: Sighting) -> Event | None:
    return articles.record(
        database, sighting, Policy(removal_visits=1, removal_after=timedelta()), width_fold
    ).event


def edit(database: Database, minutes: float, key: str = "41000001") -> Event | None:
    """Another text of an article, which no other article has."""
    words = "".join(Random(f"{key} {minutes}").choices("渝北江津合川铜梁潼南永川璧山大足綦江", k=60))
    return record(database, seen(minutes, key, title=f"{words[:9]}快讯", body=(f"{words}，正文完。",)))


def claim(database: Database, minutes: float, to: str = "d1", limit: int = 10, **options):
    return outbox.claim(database, to, at(minutes), LEASE, limit, **options)


def told(claims) -> list[list[int]]:
    """The events of each message."""
    return [[one.event for one in message.notifications] for message in claims]


def drain(database: Database, minutes: float, to: str = "d1") -> list[list[int]]:
    """Send everything that can be sent, one after another; the events of each message."""
    sent = []
    while claims := claim(database, minutes, to, limit=1):
        sent += told(claims)
        assert outbox.delivered(database, claims, at(minutes), "200") == len(claims[0].notifications)
    return sent


def test_without_subscriptions_nothing_waits(database):
    record(database, seen(0))

    assert outbox.notifications(database) == ()
    assert outbox.due_destinations(database, ["d1"], at(1)) == ()
    assert outbox.next_due(database, ["d1"], at(1)) is None
    assert claim(database, 1) == ()


def test_an_event_is_written_down_for_each_place_and_sent_once(database):
    subscribe(database, alert("a", "d1", "d2"))
    event = record(database, seen(0))

    waiting = outbox.notifications(database)
    assert [(one.destination, one.event, one.due_at, one.key) for one in waiting] == [
        ("d2", event.id, at(0), ""),
        ("d1", event.id, at(0), ""),
    ]
    assert outbox.due_destinations(database, ["d2", "d1", "d3"], at(0)) == ("d1", "d2")
    assert outbox.due_destinations(database, [], at(0)) == ()

    (message,) = claim(database, 0)
    assert (message.destination, message.attempts, message.parts_done) == ("d1", 1, 0)
    assert message.claimed_until == at(0.5)
    assert claim(database, 0) == ()
    assert outbox.delivered(database, [message], at(0.1), "200 ok") == 1
    assert drain(database, 1, "d1") == []
    assert drain(database, 1, "d2") == [[event.id]]

    done = outbox.notifications(database, states=[SENT], destination="d1")
    assert [(one.sent_at, one.answer, one.attempts, one.key) for one in done] == [
        (at(0.1), "200 ok", 1, message.key)
    ]
    assert outbox.counts(database) == {("a", "d1", SENT): 1, ("a", "d2", SENT): 1}
    assert maintenance.check(database).findings == ()


def test_recording_a_visit_twice_tells_it_once(database):
    subscribe(database, alert())
    for _ in range(2):
        record(database, seen(0))
        edit(database, 10)

    assert len(outbox.notifications(database)) == 2


def test_all_kinds_of_events_are_told(database):
    subscribe(database, alert(words=("口袋公园",)))
    record(database, seen(0))
    record(database, seen(60, outcome=Outcome.GONE))
    record(database, seen(120))
    articles.record_channel_event(database, "cq", EventKind.CHANNEL_BROKEN, at(130))

    rows = outbox.notifications(database)
    events = outbox.events(database, {one.event for one in rows} | {999})
    assert [(events[one.event].kind, one.stream) for one in reversed(rows)] == [
        (EventKind.NEW, "article-1"),
        (EventKind.REMOVED, "article-1"),
        (EventKind.RESTORED, "article-1"),
        (EventKind.CHANNEL_BROKEN, "channel-cq"),
    ]


def test_of_an_edit_the_old_and_the_new_text_are_looked_at(database):
    subscribe(
        database,
        alert("old", words=("旧名",)),
        alert("new", "d2", words=("新名",)),
        alert("none", words=("别的",)),
    )
    record(database, seen(0, body=("旧名。",)))
    event = record(database, seen(10, body=("新名。",)))

    assert {one.subscription for one in outbox.notifications(database, event=event.id)} == {"old", "new"}


def test_one_alert_for_a_story_whichever_copy_is_watched_first(database):
    subscribe(
        database,
        alert("all", "d1"),
        alert("sx-only", "d2", channels=("sx",)),
        alert("same-place", "d1", channels=("cq", "sx")),
        alert("copies", "d3", kinds=(EventKind.REPUBLISHED,)),
        alert("each", "d4", per_story=False),
    )
    record(database, seen(0, "1", body=STORY))
    for number, channel in enumerate(["sx", "sx", "cq"], start=2):
        copy = record(database, seen(number, str(number), body=STORY, channel=channel))
        assert copy.kind is EventKind.REPUBLISHED

    rows = reversed(outbox.notifications(database))
    assert sorted((one.subscription, one.event) for one in rows) == [
        ("all", 1),
        ("copies", 2),
        ("copies", 3),
        ("copies", 4),
        ("each", 1),
        ("each", 2),
        ("each", 3),
        ("each", 4),
        ("sx-only", 2),
    ]


# -- order


def test_messages_of_an_article_go_in_order_and_others_do_not_wait(database):
    subscribe(database, alert())
    first = [edit(database, minute, "1").id for minute in range(3)]
    other = edit(database, 3, "2").id

    one = claim(database, 5)
    assert told(one) == [[first[0]], [other]]
    assert claim(database, 5) == ()
    assert outbox.due_destinations(database, ["d1"], at(5)) == ()

    outbox.delivered(database, one, at(5))
    two = claim(database, 5)
    assert told(two) == [[first[1]]]
    assert outbox.postponed(database, two[0], at(30), "503")
    assert claim(database, 6) == ()
    assert outbox.next_due(database, ["d1"], at(6)) == at(30)
    assert drain(database, 30) == [[first[1]], [first[2]]]


def test_the_dead_and_the_discarded_hold_nobody_up(database):
    subscribe(database, alert())
    first, second, third = (edit(database, minute) for minute in range(3))
    (one,) = claim(database, 5)
    assert outbox.dead(database, one, "no such group")
    (two,) = claim(database, 5)
    assert told([two]) == [[second.id]]
    outbox.release(database, [two], at(5))
    assert outbox.discard(database, [two.notifications[0].id]) == 1

    assert drain(database, 5) == [[third.id]]
    assert outbox.retry(database, None, at(6)) == 1
    assert drain(database, 6) == [[first.id]]


def test_what_is_wanted_later_holds_only_its_own_subscription_up(database):
    """One article, one place: a tells at once; b is in its quiet hours, c sends digests, d is paused."""
    subscribe(
        database,
        alert("a", min_weight=1),
        alert("b", "d1", quiet="08:00-12:00", wait=timedelta(minutes=1)),
        alert("c", digest="2h"),
        alert("d", paused=True),
    )
    events = [edit(database, minute).id for minute in range(3)]

    assert drain(database, 10) == [[one] for one in events]
    assert drain(database, 200) == [events, events]
    assert {one.subscription for one in outbox.notifications(database, states=[WAITING])} == {"d"}


def test_a_subscription_that_no_longer_waits_keeps_its_order(database):
    subscribe(database, alert(wait=timedelta(minutes=30)))
    first = edit(database, 0).id
    subscribe(database, alert())
    second = edit(database, 1).id

    assert drain(database, 20) == []
    assert drain(database, 30) == [[first], [second]]


# -- batches


def test_a_debounced_article_is_told_when_it_has_been_quiet(database):
    subscribe(database, alert(wait=timedelta(minutes=10)))
    events = [edit(database, minute).id for minute in (0, 6, 12)]

    assert drain(database, 21) == []
    assert outbox.next_due(database, ["d1"], at(13)) == at(22)
    assert drain(database, 22) == [events]
    late = edit(database, 30).id
    assert drain(database, 40) == [[late]]


def test_an_article_that_never_falls_quiet_is_told_after_six_waits(database):
    subscribe(database, alert(wait=timedelta(minutes=10)))
    for minute in range(0, 60, 5):
        edit(database, minute)

    assert claim(database, 59) == ()
    assert [len(one) for one in told(claim(database, 60))] == [12]


def test_a_message_stays_as_it_was_first_tried(database):
    """Rows that come after the first try are another message, and wait for it."""
    subscribe(database, alert(digest="30m"))
    first = [edit(database, 1, key).id for key in "123"]
    (message,) = claim(database, 30)
    late = edit(database, 2, "4").id  # seen before the slot, judged after it

    assert told([message]) == [first]
    assert claim(database, 30.1) == ()
    (again,) = claim(database, 31)
    assert (again.key, again.attempts, again.notifications[0].attempts) == (message.key, 2, 2)
    assert told([again]) == [first]
    assert outbox.postponed(database, again, at(40), "500", parts_done=2)
    assert claim(database, 39) == ()
    (third,) = claim(database, 40)
    assert (third.key, third.parts_done, told([third])) == (message.key, 2, [first])
    outbox.delivered(database, [third], at(40))
    (rest,) = claim(database, 40)
    assert told([rest]) == [[late]]
    assert rest.key != message.key


def test_keys_are_the_same_for_the_same_message_and_differ_between_messages(database):
    subscribe(database, alert("a", "d1", "d2"), alert("b", digest="30m"))
    for key in "12":
        edit(database, 0, key)
    claims = [*claim(database, 60), *claim(database, 60, "d2")]

    assert len({one.key for one in claims}) == len(claims) == 5
    again = [*claim(database, 62), *claim(database, 62, "d2")]
    assert {one.key for one in again} == {one.key for one in claims}
    assert all(one.key.startswith("nd-") and len(one.key) == 29 for one in claims)


# -- claims


def test_who_lost_a_claim_is_not_heard(database):
    subscribe(database, alert())
    edit(database, 0)
    (lost,) = claim(database, 1)
    (held,) = claim(database, 2)

    assert outbox.delivered(database, [lost], at(2)) == 0
    assert not outbox.postponed(database, lost, at(9))
    assert not outbox.dead(database, lost, "no")
    assert not outbox.progressed(database, lost, 1)
    assert outbox.release(database, [lost], at(2)) == outbox.renew(database, [lost], at(9)) == 0
    assert outbox.delivered(database, [held], at(2)) == 1
    assert outbox.delivered(database, [held], at(2)) == 0


def test_each_message_keeps_the_answer_it_got(database):
    subscribe(database, alert())
    for key in "12":
        edit(database, 0, key)
    first, second = claim(database, 1)

    assert outbox.delivered_all(database, [(second, "HTTP 204"), (first, "HTTP 200")], at(1)) == 2
    rows = outbox.notifications(database, states=[SENT])
    assert [(row.key, row.answer) for row in rows] == [(second.key, "HTTP 204"), (first.key, "HTTP 200")]


def test_parts_that_were_accepted_are_known_to_who_takes_over(database):
    subscribe(database, alert())
    edit(database, 0)
    (dies,) = claim(database, 1)
    assert outbox.progressed(database, dies, 2)
    assert claim(database, 1.2) == ()

    (again,) = claim(database, 2)
    assert (again.key, again.parts_done, again.attempts) == (dies.key, 2, 2)


def test_a_claim_can_be_held_longer_and_given_back(database):
    subscribe(database, alert())
    edit(database, 0)
    held = claim(database, 1)
    assert outbox.renew(database, held, at(10)) == 1
    assert claim(database, 9) == ()
    assert outbox.release(database, held, at(9)) == 1
    (again,) = claim(database, 9)
    assert again.attempts == 1


def test_a_rate_is_kept_and_said_beforehand(database):
    subscribe(database, alert())
    for key in range(5):
        edit(database, 0, str(key))
    rate = Rate(2, 60, burst=2)

    assert len(claim(database, 1, rate=rate)) == 2
    assert claim(database, 1.4, rate=rate) == ()
    assert outbox.due_destinations(database, ["d1"], at(1.4)) == ()
    assert outbox.next_due(database, ["d1"], at(1.4)) == at(1.5)
    assert len(claim(database, 1.5, rate=rate)) == 1


def test_a_held_place_is_left_alone(database):
    subscribe(database, alert("a", "d1", "d2"))
    edit(database, 0)
    outbox.register(database, {"d1": "wecom://***", "d3": "mailto://***"})
    outbox.hold(database, "d1", at(10), 3)

    assert claim(database, 1) == ()
    assert outbox.due_destinations(database, ["d1", "d2"], at(1)) == ("d2",)
    assert outbox.next_due(database, ["d1"], at(1)) == at(10)
    assert [(one.name, one.failures, one.waiting) for one in outbox.destinations(database)] == [
        ("d2", 0, 1),
        ("mailto://***", 0, 0),
        ("wecom://***", 3, 1),
    ]
    outbox.hold(database, "d1", None, 0)
    assert len(claim(database, 1)) == 1


def test_a_window_full_of_what_must_wait_hides_nothing(database, monkeypatch):
    for size in ("FIRST_WINDOW", "LAST_WINDOW", "LOOKED_AT"):
        monkeypatch.setattr(claims, size, 4)
    subscribe(database, alert())
    for minute in range(12):
        edit(database, minute / 100, "busy")
    other = edit(database, 1, "other").id
    claim(database, 2, limit=1)

    assert outbox.due_destinations(database, ["d1"], at(2)) == ("d1",)
    assert told(claim(database, 2)) == [[other]]


# -- people


def test_a_paused_alert_keeps_what_it_would_tell(database):
    subscribe(database, alert("a"), alert("b", digest="30m"))
    subscriptions.pause(database, "a", at(0))
    subscriptions.pause(database, "b", at(0))
    events = [edit(database, minute).id for minute in (1, 40)]
    assert drain(database, 90) == []
    assert outbox.next_due(database, ["d1"], at(90)) is None

    subscribe(database, alert("a"), alert("b", digest="30m"))  # a new start changes nothing
    assert drain(database, 90) == []
    for name in "ab":
        subscriptions.resume(database, name, at(100))
    assert sorted(drain(database, 100)) == sorted([[events[0]], events, [events[1]]])


def test_what_is_on_its_way_when_an_alert_is_paused_waits_after_that(database):
    subscribe(database, alert())
    edit(database, 0)
    (held,) = claim(database, 1)
    subscriptions.pause(database, "a", at(1))

    assert outbox.postponed(database, held, at(2), "503")
    assert drain(database, 60) == []
    subscriptions.resume(database, "a", at(60))
    assert len(drain(database, 60)) == 1


def test_a_muted_alert_keeps_nothing(database):
    subscribe(database, alert())
    subscriptions.mute(database, "a", at(10), at(0))
    edit(database, 5)
    late = edit(database, 10).id
    assert drain(database, 11) == [[late]]

    subscriptions.mute(database, "a", None, at(11))
    assert subscriptions.get(database, "a").muted_until is None


def test_dead_messages_are_listed_tried_again_or_discarded_whole(database):
    subscribe(database, alert("a", digest="30m"), alert("b", "d2"))
    for key in "123":
        edit(database, 1, key)
    (digest,) = claim(database, 30)
    outbox.dead(database, digest, "400 not in the group")
    failed = outbox.notifications(database, states=[DEAD])
    assert [(one.answer, one.key) for one in failed] == [("400 not in the group", digest.key)] * 3
    assert claim(database, 90) == ()

    assert outbox.retry(database, [failed[1].id], at(90)) == 3
    (again,) = claim(database, 90)
    assert (again.key, again.attempts) == (digest.key, 1)
    outbox.dead(database, again, "400")
    assert outbox.discard(database, [failed[0].id]) == 3
    assert outbox.retry(database, None, at(90)) == 0
    assert outbox.counts(database) == {("a", "d1", DISCARDED): 3, ("b", "d2", WAITING): 3}


def test_what_waits_for_its_next_try_can_be_tried_now_and_the_rest_waits(database):
    subscribe(database, alert(digest="30m"))
    edit(database, 1)
    (number,) = (one.id for one in outbox.notifications(database))
    assert outbox.retry(database, [number], at(2)) == 0  # not tried yet: a digest stays a digest
    (held,) = claim(database, 30)
    assert outbox.retry(database, [number], at(30)) == 0  # on its way
    outbox.postponed(database, held, at(90), "503")
    assert outbox.retry(database, [number], at(31)) == 1
    assert len(drain(database, 31)) == 1
    assert outbox.retry(database, [number], at(32)) == 0


def test_lists_go_from_the_newest_some_at_a_time(database):
    subscribe(database, alert("a"), alert("b", "d2"))
    for key in range(5):
        edit(database, 0, str(key))

    page = outbox.notifications(database, subscription="a", limit=3)
    rest = outbox.notifications(database, subscription="a", limit=3, before=page[-1].id)
    assert [one.event for one in (*page, *rest)] == [5, 4, 3, 2, 1]
    assert {one.subscription for one in outbox.notifications(database, event=2)} == {"a", "b"}


def test_old_news_of_what_was_sent_is_forgotten_and_nothing_else(database):
    subscribe(database, alert())
    for minute in (0, 1, 2):
        edit(database, minute, str(minute))
    for one, become in zip(claim(database, 3), ("sent", "dead", "waiting"), strict=True):
        if become == "sent":
            outbox.delivered(database, [one], at(3))
        elif become == "dead":
            outbox.dead(database, one, "no")

    assert maintenance.prune_notifications(database, at(0)) == 0
    assert maintenance.prune_notifications(database, at(99)) == 1
    assert {one.state for one in outbox.notifications(database)} == {DEAD, WAITING}


def test_the_clock_is_one_for_all(database):
    assert abs(outbox.clock(database) - datetime.now(START.tzinfo)) < timedelta(minutes=1)


# -- rehearsal


def test_a_rehearsal_says_what_would_have_been_told_and_stores_nothing(database):
    wanted = [
        alert("a", words=("正文",)),
        alert("b", "d2", "d3", wait=timedelta(minutes=10)),
        alert("c", digest="30m", kinds=(EventKind.NEW,)),
        alert("d", paused=True),
    ]
    for minute in (0, 5, 40):
        edit(database, minute)
    articles.record_channel_event(database, "cq", EventKind.CHANNEL_BROKEN, at(50))
    before = maintenance.sizes(database).rows
    rehearsed = list(outbox.rehearse(database, wanted, at(0), width_fold))
    assert maintenance.sizes(database).rows == before

    assert [(one.event.id, one.subscription, one.destination, one.due_at) for one in rehearsed] == [
        (1, "c", "d1", at(30)),
        (1, "d", "d1", None),
        (1, "a", "d1", at(0)),
        (2, "d", "d1", None),
        (2, "a", "d1", at(5)),
        (1, "b", "d2", at(15)),
        (2, "b", "d2", at(15)),
        (1, "b", "d3", at(15)),
        (2, "b", "d3", at(15)),
        (3, "d", "d1", None),
        (3, "a", "d1", at(40)),
        (3, "b", "d2", at(50)),
        (3, "b", "d3", at(50)),
        (4, "d", "d1", None),
        (4, "a", "d1", at(50)),
        (4, "b", "d2", at(50)),
        (4, "b", "d3", at(50)),
    ]


def test_a_rehearsal_tells_what_the_outbox_told(database):
    wanted = [
        alert("a", "d1", "d2", kinds=(EventKind.NEW,)),
        alert("b", wait=timedelta(minutes=7)),
        alert("c", digest="30m", min_weight=20),
        alert("sx", "d3", channels=("sx",)),
    ]
    subscribe(database, *wanted)
    for minute in range(4):
        record(database, seen(minute, str(minute), body=STORY, channel=("cq", "sx")[minute % 2]))
        record(database, seen(minute + 3, str(minute), body=(*STORY[:-1], f"第{minute}次更正。")))
    kept = {
        (one.event, one.subscription, one.destination, one.due_at) for one in outbox.notifications(database)
    }

    rehearsed = outbox.rehearse(database, wanted, at(0), width_fold)
    assert {(one.event.id, one.subscription, one.destination, one.due_at) for one in rehearsed} == kept


def test_a_rehearsal_knows_the_stories_from_before_it(database):
    record(database, seen(0, "1", body=STORY))
    record(database, seen(60, "2", body=STORY, channel="sx"))
    wanted = [alert("a"), alert("sx", "d2", channels=("sx",))]

    rehearsed = outbox.rehearse(database, wanted, at(30), width_fold)
    assert [(one.event.id, one.subscription) for one in rehearsed] == [(2, "sx")]


# -- soundness


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        (
            "UPDATE notifications SET state = 'lost' WHERE id = 1",
            "notification 1 is in a state that we do not know",
        ),
        (
            "UPDATE notifications SET state = 'sent' WHERE id = 1",
            "notification 1 was sent, and nothing says when",
        ),
        (
            "UPDATE notifications SET due_at = NULL WHERE id = 1",
            "notification 1 is kept for an alert that is not",
        ),
        ("DELETE FROM destinations", "notification 1 waits for a destination that is not known"),
        (
            "UPDATE notifications SET key = 'nd-1'; UPDATE notifications SET state = 'dead' WHERE id = 2",
            "message nd-1",
        ),
    ],
)
def test_a_check_finds_what_would_not_be_sent(database, damage, finding):
    subscribe(database, alert())
    for key in "12":
        edit(database, 0, key)
    assert maintenance.check(database).findings == ()
    with database.write() as connection:
        for statement in damage.split(";"):
            connection.exec_driver_sql(statement)

    assert any(found.startswith(finding) for found in maintenance.check(database).findings)


def test_what_a_check_finds_kept_for_nobody_is_mended_by_trying_again(database):
    subscribe(database, alert())
    edit(database, 0)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE notifications SET due_at = NULL")

    assert outbox.retry(database, [1], at(1)) == 1
    assert len(drain(database, 1)) == 1


def test_an_article_that_is_deleted_takes_its_notifications_along(database):
    subscribe(database, alert())
    edit(database, 0)
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM articles")

    assert outbox.notifications(database) == ()


def test_what_is_read_is_what_was_claimed(database):
    subscribe(database, alert())
    edit(database, 0)
    (held,) = claim(database, 1)

    assert outbox.notifications(database) == held.notifications
