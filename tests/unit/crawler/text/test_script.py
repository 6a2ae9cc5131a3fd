"""Traditional to Simplified, and wide forms to plain ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.text.script import fold_width, is_traditional, simplify


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("重慶市經濟運行情況", "重庆市经济运行情况"),
        ("頭髮發出光芒", "头发发出光芒"),
        ("乾隆年間的瓷器很乾燥", "乾隆年间的瓷器很干燥"),
        ("著名歌手與讀者", "著名歌手与读者"),
        ("「新聞」", "「新闻」"),
    ],
)
def test_simplify_looks_at_phrases(traditional: str, simplified: str) -> None:
    assert simplify(traditional) == simplified


def test_a_simplified_text_keeps_what_simplified_script_has() -> None:
    assert simplify("作家萧乾、朱鎔基和于右任，後者……并无关系") == "作家萧乾、朱镕基和于右任，後者……并无关系"


@pytest.mark.parametrize(
    "text", ["", "News 2.5%", "重庆市渝北区于今天发布，面积5m²。", "乾隆、瞭望、著名\n\u3000干部"]
)
def test_simplified_text_comes_back_as_it_is(text: str) -> None:
    assert simplify(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("重慶市經濟運行", True),
        ("重庆市经济运行", False),
        ("朱鎔基出席了今天的会议，并发表讲话", False),
        ("他說：“重慶很好”，歡迎大家。", True),
        ("一二三", False),
        ("News", False),
    ],
)
def test_which_script_a_text_is_in(text: str, expected: bool) -> None:
    assert is_traditional(text) is expected


@pytest.mark.parametrize(
    ("wide", "plain"),
    [
        ("２．５％", "2.5%"),
        ("（ＡＢＣ），！？：；", "(ABC),!?:;"),
        ("－５℃", "-5℃"),
        ("｡｢｣､", "。「」、"),
        ("﹐﹔﹖﹙﹚", ",;?()"),
        ("￥１００", "¥100"),
        ("中\u3000文", "中 文"),
        ("m²①㎡½。、“”—…", "m²①㎡½。、“”—…"),
    ],
)
def test_only_width_is_folded(wide: str, plain: str) -> None:
    assert fold_width(wide) == plain


@settings(max_examples=100)
@given(st.text(max_size=80))
def test_folding_width_twice_changes_nothing_more(text: str) -> None:
    assert fold_width(fold_width(text)) == fold_width(text)
