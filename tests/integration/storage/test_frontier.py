"""What there is to fetch."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from storage import articles
from storage.decide import Policy
from storage.diff import width_fold
from storage.frontier import LONGEST_URL, Listed
from storage.records import Outcome, State
from tests.sightings import PUBLISHER, at, link, pages, reading, seen, url_of

HOME = "http://cq.people.com.cn/"
POLICY = Policy(removal_visits=1, removal_after=timedelta(0))


def record(database, sighting):
    return articles.record(database, sighting, POLICY, width_fold)


def test_only_links_to_unknown_articles_are_given_back_in_order_and_once(database):
    record(database, seen(0, "2"))
    found = articles.discover(database, "cq", [link("3"), link("2"), link("1"), link("3")], at(1))

    assert [one.key for one in found] == ["3", "1"]
    assert articles.discover(database, "cq", [link("3")], at(2)) == (link("3"),)
    assert articles.discover(database, "cq", [], at(2)) == ()


def test_pending_links_least_tried_first_then_newest(database):
    articles.discover(database, "cq", [link("1", "题目一")], at(0))
    articles.discover(database, "cq", [link("2")], at(5))
    articles.discover(database, "sc", [link("3")], at(5))
    record(database, seen(6, "2", outcome=Outcome.FAILED))

    assert articles.pending(database, "cq") == (link("1", "题目一"), link("2"))
    assert articles.pending(database, "cq", 1) == (link("1", "题目一"),)
    assert articles.pending(database, "cq", attempts=1) == (link("1", "题目一"),)


def test_a_title_that_a_later_listing_shows_is_kept(database):
    articles.discover(database, "cq", [link("1")], at(0))
    articles.discover(database, "cq", [link("1", "题目")], at(1))
    articles.discover(database, "cq", [link("1")], at(2))

    assert articles.pending(database, "cq")[0].title == "题目"


def test_an_address_no_index_can_hold_is_left_out(database):
    endless = replace(link("1"), url="http://x/" + "a" * LONGEST_URL)

    assert articles.discover(database, "cq", [endless], at(0)) == ()


def test_validators_of_articles_and_listings(database):
    record(database, seen(0, "1", parts=2))
    articles.remember_listing(database, HOME, channel="cq", etag='"h1"', last_modified=None, now=at(0))
    articles.remember_listing(database, HOME, channel="cq", etag='"h2"', last_modified="Tue", now=at(1))
    known = articles.validators(database, [HOME, url_of("1", 2), "http://cq.people.com.cn/none"])

    assert {url: (v.etag, v.last_modified, v.part, v.article) for url, v in known.items()} == {
        HOME: ('"h2"', "Tue", 1, None),
        url_of("1", 2): ('"a1"', None, 2, 1),
    }


def test_validators_are_those_of_the_page_last_read(database):
    record(database, seen(0, "1"))
    record(database, replace(seen(5, "1"), pages=pages("1", reading("1"), etag='"a2"')))
    record(database, seen(9, "1", outcome=Outcome.NOT_MODIFIED))
    record(database, seen(9.5, "1", outcome=Outcome.FAILED))

    assert articles.parts(database, PUBLISHER, "1")[1].etag == '"a2"'
    assert articles.parts(database, PUBLISHER, "unknown") == {}


def test_of_two_mirrors_of_a_page_the_one_fetched_last_counts(database):
    record(database, seen(0, "1"))
    mirror = replace(pages("1", reading("1"))[0], url="http://cq.people.com.cn/BIG5/n2/1.html")
    record(database, replace(seen(5, "1"), pages=(mirror,)))

    assert articles.parts(database, PUBLISHER, "1")[1].url == mirror.url
    assert set(articles.validators(database, [mirror.url, url_of("1")])) == {mirror.url, url_of("1")}


def published(minutes, sighting):
    """The same visit to an article of another age."""
    moment = None if minutes is None else at(minutes)
    fields = replace(sighting.reading.fields, published_at=moment)
    return replace(sighting, reading=replace(sighting.reading, fields=fields))


def again(database, since):
    return [one.key for one in articles.revisitable(database, "cq", at(since))]


def test_what_to_look_at_again(database):
    for minute, key in ((0, "1"), (10, "2"), (20, "3"), (30, "4")):
        record(database, published(minute, seen(minute, key)))
    record(database, published(25, seen(25, "x", channel="sc")))
    record(database, seen(40, "3", outcome=Outcome.GONE))
    record(database, published(30, seen(41, "4", body=("改过的正文。",))))
    found = articles.revisitable(database, "cq", at(10))

    assert [(one.key, one.state, one.visits, one.revisions) for one in found] == [
        ("4", State.PRESENT, 2, 2),
        ("3", State.REMOVED, 2, 1),
        ("2", State.PRESENT, 1, 1),
    ]
    assert found[0].url == url_of("4")
    assert found[0].last_visit == at(41)


def test_an_article_is_as_old_as_it_says_and_as_we_know_it_where_it_says_nothing(database):
    record(database, published(-9000, seen(20, "of-years-ago")))
    record(database, published(None, seen(21, "undated")))

    assert again(database, 10) == ["undated"]


def test_an_old_article_is_looked_at_while_a_listing_that_is_alive_shows_it(database):
    record(database, published(-9000, seen(0, "1")))
    show(database, 10, "1", "of-another-channel", "never-read")
    assert again(database, 5) == ["1"]
    show(database, 20, "1", "of-another-channel", "never-read")
    assert again(database, 15) == [], "it has shown the same since 10"
    show(database, 30, "1", "2")
    assert again(database, 15) == ["1"]
    show(database, 40, "2")
    assert again(database, 15) == []


def test_an_absence_is_looked_into_whatever_the_articles_age(database):
    doubtful = Policy(removal_visits=2, removal_after=timedelta(0))
    record(database, published(-9000, seen(0, "1")))
    articles.record(database, seen(5, "1", outcome=Outcome.GONE), doubtful, width_fold)
    assert again(database, 60) == ["1"]
    articles.record(database, seen(6, "1", outcome=Outcome.GONE), doubtful, width_fold)
    assert again(database, 60) == []
    assert again(database, 5) == ["1"], "it may come back"


def show(database, minute, *keys):
    articles.remember_listing(
        database, HOME, channel="cq", etag=None, last_modified=None, now=at(minute), shows=keys
    )


def test_what_a_listing_shows_since_when_and_how_deep_it_is_known(database):
    assert articles.listed(database, [HOME]) == {}
    show(database, 0, "1", "2")
    articles.note_depth(database, HOME, 7)
    show(database, 5, "2", "1")
    assert articles.listed(database, [HOME]) == {HOME: Listed(frozenset("12"), at(0), 7)}
    show(database, 9, "2")
    assert articles.listed(database, [HOME]) == {HOME: Listed(frozenset("2"), at(9), 7)}


def test_further_pages_of_a_listing_have_validators_and_show_nothing(database):
    page = f"{HOME}index2.html"
    articles.remember_listing(database, page, channel="cq", etag='"2"', last_modified=None, now=at(0))

    assert articles.listed(database, [page]) == {}
    assert articles.validators(database, [page])[page].etag == '"2"'


def test_when_articles_were_visited_last(database):
    record(database, seen(0, "1"))
    record(database, seen(7, "1"))

    assert articles.last_visits(database, PUBLISHER, ["1", "unknown"]) == {"1": at(7)}


def test_an_article_removed_long_ago_is_left_in_peace(database):
    record(database, seen(0, "1"))
    record(database, seen(5, "1", outcome=Outcome.GONE))

    assert [one.key for one in articles.revisitable(database, "cq", at(0))] == ["1"]
    assert articles.revisitable(database, "cq", at(6)) == ()
