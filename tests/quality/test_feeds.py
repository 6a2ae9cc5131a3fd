"""Feeds and robots.txt as they are in the wild: what others' suites expect, and what accidents leave."""

from __future__ import annotations

import re

import pytest
from protego import Protego

from crawler.sources.discover import robots_sitemaps
from tests.quality import feedparser_suite, mutations
from tests.quality.suites import robots_files, suite

WHERE = "the source distribution of {} is not here: set NEWSDELTA_SUITES, or NEWSDELTA_FETCH=1 to fetch it"

#: Where we read something else than feedparser's tests expect, and why.
DIFFERENCES = {
    "encoding/bozo_linenoise.xml": "UTF-8 with a bad byte is read as UTF-8, not as windows-1252",
    "wellformed/atom10/entry_id_no_normalization_4.xml": "feedparser resolves ids, too, where it is told the address",
    "wellformed/atom10/entry_id_with_attributes.xml": "as above",
    "wellformed/lang/http_content_language.xml": "a server's Content-Language is not the feed's",
    "wellformed/rss/item_description_and_summary.xml": "one summary is kept: the first",
    "wellformed/rss/item_summary_and_description.xml": "as above",
    "wellformed/rss/item_description_not_a_doctype.xml": "what HTML takes for a comment is none of the text",
    "wellformed/sanitize/xml_declaration_unexpected_character.xml": "as above",
    "wellformed/sanitize/xml_malicious_comment.xml": "as above: a comment ends at -->, as in browsers",
    "wellformed/sanitize/item_content_encoded_script_nested_cdata.xml": "as above, with CDATA",
}


def folder(name):
    found = suite(name)
    return found or pytest.skip(WHERE.format(name))


def test_every_field_we_use_is_what_feedparsers_tests_expect():
    tally = feedparser_suite.measure(folder("feedparser"))
    differing = {line.partition(": ")[0].removeprefix("tests/") for line in tally.differences}
    assert tally.crashes == []
    assert differing - DIFFERENCES.keys() == set()
    assert tally.compared.total() > 1_200


def test_robots_files_of_thousands_of_websites():
    files = robots_files(folder("protego"))
    found = 0
    for content in files:
        text = content.decode("utf-8", "replace")
        found += bool(robots_sitemaps(text, "https://a.example/robots.txt"))
        Protego.parse(text).can_fetch("https://a.example/", "newsdelta")
    assert len(files) > 4_000
    assert found > 1_000


def test_robots_lines_are_those_that_protego_finds():
    for content in robots_files(folder("protego")):
        text = content.decode("utf-8", "replace")
        theirs = {line for line in Protego.parse(text).sitemaps if re.match("https?://[^/]", line)}
        ours = set(robots_sitemaps(text))
        assert {line for line in theirs - ours if len(line) < 2_000 and not set(line) & set(' <>"')} == set()


def test_damaged_feeds_crash_nothing_and_hold_nothing_up():
    tally = mutations.measure(500)
    assert tally.crashes == []
    assert tally.slowest[0] < mutations.MOST_SECONDS
    assert tally.read.total() - tally.read["none"] > 250
