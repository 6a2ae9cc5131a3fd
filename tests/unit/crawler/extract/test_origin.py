"""The line under a headline → source."""

from __future__ import annotations

import pytest

from crawler.extract.origin import read_source


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("2022年02月13日07:48 | 来源：新华日报", "新华日报"),
        ("2019年06月15日08:18  来源：人民网－重庆频道 原创稿", "人民网－重庆频道"),
        ("来源：人民网-重庆频道  2018年08月07日15:02", "人民网-重庆频道"),
        ("来源：人民网-重庆频道 2018年08月07日15:02", "人民网-重庆频道"),
        ("2009年07月22日 16:58　来源：《山城日报》　　【字号 大 中 小】", "《山城日报》"),
        ("2021年06月05日08:29  来源:重庆日报网", "重庆日报网"),
        ("2021年06月05日08:29  來源:重慶日報網", "重慶日報網"),
        ("来源：央视新闻 客户端 | 分享", "央视新闻 客户端"),
        ("来源：北碚报 分享到：", "北碚报"),
        ("來源：人民網-重慶頻道 原創稿", "人民網-重慶頻道"),
        ("来源：", ""),
        ("来源：  手机看新闻", ""),
        ("2021年06月05日08:29", ""),
        ("来源：" + "长" * 61, ""),
        ("", ""),
    ],
)
def test_the_source_is_what_follows_its_word_without_the_tools_behind_it(text, source):
    assert read_source(text) == source
