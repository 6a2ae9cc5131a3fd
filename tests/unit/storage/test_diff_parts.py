"""The parts of `storage.diff`, each by a table: numbers and dates, names, what qualifies, credits, pairing, weight."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.diff import Part, compare
from storage.diff.align import _best_chain
from storage.diff.entities import EntityKind, entities_of
from storage.diff.fold import folded, width_fold
from storage.diff.marks import attribution_spans, denies, in_quotation, qualifiers, quoted_spans
from storage.diff.model import PARAGRAPH_BREAK, Change, ChangeKind, Run
from storage.diff.sentences import split_body, split_paragraph, to_paragraphs
from storage.diff.tokens import chinese_value, meaning, tokenise
from storage.diff.weight import WEIGHTS, growth, is_live, weigh
from storage.diff.words import words_of
from storage.records import ArticleFields, EditClass

PERSON, POST, BODY, PLACE = EntityKind
BY_KIND = {kind.value: kind for kind in EntityKind}


def article(*body: str, title: str = "全市启动秋季植树") -> ArticleFields:
    return ArticleFields(url="http://cq.people.com.cn/1.html", title=title, body=body)


# Numbers and dates


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("百分之五点三", "5.3%"),
        ("百分之零点五", "0.5%"),
        ("百分之一百", "100%"),
        ("第十二条", "第12条"),
        ("5余万人", "50000余人"),
        ("五万余元", "50000余元"),
        ("100多个", "100余个"),
        ("1.5公里", "1500米"),
        ("0.50亿", "50000000"),
        ("007名", "7人"),
        ("0人", "0人"),
        ("3.0", "3"),
        ("20", "20"),
        ("+5℃", "5℃"),
        ("±5℃", "±5℃"),
        ("零下十度", "-10℃"),
        ("3千米", "3000米"),
        ("3公里", "3000米"),
        ("2.5万公斤", "25000000克"),
        ("3平方公里", "3平方公里"),
        ("三分之一", "3分之一"),
        ("二十大", "20大"),
        ("八点半", "8时半"),
        ("2026-06-04", "2026-6-4"),
        ("06月04日", "6月4日"),
        ("六月四号", "6月4日"),
        ("8:30:15", "8:30:15"),
        ("星期三", "周三"),
        ("礼拜三", "周三"),
        ("近期", "近日"),
        ("翌日", "次日"),
        ("上午", "上午"),
    ],
)
def test_what_a_number_or_date_says(text: str, says: str) -> None:
    (fact,) = tokenise(text).facts
    assert (fact.start, fact.end, fact.text, meaning(fact)) == (0, len(text), text, says)


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("〇", 0),
        ("两百", 200),
        ("百", 100),
        ("一千零一", 1001),
        ("十万", 100_000),
        ("万", 10_000),
        ("二百三十四亿五千", 23_400_005_000),
        ("一亿零三万", 100_030_000),
        ("一亿二千万", 120_000_000),
        ("三万亿零五万", 3_000_000_050_000),
        ("一万三千亿", 1_300_000_000_000),
        ("一万万", 100_000_000),
        ("二〇二六", 2026),
        ("二十五", 25),
    ],
)
def test_the_value_of_a_numeral(numeral: str, value: int) -> None:
    assert chinese_value(numeral) == value


@given(st.text("雨停第十二条3.5万元A-b '日月年时分点几百零下五% ", max_size=30))
def test_tokens_stand_one_after_another_and_are_the_text(text: str) -> None:
    tokens = tokenise(text)
    borders = list(zip(tokens.starts, tokens.starts[1:], strict=False))
    assert [text[start:end] for start, end in borders] == tokens.texts
    assert tokens.starts[0] == 0
    assert tokens.starts[-1] == len(text)
    assert all(text[fact.start : fact.end] == fact.text for fact in tokens.facts)


# Who and where


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("市长李建国主持会议。", {"post 市长", "person 李建国"}),
        ("原副部长到会。", {"post 原副部长"}),
        ("王某某被拘。", {"person 王某某"}),
        ("王某些许得意。", set()),
        ("张女士到场。", {"person 张女士"}),
        ("阿里·买买提。", {"person 阿里·买买提"}),
        ("李建国等三人到会。", {"person 李建国"}),
        ("教师秦岚到场。", {"person 秦岚"}),
        ("在渝北区龙溪街道办事。", {"place 渝北区", "place 龙溪街道"}),
        ("北碚区静观镇", {"place 北碚区", "place 静观镇"}),
        ("这条街道很宽。", set()),
        ("由第三人民医院救治。", {"body 第三人民医院"}),
        ("重庆市公安局通报。", {"body 重庆市公安局"}),
        ("这家公司破产。", set()),
        ("渝北区李建国到会。", {"place 渝北区", "person 李建国"}),
        ("渝北区城市管理局发文。", {"body 渝北区城市管理局", "place 渝北区"}),
    ],
)
def test_who_and_where_is_named(text: str, named: set[str]) -> None:
    found = entities_of(text, words_of(text), 0, len(text))
    assert {f"{entity.kind} {entity.text}" for entity in found} == named
    assert all(text[entity.start : entity.end] == entity.text for entity in found)


def test_names_are_sought_near_the_place_that_changed() -> None:
    text = "市长李建国主持会议，" + "雨下了一整天，" * 8 + "局长王芳讲话。"
    at_the_end = entities_of(text, words_of(text), len(text) - 3, len(text))
    assert {entity.text for entity in at_the_end} == {"局长", "王芳"}


# What denies and qualifies


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("公司不同意", [("不", "不")]),
        ("两地不同", []),
        ("他不约而同", []),
        ("尚未通车", [("尚未", "未")]),
        ("没有通车", [("没有", "未")]),
        ("拟于六月开工", [("拟", "拟")]),
        ("模拟考试", []),
        ("也许下雨", [("也许", "可能")]),
        ("涉嫌诈骗", [("涉嫌", "涉嫌")]),
        ("将于明日开幕", [("将", "将")]),
        ("将领到场", []),
        ("约有三人", [("约", "约")]),
        ("约定时间", []),
    ],
)
def test_the_words_that_deny_or_qualify(text: str, found: list[tuple[str, str]]) -> None:
    marks = list(qualifiers(text, words_of(text)))
    assert [(text[start:end], says) for start, end, says in marks] == found


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("路未恢复", True),
        ("没有人受伤", True),
        ("山色青翠", False),
        ("公司不同意", True),
        ("两地口味不同", False),
        ("听取不同意见", False),
    ],
)
def test_a_denial_is_known(text: str, holds: bool) -> None:
    assert denies(text) is holds


# Credits and quotations


@pytest.mark.parametrize(
    ("text", "credits"),
    [
        ("据介绍，雨停了。", ["据介绍"]),
        ("据悉雨停了。", ["据悉"]),
        ("新华社重庆11月2日电（记者 周凯）雨停了。", ["新华社重庆11月2日电（记者 周凯）"]),
        ("雨停了。（记者 周凯）", ["（记者 周凯）"]),
        ("记者从市政府获悉，雨停了。", ["记者从市政府获悉"]),
        ("责任编辑：陈易", ["责任编辑：陈易"]),
        ("图片来源：市气象台", ["图片来源：市气象台"]),
        ("雨停了。", []),
    ],
)
def test_what_credits_a_source(text: str, credits: list[str]) -> None:
    assert [text[start:end].rstrip("，") for start, end in attribution_spans(text)] == credits


@pytest.mark.parametrize(
    ("text", "open_before", "inside", "open_after"),
    [
        ("他说：“雨停了。”她说：“走。”", False, ["雨停了。", "走。"], False),
        ("雨停了。”他说。", True, ["雨停了。"], False),
        ("他说：“雨停了。", False, ["雨停了。"], True),
        ("雨停了。", True, ["雨停了。"], True),
        ("雨停了。", False, [], False),
        ('他说:"走。"', False, ["走。"], False),
        ('走。"他说。', True, ["走。"], False),
        ("「走」", False, ["走"], False),
    ],
)
def test_what_is_quoted(text: str, open_before: bool, inside: list[str], open_after: bool) -> None:
    assert [text[start:end] for start, end in quoted_spans(text, open_before)] == inside
    assert in_quotation(text, open_before) is open_after


# Classes of an edit


@pytest.mark.parametrize(
    ("old", "new", "classes"),
    [
        ("山上，下了雨。", "山上下了雨。", (EditClass.FORMAT,)),  # signs alone, on one side
        (
            "造成了12人受伤。",
            "造成21人受伤。",
            (EditClass.NUMBER,),
        ),  # a particle beside a fact is no rewording
        ("有12人受伤，李某涉嫌放火。", "有21人受伤，李某放火。", (EditClass.NUMBER, EditClass.NEGATION)),
    ],
)
def test_classes_stand_in_their_own_order(old: str, new: str, classes: tuple[EditClass, ...]) -> None:
    assert compare(article(old), article(new)).classes == classes


# Sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("雨停了。路通了。", ["雨停了。", "路通了。"]),
        ("雨停了！？　路通了", ["雨停了！？　", "路通了"]),
        ("他说：“雨停了。”路通了。", ["他说：“雨停了。”", "路通了。"]),
        ('他说："雨停了。"路通了。', ['他说："雨停了。"', "路通了。"]),
        ('雨停了。"路通了。"他说。', ["雨停了。", '"路通了。"', "他说。"]),
        ("（雨停了。）路通了", ["（雨停了。）", "路通了"]),
        ("小标题", ["小标题"]),
    ],
)
def test_where_sentences_end(text: str, sentences: list[str]) -> None:
    assert [sentence for sentence, _ in split_paragraph(text)] == sentences


@pytest.mark.parametrize("quote", ["“{}”", "「{}」", '"{}"'])
def test_a_sentence_knows_whether_it_starts_inside_a_quotation(quote: str) -> None:
    text = quote.format("雨停了。路通了。走") + "。他笑了。"
    assert [inside for _, inside in split_paragraph(text)] == [False, True, True, False]


def test_blank_paragraphs_cling_to_a_sentence_and_come_back_where_they_were() -> None:
    body = ("　", "", "雨停了。路通了。", " ", "天晴了。", "\u200b")
    sentences = split_body(body)
    assert [(s.paragraph, s.number) for s in sentences] == [(0, 0), (2, 1), (4, 2)]
    assert sentences[0].text == PARAGRAPH_BREAK.join(("　", "", "雨停了。"))
    assert to_paragraphs((s.paragraph, s.text) for s in sentences) == body


# Pairing: the chain of pairs that do not cross

SCORES = st.integers(55, 100).map(float)
CANDIDATES = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), SCORES, max_size=9)


@settings(max_examples=300)
@given(CANDIDATES)
def test_the_pairs_chosen_do_not_cross_and_no_others_score_more(
    scores: dict[tuple[int, int], float],
) -> None:
    def crosses(pairs: tuple[tuple[int, int], ...]) -> bool:
        return any(a >= c or b >= d for (a, b), (c, d) in zip(sorted(pairs), sorted(pairs)[1:], strict=False))

    def total(pairs: object) -> float:
        return sum(scores[pair] for pair in pairs)  # type: ignore[attr-defined]

    chosen = _best_chain([(a, b, score) for (a, b), score in sorted(scores.items())])
    every = (some for size in range(len(scores) + 1) for some in combinations(scores, size))
    assert not crosses(tuple(chosen))
    assert total(chosen) == max(total(some) for some in every if not crosses(some))


# Folds that keep some white space


def spaces_kept(text: str) -> str:
    """Keep one space between two letters, and no other."""
    words = width_fold(text.replace(" ", "\0x\0").replace("\0x\0", "~"))
    return words.replace("~", " ").strip() if words.isascii() else words.replace("~", "")


def test_a_fold_that_keeps_spaces_tells_where_each_character_came_from() -> None:
    kept = folded("a\u200b b", spaces_kept)
    assert kept.key == "a b"
    assert [kept.exact(at, at + 1) for at in range(3)] == ["a", "\u200b ", "b"]


def test_a_fold_that_is_not_one_to_one_is_followed_character_by_character() -> None:
    longer = folded("aßb", lambda text: text.replace("ß", "ss"))
    assert (longer.key, longer.origin) == ("assb", [0, 1, 1, 2])
    assert (longer.exact(0, 1), longer.exact(1, 3), longer.exact(3, 4)) == ("a", "ß", "b")


# Weight


def change(*classes: EditClass, where: Part = Part.BODY, kind: ChangeKind = ChangeKind.REPLACED) -> Change:
    return Change(kind, where, "雨停了", "雪停了", None, None, (Run("+", "雪停了"),), classes)


@pytest.mark.parametrize("edit", EditClass)
def test_one_change_weighs_what_its_class_does(edit: EditClass) -> None:
    assert weigh([change(edit)]) == WEIGHTS[edit]


def test_nothing_weighs_nothing() -> None:
    assert weigh([]) == 0


@pytest.mark.parametrize(
    ("changes", "weight"),
    [
        ([change(EditClass.NUMBER)] * 2, 32),  # 25 and three tenths of 25
        ([change(EditClass.NUMBER), change(EditClass.NEGATION)], 48),  # 1 - 0.75 * 0.70
        ([change(EditClass.FORMAT)] * 50, 3),
        ([change(EditClass.MOVED)] * 50, 10),
        ([change(EditClass.WORDING)] * 50, 19),
        ([change(EditClass.NUMBER)] * 50, 90),
        ([change(EditClass.HEADLINE, where=Part.TITLE)], 20),
        ([change(EditClass.HEADLINE, EditClass.NEGATION, where=Part.TITLE)], 48),  # 1 - 0.74 * 0.70
        ([change(EditClass.HEADLINE, EditClass.NEGATION, where=Part.KICKER)], 44),  # 1 - 0.80 * 0.70
    ],
)
def test_changes_add_up_without_ever_reaching_a_hundred(changes: list[Change], weight: int) -> None:
    assert weigh(changes) == weight


@pytest.mark.parametrize(
    ("said", "edit", "weight"),
    [("三人受伤。", "+", 20), ("路未恢复。", "+", 20), ("三人受伤。", "-", 28), ("山色青翠。", "-", 20)],
)
def test_a_statement_added_or_removed_weighs_more_for_what_it_states(
    said: str, edit: str, weight: int
) -> None:
    added = Change(ChangeKind.ADDED, Part.BODY, "", said, None, None, (Run("+", said),), (EditClass.ADDED,))
    removed = Change(
        ChangeKind.REMOVED, Part.BODY, said, "", None, None, (Run("-", said),), (EditClass.REMOVED,)
    )
    assert weigh([added if edit == "+" else removed]) == weight


# Live pages


@pytest.mark.parametrize(
    ("title", "body", "live"),
    [
        ("暴雨（滚动更新）", (), True),
        ("暴雨", ("10:30 雨大。", "【09:15】雨大。", "8时 雨大。"), True),
        ("暴雨", ("11月2日10:30 雨大。", "（2026年11月2日 9:15）雨大。", "8时20分，雨大。"), True),
        ("暴雨", ("10:30 雨大。", "09:15 雨大。", "雨停了。"), False),
        ("暴雨", ("雨在10:30下大。",) * 5, False),
    ],
)
def test_a_page_that_grows_says_so_or_has_times(title: str, body: tuple[str, ...], live: bool) -> None:
    assert is_live(title, body) is live


LEAD = "暴雨持续，各地转移群众。"
OLD = ("10:30 水位上涨。", "09:15 雨势加大。", "08:00 发布预警。")


@pytest.mark.parametrize(
    ("new", "grown"),
    [
        ((LEAD, "11:00 道路封闭。群众转移。", *OLD), ["11:00 道路封闭。", "群众转移。"]),  # below the lead
        ((LEAD, *OLD, "全部结束。"), ["全部结束。"]),
        (("11:00 道路封闭。", LEAD, *OLD), ["11:00 道路封闭。"]),
        ((LEAD, "群众转移。", *OLD), []),  # no time: it belongs to the lead
        ((LEAD, *OLD[:2], "09:00 道路封闭。", OLD[2]), []),  # among the old entries
    ],
)
def test_what_a_live_page_gained_at_its_open_end(new: tuple[str, ...], grown: list[str]) -> None:
    segments = compare(article(LEAD, *OLD), article(*new)).segments
    assert [entry.new for entry in growth(segments)] == grown


def test_a_body_without_an_old_sentence_did_not_grow() -> None:
    assert growth(compare(article(), article("10:30 雨大。")).segments) == []
