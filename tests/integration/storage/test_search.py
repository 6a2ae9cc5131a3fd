"""Search in the store: what is found is exactly what the texts hold, also while articles wait for the index."""

from __future__ import annotations

import pytest

from storage import articles, maintenance, queries, search
from storage.decide import Policy
from storage.diff import width_fold
from tests.sightings import at, seen

TEXTS = (
    "渝北区新增三处口袋公园。",
    "江北嘴举办智博会,签约2.5亿元。",
    "公园管理处表示,不收门票。",
    "本报讯:公,园二字分开。",
    "Covid-19疫苗接种点设在渝北。",
    "",
)


def fill(database, count: int) -> dict[str, str]:
    """Store articles whose texts are TEXTS over and over; returns text by key."""
    stored = {str(number): TEXTS[number % len(TEXTS)] for number in range(count)}
    for key, body in stored.items():
        articles.record(database, seen(int(key), key, title="题", body=(body,)), Policy(), width_fold)
    return stored


@pytest.mark.parametrize("count", [6, search.BATCH - 1, search.BATCH + 7])
def test_a_search_finds_what_the_texts_hold(database, count):
    stored = fill(database, count)

    for words in (
        "公园",
        "园",
        "题",
        "渝北",
        "2.5亿",
        "5亿",
        "北嘴举",
        "不收门票",
        "covid",
        "公园管理",
        "表示,不",
    ):
        found = {article.key for article in queries.articles(database, search=words, limit=1000)}
        assert found == {key for key, text in stored.items() if search.parse(words).fits(f"题\n\n{text}")}
    for word in ("公园", "园", "渝北", "北嘴举", "不收门票"):
        found = {article.key for article in queries.articles(database, search=word, limit=1000)}
        assert found == {key for key, text in stored.items() if word in text}


def test_a_search_reaches_the_oldest_through_every_stretch(database, monkeypatch):
    monkeypatch.setattr(search, "BLOCK", 4)
    monkeypatch.setattr(search, "_STRETCHES", (1, 2, 4))
    stored = fill(database, 90)

    for words in ("公园", "2.5亿元", "covid", "智博会 -不收"):
        wanted = search.parse(words)
        found = keys(database, words, limit=1000)
        assert found == [key for key in reversed(stored) if wanted.fits(f"题\n\n{stored[key]}")]


def test_exclusion_and_emptiness(database):
    fill(database, 6)

    assert keys(database, "公园 -口袋") == ["2"]
    assert keys(database, "-公园") == ["5", "4", "3", "1"]
    assert len(keys(database, "")) == 6
    assert keys(database, "，。") == []


def test_only_the_last_revision_is_searched(database):
    articles.record(database, seen(0, "x", body=("旧文说口袋公园。",)), Policy(), width_fold)
    articles.record(database, seen(5, "x", body=("新文说社区花园。",)), Policy(), width_fold)
    fill(database, search.BATCH)  # both revisions reach the index

    assert keys(database, "旧文说") == []
    assert keys(database, "社区花园") == ["x"]


def test_the_pages_of_a_result_join_without_gap_or_double(database):
    fill(database, search.BATCH + 20)
    everything = queries.articles(database, search="渝北", limit=1000)
    pages, last = [], None
    while page := queries.articles(database, search="渝北", limit=7, after=last):
        pages += page
        last = page[-1].id

    assert tuple(pages) == everything
    assert [article.id for article in everything] == sorted((a.id for a in everything), reverse=True)


def test_channel_and_time_narrow_a_search(database):
    fill(database, 12)
    articles.record(database, seen(90, "x", channel="sc", body=TEXTS[:1]), Policy(), width_fold)

    assert keys(database, "公园", channel="sc") == ["x"]
    assert keys(database, "公园", since=at(7)) == ["x", "8"]


def test_a_rebuilt_index_finds_the_same(database):
    fill(database, search.BATCH + 5)
    before = keys(database, "公园")

    assert maintenance.rebuild_search(database) == search.BATCH + 5
    assert keys(database, "公园") == before


def test_a_text_longer_than_any_index_takes_is_found(database):
    body = "长" * search.LONGEST_TEXT + "尾巴上的词"
    articles.record(database, seen(0, "long", body=(body,)), Policy(), width_fold)
    fill(database, search.BATCH)

    assert keys(database, "尾巴上的词") == ["long"]


def keys(database, words: str, **options) -> list[str]:
    return [article.key for article in queries.articles(database, search=words, **options)]
