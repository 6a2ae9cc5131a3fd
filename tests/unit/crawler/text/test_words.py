"""The packed dictionary: what words cost, and what a text costs that is made of them."""

from __future__ import annotations

import math
import zlib

import pytest

from crawler.text.make_words import counted
from crawler.text.words import TOTAL, beginnings, pack, prefix_costs, word_cost


def test_frequent_words_cost_less() -> None:
    costs = [word_cost(word) for word in ("的", "中国", "祝贺", "有迹可循")]
    assert all(cost is not None for cost in costs)
    assert costs == sorted(costs, key=lambda cost: cost or math.inf)


def test_a_word_costs_the_logarithm_of_its_share_to_a_few_per_cent() -> None:
    assert word_cost("的") == pytest.approx(
        math.log(TOTAL / 318_825), abs=0.03
    )  # its count in jieba's dictionary


@pytest.mark.parametrize("stretch", ["贺祝", "A股", "", "中国人民解放军"])
def test_what_is_no_word_of_up_to_four_chinese_characters_has_no_cost(stretch: str) -> None:
    assert word_cost(stretch) is None


def test_beginnings_lead_to_longer_words() -> None:
    assert {"祝", "有迹", "有迹可"} <= beginnings()
    assert not {"祝贺贺", "有迹可循"} & beginnings()


def test_a_text_costs_what_its_cheapest_words_do() -> None:
    alone = [10.0] * 4
    assert prefix_costs("祝贺贺祝", alone)[-1] == pytest.approx((word_cost("祝贺") or 0) + 20)


def test_only_words_of_chinese_characters_are_counted() -> None:
    lines = ["祝贺 5 v", "A股 3 n", "中华人民共和国 9 ns", "零 0 m"]
    assert dict(counted(lines)) == {"祝贺": 5, "零": 1}


def test_the_packed_table_holds_words_and_logarithms_of_counts() -> None:
    data = zlib.decompress(pack({"乙": 2, "甲": 1}))
    assert data[4:-2].decode() == "乙\n甲"
    assert list(data[-2:]) == [12, 0]
