"""Feeds and sitemaps of every make, whole and broken, as entries."""

from __future__ import annotations

import gc
import gzip
import tracemalloc
from datetime import UTC, datetime

import pytest

from crawler.sources import Source, SourceKind, read_source
from crawler.sources.model import LONGEST_TITLE, MOST_BYTES, MOST_ENTRIES, MOST_FEED_ENTRIES
from crawler.sources.sitemaps import read_sitemap, read_text_sitemap
from tests.unit.crawler.sources import samples

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
URL = "https://yuzhou.example/rss/news.xml"


def read(body: bytes | str, content_type: str | None = None, url: str = URL) -> Source | None:
    content = body.encode() if isinstance(body, str) else body
    return read_source(content, content_type, url, now=NOW, time_zone="Asia/Shanghai")


def known(body: bytes | str, content_type: str | None = None, url: str = URL) -> Source:
    found = read(body, content_type, url)
    assert found is not None
    return found


KINDS = {
    samples.RSS: SourceKind.RSS,
    samples.ATOM: SourceKind.ATOM,
    samples.RDF: SourceKind.RDF,
    samples.JSON_FEED: SourceKind.JSON,
    samples.NEWS_SITEMAP: SourceKind.SITEMAP,
    samples.INDEX: SourceKind.INDEX,
    samples.TEXT_SITEMAP: SourceKind.SITEMAP,
}


@pytest.mark.parametrize("text", KINDS)
def test_each_kind_is_known_by_what_it_holds_whatever_its_header_says(text):
    assert {known(text, header).kind for header in (None, "text/html", "application/octet-stream")} == {
        KINDS[text]
    }
    assert known(gzip.compress(text.encode())) == known(text)
    assert known(gzip.compress(gzip.compress(text.encode()))) == known(text)


def test_rss_of_a_paper_that_writes_days_only_and_html_into_everything():
    found = known(samples.RSS)
    assert (found.title, found.language) == ("渝州晚报·要闻", "zh-cn")
    assert (found.hub, found.self_url) == ("https://hub.example/", URL)
    first, second, third = found.entries
    assert first.url == "https://yuzhou.example/news/2026/1123/1001.html"
    assert first.title == "朝天门码头夜航恢复 & 首班满座"
    assert first.published_at is not None
    assert first.published_at.isoformat() == "2026-11-23T00:00:00+08:00"
    assert first.author == "周小舟"
    assert first.summary == "昨晚八点，停航九个月的夜航恢复。 首班船坐了三百人。"
    assert (second.title, second.id, second.summary) == (
        "轨道二十四号线开始试跑",
        "yz-1002",
        "列车空载试跑三个月。",
    )
    assert third.url == "https://yuzhou.example/news/2026/1121/1003.html"


def test_atom_with_its_base_its_next_page_and_two_kinds_of_links():
    found = known(samples.ATOM)
    assert found.further == ("https://yuzhou.example/atom.xml?page=2",)
    assert found.self_url == "https://yuzhou.example/atom.xml"
    first, second = found.entries
    assert (first.title, first.author) == ("江北嘴 灯光秀改期", "程立秋")
    assert (first.published_at, first.updated_at) == (
        datetime(2026, 11, 24, 0, 10, tzinfo=UTC),
        datetime(2026, 11, 24, 0, 55, tzinfo=UTC),
    )
    assert (second.url, second.published_at) == ("https://yuzhou.example/news/2026/1123/2002.html", None)


def test_rdf():
    (entry,) = known(samples.RDF).entries
    assert (entry.url, entry.title) == ("https://yuzhou.example/news/3001.html", "纜車票價不變")
    assert entry.updated_at == datetime(2026, 11, 19, 23, tzinfo=UTC)


def test_json_feed_with_numbers_for_ids_and_strange_items():
    found = known(samples.JSON_FEED)
    assert (found.hub, found.further) == (
        "https://hub.example/",
        ("https://yuzhou.example/feed.json?page=2",),
    )
    first, second = found.entries
    assert (first.id, first.title, first.author) == ("4001", "<通知>的写法 3 < 5", "周小舟, 程立秋")
    assert first.updated_at is not None
    assert first.updated_at.isoformat() == "2026-11-23T21:00:00+08:00"
    assert first.summary == "江水退了。"
    assert (second.url, second.summary) == ("https://yuzhou.example/news/4002.html", "只有正文")


def test_a_news_sitemap_with_lone_ampersands_and_pictures():
    found = known(samples.NEWS_SITEMAP)
    assert (found.title, found.language, found.problem) == ("渝州晚报", "zh-cn", "")
    first, second = found.entries
    assert (first.url, first.title) == ("https://yuzhou.example/show?id=5001&c=2", "两江新区 “夜校” 开课")
    assert first.published_at is not None
    assert first.published_at.isoformat() == "2026-11-24T00:00:00+08:00"
    assert second.url == "https://yuzhou.example/show?id=5002&c=2"


def test_an_index_names_each_sitemap_once_the_newest_first():
    assert known(samples.INDEX).further == tuple(
        f"https://yuzhou.example/sitemap/{name}" for name in ("2026.xml.gz", "2025.xml", "other.xml")
    )


@pytest.mark.parametrize("declared", ["gb2312", "utf-8", "iso-8859-1", "no-such-charset"])
@pytest.mark.parametrize("header", [None, "text/xml", "text/xml; charset=utf-8", "text/xml; charset=gb2312"])
def test_a_feed_is_decoded_by_its_bytes_whatever_is_declared(declared, header):
    text = samples.RSS.replace("utf-8", declared)
    for codec in ("utf-8", "gb18030"):
        assert known(text.encode(codec), header).entries == known(samples.RSS).entries


CUTS = {
    "in an entry": samples.RSS[: samples.RSS.index("<item><title>同一条")],
    "without end tags": samples.RSS.replace("</channel></rss>", ""),
    "with an entity of HTML": samples.RSS.replace("·", "&middot;"),
    "with a lone ampersand": samples.RSS.replace("&amp;", "&"),
    "with a namespace that nobody declared": samples.RSS.replace("<item>", "<media:x/><item>", 1),
    "after a warning of the program": f"<b>Warning</b>: it is late\n{samples.RSS}",
    "after blank lines and a mark": f"\ufeff\n\n{samples.RSS}",
    "after a comment that names another root": f"<!-- <urlset> --> {samples.RSS}",
}


@pytest.mark.parametrize("cut", CUTS)
def test_a_broken_feed_gives_what_it_has(cut):
    found = known(CUTS[cut])
    assert found.entries[0].url == "https://yuzhou.example/news/2026/1123/1001.html"
    assert "首班满座" in found.entries[0].title


def test_a_sitemap_that_is_cut_short_gives_what_came_before():
    found = known(samples.NEWS_SITEMAP[: samples.NEWS_SITEMAP.index("<priority>")])
    assert [entry.url[-8:] for entry in found.entries] == ["5001&c=2", "5002&c=2"]
    assert found.problem


TIMES = {
    "2026-11-23 08:00": "2026-11-23T08:00:00+08:00",
    "Mon, 23 Nov 2026 08:00:00 EST": "2026-11-23T08:00:00-05:00",
    "2026-99-99T00:00:00Z": None,
    "2026-július-13T9:15-05:00": None,
    "neulich": None,
}


@pytest.mark.parametrize("written", TIMES)
def test_a_time_that_cannot_be_read_is_none_rather_than_one_that_is_near(written):
    (entry,) = known(
        f"<rss version='2.0'><channel><item><link>/a</link><pubDate>{written}</pubDate></item></channel></rss>"
    ).entries
    assert (entry.published_at and entry.published_at.isoformat()) == TIMES[written]


def test_a_packed_sitemap_that_is_broken_gives_what_came_before_and_says_so():
    urls = (f"<url><loc>https://yuzhou.example/n/{n * 7919 % 99991}.html</loc></url>" for n in range(5000))
    packed = bytearray(gzip.compress(f"<urlset>{''.join(urls)}</urlset>".encode()))
    half = len(packed) // 2
    packed[half : half + 20] = b"\xff" * 20
    found = known(bytes(packed))
    assert 1000 < len(found.entries) < 5000
    assert found.problem == "its packed bytes are broken"


def test_what_stands_behind_a_packed_feed_is_none_of_it():
    assert known(gzip.compress(samples.RSS.encode()) + b"<!-- cached -->") == known(samples.RSS)


def test_a_feed_of_many_pieces_is_read_as_one_up_to_its_limit():
    notes = "".join(f"<!-- {n} {'.' * 900} -->" for n in range(1500))
    found = known(samples.RSS.replace("</channel>", f"{notes}</channel>"))
    assert found.entries == known(samples.RSS).entries
    assert found.problem == "it is too large, and was read in part"


def test_a_packed_sitemap_that_is_cut_short_says_so():
    packed = gzip.compress(
        "\n".join(f"https://yuzhou.example/n/{n * 7919 % 99991}.html" for n in range(5000)).encode()
    )
    found = known(packed[: len(packed) // 2])
    assert 100 < len(found.entries) < 5000
    assert found.problem == "its packed bytes are cut short"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "<html><head><title>渝州晚报</title></head><body><p>feed</p></body></html>",
        "<!DOCTYPE html><html><body><channel>一台</channel></body></html>",
        '{"items": [{"url": "/a"}]}',
        '{"version": "https://jsonfeed.org/version/1.1", "items": 3}',
        '{"items": ',
        "https://yuzhou.example/a\n后面是别的话",
        "User-agent: *\nSitemap: https://yuzhou.example/s.xml",
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_what_is_neither_feed_nor_sitemap(text):
    assert read(text, "application/rss+xml") is None


@pytest.mark.parametrize(
    "body", [b"%PDF-1.7 ...", b"\x89PNG\r\n\x1a\n", bytes(range(256)) * 40, b"\x1f\x8b\x08broken"]
)
def test_what_is_no_text(body):
    assert read(body) is None


def test_no_address_of_another_kind_and_none_that_is_endless():
    items = "".join(
        f"<item><link>{link}</link></item>"
        for link in (
            "javascript:alert(1)",
            "file:///etc/passwd",
            "ftp://a.example/",
            "/" + "a" * 3000,
            "/好 的.html",
        )
    )
    found = known(f"<rss version='2.0'><channel>{items}</channel></rss>")
    assert [entry.url for entry in found.entries] == ["https://yuzhou.example/好%20的.html"]


def test_texts_have_a_length():
    (entry,) = known(
        f"<rss><channel><item><link>/a</link><title>{'长' * 900}</title></item></channel></rss>"
    ).entries
    assert len(entry.title) == LONGEST_TITLE


def test_a_file_that_unpacks_to_more_than_memory_has_is_read_up_to_the_limit():
    piece = b"<url><loc>https://yuzhou.example/1.html</loc></url>"
    bomb = gzip.compress(b"<urlset>" + piece * (3 * MOST_BYTES // len(piece)))
    tracemalloc.start()
    found = read(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found is not None
    assert found.problem
    assert peak < MOST_BYTES


def test_entities_that_multiply_or_lead_out_are_not_followed():
    entities = '<!ENTITY a "哈哈哈哈哈哈"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">'
    bomb = f"<!DOCTYPE lolz [{entities}]>"
    outside = '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/hostname">]>'
    for head in (bomb, outside):
        feed = known(
            f"{head}<rss version='2.0'><channel><item><link>/a</link><title>甲&c;</title></item></channel></rss>"
        )
        assert len(feed.entries[0].title) < 20
        sitemap = known(f"{head}<urlset><url><loc>https://yuzhou.example/&c;</loc></url></urlset>")
        assert all(len(entry.url) < 40 for entry in sitemap.entries)


def test_more_entries_than_there_may_be_are_left_out():
    urls = "".join(
        f"<url><loc>https://yuzhou.example/{number}</loc></url>" for number in range(MOST_ENTRIES + 5)
    )
    assert len(known(f"<urlset>{urls}</urlset>").entries) == MOST_ENTRIES


@pytest.mark.parametrize(
    "item", ["<item><link>/{}</link></item>", "<item><link>/{}</link>", "<ITEM><link>/{}</link>"]
)
def test_a_feed_is_read_up_to_so_many_entries_whole_or_broken_and_says_so(item):
    items = "".join(map(item.format, range(MOST_FEED_ENTRIES + 5)))
    found = known(f"<rss version='2.0'><channel>{items}</channel></rss>")
    assert found.problem == "it is too large, and was read in part"
    assert len(found.entries) == MOST_FEED_ENTRIES


ENTRY = "<url><loc>https://yuzhou.example/1</loc>{}</url>"
LARGE = {
    "200,000 attributes": "<urlset" + "".join(f" a{n}='1'" for n in range(200_000)) + ">" + ENTRY,
    "100,000 namespaces": "<urlset" + "".join(f" xmlns:a{n}='b'" for n in range(100_000)) + ">" + ENTRY,
    "an address of 2 MB": "<urlset><url><loc>https://yuzhou.example/" + "1" * 2**21 + "</loc></url>",
    "an address 200,000 times": "<urlset><url>" + "<loc>/1</loc>" * 200_000 + "</url>",
    "a comment of 2 MB": "<urlset><!--" + "长" * 2**20 + "-->" + ENTRY,
}


@pytest.mark.parametrize("large", LARGE)
def test_what_is_larger_than_an_entry_ends_a_sitemap_and_leaves_nothing_behind(large):
    body = LARGE[large].encode()
    gc.collect()
    gc.disable()
    tracemalloc.start()
    found = read(body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    left = gc.collect()
    gc.enable()
    assert found is not None
    assert found.entries == ()
    assert found.problem == "an entry of it, or what stands before one, is larger than it may be"
    assert peak < 12 * 2**20
    assert left < 1000


def test_an_entry_may_have_a_thousand_pictures():
    picture = f"<image:image><image:loc>https://yuzhou.example/{'长' * 60}.jpg</image:loc></image:image>"
    entries = ENTRY.format(picture * 1000) * 3
    found = known(f"<urlset xmlns:image='https://image.example/'>{entries}</urlset>")
    assert len(found.entries) == 1
    assert found.problem == ""


# -- large ones, which come piece by piece

MIXED = (
    '<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "b">]>\n<urlset>'
    "<url><loc>https://x.example/a?b=1&c=2&amp;d=3</loc><lastmod>2026-11-24</lastmod></url>"
    "<url><loc>https://x.example/重庆&#x4e00;</loc><title>甲&lt;乙</title></url>\x00"
    "<url><loc>https://x.example/last</loc></url></urlset>"
)


@pytest.mark.parametrize("size", [60, 61, 62, 63, 64, 65, 97, 128])
def test_a_sitemap_says_the_same_in_whatever_pieces_it_comes(size):
    pieces = [MIXED[at : at + size] for at in range(0, len(MIXED), size)]
    whole = read_sitemap([MIXED], URL, now=NOW, time_zone="Asia/Shanghai")
    assert read_sitemap(pieces, URL, now=NOW, time_zone="Asia/Shanghai") == whole
    assert len(whole.entries) == 3


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_text_sitemap_says_the_same_in_whatever_pieces_it_comes(size):
    text = "https://x.example/1\r\n\r\nhttps://x.example/2\nhttps://x.example/3"
    found = read_text_sitemap([text[at : at + size] for at in range(0, len(text), size)], URL)
    assert found is not None
    assert [entry.url[-1] for entry in found.entries] == ["1", "2", "3"]


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("packed", [0, 1, 2])
def test_a_large_sitemap_is_read_in_its_encoding_to_its_end(charset, packed):
    entry = "<url><loc>https://x.example/{}</loc><!--渝北区新增口袋公园三处，方便附近三个社区的居民--></url>"
    text = "<urlset>" + "".join(map(entry.format, range(20_000))) + "</urlset>"
    body = text.encode(charset)
    for _ in range(packed):
        body = gzip.compress(body, 1)
    found = read_source(body, None, URL, now=NOW, time_zone="Asia/Shanghai")
    assert found is not None
    assert found.problem == ""
    assert [found.entries[0].url, found.entries[-1].url] == ["https://x.example/0", "https://x.example/19999"]
    assert len(found.entries) == 20_000
