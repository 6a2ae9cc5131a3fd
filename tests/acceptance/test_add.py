"""`newsdelta channels add` on small sites of eight makes: added without help, then crawled, then equal to the truth."""

import json
import tomllib
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest

from crawler.surveying import browser_missing
from tests.acceptance.conftest import Newsdelta
from tests.replica.makes import DECLINED, MAKES, Serving, make_site
from tests.replica.scripted import PER_PAGE, ScriptedPaper

BARE = "# the desk's own\n[network]\nallow_private_addresses = true   # a copy of a site\n"
NO_BROWSER = browser_missing()


def grams(paragraphs: Iterable[str]) -> Counter[str]:
    """How often each run of four characters stands in a text."""
    text = "".join(paragraphs)
    return Counter(text[at : at + 4] for at in range(len(text) - 3))


def likeness(read: Iterable[str], true: Iterable[str]) -> float:
    """F1 over runs of four characters."""
    one, two = grams(read), grams(true)
    return 2 * (one & two).total() / (one.total() + two.total())


def configure(newsdelta: Newsdelta, text: str = BARE) -> None:
    newsdelta.config.write_text(f'[database]\nurl = "{newsdelta.url}"\n{text}', encoding="utf-8")


def add(newsdelta: Newsdelta, served: Serving, *words: str, expect: int = 0) -> dict[str, Any]:
    """Add a site; the command's JSON document."""
    found: dict[str, Any] = newsdelta.json("channels", "add", served.url, *words, expect=expect)
    return found


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(m, marks=pytest.mark.skipif(m == "scripted" and bool(NO_BROWSER), reason=NO_BROWSER))
        for m in MAKES
    ],
)
def test_a_site_is_added_without_help_and_read_as_it_is(newsdelta: Newsdelta, make: str) -> None:
    configure(newsdelta)
    with Serving(make_site(make)) as served:
        added = add(newsdelta, served, "--name", "paper", "--yes")
        summary = newsdelta.json("crawl", "paper")
        truth = {article["url"]: article for article in served.truth()["articles"]}
    assert added["written"] == newsdelta.config.name
    assert summary["failed"] == 0
    stored = {line["url"]: line for line in map(json.loads, newsdelta("export").stdout.splitlines())}
    assert stored.keys() == truth.keys()
    for url, article in truth.items():
        read = stored[url]
        assert read["title"] == article["title"]
        assert datetime.fromisoformat(read["published_at"]) == datetime.fromisoformat(article["published_at"])
        assert likeness(read["body"], article["body"]) >= 0.95


def test_what_is_written_is_shown_first_and_the_rest_of_the_config_stays(newsdelta: Newsdelta) -> None:
    configure(newsdelta)
    before = newsdelta.config.read_text(encoding="utf-8")
    with Serving(make_site("fed")) as served:
        shown = newsdelta("channels", "add", served.url)
        assert "Nothing was written" in shown.stdout
        assert newsdelta.config.read_text(encoding="utf-8") == before
        newsdelta("channels", "add", served.url, "--yes")
        title = served.truth()["articles"][0]["title"]
    after = newsdelta.config.read_text(encoding="utf-8")
    assert after.startswith(before)
    assert after.removeprefix(before).strip() in shown.stdout
    assert title[:8] in shown.stdout
    assert [channel["name"] for channel in tomllib.loads(after)["channel"]] == ["local"]


def test_a_site_that_is_there_already_is_offered_what_differs(newsdelta: Newsdelta) -> None:
    with Serving(make_site("fed")) as served:
        article = '{ title = "h2", authors = "b" }'
        section = f'[[channel]]\nname = "jian"\nhome = "{served.url}"\nevery = "1h"\narticle = {article}\n'
        configure(newsdelta, BARE + section)
        offered = add(newsdelta, served)
        assert offered["exists"]
        assert offered["changes"]["article.title"] == "h1"
        add(newsdelta, served, "--yes")
        again = add(newsdelta, served)
    channel = tomllib.loads(newsdelta.config.read_text(encoding="utf-8"))["channel"][0]
    assert (channel["name"], channel["every"], channel["article"]["authors"]) == ("jian", "1h", "b")
    assert channel["article"]["title"] == "h1"
    assert again["changes"] == {}


@pytest.mark.parametrize("make", DECLINED)
def test_what_is_no_news_site_is_declined_and_nothing_is_written(newsdelta: Newsdelta, make: str) -> None:
    configure(newsdelta)
    before = newsdelta.config.read_bytes()
    with Serving(make_site(make)) as served:
        refused = newsdelta("channels", "add", served.url, "--yes", expect=1)
    assert "cannot be added" in refused.stderr
    assert newsdelta.config.read_bytes() == before


def test_a_site_that_forbids_robots_is_asked_for_nothing_but_its_robots_txt(newsdelta: Newsdelta) -> None:
    configure(newsdelta)
    with Serving(make_site("table"), robots="User-agent: *\nDisallow: /\n") as served:
        assert "robots.txt" in add(newsdelta, served, "--yes", expect=1)["declined"]
        assert set(served.requests) == {"/robots.txt"}


def test_a_site_that_does_not_answer_is_said_to(newsdelta: Newsdelta) -> None:
    configure(newsdelta)
    with Serving(make_site("table")) as served:
        pass
    assert "the connection was refused" in add(newsdelta, served, expect=1)["declined"]


def test_a_built_in_channel_needs_no_survey(newsdelta: Newsdelta) -> None:
    refused = newsdelta("channels", "add", "http://cq.people.com.cn/", expect=2)
    assert 'name = "cq"' in refused.stderr


def test_the_section_goes_to_a_file_of_its_own_where_one_is_named(newsdelta: Newsdelta) -> None:
    configure(newsdelta)
    before = newsdelta.config.read_bytes()
    with Serving(make_site("mapped")) as served:
        newsdelta("channels", "add", served.url, "--yes", "--out", "paper.toml", "--name", "shimen")
    written = tomllib.loads((newsdelta.folder / "paper.toml").read_text(encoding="utf-8"))
    assert written["channel"][0]["name"] == "shimen"
    assert newsdelta.config.read_bytes() == before


@pytest.mark.skipif(bool(NO_BROWSER), reason=NO_BROWSER)
@pytest.mark.parametrize(
    ("listing", "unfolded"), [("", {"more": "//button[normalize-space()='加载更多']"}), ("?scroll", {})]
)
def test_a_listing_that_unfolds_is_unfolded(
    newsdelta: Newsdelta, listing: str, unfolded: dict[str, str]
) -> None:
    configure(newsdelta)
    with ScriptedPaper(3 * PER_PAGE + 2) as paper:
        newsdelta("channels", "add", paper.url + listing, "--name", "lamp", "--yes")
        newsdelta("crawl", "lamp")
    (channel,) = tomllib.loads(newsdelta.config.read_text(encoding="utf-8"))["channel"]
    found = channel["javascript"]
    assert {key: found[key] for key in ("more", "depth") if key in found} == {**unfolded, "depth": 3}
    assert len(newsdelta.lines("articles", "--limit", "100")) == 3 * PER_PAGE + 2
