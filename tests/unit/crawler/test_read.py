"""From the bytes of an article's pages to one reading."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.extract.lengths import LONGEST_NAME, LONGEST_TITLE, MOST_NAMES
from crawler.read import RULES, join, read_page, read_part
from crawler.sites import PEOPLE
from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.model import Selectors, SiteRules
from crawler.text.canonical import canonical_text, content_hash
from storage.errors import PageAbsent, TemplateUnknown
from storage.records import Outcome, PageBody, as_json
from tests.replica import render_article
from tests.replica.articles import truth_of
from tests.replica.site import Settings, Site

ADDRESS = "http://cq.people.com.cn/n2/2021/0605/c365411-34762345.html"
FIELDS = {
    "title": "南岸步道新添三公里",
    "body": ["江边的路修好了。", "路长3.2公里。", "沿线有坡道11处。（记者 夏元）"],
    "source": "重庆日报网",
    "editors": ["秦洁", "张祎"],
    "published_at": "2021-06-05T08:29:00+08:00",
}
TEXT = (
    "南岸步道新添三公里\n\n2021年06月05日08:29  来源：重庆日报网\n\n  江边的路修好了。\n  路长3.2公里。\n"
    "  沿线有坡道11处。（记者 夏元）\n\n(责编：秦洁、张祎)\n\n原创\n\n江边添了读书角【详细】\n"
)


def page(content: bytes, url: str = ADDRESS, content_type: str = "text/html", part: int = 1) -> PageBody:
    return PageBody(url=url, content=content, content_type=content_type, part=part)


@pytest.mark.parametrize("generation", ["G1", "G2", "G3", "G4"])
def test_one_page_reads_the_same_in_every_generation(generation):
    reading = read_page([page(render_article(FIELDS, generation))], PEOPLE)
    assert (reading.fields.title, list(reading.fields.body)) == (FIELDS["title"], FIELDS["body"])
    assert reading.fields.template == generation
    assert reading.canonical == canonical_text(reading.fields)
    assert reading.content_hash == content_hash(reading.canonical)
    assert (reading.rules, reading.repairs) == (RULES, ())


def test_the_parts_of_a_long_article_are_one_reading_with_the_hash_of_the_whole():
    addresses = [ADDRESS, ADDRESS.replace(".html", "-2.html"), ADDRESS.replace(".html", "-3.html")]
    bodies = [
        page(render_article(FIELDS, "G3", part=number, parts=3), url, part=number)
        for number, url in enumerate(addresses, start=1)
    ]
    first = read_part(bodies[0], PEOPLE)
    assert first.further == {2: addresses[1], 3: addresses[2]}
    whole = read_page([page(render_article(FIELDS, "G3"))], PEOPLE)
    reading = read_page(bodies, PEOPLE)
    assert list(reading.fields.body) == FIELDS["body"]
    assert reading.fields.authors == ("夏元",)
    assert reading.fields.url == ADDRESS
    assert reading.content_hash == whole.content_hash
    assert join([read_part(body, PEOPLE) for body in bodies]) == reading


@pytest.mark.parametrize("content_type", ["text/plain; charset=utf-8", "", "text/html"])
def test_an_article_in_text_form_is_the_same_article(content_type):
    reading = read_page([page(TEXT.encode(), content_type=content_type)], PEOPLE)
    html = read_page([page(render_article(FIELDS, "G3"))], PEOPLE)
    assert reading.content_hash == html.content_hash
    assert (reading.fields.template, reading.fields.article_id) == ("text", "34762345")
    assert reading.fields.editors == ("秦洁", "张祎")


def test_html_that_is_called_plain_text_is_still_html():
    reading = read_page([page(render_article(FIELDS, "G3"), content_type="text/plain")], PEOPLE)
    assert reading.fields.template == "G3"


@pytest.mark.parametrize(
    ("html", "outcome"),
    [
        ("<html><title>页面没有找到</title><body>您要查看的页面不存在</body></html>", Outcome.SOFT_GONE),
        ("<html><title>403 Forbidden</title><body></body></html>", Outcome.BLOCKED),
        ("<html><div class='rm_txt'><h1>题</h1><div class='rm_txt_con'></div></div></html>", Outcome.EMPTIED),
        ("<html><head><meta http-equiv='refresh' content='0;url=/'></head></html>", Outcome.REDIRECTED_HOME),
    ],
)  # fmt: skip
def test_a_page_that_says_the_article_is_not_there_is_told_as_such(html, outcome):
    with pytest.raises(PageAbsent) as told:
        read_page([page(html.encode())], PEOPLE)
    assert told.value.outcome is outcome
    assert told.value.subject == ADDRESS


def test_a_page_of_an_unknown_template_is_never_half_read():
    with pytest.raises(TemplateUnknown, match="34762345"):
        read_page([page(render_article(FIELDS, "unknown"))], PEOPLE)


def test_whoever_wrote_the_rules_that_fit_no_more_is_told_to_mend_them():
    rules = SiteRules("bashan.example", "https://www.bashan.example/", article=Selectors(title="h1.gone"))
    for publisher, mend in ((PEOPLE, "report its address"), (ConfiguredPublisher(rules), "channels heal")):
        with pytest.raises(TemplateUnknown) as told:
            read_page([page("<p>没有标题也没有正文</p>".encode())], publisher)
        assert mend in told.value.mend


def test_one_unreadable_part_makes_the_article_unreadable():
    second = page(render_article(FIELDS, "unknown"), ADDRESS.replace(".html", "-2.html"), part=2)
    with pytest.raises(TemplateUnknown):
        read_page([page(render_article(FIELDS, "G3", part=1, parts=2)), second], PEOPLE)


def test_whatever_its_bytes_and_labels_an_article_reads_as_its_truth_says_and_nothing_is_repaired():
    host = "http://cq.people.com.cn"
    channel = Site.build(seed=9, articles=60, channels=["cq"], settings=Settings()).channel("cq")
    codecs = set()
    for article in map(channel.article, range(60)):
        paths = [article.part_path(part) for part in range(1, article.parts + 1)]
        served = [(path, channel.page(path)) for path in paths]
        bodies = [page(found.make(), host + path, found.content_type) for path, found in served]
        reading, truth = read_page(bodies, PEOPLE), truth_of(article, host)
        fields = as_json(reading.fields)
        assert fields == {name: truth[name] for name in fields}
        assert reading.repairs == ()
        codecs.add((article.charset, article.label))
    assert len(codecs) >= 4


def test_what_a_page_says_in_a_line_is_no_longer_than_a_line_and_its_body_is_whole():
    long = "长" * 300_000
    fields = FIELDS | {
        "title": f"南岸{long}",
        "source": f"重庆{long}",
        "body": [f"江边{long}。", "沿线有坡道11处。"],
    }
    for address, content, kind in (
        (ADDRESS, render_article(fields, "G3"), "text/html"),
        (
            ADDRESS,
            f"{fields['title']}\n2021年06月05日08:29 来源：重庆日报网\n江边{long}。".encode(),
            "text/plain",
        ),
    ):
        found = read_page([page(content, address, kind)], PEOPLE)
        assert found.fields.title == fields["title"][:LONGEST_TITLE]
        assert len(found.fields.source) <= LONGEST_NAME
        assert found.fields.body[0] == fields["body"][0]
        assert found.canonical == canonical_text(found.fields)


def test_parts_together_name_no_more_people_than_one_may():
    part = read_part(page(render_article(FIELDS, "G3")), PEOPLE)
    parts = [
        replace(
            part,
            body=replace(part.body, part=number),
            page=replace(part.page, fields=replace(part.page.fields, editors=(f"编辑{number}",))),
        )
        for number in range(1, MOST_NAMES + 10)
    ]
    assert len(join(parts).fields.editors) == MOST_NAMES
