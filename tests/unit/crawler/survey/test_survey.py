"""A survey of each of the small sites: what it proposes is the site's truth, or it says why it proposes nothing."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from crawler.survey import Finding, Seen, Survey, Want
from tests.replica.makes import DECLINED, MAKES, Site, make_site

BASE = "http://127.0.0.1:1"
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
PLAIN = [make for make in MAKES if make != "scripted"]


def answer(site: Site, want: Want) -> Seen:
    """What the site sends, after its redirects; there is no browser."""
    if want.rendered:
        return Seen(want, problem="there is no browser")
    url = want.url
    reply = site.reply(url.removeprefix(BASE) or "/", BASE)
    while reply.location:
        url = BASE + reply.location
        reply = site.reply(reply.location, BASE)
    return Seen(want, url, reply.status, reply.body, reply.content_type)


def look_at(site: Site, change: Callable[[Seen], Seen] = lambda seen: seen) -> tuple[Finding, int]:
    """Survey a site without a network; the finding, and how many requests it took."""
    survey, asked = Survey(f"{BASE}/", NOW), 0
    while wanted := survey.wants():
        for want in wanted:
            survey.take(change(answer(site, want)))
            asked += 1
    return survey.finding(), asked


@pytest.mark.parametrize("make", PLAIN)
def test_columns_pattern_zone_and_fields_are_the_sites(make: str) -> None:
    site = make_site(make)
    truth, (finding, asked) = site.truth(BASE), look_at(site)
    assert finding.decline == ""
    assert [column.path for column in finding.columns] == truth["columns"]
    fits = re.compile(finding.values["article"]["url"]).search
    urls = {article["url"] for article in truth["articles"]}
    assert all(fits(url) for url in urls)
    assert not any(fits(BASE + path) for path in site.pages() if BASE + path not in urls)
    assert finding.zone is not None
    assert finding.zone.name == truth["time_zone"]
    assert asked <= 30


@pytest.mark.parametrize("make", PLAIN)
def test_ten_articles_are_read_side_by_side_as_they_are(make: str) -> None:
    site = make_site(make)
    truth = {article["url"]: article for article in site.truth(BASE)["articles"]}
    good = [sample for sample in look_at(site)[0].samples if not sample.problem]
    assert len(good) == 10
    for sample in good:
        assert sample.fields is not None
        assert sample.fields.published_at is not None
        assert sample.fields.title == truth[sample.url]["title"]
        assert sample.fields.published_at == datetime.fromisoformat(truth[sample.url]["published_at"])


def test_where_only_a_feed_shows_articles_it_is_the_channels_source() -> None:
    values = look_at(make_site("fed"))[0].values
    assert values["feeds"] == ["/feed.xml"]
    assert "columns" not in values


def test_where_only_a_sitemap_shows_articles_its_index_is_the_channels_source() -> None:
    site = make_site("mapped")
    assert look_at(site)[0].values["sitemaps"] == [site.index]


def test_boxes_that_are_only_counted_get_no_selectors() -> None:
    assert set(look_at(make_site("linked"))[0].values["article"]) == {"url"}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        ("shop", "does not look like a news site"),
        ("members", "login"),
        ("scripted", "JavaScript.*no browser"),
    ],
)
def test_what_is_no_channel_is_declined_with_the_reason(make: str, words: str) -> None:
    finding, _ = look_at(make_site(make))
    assert re.search(words, finding.decline)
    assert not finding.values


@pytest.mark.parametrize("make", DECLINED)
def test_little_is_asked_of_what_is_declined(make: str) -> None:
    assert look_at(make_site(make))[1] <= 12


def test_a_home_page_that_robots_txt_forbids_is_left_alone() -> None:
    def forbidden(seen: Seen) -> Seen:
        return seen if "robots" in seen.want.url else Seen(seen.want, problem="robots.txt forbids it")

    finding, asked = look_at(make_site("table"), forbidden)
    assert "robots.txt" in finding.decline
    assert asked == 2


def test_a_server_that_fails_on_half_of_its_pages_is_read_by_the_other_half() -> None:
    def failing(seen: Seen) -> Seen:
        number = re.search(r"_(\d+)\.htm", seen.want.url)
        return Seen(seen.want, seen.url, 502) if number and int(number[1]) % 4 == 0 else seen

    finding, _ = look_at(make_site("table"), failing)
    assert finding.decline == ""
    assert any(sample.problem == "the server answers 502" for sample in finding.samples)


@pytest.mark.parametrize("body", [b"", b"\x00\x01\xff" * 99, b"<html>", "<p>你好</p>".encode("gb18030") * 3])
def test_whatever_the_home_page_is_there_is_an_answer(body: bytes) -> None:
    finding, _ = look_at(make_site("table"), lambda seen: Seen(seen.want, seen.url, 200, body, "text/html"))
    assert finding.decline


def test_a_site_of_which_only_the_home_lists_articles_has_no_columns() -> None:
    def one_page(seen: Seen) -> Seen:
        return (
            Seen(seen.want, seen.url, 404)
            if re.search(r"/(?:local|econ|culture|view|yw|jj|wh|pl)/", seen.want.url)
            else seen
        )

    finding, _ = look_at(make_site("table"), one_page)
    assert finding.values["columns"] == []
    assert any("No column pages" in note for note in finding.notes)
