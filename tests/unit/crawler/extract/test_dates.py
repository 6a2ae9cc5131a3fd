"""Dates as news pages print them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.dates import CHINA, read_listed, read_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022年02月13日07:48 | 来源：新华日报", "2022-02-13T07:48:00+08:00"),
        ("2019年06月15日08:18\u00a0\u00a0来源：", "2019-06-15T08:18:00+08:00"),
        ("2009年07月22日 16:58　来源：", "2009-07-22T16:58:00+08:00"),
        ("2018-10-9", "2018-10-09T00:00:00+08:00"),
        ("2021/6/5 8:29:01", "2021-06-05T08:29:01+08:00"),
        ("2021.06.05 08：29", "2021-06-05T08:29:00+08:00"),
        ("2024-02-29T23:59", "2024-02-29T23:59:00+08:00"),
        ("发布时间：2021年6月5日", "2021-06-05T00:00:00+08:00"),
        ("2021 年 6 月 5 日 8 时 29 分", "2021-06-05T08:29:00+08:00"),
        ("2023年02月29日08:00", None),
        ("2021年13月05日", None),
        ("2021年06月05日25:00", None),
        ("06月05日08:29", None),
        ("热线023-63000000", None),
        ("12021-06-05", None),
        ("", None),
    ],
)
def test_a_full_date_is_read_in_china_time_or_not_at_all(text, expected):
    found = read_time(text)
    assert (found.isoformat() if found else None) == expected


@pytest.mark.parametrize(
    ("text", "near", "expected"),
    [
        ("[10月04日16:59]", date(2025, 10, 4), "2025-10-04T16:59:00+08:00"),
        ("[10-04]", date(2025, 10, 5), "2025-10-04T00:00:00+08:00"),
        ("[01月02日08:00]", date(2021, 12, 31), "2022-01-02T08:00:00+08:00"),
        ("[12月31日23:50]", date(2022, 1, 1), "2021-12-31T23:50:00+08:00"),
        ("[10月04日16:59]", None, None),
        ("[10月04日16:59]", date(2025, 3, 1), None),
        ("[02月30日]", date(2025, 2, 28), None),
        ("2021-06-05", None, "2021-06-05T00:00:00+08:00"),
        ("2021年06月05日08:29", date(2025, 1, 1), "2021-06-05T08:29:00+08:00"),
        ("[置顶]", date(2025, 1, 1), None),
    ],
)
def test_a_listed_date_without_a_year_takes_it_from_the_address_or_stays_unknown(text, near, expected):
    found = read_listed(text, near)
    assert (found.isoformat() if found else None) == expected


@given(st.dates(date(2010, 1, 1), date(2030, 12, 31)), st.integers(-20, 20))
@settings(max_examples=60)
def test_the_nearest_year_is_found_on_both_sides_of_new_year(listed, days):
    found = read_listed(f"[{listed:%m月%d日}08:00]", listed + timedelta(days=days))
    assert found is not None
    assert found.date() == listed
    assert found.tzinfo is CHINA
