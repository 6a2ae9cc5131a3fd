"""A channel that a person adds: `newsdelta serve` looks at a small site, shows it, writes it, and crawls it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from scheduler.web.words import translator
from tests.browser import axe
from tests.browser.conftest import DESKTOP, PHONE, new_context
from tests.browser.test_crawl import serving
from tests.replica.makes import Serving, make_site

#: Milliseconds that some thirty polite requests may take on a busy machine.
LOOKED = 240_000
NOTHING_YET = '[[channel]]\nname = "cq"\nhome = "http://127.0.0.1:9/"\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "newsdelta.toml"
    file.write_text(
        f'# 值班室\n[database]\nurl = "sqlite:///{tmp_path}/news.db"\n{NOTHING_YET}'
        "[network]\nallow_private_addresses = true\n[watch]\nrequests_per_hour = 100000\n"
        f'[web]\nbind = "127.0.0.1:0"\ntoken_file = "{tmp_path}/token"\n',
        encoding="utf-8",
    )
    return file


@contextmanager
def entered(browser: Browser, config: Path, language: str, *, scripts: bool) -> Iterator[tuple[Page, str]]:
    with serving(config) as entrance:
        context = new_context(browser, language, DESKTOP if scripts else PHONE, scripts=scripts)
        page = context.new_page()
        page.goto(entrance)
        yield page, entrance
        context.close()


def look_at(page: Page, entrance: str, url: str, language: str) -> None:
    say = translator(language)
    page.goto(urljoin(entrance, "/channels"))
    page.get_by_label(say("Address of a news site")).fill(url)
    page.get_by_role("button", name=say("Look at it")).click()


@pytest.mark.parametrize(
    ("language", "scripts"), [("zh", True), ("en", False)], ids=["scripts", "phone, no scripts"]
)
def test_a_site_is_added_and_crawled(browser: Browser, config: Path, language: str, scripts: bool) -> None:
    say = translator(language)
    with (
        Serving(make_site("table")) as site,
        entered(browser, config, language, scripts=scripts) as (page, base),
    ):
        look_at(page, base, site.url, language)
        expect(page.locator(".seen li").first).to_contain_text("robots.txt", timeout=LOOKED)
        name = page.get_by_label(say("Name"))
        expect(name).to_be_visible(timeout=LOOKED)
        expect(page.get_by_role("row")).not_to_have_count(1)
        titles = {article["title"] for article in site.truth()["articles"]}
        assert page.get_by_role("row").nth(1).get_by_role("link").inner_text() in titles
        if scripts:
            assert axe.violations(page, axe.source()) == []
        else:
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        name.fill("xiaobao")
        page.get_by_role("button", name=say("Add"), exact=True).click()
        expect(page.get_by_role("status")).to_have_text(
            say("Added. It is watched from now on."), timeout=LOOKED
        )
        page.get_by_role("button", name=say("Crawl now")).click()
        expect(page.locator(".state")).to_have_text(say("order done"), timeout=LOOKED)
    written = config.read_text(encoding="utf-8")
    assert written.startswith("# 值班室\n")
    assert [one["name"] for one in tomllib.loads(written)["channel"]] == ["cq", "xiaobao"]


def test_a_look_is_stopped_and_nothing_is_written(browser: Browser, config: Path) -> None:
    say, before = translator("zh"), config.read_text(encoding="utf-8")
    with Serving(make_site("table")) as site, entered(browser, config, "zh", scripts=True) as (page, base):
        look_at(page, base, site.url, "zh")
        page.get_by_role("button", name=say("Cancel")).click()
        expect(page.locator(".state")).to_have_text(say("order cancelled"))
        expect(page.get_by_role("button", name=say("Look again"))).to_be_visible()
    assert config.read_text(encoding="utf-8") == before
