"""Dates as they stand on pages of every make, and what they mean."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.generic.times import read_address, read_declared, read_month, read_time

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2024, 3, 1, 2, 30, tzinfo=UTC)  # 10:30 in China

FULL = {
    "2020-08-25": "2020-08-25T00:00:00+08:00",
    "2020-8-5 7:03": "2020-08-05T07:03:00+08:00",
    "2020年8月25日 16:59": "2020-08-25T16:59:00+08:00",
    "发布时间：2020年08月25日16时59分": "2020-08-25T16:59:00+08:00",
    "2020/08/25 16:59:07": "2020-08-25T16:59:07+08:00",
    "2020.08.25　16:59": "2020-08-25T16:59:00+08:00",
    "２０２０年８月２５日": "2020-08-25T00:00:00+08:00",
    "2020年8月25日 星期二 下午4:59": "2020-08-25T16:59:00+08:00",
    "2020年8月25日 上午12:05": "2020-08-25T00:05:00+08:00",
    "二〇二〇年八月二十五日": "2020-08-25T00:00:00+08:00",
    "二○一九年十月十日": "2019-10-10T00:00:00+08:00",
    "民國109年8月25日": "2020-08-25T00:00:00+08:00",
    "2020-08-25T16:59:00Z": "2020-08-25T16:59:00+00:00",
    "2020-08-25T16:59:00.123+09:30": "2020-08-25T16:59:00+09:30",
    "Tue, 25 Aug 2020 16:59:00 +0800": "2020-08-25T16:59:00+08:00",
    "Published Aug. 25, 2020 at 4:59 p.m.": "2020-08-25T16:59:00+08:00",
    "25 August 2020": "2020-08-25T00:00:00+08:00",
    "8/25/2020 4:59:10 PM": "2020-08-25T16:59:10+08:00",
    "25/08/2020 - 16:59": "2020-08-25T16:59:00+08:00",
    "25.08.2020": "2020-08-25T00:00:00+08:00",
    "发信站: 江城站 (Tue Aug 25 16:59:07 2020), 站内": "2020-08-25T16:59:07+08:00",
    "Tue Aug 25 2020 16:59:07 GMT+0800": "2020-08-25T16:59:07+08:00",
    "Tue, 25 Aug 2020 4:59 PM EDT": "2020-08-25T16:59:00-04:00",
    "4:59 p.m. EST, Tue Aug 25, 2020": "2020-08-25T16:59:00-05:00",
    "16:59 2020-08-25": "2020-08-25T16:59:00+08:00",
    "2020-08-25 16:59 (GMT+8)": "2020-08-25T16:59:00+08:00",
    "2020-08-25 16:59 CST": "2020-08-25T16:59:00+08:00",
    "2020-08-25-16:59:07": "2020-08-25T16:59:07+08:00",
    "2020-08-25 (16:59)": "2020-08-25T16:59:00+08:00",
    "2020—08—25": "2020-08-25T00:00:00+08:00",
    "星期二 八月 25, 2020 4:59 pm": "2020-08-25T16:59:00+08:00",
    "20年8月25日": "2020-08-25T00:00:00+08:00",
    "98年8月25日": "1998-08-25T00:00:00+08:00",
    "20-8-25 16:59": "2020-08-25T16:59:00+08:00",
    "109/08/25": "2020-08-25T00:00:00+08:00",
    "二00五年五月七日": "2005-05-07T00:00:00+08:00",
}


@pytest.mark.parametrize("text", FULL)
def test_a_full_date(text):
    found = read_time(text, CHINA)
    assert found is not None
    assert found.at.isoformat() == FULL[text]


RELATIVE = {
    "昨天 12:30": "2024-02-29T12:30:00+08:00",
    "前天": "2024-02-28T00:00:00+08:00",
    "今天09:15": "2024-03-01T09:15:00+08:00",
    "3小时前": "2024-03-01T07:30:00+08:00",
    "两天前": "2024-02-28T10:30:00+08:00",
    "2周前": "2024-02-16T10:30:00+08:00",
    "半小时前": "2024-03-01T10:00:00+08:00",
    "15 minutes ago": "2024-03-01T10:15:00+08:00",
    "刚刚": "2024-03-01T10:30:00+08:00",
    "[02月04日16:59]": "2024-02-04T16:59:00+08:00",
    "12-31 08:00": "2023-12-31T08:00:00+08:00",
}


@pytest.mark.parametrize("text", RELATIVE)
def test_a_date_that_needs_the_present(text):
    found = read_time(text, CHINA, now=NOW)
    assert found is not None
    assert found.at.isoformat() == RELATIVE[text]
    assert read_time(text, CHINA) is None


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29",
        "2020年13月1日",
        "2020-08-25 25:10",
        "1899-01-01",
        "3021年1月1日",
        "电话 023-6262-1234",
        "08/07/2020",
        "",
    ],
)
def test_what_is_no_certain_date(text):
    assert read_time(text, CHINA) is None


def test_which_number_is_the_month_is_told_by_a_day_nearby():
    near = datetime(2022, 2, 6, tzinfo=UTC)
    found = read_time("06/02/2022 - 13:48", CHINA, near=near)
    assert found is not None
    assert found.at.isoformat() == "2022-02-06T13:48:00+08:00"


@pytest.mark.parametrize("value", ["1598345940", "1598345940000", "2020-08-25T08:59:00+00:00"])
def test_machine_readable_times(value):
    found = read_declared(value, CHINA)
    assert found is not None
    assert found.at == datetime(2020, 8, 25, 8, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/n2/2020/0825/c1-2.html",
        "/2020-08/25/content_9.htm",
        "/a/20200825/9.html",
        "/t20200825_9.htm",
        "/2020/8/25/9.html",
    ],
)
def test_the_day_in_an_address(url):
    found = read_address(url, CHINA)
    assert found is not None
    assert found.at.isoformat() == "2020-08-25T00:00:00+08:00"


@pytest.mark.parametrize("url", ["https://a.example/99991399/1.html", "/id/12345678", ""])
def test_an_address_without_a_day(url):
    assert read_address(url, CHINA) is None


@pytest.mark.parametrize("text", ["2003年5月", "二〇〇三年五月", "Vol. 8 (May 2003)"])
def test_a_month_without_a_day_says_so(text):
    found = read_month(text, CHINA)
    assert found is not None
    assert (found.at.date().isoformat(), found.dayless) == ("2003-05-01", True)


@settings(max_examples=50)
@given(st.integers(800_000_000, 3_700_000_000), st.integers(-12, 14))
def test_iso_comes_back_as_it_went(seconds, hours):
    zoned = datetime.fromtimestamp(seconds, tz=timezone(timedelta(hours=hours)))
    found = read_time(zoned.isoformat(), CHINA)
    assert found is not None
    assert found.at == zoned


@settings(max_examples=100)
@given(st.text(alphabet="0123456789年月日-/: 昨天前小时二〇十T+Z", max_size=40))
def test_any_text_gives_a_time_with_an_offset_or_none(text):
    found = read_time(text, CHINA, now=NOW)
    assert found is None or found.at.utcoffset() is not None
