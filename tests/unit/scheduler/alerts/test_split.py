"""How long texts are cut: at which borders, and what is never torn."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scheduler.alerts.split import LEAST, is_joined, shorten, split, split_markdown

#: (what it shows, text, limit in bytes, parts)
CUTS = [
    ("a short text stays whole", "渝北区新增公交线路。", 64, ["渝北区新增公交线路。"]),
    ("a text of exactly the limit stays whole", "渝" * 20, 60, ["渝" * 20]),
    ("nothing gives nothing", " \n\u3000\n", 64, []),
    (
        "between paragraphs rather than sentences",
        "第一段有一句。又有一句。\n\n第二段。第二句。",
        50,
        ["第一段有一句。又有一句。", "第二段。第二句。"],
    ),
    ("between lines", "第一行有八个字\n第二行也有八个字", 40, ["第一行有八个字", "第二行也有八个字"]),
    (
        "between sentences, closing quotation mark and all",
        "他说：“明天开工。”大家鼓掌。",
        42,
        ["他说：“明天开工。”", "大家鼓掌。"],
    ),
    (
        "between clauses where no sentence ends",
        "东至龙溪街道，西至人和街道，南至大竹林",
        45,
        ["东至龙溪街道，西至人和街道，", "南至大竹林"],
    ),
    (
        "between English words",
        "The new bus line opens on the first day",
        32,
        ["The new bus line opens on the", "first day"],
    ),
    (
        "a number is never torn",
        "全长约三十二公里总投资2.5亿元人民币",
        35,
        ["全长约三十二公里总投资", "2.5亿元人民币"],
    ),
    ("a character is never torn", "渝" * 25, 34, ["渝" * 11, "渝" * 11, "渝" * 3]),
    (
        "nor a letter from its accents",
        "e\u0301" * 24,
        32,
        ["e\u0301" * 10, "e\u0301" * 10, "e\u0301" * 4],
    ),
    ("nor an emoji from its joiners", "👨‍👩‍👧‍👦" * 3, 32, ["👨‍👩‍👧‍👦"] * 3),
    ("nor an emoji from its skin", "👍🏽" * 9, 36, ["👍🏽" * 4, "👍🏽" * 4, "👍🏽"]),
    ("nor a flag in two", "🇨🇳" * 9, 36, ["🇨🇳" * 4, "🇨🇳" * 4, "🇨🇳"]),
]


@pytest.mark.parametrize(
    ("text", "limit", "parts"), [case[1:] for case in CUTS], ids=[case[0] for case in CUTS]
)
def test_where_texts_are_cut(text: str, limit: int, parts: list[str]) -> None:
    assert split(text, limit) == parts


def test_a_tower_of_accents_longer_than_a_part_is_cut_between_code_points() -> None:
    parts = split("a" + "\u0301" * 40, 32)
    assert "".join(parts) == "a" + "\u0301" * 40
    assert all(len(part.encode()) <= 32 for part in parts)


def test_a_lone_surrogate_has_no_bytes_and_becomes_a_question_mark() -> None:
    assert split("渝\ud800北", 64) == ["渝?北"]


@pytest.mark.parametrize("limit", [-1, 0, LEAST - 1])
def test_a_limit_without_room_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match="room"):
        split("渝北", limit)


TEXTS = st.text(
    st.one_of(
        st.sampled_from("渝北区。，！？\n 　“”.aé\u0301👨\u200d👩🏽🇨🇳가\u11a8"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=300,
)


@settings(max_examples=150)
@given(TEXTS, st.integers(LEAST, 200))
@example("a" * 100, LEAST)
def test_parts_fit_and_nothing_but_white_space_is_lost(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < len(part.encode()) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@settings(max_examples=100)
@given(st.text(st.sampled_from("渝a。 \u0301\u200d👩🏽🇨"), max_size=120), st.integers(LEAST, 60))
def test_no_part_begins_inside_a_character(text: str, limit: int) -> None:
    """Unless that character alone is longer than a part."""
    for part in split(text, limit)[1:]:
        mark = unicodedata.category(part[0]).startswith("M") or part[0] == "\u200d"
        assert not mark or _longest_character(text) > limit - 4


def _longest_character(text: str) -> int:
    sizes, start = [0], 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not is_joined(text, at):
            sizes.append(len(text[start:at].encode()))
            start = at
    return max(sizes)


LINK = "[打开网页](http://cq.people.com.cn/n2/1.html)"


def test_a_link_is_never_torn() -> None:
    text = f"渝北区新增公交线路，见 {LINK}，另见 {LINK}。"
    parts = split_markdown(text, 70)
    assert sum(part.count(LINK) for part in parts) == 2
    assert all(len(part.encode()) <= 70 for part in parts)


@pytest.mark.parametrize("mark", ["**", "~~", "`"])
def test_a_marked_run_is_never_torn_and_a_long_one_is_marked_anew_in_each_part(mark: str) -> None:
    short, long = f"{mark}十二个小区{mark}", f"{mark}{'渝北区新增公交线路。' * 6}{mark}"
    for part in split_markdown(f"覆盖的范围包括 {short} 和 {long} 等", 60):
        assert part.count(mark) % 2 == 0
        assert len(part.encode()) <= 60


def test_a_long_label_is_cut_and_a_long_address_leaves_its_label() -> None:
    assert split_markdown(f"[{'渝北' * 30}](http://a.cn/)", 80) == ["[" + "渝北" * 10 + "…](http://a.cn/)"]
    assert split_markdown(f"[网页](http://a.cn/{'x' * 99})", 64) == ["网页"]


@settings(max_examples=100)
@given(
    st.lists(
        st.sampled_from(
            [LINK, "**五条**", "~~三条~~", "`newsdelta show 1`", "渝北区。", "\n\n", "长句" * 20]
        ),
        max_size=20,
    ),
    st.integers(64, 300),
)
def test_markdown_parts_fit_and_stay_well_formed(pieces: list[str], limit: int) -> None:
    parts = split_markdown(" ".join(pieces), limit)
    assert all(len(part.encode()) <= limit for part in parts)
    assert all(part.count("**") % 2 == 0 and part.count("`") % 2 == 0 for part in parts)
    assert sum(len(re.findall(re.escape(LINK), part)) for part in parts) == pieces.count(LINK)


def test_shorten_keeps_the_beginning() -> None:
    assert shorten("渝北区新增公交线路", 64) == "渝北区新增公交线路"
    assert shorten("渝" * 30, 40) == "渝" * 12 + "…"
