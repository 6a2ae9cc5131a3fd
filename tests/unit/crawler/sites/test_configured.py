"""A site made of values: whose an address is, which article it names, what its pages read."""

import pickle

import pytest

from crawler.sites.addresses import looks_like_article, plain, site_of
from crawler.sites.configured import ConfiguredPublisher, fingerprint
from crawler.sites.model import Selectors, SiteRules
from crawler.sites.probe import probe_article
from crawler.sites.selectors import compile_selector, matches
from storage.records import Outcome

HOME = "https://www.bashan.example/"
TEXT = "巴山县城西的老码头昨天重新开放，渡船每天往返二十趟，沿岸居民说，过江买菜又方便了。"
PAGE = (
    "<html><head><title>{title}_巴山在线</title></head><body><h1>{title}</h1>"
    '<p class="by">2026-11-23 08:15　来源：巴山日报　作者：陈立秋</p>'
    '<div class="text"><p>{text}</p><p>{text}</p><p>（责任编辑：周敏）</p></div></body></html>'
)


def publisher(**rules) -> ConfiguredPublisher:
    return ConfiguredPublisher(SiteRules("bashan.example", HOME, **rules))


@pytest.mark.parametrize(
    ("url", "is_article"),
    [
        ("https://x.example/2026/11/24/ferry.html", True),
        ("https://x.example/news/1234567.html", True),
        ("https://x.example/a/9f3c01d2ab", True),
        ("https://x.example/old-ferry-opens-again", True),
        ("https://x.example/show.php?id=2345", True),
        ("https://x.example/2026-11/24/content_5.htm", True),
        ("https://x.example/", False),
        ("https://x.example/news/", False),
        ("https://x.example/news/index_2.html", False),
        ("https://x.example/2026/11/", False),
        ("https://x.example/tag/2026-11-24/", False),
        ("https://x.example/about.html", False),
        ("https://x.example/files/1234567.pdf", False),
    ],
)
def test_an_articles_address_has_a_number_a_day_or_a_sentence_for_its_name(url, is_article):
    assert looks_like_article(plain(url)) is is_article


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("http://cq.people.com.cn/", "people.com.cn"),
        ("https://www.bashan.gov.cn", "bashan.gov.cn"),
        ("https://news.paper.co.uk/x", "paper.co.uk"),
        ("http://127.0.0.1:8801/", "127.0.0.1:8801"),
        ("http://localhost:8801/", "localhost:8801"),
    ],
)
def test_a_site_is_a_registrable_domain_or_a_machine_with_its_port(url, site):
    assert site_of(url) == site


def test_all_addresses_of_an_article_lead_to_one_key():
    site = publisher()
    forms = [
        "https://www.bashan.example/2026/11/24/ferry.html",
        "http://bashan.example/2026/11/24/ferry.html#top",
        "https://bashan.example/2026/11/24/ferry.html?utm_source=weibo",
    ]
    assert {site.locate(form).key for form in forms} == {"bashan.example/2026/11/24/ferry.html"}
    assert site.locate("https://other.example/2026/11/24/ferry.html") is None


def test_the_configs_pattern_decides_and_may_name_the_key():
    site = publisher(article_url=r"/story/(?P<id>\d+)")
    assert site.locate("https://www.bashan.example/story/77?from=home").key == "77"
    assert site.locate("https://www.bashan.example/2026/11/24/ferry.html") is None
    assert site.listed("https://www.bashan.example/2026/11/24/ferry.html") is None


@pytest.mark.parametrize("further", ["1234567_2.html", "1234567-2.html", "1234567.html?page=2"])
def test_further_pages_belong_to_their_article(further):
    address = publisher(article_url=r"/\d+\.html$").locate(f"{HOME}news/{further}")
    assert (address.key, address.part) == ("bashan.example/news/1234567.html", 2)


def test_what_a_feed_names_is_an_article_though_its_address_does_not_say_so():
    site = publisher()
    assert site.locate(f"{HOME}ferry") is None
    assert site.listed(f"{HOME}ferry").key == "bashan.example/ferry"
    assert site.listed(HOME) is None
    assert site.listed(f"{HOME}404.html") is None


def test_selectors_come_first_and_what_they_leave_is_read_without():
    rules = Selectors(title="h1", body="div.text", authors="//p[@class='by']")
    page = publisher(article=rules).read_article(
        PAGE.format(title="老码头重新开放", text=TEXT), f"{HOME}news/1234567.html"
    )
    assert page.fields.title == "老码头重新开放"
    assert page.fields.body == (TEXT, TEXT)
    assert page.fields.authors == ("陈立秋",)
    assert page.fields.editors == ("周敏",)
    assert page.fields.published_at.isoformat() == "2026-11-23T08:15:00+08:00"


@pytest.mark.parametrize("rules", [Selectors(title="h1.headline"), Selectors(body="div.content")])
def test_a_title_or_body_that_is_not_where_it_should_be_makes_the_page_unreadable(rules):
    site = publisher(article=rules)
    html = PAGE.format(title="老码头重新开放", text=TEXT)
    assert site.read_article(html, f"{HOME}news/1234567.html") is None
    assert site.absence(html, f"{HOME}news/1234567.html") is None


def test_a_page_says_that_it_is_not_there_or_that_its_text_is_gone():
    site = publisher(article=Selectors(title="h1", body="div.text"))
    url = f"{HOME}news/1234567.html"
    assert site.absence("<html><body><h2>您访问的页面不存在</h2></body></html>", url) is Outcome.SOFT_GONE
    emptied = "<html><body><h1>老码头重新开放</h1><div class='text'> </div></body></html>"
    assert site.absence(emptied, url) is Outcome.EMPTIED


def test_a_publisher_is_values_that_another_process_can_have():
    site = publisher(article=Selectors(title="h1", body="//div[@class='text']"))
    assert pickle.loads(pickle.dumps(site)) == site


def test_readings_name_the_settings_that_they_depend_on():
    plain_rules = SiteRules("a", HOME)
    assert fingerprint(plain_rules) == ""
    assert fingerprint(SiteRules("a", HOME, article_url=r"\d+")) == ""
    one = fingerprint(SiteRules("a", HOME, article=Selectors(title="h1")))
    assert one
    assert one != fingerprint(SiteRules("a", HOME, article=Selectors(title="h2")))


@pytest.mark.parametrize(
    ("selector", "said"),
    [("div..x", "no CSS selector"), ("//div[", "no XPath"), ("p:nope", "no CSS selector")],
)
def test_a_wrong_selector_is_explained(selector, said):
    with pytest.raises(ValueError, match=said):
        compile_selector(selector)


def test_css_may_end_in_text_or_an_attribute():
    from crawler.extract.html import parse

    tree = parse('<html><body><a class="n" href="/2">下一页</a></body></html>')
    assert matches("a.n::attr(href)", tree) == ["/2"]
    assert matches("a.n::text", tree) == ["下一页"]


def test_a_selector_that_fails_is_shown_with_its_nearest():
    site = SiteRules("a", HOME, article=Selectors(title="h1", body="div.texts"))
    title, body = probe_article(site, PAGE.format(title="老码头", text=TEXT))
    assert (title.count, title.has_failed) == (1, False)
    assert (body.count, body.has_failed, body.nearest) == (0, True, "div.text")
