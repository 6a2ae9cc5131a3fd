"""Selectors from pages whose fields are known: what a person would write, proved on pages it was not made from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from crawler.propose import propose_selectors
from crawler.propose.steps import is_meant
from crawler.sites.model import Selectors
from storage.records import ArticleFields

CHINA = timezone(timedelta(hours=8))
SOURCES = ("渝州日报", "渝州晚报", "山城网")


def fields(number: int) -> ArticleFields:
    return ArticleFields(
        url=f"https://news.example/{number}.html",
        title=f"第{number}座口袋公园今天开放",
        published_at=datetime(2026, 11, number, 10, number, tzinfo=CHINA),
        source=SOURCES[number % 3],
        authors=("李晓明",) if number % 2 else (),
        body=(
            f"今天上午，第{number}座口袋公园正式开放，面积{number * 120}平方米。",
            f"公园里新栽了{number * 7}棵黄葛树，还留出一条慢跑道。",
            "附近居民说，以后散步不用再过马路。",
        ),
    )


def page(number: int) -> str:
    known = fields(number)
    author = "<span class='zz'>记者 李晓明</span>" if known.authors else ""
    paragraphs = "".join(f"<p>{one}</p>" for one in known.body)
    day = f"2026-11-{number:02} 10:{number:02}"
    article = (
        f"<h1 class='tit'>{known.title}</h1><div class='info'><span class='date'>{day}</span>"
        f"<span class='ly'>来源：{known.source}</span>{author}</div>"
        f"<div class='text' id='post-{88000 + number}'>{paragraphs}</div>"
    )
    hot = f"<li><a>第{number + 1}座口袋公园今天开放</a><span>2026-11-20 08:00</span></li>"
    return (
        f"<html><head><title>{known.title}</title></head><body><div class='top'>2026-11-24 09:00 山城网</div>"
        f"{article}<ul class='hot'>{hot}</ul></body></html>"
    )


def proposed(make: Callable[[int], str] = page, numbers: range = range(1, 9), **settings):
    return propose_selectors([(make(number), fields(number)) for number in numbers], **settings)


def test_selectors_are_those_that_a_person_would_write():
    found = proposed()
    assert found.selectors == Selectors(
        title="h1", time="span.date", source="span.ly", authors="span.zz", body="div.text"
    )
    assert set(found.agreement.values()) == {1.0}
    assert found.notes == ()


def test_a_field_that_no_page_has_is_not_looked_for():
    assert "editors" not in proposed().agreement


def test_a_selector_that_still_holds_is_kept():
    kept = proposed(keep=Selectors(title="h1.tit", body="body > div:nth-of-type(3)")).selectors
    assert (kept.title, kept.body) == ("h1.tit", "body > div:nth-of-type(3)")


def test_a_selector_that_no_longer_holds_is_replaced():
    assert proposed(keep=Selectors(body="div.old")).selectors.body == "div.text"


def test_two_makes_of_page_are_read_by_two_selectors():
    def mixed(number: int) -> str:
        html = page(number)
        return html.replace("class='text'", "class='detail'") if number > 4 else html

    found = set(proposed(mixed).selectors.body.split(", "))
    assert found == {"div.text", "div.detail"}


def test_nothing_is_proposed_for_words_that_stand_nowhere_by_themselves():
    found = proposed(lambda number: page(number).replace("<h1 class='tit'>", "<h1 class='tit'>独家｜"))
    assert found.selectors.title == ""
    assert found.agreement["title"] == 0.0
    assert any(note.startswith("title: its words stand in no place of their own") for note in found.notes)


def test_one_page_proves_nothing():
    assert proposed(numbers=range(1, 2)).selectors == Selectors()


def test_where_more_stands_in_the_texts_container_its_paragraphs_are_named():
    tools = "<div>点赞 收藏 打赏 举报 用手机继续阅读这篇报道 大字号 小字号 夜间模式</div></div><ul"
    found = proposed(lambda number: page(number).replace("</div><ul", tools))
    assert found.selectors.body == "div.text > p"


@pytest.mark.parametrize("name", ["css-1x2y3z", "sc-bdVaJa", "post-88123", "a9f3c0", "Article_title__x7Yz2"])
def test_names_of_machines_are_none(name):
    assert not is_meant(name)


@pytest.mark.parametrize(
    "name", ["title", "article-body", "rm_txt_con", "h1", "col2", "TRS_Editor", "newsInfo"]
)
def test_names_that_somebody_gave(name):
    assert is_meant(name)


@pytest.mark.parametrize("html", ["", "   ", "<", "no markup", "<html></html>", "<body><p>" * 3000])
def test_any_page_will_do(html):
    found = propose_selectors([(html, fields(1)), (html, fields(2)), (html, fields(3))])
    assert found.selectors == Selectors()
