"""From stored notifications to one message: what is told together, in which words, with which copy."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.text.canonical import fold
from scheduler.alerts.compose import compose
from scheduler.alerts.model import Message
from scheduler.alerts.write import writer
from storage import queries, subscriptions
from storage.articles import record, record_channel_event
from storage.database import Database
from storage.decide import Policy
from storage.errors import NotFound
from storage.records import EventKind, Notification, Outcome, Repair, Sighting, Subscription
from tests.sightings import BODY, TITLE, at, seen

POLICY = Policy(removal_visits=2, removal_after=timedelta(minutes=10))
FIVE = ("记者从渝北区城市管理局获悉，今年新增口袋公园五处。", BODY[1])
LARGER = (FIVE[0], "其中龙溪街道一处面积为2100平方米。")


def visited(database: Database, *sightings: Sighting) -> None:
    for sighting in sightings:
        record(database, sighting, POLICY, fold)


def told(database: Database, *kinds: EventKind, page: str = "", name: str = "渝北") -> Message:
    """The message of all stored events of some kinds, of all without any."""
    rows = [
        Notification(event.id, event.id, name, "d1", "article-1", "quiet:article-1", event.at, event.at)
        for event in queries.events(database)
        if not kinds or event.kind in kinds
    ]
    return compose(database, rows, page, at(60), "nd-1")


def test_one_edit_is_told_with_its_changes_and_both_texts(database: Database) -> None:
    visited(database, seen(0), seen(5, body=FIVE))
    message = told(database, EventKind.EDITED)
    assert message.key == "nd-1"
    assert message.thread == "article-1"
    (item,) = message.items
    assert [(change.old, change.new) for change in item.changes] == [(BODY[0], FIVE[0])]
    assert item.copy == "newsdelta diff 1 --from 1 --to 2"
    assert item.edits == 1


def test_several_edits_of_one_article_are_told_as_one(database: Database) -> None:
    visited(database, seen(0), seen(5, body=FIVE), seen(9, body=LARGER))
    (item,) = told(database, EventKind.EDITED, page="https://news.example.org/").items
    assert (item.event.from_revision, item.event.to_revision, item.edits) == (1, 3, 2)
    assert [change.new for change in item.changes] == list(LARGER)
    assert item.event.at == at(9)
    assert item.event.weight > max(event.weight for event in queries.events(database))
    assert item.copy == "https://news.example.org/articles/1/diff?from=1&to=3"


def test_an_edit_that_was_undone_meanwhile_is_told_as_that(database: Database) -> None:
    visited(database, seen(0), seen(5, body=FIVE), seen(9))
    message = told(database, EventKind.EDITED)
    assert message.items[0].changes == ()
    letter = writer()(message)
    assert letter.title == f"改后又改回：{TITLE}"
    assert "文章改动后又改回了原样。" in letter.plain


def test_an_edit_that_brings_back_an_earlier_text_says_so(database: Database) -> None:
    visited(database, seen(0), seen(5, body=FIVE), seen(9))
    last = list(queries.events(database))[-1]
    row = Notification(1, last.id, "渝北", "d1", "article-1", "", last.at, last.at)
    assert "文字改回了第 1 版的样子。" in writer()(compose(database, [row], "", at(60), "nd-1")).plain


def test_what_was_edited_before_it_was_told_is_new_with_its_latest_text(database: Database) -> None:
    visited(database, seen(0), seen(5, body=FIVE))
    (item,) = told(database).items
    assert item.event.kind is EventKind.NEW
    assert item.fields is not None
    assert item.fields.body == FIVE
    assert item.copy == "newsdelta show 1 --revision 2"
    assert "发现后又改动 1 次" in writer()(told(database)).plain


def test_a_removal_between_two_edits_keeps_them_apart(database: Database) -> None:
    gone = [seen(minutes, outcome=Outcome.GONE) for minutes in (10, 30)]
    visited(database, seen(0), seen(5, body=FIVE), *gone, seen(40, body=LARGER))
    kinds = [item.event.kind for item in told(database).items]
    assert kinds == [EventKind.NEW, EventKind.REMOVED, EventKind.RESTORED]
    assert "2100平方米" in writer()(told(database, EventKind.RESTORED, EventKind.EDITED)).plain


def test_a_digest_holds_articles_and_channels_and_has_no_thread(database: Database) -> None:
    visited(database, seen(0), seen(1, "41000002", title="江北区开通新公交", body=("线路全长12公里。",)))
    record_channel_event(
        database, "cq", EventKind.CHANNEL_BROKEN, at(3), detail="2 of 9 pages match no template"
    )
    message = told(database)
    assert [item.event.kind for item in message.items] == [
        EventKind.NEW,
        EventKind.NEW,
        EventKind.CHANNEL_BROKEN,
    ]
    assert message.thread == ""
    assert writer()(message).title == "1 个频道异常、2 篇新发表：重庆频道"


def test_a_republication_names_who_told_the_story_first(database: Database) -> None:
    story = tuple(
        f"第{number}段：渝北区今年新增口袋公园{number}处，方便周边居民休闲。" for number in range(3, 12)
    )
    visited(database, seen(0, body=story), seen(5, "41000002", body=story, channel="sc"))
    message = told(database, EventKind.REPUBLISHED)
    assert message.items[0].first is not None
    assert f"首发：重庆频道《{TITLE}》。" in writer()(message).plain


def test_what_is_guessed_is_told_and_what_is_proved_is_not(database: Database) -> None:
    sighting = seen(0)
    assert sighting.reading is not None
    repairs = (
        Repair("slip", 4, "获��", "获悉", certain=False),
        Repair("slip", 9, "�年", "今年", certain=True),
    )
    visited(database, replace(sighting, reading=replace(sighting.reading, repairs=repairs)))
    plain = writer()(told(database)).plain
    assert "推测修复" in plain
    assert "获悉（？）" in plain
    assert "今年（？）" not in plain


def test_a_subscriptions_language_zone_and_template_are_the_messages(database: Database) -> None:
    visited(database, seen(0))
    wanted = Subscription("london", ("d1",), language="en", time_zone="Europe/London", template="brief")
    subscriptions.sync_config(database, [wanted], at(0))
    message = told(database, name="london")
    assert (message.language, message.time_zone, message.template) == ("en", "Europe/London", "brief")
    assert "24 Nov, 01:00 (UTC+0)" in writer()(message).plain


def test_a_subscription_that_is_gone_is_still_told_in_the_usual_way(database: Database) -> None:
    visited(database, seen(0))
    assert told(database, name="gone").language == "zh"


def test_the_same_message_is_made_at_every_try(database: Database) -> None:
    visited(database, seen(0), seen(5, body=FIVE))
    assert told(database) == told(database)


def test_events_that_are_no_longer_stored_make_no_message(database: Database) -> None:
    row = Notification(1, 99, "渝北", "d1", "article-1", "", at(0), at(0))
    with pytest.raises(NotFound, match="nd-1"):
        compose(database, [row], "", at(1), "nd-1")
