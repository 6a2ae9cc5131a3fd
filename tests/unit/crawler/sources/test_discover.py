"""What a site says of its feeds and sitemaps: on a page, in robots.txt, in a header; and where to try unasked."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.sources.discover import MOST_OFFERS, link_header, offers, robots_sitemaps, well_known

URL = "https://yuzhou.example/index.html"
HEAD = """<html><head><base href="/web/">
<link rel="alternate" type="application/rss+xml" title="要闻" href="../rss/news.xml">
<link rel="Alternate" type="application/atom+xml" href="https://yuzhou.example/atom.xml">
<link rel="alternate" type="application/feed+json" title="JSON" href="/feed.json">
<link rel="alternate" type="application/json" href="/feed/v1.json">
<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">
<link rel="alternate" type="text/xml" href="/wlwmanifest.xml">
<link rel="alternate" hreflang="en" href="/en/">
<link rel="alternate stylesheet" type="text/css" href="/dark.css">
<link rel="feed" href="/all">
<link rel="sitemap" type="application/xml" href="/sitemap.xml">
<link rel="hub" href="https://hub.example/"><link rel="self" href="/index.html">
</head><body>
<a href="/rss/news.xml">RSS</a> <a href="/rss/county/yubei.xml">渝北</a> <a href="/subscribe.aspx?feed=rss2">订阅</a>
<a href="/misc/42.htm">RSS订阅</a> <a href="https://feedly.com/i/subscription/feed/x.rss">RSS</a>
<a href="/news/rss-industry.html">RSS行业观察</a> <a href="/feedback/">意见</a> <a href="javascript:rss()">RSS</a>
</body></html>"""


def test_feeds_declared_in_the_head_come_first_then_those_that_anchors_lead_to():
    found = offers(HEAD, URL)
    assert [(offer.url.removeprefix("https://yuzhou.example"), offer.declared) for offer in found.feeds] == [
        ("/rss/news.xml", True),
        ("/atom.xml", True),
        ("/feed.json", True),
        ("/feed/v1.json", True),
        ("/all", True),
        ("/rss/county/yubei.xml", False),
        ("/subscribe.aspx?feed=rss2", False),
        ("/misc/42.htm", False),
    ]
    assert [offer.title for offer in found.feeds[:3]] == ["要闻", "", "JSON"]
    assert found.sitemaps == ("https://yuzhou.example/sitemap.xml",)
    assert (found.hub, found.self_url) == ("https://hub.example/", URL)


@pytest.mark.parametrize("html", ["", "   ", "<p>", "<html><body>没有什么可订的</body></html>"])
def test_a_page_that_offers_nothing(html):
    found = offers(html, URL)
    assert (found.feeds, found.sitemaps, found.hub) == ((), (), "")


def test_a_page_of_links_offers_no_more_than_can_be_asked():
    html = "".join(f"<a href='/rss/{number}.xml'>{number}</a>" for number in range(MOST_OFFERS * 2))
    assert len(offers(html, URL).feeds) == MOST_OFFERS


def test_sitemap_lines_of_robots_txt_whatever_stands_around_them():
    text = (
        "\ufeffUser-agent: *\r\nDisallow: /admin/\r\n  SITEMAP : https://yuzhou.example/a.xml\r\n"
        "Sitemap:/b.xml # 第二个\nsite-map https://yuzhou.example/c.xml\n# Sitemap: https://yuzhou.example/no.xml\n"
        "Sitemap: https://yuzhou.example/a.xml\nSitemap:\nSitemap: ftp://yuzhou.example/d.xml\n"
    )
    assert robots_sitemaps(text, "https://yuzhou.example/robots.txt") == tuple(
        f"https://yuzhou.example/{name}.xml" for name in "abc"
    )


@settings(max_examples=50)
@given(st.text(max_size=200))
def test_any_robots_txt_gives_addresses_or_none(text):
    assert all(place.startswith("http") for place in robots_sitemaps(f"Sitemap: {text}", URL))


def test_the_usual_places_are_at_the_root_and_below_the_home():
    places = well_known("https://yuzhou.example/cq")
    assert "https://yuzhou.example/sitemap.xml" in places
    assert "https://yuzhou.example/cq/rss.xml" in places
    assert len(well_known("https://yuzhou.example/")) * 2 == len(places)
    assert well_known("mailto:a@yuzhou.example") == ()


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (
            '<https://hub.example/>; rel="hub", </feed>; rel="self"',
            ("https://hub.example/", "https://yuzhou.example/feed"),
        ),
        ("<https://hub.example/>; rel=hub", ("https://hub.example/", "")),
        ('<https://hub.example/?a=1,2>; title="a;b"; rel="next hub"', ("https://hub.example/?a=1,2", "")),
        ('</style.css>; rel=preload; as=style, </x>; rel="self"', ("", "https://yuzhou.example/x")),
        ("", ("", "")),
        ("<<<;;;rel", ("", "")),
    ],
)
def test_hub_and_self_of_a_link_header(value, found):
    assert link_header(value, URL) == found
