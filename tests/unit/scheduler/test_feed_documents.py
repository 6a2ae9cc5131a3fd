"""A feed as Atom and JSON Feed, and who has a document already: what readers of feeds rely on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from lxml import etree

from scheduler.feeds.atom import atom
from scheduler.feeds.document import Document, is_fresh
from scheduler.feeds.entries import Entry, Feed
from scheduler.feeds.jsonfeed import json_feed

ATOM = "{http://www.w3.org/2005/Atom}"
AT = datetime(2026, 11, 24, 9, 30, 15, 700_000, timezone(timedelta(hours=8)))
ENTRY = Entry(
    id="tag:newsdelta,2026:x/event/7",
    at=AT,
    title="改动：渝北 <新增> 公园",
    url="http://cq.example/7.html",
    copy="https://desk.example/articles/7",
    authors=("陈思远", "重庆日报"),
    tags=("edited", "number"),
    summary="面积 1200 → 2100",
    html="<p>面积 &lt; 2100</p>",
)
FEED = Feed(
    "tag:newsdelta,2026:x/channel/cq", "重庆", "zh-CN", "http://cq.example/", "newsdelta", AT, (ENTRY,)
)
BARE = replace(FEED, home="", entries=(replace(ENTRY, url="", copy="", authors=(), tags=()),))


def test_an_atom_feed_has_what_the_standard_asks_for() -> None:
    root = etree.fromstring(atom(FEED, "https://desk.example/cq.atom").content)
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}

    assert root.tag == f"{ATOM}feed"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-CN"
    assert [root.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated")] == [
        FEED.id,
        "重庆",
        "2026-11-24T01:30:15Z",
    ]
    assert links == {"self": "https://desk.example/cq.atom", "alternate": "http://cq.example/"}
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "newsdelta"


def test_an_atom_entry_says_what_happened_when_and_where() -> None:
    (entry,) = etree.fromstring(atom(FEED).content).findall(f"{ATOM}entry")
    links = {link.get("rel"): link.get("href") for link in entry.findall(f"{ATOM}link")}

    assert [entry.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated", "published")] == [
        ENTRY.id,
        ENTRY.title,
        *["2026-11-24T01:30:15Z"] * 2,
    ]
    assert links == {"alternate": ENTRY.url, "related": ENTRY.copy}
    assert [name.text for name in entry.iterfind(f"{ATOM}author/{ATOM}name")] == ["陈思远", "重庆日报"]
    assert [tag.get("term") for tag in entry.findall(f"{ATOM}category")] == ["edited", "number"]
    content = entry.find(f"{ATOM}content")
    assert (content.get("type"), content.text) == ("html", ENTRY.html)
    assert entry.findtext(f"{ATOM}summary") == ENTRY.summary


def test_a_json_feed_says_the_same() -> None:
    said = json.loads(json_feed(FEED, "https://desk.example/cq.json").content)

    assert said == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "重庆",
        "home_page_url": "http://cq.example/",
        "feed_url": "https://desk.example/cq.json",
        "language": "zh-CN",
        "authors": [{"name": "newsdelta"}],
        "items": [
            {
                "id": ENTRY.id,
                "url": ENTRY.url,
                "title": ENTRY.title,
                "content_html": ENTRY.html,
                "summary": ENTRY.summary,
                "date_published": "2026-11-24T01:30:15Z",
                "date_modified": "2026-11-24T01:30:15Z",
                "authors": [{"name": "陈思远"}, {"name": "重庆日报"}],
                "tags": ["edited", "number"],
                "language": "zh-CN",
            }
        ],
    }


def test_what_is_not_known_is_left_out_and_never_empty() -> None:
    root = etree.fromstring(atom(BARE).content)
    said = json.loads(json_feed(BARE).content)

    assert not root.findall(f".//{ATOM}link")
    assert not said.keys() & {"home_page_url", "feed_url"}
    assert not said["items"][0].keys() & {"url", "authors", "tags"}


def test_a_feed_without_entries_is_a_feed() -> None:
    empty = replace(FEED, entries=())

    assert not etree.fromstring(atom(empty).content).findall(f"{ATOM}entry")
    assert json.loads(json_feed(empty).content)["items"] == []


def test_an_entry_without_text_still_has_a_content() -> None:
    feed = replace(FEED, entries=(replace(ENTRY, html=""),))

    assert json.loads(json_feed(feed).content)["items"][0]["content_html"] == ""


@pytest.mark.parametrize(("write", "kind"), [(atom, "atom+xml"), (json_feed, "feed+json")])
def test_a_document_knows_its_kind_and_its_last_change(write, kind) -> None:
    made = write(FEED)

    assert (made.media_type, made.last_modified) == (f"application/{kind}", "Tue, 24 Nov 2026 01:30:15 GMT")
    assert made.etag == write(FEED).etag != write(BARE).etag


KEPT = Document(b"<feed/>", "application/atom+xml", AT.astimezone(UTC))
SAME = KEPT.etag


@pytest.mark.parametrize(
    ("tags", "since", "fresh"),
    [
        (None, None, False),
        (SAME, None, True),
        (f"W/{SAME}", None, True),
        (f'"other", {SAME}', None, True),
        ('"other"', None, False),
        (" * ", None, True),
        ("", None, False),
        (None, "Tue, 24 Nov 2026 01:30:15 GMT", True),
        (None, "Tue, 24 Nov 2026 01:30:14 GMT", False),
        (None, "Tue, 24 Nov 2026 09:30:15 +0800", True),
        (None, "Tue, 24 Nov 2026 01:30:15 -0000", True),
        (None, "yesterday", False),
        ('"other"', "Tue, 24 Nov 2026 01:30:15 GMT", False),  # the tag decides where there is one
    ],
)
def test_who_has_the_document_already(tags, since, fresh) -> None:
    assert is_fresh(KEPT, tags, since) is fresh
