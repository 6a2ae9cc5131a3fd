"""All channels as one value: found by what people call them, publishers by addresses."""

from __future__ import annotations

import pytest

from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.model import Channel, SiteRules
from crawler.sites.registry import CHANNELS, Registry
from storage.errors import ConfigError

HOME = "https://www.bashan.example/"
SITE = ConfiguredPublisher(SiteRules("bashan.example", HOME))
BASHAN = Channel("bashan", "巴山在线", HOME, SITE)
SPORTS = Channel("bashan-sports", "巴山体育", f"{HOME}sports/", SITE)
KNOWN = Registry({"bashan": BASHAN, "bashan-sports": SPORTS})
FERRY = f"{HOME}2026/11/24/ferry.html"
PEOPLE_ARTICLE = "http://cq.people.com.cn/n2/2026/1124/c365401-41000001.html"


@pytest.mark.parametrize("name", ["cq", " CQ ", "重庆频道", "重庆", "cq.people.com.cn"])
def test_a_channel_has_many_names(name: str) -> None:
    assert KNOWN.channel(name) is CHANNELS["cq"]


def test_a_channel_that_is_not_there_is_named_with_its_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean bashan") as near:
        KNOWN.channel("bashann")
    assert near.value.subject == "bashann"
    with pytest.raises(ConfigError, match=r"known are .*cq"):
        KNOWN.channel("？？")


def test_a_configured_channel_takes_the_place_of_a_built_in_one() -> None:
    own = Channel("cq", "我的重庆", HOME, SITE)
    assert Registry({"cq": own}).channel("cq") is own
    assert Registry({"cq": own}).channels["cq"] is own


def test_label_and_home_of_a_channel_and_of_none() -> None:
    assert (KNOWN.label("bashan"), KNOWN.home("bashan")) == ("巴山在线", HOME)
    assert (KNOWN.label("gone"), KNOWN.home("gone")) == ("gone", "")


def test_each_publisher_stands_once_those_of_the_config_first() -> None:
    names = [publisher.name for publisher in KNOWN.publishers]
    assert names == ["bashan.example", "people.com.cn"]


def test_a_publisher_is_found_by_its_name_and_reads_as_the_channel_has_it() -> None:
    other = ConfiguredPublisher(SiteRules("bashan.example", HOME, article_url=r"/s/\d+"))
    registry = Registry({"bashan": BASHAN, "second": Channel("second", "二", HOME, other)})
    assert registry.publisher("bashan.example") == SITE
    assert registry.publisher("bashan.example", "second") is other
    assert registry.publisher("bashan.example", "cq") == SITE
    assert registry.publisher("nobody.example") is None


@pytest.mark.parametrize(
    ("url", "publisher"),
    [
        (FERRY, "bashan.example"),
        (f"{HOME}about.html", "bashan.example"),
        (PEOPLE_ARTICLE, "people.com.cn"),
        ("https://other.example/about.html", None),
    ],
)
def test_an_address_leads_to_its_publisher(url: str, publisher: str | None) -> None:
    found = KNOWN.publisher_at(url)
    assert (found and found.name) == publisher


def test_an_articles_address_leads_to_its_key() -> None:
    assert KNOWN.locate(PEOPLE_ARTICLE) == ("people.com.cn", "41000001")
    assert KNOWN.locate(FERRY) == ("bashan.example", "bashan.example/2026/11/24/ferry.html")
    assert KNOWN.locate(f"{HOME}about.html") is None


@pytest.mark.parametrize(
    ("url", "channel"),
    [
        (f"{HOME}sports/1.html", "bashan-sports"),
        (f"{HOME}news/1.html", "bashan"),
        (PEOPLE_ARTICLE, "cq"),
        ("https://news.bashan.example/x", "bashan"),
        ("https://other.example/x", None),
    ],
)
def test_a_page_belongs_to_the_channel_whose_home_is_nearest_above_it(url: str, channel: str | None) -> None:
    found = KNOWN.channel_at(url)
    assert (found and found.name) == channel
