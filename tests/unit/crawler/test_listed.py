"""What of a listing is worth a visit, and how far it is followed."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.listed import (
    ALONE,
    FRONT,
    WHOLE,
    depth_after,
    front,
    is_alive,
    is_followed,
    read_before,
    to_visit,
    touched,
)
from storage.frontier import Listed
from storage.records import Link

WEEK = timedelta(days=7)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def links(*keys: str) -> list[Link]:
    return [Link(f"https://jiangzhou.example/{key}.html", "jiangzhou", key) for key in keys]


def shown(*keys: str, days: float, depth: int = 1) -> Listed:
    return Listed(frozenset(keys), NOW - timedelta(days=days), depth)


@pytest.mark.parametrize(
    ("before", "alive"),
    [
        pytest.param(None, True, id="never seen"),
        pytest.param(shown("a", "b", days=6), True, id="the same for six days"),
        pytest.param(shown("a", "b", days=8), False, id="the same for eight days"),
        pytest.param(shown("a", days=8), True, id="another one since"),
    ],
)
def test_a_listing_is_alive_while_what_it_shows_changes(before, alive):
    assert is_alive(("b", "a"), before, NOW, WEEK) is alive


def test_a_first_page_has_an_end_even_where_a_feed_has_none():
    keys = front(links("a", "a", *map(str, range(1000))))
    assert keys[:2] == ("a", "0")
    assert len(keys) == FRONT


def test_visited_is_what_is_unknown_and_what_is_to_be_seen_again():
    assert to_visit(links("a", "b", "c"), {"c"}, ("a", "elsewhere")) == links("a", "c")


def test_a_sitemaps_word_that_an_article_changed_counts_against_the_last_visit():
    hour = timedelta(hours=1)
    visits = {"a": NOW, "b": NOW, "c": NOW}
    assert touched({"a": NOW + hour, "b": NOW - hour, "new": NOW}, visits) == {"a"}


@pytest.mark.parametrize(
    ("page", "depth", "unknown", "goes_on"),
    [
        pytest.param(1, 0, "", True, id="never read so deep"),
        pytest.param(1, 9, "", True, id="read less deep than asked for"),
        pytest.param(1, 10, "", False, id="read as deep, and nothing new"),
        pytest.param(1, WHOLE, "b", True, id="something new pushes what is old onto the next page"),
        pytest.param(10, 0, "ab", False, id="deep enough"),
    ],
)
def test_a_listing_is_followed_as_deep_as_asked_for_and_once(page, depth, unknown, goes_on):
    assert is_followed(page, depth, 10, links("a", "b"), set(unknown)) is goes_on


def test_a_page_without_links_is_the_last():
    assert not is_followed(1, 0, 10, [], set())


@pytest.mark.parametrize(
    ("page", "depth", "unknown", "ends", "after"),
    [
        pytest.param(1, 0, "ab", False, 1, id="the first of a listing never read"),
        pytest.param(3, 0, "ab", False, 3, id="its third"),
        pytest.param(3, 0, "ab", True, WHOLE, id="its last"),
        pytest.param(1, 0, "ab", True, ALONE, id="its only one"),
        pytest.param(1, 40, "a", False, 40, id="new articles above those that were read"),
        pytest.param(1, 40, "ab", False, 1, id="only new ones: there may be more behind them"),
        pytest.param(2, 40, "", False, 40, id="the gap is closed"),
        pytest.param(1, 40, "b", False, 1, id="one pinned to the top proves nothing"),
    ],
)
def test_how_deep_a_listing_is_known_after_a_page(page, depth, unknown, ends, after):
    assert depth_after(page, depth, links("a", "b"), set(unknown), ends=ends) == after


def test_a_pager_that_was_not_there_leads_to_pages_that_nobody_read():
    assert read_before(ALONE, ends=True) == ALONE
    assert read_before(ALONE, ends=False) == 1
    assert read_before(WHOLE, ends=False) == WHOLE
