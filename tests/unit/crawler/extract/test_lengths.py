"""Fields of hostile pages, cut to what a line of their kind can be."""

from __future__ import annotations

from dataclasses import replace

from crawler.extract import lengths
from crawler.extract.lengths import within_lengths
from storage.records import ArticleFields, Image

PLAIN = ArticleFields(
    url="https://yuzhou.example/1.html",
    title="南岸步道新添三公里",
    kicker="新闻",
    subtitle="沿线有坡道",
    source="渝州晚报",
    authors=("夏元",),
    editors=("秦洁", "张祎"),
    section=("渝州", "民生"),
    body=("江边的路修好了。",),
    images=(Image("https://yuzhou.example/1.jpg", "江边"),),
)


def test_fields_of_a_page_of_news_stay_the_same():
    assert within_lengths(PLAIN) is PLAIN


def test_each_field_has_a_length_and_each_list_a_number_but_the_body_has_none():
    long, many = "长" * 10_000, tuple(f"人{number}" for number in range(1_000))
    body = (long * 20, *many)
    found = within_lengths(
        replace(
            PLAIN,
            title=long,
            kicker=long,
            subtitle=long,
            source=long,
            authors=(long, *many),
            editors=many,
            section=many,
            body=body,
            images=(Image("https://yuzhou.example/" + long, "江边"), Image("https://yuzhou.example/2", long)),
        )
    )
    assert len(found.title) == lengths.LONGEST_TITLE
    assert len(found.kicker) == len(found.subtitle) == lengths.LONGEST_LINE
    assert len(found.source) == len(found.authors[0]) == lengths.LONGEST_NAME
    assert len(found.authors) == len(found.editors) == len(found.section) == lengths.MOST_NAMES
    assert [len(one.caption) for one in found.images] == [lengths.LONGEST_CAPTION]
    assert found.body == body


def test_what_is_cut_to_the_same_name_is_named_once():
    alike = tuple("长" * lengths.LONGEST_NAME + sign for sign in "甲乙")
    assert len(within_lengths(replace(PLAIN, authors=alike)).authors) == 1
