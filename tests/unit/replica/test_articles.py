"""Articles computed from a seed: the same each time, each unlike the others, found again by their ids."""

import tracemalloc
from collections import Counter
from itertools import combinations

import pytest

from tests.replica import words
from tests.replica.articles import GENERATIONS, make_article, make_title, truth_of
from tests.replica.pages.render import render
from tests.replica.prose import patterns, text_of
from tests.replica.site import PAGE_SIZE, Channel, Site


def channel(seed: int = 7, articles: int = 60, name: str = "cq") -> Channel:
    return Site.build(seed, articles, (name,)).channel(name)


def grams(text: str) -> set[str]:
    return {text[at : at + 3] for at in range(len(text) - 2)}


def whole_text(place: Channel, number: int) -> str:
    truth = truth_of(place.article(number))
    return truth["title"] + "".join(truth["body"])


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    one, again, other = channel(7), channel(7), channel(8)
    for path in [one.item(number).path for number in range(60)] + [
        "/",
        "/GB/365402/index.html",
        "/rss/news.xml",
    ]:
        assert one.page(path).make() == again.page(path).make()
    assert one.page("/").make() != other.page("/").make()


@pytest.mark.parametrize("articles", [1, 2, 26, 60, 5000, 300_000])
def test_an_article_is_found_again_by_its_id(articles):
    plan = channel(articles=articles).plan
    for number in {0, articles // 2, articles - 1, articles, articles + 40}:
        assert plan.number_of(plan.id_of(number)) == number
        assert len(plan.id_of(number)) == 8 or articles > 200_000
    assert plan.number_of("12345678") is None
    assert plan.number_of("00000000") is None


def test_ids_and_times_rise_together_and_no_two_channels_share_an_id():
    plans = [channel(articles=500, name=name).plan for name in words.REGIONS]
    for plan in plans:
        assert sorted(range(500), key=lambda number: int(plan.id_of(number))) == list(range(500))
        assert sorted(range(500), key=lambda number: plan.era_of(number)[1]) == list(range(500))
    ids = [plan.id_of(number) for plan in plans for number in range(540)]
    assert len(set(ids)) == len(ids)


def test_sixty_articles_hold_every_generation_charset_reporter_form_and_address_form():
    articles = [channel(seed).article(number) for seed in (1, 2, 3) for number in range(60)]
    assert {article.generation for article in articles} == set(GENERATIONS)
    assert {(a.charset, a.label) for a in articles} >= {("gb18030", "GB2312"), ("utf-8", "GB2312")}
    assert any(article.kind == "gallery" for article in articles)
    assert any(article.parts > 1 and article.kind == "text" for article in articles)
    last = [text_of(article.body[-1]) for article in articles]
    assert any(article.byline for article in articles)
    assert any(line.startswith("□ 本报记者 ") for line in last)
    assert any("通讯员" in line for line in last)
    assert any(text_of(article.body[0]).startswith("人民网重庆") for article in articles)
    forms = {article.path.split("/")[1] for article in articles}
    assert forms == {"n", "n2", "GB"}


def test_generations_lie_in_their_years():
    for article in map(channel(articles=400).article, range(400)):
        years = {
            "G1": range(2012, 2016),
            "G2": range(2016, 2021),
            "G3": range(2021, 2025),
            "G4": range(2025, 2027),
        }
        assert article.published_at.year in years[article.generation]


def test_a_title_is_written_without_the_text_as_it_is_with_it():
    plan = channel().plan
    for number in range(60):
        assert text_of(make_title(plan, number)) == make_article(plan, number).title_text


def test_no_two_articles_are_near_duplicates():
    place = channel(articles=4000)
    found = [grams(whole_text(place, number)) for number in range(0, 4000, 20)]
    worst = max(len(a & b) / min(len(a), len(b)) for a, b in combinations(found, 2))
    assert worst < 0.45


def test_the_prose_leaves_no_mark_of_its_patterns():
    for number in range(200):
        text = whole_text(channel(articles=200), number)
        assert not set(text) & set("[]{}<>|#~"), text


def test_every_column_has_topics_with_all_kinds_of_patterns():
    for topics in words.TOPICS_OF.values():
        for topic in topics:
            assert all(patterns(topic)[kind] for kind in "TLSQ"), topic


def test_names_hold_characters_that_gb2312_and_gbk_lack():
    texts = "".join(whole_text(channel(articles=300), number) for number in range(300))
    assert set(texts) & set(words.GBK_ONLY)
    assert set(texts) & set(words.GB18030_ONLY)
    for char in words.GBK_ONLY:
        with pytest.raises(UnicodeEncodeError):
            char.encode("gb2312")
        char.encode("gbk")
    for char in words.GB18030_ONLY:
        with pytest.raises(UnicodeEncodeError):
            char.encode("gbk")
        char.encode("gb18030")


def test_a_listing_names_the_address_that_the_article_has():
    place = channel(articles=400)
    for number in range(400):
        item, article = place.item(number), place.article(number)
        assert (item.path, item.title, item.published_at) == (
            article.path,
            article.title_text,
            article.published_at,
        )


def test_every_column_page_together_lists_every_article_once():
    place = channel(articles=333)
    listed = Counter(
        number
        for column in place.plan.columns
        for page in range(1, place.column_pages(column) + 1)
        for number in place.column_numbers(column, page)
    )
    assert listed == Counter(range(333))


def test_a_hundred_thousand_articles_are_not_held_in_memory():
    place = channel(articles=100_000)
    column = place.plan.columns[0]
    place.page("/GB/365401/367673/index.html").make()
    tracemalloc.start()
    try:
        for page in range(1, place.column_pages(column), 40):
            assert len(place.column_numbers(column, page)) == PAGE_SIZE
            place.page(f"/GB/365401/367673/index{page}.html").make()
        for number in range(0, 100_000, 1000):
            render(place.article(number))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 8 * 1024 * 1024
