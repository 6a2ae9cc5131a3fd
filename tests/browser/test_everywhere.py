"""Every page, on a phone and on a desk, in both languages, with scripts and without: nothing sticks out or fails."""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESKTOP, PHONE, OpenTab
from tests.browser.pages import PAGES

WAYS = {
    "zh, desktop, scripts": ("zh", DESKTOP, True),
    "en, desktop, no scripts": ("en", DESKTOP, False),
    "zh, phone, no scripts": ("zh", PHONE, False),
    "en, phone, scripts": ("en", PHONE, True),
}
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WHO = (
    "[...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1)"
    ".slice(0, 3).map(one => one.outerHTML.slice(0, 150))"
)


@pytest.mark.parametrize("way", WAYS)
def test_every_page_fits_its_window(open_tab: OpenTab, way: str) -> None:
    language, size, scripts = WAYS[way]
    tab = open_tab(language, size, scripts=scripts)
    wrong = []
    for page in PAGES:
        tab.open(page)
        assert tab.page.locator("main").is_visible()
        if tab.page.evaluate(TOO_WIDE) > 0:
            wrong.append((page, tab.page.evaluate(WHO)))
        tab.shoot(f"{way} {page}".replace(" ", "-"))
    assert wrong == []


def test_the_login_asks_nobody_else(open_tab: OpenTab) -> None:
    tab = open_tab(login=False)
    tab.open("/")
    assert tab.path() == "/login?next=/"
    assert tab.page.evaluate(TOO_WIDE) <= 0


def test_a_policy_that_is_broken_would_be_noticed(open_tab: OpenTab) -> None:
    tab = open_tab()
    tab.open("/")
    tab.page.evaluate("document.body.appendChild(document.createElement('script')).textContent = '0'")
    tab.page.wait_for_function("document.scripts.length > 1")
    assert any("Content Security Policy" in problem for problem in tab.problems)
    tab.problems.clear()
