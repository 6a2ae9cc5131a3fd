"""The form of a subscription: what people type becomes what they meant, and comes back as they typed it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.datastructures import FormData

from scheduler.web import ruleform
from storage.records import TOLD, EditClass, EventKind, Subscription
from tests.sightings import at

PLAIN = {"name": "渝北", "destinations": "desk", "time_zone": "Asia/Shanghai"}


def form(**fields: str | list[str]) -> FormData:
    filled: dict[str, str | list[str]] = {**PLAIN, **fields}
    pairs = [
        (key, one) for key, said in filled.items() for one in (said if isinstance(said, list) else [said])
    ]
    return FormData(pairs)


def test_an_empty_form_is_a_plain_subscription_to_all_that_is_told() -> None:
    made = ruleform.read(form())

    assert made == Subscription(
        "渝北", ("desk",), kinds=TOLD, per_story=False, time_zone="Asia/Shanghai", origin="web"
    )


def test_every_field_is_read() -> None:
    made = ruleform.read(
        form(
            destinations=["desk", "mail"],
            channels=["cq", "sc"],
            kinds=["new", "edited"],
            classes=["number"],
            min_weight="20",
            expression=" 公园 & !广告 ",
            per_story="on",
            wait="10m",
            digest="09:00",
            quiet="22:00-07:00",
            language="en",
            sections="要闻",
            not_words="广告",
            sources="重庆日报",
            authors="秦岚",
        )
    )

    assert (made.destinations, made.channels) == (("desk", "mail"), ("cq", "sc"))
    assert (made.kinds, made.classes) == ((EventKind.NEW, EventKind.EDITED), (EditClass.NUMBER,))
    assert (made.min_weight, made.expression, made.per_story) == (20, "公园 & !广告", True)
    assert (made.wait, made.digest, made.quiet) == (timedelta(minutes=10), "09:00", "22:00-07:00")
    assert (made.language, made.sections, made.not_words) == ("en", ("要闻",), ("广告",))
    assert (made.sources, made.authors) == (("重庆日报",), ("秦岚",))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("公园 绿地", ("公园", "绿地")),
        ("公园，绿地、湿地；步道;亭,廊", ("公园", "绿地", "湿地", "步道", "亭", "廊")),
        ('"New York" “口袋 公园” 绿地', ("New York", "口袋 公园", "绿地")),
        (" ， ", ()),
    ],
)
def test_words_are_parted_by_blanks_and_commas_and_phrases_stand_in_quotes(
    typed: str, words: tuple[str, ...]
) -> None:
    assert ruleform.read(form(words=typed)).words == words


def test_what_no_field_shows_stays_as_it_was() -> None:
    before = Subscription(
        "old", ("x",), template="short", paused=True, muted_until=at(5), words=("公园",), origin="web"
    )
    made = ruleform.read(form(), before)

    assert (made.template, made.paused, made.muted_until) == ("short", True, at(5))
    assert (made.name, made.words) == ("渝北", ())


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": " "}, "name: "),
        ({"name": "一" * 101}, "name: "),
        ({"name": "渝\n北"}, "name: "),
        ({"destinations": []}, "destinations: "),
        ({"min_weight": "101"}, "min_weight: "),
        ({"min_weight": "-1"}, "min_weight: "),
        ({"min_weight": "much"}, "min_weight: "),
        ({"wait": "soon"}, "wait: "),
        ({"time_zone": "Chongqing"}, "time_zone: "),
        ({"expression": "公园 & ("}, "expression: "),
        ({"quiet": "night"}, "quiet: "),
        ({"kinds": ["gossip"]}, "gossip"),
    ],
)
def test_what_is_wrong_is_told_with_its_field(fields: dict[str, str | list[str]], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        ruleform.read(form(**fields))


def test_a_language_that_is_not_spoken_here_is_chinese() -> None:
    assert ruleform.read(form(language="xx")).language == "zh"


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (timedelta(), ""),
        (timedelta(seconds=45), "45s"),
        (timedelta(minutes=10), "10m"),
        (timedelta(minutes=90), "90m"),
        (timedelta(hours=2), "2h"),
        (timedelta(days=7), "7d"),
    ],
)
def test_a_wait_is_shown_in_its_largest_whole_unit(wait: timedelta, said: str) -> None:
    assert ruleform.said(wait) == said


def test_what_is_shown_reads_back_as_the_same_subscription() -> None:
    made = replace(
        ruleform.read(form()),
        words=("公园", "New York"),
        authors=("O，Brien",),
        expression="公园 | 绿地",
        min_weight=20,
        wait=timedelta(hours=2),
        quiet="22:00-07:00",
        language="en",
    )

    assert ruleform.read(form(**ruleform.typed(made))) == made


def test_a_blank_form_shows_nothing_that_was_not_typed() -> None:
    shown = ruleform.typed(ruleform.blank())

    assert (shown["name"], shown["words"], shown["min_weight"], shown["wait"]) == ("", "", "", "")
