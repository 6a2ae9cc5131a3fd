"""Expressions of words: 重庆 & (轨道 | 地铁) & !广告."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.wordquery import DEEPEST, AllOf, AnyOf, Expression, Finder, Not, Word, parse

TEXT = "重庆轨道交通十八号线北延伸段试运行,全长2.5公里,总投资12亿元,由green city公司承建"


def fits(expression: str, text: str = TEXT) -> bool:
    return parse(expression).folded(str)(text)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("重庆", True),
        ("成都", False),
        ("重庆 & 轨道", True),
        ("重庆 & 公交", False),
        ("重庆 轨道", True),
        ("公交 | 轨道", True),
        ("公交 | 索道", False),
        ("重庆 & (轨道 | 地铁) & !广告", True),
        ("重庆 & (轨道 | 地铁) & !试运行", False),
        ("重庆＆（轨道｜地铁）＆！广告", True),
        ("公交 & 成都 | 重庆", True),
        ("公交 & (成都 | 重庆)", False),
        ("!公交", True),
        ("!!重庆", True),
        ("!(公交 | 重庆)", False),
        ("重庆 !公交", True),
        ('"Green City"', True),
        ("“Green City”", True),
        ("「green city」", True),
        ("Green City", True),
        ("gree", False),
        ("2.5", True),
        ("5公里", False),
        ("2亿元", False),
        ("12亿元", True),
        ('"公里,总投资"', True),
    ],
)
def test_against_a_text(expression, expected):
    assert fits(expression) is expected


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("重庆 轨道", "重庆 & 轨道"),
        ("a|b&c", "a | b & c"),
        ("(a|b)&c", "(a | b) & c"),
        ("((a))", "a"),
        ("！（甲｜乙）", "!(甲 | 乙)"),
        ('"a b"', '"a b"'),
        ('“a"b”', '“a"b”'),
        ('"重庆"', "重庆"),
        ('"!"', '"!"'),
    ],
)
def test_printed(expression, printed):
    assert str(parse(expression)) == printed


@pytest.mark.parametrize(
    ("expression", "what"),
    [
        ("", r"character 1: a word is missing before the end"),
        ("   ", r"a word is missing before the end"),
        ("重庆 &", r"character 5: a word is missing before the end"),
        ("& 重庆", r'character 1: a word is missing before "&"'),
        ("重庆 & | 轨道", r'character 6: a word is missing before "\|"'),
        ("重庆 & (轨道 | 地铁", r'character 6: this "\(" is not closed'),
        ("重庆) & 轨道", r'character 3: this "\)" closes nothing'),
        ("重庆 & ()", r'character 7: a word is missing before "\)"'),
        ('重庆 & "轨道', r'character 6: the quotation that " opens has no end'),
        ("重庆 & 轨道”", r"character 8: ” ends a quotation that was not opened"),
        ('重庆 & " "', r"character 6: there is nothing between the quotes"),
        ("!", r"character 2: a word is missing before the end"),
        ("(" * 60 + "a" + ")" * 60, rf"more than {DEEPEST} parentheses"),
        ("!" * 100_000 + "a", rf"more than {DEEPEST} parentheses"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(expression, what):
    with pytest.raises(ValueError, match=what):
        parse(expression)


def test_both_scripts_and_widths_are_alike_under_the_folding():
    def fold(text: str) -> str:
        return text.translate(str.maketrans({"慶": "庆", "軌": "轨", "１": "1"}))

    assert parse("重慶 & 軌道 & １2亿元").folded(fold)(TEXT)


def test_a_word_of_which_folding_leaves_nothing_is_nowhere():
    assert not Finder.of("\u200b", lambda text: text.replace("\u200b", "")).fits(TEXT)


# What can stand in a word: no white space at its ends, and not every kind of quote at once.
texts = st.text(st.sampled_from("重庆轨道aB5.&|!() “”「\"'，"), min_size=1, max_size=5).map(str.strip)
words = texts.filter(lambda one: one and any(quote not in one for quote in '"”」')).map(Word)
expressions: st.SearchStrategy[Expression] = st.recursive(
    words,
    lambda parts: st.one_of(
        parts.map(Not),
        st.lists(parts, min_size=2, max_size=3).map(lambda some: AllOf(tuple(some))),
        st.lists(parts, min_size=2, max_size=3).map(lambda some: AnyOf(tuple(some))),
    ),
    max_leaves=8,
)


@given(expressions)
def test_what_is_printed_reads_as_it_was(expression):
    assert parse(str(expression)) == expression


def naive(expression: Expression, text: str) -> bool:
    match expression:
        case Word(word):
            return Finder.of(word, str).fits(text)
        case Not(part):
            return not naive(part, text)
        case AllOf(parts):
            return False not in [naive(part, text) for part in parts]
        case AnyOf(parts):
            return True in [naive(part, text) for part in parts]
    raise AssertionError(expression)


@given(expressions, st.text(st.sampled_from("重庆轨道ab5.&|! "), max_size=20))
def test_it_fits_as_a_naive_reader_says(expression, text):
    assert expression.folded(str)(text) == naive(expression, text)


@given(st.text(st.sampled_from('重庆&|!()"“”「」 a＆（'), max_size=30))
def test_anything_typed_is_read_or_refused(text):
    try:
        parse(text)
    except ValueError as error:
        wrong = str(error)
    else:
        return
    assert "at character" in wrong
