"""Addresses: made absolute as browsers do, and brought to one form."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.urls import absolute, canonical_url, host_of, never_was

BASE = "http://cq.people.com.cn/GB/365402/index.html"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/n2/2021/0605/c1-34762345.html", "http://cq.people.com.cn/n2/2021/0605/c1-34762345.html"),
        ("index2.html#fy01", "http://cq.people.com.cn/GB/365402/index2.html#fy01"),
        ("../365403/", "http://cq.people.com.cn/GB/365403/"),
        ("/GB/../n2/a.html", "http://cq.people.com.cn/n2/a.html"),
        ("//js.people.com.cn/a", "http://js.people.com.cn/a"),
        ("https://js.people.com.cn/a", "https://js.people.com.cn/a"),
        ("/n2/2021/0605/\n\tc1-34762345.html\n", "http://cq.people.com.cn/n2/2021/0605/c1-34762345.html"),
        ("  /a b  ", "http://cq.people.com.cn/a b"),
        ("?page=2", "http://cq.people.com.cn/GB/365402/index.html?page=2"),
        (None, None),
        ("", None),
        (" \n", None),
        ("#top", None),
        ("javascript:showAd('x')", None),
        ("mailto:kf@people.cn", None),
        ("JavaScript:void(0)", None),
        ("http://[::1/", "http://[::1/"),
        ("//[::1/", None),
    ],
)
def test_links_are_made_absolute_or_lead_nowhere(href, expected):
    assert absolute(href, BASE) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://CQ.People.com.cn:80/a/../b.html#liuyan", "http://cq.people.com.cn/b.html"),
        ("https://e.example:443", "https://e.example/"),
        ("https://e.example:8443/x", "https://e.example:8443/x"),
        ("http://e.example/a?utm_source=wx&id=3&spm=1.2", "http://e.example/a?id=3"),
        ("http://e.example/a?f41095c0", "http://e.example/a?f41095c0"),
        ("http://e.example/%e6%b8%9d", "http://e.example/%E6%B8%9D"),
        ("http://e.example/%7ea%2fb%", "http://e.example/~a%2Fb%25"),
        ("http://e.example/渝", "http://e.example/%E6%B8%9D"),
        ("http://[2001:DB8::1]:80/a", "http://[2001:db8::1]/a"),
        (" http://e.example/a\n", "http://e.example/a"),
        ("http://[::1/a", "http://[::1/a"),
        ("no address", "no address"),
    ],
)
def test_addresses_are_compared_in_one_form(url, expected):
    assert canonical_url(url) == expected


@given(st.text(max_size=60))
@settings(max_examples=80)
def test_the_one_form_is_stable_and_nothing_is_an_error(text):
    once = canonical_url(f"http://e.example/{text}")
    assert canonical_url(once) == once
    canonical_url(text)
    absolute(text, BASE)
    host_of(text)


@pytest.mark.parametrize(
    ("url", "form"),
    [
        (
            "http://cq.people.com.cn/n2/2026/1124/c365401-41000001.html",
            r"/n2/2026/1124/c365401-99\d{6}\.html",
        ),
        ("http://cq.example/news/show.php?cat=3&id=71#top", r"/news/show\.php\?cat=3&id=99\d{6}"),
        ("http://cq.example/news/bridge-opens.html?from=home", r"/news/bridge-opens-99\d{6}\.html"),
        ("http://cq.example/news/bridge-opens/", r"/news/bridge-opens-99\d{6}"),
    ],
)
def test_an_address_that_never_was_has_the_form_of_an_articles(url: str, form: str):
    made = never_was(url)
    assert re.fullmatch(r"http://[^/]+" + form, made)
    assert made == never_was(url)
