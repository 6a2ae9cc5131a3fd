"""Article addresses of every era, under every prefix, on any host."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.sites.people.address import day_of, is_column, locate

CQ = "http://cq.people.com.cn"


OLD, SHORT = "/GB/134816/134818/9701267.html", "/GB/365409/c28459122.html"
NEW, ONCE = "/n2/2021/0605/c365411-34762345.html", "/n/2015/0511/c365402-24808401.html"
LOCAL = "http://127.0.0.1:8801"


@pytest.mark.parametrize(
    ("url", "key", "part", "canonical"),
    [
        (CQ + OLD, "9701267", 1, CQ + OLD),
        (f"{CQ}/BIG5/134816/134818/9701267-3.html", "9701267", 3, CQ + OLD),
        (f"{CQ}{ONCE}?f41095c0", "24808401", 1, CQ + ONCE),
        (f"{CQ}/n1/2016/0302/c1001-28165432.html", "28165432", 1, f"{CQ}/n1/2016/0302/c1001-28165432.html"),
        (CQ + NEW, "34762345", 1, CQ + NEW),
        (f"{CQ}/GB{NEW}", "34762345", 1, CQ + NEW),
        (f"{CQ}/BIG5/n2/2021/0605/c365411-34762345-2.html", "34762345", 2, CQ + NEW),
        (f"{CQ}{NEW}#liuyan", "34762345", 1, CQ + NEW),
        (CQ + SHORT, "28459122", 1, CQ + SHORT),
        (f"{CQ}/GB/365409/c28459122-2.html", "28459122", 2, CQ + SHORT),
        (f"https://cq.people.com.cn{NEW}", "34762345", 1, f"https://cq.people.com.cn{NEW}"),
        (f"HTTP://CQ.People.com.cn:80{NEW}", "34762345", 1, CQ + NEW),
        (LOCAL + NEW, "34762345", 1, LOCAL + NEW),
        (f" {CQ}{NEW}\n", "34762345", 1, CQ + NEW),
    ],
)
def test_an_address_gives_key_part_and_plain_form(url, key, part, canonical):
    found = locate(url)
    assert found is not None
    assert (found.key, found.part, found.canonical) == (key, part, canonical)


@pytest.mark.parametrize(
    "url",
    [
        CQ,
        f"{CQ}/",
        f"{CQ}/GB/index.html",
        f"{CQ}/GB/365402/index.html",
        f"{CQ}/GB/365401/367673/index2.html#fy01",
        f"{CQ}/img/2020/0605/c1-12345678.jpg",
        f"{CQ}/n2/2021/0605/",
        f"{CQ}/n2/2021/0605/c365411-34762345.html.bak",
        "javascript:showAd('http://cq.people.com.cn/n2/2021/0605/c1-34762345.html')",
        "mailto:kf@people.cn",
        "http://[::1/n2/2021/0605/c365411-34762345.html",
        "",
    ],
)
def test_other_addresses_are_no_articles(url):
    assert locate(url) is None


PATHS = st.tuples(
    st.sampled_from(["", "/GB", "/BIG5"]),
    st.sampled_from(["n", "n1", "n2"]),
    st.integers(2012, 2030),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(1000, 999_999),
    st.integers(10_000_000, 99_999_999),
)


@given(PATHS, st.sampled_from(["", "?f41095c0", "#liuyan", "?a=1#b"]), st.integers(2, 40))
@settings(max_examples=60)
def test_all_addresses_of_one_article_have_one_key_and_one_plain_form(pieces, tail, part):
    prefix, era, year, month, day, column, number = pieces
    stem = f"/{era}/{year}/{month:02d}{day:02d}/c{column}-{number}"
    first, later = locate(f"{CQ}{prefix}{stem}.html{tail}"), locate(f"{CQ}{prefix}{stem}-{part}.html{tail}")
    assert first is not None
    assert later is not None
    assert first.key == later.key == str(number)
    assert first.canonical == later.canonical == f"{CQ}{stem}.html"
    assert (first.part, later.part) == (1, part)
    assert locate(first.canonical) == first
    assert str(day_of(first.canonical)) == f"{year}-{month:02d}-{day:02d}"


@given(st.text(max_size=80))
@settings(max_examples=60)
def test_any_text_is_an_article_or_not_and_never_an_error(text):
    locate(text)
    locate(f"{CQ}/{text}")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/GB/365402/index.html", True),
        ("/GB/365401/367673/index12.html", True),
        ("/GB/365402/", True),
        ("/GB/index.html", False),
        ("/GB/menu/1/index.html", False),
        ("/n2/2021/0605/c365411-34762345.html", False),
    ],
)
def test_columns_are_told_by_their_path(path, expected):
    assert is_column(path) is expected
