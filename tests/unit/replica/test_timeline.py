"""Timelines: what is wrong in one is said with the step and the mend; what is right is played in order."""

import json
from pathlib import Path

import pytest

from tests.replica import Replica, TimelineError
from tests.replica.timeline import OPTIONS, load, parse
from tests.replica.world import _STEPS, World

DEMO = Path(__file__).parents[2] / "replica" / "demo.toml"

MISTAKES = [
    ({"at": 1, "do": "publsh"}, "do = 'publsh' is not one of publish, edit"),
    ({"at": -1, "do": "publish"}, "at = -1 must be a number of seconds"),
    ({"at": True, "do": "publish"}, "at = True must be a number of seconds"),
    ({"do": "publish"}, "at = None must be a number of seconds"),
    ({"at": 1, "do": "publish", "titel": "x"}, "publish takes no 'titel'; it takes name, channel"),
    ({"at": 1, "do": "publish", "column": "x"}, "column = 'x' must be a number"),
    ({"at": 1, "do": "publish", "generation": "G9"}, "generation = 'G9' is not one of G1, G2"),
    ({"at": 1, "do": "publish", "topic": "war"}, "topic = 'war' is not known"),
    ({"at": 1, "do": "publish", "channel": "xx"}, "channel = 'xx' is no channel"),
    ({"at": 1, "do": "edit", "article": 1}, "edit needs classes"),
    ({"at": 1, "do": "edit", "classes": "number"}, "edit needs article"),
    ({"at": 1, "do": "edit", "article": 1, "classes": "colour"}, "class 'colour' is not one of headline"),
    ({"at": 1, "do": "edit", "article": 1, "classes": "number", "find": "x"}, "find and replace go together"),
    ({"at": 1, "do": "remove", "article": 1, "how": "burn"}, "how = 'burn' is not one of 404, 410"),
    ({"at": 1, "do": "edit", "article": "a", "classes": "number"}, "no article 'a' is published before it"),
    ({"at": 1, "do": "restore", "article": 1}, "was not removed before"),
    ({"at": 1, "do": "redesign", "to": "G7"}, "to = 'G7' is not one of G1"),
    ({"at": 1, "do": "status"}, "status needs code"),
    ({"at": 1, "do": "recover", "kind": "flood"}, "kind = 'flood' is not one of outage"),
    ("publish", "is no table"),
]


@pytest.mark.parametrize(("step", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_step_and_its_mend(step, message):
    with pytest.raises(TimelineError) as caught:
        parse([{"at": 0, "do": "publish"}, step], "my.toml")
    assert str(caught.value).startswith("my.toml, ")
    assert message in str(caught.value)


def test_an_article_that_is_gone_cannot_be_edited():
    steps = [
        {"at": 1, "do": "remove", "article": 3},
        {"at": 2, "do": "edit", "article": 3, "classes": "number"},
    ]
    with pytest.raises(TimelineError, match="restore it first"):
        parse(steps)
    parse([*steps[:1], {"at": 1.5, "do": "restore", "article": 3}, *steps[1:]])


def test_steps_are_played_in_order_of_time():
    timeline = parse([{"at": 5, "do": "publish"}, {"at": 1, "do": "churn"}])
    assert [step.at for step in timeline.steps] == [1.0, 5.0]


def test_toml_and_json_say_the_same(tmp_path):
    steps = [{"at": 1, "do": "publish", "name": "a"}, {"at": 2, "do": "remove", "article": "a"}]
    as_json, as_toml = tmp_path / "t.json", tmp_path / "t.toml"
    as_json.write_text(json.dumps({"step": steps}))
    as_toml.write_text(
        '[[step]]\nat=1\ndo="publish"\nname="a"\n[[step]]\nat=2\ndo="remove"\narticle="a"\n', encoding="utf-8"
    )
    assert load(as_json) == load(as_toml)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[step]\n", "broken.toml: cannot be read"),
        ("[other]\n", "unknown table 'other'"),
        ("[replica]\nseed='x'\n", r"\[replica\]: seed = 'x'"),
    ],
)
def test_a_broken_file_is_named(tmp_path, content, message):
    path = tmp_path / "broken.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TimelineError, match=message):
        load(path)
    with pytest.raises(TimelineError, match=r"nowhere.toml: cannot be read"):
        load(tmp_path / "nowhere.toml")


def test_a_step_that_cannot_be_taken_is_found_before_the_start():
    step = {"at": 3, "do": "edit", "article": 1, "classes": "wording", "find": "无此句", "replace": "x"}
    with pytest.raises(TimelineError, match=r"edit at 3: .*does not contain"):
        Replica(timeline=[step])
    with pytest.raises(TimelineError, match="there is no article 900"):
        Replica(articles=10, timeline=[{"at": 3, "do": "remove", "article": 900}])
    with pytest.raises(TimelineError, match="does not serve 'sc'"):
        Replica(timeline=[{"at": 3, "do": "publish", "channel": "sc"}])


def test_every_step_that_may_be_written_can_be_taken():
    faults = {"outage", "reset", "slow", "truncate", "empty-body", "huge", "status", "charset-lie"}
    assert set(OPTIONS) == set(_STEPS) | faults


def test_the_demo_tells_its_story_within_a_minute():
    timeline = load(DEMO)
    assert max(step.at for step in timeline.steps) <= 55
    world = World.build(timeline, dict(timeline.settings))
    start = list(world.truths())
    assert len(start) >= 20
    assert {truth["template"] for truth in start} >= {"G1", "G2", "G3", "G4"}
    assert len({truth["column"] for truth in start}) == 3
    world.advance(to=60.0)
    told = list(world.expected_events(initial=False))
    assert [event.kind for event in told].count("new") in (2, 3)
    assert [event.classes for event in told if event.kind == "edited"] == [("number",), ("headline",)]
    assert [event.kind for event in told].count("removed") == 1
    assert sum(step.do == "churn" for step in timeline.steps) >= 3
    gaps = [b.at - a.at for a, b in zip(timeline.steps, timeline.steps[1:], strict=False)]
    assert min(gaps) >= 4
