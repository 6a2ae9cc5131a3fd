"""What a page's links are to a survey, and when its text is made by a script."""

import pytest

from crawler.survey.links import Anchor, is_scripted, links_of, may_be_column, text_of

HOME = "https://www.jz.example/"


def test_the_links_of_the_site_alone_each_once_with_its_longest_words() -> None:
    html = (
        '<a href="/n/1.html"><img src="a.jpg"></a><a href="/n/1.html?utm_source=home">江州新桥昨天合龙</a>'
        '<a href="https://other.example/x">别处的新闻</a><a href="//news.jz.example/2">子域名上的新闻一条</a>'
        '<a href="/logo.png">图</a><a href="javascript:void(0)">换一批</a><a href="#top">回顶部</a>'
    )
    assert links_of(html, HOME) == [
        Anchor("https://www.jz.example/n/1.html", "江州新桥昨天合龙"),
        Anchor("https://news.jz.example/2", "子域名上的新闻一条"),
    ]


def test_a_columns_name_says_more_than_the_words_more() -> None:
    html = '<a href="/yw/">要闻</a><a href="/yw/">更多&gt;&gt;</a><a href="/jj/">更多&gt;&gt;</a>'
    assert [anchor.words for anchor in links_of(html, HOME)] == ["要闻", "更多>>"]


@pytest.mark.parametrize(
    ("path", "words", "column"),
    [
        ("/yw/", "要闻", True),
        ("/category/local", "Local", True),
        ("/list?c=money", "财讯", True),
        ("/n/1.html", "江州新桥昨天合龙", False),
        ("/tag/rail", "轨道交通", False),
        ("/author/3", "王小河", False),
        ("/about.htm", "关于我们", False),
        ("/x", "登录", False),
        ("/big5/", "繁體", False),
        ("/", "江州在线", False),
    ],
)
def test_which_links_may_lead_to_columns(path: str, words: str, column: bool) -> None:
    assert may_be_column(Anchor(f"https://www.jz.example{path}", words)) is column


@pytest.mark.parametrize(
    ("words", "headline"),
    [
        ("江州新桥昨天合龙", True),
        ("要闻", False),
        ("Council votes on harbor plan", True),
        ("Local news", False),
        ("更多>>", False),
    ],
)
def test_which_words_are_a_headline(words: str, headline: bool) -> None:
    assert Anchor(HOME, words).is_headline is headline


@pytest.mark.parametrize(
    ("html", "scripted"),
    [
        (
            '<html><body><div id="app"></div><noscript>请启用</noscript><script src="/a.js"></script></body></html>',
            True,
        ),
        ("<html><body><div id=root></div><script>render()</script></body></html>", True),
        (
            f'<html><body><p>{"江边的灯一盏盏亮起来，" * 30}</p><script src="/a.js"></script></body></html>',
            False,
        ),
        ("<html><body><p>扫码下载客户端</p></body></html>", False),
        ("", False),
    ],
)
def test_when_a_script_must_bring_the_text(html: str, scripted: bool) -> None:
    assert is_scripted(html) is scripted


def test_the_words_that_a_reader_sees_without_scripts() -> None:
    assert text_of("<p>一<script>x()</script>二</p><style>p{}</style>三<noscript>四</noscript>") == "一二三"
