"""Steps: each changes exactly the truth that it should, the events say so, and the furniture is no event."""

from typing import Any

import pytest

from tests.replica.edits import EDIT_CLASSES
from tests.replica.site import NoSuchArticle, Settings, Site
from tests.replica.timeline import Timeline, TimelineError, parse
from tests.replica.world import World


def world(*steps: dict[str, Any], channels: tuple[str, ...] = ("cq",), **settings: Any) -> World:
    timeline = parse(list(steps)) if steps else Timeline()
    return World.build(timeline, {"seed": 7, "articles": 40, "channels": channels}, Settings(**settings))


def all_truths(place: World) -> dict[str, dict[str, Any]]:
    return {truth["article_id"]: truth for name in place.site.channels for truth in place.truths(name)}


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Article id -> the fields that differ, or `new` or `gone`."""
    found: dict[str, Any] = {key: "gone" for key in before if key not in after}
    for key, truth in after.items():
        if key not in before:
            found[key] = "new"
        elif truth != before[key]:
            found[key] = {name for name in truth if truth[name] != before[key][name]}
    return found


def news(place: World) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(event.kind, event.article_id, event.classes) for event in place.expected_events(initial=False)]


def test_at_the_start_every_article_is_news():
    place = world()
    events = list(place.expected_events())
    assert [event.kind for event in events] == ["new"] * 40
    assert {event.article_id for event in events} == set(all_truths(place))


def test_publish():
    place = world({"at": 3, "do": "publish", "name": "flood", "column": 365405, "topic": "weather"})
    before = all_truths(place)
    place.advance(to=2.9)
    assert differences(before, all_truths(place)) == {}
    place.advance(to=3.0)
    truth = place.truth("flood")
    assert differences(before, all_truths(place)) == {truth["article_id"]: "new"}
    assert truth["column"] == 365405
    assert truth["published_at"] == "2026-11-05T10:00:03+08:00"
    assert news(place) == [("new", truth["article_id"], ())]


def test_publish_a_given_text():
    place = world()
    place.do("publish", name="mine", title="标题", body=["第一段。", "第二段。"])
    truth = place.truth("mine")
    assert (truth["title"], truth["body"], truth["authors"]) == ("标题", ["第一段。", "第二段。"], [])


@pytest.mark.parametrize("kind", EDIT_CLASSES)
def test_edit(kind):
    place = world({"at": 1, "do": "edit", "article": 5, "classes": kind})
    before = all_truths(place)
    place.advance(to=1)
    key = place.truth(5)["article_id"]
    assert differences(before, all_truths(place)) == {key: {"title"} if kind == "headline" else {"body"}}
    assert news(place) == [("edited", key, (kind,))]


def test_an_edit_of_two_classes_and_one_of_a_given_passage():
    place = world()
    place.do("edit", article=5, classes=["number", "headline"])
    words = place.truth(5)["body"][0][:6]
    place.do("edit", article=5, classes="wording", find=words, replace="新的开头")
    assert [event[2] for event in news(place)] == [("number", "headline"), ("wording",)]
    assert place.truth(5)["body"][0].startswith("新的开头")


def test_retitle():
    place = world()
    before = all_truths(place)
    place.do("retitle", article=39, title="新标题")
    key = place.truth(39)["article_id"]
    assert differences(before, all_truths(place)) == {key: {"title"}}
    assert news(place) == [("edited", key, ("headline",))]
    assert "新标题" in place.site.channel("cq").page("/").make().decode("gb18030")


@pytest.mark.parametrize(
    ("how", "status", "location"),
    [
        ("404", 404, ""),
        ("410", 410, ""),
        ("soft-404", 200, ""),
        ("redirect-home", 302, "/"),
        ("empty", 200, ""),
    ],
)
def test_remove_and_restore(how, status, location):
    place = world()
    channel, before = place.site.channel("cq"), all_truths(place)
    path, body = channel.article(39).path, place.truth(39)["body"]
    place.do("remove", article=39, how=how)
    key = place.truth(39)["article_id"]
    assert differences(before, all_truths(place)) == {key: "gone"}
    page = channel.page(path)
    assert (page.status, page.location) == (status, location)
    assert body[0].encode("gb18030") not in page.make()
    assert path.encode() not in channel.page("/").make()
    with pytest.raises(TimelineError, match="restore it first"):
        place.do("edit", article=39, classes="number")
    place.do("restore", article=39)
    assert all_truths(place) == before
    assert channel.page(path).status == 200
    assert [event[0] for event in news(place)] == ["removed", "restored"]


def test_a_removed_article_may_stay_on_the_listings():
    place = world()
    place.do("remove", article=39, listed=True)
    assert place.site.channel("cq").article(39).path.encode() in place.site.channel("cq").page("/").make()


def test_republish_to_a_sister_channel():
    place = world(channels=("cq", "sc"))
    before = all_truths(place)
    place.do("republish", article=39, to="sc", name="copy")
    place.do("republish", article=39, to="sc", name="other", retitle=True, local=True)
    source, copy, other = place.truth(39), place.truth("copy"), place.truth("other")
    assert differences(before, all_truths(place)) == {copy["article_id"]: "new", other["article_id"]: "new"}
    assert (copy["title"], copy["body"]) == (source["title"], source["body"])
    assert other["title"] != source["title"]
    assert len(other["body"]) == len(source["body"]) + 1
    assert copy["source"] == "人民网-重庆频道"
    events = list(place.expected_events(initial=False))
    assert [(event.kind, event.channel, event.story) for event in events] == [
        ("republished", "sc", source["article_id"])
    ] * 2


def pages(place: World) -> dict[str, tuple[str, bytes]]:
    channel = place.site.channel("cq")
    found = {path: channel.page(path) for path in map(lambda n: channel.article(n).path, range(40))}
    return {path: (page.version, page.make()) for path, page in found.items()}


@pytest.mark.parametrize("step", [{"articles": "all"}, {"articles": [3, 30], "markup": True}])
def test_churn_changes_pages_and_no_truth(step):
    place = world()
    truths, before = all_truths(place), pages(place)
    place.do("churn", **step)
    after = pages(place)
    changed = [path for path in before if before[path][1] != after[path][1]]
    assert len(changed) == (40 if step["articles"] == "all" else 2)
    assert all(before[path][0] != after[path][0] for path in changed)
    assert all_truths(place) == truths
    assert news(place) == []


def test_churn_need_not_change_the_version():
    place = world(churn_changes_etag=False)
    before = pages(place)
    place.do("churn", articles="all")
    after = pages(place)
    assert all(before[path][0] == after[path][0] and before[path][1] != after[path][1] for path in before)


@pytest.mark.parametrize(
    ("design", "mark"), [("G4", b"rm_txt_zw"), ("G1", b"p_content"), ("unknown", b"nx-flow")]
)
def test_redesign_changes_templates_and_no_truth(design, mark):
    place = world()
    truths = all_truths(place)
    place.do("redesign", to=design)
    assert sum(mark in content for _, content in pages(place).values()) >= 38
    assert all_truths(place) == truths
    assert news(place) == []
    place.do("redesign", to="original")
    assert pages(place) == {path: (version, content) for path, (version, content) in pages(world()).items()}


def test_recode_changes_bytes_and_only_the_charset_of_the_truth():
    place = world()
    before = all_truths(place)
    place.do("recode", article=5, charset="utf-8", label="gbk")
    key = place.truth(5)["article_id"]
    assert differences(before, all_truths(place)) in ({key: {"charset"}}, {})
    assert news(place) == []


def test_the_clock_goes_forward_only():
    place = world()
    assert place.advance(to=5.0) == 5.0
    assert place.advance(by=1.5) == 6.5
    with pytest.raises(ValueError, match="cannot go back"):
        place.advance(to=1.0)


def test_a_clock_that_follows_real_time_plays_the_steps_by_itself():
    site = Site.build(7, 10)
    place = World(site, parse([{"at": 0.001, "do": "publish", "name": "a"}]), speed=1000.0)
    place.start_clock()
    while place.now() < 0.001:
        pass
    assert place.truth("a")
    with pytest.raises(ValueError, match="follows real time"):
        place.advance(to=5)


def test_articles_are_found_by_number_name_id_and_address():
    place = world(channels=("cq", "sc"))
    place.do("publish", name="x", channel="sc")
    truth = place.truth(7)
    assert place.truth(truth["article_id"]) == truth
    assert place.truth(truth["url"] + "?f41095c0") == truth
    assert place.truth("x")["channel"] == "sc"
    assert place.truth(7, "sc")["channel"] == "sc"
    for unknown in (4000, "nobody", "99999999"):
        with pytest.raises(NoSuchArticle):
            place.truth(unknown)
