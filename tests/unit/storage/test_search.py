"""Queries against texts, and the index against queries: it never hides a text that fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.search import LONGEST_TEXT, Query, index_text, parse

TEXT = "渝北区新增三处口袋公园\n\n公园面积2.5亿平方米,由Green City公司承建。第5届“智博会”COVID19数据,气温-5℃"

FOUND = [
    ("公园", "a word of two characters"),
    ("园", "a single character"),
    ("区", "a single character within a run"),
    ("口袋公园", "a longer word"),
    ("公园 智博会", "several words, in any place"),
    ("智博会 公园", "in any order"),
    ("2.5亿", "a number with its unit"),
    ("第5届", "characters around a number"),
    ("亿", "the unit behind a number"),
    ("2.5", "a number whole"),
    ("数据", "what stands behind letters and digits"),
    ("green", "Latin words in any case"),
    ('"Green City"', "a phrase with a space"),
    ("COVID19", "letters and digits"),
    ("公园 -故宫", "without a word that is not there"),
    ("-故宫", "only an exclusion"),
    ("“智博会”", "punctuation stands for itself"),
]
NOT_FOUND = [
    ("故宫", "a word that is not there"),
    ("5亿", "not as the end of 2.5亿"),
    ("25亿", "another number"),
    ("2", "not a part of a number"),
    ("2.", "nor with its point"),
    (".5亿", "nor from its point on"),
    ("covid", "not a part of a word"),
    ("公园 故宫", "one of two words is missing"),
    ("公园 -智博会", "an excluded word is there"),
    ('"City Green"', "a phrase in the wrong order"),
    ("园公", "two characters the other way round"),
]


@pytest.mark.parametrize("words", [row[0] for row in FOUND], ids=[row[1] for row in FOUND])
def test_found(words):
    assert parse(words).fits(TEXT)
    assert proposed(parse(words), TEXT)


@pytest.mark.parametrize("words", [row[0] for row in NOT_FOUND], ids=[row[1] for row in NOT_FOUND])
def test_not_found(words):
    assert not parse(words).fits(TEXT)


def test_a_query_is_folded_word_by_word():
    folded = parse("公園 智博會", fold=lambda word: word.translate(str.maketrans("園會", "园会")))

    assert folded.fits(TEXT)
    assert not parse("公園").fits(TEXT)


def test_a_number_in_a_phrase_is_asked_for_whole_with_what_follows():
    """The parts of 12.8亿元 stand in many texts, the whole in few."""
    assert parse("12.8亿元").tokens == ("12\u00b78亿", "亿元")


def test_only_words_of_one_form_are_looked_for_by_the_database():
    assert parse("12.8亿元 GDP 智博会 -广告").plain == ("12.8亿元", "智博会")


def test_a_very_long_text_is_proposed_to_every_query():
    assert index_text("字" * (LONGEST_TEXT + 1)) not in ("", "字")


def proposed(query: Query, text: str) -> bool:
    tokens = set(index_text(text).split())
    return set(query.tokens) <= tokens and all(any(t.startswith(p) for t in tokens) for p in query.prefixes)


texts = st.text(st.sampled_from("重庆渝北公园区市𠮷々ー,.。 \nabZé0159-%_“”😀한"), max_size=60)


@given(texts, st.data())
def test_every_substring_that_cuts_no_word_is_found(text, data):
    """Recall is 100 %: the index proposes, and the query fits, whatever stands in the text."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    phrase = text[start:end].strip()
    if not phrase or '"' in phrase or cuts_a_word(text, start, end):
        return
    query = parse(f'"{phrase}"')

    assert query.fits(text)
    assert proposed(query, text)


def cuts_a_word(text: str, start: int, end: int) -> bool:
    part = text[start:end]
    start += len(part) - len(part.lstrip())
    end -= len(part) - len(part.rstrip())
    return joins(text, start) or joins(text, end)


def joins(text: str, place: int) -> bool:
    """Whether a Latin word or a number goes on across the place."""
    before, after = text[max(0, place - 2) : place], text[place : place + 2]
    latin = "abZé0159"
    if before[-1:] and after[:1] and before[-1] in latin and after[0] in latin:
        return True
    digits = "0159"
    across = text[max(0, place - 2) : place + 2]
    return (
        any(c in ".," for c in across)
        and any(c in digits for c in before)
        and any(c in digits for c in after)
    )
