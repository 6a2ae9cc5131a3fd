"""The tour of a person who came to look: from the login to an alert of their own, in both languages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from scheduler.web.words import translator
from storage import outbox
from storage.records import NotificationState
from tests.browser.conftest import ALERT, OpenTab, Site

LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


def _row(page: Page, name: str) -> str:
    return page.locator("dl.facts").locator(f"dt:text-is('{name}') + dd").inner_text()


@LANGUAGES
def test_the_token_lets_in_to_the_page_that_was_asked_for(open_tab: OpenTab, language: str) -> None:
    say = translator(language)
    tab = open_tab(language, login=False)
    tab.open("/events")
    tab.page.get_by_label(say("Token")).fill("no token of ours")
    tab.page.get_by_role("button", name=say("Log in")).click()
    expect(tab.page.get_by_role("alert")).to_have_text(say("That is not the token."))
    tab.page.get_by_label(say("Token")).fill(tab.site.token)
    tab.page.get_by_role("button", name=say("Log in")).click()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text(say("Events"))
    tab.page.get_by_role("button", name=say("Log out")).click()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text(say("Log in"))


@LANGUAGES
def test_the_overview_leads_to_what_happened(open_tab: OpenTab, language: str) -> None:
    say = translator(language)
    tab = open_tab(language)
    tab.open("/")
    broken = tab.page.locator(".card.broken")
    expect(broken).to_contain_text("no titles")
    expect(tab.page.get_by_role("img")).to_be_visible()
    tab.page.get_by_text(say("As a table")).click()
    expect(tab.page.locator("table").first).to_be_visible()
    tab.shoot(f"tour-overview-{language}")
    tab.page.locator(".events a").first.click()
    expect(tab.page.get_by_role("heading", level=1)).to_contain_text("社区书屋")


@LANGUAGES
def test_two_characters_are_found_and_narrowed_down(open_tab: OpenTab, language: str) -> None:
    say = translator(language)
    tab = open_tab(language)
    tab.open("/")
    tab.page.get_by_role("searchbox").fill("空港")
    tab.page.get_by_role("searchbox").press("Enter")
    titles = tab.page.locator(".list h3")
    expect(titles).to_have_text(["老城新绿（转载）", "老城新绿", "空港大道换新颜"])
    tab.page.get_by_role("combobox", name=say("Channel")).select_option("sc")
    tab.page.get_by_role("button", name=say("Search"), exact=True).click()
    expect(titles).to_have_text(["老城新绿（转载）"])
    assert "channel=sc" in tab.path()
    tab.page.get_by_role("searchbox").last.fill("空港 -转载")
    tab.page.get_by_role("button", name=say("Search"), exact=True).click()
    expect(tab.page.get_by_text(say("No article fits."))).to_be_visible()


@LANGUAGES
def test_a_list_goes_on(open_tab: OpenTab, language: str) -> None:
    tab = open_tab(language)
    tab.open("/articles")
    first = tab.page.locator(".list h3").first.inner_text()
    tab.page.get_by_role("link", name=translator(language)("Older")).click()
    tab.page.wait_for_url(re.compile("after="))
    expect(tab.page.locator(".list h3").first).not_to_have_text(first)


@LANGUAGES
def test_one_article_its_revisions_changes_and_evidence(open_tab: OpenTab, language: str) -> None:
    say = translator(language)
    tab = open_tab(language)
    page = tab.page
    tab.open("/articles/{edited}")
    expect(page.locator("article")).to_contain_text("新增口袋公园21处")
    assert _row(page, say("Editors")) == "秦岚 周渝生"
    page.get_by_role("link", name=say("Revision {number}", number=1), exact=True).click()
    expect(page.locator("article")).to_contain_text("新增口袋公园12处")
    page.get_by_role("link", name=say("To the last one")).click()
    page.get_by_role("link", name=re.compile(f"^{say('Changes')}")).click()
    page.get_by_role("combobox", name=say("From revision")).select_option("1")
    page.wait_for_url(re.compile("from=1"))
    page.get_by_role("combobox", name=say("to revision")).select_option("2")
    page.wait_for_url(re.compile("to=2"))
    expect(page.locator("del").first).to_have_text("12处")
    expect(page.locator("ins").first).to_have_text("21处")
    expect(page.locator("main")).to_contain_text(say("class number"))
    tab.shoot(f"tour-diff-{language}")
    page.get_by_role("combobox", name=say("View")).select_option("sides")
    page.wait_for_url(re.compile("view=sides"))
    expect(page.locator("tr.replaced").first.locator("td")).to_have_count(2)
    tab.shoot(f"tour-sides-{language}")
    page.get_by_role("link", name=say("Evidence")).click()
    expect(page.get_by_role("heading", name=say("How the page was read"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=say("Page {part}", part=1)).click()
    assert download.value.suggested_filename.endswith("-revision-3-part-1.html")


@LANGUAGES
def test_a_move_is_shown_as_a_move(open_tab: OpenTab, language: str) -> None:
    tab = open_tab(language)
    tab.open("/articles/{moved}/diff")
    said = translator(language)("moved from sentence {old} to {new}").partition("{old}")[0]
    expect(tab.page.locator("p.moved").first).to_contain_text(said)


@LANGUAGES
def test_repairs_are_shown_with_how_sure_they_are(open_tab: OpenTab, language: str) -> None:
    say = translator(language)
    tab = open_tab(language)
    tab.open("/articles/{repaired}/evidence")
    table = tab.page.get_by_role("table").first
    expect(table).to_contain_text(say("a guess"))
    expect(table).to_contain_text(say("proved"))


@LANGUAGES
def test_a_story_its_copies_and_what_they_cut(open_tab: OpenTab, language: str) -> None:
    say = translator(language)
    tab = open_tab(language)
    tab.open("/articles/{copy}")
    tab.page.locator(".tabs").get_by_role("link", name=say("Story")).click()
    expect(tab.page.locator(".list h3")).to_have_count(2)
    expect(tab.page.locator("main")).to_contain_text("老城新绿（转载）")
    tab.page.get_by_role("navigation").get_by_role("link", name=say("Stories")).click()
    expect(tab.page.locator(f".list h3 a[href='/stories/{tab.site.filled.original}']")).to_have_text(
        "老城新绿"
    )


@LANGUAGES
def test_events_are_chosen_by_kind_and_class(open_tab: OpenTab, language: str) -> None:
    say = translator(language)
    tab = open_tab(language)
    tab.open("/events")
    tab.page.get_by_role("combobox", name=say("Kind")).select_option("edited")
    tab.page.get_by_role("combobox", name=say("What an edit touched")).select_option("number")
    tab.page.get_by_role("button", name=say("Show")).click()
    expect(tab.page.locator(".events li")).to_have_count(1)
    tab.page.locator(".events a").click()
    expect(tab.page.locator("del").first).to_have_text("12处")


@LANGUAGES
def test_what_was_removed_keeps_its_last_text(open_tab: OpenTab, language: str) -> None:
    say = translator(language)
    tab = open_tab(language)
    tab.open("/removed")
    tab.page.get_by_text(say("The last text we saw")).click()
    expect(tab.page.locator(".article-body")).to_contain_text("城口县的三个山村")
    tab.page.get_by_role("link", name=say("The proof")).click()
    expect(tab.page.get_by_role("table").last).to_contain_text(say("outcome gone"))


@LANGUAGES
def test_an_alert_is_made_tried_paused_muted_and_removed(open_tab: OpenTab, language: str) -> None:
    say = translator(language)
    tab = open_tab(language)
    page, name = tab.page, f"口袋公园 {language}"
    tab.open("/alerts")
    page.get_by_role("link", name=say("New alert")).click()
    page.get_by_label(say("Name"), exact=True).fill(name)
    page.get_by_role("button", name=say("Save")).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label(say("Name"), exact=True)).to_have_value(name)
    page.get_by_label("值班室").check()
    page.get_by_label(say("Any of the words"), exact=True).fill("口袋公园")
    page.get_by_label(say("kind new"), exact=True).check()
    page.get_by_role("button", name=say("What would it have told last week?")).click()
    expect(page.locator("section .events li").first).to_contain_text("口袋公园")
    tab.shoot(f"tour-alert-{language}")
    page.get_by_role("button", name=say("Save")).click()
    page.wait_for_url(re.compile("/alerts$"))
    card = page.locator(".card", has=page.get_by_role("heading", name=name))
    for button, shown in [
        ("Pause", say("paused")),
        ("Go on", None),
        ("Mute", say("muted until {time}").partition("{")[0]),
        ("Unmute", None),
    ]:
        card.get_by_role("button", name=say(button), exact=True).click()
        expect(card.locator("h2 .state")).to_have_count(1 if shown else 0)
        if shown:
            expect(card.locator("h2 .state")).to_contain_text(shown)
    card.get_by_role("button", name=say("Test"), exact=True).click()
    expect(page.locator("main")).to_contain_text("this is a test")
    tab.open("/alerts")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept() if len(asked) > 1 else dialog.dismiss()

    page.on("dialog", answer)
    card.get_by_role("button", name=say("Remove")).click()
    expect(card).to_have_count(1)
    card.get_by_role("button", name=say("Remove")).click()
    expect(card).to_have_count(0)
    assert asked == [say("Remove this alert?")] * 2


@LANGUAGES
def test_a_dead_letter_is_tried_again(open_tab: OpenTab, site: Site, language: str) -> None:
    say = translator(language)
    tab = open_tab(language)
    tab.open("/alerts")
    tab.page.get_by_role("link", name=say("Dead letters")).click()
    rows = tab.page.locator("tbody tr")
    expect(rows.first).to_contain_text("404 no such robot")
    dead = rows.count()
    rows.first.get_by_role("checkbox").check()
    tab.page.get_by_role("button", name=say("Try the chosen again")).click()
    expect(rows).to_have_count(dead - 1)
    waiting = outbox.notifications(site.database, states=(NotificationState.WAITING,), subscription=ALERT)
    assert any(one.attempts == 0 and one.key for one in waiting)


@LANGUAGES
def test_a_channel_and_its_crawls(open_tab: OpenTab, language: str) -> None:
    say = translator(language)
    tab = open_tab(language)
    tab.open("/channels")
    tab.page.locator("tbody a[href='/channels/sc']").click()
    expect(tab.page.locator("main")).to_contain_text(say("When it broke and recovered"))
    tab.open("/channels/cq")
    tab.page.locator("a[href='/runs/1']").click()
    expect(tab.page.get_by_role("heading", level=1)).to_contain_text(say("Run {number}", number=1))


def test_the_language_is_chosen_and_remembered(open_tab: OpenTab) -> None:
    tab = open_tab("zh")
    tab.open("/events?kind=edited")
    tab.page.get_by_role("link", name="English").click()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Events")
    assert "kind=edited" in tab.path()
    tab.open("/articles")
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Articles")


def test_all_of_it_works_without_scripts(open_tab: OpenTab) -> None:
    say = translator("zh")
    tab = open_tab("zh", scripts=False)
    tab.open("/articles/{edited}/diff")
    tab.page.get_by_role("combobox", name=say("From revision")).select_option("1")
    tab.page.get_by_role("combobox", name=say("View")).select_option("sides")
    tab.page.get_by_role("button", name=say("Compare")).click()
    tab.page.wait_for_url(re.compile("view=sides"))
    expect(tab.page.locator("tr.replaced").first).to_contain_text("12处")
    tab.open("/alerts")
    card = tab.page.locator(".card", has=tab.page.get_by_role("heading", name=ALERT))
    card.get_by_role("button", name=say("Pause")).click()
    expect(card.locator("h2 .state")).to_have_text(say("paused"))
    card.get_by_role("button", name=say("Go on")).click()
    expect(card.locator("h2 .state")).to_have_count(0)
