"""Feeds from the store: what they hold, the rules that feed validators check, files, conditional GET."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from click.testing import CliRunner
from lxml import etree
from lxml import html as lxml_html

from crawler.text.canonical import fold
from scheduler.cli.feeds import command
from scheduler.feeds import Document, Feed, Feeds, atom, feed_path, is_fresh, json_feed, write_feeds
from scheduler.feeds.files import STATE
from storage import queries, subscriptions
from storage.articles import record, record_channel_event
from storage.database import Database
from storage.decide import Policy
from storage.errors import ConfigError, NotFound
from storage.records import EventKind, Image, Outcome, Subscription
from tests.sightings import BODY, START, TITLE, at, seen, url_of

POLICY = Policy(removal_visits=2, removal_after=timedelta(minutes=10))
FIVE = ("记者从渝北区城市管理局获悉，今年新增口袋公园五处。", BODY[1])
STORY = tuple(
    f"第{number}段：渝北区今年新增口袋公园{number}处，方便周边居民休闲。" for number in range(3, 12)
)
ATOM = "{http://www.w3.org/2005/Atom}"
SELF = "https://news.example.org/feeds/one"


def visited(database: Database, *sightings: Any) -> None:
    for sighting in sightings:
        record(database, sighting, POLICY, fold)


@pytest.fixture
def stored(database: Database) -> Database:
    """A store with an event of every kind in it."""
    visited(
        database,
        seen(0),
        seen(5, title="渝北区新增五处口袋公园", body=FIVE),
        seen(6, "41000002", body=STORY, title="渝北公园建设"),
        seen(7, "41000003", body=STORY, title="渝北公园建设", channel="sc"),
        *(seen(minutes, outcome=Outcome.GONE) for minutes in (10, 30)),
        seen(40, title="渝北区新增五处口袋公园", body=FIVE),
    )
    for minutes, kind in ((50, EventKind.CHANNEL_BROKEN), (55, EventKind.CHANNEL_RECOVERED)):
        record_channel_event(database, "cq", kind, at(minutes), url="http://cq.people.com.cn/", detail="well")
    assert {event.kind for event in queries.events(database)} == set(EventKind) - {EventKind.CHANNEL_QUIET}
    return database


WATCHED = Subscription("口袋公园", ("d1",), words=("口袋公园",), digest="09:00", paused=True)


def feeds_of(database: Database) -> dict[str, Feed]:
    """One feed of each kind."""
    feeds = Feeds(database, page="https://news.example.org")
    story = next(event.story for event in queries.events(database) if event.kind is EventKind.REPUBLISHED)
    return {
        "channel": feeds.channel("cq"),
        "subscription": feeds.subscription(WATCHED, at(60)),
        "story": feeds.story(story or 0),
        "article": feeds.article(1),
        "empty": feeds.channel("bj"),
    }


KINDS = ["channel", "subscription", "story", "article", "empty"]


# -- what a feed holds


def kinds(feed: Feed) -> list[str]:
    return [entry.tags[0] for entry in feed.entries]


def test_a_channels_feed_has_its_events_the_latest_first(stored: Database) -> None:
    feed = feeds_of(stored)["channel"]
    assert feed.title == "重庆频道：发表、改动与撤下"
    assert kinds(feed) == [
        "channel-recovered",
        "channel-broken",
        "restored",
        "removed",
        "new",
        "edited",
        "new",
    ]
    assert feed.updated == at(55)


def test_a_subscriptions_feed_has_what_its_rules_let_through_and_waits_for_nobody(stored: Database) -> None:
    """Its subscription is a digest, and paused: neither concerns a feed."""
    feed = feeds_of(stored)["subscription"]
    assert kinds(feed)[:2] == ["channel-recovered", "channel-broken"]
    assert "edited" in kinds(feed)
    narrow = Feeds(stored).subscription(replace(WATCHED, kinds=(EventKind.EDITED,)), at(60))
    assert kinds(narrow) == ["edited"]


def test_a_storys_feed_has_the_events_of_all_its_articles(stored: Database) -> None:
    assert kinds(feeds_of(stored)["story"]) == ["republished", "new"]


def test_an_articles_feed_is_its_history(stored: Database) -> None:
    feed = feeds_of(stored)["article"]
    assert kinds(feed) == ["restored", "removed", "edited", "new"]
    assert feed.home == url_of("41000001")


def test_an_entry_has_the_full_text_and_of_an_edit_what_changed(stored: Database) -> None:
    entry = feeds_of(stored)["article"].entries[2]
    page = lxml_html.fragment_fromstring(entry.html, "div")
    assert [p.text_content() for p in page.findall("p")][:3] == [
        "标题：渝北区新增[删]三处[增]五处口袋公园",
        "记者从渝北区城市管理局获悉，今年新增口袋公园[删]三处[增]五处。",
        BODY[1],
    ]
    assert entry.url == url_of("41000001")
    assert entry.copy == "https://news.example.org/articles/1/diff?from=1&to=2"


def test_a_paragraph_that_came_and_one_that_went_stand_where_they_are_or_were(database: Database) -> None:
    old = ("甲段写渝北公园。", "乙段写江北桥梁。", "丙段写南岸隧道。")
    new = ("甲段写渝北公园。", "丁段写巴南柑橘。又有一句新的。", "丙段写南岸隧道。")
    visited(database, seen(0, body=old), seen(5, body=new))
    page = lxml_html.fragment_fromstring(Feeds(database).article(1).entries[0].html, "div")
    texts = [p.text_content() for p in page.findall("p")]
    assert texts[0] == old[0]
    assert texts[texts.index(old[2]) - 1].endswith("又有一句新的。")
    assert any(text.startswith("[删]") for text in texts)


def test_pictures_stand_as_links_under_their_captions(database: Database) -> None:
    sighting = seen(0)
    assert sighting.reading is not None
    images = (Image("http://cq.people.com.cn/a.jpg", "公园一角"), Image("javascript:alert(1)", "<b>图</b>"))
    fields = replace(sighting.reading.fields, images=images)
    visited(database, replace(sighting, reading=replace(sighting.reading, fields=fields)))
    html = Feeds(database).article(1).entries[0].html
    assert '<a href="http://cq.people.com.cn/a.jpg" rel="noopener noreferrer">公园一角</a>' in html
    assert "▣ &lt;b&gt;图&lt;/b&gt;" in html


def test_entries_never_change(stored: Database) -> None:
    before = feeds_of(stored)["article"].entries
    visited(stored, seen(70, title="渝北区新增六处口袋公园", body=FIVE))
    assert feeds_of(stored)["article"].entries[1:] == before


def test_a_feed_has_the_latest_entries_only(stored: Database) -> None:
    assert kinds(Feeds(stored).channel("cq", limit=2)) == ["channel-recovered", "channel-broken"]


def test_feeds_speak_english_too(stored: Database) -> None:
    feed = Feeds(stored, language="en").article(1)
    assert feed.language == "en"
    assert feed.entries[1].title == "Taken down: 渝北区新增五处口袋公园"


@pytest.mark.parametrize("ask", [lambda feeds: feeds.article(99), lambda feeds: feeds.story(99)])
def test_what_is_not_there_is_not_found(database: Database, ask: Callable[[Feeds], Feed]) -> None:
    with pytest.raises(NotFound):
        ask(Feeds(database))


# -- the rules of feed validators

TAG = re.compile(
    r"tag:[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,]*"  # RFC 4151
)
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")  # RFC 3339


def one(node: Any, name: str) -> str:
    found = node.findall(f"{ATOM}{name}")
    assert len(found) == 1, f"exactly one {name}"
    return str(found[0].text)


@pytest.mark.parametrize("kind", KINDS)
def test_atom_keeps_the_rules_of_rfc_4287(stored: Database, kind: str) -> None:
    document = atom(feeds_of(stored)[kind], SELF)
    feed = etree.fromstring(document.content)
    assert feed.tag == f"{ATOM}feed"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-CN"
    assert one(feed, "title")
    assert feed.findall(f"{ATOM}author/{ATOM}name")[0].text
    (itself,) = feed.xpath("a:link[@rel='self']", namespaces={"a": ATOM[1:-1]})
    assert itself.get("href") == SELF
    assert itself.get("type") == document.media_type == "application/atom+xml"
    entries = feed.findall(f"{ATOM}entry")
    ids = [one(node, "id") for node in (feed, *entries)]
    assert len(set(ids)) == len(ids)
    assert all(TAG.fullmatch(name) for name in ids)
    for node in entries:
        assert one(node, "title")
        assert TIME.fullmatch(one(node, "updated"))
        assert TIME.fullmatch(one(node, "published"))
        assert one(node, "content")
        assert one(node, "summary")
        assert node.find(f"{ATOM}content").get("type") == "html"
        assert node.find(f"{ATOM}author/{ATOM}name").text
    assert one(feed, "updated") == max(
        (one(node, "updated") for node in entries), default="2026-01-01T00:00:00Z"
    )
    for link in feed.iter(f"{ATOM}link"):
        assert link.get("href").startswith(("http://", "https://"))
    alternates = [node.xpath("count(*[local-name()='link'][@rel='alternate'])") for node in (feed, *entries)]
    assert max(alternates) <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_json_feed_keeps_the_rules_of_its_version_1_1(stored: Database, kind: str) -> None:
    document = json_feed(feeds_of(stored)[kind], SELF)
    feed = json.loads(document.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    assert feed["feed_url"] == SELF
    assert document.media_type == "application/feed+json"
    ids = [item["id"] for item in feed["items"]]
    assert len(set(ids)) == len(ids)
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert item["content_html"]
        assert TIME.fullmatch(item["date_published"])
        assert TIME.fullmatch(item["date_modified"])
        assert item.get("url", "http://").startswith(("http://", "https://"))
        assert all(author["name"] for author in item["authors"])
        assert all(isinstance(tag, str) for tag in item["tags"])


@pytest.mark.parametrize("kind", KINDS)
def test_feedparser_reads_atom_without_complaint(stored: Database, kind: str) -> None:
    feed = feeds_of(stored)[kind]
    read = feedparser.parse(atom(feed, SELF).content)
    assert not read.bozo
    assert read.version == "atom10"
    assert [entry.id for entry in read.entries] == [entry.id for entry in feed.entries]
    assert [entry.title for entry in read.entries] == [entry.title for entry in feed.entries]
    for entry, said in zip(read.entries, feed.entries, strict=True):
        assert datetime(*entry.updated_parsed[:6], tzinfo=UTC) == said.at.replace(microsecond=0)


def test_both_formats_say_the_same(stored: Database) -> None:
    feed = feeds_of(stored)["channel"]
    items = json.loads(json_feed(feed).content)["items"]
    entries = feedparser.parse(atom(feed).content, sanitize_html=False).entries
    assert [(item["id"], item["title"], item["content_html"]) for item in items] == [
        (entry.id, entry.title, entry.content[0].value) for entry in entries
    ]


def test_ids_are_those_of_the_store_and_not_of_the_address(stored: Database) -> None:
    ids = [entry.id for entry in Feeds(stored).channel("cq").entries]
    assert ids == [
        entry.id for entry in Feeds(stored, page="https://other.example.org").channel("cq").entries
    ]


# -- conditional GET

DOCUMENT = Document(b"feed", "application/atom+xml", at(0) + timedelta(microseconds=5))
#: (If-None-Match, If-Modified-Since, whether the client has it already)
ASKED = [
    (None, None, False),
    (DOCUMENT.etag, None, True),
    (f"W/{DOCUMENT.etag}", None, True),
    (f'"other", {DOCUMENT.etag}', None, True),
    ("*", None, True),
    ('"other"', None, False),
    ('"other"', "Tue, 24 Nov 2026 01:00:00 GMT", False),
    (None, "Tue, 24 Nov 2026 01:00:00 GMT", True),
    (None, "Tue, 24 Nov 2026 02:00:00 GMT", True),
    (None, "Tue, 24 Nov 2026 00:59:59 GMT", False),
    (None, "yesterday", False),
]


@pytest.mark.parametrize(("tag", "since", "fresh"), ASKED)
def test_when_304_is_the_answer(tag: str | None, since: str | None, fresh: bool) -> None:
    assert is_fresh(DOCUMENT, tag, since) is fresh


def test_what_a_client_is_told_of_a_document() -> None:
    assert DOCUMENT.last_modified == "Tue, 24 Nov 2026 01:00:00 GMT"
    assert re.fullmatch(r'"[0-9a-f]{32}"', DOCUMENT.etag)


# -- files


def write(database: Database, folder: Path, **options: Any) -> tuple[str, ...]:
    return write_feeds(database, folder, at(60), channels=("cq",), **options).changed


def test_a_folder_gets_every_feed_in_both_formats_and_a_list_of_them(
    stored: Database, tmp_path: Path
) -> None:
    subscriptions.sync_config(stored, [WATCHED], at(0))
    write(stored, tmp_path, base="https://news.example.org/f")
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.atom"))
    assert files == [
        *(f"articles/{number}.atom" for number in (1, 2, 3)),
        "channels/cq.atom",
        "channels/sc.atom",
        "stories/2.atom",
        "subscriptions/口袋公园.atom",
    ]
    assert len(list(tmp_path.rglob("*.json"))) == len(files) + 1
    page = lxml_html.document_fromstring((tmp_path / "index.html").read_text("utf-8"))
    links = page.xpath("//a/@href")
    assert "channels/cq.atom" in links
    assert "subscriptions/%E5%8F%A3%E8%A2%8B%E5%85%AC%E5%9B%AD.json" in links
    itself = feedparser.parse((tmp_path / "articles/1.atom").read_bytes()).feed.links[0].href
    assert itself == "https://news.example.org/f/articles/1.atom"


def test_only_what_changed_is_written_again(stored: Database, tmp_path: Path) -> None:
    subscriptions.sync_config(stored, [WATCHED], at(0))
    write(stored, tmp_path)
    assert write(stored, tmp_path) == ()
    visited(stored, seen(55, "41000009", channel="tj", title="南开区桥梁通车", body=("全长12公里。",)))
    assert set(write(stored, tmp_path)) == {
        "channels/tj.atom",
        "channels/tj.json",
        "articles/4.atom",
        "articles/4.json",
        "index.html",
    }
    visited(
        stored, seen(58, "41000009", channel="tj", title="南开区桥梁通车", body=("口袋公园全长12公里。",))
    )
    assert "subscriptions/口袋公园.json" in write(stored, tmp_path)


def test_files_are_the_same_written_bit_by_bit_and_at_once(stored: Database, tmp_path: Path) -> None:
    subscriptions.sync_config(stored, [WATCHED, Subscription("全部", ("d1",))], at(0))
    write(stored, tmp_path / "bits")
    visited(stored, seen(56, "41000002", body=(*STORY, "又有口袋公园开放。"), title="渝北公园建设"))
    write(stored, tmp_path / "bits")
    write(stored, tmp_path / "once")
    bits, once = (
        {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (tmp_path / "bits", tmp_path / "once")
    )
    assert {name: bits[name] == once[name] for name in once} == dict.fromkeys(once, True)
    assert bits.keys() == once.keys()


def test_a_file_that_was_lost_or_spoilt_comes_back_when_asked_to_look_again(
    stored: Database, tmp_path: Path
) -> None:
    write(stored, tmp_path)
    (tmp_path / "articles/1.atom").unlink()
    (tmp_path / "channels/cq.json").write_text("{")
    assert set(write(stored, tmp_path, again=True)) == {"articles/1.atom", "channels/cq.json"}


@pytest.mark.parametrize("spoilt", ["", "{", '{"seen": "all"}', "\udcff"])
def test_a_state_that_was_spoilt_only_costs_a_look_at_everything(
    stored: Database, tmp_path: Path, spoilt: str
) -> None:
    write(stored, tmp_path)
    (tmp_path / STATE).write_bytes(spoilt.encode("utf-8", "surrogateescape"))
    (tmp_path / "articles/1.atom").unlink()
    assert write(stored, tmp_path) == ("articles/1.atom",)
    assert write(stored, tmp_path) == ()


def test_another_language_or_address_writes_anew(stored: Database, tmp_path: Path) -> None:
    write(stored, tmp_path)
    assert "channels/cq.atom" in write(stored, tmp_path, language="en")
    assert "channels/cq.atom" in write(stored, tmp_path, language="en", base="https://news.example.org")


def test_the_feed_of_a_subscription_goes_with_it_and_follows_its_rules(
    stored: Database, tmp_path: Path
) -> None:
    subscriptions.sync_config(stored, [WATCHED], at(0))
    write(stored, tmp_path)
    subscriptions.sync_config(stored, [replace(WATCHED, kinds=(EventKind.EDITED,))], at(0))
    assert "subscriptions/口袋公园.atom" in write(stored, tmp_path)
    subscriptions.sync_config(stored, [], at(0))
    removed = write_feeds(stored, tmp_path, at(60)).removed
    assert removed == ("subscriptions/口袋公园.atom", "subscriptions/口袋公园.json")


def test_nothing_half_written_is_left(stored: Database, tmp_path: Path) -> None:
    write(stored, tmp_path)
    assert not list(tmp_path.rglob("*.part"))


def test_old_events_make_no_articles_feed_the_first_time(stored: Database, tmp_path: Path) -> None:
    write_feeds(stored, tmp_path, START + timedelta(days=60), channels=("cq",))
    assert not (tmp_path / "articles").exists()
    assert (tmp_path / "channels/cq.atom").exists()


def test_a_folder_that_cannot_be_written_is_named(stored: Database, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="file"):
        write(stored, tmp_path / "file")


#: (kind, key, path)
PATHS = [
    ("channel", "cq", "channels/cq.atom"),
    ("subscription", "渝北_舆情-1", "subscriptions/渝北_舆情-1.atom"),
    ("subscription", "../渝北", "subscriptions/---渝北-2ed1e8cb.atom"),
    ("subscription", "a b", "subscriptions/a-b-c8687a08.atom"),
    ("subscription", "a.b", "subscriptions/a-b-2e9bc9ff.atom"),
]


@pytest.mark.parametrize(("kind", "key", "path"), PATHS)
def test_where_feeds_are(kind: str, key: str, path: str) -> None:
    found = feed_path(kind, key, "atom")
    assert re.sub("-[0-9a-f]{8}[.]", "-.", found) == re.sub("-[0-9a-f]{8}[.]", "-.", path)


def test_names_that_differ_in_signs_have_files_of_their_own() -> None:
    names = ["a b", "a.b", "a/b", "a-b", "../a", "A b"]
    assert len({feed_path("subscription", name, "atom").lower() for name in names}) == len(names)


def test_the_command_writes_feeds_and_says_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/news.db"
    with Database.open(url) as database:
        visited(database, seen(0))
    asked = [str(tmp_path / "feeds"), "--json", "--base", "https://news.example.org/feeds"]
    run = CliRunner().invoke(command, asked, env={"NEWSDELTA_DATABASE_URL": url, "NEWSDELTA_CONFIG": ""})
    assert run.exit_code == 0, run.output
    assert "channels/cq.atom" in json.loads(run.stdout)["changed"]
    assert TITLE in (tmp_path / "feeds/channels/cq.atom").read_text("utf-8")


def test_the_command_refuses_a_base_that_is_no_address(tmp_path: Path) -> None:
    run = CliRunner().invoke(command, [str(tmp_path), "--base", "feeds"])
    assert run.exit_code == 2
    assert "https://" in run.output
