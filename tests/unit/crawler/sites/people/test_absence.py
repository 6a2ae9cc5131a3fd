"""What a page that is no article says of itself."""

from __future__ import annotations

import pytest

from crawler.sites.people import PEOPLE
from storage.records import Outcome

ADDRESS = "http://cq.people.com.cn/n2/2021/0605/c365411-34762345.html"
LONG_MENU = "<ul>" + "<li><a href='/GB/365402/'>新闻</a></li>" * 800 + "</ul>"


@pytest.mark.parametrize(
    ("html", "outcome"),
    [
        ("<title>404 Not Found</title><h1>404 Not Found</h1><hr>nginx", Outcome.SOFT_GONE),
        ("<title>页面没有找到</title><p>对不起，您要查看的页面不存在或已被删除。</p>", Outcome.SOFT_GONE),
        ("<p>很抱歉，您访问的文章已被删除</p>", Outcome.SOFT_GONE),
        ("<p>對不起，找不到您要的頁面</p>", Outcome.SOFT_GONE),
        (f"<title>页面没有找到</title>{LONG_MENU}", Outcome.SOFT_GONE),
        (f"<title>人民网</title>{LONG_MENU}<h1>您要查看的页面不存在</h1>", Outcome.SOFT_GONE),
        ("<title>403 Forbidden</title><h1>403 Forbidden</h1>", Outcome.BLOCKED),
        ("<p>您的访问过于频繁，请稍后再试</p>", Outcome.BLOCKED),
        ("<p>请完成安全验证后继续访问</p><div class=slide></div>", Outcome.BLOCKED),
        ("<title>用户登录</title><form><input name=u><input type=password name=p></form>", Outcome.BLOCKED),
        ('<meta http-equiv="refresh" content="0;url=http://cq.people.com.cn/">', Outcome.REDIRECTED_HOME),
        ('<script>window.location.href = "/GB/index.html";</script>', Outcome.REDIRECTED_HOME),
        (f'<meta http-equiv="refresh" content="0;url={ADDRESS}?again">', None),
        ("<p>今天天气不错。</p>", None),
        (f"<p>页面找不到北</p>{LONG_MENU}", None),
        ("", None),
    ],
)
def test_a_page_says_that_the_article_is_gone_barred_or_elsewhere(html, outcome):
    page = f"<html><head></head><body>{html}</body></html>" if html else ""
    assert PEOPLE.absence(page, ADDRESS) is outcome
    assert PEOPLE.read_article(page, ADDRESS) is None


def test_an_article_about_missing_pages_is_an_article():
    html = (
        "<html><body><div class='layout rm_txt cf'><h1>网页404怎么办</h1><div class='rm_txt_con cf'><p>　　您访问的"
        "页面不存在，是很多市民遇到过的提示。记者调查发现，今年以来本市已清理失效链接3000余条，服务热线接通率提高到九成八，"
        "投诉量下降一半。</p></div></div></body></html>"
    )
    assert PEOPLE.absence(html, ADDRESS) is None
    assert PEOPLE.read_article(html, ADDRESS) is not None
