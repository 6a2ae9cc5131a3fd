"""The built-in channels and how they are named."""

from __future__ import annotations

import pytest

from crawler.sites import CHANNELS, channel, locate
from storage.errors import ConfigError

HOSTS = [
    "bj",
    "tj",
    "he",
    "sx",
    "nm",
    "ln",
    "jl",
    "hlj",
    "sh",
    "js",
    "zj",
    "ah",
    "fj",
    "jx",
    "sd",
    "henan",
    "hb",
    "hn",
    "gd",
    "gx",
    "hi",
    "cq",
    "sc",
    "gz",
    "yn",
    "xz",
    "sn",
    "gs",
    "qh",
    "nx",
    "xj",
    "sz",
]


def test_all_regional_channels_are_built_in():
    assert sorted(CHANNELS) == sorted(HOSTS)
    for name, found in CHANNELS.items():
        assert found.name == name
        assert found.home == f"http://{name}.people.com.cn/"
        assert found.label.endswith("频道")
        assert len(found.short) == 1
        assert all(column.startswith("/GB/") for column in found.columns)
    assert len({found.short for found in CHANNELS.values()}) == len(HOSTS)


@pytest.mark.parametrize("name", ["cq", "CQ", "渝", "重庆", "重庆频道", "cq.people.com.cn", " cq "])
def test_a_channel_is_found_by_every_name_it_has(name):
    found = channel(name)
    assert (found.name, found.label, found.short) == ("cq", "重庆频道", "渝")
    assert len(found.columns) == 6


def test_an_unknown_channel_is_told_with_the_nearest_names():
    with pytest.raises(ConfigError, match=r"hen.*did you mean .*henan"):
        channel("hen")
    with pytest.raises(ConfigError, match=r"known are ah, bj"):
        channel("???")


def test_any_articles_address_gives_publisher_and_key():
    assert locate("https://js.people.com.cn/BIG5/n2/2022/0213/c360307-35131671.html") == (
        "people.com.cn",
        "35131671",
    )
    assert locate("http://cq.people.com.cn/") is None
