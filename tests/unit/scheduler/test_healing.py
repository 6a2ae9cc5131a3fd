"""The change of a config that heals a channel: as a diff, and made."""

from __future__ import annotations

import tomllib

from crawler.sites.model import Selectors
from scheduler.healing import Fit, config_diff, fit, healed
from storage.records import Healing, SelectorChange

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
