"""Texts and addresses as they stand in sources, made plain."""

import pytest

from crawler.sources.plain import address, plain_text


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ("<b>粗</b>体 &amp; 斜", "粗体 & 斜"),
        ("一段<p>二段<br>三段", "一段 二段 三段"),
        ("前<script>alert(1)</script>后<style>p{}</style>尾", "前后尾"),
        ("3 < 5 而 7 > 2", "3 < 5 而 7 > 2"),
        ("A&nbsp;B&#20013;", "A B中"),
        ("\n 多行\t文字 \u3000", "多行 文字"),
        ("", ""),
    ],
)
def test_markup_goes_and_its_words_stay(value, plain):
    assert plain_text(value, 100) == plain


def test_plain_text_is_left_as_it_is_and_cut_where_it_is_too_long():
    assert plain_text("<通知>&amp;", 100, markup=False) == "<通知>&amp;"
    assert plain_text("一二三四五", 3) == "一二…"


@pytest.mark.parametrize("href", [None, "", "#a", "javascript:x", "http:///a", "http://a.example/\x01", 7])
def test_what_is_no_address(href):
    assert address(href, "https://yuzhou.example/") == ""
