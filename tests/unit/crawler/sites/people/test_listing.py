"""Home and column pages: every form of entry, the pager, the columns, the signpost."""

from __future__ import annotations

import pytest

from crawler.sites.people import PEOPLE

CQ = "http://cq.people.com.cn"
COLUMN = f"{CQ}/GB/365402/index.html"


def read(html: str, url: str = COLUMN):
    return PEOPLE.read_listing(f"<html><body>{html}</body></html>", url)


@pytest.mark.parametrize(
    ("name", "html", "title", "listed"),
    [
        (
            "column list",
            "<div class='ej_list_box clear'><ul class='list_16'><li><a href='/n2/2021/0605/c365411-34762345.html' "
            "target='_blank'>南岸步道开放</a> <em>2021-06-05</em></li></ul></div>",
            "南岸步道开放",
            "2021-06-05T00:00:00+08:00",
        ),
        (
            "heading",
            "<div class='headingNews'><div class='hdNews'><h5><a href='/n2/2021/0605/c365411-34762345.html\n'>南岸"
            "<b>步道</b>开放</a></h5><em>2021年06月05日08:29</em></div></div>",
            "南岸步道开放",
            "2021-06-05T08:29:00+08:00",
        ),
        (
            "without a year, known from the address",
            "<div class='p2j_list'><ul class='list_14'><li><a href='/n2/2021/0605/c365411-34762345.html'>南岸步道开放"
            "</a><span>[06月05日16:59]</span></li></ul></div>",
            "南岸步道开放",
            "2021-06-05T16:59:00+08:00",
        ),
        (
            "listed after the turn of the year",
            "<ul><li>[01月02日08:00]<a href='/n2/2021/1231/c365411-34762345.html'>南岸步道开放</a></li></ul>",
            "南岸步道开放",
            "2022-01-02T08:00:00+08:00",
        ),
        (
            "without a year, unknown",
            "<ul><li><a href='/GB/365409/c34762345.html'>南岸步道开放</a><i>[10月04日16:59]</i></li></ul>",
            "南岸步道开放",
            None,
        ),
        (
            "teaser whose text has dates",
            "<div class='jsnew_line'><a href='/n2/2021/0605/c365411-34762345.html'>南岸步道开放</a><p>6月4日，步道"
            "开放。<a href='/n2/2021/0605/c365411-34762345.html'>【详细】</a></p></div>",
            "南岸步道开放",
            None,
        ),
        (
            "picture, then headline",
            "<div class='p6'><a href='/n2/2021/0605/c365411-34762345.html'><img src='/a.jpg' alt=''></a>"
            "<a href='../../n2/2021/0605/c365411-34762345.html'>南岸步道开放</a></div>",
            "南岸步道开放",
            None,
        ),
        (
            "picture alone",
            "<a href='/n2/2021/0605/c365411-34762345.html'><img src='/a.jpg' alt='南岸步道开放'></a>",
            "南岸步道开放",
            None,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 60 and "<" not in value else "",
)
def test_every_form_of_entry_gives_one_link(name, html, title, listed):
    (link,) = read(html).links
    assert (link.publisher, link.key, link.title, link.listing) == (
        "people.com.cn",
        "34762345",
        title,
        COLUMN,
    )
    assert (link.listed_at.isoformat() if link.listed_at else None) == listed


def test_an_article_under_two_addresses_counts_once_and_keeps_its_first_place():
    found = read(
        "<a href='/n2/2021/0605/c365411-34762345.html'>甲</a><a href='/n2/2021/0605/c365411-34762346.html'>乙</a>"
        "<a href='/GB/n2/2021/0605/c365411-34762345.html#liuyan'>甲</a>"
        "<a href='/BIG5/n2/2021/0605/c1-34762345.html'>甲</a>"
    )
    assert [(link.key, link.title) for link in found.links] == [("34762345", "甲"), ("34762346", "乙")]
    assert found.links[0].url == f"{CQ}/n2/2021/0605/c365411-34762345.html"


def test_only_links_on_the_pages_own_host_count_wherever_that_is():
    html = (
        "<a href='/n2/2021/0605/c1-34762345.html'>本地</a>"
        "<a href='http://js.people.com.cn/n2/2022/0213/c360307-35131671.html'>江苏</a>"
        "<a href='http://127.0.0.1:8801/n2/2021/0605/c1-34762399.html'>副本</a>"
        "<a href='http://js.people.com.cn/GB/360307/index.html'>教育</a><a>更多</a><a name='top'></a>"
        "<a href='javascript:void(0)'>加载</a><a href=''>空</a>"
    )
    assert [link.key for link in read(html).links] == ["34762345"]
    assert read(html).columns == ()
    local = read(html, "http://127.0.0.1:8801/GB/365402/index.html")
    assert [link.key for link in local.links] == ["34762345", "34762399"]


def test_the_pager_gives_the_further_pages_of_this_column_by_number():
    found = read(
        "<div class='page_n clearfix'><a href='index1.html#fy01' class='common_current_page'>1</a>"
        "<a href='index10.html#fy01'>10</a><a href='index2.html#fy01'>2</a><a href='index3.html'>3</a>"
        "<a href='index2.html#fy01'>下一页</a><a href='/GB/365403/index2.html'>别的栏目</a></div><!--PageNo=1-->"
    )
    assert found.pages == tuple(f"{CQ}/GB/365402/index{number}.html" for number in (2, 3, 10))
    second = read("<a href='index3.html'>3</a><a href='index2.html'>2</a><a href='index.html'>1</a>",
                  f"{CQ}/GB/365402/index2.html")  # fmt: skip
    assert second.pages == (f"{CQ}/GB/365402/index3.html",)


def test_columns_are_those_of_the_channel_each_once_and_never_the_page_itself():
    found = read(
        "<ul><li><a href='/GB/365401/367673/index.html'>原创</a></li><li><a href='/GB/365402/'>新闻</a></li>"
        "<li><a href='/GB/365402/index1.html'>新闻</a></li><li><a href='/GB/365403/index.html#a'>国内</a></li>"
        "<li><a href='/GB/index.html'>首页</a></li></ul>",
        f"{CQ}/",
    )
    assert found.columns == (
        f"{CQ}/GB/365401/367673/index.html",
        f"{CQ}/GB/365402/",
        f"{CQ}/GB/365403/index.html",
    )
    assert f"{CQ}/GB/365402/" not in read("<a href='/GB/365402/'>新闻</a>").columns


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("0;URL=/GB/365411/index.html", f"{CQ}/GB/365411/index.html"),
        ("0; url='http://cq.people.com.cn/GB/365411/index.html'", f"{CQ}/GB/365411/index.html"),
        ("300", None),
        ("300;url=http://cq.people.com.cn/GB/365402/index.html", None),
        ("0;url=javascript:alert(1)", None),
    ],
)
def test_a_signpost_has_moved_and_a_page_that_reloads_itself_has_not(content, target):
    html = f'<html><head><meta http-equiv="Refresh" content="{content}"></head><body></body></html>'
    assert PEOPLE.read_listing(html, COLUMN).moved_to == target


def test_a_page_with_articles_is_no_signpost():
    html = (
        '<html><head><meta http-equiv="refresh" content="600;url=/GB/index.html"></head>'
        "<body><a href='/n2/2021/0605/c1-34762345.html'>甲</a></body></html>"
    )
    found = PEOPLE.read_listing(html, f"{CQ}/")
    assert len(found.links) == 1
    assert found.moved_to is None


@pytest.mark.parametrize("html", ["", "   ", "plain text", "<html></html>", "<!-- nothing -->"])
def test_what_is_no_listing_gives_an_empty_one(html):
    found = PEOPLE.read_listing(html, COLUMN)
    assert (found.links, found.pages, found.columns, found.moved_to) == ((), (), (), None)
