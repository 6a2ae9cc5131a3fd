"""Searches on PostgreSQL go down the index block by block, stretch by stretch: the same hits, in the same order."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.text.canonical import fold
from storage import articles, queries, search
from storage.database import Database
from tests.databases import postgresql_server, postgresql_url
from tests.integration.web.conftest import POLICY, made

__all__ = ["postgresql_server", "postgresql_url"]
WORDS = ("口袋公园", "柏丰", "园", "12处", "口袋公园 -江津", "碧空如洗")


def _fill(database: Database) -> None:
    for number in range(60):
        place = ("渝北区", "江津区", "城口县")[number % 3]
        name = "柏丰社区" if number in (4, 30, 31) else "中心"
        title = f"{place}{name}新增{number}处口袋公园"
        channel = "sc" if number % 7 == 0 else "cq"
        articles.record(
            database, made(number, str(44_000_000 + number), title, channel=channel), POLICY, fold
        )


def _titles(database: Database, words: str, channel: str | None) -> list[str]:
    """All hits, read on by their cursors, seven at a time."""
    found: list[str] = []
    after: int | None = None
    while True:
        page = queries.articles(database, search=words, channel=channel, limit=7, fold=fold, after=after)
        found += [one.title for one in page]
        if len(page) < 7:
            return found
        after = page[-1].id


def test_stretches_find_what_one_look_at_all_finds(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "BLOCK", 4)
    with Database.open(postgresql_url) as database, Database.open(f"sqlite:///{tmp_path}/n.db") as other:
        _fill(database)
        _fill(other)
        for stretches in ((1, 5, 20), (2,), (1, 1, 1), (1000,)):
            monkeypatch.setattr(search, "_STRETCHES", stretches)
            monkeypatch.setattr(search, "_READ_AT_ONCE", (3, 5))
            for words in WORDS:
                for channel in (None, "sc"):
                    here, there = (_titles(one, words, channel) for one in (database, other))
                    assert here == there, (words, channel, stretches)
