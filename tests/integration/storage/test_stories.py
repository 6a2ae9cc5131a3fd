"""Stories in the store: which new article joins which, what is told, and how the index is made anew."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from storage import articles, maintenance, queries
from storage.database import Database
from storage.decide import Change, Policy
from storage.diff import width_fold
from storage.records import EventKind, Sighting
from storage.stories import COMMON, signature
from tests.sightings import reading, seen

TITLE = "合川晚熟柑橘开园采摘"
BODY = (
    "合川区太和镇的晚熟柑橘昨日开园，3200亩果园预计产果480万公斤，比去年多一成。",
    "种植大户冉启华说，今年春旱较重，合作社添置滴灌设备26套，保住了坐果率。",
    "镇农业服务中心主任谭淑琴介绍，果园采用留树保鲜，采摘期可从11月持续到次年4月。",
    "电商服务站已接到订单1.2万件，最远发往黑龙江佳木斯。",
)
ADDED = "巴南区的果品批发市场今日到货17吨，每公斤批发价6元4角。"
NEW, REPUBLISHED, EDITED = EventKind.NEW, EventKind.REPUBLISHED, EventKind.EDITED

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])


def notice(day: int, low: int, high: int, wind: int, wet: int) -> tuple[str, ...]:
    """The body of a form that an office fills in every day."""
    return (
        f"綦江区气象台11月{day}日十六时发布：今天夜间到明天白天多云，气温{low}到{high}℃，偏北风{wind}级。",
        f"明天相对湿度{wet}%，昼夜温差较大，市民出门应适时增减衣物，老人和儿童尤其要注意保暖。",
        "驾车出行请保持车距，遇有雾气的路段要打开雾灯，减速慢行，切勿在隧道口附近变道。",
    )


def record(database: Database, sighting: Sighting) -> articles.Recorded:
    return articles.record(database, sighting, Policy(), width_fold)


def wire(minutes: float = 0, key: str = "1", body=BODY, channel: str = "cq", days: float = 0) -> Sighting:
    """A visit to an article, published so many days after the others."""
    sighting = seen(minutes, key, title=TITLE, body=body, channel=channel)
    published = sighting.reading.fields.published_at + timedelta(days=days)
    fields = replace(sighting.reading.fields, published_at=published)
    return replace(sighting, reading=replace(sighting.reading, fields=fields))


def told(database: Database) -> list[tuple[EventKind, int | None, int | None]]:
    return [(event.kind, event.article, event.story) for event in queries.events(database)]


def members(database: Database, story: int) -> list[int]:
    return [article.id for article in queries.story_members(database, story)]


@pytest.mark.parametrize(
    "body",
    [BODY, (*BODY, ADDED), BODY[:3], tuple(reversed(BODY))],
    ids=["as it is", "with a local paragraph", "cut", "in another order"],
)
def test_a_wire_story_on_two_channels_is_one_story(database, body):
    record(database, wire())
    recorded = record(database, wire(5, "2", body, "sc"))

    assert recorded.change is Change.NEW
    assert told(database) == [(NEW, 1, 1), (REPUBLISHED, 2, 1)]
    assert [article.story for article in queries.articles(database)] == [1, 1]


def test_another_story_and_the_next_form_of_an_office_are_new(database):
    record(database, wire())
    for number, body in enumerate((notice(23, 9, 15, 3, 72), notice(24, 12, 19, 2, 58)), start=2):
        record(database, seen(number, str(number), title="綦江天气预报", body=body))

    assert told(database) == [(NEW, 1, 1), (NEW, 2, 2), (NEW, 3, 3)]


def test_members_come_in_the_order_first_seen(database):
    record(database, wire(10, "1"))
    record(database, wire(30, "2", channel="gz"))
    record(database, wire(20, "3", channel="sc"))

    assert members(database, 1) == [1, 3, 2]
    assert members(database, 2) == []


DAY = 24 * 60
WITHIN = {
    "published within days": (wire(30 * DAY, "2", BODY[:3], days=6), REPUBLISHED),
    "published within days, the later one seen first": (wire(30 * DAY, "2", BODY[:3], days=-6), REPUBLISHED),
    "taken from the archive when that was just read": (wire(5, "2", BODY[:3], days=200), REPUBLISHED),
    "much later": (wire(30 * DAY, "2", BODY[:3], days=30), NEW),
    "much later, word for word": (wire(400 * DAY, "2", days=400), REPUBLISHED),
}


@pytest.mark.parametrize(("later", "kind"), WITHIN.values(), ids=WITHIN)
def test_a_republication_comes_within_days_or_is_the_very_same(database, later, kind):
    record(database, wire())

    assert record(database, later).event.kind is kind


def test_a_short_notice_may_say_the_same_every_year(database):
    short = ("明日起恢复办公。",)
    record(database, wire(0, "1", short))

    assert record(database, wire(400 * DAY, "2", short, days=400)).event.kind is NEW


def test_an_edited_article_stays_in_its_story_and_is_found_by_its_new_text(database):
    record(database, wire())
    record(database, wire(5, "2", channel="sc"))
    record(database, wire(10, "2", notice(23, 9, 15, 3, 72), "sc"))
    record(database, wire(15, "3", notice(23, 9, 15, 3, 72), "gz"))

    assert told(database) == [(NEW, 1, 1), (REPUBLISHED, 2, 1), (EDITED, 2, 1), (REPUBLISHED, 3, 1)]


def test_a_text_read_anew_is_found_by_what_it_says_now(database):
    record(database, seen(0, "1"))
    articles.replace_reading(database, 1, 1, reading("1", title=TITLE, body=BODY, rules="d2"))

    assert record(database, wire(5, "2")).event.story == 1


def test_a_visit_recorded_twice_is_told_once(database):
    for sighting in (wire(), wire(5, "2"), wire(), wire(5, "2")):
        record(database, sighting)

    assert told(database) == [(NEW, 1, 1), (REPUBLISHED, 2, 1)]


def test_articles_without_a_letter_have_nothing_in_common(database):
    record(database, seen(0, "1", title="——", body=("……",)))
    record(database, seen(5, "2", title="！！", body=("？",)))

    assert told(database) == [(NEW, 1, 1), (NEW, 2, 2)]


def test_a_hundred_copies_are_one_story_and_store_no_more_keys_than_find_it(database):
    for number in range(100):
        record(database, wire(number, str(number)))
    rows = maintenance.sizes(database).rows["story_keys"]

    assert len(members(database, 1)) == 100
    assert rows == COMMON * len(signature(wire().reading.canonical))


def test_of_copies_that_two_processes_record_at_once_one_is_the_first(database, database_url):
    together = time.time() + 0.5
    twins = [PROCESSES.Process(target=record_wire, args=(database_url, together, key)) for key in "ab"]
    for twin in twins:
        twin.start()
    for twin in twins:
        twin.join()

    assert [twin.exitcode for twin in twins] == [0, 0]
    kinds = [event.kind for event in queries.events(database)]
    assert (kinds.count(NEW), kinds.count(REPUBLISHED)) == (1, 9)
    (story,) = {article.story for article in queries.articles(database)}
    assert len(members(database, story)) == 10
    assert maintenance.check(database).findings == ()


def record_wire(url: str, together: float, key: str) -> None:
    """Record five copies, from the appointed time on."""
    with Database.open(url) as database:
        time.sleep(max(0.0, together - time.time()))
        for number in range(5):
            record(database, wire(0, f"{key}{number}"))


class TestRebuilding:
    def forget(self, database: Database, *damage: str) -> None:
        with database.write() as connection:
            for statement in damage:
                connection.exec_driver_sql(statement)

    @pytest.fixture
    def store(self, database):
        record(database, wire(0, "1"))
        record(database, wire(10, "2", (*BODY, ADDED), "sc"))
        record(database, seen(20, "3"))
        return database

    def test_articles_stored_before_there_were_stories_get_one(self, store):
        wanted = told(store)
        self.forget(
            store,
            "DELETE FROM story_keys",
            "UPDATE articles SET story = NULL",
            "UPDATE events SET story = NULL",
        )
        assert maintenance.check(store).findings == ("3 articles belong to no story: newsdelta db rebuild",)

        assert maintenance.rebuild_stories(store) == 3
        assert told(store) == wanted
        assert maintenance.check(store).findings == ()
        assert record(store, wire(30, "4")).event.story == 1

    def test_what_was_told_stays(self, store):
        self.forget(store, "UPDATE articles SET story = 2 WHERE id = 2")

        maintenance.rebuild_stories(store)
        assert [article.story for article in queries.articles(store)] == [3, 2, 1]

    def test_the_rebuilt_index_is_the_one_that_was(self, store):
        before = self.keys(store)
        self.forget(
            store, "INSERT INTO story_keys VALUES (2968, 7, 999)", "DELETE FROM story_keys WHERE article = 1"
        )

        assert maintenance.check(store).findings == (
            "the index of stories has 1 articles that are not stored: newsdelta db rebuild",
        )
        maintenance.rebuild_stories(store)
        assert self.keys(store) == before

    def keys(self, database: Database) -> set[tuple[int, ...]]:
        with database.read() as connection:
            return {tuple(row) for row in connection.exec_driver_sql("SELECT * FROM story_keys")}

    def test_more_articles_than_one_transaction_takes(self, database, monkeypatch):
        monkeypatch.setattr("storage.story_index.STEP", 2)
        for number in range(4):
            record(database, wire(5 - number, str(number)))
        self.forget(database, "UPDATE articles SET story = NULL")

        assert maintenance.rebuild_stories(database) == 4
        assert members(database, 4) == [4, 3, 2, 1]

    def test_a_story_that_no_article_began_is_found(self, store):
        self.forget(store, "UPDATE articles SET story = 99 WHERE id = 2")

        assert maintenance.check(store).findings == ("article 2: its story, 99, was begun by no article",)
