"""Nothing on any page keeps out who cannot see well, or uses no mouse: axe-core finds nothing grave."""

from __future__ import annotations

import pytest

from tests.browser import axe
from tests.browser.conftest import DESKTOP, PHONE, OpenTab
from tests.browser.pages import PAGES

#: In the dark only the colours are other ones.
COLOURS = ("color-contrast", "link-in-text-block")
WAYS = {"zh, light, desktop": ("zh", DESKTOP, False), "en, dark, phone": ("en", PHONE, True)}


@pytest.fixture(scope="module")
def script() -> str:
    return axe.source()


@pytest.mark.parametrize("way", WAYS)
def test_every_page_is_for_everybody(open_tab: OpenTab, script: str, way: str) -> None:
    language, size, dark = WAYS[way]
    tab = open_tab(language, size, dark=dark)
    found = {}
    for page in PAGES:
        tab.open(page)
        tab.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        if wrong := axe.violations(tab.page, script, COLOURS if dark else ()):
            found[page] = wrong
    assert found == {}


def test_the_login_is_for_everybody(open_tab: OpenTab, script: str) -> None:
    tab = open_tab(login=False)
    tab.open("/login")
    assert axe.violations(tab.page, script) == []


def test_what_is_wrong_would_be_found(open_tab: OpenTab, script: str) -> None:
    tab = open_tab()
    tab.open("/")
    tab.page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input>')")
    assert any(one.startswith("label (critical)") for one in axe.violations(tab.page, script))
