"""Healing: what is known of articles is looked up on their rebuilt pages; what is proposed reads them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from crawler.heal import Case, heal
from crawler.mending import reader
from crawler.sites.model import Selectors, SiteRules
from storage.records import Healing, SelectorChange

OLD = Selectors(title="h1.tit", time="span.date", body="div.text")
SITE = SiteRules(name="shancheng", home="https://news.example/", article=OLD)
READ = reader(SITE)


def page(number: int, body: str = "") -> str:
    text = body or (
        f"<p>今天上午，第{number}座口袋公园正式开放，面积{number * 120}平方米。</p>"
        f"<p>公园里新栽了{number * 7}棵黄葛树，还留出一条慢跑道，附近居民散步不用再过马路。</p>"
    )
    return (
        f"<html><body><h1 class='tit'>第{number}座口袋公园今天开放</h1>"
        f"<span class='date'>2026-11-{number:02} 10:30</span><div class='text'>{text}</div></body></html>"
    )


def case(number: int, rebuild: Callable[[str], str]) -> Case:
    url = f"https://news.example/news/{number}.html"
    known = READ(OLD, page(number), url)
    assert known is not None
    return Case(rebuild(page(number)), url, known)


def healed(rebuild: Callable[[str], str], numbers: range = range(1, 7)) -> Healing | None:
    return heal("shancheng", OLD, [case(number, rebuild) for number in numbers], READ)


def body_renamed(html: str) -> str:
    return html.replace("class='text'", "class='detail'")


def test_only_what_fails_is_changed():
    assert healed(body_renamed) == Healing(
        "shancheng", (SelectorChange("body", "div.text", "div.detail"),), pages=6
    )


def test_pages_that_read_as_ever_need_no_healing():
    assert healed(lambda html: html) is None


def test_two_pages_are_too_few_to_be_sure():
    found = healed(body_renamed, range(1, 3))
    assert found is not None
    assert found.changes == ()
    assert "at least 3 are needed" in found.notes[0]


def test_articles_that_were_edited_meanwhile_tell_nothing_and_spoil_nothing():
    cases = [case(number, body_renamed) for number in range(1, 7)]
    cases[2] = replace(cases[2], html=cases[2].html.replace("正式开放", "延期开放"))
    found = heal("shancheng", OLD, cases, READ)
    assert found is not None
    assert (found.changes, found.pages) == ((SelectorChange("body", "div.text", "div.detail"),), 5)


@pytest.mark.parametrize(
    "rebuild",
    [
        pytest.param(
            lambda html: "<html><body><div id='app'></div></body></html>", id="only a script shows the text"
        ),
        pytest.param(
            lambda html: html.replace("<h1 class='tit'>", "<h1>独家｜"), id="the headline has a badge"
        ),
        pytest.param(
            lambda html: html[: html.index("<p>公园")] + "<p>登录后阅读全文</p>", id="a door before the text"
        ),
    ],
)
def test_where_nothing_is_sure_nothing_is_proposed(rebuild):
    found = healed(rebuild)
    assert found is not None
    assert found.changes == ()
    assert found.notes


def test_no_healing_leaves_pages_behind_that_it_cannot_read():
    cases = [case(number, body_renamed) for number in range(1, 7)]
    other = replace(cases[0], html="<html><body><p>本页面需要登录。</p></body></html>")
    found = heal("shancheng", OLD, [*cases, other], READ)
    assert found is not None
    assert found.changes == ()
