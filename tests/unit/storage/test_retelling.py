"""Retellings: what each member of a story is to the first, and what it cut and added."""

from __future__ import annotations

from storage.stories import Label, retellings
from tests.sightings import reading

BODY = (
    "潼南区水利局昨日通报，历时十四个月的塘坝河治理工程全部完工，两岸新建步道6.8公里。",
    "工程清淤21万立方米，拆除旧堰4处，河道的行洪能力由十年一遇提高到二十年一遇。",
    "家住河边的陈永福说：“从前一下大雨就要守夜，今年汛期睡了个安稳觉。”",
    "区水利局副局长吴小兰介绍，治理共投资1.35亿元，下一步将聘请42名村民担任河道巡护员。",
    "沿河的柠檬园新修了生产便道，桂林街道的果农李成林估算，每亩地运输成本可省下180元。",
)
LOCAL = (
    "四川安岳与潼南共用这条河的上游，两地今年签订了联合巡查协议，每季度各派8人会商。",
    "安岳县石羊镇的取水口下移了300米，镇上1.6万居民的饮水因此不再受汛期浑水影响。",
)
FIRST = reading("1", title="塘坝河治理完工", body=BODY)
SHORT = reading("2", title="潼南治河十四月", body=BODY[:2])
LONG = reading("3", title="塘坝河清了", body=(*BODY, *LOCAL))
OTHER = reading("4", title="荣昌举办夏布展", body=("荣昌区夏布展昨日开幕，五十六位匠人到场演示绩纱和上浆。",))


def test_a_story_of_one_has_no_retelling():
    assert retellings([FIRST]) == ()


def test_each_is_compared_with_the_first():
    short, long = retellings([FIRST, SHORT, LONG])

    assert (short.of, short.label, short.cut, short.added) == (0, Label.ABRIDGED, BODY[2:], ())
    assert (long.of, long.label, long.cut, long.added) == (0, Label.EXTENDED, (), LOCAL)


def test_a_copy_cuts_and_adds_nothing():
    (copy,) = retellings([FIRST, FIRST])

    assert (copy.label, copy.cut, copy.added) == (Label.COPY, (), ())


def test_one_that_only_a_third_brought_in_is_compared_with_that():
    part = reading("5", title="取水口下移", body=LOCAL)
    *_, last = retellings([FIRST, LONG, part])

    assert (last.of, last.label) == (1, Label.ABRIDGED)


def test_one_that_was_rewritten_since_is_unrelated_to_the_first():
    *_, last = retellings([FIRST, LONG, OTHER])

    assert (last.of, last.label) == (0, Label.UNRELATED)
