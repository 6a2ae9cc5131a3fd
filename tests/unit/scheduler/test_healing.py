"""The change of a config that heals a channel: as a diff, and made."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime

import pytest

from crawler.sites.model import Selectors
from scheduler.alerts.model import Item
from scheduler.alerts.say import sentences
from scheduler.alerts.words import words
from scheduler.healing import Fit, config_diff, fit, healed
from storage.records import Event, EventKind, Healing, SelectorChange

HEALING = Healing(
    "shancheng",
    (
        SelectorChange("title", "h1.tit", "h1"),
        SelectorChange("body", "div.text", 'div[itemprop="articleBody"]'),
    ),
    pages=6,
)
CONFIG = """# what we watch
[[channel]]
name = "cq"

[[channel]]
name = "shancheng"  # the paper of the town
home = "https://news.example/"
article = { title = "h1.tit", body = "div.text", url = '/news/\\d+' }
"""


def test_a_diff_shows_the_changed_keys_as_toml():
    assert config_diff(HEALING).splitlines() == [
        " [[channel]]  # shancheng",
        '-article.title = "h1.tit"',
        '+article.title = "h1"',
        '-article.body = "div.text"',
        "+article.body = 'div[itemprop=\"articleBody\"]'",
    ]


def test_without_changes_there_is_no_diff():
    assert config_diff(Healing("shancheng", notes=("no page shows what is known",))) == ""


def test_a_change_that_is_made_leaves_everything_else():
    text = healed(CONFIG, HEALING)
    article = tomllib.loads(text)["channel"][1]["article"]
    assert article == {"title": "h1", "body": 'div[itemprop="articleBody"]', "url": "/news/\\d+"}
    assert "# what we watch" in text
    assert "# the paper of the town" in text


def test_a_change_fits_the_selectors_that_it_was_found_for_alone():
    old = Selectors(title="h1.tit", body="div.text", time="span.date")
    assert fit(HEALING, old) is Fit.FITS
    assert fit(HEALING, Selectors(title="h1", body='div[itemprop="articleBody"]')) is Fit.DONE
    assert fit(HEALING, Selectors(title="h1.other", body="div.text")) is Fit.OTHER


def said(healing: Healing, language: str) -> list[str]:
    at = datetime(2026, 11, 24, 8, tzinfo=UTC)
    event = Event(1, at, EventKind.CHANNEL_BROKEN, None, "", "", "shancheng", healing=healing)
    return list(sentences(Item(event), words(language), datetime.isoformat))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_message_shows_the_change_and_how_to_make_it(language):
    found = said(HEALING, language)
    assert any("newsdelta channels heal shancheng" in line for line in found)
    assert found[-4:] == config_diff(HEALING).splitlines()[1:]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_message_says_where_nothing_sure_was_found(language):
    found = said(Healing("shancheng", notes=("2 pages are too few",)), language)
    assert any("newsdelta channels check shancheng" in line for line in found)
