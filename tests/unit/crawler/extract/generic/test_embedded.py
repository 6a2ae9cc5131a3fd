"""Pages that show no text of their own: what their scripts, their text areas and their hidden parts hold."""

import json
import time
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.generic import read_generic
from crawler.extract.generic.embedded import paragraphs_of

NOW = datetime(2024, 12, 1, tzinfo=UTC)
FIRST = "合川钓鱼城的石板路修好了，工人们用了四个月，一块一块把松动的石头垫平。"
SECOND = "游客从东门进，沿着城墙走一圈，大约要一个半小时；雨天路滑，景区在陡处加了扶手。"
LAST = "景区负责人说，下一步要修的是水军码头，预计明年五月完工，届时门票不涨价。"
MARKUP = f"<p>{FIRST}</p><p>{SECOND}<br/>{LAST}</p>"
FIELDS = {
    "title": "钓鱼城石板路修好了",
    "content": MARKUP,
    "pubTime": "2024-11-05 08:30",
    "source": "三江时报",
    "author": "岳小满",
}
TEASERS = [{"title": f"别的新闻{n}", "url": f"/{n}", "summary": "只是一句话，没有别的。"} for n in range(9)]
STATE = {"props": {"pageProps": {"detail": {"id": 7, "contentDetail": FIELDS}, "recommend": TEASERS}}}
BLOCKS = {
    "article": {
        "headline": FIELDS["title"],
        "publishedAt": 1730766600000,
        "source": {"name": "三江时报"},
        "author": [{"name": "岳小满"}],
        "blocks": [
            {"type": "text", "tokens": [], "htmlTokens": [[{"type": "text", "content": FIRST}]]},
            {"type": "related", "items": [{"title": "旧闻", "url": "/old", "text": "去年这里关门三个月。"}]},
            {"type": "text", "htmlTokens": [[{"type": "text", "content": SECOND}]]},
            {"type": "text", "htmlTokens": [[{"type": "text", "content": LAST}]]},
        ],
    }
}


def dumped(data):
    return json.dumps(data, ensure_ascii=False)


def literal(text):
    return "'" + text.replace("'", "\\'").replace("/", "\\/") + "'"


SCRIPTS = {
    "next": f'<script id="__NEXT_DATA__" type="application/json">{dumped(STATE)}</script>',
    "assigned": f"<script>window.__INITIAL_STATE__ = {dumped(STATE)};(function(){{}})();</script>",
    "second of several": f"<script>var conf = {{a: 1}}; var allData = {dumped(STATE)}, x = [];</script>",
    "parsed": f"<script>window.__data = JSON.parse({json.dumps(json.dumps(STATE))})</script>",
    "percent-encoded": f'<script id="RENDER_DATA" type="application/json">{quote(dumped(STATE))}</script>',
    "escaped markup": "<script>var d = "
    + dumped({"a": {**FIELDS, "content": MARKUP.replace("<", "&lt;").replace(">", "&gt;")}})
    + "</script>",
    "object literal": "<script>var BASE = { info: { title: "
    + literal(FIELDS["title"])
    + ", pubTime: '2024-11-05 08:30', source: '三江时报', author: '岳小满', "
    + f"content: {literal(MARKUP)} }} }};</script>",
    "blocks": f"<script>self.__STATE__={dumped(BLOCKS)}</script>",
    "text areas": "".join(
        f'<textarea class="article-{name}" style="display:none">{text}</textarea>'
        for name, text in (
            ("title", FIELDS["title"]),
            ("time", "1730766600000"),
            ("author", "岳小满"),
            ("source-name", "三江时报"),
            ("content", MARKUP.replace("<", "&lt;")),
        )
    ),
}


def page(body, title="钓鱼城石板路修好了_三江网"):
    return f"<html><head><title>{title}</title></head><body><div id='root'></div>{body}</body></html>"


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_article_in_a_page_s_data_is_read_whole(name):
    found = read_generic(page(SCRIPTS[name]), "https://a.example/detail_7", now=NOW)
    assert found is not None
    assert found.title == "钓鱼城石板路修好了"
    assert found.body == (FIRST, SECOND, LAST)
    assert found.published_at == datetime(2024, 11, 5, 0, 30, tzinfo=UTC)
    assert (found.source, found.authors) == ("三江时报", ("岳小满",))


def test_text_that_is_shown_goes_before_data():
    shown = "".join(f"<p>{text}</p>" for text in (FIRST, SECOND, LAST) * 2)
    other = dumped({"article": {"title": "别的", "content": "<p>这是另一篇。</p>" * 40}})
    found = read_generic(
        page(f"<h1>钓鱼城石板路修好了</h1><div>{shown}</div><script>var a = {other}</script>")
    )
    assert found is not None
    assert found.body[0] == FIRST


def test_of_two_articles_in_the_data_the_page_s_own_is_read():
    other = {"title": "一篇更长的旧闻", "content": MARKUP.replace("钓鱼城", "老码头") * 3}
    data = dumped({"list": [other], "detail": FIELDS})
    found = read_generic(page(f"<script>var data = {data}</script>"))
    assert found is not None
    assert (found.title, found.body) == (FIELDS["title"], (FIRST, SECOND, LAST))


@pytest.mark.parametrize("style", ["visibility: hidden; opacity: 0", "display:none"])
def test_a_text_hidden_until_a_script_has_run_is_read(style):
    body = f'<h1>钓鱼城石板路修好了</h1><div>2024-11-05 08:30</div><div style="{style}">{MARKUP}</div>'
    found = read_generic(page(body))
    assert found is not None
    assert found.body == (FIRST, SECOND, LAST)
    assert found.published_at is not None


def test_a_page_whose_data_hold_no_text_is_no_article():
    data = dumped({"list": TEASERS, "user": {"name": "访客", "content": ""}, "text": "短"})
    assert read_generic(page(f"<script>var a = {data}</script>")) is None


def test_paragraphs_are_parted_by_blocks_and_breaks():
    assert paragraphs_of("<div>一<b>二</b><br>三&amp;四</div><p> </p><li>五</li>") == ("一二", "三&四", "五")


HOSTILE = {
    "deep": "<script>var a = " + '{"content":[' * 50_000 + "</script>",
    "open tags": "<script>var a = " + dumped({"content": "<p" * 300_000}) + "</script>",
    "assignments": "<script>" + "a = {" * 200_000 + "</script>",
    "quotes": "<script>content: '" + "a:'" * 200_000 + "</script>",
    "escapes": "<script>content: '" + "\\'" * 300_000 + "</script>",
    "spaces": "<script>content" + " " * 500_000 + ": 'x'</script>",
    "wide": "<script>var a = " + dumped({"content": [[{"text": "江"}]] * 50_000}) + "</script>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_data_are_read_or_refused_in_bounded_time(name):
    started = time.thread_time()
    read_generic(page(HOSTILE[name]), now=NOW)
    assert time.thread_time() - started < 10


@settings(max_examples=40)
@given(st.text(alphabet="{}[]\"':,=\\/<>pcontebdy%7B 江，。", max_size=300))
def test_any_script_is_read_without_failing(text):
    read_generic(page(f"<script>var content = {text}{' ' * 200}</script>"))
