"""Everything is reached with the keyboard alone, in the order in which it stands."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from scheduler.web.words import translator
from tests.browser.conftest import PHONE, OpenTab

#: What can be reached, in the order of the page, told by its number.
NUMBER_ALL = """() => {
  const can = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  const all = [...document.querySelectorAll(can)].filter((one) => one.checkVisibility());
  all.forEach((one, at) => { one.dataset.number = at; });
  return all.length;
}"""
NOW_AT = (
    "() => { const n = document.activeElement.dataset.number; return n === undefined ? null : Number(n); }"
)
#: A field for a date shows which of its parts has the focus by itself.
SHOWS_FOCUS = """() => document.activeElement.type === 'date' ||
  getComputedStyle(document.activeElement).outlineStyle !== 'none'"""


def test_the_first_stop_leads_past_the_menu(open_tab: OpenTab) -> None:
    tab = open_tab("en")
    tab.open("/events")
    tab.page.keyboard.press("Tab")
    skip = tab.page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("main")).to_be_focused()
    tab.page.keyboard.press("Tab")
    expect(tab.page.get_by_role("combobox", name="Kind")).to_be_focused()


def test_a_slash_goes_to_the_search_unless_one_is_typing(open_tab: OpenTab) -> None:
    tab = open_tab("zh")
    tab.open("/events")
    search = tab.page.get_by_role("searchbox", name=translator("zh")("Search the articles"))
    tab.page.keyboard.press("/")
    expect(search).to_be_focused()
    tab.page.keyboard.type("渝北/公园")
    expect(search).to_have_value("渝北/公园")


@pytest.mark.parametrize(
    "page",
    [
        "/",
        "/articles",
        "/articles/{edited}/diff?from=1&to=3",
        "/alerts",
        "/alerts/edit",
        "/deliveries",
        "/runs",
    ],
)
def test_the_tab_key_reaches_everything_in_order(open_tab: OpenTab, page: str) -> None:
    tab = open_tab("zh", PHONE)
    tab.open(page)
    count = tab.page.evaluate(NUMBER_ALL)
    reached = []
    for _ in range(count * 5):  # a field for a date is several stops
        tab.page.keyboard.press("Tab")
        at = tab.page.evaluate(NOW_AT)
        if at is None:
            break
        assert tab.page.evaluate(SHOWS_FOCUS), (page, at)
        if not reached or reached[-1] != at:
            reached.append(at)
        if at == count - 1:
            break
    assert reached == list(range(count))


def test_a_crawl_is_asked_for_by_keys_alone(open_tab: OpenTab) -> None:
    tab = open_tab("en")
    tab.open("/channels/cq")
    tab.page.locator("main").focus()
    button = tab.page.get_by_role("button", name="Crawl now")
    for _ in range(tab.page.evaluate(NUMBER_ALL)):
        tab.page.keyboard.press("Tab")
        if button.evaluate("(one) => one === document.activeElement"):
            break
    expect(button).to_be_focused()
    tab.page.keyboard.press("Enter")
    expect(tab.page.get_by_role("heading", level=1)).to_contain_text("Crawl of")
