"""An article in text form: what belongs to it, and where it ends."""

from __future__ import annotations

import pytest

from crawler.extract.textpage import read_text

URL = "http://mirror.example.com/a.txt"
ARTICLE = """南岸步道新添三公里

2021年06月05日08:29  来源:重庆日报网
{blank}

  6月4日,南滨路新增的3.2公里步道开放。

  “走到哪里都看得见江。”市民覃女士说。 (记者 夏元)

(责编:秦洁、张祎)

本网专稿

夜色中的步道。骆青川摄 南滨路:一步一景  近年来,步道越修越长!【详细】

原创

江边添了读书角  人民网重庆8月20日电 (刘政宁)20日,读书角开放。【详细】
""".replace("{blank}", " ")


def test_an_article_as_text_gives_its_fields_and_ends_with_its_editors():
    page = read_text(ARTICLE, URL)
    assert page is not None
    fields = page.fields
    assert fields.title == "南岸步道新添三公里"
    assert fields.published_at is not None
    assert fields.published_at.isoformat() == "2021-06-05T08:29:00+08:00"
    assert fields.source == "重庆日报网"
    assert fields.authors == ("夏元",)
    assert fields.editors == ("秦洁", "张祎")
    assert fields.body == (
        "6月4日,南滨路新增的3.2公里步道开放。",
        "“走到哪里都看得见江。”市民覃女士说。 (记者 夏元)",
    )
    assert (fields.template, fields.url, page.parts) == ("text", URL, ())


def test_without_an_editors_line_the_first_teaser_ends_the_article():
    text = ARTICLE.replace("(责编:秦洁、张祎)\n", "")
    page = read_text(text, URL)
    assert page is not None
    assert len(page.fields.body) == 2
    assert page.fields.editors == ()


def test_lines_between_headline_and_time_are_the_subtitle():
    page = read_text(ARTICLE.replace("\n\n2021", "\n——江边又添好去处\n\n2021", 1), URL)
    assert page is not None
    assert (page.fields.title, page.fields.subtitle) == ("南岸步道新添三公里", "——江边又添好去处")


def test_traditional_text_is_read_by_the_same_words():
    text = (
        "江邊新添步道\n2021年06月05日08:29  來源:重慶日報網\n步道開放。(記者 陳靜)\n(責編:劉政)\n本網專稿\n"
    )
    page = read_text(text, URL)
    assert page is not None
    assert (page.fields.source, page.fields.authors, page.fields.editors) == (
        "重慶日報網",
        ("陳靜",),
        ("劉政",),
    )
    assert page.fields.body == ("步道開放。(記者 陳靜)",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "只有一行",
        "标题\n没有日期的一段话。\n又一段。",
        "标题\n2021年06月05日08:29  来源:重庆日报网\n",
        "标题\n2021年06月05日08:29  来源:重庆日报网\n(责编:秦洁)\n本网专稿\n后面的不算。",
        "2021年06月05日08:29  来源:重庆日报网\n没有标题的一段话。",
        "标题\n" + "一\n" * 10 + "2021年06月05日08:29  来源:重庆日报网\n正文。",
        "标题\n2021年13月05日  来源:重庆日报网\n正文。",
    ],
)
def test_what_is_not_of_that_form_is_not_read(text):
    assert read_text(text, URL) is None


def test_unix_dos_and_bare_line_ends_read_alike():
    pages = [read_text(ARTICLE.replace("\n", end), URL) for end in ("\n", "\r\n", "\r")]
    assert pages[0] is not None
    assert pages[0] == pages[1] == pages[2]
