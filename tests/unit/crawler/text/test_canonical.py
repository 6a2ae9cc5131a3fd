"""What counts as the same text, what does not, and the digests, pinned."""

import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import replace

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.text.canonical import RULES, canonical_text, content_hash, fold
from crawler.text.script import fold_width
from storage.records import ArticleFields

ARTICLE = ArticleFields(
    url="http://cq.people.com.cn/n2/2026/1123/c365402-41000001.html",
    title="渝北区：前三季度地区生产总值增长5.6%",
    subtitle="新增就业3.2万人",
    body=(
        "人民网重庆11月23日电 （记者周立）渝北区今天举行新闻发布会。"
        "区长李建国说：“我们发现，干部群众的‘获得感’在增强。”",
        "据介绍，该区里程碑项目——T3航站楼面积2.5万m²，最低气温-5℃，复工复产后面貌一新。",
    ),
)


def digest(article: ArticleFields) -> str:
    return content_hash(canonical_text(article))


def each(article: ArticleFields, change: Callable[[str], str]) -> ArticleFields:
    return replace(
        article,
        title=change(article.title),
        subtitle=change(article.subtitle),
        body=tuple(change(paragraph) for paragraph in article.body),
    )


def wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


Change = Callable[[ArticleFields], ArticleFields]
SAME: dict[str, Change] = {
    "paragraphs run together": lambda a: replace(a, body=("".join(a.body),)),
    "one paragraph a sentence": lambda a: replace(
        a, body=tuple("\n".join(a.body).replace("。", "。\n").split("\n"))
    ),
    "full-width digits and signs": lambda a: each(a, wide),
    "Traditional": lambda a: each(a, opencc.OpenCC("s2t").convert),
    "Taiwan's Traditional": lambda a: each(a, opencc.OpenCC("s2tw").convert),
    "Hong Kong's Traditional": lambda a: each(a, opencc.OpenCC("s2hk").convert),
    "one character at a time": lambda a: each(a, lambda t: "".join(map(opencc.OpenCC("s2t").convert, t))),
    "corner quotes": lambda a: each(a, lambda t: t.translate(str.maketrans("“”‘’", "「」『』"))),
    "straight quotes": lambda a: each(a, lambda t: t.translate(str.maketrans("“”‘’", "\"\"''"))),
    "non-breaking and wide spaces": lambda a: each(a, lambda t: "\u3000\u3000" + t.replace("。", "。\u00a0")),
    "zero-width characters, soft hyphens": lambda a: each(a, lambda t: "\u200b\ufeff".join(t) + "\u00ad"),
    "decomposed Unicode": lambda a: each(a, lambda t: unicodedata.normalize("NFD", t)),
    "furniture that is no text": lambda a: replace(
        a, kicker="专题", source="人民网", editors=("陈易",), section=("新闻",)
    ),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME.keys())
def test_what_does_not_change_what_is_said(change: Change) -> None:
    assert digest(change(ARTICLE)) == digest(ARTICLE)


DIFFERENT = [
    ("2.5亿元", "25亿元"),
    ("-5℃", "5℃"),
    ("−5℃", "5℃"),
    ("5.6%", "56%"),
    ("5m²", "5m2"),
    ("①", "1"),
    ("10—15日", "10-15日"),
    ("10~15日", "10-15日"),
    ("他说不去", "他说去"),
    ("12人", "21人"),
    ("《重庆日报》", "重庆日报"),
    ("你好！", "你好。"),
    ("坐标", "座标准"),
    ("坐位", "座位"),
    ("好像", "好象"),
    ("12 345", "12345"),
    ("½", "12"),
    ("A股", "B股"),
    ("T3", "t3"),
]


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_what_changes_what_is_said(left: str, right: str) -> None:
    assert fold(left) != fold(right)
    assert digest(replace(ARTICLE, title=left)) != digest(replace(ARTICLE, title=right))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("后來發現裡面著火了", "后来发现里面着火了"),
        ("頭髮、發現、乾燥、幹部、乾隆", "头发、发现、干燥、干部、干隆"),
        ("那里/那裏/那裡", "那里/那里/那里"),
        ("想像/想象、座標/坐标、計畫/计划", "想象/想象、坐标/坐标、计划/计划"),
        ("－５ ℃", "-5℃"),
        ("—―─ ～〜 ·‧・ …⋯", "———~~···……"),
        ("Chong qing  2024 年", "Chong qing 2024年"),
        ("G 20 峰会", "G 20峰会"),
        ("“重庆”「重慶」『重慶』", '"重庆""重庆"\'重庆\''),
        ("a\u200bb", "ab"),
        ("\ufffd", "\ufffd"),
        ("Cafe\u0301 在重庆", "Café在重庆"),
        ("cafe \u0301在重庆", "café在重庆"),
        ("重慶\U00020000、\U000e0100字", "重庆\U00020000、字"),
        ("A B\n重 庆", "A B重庆"),
        ("plain\tASCII,  in\u200b lines", "plain ASCII,in lines"),
        ("ASCII\x00 and a control", "ASCII and a control"),
    ],
)
def test_the_folded_form(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_moved_title_boundary_is_another_text() -> None:
    moved = replace(ARTICLE, title=ARTICLE.title + ARTICLE.subtitle, subtitle="")
    assert digest(moved) != digest(ARTICLE)
    assert digest(replace(ARTICLE, title="", subtitle=ARTICLE.title)) != digest(replace(ARTICLE, subtitle=""))


def test_english_paragraphs_keep_their_words_apart() -> None:
    assert fold("The Yangtze\nRiver") == fold("The Yangtze River") != fold("The YangtzeRiver")


def test_the_digest_is_pinned() -> None:
    """When this fails, the rules have changed: raise RULES, and every stored text is read again."""
    assert RULES == "c1"
    assert canonical_text(replace(ARTICLE, body=("第一段。", "第二段。"))) == (
        "渝北区:前三季度地区生产总值增长5.6%\n新增就业3.2万人\n第一段。第二段。"
    )
    assert digest(ARTICLE) == "c1:2457306a5e91d299cb37e07e0d73a1e6"
    assert content_hash("") == "c1:e3b0c44298fc1c149afbf4c8996fb924"


def test_half_a_character_has_a_digest_too() -> None:
    digest = hashlib.sha256(b"\xed\xa1\x82").hexdigest()
    assert content_hash("\ud842") == f"{RULES}:{digest[:32]}"


ANY_TEXT = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from(" 　\n\u200b后後想像a1-—“「²é\u0301")),
    max_size=60,
)


HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5, codec="gb2312"), max_size=40)


@settings(max_examples=300)
@given(ANY_TEXT)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@settings(max_examples=150)
@given(ANY_TEXT)
def test_digits_and_their_points_never_go(text: str) -> None:
    def kept(value: str) -> list[str]:
        return [char for char in value if char in "0123456789.%+²"]

    assert kept(fold(text)) == kept(fold_width(unicodedata.normalize("NFC", text)))


@settings(max_examples=60)
@given(HAN, st.sampled_from(["s2t", "s2tw", "s2hk"]))
def test_any_simplified_text_equals_its_conversions(text: str, conversion: str) -> None:
    convert = opencc.OpenCC(conversion).convert
    assert fold(convert(text)) == fold(text) == fold("".join(map(convert, text)))
