"""record(): stories of articles, told visit by visit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import articles, queries
from storage.database import Database
from storage.decide import Change, Policy
from storage.diff import width_fold
from storage.records import EditClass, EventKind, Outcome, Sighting, State
from tests.sightings import BODY, PUBLISHER, RULES, at, link, reading, seen, url_of

EDITED = (BODY[0], "其中龙溪街道一处面积为2100平方米。")
POLICY = Policy(removal_visits=2, removal_after=timedelta(minutes=30))


def record(database: Database, sighting: Sighting, **options) -> articles.Recorded:
    return articles.record(database, sighting, POLICY, width_fold, **options)


def told(database: Database) -> list[EventKind]:
    return [event.kind for event in queries.events(database)]


def test_a_new_article_is_stored_with_all_that_belongs_to_it(database):
    articles.discover(database, "cq", [link("41000001")], at(-1))
    recorded = record(database, seen(parts=2))

    article = queries.find_article(database, "41000001")
    assert recorded.change is Change.NEW
    assert (article.id, article.state, article.first_seen) == (recorded.article_id, State.PRESENT, at(0))
    assert queries.revision(database, article.id).reading == reading()
    assert [page.content for page in articles.stored_pages(database, article.id, 1)] == [
        page.content for page in seen(parts=2).pages
    ]
    assert [address.url for address in queries.addresses(database, article.id)] == [
        url_of("41000001"), url_of("41000001", 2)
    ]  # fmt: skip
    assert queries.observations(database, article.id) == (seen().observation,)
    assert list(queries.events(database)) == list(recorded.events)
    assert articles.pending(database, "cq") == ()


def test_an_unchanged_article_gets_an_observation_and_nothing_else(database):
    record(database, seen(0))
    recorded = record(database, seen(10))

    assert (recorded.change, recorded.events) == (Change.UNCHANGED, ())
    assert queries.counts(database) == queries.Counts(1, 1, 2, 1, 0)
    assert queries.find_article(database, "41000001").last_seen == at(10)


def test_an_edit_says_what_it_touched(database):
    record(database, seen(0))
    event = record(database, seen(10, body=EDITED)).event

    assert event.kind is EventKind.EDITED
    assert (event.from_revision, event.to_revision, event.returned_to) == (1, 2, None)
    assert EditClass.NUMBER in event.classes
    assert event.weight > 0
    assert [revision.number for revision in queries.revisions(database, event.article)] == [1, 2]


def test_a_text_that_comes_back_is_a_new_revision_that_says_so(database):
    record(database, seen(0))
    record(database, seen(10, body=EDITED))
    event = record(database, seen(20)).event

    assert (event.to_revision, event.returned_to) == (3, 1)


def test_a_removed_article_that_comes_back_with_another_text_is_two_events(database):
    record(database, seen(0))
    record(database, seen(60, outcome=Outcome.GONE))
    assert told(database) == [EventKind.NEW]
    record(database, seen(100, outcome=Outcome.SOFT_GONE))
    assert queries.find_article(database, "41000001").state is State.REMOVED
    recorded = record(database, seen(200, body=EDITED))

    assert told(database) == [EventKind.NEW, EventKind.REMOVED, EventKind.RESTORED, EventKind.EDITED]
    assert recorded.event.kind is EventKind.EDITED
    assert queries.find_article(database, "41000001").state is State.PRESENT


def test_trouble_never_removes(database):
    record(database, seen(0))
    for minute, outcome in enumerate((Outcome.FAILED, Outcome.BLOCKED, Outcome.UNREADABLE) * 3):
        assert record(database, seen(60 + minute * 60, outcome=outcome)).change is Change.FAILED

    assert told(database) == [EventKind.NEW]


def test_a_visit_recorded_twice_is_recorded_once(database):
    for sighting in (seen(0), seen(60, outcome=Outcome.GONE), seen(90, body=EDITED)):
        record(database, sighting)
        record(database, sighting)

    assert told(database) == [EventKind.NEW, EventKind.EDITED]
    assert queries.counts(database).observations == 3


def test_an_older_visit_that_comes_late_changes_nothing(database):
    record(database, seen(0))
    record(database, seen(10, body=EDITED))
    record(database, seen(5))

    assert told(database) == [EventKind.NEW, EventKind.EDITED]
    assert queries.revision(database, 1).number == 2


def test_what_was_never_read_is_tried_again_a_few_times(database):
    articles.discover(database, "cq", [link("41000001")], at(0))
    for minute in range(5):
        assert len(articles.pending(database, "cq")) == 1
        record(database, seen(minute, outcome=Outcome.GONE))

    assert articles.pending(database, "cq") == ()
    assert queries.counts(database) == queries.Counts(0, 0, 5, 0, 0)


def test_parts_that_are_no_more_are_forgotten(database):
    record(database, seen(0, parts=3))
    record(database, seen(10, parts=2))

    assert sorted(articles.parts(database, PUBLISHER, "41000001")) == [1, 2]


class TestOtherRules:
    def test_the_stored_pages_are_read_again_and_our_change_is_told_to_no_one(self, database):
        record(database, seen(0))
        renewed = reading(body=("新规则读出的正文。",), rules="d2")
        given = []
        recorded = record(
            database,
            seen(10, body=("新规则读出的正文。",), rules="d2"),
            reread=lambda pages: given.append(pages) or renewed,
        )

        assert given == [seen().pages]
        assert (recorded.change, told(database)) == (Change.UNCHANGED, [EventKind.NEW])
        assert queries.revision(database, 1).reading == renewed
        assert [found.id for found in queries.articles(database, search="新规则")] == [1]
        assert queries.articles(database, search="龙溪街道") == ()

    def test_a_change_of_theirs_is_still_told(self, database):
        record(database, seen(0))
        record(database, seen(10, body=EDITED, rules="d2"), reread=lambda pages: reading(rules="d2"))

        assert told(database) == [EventKind.NEW, EventKind.EDITED]
        assert [r.reading.rules for r in queries.revisions(database, 1)] == ["d2", "d2"]

    def test_without_the_old_pages_the_new_reading_is_adopted(self, database):
        record(database, seen(0))
        recorded = record(database, seen(10, body=EDITED, rules="d2"))

        assert (recorded.change, told(database)) == (Change.ADOPTED, [EventKind.NEW])
        assert queries.revision(database, 1).number == 2

    def test_reextracting_replaces_a_reading_in_place(self, database):
        record(database, seen(0))
        assert articles.replace_reading(database, 1, 1, reading(title="新标题", rules="d2"))
        assert not articles.replace_reading(database, 1, 1, reading(title="新标题", rules="d3"))

        assert queries.find_article(database, "1").title == "新标题"
        assert record(database, seen(10, title="新标题", rules="d3")).change is Change.UNCHANGED


def test_rehearsing_stores_nothing(database):
    rehearsed = articles.rehearse(database, seen(0), POLICY, width_fold)
    assert (rehearsed.change, queries.counts(database)) == (Change.NEW, queries.Counts(0, 0, 0, 0, 0))
    record(database, seen(0))

    assert articles.rehearse(database, seen(5, body=EDITED), POLICY, width_fold).change is Change.EDITED
    assert queries.counts(database) == queries.Counts(1, 1, 1, 1, 0)


@pytest.mark.parametrize("text", ["零字节\x00之后", "半个代理\ud842之后", "𠮷野家㊣😀", "a%b%%c'\"\\:x"])
def test_whatever_a_page_holds_can_be_stored(database, text):
    record(database, seen(0, title=text, body=(text,)))
    kept = text.replace("\x00", "").replace("\ud842", "?")

    assert queries.find_article(database, "41000001").title == kept
    assert queries.revision(database, 1).reading.canonical.startswith(kept)


def test_times_come_back_as_the_same_moment_with_a_zone(database):
    record(database, seen(0.123456 / 60))
    article = queries.find_article(database, "41000001")

    assert article.first_seen == at(0.123456 / 60)
    assert article.first_seen.utcoffset() == timedelta(0)
    assert article.published_at == at(-30)


def test_known_is_what_the_next_decision_builds_on(database):
    assert articles.known(database, PUBLISHER, "41000001") is None
    record(database, seen(0))
    record(database, seen(60, outcome=Outcome.GONE))
    known = articles.known(database, PUBLISHER, "41000001")

    assert (known.state, known.absences, known.absent_since) == (State.SUSPECTED, 1, at(60))
    assert (known.revision, known.rules, known.content_hash) == (1, RULES, reading().content_hash)
