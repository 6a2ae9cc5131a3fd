"""Where in an article the text stands that was repaired."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scheduler.mended import places, split
from storage.records import ArticleFields, Repair


def fields(title: str, *body: str) -> ArticleFields:
    return ArticleFields("http://cq.people.com.cn/1.html", title, body=body)


def mended(repaired: str, found: str = "?", *, certain: bool = True) -> Repair:
    return Repair("slip", 0, found, repaired, certain)


def test_a_piece_that_stands_once_is_marked() -> None:
    one = mended("模总量已突破", "?偭恳淹黄", certain=False)
    said = fields("规模总量已突破1.2万亿元", "同比增长。")
    assert places(said, [one]) == {"模总量已突破": one}
    assert list(split(said.title, {"模总量已突破": one})) == [
        ("规", None),
        ("模总量已突破", one),
        ("1.2万亿元", None),
    ]


def test_a_piece_that_also_stands_elsewhere_is_not() -> None:
    said = fields("渝北，江北", "沙坪坝，九龙坡。")
    assert places(said, [mended("，", ",")]) == {}


def test_a_piece_is_marked_wherever_it_stands_if_it_was_put_there_as_often() -> None:
    both = [mended("绿化"), mended("绿化")]
    said = fields("道路绿化", "绿化提升。")
    assert places(said, both).keys() == {"绿化"}


def test_what_was_dropped_or_left_as_it_was_is_nowhere() -> None:
    said = fields("标题", "正文?")
    assert places(said, [mended("", "广告"), mended("?", "?"), mended(" ", "?"), mended("别处")]) == {}


def test_of_pieces_that_begin_alike_the_longest_is_taken() -> None:
    short, long = mended("重庆"), mended("重庆市")
    assert [piece for piece, _ in split("在重庆市", {"重庆": short, "重庆市": long})] == ["在", "重庆市"]


@given(
    st.text(alphabet="渝北江津，。", max_size=30),
    st.lists(st.text(alphabet="渝北江津", min_size=1, max_size=3)),
)
def test_nothing_of_a_text_is_lost(text: str, pieces: list[str]) -> None:
    known = {piece: mended(piece) for piece in pieces}
    assert "".join(piece for piece, _ in split(text, known)) == text
