"""[[channel]] of any news site: what it means, and how a mistake is explained."""

from pathlib import Path

import pytest

from crawler.serve import Order
from crawler.sites.configured import ConfiguredPublisher
from crawler.task import CrawlTask
from scheduler.config import load
from storage.errors import ConfigError

HOME = 'home = "https://www.bashan.example/"\n'
SITE = '[[channel]]\nname = "bashan"\n' + HOME


def config(folder: Path, text: str):
    file = folder / "newsdelta.toml"
    file.write_text(text, encoding="utf-8")
    return load(str(file), env={})


def test_a_name_and_a_home_are_a_channel(tmp_path):
    channel = config(tmp_path, SITE).channels["bashan"]
    assert channel.label == "bashan"
    assert channel.publisher.name == "bashan.example"
    assert channel.listings == ("https://www.bashan.example/",)


def test_an_order_carries_all_that_the_crawling_process_needs(tmp_path):
    text = SITE + (
        'columns = ["/news/"]\nfeeds = ["/feed.xml"]\njavascript = { wait_for = "h1" }\n'
        'article = { url = "/\\\\d+\\\\.html$", title = "h1", body = "div.text" }\n'
    )
    channel = config(tmp_path, text).channels["bashan"]
    assert isinstance(channel.publisher, ConfiguredPublisher)
    assert Order.of(1, CrawlTask(channel)).task().channel == channel


def test_the_registry_finds_channels_and_articles_of_the_config(tmp_path):
    registry = config(tmp_path, SITE).registry
    assert registry.channel("bashan").name == "bashan"
    assert registry.channel("重庆").name == "cq"
    assert registry.locate("https://bashan.example/2026/11/24/ferry.html") == (
        "bashan.example",
        "bashan.example/2026/11/24/ferry.html",
    )
    assert registry.channel_at("https://news.bashan.example/x").name == "bashan"


def test_a_built_in_channel_may_have_feeds(tmp_path):
    channel = config(tmp_path, '[[channel]]\nname = "cq"\nfeeds = ["/rss/cq.xml"]\n').channels["cq"]
    assert "http://cq.people.com.cn/rss/cq.xml" in channel.listings


def test_an_alert_may_name_a_channel_of_the_config(tmp_path):
    alert = '[[alert]]\nname = "x"\nto = "file:///tmp/x"\nchannels = ["bashan"]\n'
    assert config(tmp_path, SITE + alert).alerts.sections[0].channels == ("bashan",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[channel]]\nname = "bashan"\n', ["no channel is called", "home ="]),
        (SITE + 'article = { title = "h1..x" }\n', ["line 4", "title", "no CSS selector"]),
        (SITE + 'article = { body = "//div[" }\n', ["line 4", "no XPath"]),
        (SITE + 'article = { url = "/(\\\\d+" }\n', ["line 4", "no regular expression"]),
        (SITE + "[channel.article]\ntitle = 'h1..x'\n", ["line 5", "no CSS selector"]),
        (SITE + 'article = { titel = "h1" }\n', ["line 4", "unknown key 'titel'", "Did you mean 'title'?"]),
        (SITE + 'charset = "gb99"\n', ["line 4", "gb18030"]),
        (SITE + 'time_zone = "Asia/Bashan"\n', ["line 4", "no time zone"]),
        (SITE + 'feeds = ["ftp://x/feed"]\n', ["line 4", "no page"]),
        (SITE + "javascript = { depth = 1000 }\n", ["line 4", "depth"]),
        ('[[channel]]\nname = "cq"\narticle = { title = "h1" }\n', ["line 3", "built in"]),
        ('[[channel]]\nname = "two words"\n' + HOME, ["line 2", "one word"]),
    ],
)
def test_a_mistake_is_explained_with_its_place_and_mend(tmp_path, text, said):
    with pytest.raises(ConfigError) as raised:
        config(tmp_path, text)
    for words in said:
        assert words in str(raised.value)
