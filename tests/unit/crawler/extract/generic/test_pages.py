"""One page of each make of site, read without selectors; and pages made to do harm."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.extract.generic import read_generic
from storage.records import Image

PAGES = Path(__file__).with_name("pages")
URL = "https://site.example/news/1.html"
NOW = datetime(2024, 12, 1, tzinfo=UTC)


def read(name):
    found = read_generic((PAGES / f"{name}.html").read_text("utf-8"), URL, now=NOW)
    assert found is not None
    assert (found.template, found.article_id) == ("generic", None)
    return found


#: title, time, source, authors, editors, how the body begins and ends, its paragraphs
SEEN = {
    "table": (
        "江津老码头修缮一新", "2009-04-07T09:15:00+08:00", "江城晚报", ("邓小川", "蒲云"), ("庞敏", "鲁一帆"),
        "本报讯（记者", "老人和学生免费。", 4,
    ),
    "modern": (
        "山城步道新添六处观景台", "2024-11-03T18:42:00+08:00", "巴渝日报", ("谭思远", "向丽"), ("冉启明",),
        "十一月的第一个周末", "与临江门的电梯相连。", 5,
    ),
    "jsonld": (
        "江北嘴夜市开街，首日客流超三万", "2023-05-19T11:30:00+00:00", "", ("石晓雨",), (),
        "江北嘴夜市昨晚", "每晚十一点收摊。", 3,
    ),
    "traditional": (
        "舊鐵橋改建步道\u3000月底開放", "2020-08-25T16:59:00+08:00", "港城時報", ("羅文傑", "鄭雅文"), ("簡志明",),
        "停用多年的舊鐵橋", "能一併解決。", 3,
    ),
    "english": (
        "Ferry returns to old river port after twelve years", "2021-04-07T16:05:00+08:00", "",
        ("Helen Marsh", "Tom Okafor"), (), "The first ferry", "ride free.", 4,
    ),
    "blog": (
        "雨天的缙云山", "2006-05-13T21:07:40+08:00", "", ("半山客",), (), "早上六点出门", "才下山。", 2,
    ),
    "wap": (
        "渝北区：三所新学校九月开学", "2024-10-04T16:59:00+08:00", "", ("邹凯",), (), "渝北区教委", "邹凯", 3,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_a_page_reads_as_a_reader_sees_it(name):
    title, at, source, authors, editors, first, last, paragraphs = SEEN[name]
    found = read(name)
    assert found.published_at is not None
    assert (found.title, found.published_at.isoformat(), found.source) == (title, at, source)
    assert (found.authors, found.editors) == (authors, editors)
    assert found.body[0].startswith(first)
    assert found.body[-1].endswith(last)
    assert len(found.body) == paragraphs


def test_captions_belong_to_their_pictures():
    caption = "游客在三号观景台拍照。谭思远 摄"
    assert read("modern").images == (Image("https://site.example/img/2024/gj01.jpg", caption),)
    assert read("table").images[0].caption == "修缮后的老码头 邓小川 摄"


@pytest.mark.parametrize("name", SEEN)
def test_furniture_is_no_text(name):
    text = "".join(read(name).body)
    for word in (
        "热门",
        "热点",
        "相关",
        "相關",
        "版权",
        "Copyright",
        "Related",
        "分享",
        "广告",
        "支持一下",
        "1楼",
        "责",
    ):
        assert word not in text


ARTICLE = "<p>清晨的码头上，第一班渡船鸣笛离岸，乘客们举着相机，江面上的雾正在慢慢散去。</p>" * 3


def page(head="", body=""):
    return f"<html><head>{head}</head><body>{body}</body></html>"


def test_without_the_present_a_relative_date_is_none():
    html = page("<title>渡船复航</title>", f"<h1>渡船复航</h1><div>昨天 12:30</div><div>{ARTICLE}</div>")
    assert read_generic(html, URL).published_at is None
    assert read_generic(html, URL, now=NOW).published_at.isoformat() == "2024-11-30T12:30:00+08:00"


def test_the_time_zone_is_an_argument():
    html = page("<title>渡船复航</title>", f"<h1>渡船复航</h1><div>2024-07-01</div><div>{ARTICLE}</div>")
    assert (
        read_generic(html, URL, time_zone="Europe/Paris").published_at.isoformat()
        == "2024-07-01T00:00:00+02:00"
    )


def test_a_date_far_in_the_future_is_refused():
    html = page("<title>渡船复航</title>", f"<h1>渡船复航</h1><div>2034-07-01</div><div>{ARTICLE}</div>")
    assert read_generic(html, URL, now=NOW).published_at is None


def test_the_day_in_the_address_is_the_last_resort():
    html = page("<title>渡船复航</title>", f"<h1>渡船复航</h1><div>{ARTICLE}</div>")
    assert (
        read_generic(html, "https://a.example/2024/0506/c1.html").published_at.isoformat()
        == "2024-05-06T00:00:00+08:00"
    )


def test_a_time_declared_in_utc_and_shown_locally_gives_the_sites_offset():
    head = '<title>渡船复航</title><meta property="article:published_time" content="2022-02-06T12:48:06Z">'
    html = page(head, f"<h1>渡船复航</h1><div>发表时间：2022-02-06 13:48</div><div>{ARTICLE}</div>")
    assert read_generic(html, URL).published_at.isoformat() == "2022-02-06T13:48:06+01:00"


@pytest.mark.parametrize(
    "script",
    [
        '{"@type":"NewsArticle","headline":"渡船复航","datePublished":"2024-05-06T08:00:00+08:00",}',
        '<!-- {"@type":["Article"],"headline":"渡船\n复航","datePublished":"2024-05-06T08:00:00+08:00"} -->',
        '[{"@type":"BreadcrumbList"},{"@type":"Article","headline":"渡船复航","datePublished":"2024-05-06T08:00:00+08:00"}]',
        '{"@type":"NewsArticle","headline":"渡船"复航"","datePublished":"2024-05-06T08:00:00+08:00"',
    ],
)
def test_json_ld_as_sites_write_it(script):
    html = page(
        f'<title>渡</title><script type="application/ld+json">{script}</script>', f"<div>{ARTICLE}</div>"
    )
    assert read_generic(html, URL).published_at.isoformat() == "2024-05-06T08:00:00+08:00"


def test_microdata():
    author = '<span itemprop="author">石晓雨</span>'
    body = f'{author}<time itemprop="datePublished" datetime="2024-05-06">x</time><div>{ARTICLE}</div>'
    found = read_generic(page("<title>渡船复航</title>", body), URL)
    assert (found.authors, found.published_at.isoformat()) == (("石晓雨",), "2024-05-06T00:00:00+08:00")


def test_a_time_in_a_script():
    html = page("<title>渡船复航</title>", f'<div>{ARTICLE}</div><script>var ct = "1617244800";</script>')
    assert read_generic(html, URL).published_at.isoformat() == "2021-04-01T10:40:00+08:00"


def test_the_text_s_own_signature_names_its_author_and_editor():
    html = page(
        "<title>渡船复航</title>",
        f"<div>{ARTICLE}<p>作者：贺一鸣（江城特约评论员）</p><p>编辑｜钟岚　审核｜史大海</p></div>",
    )
    found = read_generic(html, URL)
    assert (found.authors, found.editors) == (("贺一鸣",), ("钟岚",))


@pytest.mark.parametrize(
    "html",
    ["", " \n", "<html></html>", "<p>", page(), page("<title>空</title>", "<p>短</p>"), "\x00\x01\x02" * 99],
)
def test_a_page_without_text_is_no_article(html):
    assert read_generic(html, URL) is None


HOSTILE = {
    "deep": "<div>" * 20_000 + ARTICLE,
    "attribute": f'<div class="{"share " * 170_000}" style="{"x" * 1_000_000}">{ARTICLE}</div>',
    "one line": f"<p>{'江水，' * 300_000}</p>",
    "spaces": f"<p>来源：{' ' * 200_000}</p>{ARTICLE}",
    "dates": "<p>" + "2020-08-25 16:59 " * 20_000 + f"</p>{ARTICLE}",
    "rows": "<p>a</p>" * 60_000,
    "thread": "<div><p>由甲于2020-08-25 16:59发表</p><p>江上的雾散了，船也开了。</p></div>" * 9_000,
    "json": f'<script type="application/ld+json">{"[" * 100_000}</script>{ARTICLE}',
    "quotes": f'<script type="application/ld+json">{{"headline":"{"a" * 500_000}</script>{ARTICLE}',
    "unclosed": "<b><i><a href=x>" * 5_000 + ARTICLE,
    "dashes": f"<title>{'山-' * 100_000}</title>{ARTICLE}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_read_or_refused_in_bounded_time(name):
    started = time.thread_time()
    read_generic(page(body=HOSTILE[name]), URL, now=NOW)
    # CPU seconds of this thread, and twenty times what it takes: only what grows with the square fails.
    assert time.thread_time() - started < 10
