"""A change of our rules is never told as an edit of theirs."""

import pytest

from tests.acceptance.conftest import Newsdelta


@pytest.fixture
def older(newsdelta: Newsdelta, site) -> Newsdelta:
    """A store whose texts were read by rules of the past, which read them otherwise."""
    newsdelta.crawl()
    newsdelta.sql("UPDATE revisions SET rules = 'past', content_hash = 'past:' || id, canonical = 'past'")
    newsdelta.sql("UPDATE articles SET rules = 'past', content_hash = 'past:' || id")
    return newsdelta


def test_a_crawl_after_a_change_of_rules_tells_only_what_the_site_changed(older, site):
    site.do("edit", article=20, classes="number")
    site.do("churn", articles="all")
    summary = older.crawl()
    assert (summary["fetched"] > 20, summary["edited"]) == (True, 1)
    (edited,) = older.lines("events", "--kind", "edited")
    assert edited["url"] == site.truth(20)["url"]
    assert edited["classes"] == ["number"]
    assert older.json("db", "check")["findings"] == []


def test_reextract_says_first_what_would_change(older, site):
    rows = older.lines("reextract")
    assert {row["outcome"] for row in rows} == {"text"}
    assert len(rows) == len(older.lines("reextract")) == 24
    assert "24 revisions would change" in older("reextract").stdout


def test_reextract_applies_the_rules_of_today_without_a_word(older, site):
    before = older.lines("events")
    assert "24 revisions were changed" in older("reextract", "--apply").stdout
    assert older.lines("reextract") == []
    assert older.lines("events") == before
    assert older.crawl()["edited"] == 0
    assert older.json("db", "check")["findings"] == []


def test_where_the_bytes_are_gone_the_old_reading_stays(older, site):
    older.sql("DELETE FROM archive_records")
    assert {row["outcome"] for row in older.lines("reextract", "--apply")} == {"no-pages"}
    assert len(older.lines("articles", "--limit", "100")) == 24
