"""What stands where a selector points becomes the field's value, with or without a label."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from lxml import html

from crawler.sites.values import authors_named, editors_named, section_of, source_of, time_of

URL = "https://www.bashan.example/2026/11/24/ferry.html"
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("markup", "at"),
    [
        ('<time datetime="2026-11-24T08:15:00+08:00">今天</time>', "2026-11-24T00:15"),
        ('<meta content="2026-11-24 08:15">', "2026-11-24T00:15"),
        ("<p>2026年11月24日 08:15 来源：巴山日报</p>", "2026-11-24T00:15"),
        ("<p>2026-11-24</p>", "2026-11-23T16:00"),  # midnight in Shanghai
        ("<p>11月23日 08:15</p>", "2026-11-23T00:15"),  # the year nearest to the address's day
        ("<p>来源：巴山日报</p>", None),
    ],
)
def test_a_time_for_machines_counts_before_words_and_has_the_sites_zone(markup: str, at: str | None) -> None:
    found = time_of([html.fragment_fromstring(markup)], URL, SHANGHAI)
    assert (found and found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")) == at


def test_the_first_that_states_a_time_does() -> None:
    items = [html.fragment_fromstring("<p>巴山日报</p>"), "2026-11-24 08:15", "2025-01-01"]
    found = time_of(items, URL, SHANGHAI)
    assert found is not None
    assert found.day == 24
    assert time_of([], URL, SHANGHAI) is None


@pytest.mark.parametrize(
    ("line", "source"),
    [("来源：巴山日报", "巴山日报"), ("巴山日报", "巴山日报"), ("点击：30", ""), ("", ""), ("长" * 41, "")],
)
def test_a_source_is_named_with_its_label_or_alone(line: str, source: str) -> None:
    assert source_of(line) == source


@pytest.mark.parametrize(
    ("line", "names"),
    [("作者：陈立秋", ("陈立秋",)), ("陈立秋", ("陈立秋",)), ("点击：30", ()), ("作者：陈立秋" * 40, ())],
)
def test_authors_are_named_with_labels_or_alone(line: str, names: tuple[str, ...]) -> None:
    assert authors_named(line) == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("责任编辑：周敏", ("周敏",)),
        ("(责编：周敏、秦岚)", ("周敏", "秦岚")),
        ("周敏", ("周敏",)),
        ("点击：30", ()),
        ("责任编辑：周敏" * 40, ()),
    ],
)
def test_editors_are_named_with_labels_or_alone(line: str, names: tuple[str, ...]) -> None:
    assert editors_named(line) == names


@pytest.mark.parametrize(
    ("markup", "columns"),
    [
        (
            '<p><a href="/">首页</a> &gt; <a href="/n/">新闻</a> &gt; <a href="/n/c/">城事</a> &gt; 正文</p>',
            ("新闻", "城事"),
        ),
        ("<p>首页 &gt;&gt; 新闻 » 城事</p>", ("新闻", "城事")),
        ("<p>新闻/新闻</p>", ("新闻",)),
        (f"<p>{'长' * 41}</p>", ()),
    ],
)
def test_a_path_names_its_columns_without_home_and_text(markup: str, columns: tuple[str, ...]) -> None:
    assert section_of([html.fragment_fromstring(markup)]) == columns


def test_a_path_may_be_given_as_words() -> None:
    assert section_of(["当前位置：", "新闻 > 城事"]) == ("新闻", "城事")
