"""What came from a listing's address: a page of links, or a feed or sitemap."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.listings import MOST_LINKS, Offered, read_listing
from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.model import ListingPage, SiteRules
from storage.records import PageBody

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
HOME = "https://www.bashan.example/"
SITE = ConfiguredPublisher(SiteRules("bashan.example", HOME))
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>巴山</title>
<item><title>老码头重新开放</title><link>https://www.bashan.example/2026/11/24/ferry.html</link></item>
<item><title>他站的文章</title><link>https://other.example/2026/11/24/x.html</link></item></channel></rss>"""
SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>"""
ENTRY = "<url><loc>https://www.bashan.example/2026/11/{}/ferry.html</loc><lastmod>2026-11-{}T08:00:00+08:00</lastmod></url>"


def read(content: str, kind: str, *, may_be_source: bool = True, most: int | None = None):
    page = PageBody(HOME, content.encode("utf-8"), kind)
    return read_listing(page, SITE, NOW, may_be_source=may_be_source, most=most)


def test_a_feed_offers_the_links_of_the_sites_own_articles():
    found = read(FEED, "application/rss+xml")

    assert isinstance(found, Offered)
    assert [link.title for link in found.links] == ["老码头重新开放"]
    assert (found.entries, found.source.entries, found.changes) == (2, (), {})


def test_a_sitemap_says_when_its_articles_changed():
    found = read(SITEMAP.format("".join(ENTRY.format(day, day) for day in (22, 23))), "application/xml")

    assert {key.split("/")[3]: at.day for key, at in found.changes.items()} == {"22": 22, "23": 23}
    assert len(found.links) == found.entries == 2


def test_no_more_links_of_a_sitemap_are_taken_than_asked_for():
    content = SITEMAP.format("".join(ENTRY.format(day, day) for day in range(10, 20)))

    assert len(read(content, "application/xml", most=3).links) == 3


def test_a_page_is_a_listing_though_it_might_have_been_a_source():
    found = read('<html><body><a href="/2026/11/24/ferry.html">老码头</a></body></html>', "text/html")

    assert isinstance(found, ListingPage)
    assert [link.title for link in found.links] == ["老码头"]


def test_where_no_source_is_looked_for_a_feed_is_a_page():
    assert isinstance(read(FEED, "application/rss+xml", may_be_source=False), ListingPage)


def test_of_an_endless_page_the_first_links_are_taken():
    links = "".join(
        f'<a href="/news/{number}.html">第{number}篇</a>' for number in range(1_000_000, 1_001_100)
    )
    found = read(f"<html><body>{links}</body></html>", "text/html")

    assert [found.links[0].title, found.links[-1].title] == ["第1000000篇", "第1000999篇"]
    assert len(found.links) == MOST_LINKS
