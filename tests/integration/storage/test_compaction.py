"""Superseded revisions are packed, and nobody who reads can tell."""

from __future__ import annotations

import gzip
import io
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from storage import articles, compaction, dossier, maintenance, queries, search
from storage.compaction import Texts
from storage.database import Database
from storage.decide import Policy
from storage.diff import width_fold
from storage.errors import StorageError
from storage.move import holding, move
from storage.schema import packed_texts, revisions
from tests.sightings import at, seen

DAY = 24 * 60
POLICY = Policy(removal_visits=2, removal_after=timedelta(0))
PARAGRAPH = "渝北区今年新建口袋公园{}处，总面积2.5亿平方米。市民李素云说：“出门就是公园。”"


def body(number: int) -> tuple[str, ...]:
    """A text of some length that has one sentence of its own."""
    return (*(PARAGRAPH.format(nth) for nth in range(20)), f"这是第{number}次修改的稿件。")


def write(store: Database, key: str, count: int, start: int = 0) -> None:
    """An article's revisions, one a day."""
    for number in range(start, start + count):
        sighting = seen(number * DAY, key, body=body(number))
        articles.record(store, sighting, POLICY, width_fold)


def evidence_of(store: Database) -> bytes:
    """The article's file of evidence, but for the names of its records, which are drawn, and digests over those."""
    out = io.BytesIO()
    dossier.write(store, queries.find_article(store, "1"), out, now=at(0), software="newsdelta/test")
    made = gzip.decompress(out.getvalue())
    return re.sub(rb"urn:uuid:[0-9a-f-]+|sha256:[0-9a-f]+|sha1:[A-Z2-7]+", b"", made)


def packed(store: Database) -> dict[int, int]:
    """The packed revisions and their bases, by the numbers of their rows."""
    with store.read() as connection:
        return {row.revision: row.base for row in connection.execute(select(packed_texts))}


def test_all_that_was_said_is_read_as_before(database):
    write(database, "1", 5)
    write(database, "2", 1)
    before = queries.revisions(database, 1), evidence_of(database)

    done = compaction.compact(database, at(100 * DAY))

    assert done.revisions == 4
    assert done.after < done.before / 10
    assert (queries.revisions(database, 1), evidence_of(database)) == before
    assert queries.two_revisions(database, 1, 2, 3) == before[0][1:3]
    assert [one for _, one in queries.revisions_by_other_rules(database, "other")][:5] == list(before[0])
    assert maintenance.check(database).findings == ()


def test_young_revisions_and_last_ones_stay_as_they_are(database):
    write(database, "1", 5)

    assert compaction.compact(database, at(1.5 * DAY)).revisions == 2
    assert compaction.compact(database, at(1.5 * DAY)).revisions == 0
    assert packed(database) == {1: 5, 2: 5}


def test_what_others_are_packed_against_is_never_packed(database):
    write(database, "1", 3)
    compaction.compact(database, at(100 * DAY))
    write(database, "1", 3, start=3)
    before = queries.revisions(database, 1)

    assert compaction.compact(database, at(100 * DAY)).revisions == 2
    assert packed(database) == {1: 3, 2: 3, 4: 6, 5: 6}
    assert queries.revisions(database, 1) == before


def test_search_finds_what_is_said_now_also_after_the_index_was_made_anew(database):
    write(database, "1", 4)
    compaction.compact(database, at(100 * DAY))
    assert maintenance.rebuild_search(database) == 4

    def found(words: str) -> list[int]:
        return [one.id for one in queries.articles(database, search=words, fold=width_fold)]

    assert found("口袋公园") == found("第3次修改") == [1]
    assert found("第1次修改") == []


@pytest.mark.parametrize("number", [2, 4])
def test_a_packed_revision_or_a_base_can_be_read_anew(database, number):
    write(database, "1", 4)
    compaction.compact(database, at(100 * DAY))
    maintenance.rebuild_search(database)
    before = queries.revisions(database, 1)
    new = seen(0, "1", body=("重新读取的正文。",)).reading

    articles.replace_reading(database, 1, number, new)

    after = queries.revisions(database, 1)
    assert after[number - 1].reading == new
    assert [one for one in after if one.number != number] == [one for one in before if one.number != number]
    assert maintenance.check(database).findings == ()


def test_a_move_takes_packed_revisions_along(database, tmp_path):
    write(database, "1", 4)
    compaction.compact(database, at(100 * DAY))
    with Database.open(f"sqlite:///{tmp_path}/other.db") as other:
        move(database, other)
        assert queries.revisions(other, 1) == queries.revisions(database, 1)
        with database.read() as one, other.read() as two:
            assert holding(one, packed_texts) == holding(two, packed_texts)


def test_killed_on_the_way_it_goes_on_where_it_was(database, monkeypatch):
    for key in "12345":
        write(database, key, 2)
    monkeypatch.setattr(compaction, "ARTICLES", 2)
    whole = compaction._compact

    def dies(connection, article, before):
        if article == 4:
            raise KeyboardInterrupt
        return whole(connection, article, before)

    monkeypatch.setattr(compaction, "_compact", dies)
    with pytest.raises(KeyboardInterrupt):
        compaction.compact(database, at(100 * DAY))
    assert len(packed(database)) == 2

    monkeypatch.setattr(compaction, "_compact", whole)
    assert compaction.compact(database, at(100 * DAY)).revisions == 3


def test_a_damaged_base_is_found(database):
    write(database, "1", 3)
    compaction.compact(database, at(100 * DAY))
    with database.write() as connection:
        connection.execute(update(revisions).where(revisions.c.number == 3).values(canonical="别的"))

    assert [one for one in maintenance.check(database).findings if re.search("packed texts", one)] != []
    with pytest.raises(StorageError, match="damaged"):
        queries.revision(database, 1, 1)


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
TEXTS = st.builds(Texts, WORDS, WORDS, WORDS, WORDS)


@given(TEXTS, TEXTS)
def test_any_texts_come_back_whatever_they_are_packed_against(texts, base):
    assert compaction.unpack(compaction.pack(texts, base), base) == texts


def test_an_index_that_lags_behind_still_gets_the_texts(database):
    write(database, "1", 3)
    compaction.compact(database, at(100 * DAY))
    with database.write() as connection:
        assert search.rebuild(connection) == 3
