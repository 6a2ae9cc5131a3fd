"""What `storage.diff` promises: changes in reading order, readable runs, classes, weight, and a diff that patches."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.diff import Change, ChangeKind, Diff, Part, Position, compare, patch, width_fold
from storage.diff.tokens import chinese_value, meaning, tokenise
from storage.diff.weight import LOUD
from storage.records import ArticleFields, EditClass

KEPT, ADDED, REMOVED, REPLACED, MOVED = ChangeKind


def article(*body: str, title: str = "全市启动秋季植树", **fields: object) -> ArticleFields:
    return replace(ArticleFields(url="http://cq.people.com.cn/1.html", title=title, body=body), **fields)


def shown(change: Change) -> str:
    marks = {"=": "{}", "-": "[-{}-]", "+": "[+{}+]"}
    return "".join(marks[run.op].format(run.text) for run in change.runs)


def edit(old: str, new: str) -> Change:
    """Return the one change between two sentences that stand among others."""
    before, after = "山上下了一场小雨。", "游客陆续散去。"
    (change,) = compare(article(before + old + after), article(before + new + after)).changes
    return change


def summary(diff: Diff) -> list[tuple[ChangeKind, str]]:
    return [(change.kind, change.new or change.old) for change in diff.changes]


# What a reader sees inside a sentence


@pytest.mark.parametrize(
    ("old", "new", "runs"),
    [
        ("共有1352名代表参会。", "共有1873名代表参会。", "共有[-1352名-][+1873名+]代表参会。"),
        ("总投资2.5亿元。", "总投资25亿元。", "总投资[-2.5亿元-][+25亿元+]。"),
        ("最低气温-5℃。", "最低气温5℃。", "最低气温[--5℃-][+5℃+]。"),
        ("事故致十二人受伤。", "事故致二十一人受伤。", "事故致[-十二人-][+二十一人+]受伤。"),
        ("会议定于6月4日8:30召开。", "会议定于6月4日9:30召开。", "会议定于6月4日[-8:30-][+9:30+]召开。"),
        ("依据第十二条处理。", "依据第二十二条处理。", "依据[-第十二条-][+第二十二条+]处理。"),
        ("占比为百分之五。", "占比为百分之十五。", "占比为[-百分之五-][+百分之十五+]。"),
        ("使用iPhone拍摄。", "使用Android拍摄。", "使用[-iPhone-][+Android+]拍摄。"),
        ("市教委主任到会。", "市教委副主任到会。", "市教委[+副+]主任到会。"),
        ("公司不同意和解。", "公司同意和解。", "公司[-不-]同意和解。"),
        ("气氛很热烈。", "气氛很热烈，掌声经久不息。", "气氛很热烈[+，掌声经久不息+]。"),
    ],
)
def test_whole_units_change_and_the_rest_stays(old: str, new: str, runs: str) -> None:
    assert shown(edit(old, new)) == runs


def test_a_range_is_no_minus() -> None:
    assert tokenise("5-10人").texts == ["5", "-", "10人"]
    assert tokenise("零下5℃").texts == ["零下5℃"]


@pytest.mark.parametrize(
    "text", ["一些", "一起", "十分重要", "万一", "一部分人", "四川", "九龙坡", "两江新区"]
)
def test_ordinary_words_hold_no_numbers(text: str) -> None:
    assert tokenise(text).facts == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12人", "十二名"),
        ("1,352个", "1352个"),
        ("0.5亿元", "5000万元"),
        ("-5℃", "零下5℃"),
        ("百分之四十五", "45%"),
        ("8:30", "8时30分"),
        ("06月04日", "6月4日"),
        ("二〇二六年", "2026年"),
        ("今日", "今天"),
    ],
)
def test_two_ways_to_write_one_value_mean_the_same(one: str, other: str) -> None:
    assert meaning(tokenise(one).facts[0]) == meaning(tokenise(other).facts[0])


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("十", 10), ("二十一", 21), ("三千零五万", 30_050_000), ("一百零八", 108), ("两", 2)],
)
def test_chinese_numerals(numeral: str, value: int) -> None:
    assert chinese_value(numeral) == value


# Sentences: kept, edited, added, removed, moved


def test_equal_articles_do_not_differ() -> None:
    same = article("山上下了一场小雨。游客陆续散去。")
    assert compare(same, same) == Diff(compare(same, same).segments, (), 0)
    assert [segment.kind for segment in compare(same, same).segments] == [KEPT] * 3


def test_changes_stand_in_reading_order_with_their_places() -> None:
    old = article("甲村通了公路。乙村修了水渠。", "丙村建起学校。丁村种上果树。")
    new = article("甲村通了公路。戊村开了商店。乙村修了水渠。", "丁村种上果树。")
    diff = compare(old, new)
    assert summary(diff) == [(ADDED, "戊村开了商店。"), (REMOVED, "丙村建起学校。")]
    added, removed = diff.changes
    assert (added.old_at, added.new_at) == (None, Position(0, 1))
    assert (removed.old_at, removed.new_at) == (Position(1, 2), None)


def test_a_moved_sentence_is_neither_removed_nor_added() -> None:
    old = article("雨从清晨下到傍晚。", "江水涨了半米。", "船只全部靠岸。")
    new = article("船只全部靠岸。", "雨从清晨下到傍晚。", "江水涨了半米。")
    diff = compare(old, new)
    assert summary(diff) == [(MOVED, "船只全部靠岸。")]
    assert diff.classes == (EditClass.MOVED,)


def test_a_sentence_moved_and_edited_is_both() -> None:
    old = article("合作社今年种植柑橘三百亩。", "雨从清晨下到傍晚。", "江水涨了半米。")
    new = article("雨从清晨下到傍晚。", "江水涨了半米。", "合作社今年种植柑橘五百亩。")
    (change,) = compare(old, new).changes
    assert change.kind is REPLACED
    assert set(change.classes) == {EditClass.MOVED, EditClass.NUMBER}


def test_one_sentence_cut_in_two_is_a_change_of_punctuation() -> None:
    old = article("桥面已经铺好，路灯也全部亮起。")
    new = article("桥面已经铺好。路灯也全部亮起。")
    (change,) = compare(old, new).changes
    assert change.classes == (EditClass.FORMAT,)


def test_the_order_of_like_sentences_is_kept_when_pairing() -> None:
    old = article("渝北区新增企业120家。江北区新增企业80家。")
    new = article("渝北区新增企业121家。江北区新增企业81家。")
    assert [shown(change) for change in compare(old, new).changes] == [
        "渝北区新增企业[-120家-][+121家+]。",
        "江北区新增企业[-80家-][+81家+]。",
    ]


@pytest.mark.parametrize(
    "body",
    [
        ("桥面已经铺好。路灯也全部亮起。", "市民可以步行过江。"),
        ("桥面已经铺好。路灯也全部亮起。市民可以步", "行过江。"),
        ("　　桥面已经铺好。", " ", "路灯也全部亮起。 ", "市民可以步行过江。\u200b"),
        ("桥面已经铺好。路灯也\u00ad全部亮起。市民可以步行过江。",),
    ],
)
def test_reflow_and_spacing_are_no_change(body: tuple[str, ...]) -> None:
    old = article("桥面已经铺好。路灯也全部亮起。市民可以步行过江。")
    diff = compare(old, article(*body))
    assert (diff.changes, diff.classes, diff.weight) == ((), (), 0)
    assert patch(old, diff).body == body


def test_the_fold_decides_what_is_the_same() -> None:
    old, new = article("車站人很多。"), article("车站人很多。")
    assert compare(old, new).changes
    assert not compare(old, new, fold=lambda text: width_fold(text.replace("車", "车"))).changes


def test_runs_show_the_exact_text_whatever_the_fold() -> None:
    (change,) = compare(article("共有 １２ 人参加。"), article("共有 ２１ 人参加。")).changes
    assert shown(change) == "共有 [-１２ 人-][+２１ 人+]参加。"


def test_a_difference_that_only_the_whole_fold_sees_is_shown_as_a_whole() -> None:
    def fold(text: str) -> str:  # not one to one, and a lone space is nothing
        return text.strip().replace("ß", "ss")

    (change,) = compare(article("ß 1"), article("ß1"), fold=fold).changes
    assert shown(change) == "[-ß 1-][+ß1+]"


# Titles and credits


def test_a_title_counts_as_headline_with_what_changed_in_it() -> None:
    diff = compare(article(title="十二人获奖"), article(title="二十一人获奖"))
    assert [(c.where, set(c.classes)) for c in diff.changes] == [
        (Part.TITLE, {EditClass.HEADLINE, EditClass.NUMBER})
    ]


def test_credits_are_attribution() -> None:
    old = article("雨停了。", source="人民网-重庆频道", editors=("张明", "李华"))
    new = article("雨停了。", source="重庆日报", editors=("张明", "王芳"))
    diff = compare(old, new)
    assert [change.where for change in diff.changes] == [Part.SOURCE, Part.EDITORS]
    assert diff.classes == (EditClass.ATTRIBUTION,)


# Classes: the labelled set in tests/quality measures them; here stands what must never break


@pytest.mark.parametrize(
    ("old", "new", "classes"),
    [
        ("李某涉嫌诈骗被刑拘。", "李某诈骗被刑拘。", {EditClass.NEGATION}),
        ("渝北区举行演练。", "渝中区举行演练。", {EditClass.DATE_OR_PLACE}),
        ("昨日活动开幕。", "今日活动开幕。", {EditClass.DATE_OR_PLACE}),
        ("昨日活动开幕。", "昨天活动开幕。", {EditClass.WORDING}),
        ("他说：“我们会坚守。”", "他说：“我们会坚持。”", {EditClass.QUOTATION}),
        ("（记者 周凯）", "（记者 王芳）", {EditClass.ATTRIBUTION}),
        ("活动举行，大家参加。", "活动举行、大家参加。", {EditClass.FORMAT}),
        ("这里已经通车。", "这里已通车。", {EditClass.WORDING}),
        ("产量不断提高。", "产量持续提高。", {EditClass.WORDING}),
        ("由第一中级法院审理。", "由第五中级法院审理。", {EditClass.NAME_OR_TITLE}),
    ],
)
def test_classes(old: str, new: str, classes: set[EditClass]) -> None:
    assert set(edit(old, new).classes) == classes


def test_a_quotation_reaches_over_several_sentences() -> None:
    old = article("他说：“雨很大。我们守了一夜。天亮才走。”")
    new = article("他说：“雨很大。我们守了整夜。天亮才走。”")
    assert compare(old, new).classes == (EditClass.QUOTATION,)


# Weight


def test_weights_rank_edits_as_readers_do() -> None:
    def weight(old: str, new: str) -> int:
        return compare(article(old), article(new)).weight

    comma = weight("活动举行，大家参加。", "活动举行、大家参加。")
    wording = weight("大家纷纷点赞。", "大家纷纷称赞。")
    number = weight("造成12人受伤。", "造成21人受伤。")
    both = weight("造成12人受伤，李某涉嫌放火。", "造成21人受伤，李某放火。")
    assert 0 < comma <= 3 < wording < 20 <= number < both <= 100


def test_a_fact_in_the_title_weighs_more_than_in_the_body() -> None:
    body = compare(article("造成12人受伤。"), article("造成21人受伤。")).weight
    title = compare(article(title="事故造成12人受伤"), article(title="事故造成21人受伤")).weight
    assert title >= body + 15


def test_an_added_sentence_weighs_more_when_it_states_a_number_or_a_denial() -> None:
    old = article("雨停了。")
    plain, number, denial = (
        compare(old, article(f"雨停了。{more}")).weight for more in ("山色青翠。", "三人受伤。", "路未恢复。")
    )
    assert plain < 20 <= min(number, denial)


# Live pages

LIVE = ("10:30 水位涨到警戒线。", "09:15 雨势加大。", "08:00 气象台发布预警。")


def test_a_live_page_that_only_grows_is_quiet() -> None:
    new = article("11:00 三个村的群众已经转移。", *LIVE)
    diff = compare(article(*LIVE), new)
    assert (diff.live_growth, diff.classes) == (True, (EditClass.ADDED,))
    assert diff.weight < 10
    assert not compare(article("雨停了。"), article("三人受伤。", "雨停了。")).live_growth


def test_an_old_entry_edited_on_a_live_page_is_loud_though_it_grew_as_well() -> None:
    new = article("11:00 三个村的群众已经转移。", LIVE[0], "09:15 雨势减小。", LIVE[2])
    diff = compare(article(*LIVE), new)
    assert not diff.live_growth
    assert diff.weight >= 40


def test_an_old_entry_only_typeset_anew_on_a_live_page_is_not_loud() -> None:
    new = article("11:00 三个村的群众已经转移。", LIVE[0], "09:15 雨势加大！", LIVE[2])
    diff = compare(article(*LIVE), new)
    assert (diff.live_growth, diff.classes) == (False, (EditClass.ADDED, EditClass.FORMAT))
    assert diff.weight < LOUD


# Groups for reading


def test_hunks_come_with_their_context() -> None:
    sentences = [f"{name}村通了公路。" for name in "甲乙丙丁戊己庚辛"]
    new = [*sentences]
    new[1] = "乙村没有通公路。"
    new[6] = "庚村没有通公路。"
    groups = [
        [segment.new for segment in group]
        for group in compare(article("".join(sentences)), article("".join(new))).hunks(context=1)
    ]
    assert groups == [new[0:3], new[5:8]]


def test_a_group_begins_with_its_own_first_change_whatever_came_before() -> None:
    sentences = [f"{name}村通了公路。" for name in "甲乙丙丁戊己庚辛壬癸"]
    edited = [*sentences]
    for at in (0, 5, 7):
        edited[at] = sentences[at].replace("通了", "没通")
    groups = compare(article("".join(sentences)), article("".join(edited))).hunks(context=1)
    assert [[segment.new for segment in group] for group in groups] == [edited[:2], edited[4:9]]


def test_hunks_near_each_other_are_one_group() -> None:
    old = article("甲村通了公路。乙村通了公路。丙村通了公路。丁村通了公路。")
    new = article("甲村没通公路。乙村通了公路。丙村通了公路。丁村没通公路。")
    (group,) = compare(old, new).hunks(context=1)
    assert len(group) == 4


# A diff holds all of the new text

SENTENCES = st.sampled_from(
    [
        "雨停了。",
        "共有12人参加，",
        "他说：“今天很好。”",
        "江水涨了２．５米！",
        "小标题",
        " \u3000",
        "\u200b",
        "New York is far. ",
        "（记者 周凯）",
        "“这是开头",
        "结尾”",
        '"直引号"',
        "……",
    ]
)
TEXTS = st.one_of(SENTENCES, st.text('雨停了不12人，。“”"！ \u3000\u200b:-.亿元aB', min_size=1, max_size=12))
PARAGRAPHS = st.lists(TEXTS, min_size=1, max_size=5).map("".join)
BODIES = st.lists(PARAGRAPHS, max_size=6).filter(lambda body: not body or any(width_fold(p) for p in body))


@settings(max_examples=300)
@given(old=BODIES, new=BODIES, title=PARAGRAPHS)
def test_patching_the_old_with_the_diff_gives_the_new(old: list[str], new: list[str], title: str) -> None:
    a = article(*old)
    b = article(*new, title=title, editors=("张明", "李华"), subtitle="副题")
    assert patch(a, compare(a, b)) == b


@settings(max_examples=200)
@given(old=BODIES, new=BODIES)
def test_runs_tell_both_texts(old: list[str], new: list[str]) -> None:
    diff = compare(article(*old), article(*new))
    for change in diff.segments:
        assert "".join(run.text for run in change.runs if run.op != "-") == change.new
        told = "".join(run.text for run in change.runs if run.op != "+")
        assert width_fold(told) == width_fold(change.old)
        assert all(run.text for run in change.runs)
        assert bool(change.classes) == (change.kind is not KEPT)


@settings(max_examples=200)
@given(body=BODIES, other=BODIES)
def test_nothing_differs_exactly_when_the_folded_texts_are_equal(body: list[str], other: list[str]) -> None:
    diff = compare(article(*body), article(*other))
    assert bool(diff.changes) == (width_fold("".join(body)) != width_fold("".join(other)))
    assert (diff.weight > 0) == bool(diff.changes)
