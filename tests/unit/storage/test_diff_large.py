"""Texts larger than any article of news: compared more coarsely, and the diff still says exactly what became of them.

Without limits each of these takes hours, or more memory than there is.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.diff import PARAGRAPH_BREAK, Change, ChangeKind, Part, compare, patch
from storage.diff.effort import MOST_CHARACTER_PAIRS, MOST_CHARACTERS, MOST_SENTENCES, Effort
from storage.diff.tokens import tokenise
from storage.records import ArticleFields, EditClass

SIZE = 200_000


def han(number: int, seed: int) -> str:
    chosen = random.Random(seed).choices(range(0x4E00, 0x9FA5), k=number)
    return "".join(map(chr, chosen))


def article(*body: str, title: str = "渝州") -> ArticleFields:
    return ArticleFields(url="https://yuzhou.example/1.html", title=title, body=body)


def cut(text: str, every: int, sign: str) -> str:
    return sign.join(text[at : at + every] for at in range(0, len(text), every))


HOSTILE: dict[str, Callable[[int], tuple[str, ...]]] = {
    "one sentence": lambda seed: (han(SIZE, seed),),
    "sentences of a character": lambda seed: (cut(han(SIZE, seed), 1, "。"),),
    "sentences that quote": lambda seed: (f'{chr(0x4E00 + seed)}。"' * (SIZE // 3),),
    "lines of a character": lambda seed: tuple(han(SIZE, seed)),
    "blank lines": lambda seed: (han(9, seed), *[""] * SIZE, han(9, seed + 1)),
    "numerals": lambda seed: ("一百零" * (SIZE // 3) + str(seed),),
    "sentences that are alike": lambda seed: tuple(
        f"渝州今日天气晴好{one}。" for one in han(SIZE // 10, seed)
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_diff_of_huge_texts_is_exact_and_in_few_pieces(kind: str) -> None:
    old, new = article(*HOSTILE[kind](1)), article(*HOSTILE[kind](2))
    diff = compare(old, new)
    assert patch(old, diff) == new
    assert len(diff.segments) <= MOST_SENTENCES
    assert {EditClass.ADDED, EditClass.REMOVED} <= set(diff.classes)


def test_a_sentence_too_long_to_be_cut_into_words_shows_where_it_differs() -> None:
    begin, end = han(20_000, 1), han(20_000, 2)
    (change,) = compare(article(begin + "甲" + end + "。"), article(begin + "乙" + end + "。")).changes
    assert change.kind is ChangeKind.REPLACED
    assert [(run.op, len(run.text)) for run in change.runs] == [
        ("=", len(begin)),
        ("-", 1),
        ("+", 1),
        ("=", len(end) + 1),
    ]


def test_the_edit_of_a_huge_article_is_told_to_the_word() -> None:
    """Paragraphs that stayed are set aside, so that the others are as good as a short article."""
    body = [f"{han(60, seed)}。" for seed in range(3_000)]
    edited = [*body[:10], "新的一段。", *body[10:]]
    edited[2_000] = "共有12人参加。"
    diff = compare(article(*body[:1_999], "共有21人参加。", *body[2_000:]), article(*edited))
    assert [words(change) for change in diff.changes] == [
        ("added", "新的一段。"),
        ("replaced", "共有[-21人-][+12人+]参加。"),
    ]
    assert [change.new_at.paragraph for change in diff.changes if change.new_at] == [10, 2_000]
    assert EditClass.NUMBER in diff.classes
    for side in ("old_at", "new_at"):
        body_only = [getattr(s, side) for s in diff.segments if s.where is Part.BODY]
        numbers = [at.sentence for at in body_only if at is not None]
        assert numbers == sorted(set(numbers))
    kept = [s for s in diff.segments if s.kind is ChangeKind.KEPT and PARAGRAPH_BREAK in s.new]
    assert len(kept) == 3


@given(*[st.lists(st.sampled_from(["甲。", "乙", "", "丙。丁", "戊己庚。"]), max_size=12)] * 2)
def test_paragraph_by_paragraph_the_diff_is_exact_too(old: list[str], new: list[str]) -> None:
    huge = "长" * (MOST_CHARACTERS + 1)
    before, after = article(huge, *old, "末。"), article(huge, *new, "末。")
    assert patch(before, compare(before, after)) == after


def words(change: Change) -> tuple[str, str]:
    if change.kind is not ChangeKind.REPLACED:
        return change.kind.value, change.new or change.old
    marks = {"-": "[-{}-]", "+": "[+{}+]", "=": "{}"}
    return change.kind.value, "".join(marks[run.op].format(run.text) for run in change.runs)


def test_what_a_comparison_may_cost_is_spent_once() -> None:
    effort = Effort()
    length = int((MOST_CHARACTER_PAIRS * 0.6) ** 0.5)
    assert effort.covers_texts(length, length)
    assert not effort.covers_texts(length, length)
    assert effort.covers_bodies(["短。"], ["长。"])
    assert not effort.covers_bodies(["长" * (MOST_CHARACTERS + 1)], ["短。"])


def test_a_large_article_in_which_little_changed_is_still_compared_sentence_by_sentence() -> None:
    body = [f"{han(30, seed)}。" for seed in range(MOST_SENTENCES // 2 - 500)]
    assert Effort().covers_bodies(body, [*body, "新的一段。"])


def test_a_numeral_without_an_end_is_cut_in_time_that_grows_with_its_length() -> None:
    text = "一" * 20_000
    assert "".join(tokenise(text).texts) == text
