"""What a finding does to the config: a new section, a change of what differs, or nothing."""

import tomllib

import pytest

from crawler.survey import Finding
from crawler.survey.naming import channel_name
from scheduler.adding import addition, address_of
from storage.errors import ConfigError

FOUND = Finding(
    "https://www.jz.example/",
    values={
        "home": "https://www.jz.example/",
        "label": "江州在线",
        "columns": ["/yw/"],
        "article": {"url": r"/\d+\.html$", "title": "h1"},
    },
)
OWN = '[[channel]]\nname = "jiangzhou"\nhome = "http://jz.example"\nlabel = "我们的江州"\nevery = "1h"\n'


def test_a_site_that_is_not_there_gets_a_section_named_by_its_host() -> None:
    plan = addition(FOUND, "", None, ())
    assert (plan.name, plan.exists) == ("jz", False)
    assert tomllib.loads(plan.after)["channel"] == [{"name": "jz", **FOUND.values}]
    assert plan.toml == plan.after


def test_a_site_that_is_there_under_any_form_of_its_home_keeps_what_people_chose() -> None:
    plan = addition(FOUND, OWN, None, ("jiangzhou",))
    assert (plan.name, plan.exists) == ("jiangzhou", True)
    assert set(plan.changes) == {"columns", "article"}
    section = tomllib.loads(plan.after)["channel"][0]
    assert (section["label"], section["every"], section["home"]) == ("我们的江州", "1h", "http://jz.example")
    assert '+columns = ["/yw/"]' in plan.difference("newsdelta.toml")


def test_a_site_that_is_there_as_it_would_be_is_not_touched() -> None:
    once = addition(FOUND, "", None, ()).after
    again = addition(FOUND, once, None, ("jz",))
    assert (again.exists, again.changes, again.after) == (True, {}, once)


def test_a_second_channel_of_a_site_can_be_made_under_another_name() -> None:
    plan = addition(FOUND, OWN, "yaowen", ("jiangzhou",))
    assert not plan.exists
    assert [channel["name"] for channel in tomllib.loads(plan.after)["channel"]] == ["jiangzhou", "yaowen"]


def test_a_name_that_another_site_has_is_refused() -> None:
    with pytest.raises(ConfigError, match="--name"):
        addition(FOUND, "", "cq", ("cq",))


@pytest.mark.parametrize(
    ("home", "taken", "name"),
    [
        ("https://www.jz.example/", (), "jz"),
        ("https://www.jz.example/", ("jz", "jz-2"), "jz-3"),
        ("https://news.jz.com.cn/", (), "news-jz"),
        ("http://127.0.0.1:8801/", (), "local"),
    ],
)
def test_names_are_made_from_the_host(home: str, taken: tuple[str, ...], name: str) -> None:
    assert channel_name(home, taken) == name


@pytest.mark.parametrize(
    ("typed", "home"),
    [
        ("jz.example", "https://jz.example/"),
        ("http://jz.example/yw/", "http://jz.example/yw/"),
        ("https://jz.example#top", "https://jz.example/"),
    ],
)
def test_addresses_are_taken_as_people_type_them(typed: str, home: str) -> None:
    assert address_of(typed) == home


@pytest.mark.parametrize("typed", ["", "ftp://jz.example/", "https:///x"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ConfigError):
        address_of(typed)
