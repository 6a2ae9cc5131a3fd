"""The read side: finding, listing, following."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from storage import articles, queries
from storage.decide import Policy
from storage.diff import width_fold
from storage.errors import NotFound
from storage.records import EditClass, EventKind, Outcome, RunCounts
from tests.sightings import PUBLISHER, at, seen, url_of

POLICY = Policy(removal_visits=1, removal_after=timedelta(0))


@pytest.fixture
def store(database):
    """Three articles of two channels; the second one edited, the third one removed."""
    for sighting in (
        seen(0, "41000001", parts=2),
        seen(1, "41000002", channel="sc"),
        seen(2, "41000003"),
        seen(10, "41000002", channel="sc", body=("今年新增口袋公园九处。",)),
        seen(20, "41000003", outcome=Outcome.GONE),
    ):
        articles.record(database, sighting, POLICY, width_fold)
    return database


def locate(url: str) -> tuple[str, str] | None:
    """What the publisher's own rules make of an address: its trailing number."""
    return (PUBLISHER, url.rsplit("-", 1)[1].removesuffix(".html")) if "people.com.cn" in url else None


@pytest.mark.parametrize(
    "ref",
    [
        "1",
        " 1 ",
        "41000001",
        url_of("41000001"),
        url_of("41000001", 2),
        "https://m.people.com.cn/GB/9/c1-41000001.html",
    ],
    ids=["number", "number with spaces", "publisher's id", "URL", "URL of part 2", "a URL never fetched"],
)
def test_an_article_is_found_by_whatever_names_it(store, ref):
    assert queries.find_article(store, ref, locate).key == "41000001"


@pytest.mark.parametrize("ref", ["99", "41000009", "http://example.com/1.html", "", "公园", "9" * 40])
def test_what_names_none_is_named_with_the_mend(store, ref):
    with pytest.raises(NotFound, match="newsdelta articles lists them") as caught:
        queries.find_article(store, ref, locate)
    assert caught.value.subject == ref


def test_an_id_that_two_publishers_use_asks_for_the_url(store):
    other = seen(3, "41000001")
    articles.record(
        store, type(other)(**{**as_options(other), "publisher": "example.com"}), POLICY, width_fold
    )

    with pytest.raises(NotFound, match="Name its URL"):
        queries.find_article(store, "41000001")


def as_options(sighting):
    return {name: getattr(sighting, name) for name in sighting.__dataclass_fields__}


def test_articles_newest_first_by_channel_and_time(store):
    assert [a.id for a in queries.articles(store)] == [3, 2, 1]
    assert [a.id for a in queries.articles(store, channel="cq")] == [3, 1]
    assert [a.id for a in queries.articles(store, since=at(1))] == [3, 2]
    assert [a.id for a in queries.articles(store, limit=1)] == [3]
    assert [a.id for a in queries.articles(store, limit=1, after=3)] == [2]
    assert queries.articles(store, after=1) == ()


def test_times_may_be_asked_in_any_zone(store):
    cst = timezone(timedelta(hours=8))

    assert [a.id for a in queries.articles(store, since=at(1).astimezone(cst))] == [3, 2]


def test_events_oldest_first_by_kind_class_weight_and_channel(store):
    def ids(**options):
        return [event.id for event in queries.events(store, **options)]

    assert [e.kind for e in queries.events(store)] == [
        EventKind.NEW, EventKind.REPUBLISHED, EventKind.REPUBLISHED, EventKind.EDITED, EventKind.REMOVED
    ]  # fmt: skip
    edit = next(queries.events(store, kind=EventKind.EDITED))
    assert ids(edit_class=edit.classes[0]) == ids(min_weight=edit.weight) == [edit.id]
    assert ids(edit_class=next(c for c in EditClass if c not in edit.classes)) == []
    assert ids(min_weight=edit.weight + 1) == []
    assert ids(channel="sc") == ids(article=2) == [2, 4]
    assert ids(since=at(10)) == [4, 5]
    assert ids(after_id=3) == [4, 5]
    assert ids(limit=2) == [1, 2]
    assert [event.id for event in queries.latest_events(store, 2)] == [5, 4]
    assert queries.last_event_id(store) == 5


def test_many_events_come_in_pieces_without_gap_or_double(store, monkeypatch):
    monkeypatch.setattr(queries, "_AT_ONCE", 2)

    assert [event.id for event in queries.events(store)] == [1, 2, 3, 4, 5]
    assert [event.id for event in queries.events(store, limit=3)] == [1, 2, 3]


def test_an_export_holds_every_article_with_its_last_revision(store, monkeypatch):
    monkeypatch.setattr("storage.queries._AT_ONCE", 2)
    rows = list(queries.export_rows(store))

    assert [(article.id, revision.number) for article, revision in rows] == [(1, 1), (2, 2), (3, 1)]
    assert [article.id for article, _ in queries.export_rows(store, channel="sc")] == [2]


def test_one_can_write_while_reading_an_export(store):
    for article, _ in queries.export_rows(store):
        articles.record(store, seen(60, article.key, channel=article.channel), POLICY, width_fold)

    assert queries.counts(store).observations == 8


def test_runs_and_the_requests_of_the_last_hour(store):
    ended = articles.start_run(store, "cq", at(0))
    articles.finish_run(store, ended, at(30), RunCounts(fetched=7, not_modified=2, failed=1))
    killed = articles.start_run(store, "cq", at(40))
    articles.record(store, seen(45, "41000001", run=killed), POLICY, width_fold)

    assert [(run.id, run.counts.fetched, run.finished_at) for run in queries.runs(store)] == [
        (killed, 0, None), (ended, 7, at(30))
    ]  # fmt: skip
    assert queries.runs(store, channel="sc") == ()
    assert queries.requests_since(store, at(0)) == {"cq": 11}
    assert queries.requests_since(store, at(40)) == {"cq": 1}


def test_a_channel_breaks_once_and_recovers_once(store):
    broken, recovered = EventKind.CHANNEL_BROKEN, EventKind.CHANNEL_RECOVERED

    def tell(kind, minute):
        event = articles.record_channel_event(store, "cq", kind, at(minute), detail="no links")
        return event and (event.kind, event.article, event.detail)

    assert tell(recovered, 0) is None
    assert tell(broken, 1) == (broken, None, "no links")
    assert tell(broken, 2) is None
    assert tell(recovered, 3) == (recovered, None, "no links")
    assert tell(broken, 4) == (broken, None, "no links")
    with pytest.raises(ValueError):
        articles.record_channel_event(store, "cq", EventKind.NEW, at(5))


def test_observations_latest_first(store):
    outcomes = [seen.outcome for seen in queries.observations(store, 3)]

    assert outcomes == [Outcome.GONE, Outcome.READ]
    assert queries.observations(store, 3, limit=1)[0].at == datetime(2026, 11, 24, 1, 20, tzinfo=UTC)
