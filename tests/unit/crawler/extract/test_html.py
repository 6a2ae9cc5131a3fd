"""Hostile pages: they may give little, but they crash nothing, hang nothing and lose no clean text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.flow import read_flow
from crawler.extract.html import meta_of, parse
from crawler.sites.people import PEOPLE

ADDRESS = "http://cq.people.com.cn/n2/2021/0605/c365411-34762345.html"


def article(inner: str) -> str:
    return f"<html><body><div class='layout rm_txt cf'><h1>题</h1><div class='rm_txt_con cf'>{inner}</div></div></body>"


@pytest.mark.parametrize("levels", [100, 1900])
def test_deep_nesting_is_read(levels):
    found = PEOPLE.read_article(article("<div>" * levels + "<p>深处</p>" + "</div>" * levels), ADDRESS)
    assert found is not None
    assert found.fields.body == ("深处",)


@pytest.mark.parametrize("tag", ["div", "b", "table", "font", "a", "p", "ul"])
def test_nesting_beyond_every_limit_crashes_nothing(tag):
    html = article(f"<{tag}>" * 10_000 + "字" + f"</{tag}>" * 10_000)
    PEOPLE.read_article(html, ADDRESS)
    PEOPLE.read_listing(html, ADDRESS)
    PEOPLE.absence(html, ADDRESS)


@pytest.mark.parametrize("attribute", ["class", "style", "id", "src", "href", "data-x"])
def test_an_attribute_of_a_megabyte_does_no_harm(attribute):
    for filling in ("x" * 1_000_000, "display:" * 125_000, " " * 1_000_000, "voice " * 160_000):
        html = article(f"<p {attribute}='{filling}'>字</p><p><img {attribute}='{filling}'></p><p>末</p>")
        found = PEOPLE.read_article(html, ADDRESS)
        assert found is not None
        assert found.fields.body[-1] == "末"
        PEOPLE.read_listing(html.replace("<p ", "<a "), ADDRESS)


@pytest.mark.parametrize(
    "text",
    [
        "（" * 20_000,
        "（记者" * 10_000,
        "记者 " * 20_000,
        "责编：" * 20_000,
        "(责编:" + "、" * 50_000,
        "来源：" * 20_000,
        "2021年" * 20_000,
        " \u3000" * 50_000 + "字",
        "人民网重庆" + "电" * 50_000 + "（",
        "【1】" * 20_000 + "x",
        "重" * 200_000,
    ],
)
def test_text_made_to_slow_patterns_down_is_read_in_linear_time(text):
    # The time is not asserted: an exponential or cubic pattern would not come back from these at all.
    html = article(f"<p>{text}</p><p>{text[:80]}</p>").replace(
        "<h1>", f"<div class='col-1-1'>{text}</div><div class='edit'>{text}</div><h1>"
    )
    PEOPLE.read_article(html, ADDRESS)


def test_control_characters_and_nul_end_nothing():
    found = PEOPLE.read_article(article("<p>前\x00中\x0b后\x1f</p><p>次\x7f段\ufffe</p>"), ADDRESS)
    assert found is not None
    assert found.fields.body[0] == "前中后"
    assert found.fields.body[1].startswith("次段")


def test_lone_surrogates_are_replaced():
    found = PEOPLE.read_article(article("<p>前\ud800后</p>"), ADDRESS)
    assert found is not None
    assert found.fields.body == ("前?后",)


@pytest.mark.parametrize("html", ["", " \n", "\x00", "<", "<!--", "<!doctype html>", "]]>", "<?xml?>"])
def test_what_is_no_page_is_none(html):
    assert PEOPLE.read_article(html, ADDRESS) is None
    assert PEOPLE.absence(html, ADDRESS) is None


def test_metas_are_found_by_name():
    tree = parse(
        "<html><head><meta name='ContentID' content=' L_1 '><meta name='contentid' content='2'></head>"
    )
    assert tree is not None
    assert meta_of(tree, "contentid") == "L_1"
    assert meta_of(tree, "source") == ""


MARKUP = st.text(alphabet="<>/='\" \n!-&;#x0pbdivr摄（）记者", max_size=200)


@given(MARKUP)
@settings(max_examples=150)
def test_any_markup_is_read_without_error(html):
    PEOPLE.read_article(article(html), ADDRESS)
    PEOPLE.read_listing(html, ADDRESS)
    PEOPLE.absence(html, ADDRESS)
    tree = parse(html)
    if tree is not None:
        read_flow(tree)
