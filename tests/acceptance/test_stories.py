"""One story on two channels: told once as new, shown with what each paper made of it."""

import pytest

from tests.acceptance.conftest import Newsdelta, expected
from tests.replica.replica import Replica

SISTER = '[[channel]]\nname = "sc"\nhome = "{home}"\n'


@pytest.fixture(scope="module")
def sisters(tmp_path_factory):
    """Two channels, crawled; then one takes over two articles of the other, one of them with a local sentence."""
    newsdelta = Newsdelta(tmp_path_factory.mktemp("sisters"))
    with Replica(seed=5, articles=24, channels=("cq", "sc")) as site:
        newsdelta.configure(site.urls["cq"], SISTER.format(home=site.urls["sc"]))
        newsdelta.lines("crawl")
        site.do("republish", article=20, to="sc", name="copy")
        site.do("republish", article=21, to="sc", name="local", local=True, retitle=True)
        site.do("edit", article=20, classes="number")
        newsdelta.lines("crawl")
        newsdelta.lines("crawl")
        newsdelta.site = site
        yield newsdelta


def test_what_happened_is_told_and_nothing_else(sisters):
    assert sorted(sisters.events()) == expected(sisters.site)


def test_a_republication_names_the_story_and_an_edit_keeps_it(sisters):
    events = sisters.lines("events")
    first = {event["url"]: event["article"] for event in events if event["kind"] == "new"}
    told = {event["url"]: event["story"] for event in events if event["kind"] == "republished"}
    sources = {sisters.site.truth(copy)["url"]: sisters.site.truth(of)["url"] for copy, of in NAMES.items()}
    assert told == {copy: first[of] for copy, of in sources.items()}
    (edit,) = sisters.lines("events", "--kind", "edited")
    assert edit["story"] == first[edit["url"]]
    assert "= republished" in sisters("events").stdout


NAMES = {"copy": 20, "local": 21}


def test_pages_of_one_template_are_stories_of_their_own(sisters):
    articles = sisters.lines("articles", "--limit", "200")
    assert len(articles) == 50
    assert len({article["story"] for article in articles}) == 48


def test_show_lists_the_members_and_what_each_cut_or_added(sisters):
    source, local = sisters.site.truth(21), sisters.site.truth("local")
    story = sisters.json("show", local["url"])["story"]
    first, second = story["members"]
    assert (first["url"], first["channel"], first["label"]) == (source["url"], "cq", "first")
    assert (second["url"], second["channel"], second["of"]) == (local["url"], "sc", story["id"])
    assert second["cut"] == []
    assert "".join(second["added"]) == local["body"][1]
    page = sisters("show", source["url"]).stdout
    assert "One story in 2 articles" in page
    assert f"+ {second['added'][0]}" in page


def test_an_article_of_its_own_has_no_list_of_members(sisters):
    alone = sisters.site.truth(10)["url"]
    assert len(sisters.json("show", alone)["story"]["members"]) == 1
    assert "One story" not in sisters("show", alone).stdout


def test_the_indexes_can_be_made_anew(sisters):
    before = sisters.lines("articles", "--limit", "200")
    assert "50 articles for stories" in sisters("db", "rebuild").stdout
    assert sisters.lines("articles", "--limit", "200") == before
    assert sisters.json("db", "check")["findings"] == []
