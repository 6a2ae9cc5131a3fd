"""Skipping the menus before parsing saves a third of the time and must change nothing."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from crawler.sites import people
from crawler.sites.people.menu import without_menu

HERE = Path(__file__).parent
spec = importlib.util.spec_from_file_location("people_goldens", HERE / "regenerate.py")
assert spec is not None
assert spec.loader is not None
goldens = importlib.util.module_from_spec(spec)
spec.loader.exec_module(goldens)

PATH = '<div class="layout route cf" id="rwb_navpath"><a href="/">人民网</a></div>'


@pytest.mark.parametrize("name", sorted(goldens.ADDRESSES))
def test_with_and_without_its_menus_a_page_reads_the_same(name, monkeypatch):
    quick = goldens.reading(name)
    monkeypatch.setattr(people, "without_menu", lambda html: html)
    assert goldens.reading(name) == quick


def test_the_rest_begins_with_the_tag_of_the_path():
    assert without_menu(f"<html><body><ul><li>党政</li></ul>{PATH}<h1>题</h1>") == f"{PATH}<h1>题</h1>"


@pytest.mark.parametrize(
    "html",
    [
        "<html><body><h1>没有路径</h1></body></html>",
        f"<html><!-- {PATH} --><h1>题</h1>",
        f"<html><script>var a='{PATH}';</script><h1>题</h1>",
        f"<html><textarea>{PATH}</textarea><h1>题</h1>",
        '<html><p>文中提到 id="rwb_navpath" 这几个字</p>',
        PATH,
        "",
    ],
)
def test_where_the_path_may_be_hidden_or_is_none_the_page_stays_whole(html):
    assert without_menu(html) is html


def test_what_stands_above_the_path_is_found_by_reading_the_whole_page():
    html = (HERE / "g2-plain.html").read_text("utf-8")
    path = html[
        html.index('<div class="clearfix w1000_320 path">') : html.index(
            '<div class="clearfix w1000_320 text_t'
        )
    ]
    below = html.replace(path, "").replace('<div id="rwb_tjyd"', path + '<div id="rwb_tjyd"')
    address = goldens.ADDRESSES["g2-plain"]
    assert people.PEOPLE.read_article(below, address) == people.PEOPLE.read_article(html, address)
