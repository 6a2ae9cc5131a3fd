"""Any news site from the config alone: crawled, followed through edits and removals, told, shown, watched."""

import json
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.conftest import Newsdelta
from tests.replica.makes import Serving, make_site

HEAD = """\
[database]
url = "{url}"
[watch]
removal_visits = 2
removal_after = "0s"
[network]
allow_private_addresses = true
[[alert]]
name = "all"
to = "file://{folder}/alerts.jsonl"
channels = ["jiangzhou"]
"""
CHANNEL = """\
[[channel]]
name = "jiangzhou"
label = "江州在线"
home = "{home}"
"""


def configure(newsdelta: Newsdelta, home: str, extra: str = "", every: str = "") -> None:
    head = HEAD.format(folder=newsdelta.folder, url=newsdelta.url).replace("[watch]\n", f"[watch]\n{every}")
    newsdelta.config.write_text(head + CHANNEL.format(home=home) + extra, encoding="utf-8")


def crawl(newsdelta: Newsdelta, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = newsdelta.json("crawl", "jiangzhou", *words)
    return found


def stored(newsdelta: Newsdelta) -> dict[str, dict[str, Any]]:
    return {row["url"]: row for row in newsdelta.lines("export")}


@pytest.fixture
def served() -> Iterator[Serving]:
    with Serving(make_site("table")) as serving:
        yield serving


def test_a_home_is_all_that_has_to_be_said_of_a_plain_site(newsdelta, served):
    configure(newsdelta, served.url)
    crawl(newsdelta, "--pages", "9")
    truths = {truth["url"]: truth for truth in served.truth()["articles"]}
    found = stored(newsdelta)
    assert found.keys() == truths.keys()
    for url, truth in truths.items():
        assert (found[url]["title"], found[url]["body"]) == (truth["title"], truth["body"])
        assert found[url]["published_at"] == truth["published_at"]
    again = crawl(newsdelta)
    assert (again["new"], again["edited"], again["fetched"]) == (0, 0, 1)  # its home


def test_what_happens_is_told_once_and_shown_by_its_address(newsdelta, served):
    configure(newsdelta, served.url)
    crawl(newsdelta)
    first, second = served.site.newest()[:2]
    edited = served.base + served.site.path_of(first)
    removed = served.base + served.site.path_of(second)
    served.site.edit(first.number, title=f"{first.title}（更正）")
    served.site.remove(second.number)
    for _ in range(3):
        crawl(newsdelta)
    told = [(e["kind"], e["url"]) for e in newsdelta.lines("events") if e["kind"] != "new"]
    assert sorted(told) == sorted([("edited", edited), ("removed", removed)])
    shown = newsdelta.json("show", f"{edited}?utm_source=weibo#top")
    assert shown["article"]["title"].endswith("（更正）")
    assert shown["article"]["channel"] == "jiangzhou"
    sent = (newsdelta.folder / "alerts.jsonl").read_text(encoding="utf-8")
    assert "（更正）" in sent
    assert "江州在线" in sent or "jiangzhou" in sent


def test_one_page_is_crawled_by_its_address_and_extracted_by_the_channels_rules(newsdelta, served):
    configure(newsdelta, served.url)
    url = served.base + served.site.path_of(served.site.newest()[0])
    assert newsdelta.json("crawl", "--url", url)["new"] == 1
    assert newsdelta.json("extract", url)["template"] == "configured"


@pytest.mark.parametrize(
    ("make", "sources"),
    [("fed", 'feeds = ["/feed.xml"]'), ("mapped", 'sitemaps = ["/sitemap_index.xml"]')],
)
def test_a_feed_and_a_sitemap_are_ways_to_a_sites_articles(newsdelta, make, sources):
    site = make_site(make)
    with Serving(site) as served:
        if make == "mapped":
            sources = f'sitemaps = ["{site.index}"]'
        configure(newsdelta, served.url, f"{sources}\n")
        first = crawl(newsdelta)
        assert stored(newsdelta).keys() == {truth["url"] for truth in served.truth()["articles"]}
        assert first["failed"] == 0
        again = crawl(newsdelta)
        assert (again["new"], again["edited"], again["fetched"]) == (0, 0, 1)  # its home


def test_a_selector_that_no_longer_matches_is_trouble_and_never_an_edit(newsdelta, served):
    configure(newsdelta, served.url)
    crawl(newsdelta)
    story = served.site.newest()[0]
    served.site.edit(story.number, title=f"{story.title}（更正）")
    configure(newsdelta, served.url, 'article = { body = "div.no-such-place" }\n')
    done = newsdelta("crawl", "jiangzhou", "--json", expect=1)
    assert json.loads(done.stdout)["edited"] == 0
    assert {event["kind"] for event in newsdelta.lines("events")} <= {"new", "channel-broken"}


def test_other_selectors_for_the_same_text_edit_nothing(newsdelta, served):
    configure(newsdelta, served.url)
    crawl(newsdelta)
    configure(newsdelta, served.url, "article = { title = \"font[size='5'] b\" }\n")
    assert crawl(newsdelta)["edited"] == 0
    outcomes = {row["outcome"] for row in newsdelta.lines("reextract", "--channel", "jiangzhou")}
    assert outcomes <= {"same", "fields"}


def test_a_watcher_finds_what_is_new_and_lists_the_channel(newsdelta, served):
    configure(newsdelta, served.url, every='every = "1s"\n')
    crawl(newsdelta)
    process = subprocess.Popen(
        newsdelta.command("watch"),
        cwd=newsdelta.folder,
        env=newsdelta.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        story = served.site.newest()[0]
        served.site.edit(story.number, title=f"{story.title}（再更正）")
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            if any(event["kind"] == "edited" for event in newsdelta.lines("events")):
                break
            time.sleep(0.5)
        assert any(event["kind"] == "edited" for event in newsdelta.lines("events"))
    finally:
        process.terminate()
        process.communicate(timeout=30)
    listed = {row["name"]: row for row in newsdelta.lines("channels", "list")}
    assert listed["jiangzhou"]["watched"]
    assert listed["jiangzhou"]["label"] == "江州在线"
