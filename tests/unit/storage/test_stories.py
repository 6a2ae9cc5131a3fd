"""Stories: which texts are one story, what a republication is called, and how an index finds it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.stories import (
    COMMON,
    Candidate,
    Label,
    Text,
    assign,
    cut_and_added,
    new_keys,
    rank,
    read_text,
    relate,
    signature,
    week_of,
)
from storage.stories.keys import CANDIDATES, FEWEST, GRAM, MOST
from storage.stories.text import MOST_COMPARED, MOST_KEPT, letters

LEAD = "记者从渝北区交通局获悉，连接龙溪街道与回兴街道的同茂大桥将于11月28日上午十点通车。"
BODY = (
    "大桥全长1.8公里，双向六车道，设计时速60公里，总投资12.6亿元。",
    "项目负责人周明远介绍，大桥主塔高142米，施工中动用工人860名，用钢2.3万吨。",
    "家住龙溪街道的退休教师何素芬每周过江看孙子，原来要换乘两趟公交，通车后走路只要25分钟。",
    "她说：“年轻时盼这座桥，盼了三十多年，总算盼来了。”",
    "通车首月，617路和888路公交将改经大桥，沿线新设站点6处，早高峰发车间隔缩短到4分钟。",
    "交巡警提醒，桥面限速每小时60公里，货车须走外侧车道，电动自行车不得驶入机动车道。",
)
LOCAL = (
    "江北区的居民同样受益，观音桥商圈到大桥引道的车程不超过一刻钟。",
    "江北区城管局已在引道旁移栽黄葛树90株，年底前还要建成一处滨江口袋公园。",
    "记者昨日在观音桥看到，几家餐馆贴出了“过桥顾客九折”的告示。",
)
BRIDGE = "同茂大桥28日通车 渝北江北半小时生活圈成形"


def canonical(title: str, *body: str) -> str:
    return f"{title}\n\n{''.join(body)}"


def notice(day: str, district: str, numbers: tuple[str, ...], boss: str) -> str:
    """A weather notice: the words are always the same."""
    low, high, wind, wet = numbers
    return canonical(
        f"{district}气象台发布天气预报",
        f"{district}气象台{day}十六时发布：预计今天夜间到明天白天，全区多云，气温{low}到{high}℃，偏北风{wind}级。",
        f"明天相对湿度{wet}%。气象专家提醒，近期昼夜温差较大，市民出门应适时增减衣物，老人和儿童尤其要注意保暖。",
        "驾车出行请保持车距，遇有雾气的路段要打开雾灯，减速慢行，切勿在隧道口附近随意变道。",
        f"以上预报由值班首席{boss}签发，气象台将根据最新资料滚动更新，请市民通过官方渠道及时查询。",
    )


ORIGINAL = canonical(BRIDGE, LEAD, *BODY)
WEATHER = notice("11月23日", "渝北区", ("9", "15", "3", "72"), "周明远")
CASES = {
    "the same text": (ORIGINAL, ORIGINAL, Label.COPY),
    "another headline and a dateline": (
        ORIGINAL,
        canonical("盼了三十年 同茂大桥要通车了", "本报讯（记者黄晓）" + LEAD, *BODY),
        Label.COPY,
    ),
    "paragraphs in another order": (ORIGINAL, canonical(BRIDGE, LEAD, *reversed(BODY)), Label.COPY),
    "a word changed for its like": (
        ORIGINAL,
        ORIGINAL.replace("介绍", "说").replace("提醒", "提示"),
        Label.COPY,
    ),
    "a number corrected": (ORIGINAL, ORIGINAL.replace("12.6亿", "12.9亿"), Label.COPY),
    "lead and two paragraphs": (ORIGINAL, canonical(BRIDGE, LEAD, *BODY[:2]), Label.ABRIDGED),
    "local paragraphs added": (ORIGINAL, canonical(BRIDGE, LEAD, *BODY, *LOCAL), Label.EXTENDED),
    "local paragraphs for others": (ORIGINAL, canonical(BRIDGE, LEAD, *BODY[:4], *LOCAL[:2]), Label.COPY),
    "the notice of the next day": (
        WEATHER,
        notice("11月24日", "渝北区", ("7", "13", "2", "80"), "周明远"),
        Label.SAME_TEMPLATE,
    ),
    "the notice of another district on the same day": (
        WEATHER,
        notice("11月23日", "巫山县", ("4", "11", "2", "65"), "陈小雨"),
        Label.SAME_TEMPLATE,
    ),
    "a notice copied": (WEATHER, WEATHER.replace("天气预报", "最新预报", 1), Label.COPY),
    "nothing in common": (ORIGINAL, WEATHER, Label.UNRELATED),
    "one sentence in common": (ORIGINAL, canonical("江北新事", *LOCAL, BODY[5]), Label.UNRELATED),
    "two captions": (
        canonical("重庆夜景", "市民在江边散步。"),
        canonical("重庆夜景", "市民在桥上散步。"),
        Label.UNRELATED,
    ),
    "a caption copied": (
        canonical("重庆夜景", "市民在江边散步。"),
        canonical("重庆夜景", "市民在江边散步。"),
        Label.COPY,
    ),
    "no text at all": ("\n\n", "\n\n", Label.UNRELATED),
}


@pytest.mark.parametrize("name", CASES)
def test_what_the_later_text_is_to_the_first(name: str) -> None:
    first, later, label = CASES[name]
    assert relate(Text(first), Text(later)).label is label


@pytest.mark.parametrize("name", CASES)
def test_who_came_first_decides_the_label_and_not_whether_they_are_one_story(name: str) -> None:
    first, later, _ = CASES[name]
    there, back = relate(Text(first), Text(later)), relate(Text(later), Text(first))
    assert there.same_story is back.same_story
    assert (there.jaccard, there.containment) == (back.jaccard, back.containment)
    turned = {Label.ABRIDGED: Label.EXTENDED, Label.EXTENDED: Label.ABRIDGED}
    assert back.label is turned.get(there.label, there.label)


def test_a_relation_measures_what_was_kept() -> None:
    short = relate(Text(ORIGINAL), Text(canonical(BRIDGE, LEAD, *BODY[:2])))
    assert short.containment > 0.95
    assert 0.3 < short.kept < 0.6
    assert short.kept == pytest.approx(short.jaccard, abs=0.02)


def test_a_relation_shows_the_numbers_and_names_that_differ() -> None:
    found = relate(Text(ORIGINAL), Text(ORIGINAL.replace("142米", "145米"))).conflicts
    assert [(conflict.slot, conflict.first, conflict.later) for conflict in found] == [
        ("◇主塔高◇米施", ("142",), ("145",))
    ]


def test_a_day_weighs_more_than_another_number() -> None:
    numbers = ("9", "15", "3", "72")
    other_day = notice("11月24日", "渝北区", numbers, "周明远")
    other_wind = notice("11月23日", "渝北区", ("9", "15", "2", "72"), "周明远")
    assert relate(Text(WEATHER), Text(other_day)).label is Label.SAME_TEMPLATE
    assert relate(Text(WEATHER), Text(other_wind)).label is Label.COPY


# -- assign


def test_an_article_joins_the_story_of_the_nearest_member() -> None:
    cut = canonical(BRIDGE, LEAD, *BODY[:3])
    candidates = [Candidate(1, 1, Text(ORIGINAL)), Candidate(4, 1, Text(cut)), Candidate(2, 2, Text(WEATHER))]
    match = assign(Text(cut.replace("介绍", "说")), candidates)
    assert match is not None
    assert (match.story, match.article, match.relation.label) == (1, 4, Label.COPY)


def test_of_two_stories_with_the_same_text_the_older_is_joined() -> None:
    match = assign(Text(ORIGINAL), [Candidate(9, 9, Text(ORIGINAL)), Candidate(3, 3, Text(ORIGINAL))])
    assert match is not None
    assert match.story == 3


def test_an_article_without_a_like_begins_a_story() -> None:
    tomorrow = notice("11月24日", "渝北区", ("7", "13", "2", "80"), "周明远")
    assert assign(Text(tomorrow), [Candidate(1, 1, Text(WEATHER)), Candidate(2, 2, Text(ORIGINAL))]) is None
    assert assign(Text(tomorrow), []) is None


# -- what was cut and added


def test_cut_and_added_sentences_stand_as_printed_and_moved_ones_are_neither() -> None:
    found = cut_and_added((LEAD, *BODY), (LEAD, BODY[2], LOCAL[0] + BODY[0], BODY[1].replace("介绍", "说")))
    assert found.cut == (BODY[3], BODY[4], BODY[5])
    assert found.added == (LOCAL[0],)


def test_a_text_cuts_nothing_from_itself_and_everything_from_another() -> None:
    assert cut_and_added(BODY, BODY) == cut_and_added((), ())
    assert cut_and_added(BODY, ()).cut == BODY
    assert cut_and_added((), LOCAL).added == LOCAL


# -- signatures


def test_keys_are_the_same_for_ever() -> None:
    """Stored keys are compared with those of later releases: another result needs a migration."""
    assert signature(canonical("同茂大桥通车", LEAD))[:4] == (8701583, 150938252, 261629048, 305352980)
    assert signature("\n\n") == (0,)


def test_punctuation_and_space_do_not_count() -> None:
    assert signature("渝北区，同茂大桥\n\n11月28日 通车！") == signature("渝北区同茂大桥11月28日通车")


TEXTS = st.text(alphabet=st.sampled_from("大桥通车新年山水人民日月0123456789，。"), max_size=400)


@settings(max_examples=60)
@given(TEXTS, TEXTS)
def test_a_part_keeps_every_key_of_the_whole_that_it_can_have(part: str, rest: str) -> None:
    plain = letters(part)
    own = {key for at in range(len(plain) - GRAM + 1) for key in signature(plain[at : at + GRAM])}
    assert set(signature(part + rest)) & own <= set(signature(part))


@settings(max_examples=60)
@given(TEXTS)
def test_keys_are_few_ascending_and_fit_an_integer_column(text: str) -> None:
    keys = signature(text)
    assert list(keys) == sorted(set(keys))
    assert 1 <= len(keys) <= max(FEWEST, min(MOST, len(text)))
    assert 0 <= keys[0] <= keys[-1] < 2**32


def test_an_abridgement_of_a_long_text_is_found() -> None:
    long = "".join(
        f"{place}的第{number}座桥在{number * 7}天里修好，" for number, place in enumerate("渝川黔滇" * 90)
    )
    common = set(signature(long)) & set(signature(long[: len(long) // 10]))
    assert len(common) >= 3


# -- the index


@pytest.mark.parametrize(
    ("at", "week"),
    [
        (datetime(1970, 1, 5, tzinfo=UTC), 0),
        (datetime(1970, 1, 4, 23, 59, tzinfo=UTC), -1),
        (datetime(2026, 11, 23, 7, 59, tzinfo=timezone(timedelta(hours=8))), 2967),
        (datetime(2026, 11, 23, 8, 0, tzinfo=timezone(timedelta(hours=8))), 2968),
    ],
)
def test_weeks_begin_on_monday_in_utc(at: datetime, week: int) -> None:
    assert week_of(at) == week


KEYS = tuple(range(FEWEST))


def rows(**shared: int) -> list[tuple[int, int]]:
    """Rows as the index gives them: article a1 has so many of the keys."""
    return [(key, int(name[1:])) for name, count in shared.items() for key in KEYS[:count]]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({}, ()),
        ({"a1": 20, "a2": 22}, (2, 1)),
        ({"a7": 5, "a3": 5}, (3, 7)),  # of equals the older first
        ({"a1": 2}, ()),  # phrases of the trade
        ({"a1": 24, "a2": 4, "a3": 16}, (1, 3)),  # far behind the best
    ],
)
def test_candidates_come_in_the_order_of_common_keys(
    found: dict[str, int], expected: tuple[int, ...]
) -> None:
    assert rank(rows(**found), KEYS) == expected


def test_a_key_that_few_have_counts_more_than_the_words_of_a_template() -> None:
    template = [(key, article) for key in KEYS[:16] for article in range(10, 40)]
    source = [(key, 50) for key in KEYS[12:20]]
    assert rank(template + source, KEYS)[0] == 50


def test_there_are_never_more_candidates_than_can_be_compared() -> None:
    assert len(rank(rows(**{f"a{number}": 20 for number in range(1, 100)}), KEYS)) == CANDIDATES


def test_one_key_is_enough_for_a_text_that_has_few() -> None:
    assert rank([(5, 1)], (5,)) == (1,)


def test_keys_that_many_articles_of_the_week_have_are_not_stored_again() -> None:
    held = [(0, article) for article in range(COMMON)] + [(1, article) for article in range(COMMON - 1)]
    assert new_keys(held, (0, 1, 2)) == (1, 2)


def test_a_text_is_read_once() -> None:
    assert read_text(ORIGINAL) is read_text(str(ORIGINAL))


def test_of_a_huge_text_the_beginning_is_compared_and_none_of_it_is_kept() -> None:
    huge = "".join(map(chr, range(0x4E00, 0x9FA5))) * 4
    assert len(huge) > MOST_COMPARED > MOST_KEPT
    assert read_text(huge) == read_text(huge[:MOST_COMPARED] + ORIGINAL)
    assert read_text(huge) is not read_text(huge)
    assert len(read_text(huge).grams) <= MOST_COMPARED
