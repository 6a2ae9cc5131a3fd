"""A listing of a configured site: its articles with their dates, its further pages, its columns."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.model import ListingPage, SiteRules

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)  # noon in Shanghai
HOME = "https://www.bashan.example/"
NEWS = f"{HOME}news/"
FERRY = "/2026/11/24/ferry.html"


def listing(markup: str, url: str = NEWS, **rules) -> ListingPage:
    site = ConfiguredPublisher(SiteRules("bashan.example", HOME, **rules))
    return site.read_listing(f"<html><body>{markup}</body></html>", url, now=NOW)


def titles(page: ListingPage) -> list[str]:
    return [link.title for link in page.links]


class TestArticles:
    def test_links_with_an_articles_address_are_articles_in_the_pages_order(self):
        page = listing(
            '<a href="/about.html">关于我们</a><a href="https://other.example/2026/11/24/x.html">他站</a>'
            f'<a href="/2026/11/23/road.html">新路通车</a><a href="{FERRY}">老码头</a><a>无址</a>'
        )
        assert titles(page) == ["新路通车", "老码头"]
        assert page.links[1].url == f"https://www.bashan.example{FERRY}"
        assert {(link.publisher, link.listing) for link in page.links} == {("bashan.example", NEWS)}

    def test_an_article_linked_twice_has_the_longest_words_and_never_those_of_more(self):
        page = listing(
            f'<a href="{FERRY}"><img src="x.jpg" alt="渡船"></a><a href="{FERRY}">老码头昨天重新开放</a>'
            f'<a href="{FERRY}">阅读更多……………………………………</a>'
        )
        assert titles(page) == ["老码头昨天重新开放"]

    def test_an_article_that_lists_others_does_not_list_itself(self):
        page = listing(f'<a href="{FERRY}">老码头</a>', url=f"https://www.bashan.example{FERRY}")
        assert page.links == ()

    def test_where_the_site_names_a_selector_only_what_it_matches_counts(self):
        page = listing(
            f'<ul class="list"><li><a href="{FERRY}">老码头</a></li></ul>'
            '<div class="hot"><a href="/2026/11/23/road.html">新路通车</a></div>',
            links="ul.list",
        )
        assert titles(page) == ["老码头"]

    @pytest.mark.parametrize(
        ("beside", "at"),
        [
            ("2026-11-24 08:15", "2026-11-24T00:15"),
            ("[11月24日 08:15]", "2026-11-24T00:15"),
            ("3小时前", "2026-11-24T01:00"),
            ("昨天 08:15", "2026-11-23T00:15"),
            ("来源：巴山日报", None),
            ("", None),
        ],
    )
    def test_the_date_that_stands_beside_a_link_is_its_entrys(self, beside, at):
        (link,) = listing(f'<ul><li><a href="{FERRY}">老码头</a><span>{beside}</span></li></ul>').links
        found = link.listed_at and link.listed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")
        assert found == at

    def test_the_first_date_found_of_an_article_is_kept(self):
        (link,) = listing(
            f'<li><a href="{FERRY}">老码头</a><i>2026-11-24 08:15</i></li><li><a href="{FERRY}">老码头</a></li>'
        ).links
        assert link.listed_at is not None


class TestFurtherPages:
    def test_numbered_pages_of_this_listing_follow_in_order(self):
        page = listing(
            '<a href="/news/index_3.html">3</a><a href="/news/index_2.html">2</a>'
            '<a href="/sports/index_2.html">2</a><a href="/news/">1</a>'
        )
        assert page.pages == (f"{NEWS}index_2.html", f"{NEWS}index_3.html")

    def test_pages_before_this_one_do_not_follow(self):
        page = listing(
            '<a href="/news/index_2.html">2</a><a href="/news/index_4.html">4</a>', url=f"{NEWS}index_3.html"
        )
        assert page.pages == (f"{NEWS}index_4.html",)

    @pytest.mark.parametrize(
        "link",
        [
            '<a href="/older">下一页</a>',
            '<a href="/older">Older posts »</a>',
            '<a rel="next" href="/older">x</a>',
        ],
    )
    def test_a_page_without_a_number_calls_itself_the_next(self, link):
        assert listing(f'{link}<a href="/oldest">更早</a>').pages == ("https://www.bashan.example/older",)

    def test_where_the_site_names_a_selector_its_links_follow_and_no_others(self):
        page = listing(
            '<div class="pager"><a href="/archive">x</a><a href="https://other.example/2">y</a>'
            '<a href="/archive">x</a></div><a href="/news/index_2.html">2</a>',
            pages="div.pager a",
        )
        assert page.pages == ("https://www.bashan.example/archive",)


class TestColumns:
    MENU = (
        '<a href="/news/">要闻</a><a href="/category/sports/">体育</a><a href="/news">要闻</a>'
        '<a href="/a/b/c/d/">太深</a><a href="/login/">登录</a><a href="/">首页</a><a href="/x/?page=2">带问</a>'
        '<a href="https://other.example/news/">他站</a><a href="/photo.jpg">图</a><a href="/next/">下一页</a>'
        '<a href="/long/">这个栏目的名字长得不像是一个栏目的名字而像是一句话</a><a href="/num/">12</a>'
    )

    def test_the_homes_short_links_to_folders_are_columns(self):
        assert listing(self.MENU, url=HOME).columns == (NEWS, f"{HOME}category/sports/")

    def test_columns_are_sought_on_the_home_page_alone_and_not_where_they_are_configured(self):
        assert listing(self.MENU).columns == ()
        assert listing(self.MENU, url=HOME, finds_columns=False).columns == ()


def test_a_page_that_only_sends_its_reader_on_says_where():
    refresh = '<meta http-equiv="refresh" content="0; url=/news/">'
    assert listing(refresh, url=HOME).moved_to == NEWS
    assert listing(f'{refresh}<a href="{FERRY}">老码头</a>', url=HOME).moved_to is None


def test_an_empty_page_lists_nothing():
    site = ConfiguredPublisher(SiteRules("bashan.example", HOME))
    assert site.read_listing("", NEWS, now=NOW) == ListingPage()
