"""A crawl of the local copy while its template changes or its server is out: what is told, held back, told later."""

from __future__ import annotations

import sqlite3

import pytest

from tests.acceptance.conftest import Newsdelta, id_in
from tests.replica.replica import Replica

WATCH = '[watch]\nremoval_visits = 2\nremoval_after = "0s"\n'


@pytest.fixture
def newsdelta(tmp_path):
    return Newsdelta(tmp_path)


@pytest.fixture
def site(newsdelta):
    with Replica(seed=9, articles=20) as replica:
        newsdelta.configure(replica.url, WATCH)
        newsdelta.crawl()
        yield replica


def told(newsdelta) -> list[tuple[str, str]]:
    return [event for event in newsdelta.events() if event[0] not in ("new", "republished")]


def test_a_redesign_breaks_the_channel_once_and_nothing_is_lost(newsdelta, site):
    site.do("redesign", to="unknown")
    site.do("edit", article=15, classes="number")
    site.do("remove", article=12, how="404")
    for _ in range(3):
        newsdelta.crawl(expect=1)
    assert told(newsdelta) == [("channel-broken", "cq")]
    (broken,) = newsdelta.lines("events", "--kind", "channel-broken")
    assert "read rightly" in broken["detail"]
    site.do("redesign", to="original")
    for _ in range(3):
        newsdelta.crawl()
    edited, removed = id_in(site.truth(15)["url"]), id_in(site.truth(12)["url"])
    assert sorted(told(newsdelta)) == sorted(
        [("channel-broken", "cq"), ("channel-recovered", "cq"), ("edited", edited), ("removed", removed)]
    )


@pytest.mark.parametrize("how", ["404", "410", "soft-404", "redirect-home", "empty"])
@pytest.mark.parametrize("share", [1.0, 0.5])
def test_what_befalls_the_site_or_half_of_it_is_no_removal(newsdelta, site, how, share):
    out = range(int(20 * share))
    for number in out:
        site.do("remove", article=number, how=how, listed=True)
    for _ in range(3):
        newsdelta.crawl()
    assert {kind for kind, _ in told(newsdelta)} <= {"channel-broken"}
    for number in out:
        site.do("restore", article=number)
    newsdelta.crawl()
    assert {kind for kind, _ in told(newsdelta)} <= {"channel-broken", "channel-recovered"}


def test_a_held_visit_is_kept_as_an_observation_with_the_reason(newsdelta, site):
    for number in range(20):
        site.do("remove", article=number, how="404", listed=True)
    newsdelta.crawl()
    with sqlite3.connect(newsdelta.database) as connection:
        rows = connection.execute("SELECT detail FROM observations WHERE outcome = 'gone'").fetchall()
        states = connection.execute("SELECT DISTINCT state, absences FROM articles").fetchall()
    assert rows
    assert all(detail.startswith("quarantined: ") for (detail,) in rows)
    assert states == [("present", 0)]


def test_one_page_in_doubt_asks_others(newsdelta, site):
    """A person asks for one page while the site is out: nobody concludes that the page was removed."""
    url = site.truth(15)["url"]
    for number in range(20):
        site.do("remove", article=number, how="404", listed=True)
    for _ in range(3):
        newsdelta("crawl", "--url", url)
    assert {kind for kind, _ in told(newsdelta)} <= {"channel-broken"}


def test_one_page_removed_is_told_though_it_alone_is_asked_for(newsdelta, site):
    url = site.truth(15)["url"]
    site.do("remove", article=15, how="404")
    for _ in range(3):
        newsdelta("crawl", "--url", url)
    assert told(newsdelta) == [("removed", id_in(url))]


@pytest.mark.parametrize("together", [1, 2, 3])
def test_articles_that_went_together_are_told_though_the_first_that_are_asked_went_too(
    newsdelta, site, together
):
    """Who is asked first whether the site is well are the newest: of all, those go together the most."""
    *newest, (key, url) = newsdelta.sql("SELECT key, url FROM articles ORDER BY first_seen DESC, id DESC")
    for gone in (key, *(newer for newer, _ in newest[:together])):
        site.do("remove", article=gone, how="404")
    for _ in range(3):
        newsdelta("crawl", "--url", url)
    assert ("channel-broken", "cq") not in told(newsdelta)
    assert ("removed", id_in(url)) in told(newsdelta)


def test_a_channel_that_lost_its_links_is_told(newsdelta, site):
    site.do("status", code=200, path="/")
    newsdelta.crawl(expect=0)
    assert ("channel-broken", "cq") not in told(newsdelta)  # the columns are well


def test_many_edits_at_once_are_told(newsdelta, site):
    for number in range(5, 11):
        site.do("edit", article=number, classes="number")
    assert newsdelta.crawl()["edited"] == 6
    assert {kind for kind, _ in told(newsdelta)} == {"edited"}
