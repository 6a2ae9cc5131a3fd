"""What people read: golden messages of each kind in both languages and all forms, and the rules all of them keep.

`python tests/unit/scheduler/alerts/regenerate.py` writes the golden files anew.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from scheduler.alerts.model import Form, Item, Letter, Message
from scheduler.alerts.view import TITLE, headline
from scheduler.alerts.words import EN, ZH, detail, happened, time_text
from scheduler.alerts.write import writer
from storage.records import EditClass, EventKind
from tests.unit.scheduler.alerts.regenerate import LANGUAGES, texts
from tests.unit.scheduler.alerts.told import AT, DISTRICTS, appeared, edited, fields, message, messages

GOLDEN = Path(__file__).parent / "messages"
CASES = [(language, name) for language in LANGUAGES for name in messages(language)]
WRITE = writer()


@pytest.fixture(params=CASES, ids=["-".join(case) for case in CASES])
def told(request: pytest.FixtureRequest) -> tuple[str, str, Letter]:
    """(language, name, letter)"""
    language, name = request.param
    return language, name, WRITE(messages(language)[name])


def test_a_message_reads_as_its_golden_file(told: tuple[str, str, Letter]) -> None:
    language, name, letter = told
    for ending, text in texts(letter).items():
        assert text == (GOLDEN / language / f"{name}.{ending}").read_text("utf-8"), f"{name}.{ending}"


def test_the_title_is_one_short_line(told: tuple[str, str, Letter]) -> None:
    title = told[2].title
    assert 0 < len(title) <= TITLE
    assert title.isprintable()


def test_every_form_says_what_happened_where_and_links_to_the_page(told: tuple[str, str, Letter]) -> None:
    letter = told[2]
    page = lxml_html.fromstring(letter.html)
    for item in letter.message.items:
        name = item.fields.title if item.fields else "重庆频道"
        for text in (letter.plain, letter.markdown, page.text_content()):
            assert name in text
        assert item.event.url in letter.plain
        assert f"]({item.event.url})" in letter.markdown
        assert item.event.url in page.xpath("//a/@href")


def test_markdown_is_well_formed(told: tuple[str, str, Letter]) -> None:
    made = MarkdownIt("gfm-like", {"linkify": False}).render(told[2].markdown)
    assert not re.findall(r"\*\*|~~", made), "a mark that is none"


def test_html_needs_nothing_from_elsewhere(told: tuple[str, str, Letter]) -> None:
    page = lxml_html.document_fromstring(told[2].html)
    assert not page.xpath("//script | //img | //link | //iframe | //style")
    assert page.xpath("string(/html/@lang)") == {"zh": "zh-CN", "en": "en"}[told[0]]


def test_english_messages_speak_no_chinese_of_their_own() -> None:
    said = message([appeared(fields("Bus", "Text."))], "en")
    for form in (WRITE(said).plain, WRITE(said).markdown):
        assert re.findall("[\u4e00-\u9fff]+", form) == ["重庆频道", "人民网", "重庆频道", "渝北舆情"]


# -- the title line

LONG = (
    "重庆市渝北区人民政府办公室转发关于推动成渝地区双城经济圈建设行动方案若干配套措施"
    + "和重点任务的补充通知（第三批修订版本）"
)
#: (what it shows, items, language, title line)
TITLES = [
    ("what is new", [appeared(fields("渝北新增公园"))], "zh", "新发表：渝北新增公园"),
    ("a long title loses its end", [appeared(fields(LONG))], "zh", f"新发表：{LONG[:55]}…"),
    (
        "no title leaves the address",
        [appeared(fields(""))],
        "zh",
        "新发表：/n2/2026/1124/c365402-41400100.html",
    ),
    (
        "of an edit, what it touched",
        [edited(fields("渝北公园", "新增3处公园。"), fields("渝北公园", "新增5处公园。"))],
        "zh",
        "数字改了：渝北公园",
    ),
    (
        "in English too",
        [edited(fields("渝北公园", "新增3处公园。"), fields("渝北公园", "新增5处公园。"))],
        "en",
        "Number changed: 渝北公园",
    ),
    (
        "of several, how many, then the heaviest",
        [
            appeared(fields("渝北公园")),
            appeared(fields("江北公园")),
            edited(fields("甲", "乙。"), fields("甲", "乙丙。")),
        ],
        "zh",
        "1 篇有改动、2 篇新发表：甲",
    ),
]


@pytest.mark.parametrize(
    ("items", "language", "title"), [case[1:] for case in TITLES], ids=[case[0] for case in TITLES]
)
def test_the_most_important_stands_first_in_the_title(items: list[Item], language: str, title: str) -> None:
    assert headline(message(items, language)) == title


def test_a_title_is_not_cut_inside_a_number() -> None:
    title = headline(message([appeared(fields("渝" * 48 + "投资1234567890元建设"))]))
    assert title.endswith("投资…")


# -- what is shown of it


def _lines(count: int) -> Item:
    old = [f"{DISTRICTS[at % 8]}区第{at}号小区有{at + 10}户。" for at in range(count)]
    return edited(fields("小区", *old), fields("小区", *(text.replace("户", "家") for text in old)))


@pytest.mark.parametrize(("form", "shown"), [(Form.PLAIN, 5), (Form.MARKDOWN, 5), (Form.HTML, 12)])
def test_a_long_diff_is_cut_to_its_heaviest_changes_and_says_how_many_more(form: Form, shown: int) -> None:
    text = getattr(WRITE(message([_lines(20)])), form.value)
    assert text.count("号小区") == shown
    assert f"……另有 {20 - shown} 处改动" in text


def test_a_long_digest_is_cut_and_says_how_many_more() -> None:
    said = message([appeared(fields(f"第{number}篇"), number) for number in range(130)])
    assert "……另有 100 条" in WRITE(said).plain
    assert "……另有 30 条" in WRITE(said).html


def test_a_long_sentence_keeps_what_is_around_its_change_and_whole_numbers() -> None:
    before, after = "东至龙溪街道西至人和街道" * 6, "南至大竹林北至悦来新城投资1234567890元" * 4
    old, new = f"{before}有3处，{after}。", f"{before}有5处，{after}。"
    text = WRITE(message([edited(fields("公园", old), fields("公园", new))])).plain
    line = next(line for line in text.splitlines() if line.startswith("·"))
    assert "〖3处→5处〗" in line
    assert len(line) < 80
    assert set(re.findall(r"\d+", line)) <= {"3", "5", "1234567890"}


# -- words


@pytest.mark.parametrize("language", [ZH, EN])
def test_there_is_a_word_for_everything(language: object) -> None:
    for kind in EventKind:
        assert happened(language, kind)  # type: ignore[arg-type]
    for edit in EditClass:
        assert happened(language, EventKind.EDITED, [edit])  # type: ignore[arg-type]


#: (classes, in Chinese, in English)
EDITS = [
    ([], "文章改了", "Edited"),
    ([EditClass.HEADLINE], "标题改了", "Headline changed"),
    ([EditClass.WORDING, EditClass.HEADLINE, EditClass.NUMBER], "数字、标题改了", "Number, headline changed"),
    ([EditClass.ADDED], "增加了内容", "Text added"),
    ([EditClass.REMOVED, EditClass.ADDED], "删去了内容", "Text cut"),
    ([EditClass.NUMBER, EditClass.ADDED], "数字改了", "Number changed"),
]


@pytest.mark.parametrize(("classes", "zh", "en"), EDITS)
def test_an_edit_is_named_by_what_it_touched(classes: list[EditClass], zh: str, en: str) -> None:
    assert happened(ZH, EventKind.EDITED, classes) == zh
    assert happened(EN, EventKind.EDITED, classes) == en


#: (as the store notes it, in Chinese)
DETAILS = [
    ("the server answers 410", "服务器返回 410"),
    ("redirected to http://cq.people.com.cn/", "打开后被转到 http://cq.people.com.cn/"),
    (
        "3 of 4 visits fail; 2 of 9 pages match no template",
        "4 次访问中有 3 次失败；9 个页面中有 2 个版式不认识",
    ),
    (
        "2 of 9 pages match no template. Held back: 2 unreadable, 1 gone",
        "9 个页面中有 2 个版式不认识。暂不采信：2 篇读不出、1 篇打不开",
    ),
    ("something unheard of", "something unheard of"),
]


@pytest.mark.parametrize(("noted", "said"), DETAILS)
def test_the_usual_reasons_are_told_in_chinese(noted: str, said: str) -> None:
    assert detail(ZH, noted) == said
    assert detail(EN, noted) == noted


#: (zone, in Chinese, in English)
TIMES = [
    ("Asia/Shanghai", "11月24日 16:05", "24 Nov, 16:05 (UTC+8)"),
    ("Europe/London", "11月24日 08:05（UTC+0）", "24 Nov, 08:05 (UTC+0)"),
    ("Asia/Kolkata", "11月24日 13:35（UTC+5:30）", "24 Nov, 13:35 (UTC+5:30)"),
    ("America/New_York", "11月24日 03:05（UTC-5）", "24 Nov, 03:05 (UTC-5)"),
]


@pytest.mark.parametrize(("zone", "zh", "en"), TIMES)
def test_times_are_of_the_subscribers_zone(zone: str, zh: str, en: str) -> None:
    assert time_text(ZH, AT, zone, AT) == zh
    assert time_text(EN, AT, zone, AT) == en


def test_another_year_is_named() -> None:
    assert time_text(ZH, AT, "Asia/Shanghai", AT.replace(year=2027)) == "2026年11月24日 16:05"
    assert time_text(EN, AT, "Asia/Shanghai", AT.replace(year=2027)) == "24 Nov 2026, 16:05 (UTC+8)"


def test_an_unknown_language_is_told_in_chinese() -> None:
    said: Message = replace(message([appeared(fields("渝北"))]), language="fr")
    assert WRITE(said).plain.startswith("新发表：渝北")
