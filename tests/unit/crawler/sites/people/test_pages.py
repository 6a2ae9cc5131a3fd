"""Every template generation and variant, with its traps: page → fields, as the golden files say."""

from __future__ import annotations

import importlib.util
import json
from datetime import datetime
from pathlib import Path

import pytest

from crawler.sites.people import PEOPLE, TEMPLATES
from storage.records import Outcome

HERE = Path(__file__).parent
spec = importlib.util.spec_from_file_location("people_goldens", HERE / "regenerate.py")
assert spec is not None
assert spec.loader is not None
goldens = importlib.util.module_from_spec(spec)
spec.loader.exec_module(goldens)

FURNITURE = ("分享", "责编", "责任编辑", "下一页", "相关新闻", "推荐阅读", "showPlayer", "原标题")
NAMES = sorted(path.stem for path in HERE.glob("*.html"))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_gives_the_fields_of_its_golden_file(name):
    assert goldens.reading(name) == json.loads((HERE / f"{name}.json").read_text("utf-8"))


def test_every_page_has_an_address_and_every_generation_a_page():
    assert sorted(goldens.ADDRESSES) == NAMES
    read = {json.loads((HERE / f"{name}.json").read_text("utf-8"))["template"] for name in NAMES}
    newer = {template.newer[0] for template in TEMPLATES if template.newer}
    assert read == {template.name for template in TEMPLATES} | newer


@pytest.mark.parametrize("name", NAMES)
def test_no_golden_text_has_furniture_or_untrimmed_edges(name):
    fields = json.loads((HERE / f"{name}.json").read_text("utf-8"))
    shown = [fields["title"], fields["subtitle"], *fields["body"], *(i["caption"] for i in fields["images"])]
    for text in shown:
        assert text == text.strip(" \u3000\u00a0\n\t")
        assert not any(word in text for word in FURNITURE)
    assert datetime.fromisoformat(fields["published_at"]).utcoffset().total_seconds() == 8 * 3600
    assert all(image["url"].startswith("http") for image in fields["images"])


def page(name: str) -> tuple[str, str]:
    return (HERE / f"{name}.html").read_text("utf-8"), goldens.ADDRESSES[name]


@pytest.mark.parametrize("name", NAMES)
def test_an_article_is_not_absent(name):
    assert PEOPLE.absence(*page(name)) is None


def test_a_page_without_any_known_template_is_not_read_and_not_called_absent():
    html = "<html><body><main><div class='nx-hed'>新版面</div><p>　　正文在此。</p></main></body></html>"
    address = "http://cq.people.com.cn/n2/2027/0101/c365402-50000001.html"
    assert PEOPLE.read_article(html, address) is None
    assert PEOPLE.absence(html, address) is None


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("", Outcome.EMPTIED),
        ("<p>&nbsp;</p><p>　　</p>", Outcome.EMPTIED),
        ("<p><img src='/img/next_page.jpg'></p>", Outcome.EMPTIED),
        ("<p>该文章已被删除。</p>", Outcome.SOFT_GONE),
        ("<p>尚有一句话。</p>", None),
        ("<p><img src='/NMediaFile/2021/0605/LOCAL1.jpg'></p>", None),
    ],
)
def test_a_template_without_text_and_images_is_emptied_and_never_read_by_halves(body, outcome):
    html, address = page("g3-plain")
    start, end = html.index('<div class="box_pic"><table>'), html.index('<div class="zdfy')
    emptied = html[:start] + body + html[end:]
    assert PEOPLE.absence(emptied, address) == outcome
    assert (PEOPLE.read_article(emptied, address) is None) == (outcome is not None)


def test_taking_the_first_child_would_lose_the_text_but_the_whole_container_is_read():
    html, address = page("g4-nested")
    found = PEOPLE.read_article(html, address)
    assert found is not None
    assert len(found.fields.body) == 4


def test_of_an_editors_note_the_sites_script_shows_only_what_has_more_than_ten_characters():
    html, address = page("g4-note")
    short = html.replace("教师节前夕，本网收到七封来自巫溪的信，今起陆续刊出。", "教师节前夕。")
    found = PEOPLE.read_article(short, address)
    assert found is not None
    assert found.fields.body == ("孩子们：山那边的路修好了。",)


def test_parts_are_those_of_the_same_article_and_neither_the_first_nor_the_page_itself():
    html, address = page("g2-plain")
    second = address.replace(".html", "-2.html")
    found = PEOPLE.read_article(html, second)
    assert found is not None
    assert found.parts == (address.replace(".html", "-3.html"),)
    copy = PEOPLE.read_article(html, address.replace("cq.people.com.cn", "127.0.0.1:8801"))
    assert copy is not None
    assert copy.parts[0] == "http://127.0.0.1:8801/n2/2019/0615/c365401-33040555-2.html"


def test_a_page_without_headline_is_not_an_article():
    html, address = page("g2-day-only")
    bare = html.replace("奉节脐橙开园", "")
    assert PEOPLE.read_article(bare, address) is None


def test_where_the_headline_is_empty_the_title_of_the_page_stands_in_without_its_suffix():
    html, address = page("g1-ids")
    bare = html.replace("綦江横山试种高山番茄&nbsp;亩产过万斤", "")
    found = PEOPLE.read_article(bare, address)
    assert found is not None
    assert found.fields.title == "綦江横山试种高山番茄"
