"""How a changed sentence is marked in each form."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from crawler.text.canonical import fold
from scheduler.alerts.marks import BARE, lead, marked
from scheduler.alerts.model import Form
from scheduler.alerts.words import EN, ZH
from storage.diff import Change, ChangeKind, Part, Run, compare
from storage.records import ArticleFields


def change(old: str, new: str) -> Change:
    """The change that makes one sentence of another."""
    one = ArticleFields(url="", title="", body=(old,) if old else ())
    two = ArticleFields(url="", title="", body=(new,) if new else ())
    return compare(one, two, fold=fold).changes[0]


#: (what happened, before, after, plain, Markdown, HTML without styles)
MARKS = [
    (
        "replaced",
        "共有12人受伤。",
        "共有21人受伤。",
        "共有〖12人→21人〗受伤。",
        "共有 ~~12人~~ **21人** 受伤。",
        "共有[删]<del>12人</del>[增]<ins>21人</ins>受伤。",
    ),
    (
        "inserted",
        "区委书记到场。",
        "区委副书记到场。",
        "区委〖增：副〗书记到场。",
        "区委 **副** 书记到场。",
        "区委[增]<ins>副</ins>书记到场。",
    ),
    (
        "deleted",
        "区委副书记到场。",
        "区委书记到场。",
        "区委〖删：副〗书记到场。",
        "区委 ~~副~~ 书记到场。",
        "区委[删]<del>副</del>书记到场。",
    ),
    ("a new sentence", "", "工程已完工。", "〖增：工程已完工。〗", "**工程已完工。**", "[增]<ins>工程已完工。</ins>"),
    ("a lost sentence", "工程已完工。", "", "〖删：工程已完工。〗", "~~工程已完工。~~", "[删]<del>工程已完工。</del>"),
]  # fmt: skip


@pytest.mark.parametrize("case", MARKS, ids=[case[0] for case in MARKS])
def test_what_was_deleted_and_inserted_is_marked(case: tuple[str, ...]) -> None:
    _, old, new, plain, markdown, bare = case
    one = change(old, new)
    assert marked(one, Form.PLAIN, ZH) == plain
    assert marked(one, Form.MARKDOWN, ZH) == markdown
    assert marked(one, Form.HTML, ZH, marking=BARE) == bare


def test_marks_speak_english_too() -> None:
    assert marked(change("副书记到场。", "书记到场。"), Form.PLAIN, EN) == "〖cut: 副〗书记到场。"


def test_html_has_colours_and_labels_beside_them() -> None:
    page = lxml_html.fragment_fromstring(marked(change("有12人。", "有21人。"), Form.HTML, ZH), "p")
    assert page.text_content() == "有[删]12人[增]21人。"
    assert "line-through" in page.find("del").get("style")


def test_white_space_that_came_or_went_can_be_seen() -> None:
    runs = (Run("=", "甲"), Run("+", " "), Run("=", "乙"))
    spaced = Change(ChangeKind.REPLACED, Part.BODY, "甲乙", "甲 乙", None, None, runs)
    assert marked(spaced, Form.PLAIN, ZH) == "甲〖增：␣〗乙"


def test_a_guessed_piece_carries_its_sign() -> None:
    one = change("覆盖12个小区。", "覆盖21个小区。")
    assert marked(one, Form.PLAIN, ZH, guesses=["小区"]) == "覆盖〖12个→21个〗小区（？）。"
    assert marked(one, Form.PLAIN, ZH, guesses=["21个"]) == "覆盖〖12个→21个（？）〗小区。"


def test_without_limits_nothing_is_shortened() -> None:
    long = "渝北区新增公交线路，" * 60
    one = change(f"{long}有3处。", f"{long}有5处。")
    assert long in marked(one, Form.PLAIN, ZH, context=None, sentence=None)
    assert long not in marked(one, Form.PLAIN, ZH)


def test_a_lead_is_the_beginning_of_a_body() -> None:
    assert lead(["甲。", "乙。", "丙。", "丁。"], 100, "…") == "甲。 乙。 丙。"
    assert lead(["投资1234567890元"], 6, "…") == "投资…"


SENTENCES = st.text(st.sampled_from("渝北区新增3处5公园，<b>*~@〖→〗&"), min_size=1, max_size=40)


@settings(max_examples=100)
@given(SENTENCES, SENTENCES)
def test_html_marks_give_back_both_texts_whatever_they_hold(old: str, new: str) -> None:
    before, after = (ArticleFields(url="", title=f"甲{text}", body=()) for text in (old, new))
    for one in compare(before, after, fold=fold).changes:
        text = marked(one, Form.HTML, ZH, context=None, sentence=None, marking=BARE)
        page = lxml_html.fragment_fromstring(text, "p")
        assert {node.tag for node in page.iter()} <= {"p", "del", "ins"}
        kept = re.sub(r"\[删\]<del>.*?</del>", "", text).replace("[增]", "")
        assert lxml_html.fragment_fromstring(kept, "p").text_content() == one.new
