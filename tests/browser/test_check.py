"""A channel's pages that a person checks: `newsdelta serve` fetches them, and shows what each selector matches."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from scheduler.web.words import translator
from tests.browser import axe
from tests.browser.conftest import DESKTOP, PHONE, new_context
from tests.browser.test_crawl import serving
from tests.replica.makes import Serving, make_site

#: Milliseconds that five polite requests may take on a busy machine.
CHECKED = 120_000
WAYS = {"desktop, scripts": ("zh", DESKTOP, True), "phone, no scripts": ("en", PHONE, False)}


def configure(folder: Path, home: str) -> Path:
    """A channel whose title is read, and whose text is not."""
    file = folder / "newsdelta.toml"
    file.write_text(
        f'[database]\nurl = "sqlite:///{folder}/news.db"\n[network]\nallow_private_addresses = true\n'
        f'[[channel]]\nname = "xiaobao"\nlabel = "江州在线"\nhome = "{home}"\n'
        'article = { title = "font[size=\'5\'] b", body = "div.nowhere td" }\n'
        f'[web]\nbind = "127.0.0.1:0"\ntoken_file = "{folder}/token"\n',
        encoding="utf-8",
    )
    return file


def by_keys(page: Page, name: str) -> None:
    """Press a button as people without a mouse do."""
    button = page.get_by_role("button", name=name, exact=True)
    page.locator("main").focus()
    for _ in range(page.locator("main :is(a, button, input)").count()):
        page.keyboard.press("Tab")
        if button.evaluate("(one) => one === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("way", WAYS)
def test_a_channels_pages_are_checked(browser: Browser, tmp_path: Path, way: str) -> None:
    language, size, scripts = WAYS[way]
    say = translator(language)
    with Serving(make_site("table")) as site, serving(configure(tmp_path, site.url)) as entrance:
        context = new_context(browser, language, size, scripts=scripts)
        page = context.new_page()
        page.goto(entrance)
        page.goto(urljoin(entrance, "/channels/xiaobao"))
        by_keys(page, say("Check its pages"))
        expect(page.get_by_role("heading", level=1)).to_have_text(
            say("Pages checked: {channel}", channel="江州在线")
        )
        expect(page.locator(".checked")).to_have_count(4, timeout=CHECKED)
        expect(page.get_by_role("status")).to_have_text(
            say("{count} of {all} pages are not read as they should be.", count=3, all=4)
        )
        home, article = page.locator(".checked").nth(0), page.locator(".checked").nth(1)
        expect(home.get_by_role("heading")).to_contain_text(say("well"))
        expect(article.get_by_role("heading", level=2)).to_contain_text(say("order failed"))
        expect(article).to_contain_text(say("matches nothing"))
        for width, height in (DESKTOP, PHONE):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if scripts:  # which axe is
                assert axe.violations(page, axe.source()) == []
            if folder := os.environ.get("NEWSDELTA_SCREENSHOTS"):
                page.screenshot(path=Path(folder) / f"check-{language}-{width}.png", full_page=True)
        by_keys(page, say("Check again"))
        page.get_by_role("button", name=say("Cancel")).click()
        expect(page.locator(".state")).to_have_text(say("order cancelled"))
        page.get_by_role("link", name=say("Back to the channel")).click()
        expect(page.get_by_role("link", name=say("Last check of its pages"))).to_be_visible()
        context.close()
