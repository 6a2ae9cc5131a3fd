"""Pages: each generation has the marks by which it is known, shows the truth, and sets the traps that the site sets."""

import re

import pytest
from lxml import html

from tests.replica import render_article
from tests.replica.articles import truth_of
from tests.replica.pages.render import render
from tests.replica.site import COLUMNS, Channel, Settings, Site

FIELDS = {
    "title": "一座老桥的新生",
    "kicker": "身边故事",
    "subtitle": "——柏溪镇记事",
    "published_at": "2021-06-05T08:29:00+08:00",
    "source": "山城日报",
    "authors": ["陶喆", "贺敏"],
    "editors": ["罗小溪", "范祎"],
    "section": ["重庆频道", "区县"],
    "body": ["桥是石头的，建于一百年前。", "去年冬天，桥面加宽了1.5米 <含护栏>。", "（记者 陶喆）"],
    "images": [{"url": "/NMediaFile/2021/0605/LOCAL1.jpg", "caption": "桥头。贺敏摄"}],
    "article_id": "34762345",
}
#: Generation -> where its title, time, source, body, editors stand.
MARKS = {
    "G1": ("//*[@id='p_title']", "//*[@id='p_publishtime']", "//*[@id='p_origin']/a", "//*[@id='p_content']",
           "//*[@id='p_editor']"),
    "G2": ("//div[contains(@class,'text_title')]/h1", "//div[@class='box01']/div[@class='fl']",
           "//div[@class='box01']/div[@class='fl']/a", "//div[@class='box_con' and @id='rwb_zw']",
           "//div[@class='edit clearfix']"),
    "G3": ("//div[@class='col col-1']/h1", "//div[@class='col-1-1']", "//div[@class='col-1-1']/a",
           "//div[@class='rm_txt_con cf']", "//div[@class='edit cf']"),
    "G4": ("//h1[@id='newstit']", "//b[@id='newstime']", "//div[@class='col-1-1']/a",
           "//div[@class='rm_txt_con cf']//div[@id='rm_txt_zw']", "//div[@class='edit cf']"),
}  # fmt: skip


def tree(page: bytes, codec: str = "gb18030") -> html.HtmlElement:
    return html.fromstring(page.decode(codec))


def channel(articles: int = 120, **settings: object) -> Channel:
    return Site.build(7, articles, settings=Settings(**settings)).channel("cq")


@pytest.mark.parametrize("generation", MARKS)
def test_a_given_article_stands_on_a_page_of_each_generation(generation):
    page = tree(render_article(FIELDS, generation))
    title, time, source, body, editors = (page.xpath(path)[0].text_content() for path in MARKS[generation])
    assert title == FIELDS["title"]
    assert "2021年06月05日08:29" in time
    assert source == "山城日报"
    assert editors == "(责编：罗小溪、范祎)"
    assert all(text in body for text in FIELDS["body"])
    assert "贺敏" in page.xpath("//*[contains(@class,'author')]")[0].text_content()
    assert page.xpath("//img[@src='/NMediaFile/2021/0605/LOCAL1.jpg']")


def test_a_page_in_an_unknown_template_shows_the_text_without_any_known_mark():
    page = render_article(FIELDS, "unknown").decode("gb18030")
    assert FIELDS["body"][0] in page
    assert not re.search(r"newstit|rm_txt|rwb_|p_content|text_title", page)


@pytest.mark.parametrize("number", range(0, 120, 3))
def test_a_page_shows_its_truth(number):
    article = channel().article(number)
    truth = truth_of(article)
    pages = [tree(render(article, part), article.charset) for part in range(1, article.parts + 1)]
    text = "".join(page.text_content() for page in pages)
    for shown in [truth["title"], truth["source"], truth["kicker"], truth["subtitle"], *truth["body"]]:
        assert shown in text
    sources = [image.get("src") for page in pages for image in page.xpath("//img")]
    assert all(image["url"] in sources for image in truth["images"])


@pytest.mark.parametrize(
    ("charset", "label"),
    [
        ("gb18030", "GB2312"),
        ("utf-8", "GB2312"),
        ("gb18030", "utf-8"),
        ("gb18030", "gbk"),
        ("utf-8", "utf-8"),
    ],
)
def test_bytes_and_label_are_what_was_asked_for(charset, label):
    page = render_article(FIELDS, charset=charset, label=label)
    assert f"charset={label}" in page.decode(charset)
    assert "陶喆" in page.decode(charset)
    if charset == "utf-8":
        with pytest.raises(UnicodeDecodeError):
            page.decode("gb18030")


def test_a_long_article_is_cut_into_pages_that_lead_to_each_other():
    article = next(a for a in map(channel().article, range(120)) if a.parts > 1 and a.kind == "text")
    first = tree(render(article, 1), article.charset)
    links = first.xpath("//div[@class='zdfy clearfix']/a/@href")
    assert links == [article.part_path(part) for part in range(1, article.parts + 1)]
    assert article.part_path(2).endswith("-2.html")
    assert first.xpath("//img[@src='/img/next_page.jpg']")
    last = tree(render(article, article.parts), article.charset)
    assert not last.xpath("//img[@src='/img/next_page.jpg']")
    with pytest.raises(ValueError, match="pages"):
        render(article, article.parts + 1)


def test_a_gallery_shows_a_picture_a_page_and_ends_in_an_advertisement():
    place = channel(400)
    article = next(a for a in map(place.article, range(400)) if a.kind == "gallery")
    for part in range(1, article.parts + 1):
        page = tree(render(article, part), article.charset)
        (following,) = page.xpath("//a[@id='next']/@href")
        ends = part == article.parts
        assert (
            following.startswith("javascript:showAd(") if ends else following == article.part_path(part + 1)
        )
        assert len(page.xpath("//div[@id='picG']//img")) == 1


def test_the_traps_of_the_newest_template():
    page = tree(render_article(FIELDS, "G4", hidden_title="另一个题目"))
    holder = page.xpath("//div[@class='rm_txt_con cf']")[0]
    assert holder[0].get("class") == "bza"
    assert not holder[0].text_content().strip()
    assert page.xpath("//div[@id='rm_txt_zw']//p/script[contains(text(),'showPlayer(')]")
    assert page.xpath("//div[@class='otitle']")[0].text_content() == "原标题：另一个题目"
    assert page.xpath("//div[@class='zdfy clearfix']")[0].text_content() == ""


def test_the_traps_of_the_home_page():
    page = tree(channel().page("/").make())
    hrefs = page.xpath("//a/@href")
    assert any(href.endswith("\n") for href in hrefs)
    assert any(href.startswith("javascript:") for href in hrefs)
    assert any("?" in href for href in hrefs)
    assert page.xpath("//a[not(@href)]")
    assert "【详细】" in page.text_content()
    assert page.xpath("//div[@class='headingNews']/div[contains(@class,'hdNews')]/h5/a")


def test_a_column_has_a_pager_and_dates_without_a_year():
    place = channel(400)
    source = place.page("/GB/365402/index2.html").make().decode("gb18030")
    page = html.fromstring(source)
    assert "<!--PageNo=2-->" in source
    assert (
        page.xpath("//div[@class='page_n clearfix']/a[@class='common_current_page']")[0].text_content() == "2"
    )
    assert "index3.html#fy01" in page.xpath("//div[@class='page_n clearfix']/a/@href")
    assert re.search(r"\[\d\d月\d\d日\d\d:\d\d\]", source)
    assert len(page.xpath("//div[@class='ej_list_box clear']/ul[@class='list_16']/li/a")) == 20


def test_odd_columns():
    place = channel()
    assert place.page("/GB/367737/index.html").status == 403
    signpost = place.page("/GB/367640/index.html").make().decode()
    assert 'http-equiv="refresh" content="0;URL=/GB/365411/index.html"' in signpost
    assert place.page("/GB/365401/index.html").make() == place.page("/GB/365401/367673/index.html").make()
    assert place.page("/GB/365402/index99.html").status == 404
    assert place.page("/GB/999999/index.html").status == 404


def test_one_article_under_several_addresses():
    place = channel()
    path = place.article(119).path
    assert place.page(path).make() == place.page(f"/GB{path}").make()
    assert place.page(path.replace(".html", "-2.html")).status == (
        200 if place.article(119).parts > 1 else 404
    )
    assert place.page(path.replace("/c36", "/c37")).status == 404


def test_the_mirror_says_the_same_in_traditional_script():
    opencc = pytest.importorskip("opencc")
    place = channel()
    for number in range(0, 120, 5):
        article = place.article(number)
        kind = article.path.removeprefix("/GB")
        page = place.page(f"/BIG5{kind}").make()
        assert b"charset=BIG5" in page
        text = opencc.OpenCC("t2s").convert(tree(page, "big5hkscs").text_content())
        first = truth_of(article)["body"][0]
        assert first in text


def test_the_mirror_keeps_its_links_inside():
    page = tree(channel().page("/BIG5/index.html").make(), "big5hkscs")
    hrefs = page.xpath("//div[contains(@class,'p2j_list')]//li/a/@href")
    assert hrefs
    assert all(href.startswith("/BIG5/") for href in hrefs)


def test_feeds_and_robots():
    place = channel()
    place.base = "http://127.0.0.1:1"
    feed = place.page("/rss/news.xml").make().decode()
    assert re.search(r"<pubDate>\d{4}-\d\d-\d\d</pubDate>", feed)
    assert "<script>" in feed
    assert "<guid>" not in feed
    index = place.page("/sitemap_index.xml").make().decode()
    assert index.count("/sitemap/cn/cq/news_sitemap.xml") == 2
    sitemap = place.page("/sitemap/cn/cq/news_sitemap.xml").make().decode()
    assert sitemap.count("<url>") == 100
    assert place.article(119).path in sitemap
    assert b"Crawl-delay" not in place.page("/robots.txt").make()
    assert b"Crawl-delay: 2\n" in channel(crawl_delay=2.0).page("/robots.txt").make()
    assert channel(robots_status=404).page("/robots.txt").status == 404


@pytest.mark.parametrize("weight", [30_000, 45_000, 60_000])
def test_pages_weigh_what_was_asked_for(weight):
    place = channel(weight=weight)
    for number in range(0, 120, 10):
        size = len(place.page(place.article(number).path).make())
        assert weight * 0.85 < size < weight * 1.15


def test_a_channel_without_articles_has_its_pages_all_the_same():
    place = Site.build(1, 0).channel("cq")
    for path in (
        "/",
        "/GB/365402/index.html",
        "/rss/news.xml",
        "/sitemap/cn/cq/news_sitemap.xml",
        "/BIG5/index.html",
    ):
        page = place.page(path)
        assert page.status == 200
        assert b"/n2/" not in page.make()
    article = place.publish(place.plan.epoch)
    assert article.path.encode() in place.page("/").make()


def test_columns_can_be_chosen():
    place = Site.build(1, 30, columns=COLUMNS[:3]).channel("cq")
    assert {place.article(number).column for number in range(30)} == set(COLUMNS[:3])
    with pytest.raises(ValueError, match="unknown column"):
        Site.build(1, 30, columns=(1,))
    with pytest.raises(ValueError, match="unknown channel"):
        Site.build(1, 30, ("nowhere",))
