"""The local copy of the channel: every page of it reads as its truth says, and so does its Traditional mirror."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from crawler.sites import PEOPLE
from crawler.sites.model import ArticlePage
from crawler.text.canonical import canonical_text
from crawler.text.script import simplify
from storage.records import ArticleFields, Outcome, as_json
from tests.replica.articles import Article, truth_of
from tests.replica.site import Settings, Site

ARTICLES = 160
HOST = "http://127.0.0.1:8801"


@pytest.fixture(scope="module")
def channel():
    return Site.build(seed=5, articles=ARTICLES, channels=["cq"], settings=Settings()).channel("cq")


def read(channel, article: Article, part: int) -> ArticlePage:
    path = article.part_path(part)
    page = PEOPLE.read_article(channel.page(path).make().decode(article.charset), HOST + path)
    assert page is not None, path
    return page


def joined(pages: list[ArticlePage]) -> ArticleFields:
    first = pages[0].fields
    return dataclasses.replace(
        first,
        body=tuple(text for page in pages for text in page.fields.body),
        images=tuple(image for page in pages for image in page.fields.images),
        authors=tuple(dict.fromkeys(name for page in pages for name in page.fields.authors)),
    )


def articles(channel) -> Iterator[Article]:
    return (channel.article(number) for number in range(ARTICLES))


def test_every_article_of_every_generation_reads_as_its_truth_says(channel):
    templates = set()
    for article in articles(channel):
        pages = [read(channel, article, part) for part in range(1, article.parts + 1)]
        found, truth = as_json(joined(pages)), truth_of(article, HOST)
        assert found == {name: truth[name] for name in found}
        templates.add(found["template"])
    assert templates == {"G1", "G2", "gallery", "G3", "G4"}


def test_every_part_names_the_others(channel):
    for article in articles(channel):
        for part in range(1, article.parts + 1):
            others = [n for n in range(2, article.parts + 1) if n != part]
            assert read(channel, article, part).parts == tuple(HOST + article.part_path(n) for n in others)


def simplified(value: Any) -> Any:
    return [simplify(item) for item in value] if isinstance(value, list) else simplify(value)


def test_the_mirror_says_the_same_in_the_other_script(channel):
    for article in articles(channel):
        if article.parts > 1:
            continue
        path = "/BIG5" + article.path.removeprefix("/GB")
        mirror = PEOPLE.read_article(channel.page(path).make().decode("big5hkscs"), HOST + path)
        assert mirror is not None
        plain = read(channel, article, 1)
        assert canonical_text(mirror.fields) == canonical_text(plain.fields)
        found, truth = as_json(mirror.fields), truth_of(article, HOST)
        for name in ("authors", "editors", "section", "source"):
            assert simplified(found[name]) == truth[name]


@pytest.mark.parametrize("path", ["/", "/GB/365402/index.html", "/GB/365401/367673/index2.html"])
def test_listings_give_existing_articles_with_their_headlines(channel, path):
    page = PEOPLE.read_listing(channel.page(path).make().decode("gb18030"), HOST + path)
    assert page.links
    for link in page.links:
        article = channel.article(channel.plan.number_of(link.key))
        assert (link.url, link.title) == (HOST + article.path, article.title_text)
        if link.listed_at:
            assert link.listed_at.date() == article.published_at.date()


def test_what_is_not_there_is_told(channel):
    missing = channel.page("/n2/2021/0605/c365411-99999999.html").make().decode("gb18030")
    assert PEOPLE.absence(missing, f"{HOST}/n2/2021/0605/c365411-99999999.html") is Outcome.SOFT_GONE
