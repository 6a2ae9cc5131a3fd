"""An article that attacks its readers shows as text: in every form of a message, in every feed and file."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from crawler.text.canonical import fold
from scheduler.alerts import safe
from scheduler.alerts.compose import compose
from scheduler.alerts.model import Letter
from scheduler.alerts.write import writer
from scheduler.feeds import write_feeds
from storage import queries, subscriptions
from storage.articles import record
from storage.database import Database
from storage.decide import Policy
from storage.records import Image, Notification, Repair, Sighting, Subscription
from tests.sightings import at, seen

#: (what it tries, the words as a page has them)
ATTACKS = [
    ("a script", "</p><script>alert(1)</script>"),
    ("a picture that runs", '<img src=x onerror="alert(1)">'),
    ("an end of the attribute", "\" onmouseover='alert(1)' x=\""),
    ("an end of the text", "]]></content><script>alert(1)</script><![CDATA["),
    ("an entity", "&lt;script&gt;alert(1)&lt;/script&gt;&xxe;"),
    ("a template", "{{ 7 * 7 }}{% for x in range(9) %}甲{% endfor %}${7*7}"),
    ("a link of Markdown", "[中奖](javascript:alert(1)) ![图](http://evil.example/a.png)"),
    ("an address of Markdown", "<http://evil.example/> [x]: http://evil.example/"),
    ("marks of Markdown", "**重要** ~~作废~~ `rm -rf` # 标题 > 引文"),
    ("a call to everyone", "@all @所有人 @here @everyone"),
    ("a call by Feishu", '<at user_id="all">所有人</at> <at id=all></at>'),
    ("a call by Slack", "<!channel> <@U024BE7LH> <http://evil.example/|官网>"),
    ("a call by WeCom", "<@所有人> <font color=\"warning\">急</font>"),
    ("a turned direction", "\u202egnp.exe\u202c \u2067秘密\u2069"),
    ("letters nobody sees", "渝\u200b北\ufeff区\u00ad长\U000e0041\U000e0042"),
    ("controls", "渝\x1b[2J北\x07\x08区\x9b31m\x7f"),
    ("no characters", "渝\ufffe北\uffff区\ufdd0"),
    ("ends of lines and mails", "渝北\r\nBcc: a@evil.example\r\n\r\n<b>正文</b>"),
    ("a forged change", "〖1→9〗〖增：特大〗[删]<del>x</del>"),
    ("a long word", "长" * 3000),
]  # fmt: skip
URL = "javascript:alert(document.domain)//cq.people.com.cn/n2/2026/1124/c1-41000001.html"
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufdd0\ufffe\uffff\U000e0000-\U000e007f]"
)
WRITE = writer()


def attacking(words: str, minutes: int, more: str = "") -> Sighting:
    """A visit to an article that says these words in every place."""
    sighting = seen(minutes, title=f"甲{words}{more}", body=(f"甲{words}{more}乙。", f"{words}丙。"))
    assert sighting.reading is not None
    fields = replace(
        sighting.reading.fields,
        url=URL,
        kicker=words,
        source=words,
        authors=(words,),
        editors=(words,),
        section=(words,),
        images=(Image(f'javascript:alert("{words}")', words), Image(f"http://a.cn/{words}", words)),
    )
    repairs = (Repair("slip", 0, words, "丙", certain=False),)
    return replace(
        sighting,
        observation=replace(sighting.observation, url=URL, detail=words),
        reading=replace(sighting.reading, fields=fields, repairs=repairs),
    )


@pytest.fixture(params=[words for _, words in ATTACKS], ids=[name for name, _ in ATTACKS])
def attacked(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A store with such an article, new and then edited."""
    with Database.open(f"sqlite:///{tmp_path}/news.db") as database:
        for minutes, more in ((0, ""), (5, "又改了")):
            record(database, attacking(request.param, minutes, more), Policy(), fold)
        yield database


def attacked_words(database: Database) -> str:
    """What the article says as its source."""
    return queries.revision(database, 1).reading.fields.source


def letters(database: Database) -> list[Letter]:
    """Every event told alone, all told as one, and a digest."""
    rows = [
        Notification(event.id, event.id, "渝北", "d1", "article-1", "", event.at, event.at)
        for event in queries.events(database)
    ]
    told = [compose(database, some, "", at(60), "nd-1") for some in (rows[:1], rows[1:], rows)]
    digest = replace(told[0], items=(told[0].items[0], told[1].items[0]))
    return [WRITE(message) for message in (*told, digest)]


def test_html_has_our_elements_and_no_others(attacked: Database) -> None:
    ours = {
        *["html", "head", "meta", "title", "body", "div", "h1", "h2"],
        *["p", "b", "br", "span", "a", "code", "ins", "del"],
    }
    for letter in letters(attacked):
        page = lxml_html.document_fromstring(letter.html)
        assert {str(node.tag) for node in page.iter()} <= ours
        names = {name for node in page.iter() for name in node.attrib}
        assert names <= {"lang", "charset", "name", "content", "style", "href", "rel"}
        assert page.xpath("//a/@href") == []
        assert not HIDDEN.search(letter.html)


def test_markdown_has_our_marks_and_no_others(attacked: Database) -> None:
    for letter in letters(attacked):
        assert not HIDDEN.search(letter.markdown)
        read = MarkdownIt("gfm-like", {"linkify": False}).parse(letter.markdown)
        inside = {
            child.type.removesuffix("_open").removesuffix("_close")
            for t in read
            for child in t.children or []
        }
        assert inside <= {"text", "softbreak", "strong", "s", "code_inline"}
        assert not re.search(r"(?<![a-z.])@|<|://", letter.markdown)


def test_plain_text_calls_nobody_and_hides_nothing(attacked: Database) -> None:
    for letter in letters(attacked):
        assert not HIDDEN.search(letter.plain.replace("\n", ""))
        assert not re.search(r"<[!@/a-zA-Z]|(?<![\w.+-])@\w", letter.plain)
        assert letter.title.isprintable()
        assert len(letter.title) <= 60


def test_no_change_can_be_forged(attacked: Database) -> None:
    for letter in letters(attacked):
        assert re.sub("〖([^〖〗]*→[^〖〗]*|[增删]：[^〖〗]*)〗", "", letter.plain).count("〖") == 0
        assert "〖1→9〗" not in letter.plain


def test_what_the_page_says_can_still_be_read(attacked: Database) -> None:
    for letter in letters(attacked):
        text = lxml_html.document_fromstring(letter.html).text_content()
        words = attacked_words(attacked)
        assert safe.clean(words)[:20] in text
        assert "49" not in letter.plain, "a template in a page is no template"


def test_feeds_hold_text_and_nothing_that_acts(attacked: Database, tmp_path: Path) -> None:
    subscriptions.sync_config(attacked, [Subscription('<script>"渝北', ("d1",))], at(0))
    write_feeds(attacked, tmp_path / "feeds", at(60), base="https://news.example.org")
    ours = {"div", "p", "b", "small", "a", "code", "ins", "del"}
    for path in (tmp_path / "feeds").rglob("*.atom"):
        read = feedparser.parse(path.read_bytes(), sanitize_html=False)
        assert not read.bozo
        etree.fromstring(path.read_bytes())
        assert not HIDDEN.search(path.read_text("utf-8"))
        for entry in read.entries:
            page = lxml_html.fragment_fromstring(entry.content[0].value, "div")
            assert {str(node.tag) for node in page.iter()} <= ours
            assert {name for node in page.iter() for name in node.attrib} <= {"href", "rel"}
            assert all(href.startswith("http://a.cn/") for href in page.xpath("//@href"))
            assert not entry.get("links")
    for path in (tmp_path / "feeds").rglob("*.json"):
        assert not HIDDEN.search(path.read_text("utf-8"))
        json.loads(path.read_bytes())
    page = lxml_html.document_fromstring((tmp_path / "feeds/index.html").read_text("utf-8"))
    assert not page.xpath("//script | //@onmouseover | //img")
