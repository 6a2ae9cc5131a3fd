"""The small sites are what they say: complete, of different looks, and nowhere a link that leads to nothing."""

import re
from urllib.parse import urljoin

import pytest

from tests.replica.makes import DECLINED, MAKES, make_site

BASE = "http://127.0.0.1:1"


@pytest.mark.parametrize("make", MAKES)
def test_every_story_has_an_address_of_its_own_and_a_page(make: str) -> None:
    site = make_site(make)
    articles = site.truth(BASE)["articles"]
    assert len({article["url"] for article in articles}) == len(articles) == 30
    for article in articles:
        assert site.reply(article["url"].removeprefix(BASE), BASE).status == 200


@pytest.mark.parametrize("make", [make for make in MAKES if make not in ("scripted", "mapped", "fed")])
def test_every_story_is_reached_from_the_home_page_by_links(make: str) -> None:
    site = make_site(make)
    seen, queue = {"/"}, ["/"]
    while queue:
        reply = site.reply(here := queue.pop(), BASE)
        text = reply.body.decode(site.charset)
        for link in re.findall(r'href="([^"]+)"', text):
            path = urljoin(BASE + here, link.replace("&amp;", "&")).removeprefix(BASE).partition("#")[0]
            if path.startswith("/") and path not in seen:
                seen.add(path)
                queue.append(path)
    assert {article["url"] for article in site.truth()["articles"]} <= seen


@pytest.mark.parametrize("make", ["scripted", "mapped", "fed", *DECLINED])
def test_what_hides_its_stories_shows_none_on_its_home_page(make: str) -> None:
    site = make_site(make)
    home = site.reply("/", BASE).body.decode()
    assert not any(article["title"] in home for article in site.truth()["articles"])


@pytest.mark.parametrize("make", MAKES)
def test_variants_differ_in_looks_and_the_same_variant_is_always_the_same(make: str) -> None:
    path = "/static/app.js" if make == "scripted" else "/"
    homes = [make_site(make, variant).reply(path, BASE).body for variant in (0, 0, 3)]
    assert homes[0] == homes[1] != homes[2]


def test_an_edit_and_a_removal_show_at_once() -> None:
    site = make_site("table")
    story = site.newest()[0]
    site.edit(story.number, title="改过的标题")
    assert "改过的标题".encode("gb18030") in site.reply(site.path_of(story), BASE).body
    site.remove(story.number)
    assert site.reply(site.path_of(story), BASE).status == 404
