"""Clean sentences that look like damage in some way: a generator for what a repair must leave alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

PLACES = [
    "渝北区",
    "江北区",
    "綦江区",
    "垫江县",
    "酉阳县",
    "涪陵区",
    "犍为县",
    "郫都区",
    "盱眙县",
    "亳州市",
    "儋州市",
    "濮阳市",
]
PEOPLE = [
    "喆堃",
    "玥珺",
    "昇燊",
    "谭鑫淼",
    "龚翯",
    "邬彧",
    "爨宝子",
    "仝麟",
    "亓官璐",
    "逄锦聚",
    "郗一鸣",
    "綦建军",
]
THINGS = [
    "产业园",
    "水稻基地",
    "轨道交通",
    "公共服务",
    "政务大厅",
    "小麦机收",
    "旧城改造",
    "乡村学校",
    "智能工厂",
    "文化馆",
]
VERBS = ["启动", "投用", "验收", "扩建", "开放", "改造", "通车", "收官"]
ENGLISH = ["WHO", "GDP", "Nature", "iPhone15", "Python3", "C#", "U.S.", "e-mail", "A股", "5G"]
LESSON = [
    "你(nǐ)",
    "好(hǎo)",
    "学(xué)",
    "生(shēng)",
    "我(wǒ)",
    "们(men)",
    "中(zhōng)",
    "国(guó)",
    "人(rén)",
    "書(shū)",
    "寫(xiě)",
    "字(zì)",
    "讀(dú)",
    "語(yǔ)",
]
TRADITIONAL = (
    "市政府宣佈新的製造園區年底啟用",
    "後來里民於周末參觀了麵包工廠",
    "乾隆年間的製錶工匠留下了鐘與錶",
    "他後悔沒有聽皇后的話",
    "頭髮與發展是兩個不同的字",
    "臺北與台南的團隊在颱風後復原",
)
NARROW = "!(),:;?"


def _name(rng: random.Random) -> str:
    return f"{rng.choice(PEOPLE)}({rng.choice(ENGLISH)})"


def _mixed(rng: random.Random) -> str:
    return (
        f"{rng.choice(PLACES)}{rng.choice('，,')}{rng.choice(THINGS)}{rng.choice(VERBS)}{rng.choice('。！!')}"
    )


def _question(rng: random.Random) -> str:
    asked = f"{rng.choice(THINGS)}{rng.choice(VERBS)}了吗{rng.choice('?？')}"
    return f"{asked}{rng.choice(PEOPLE)}说:{rng.choice(THINGS)}已{rng.choice(VERBS)}。"


def _bare_question(rng: random.Random) -> str:
    return (
        f"{rng.choice(VERBS)}还是不{rng.choice(VERBS)}?{rng.choice(PEOPLE)}在{rng.choice(PLACES)}想了很久。"
    )


def _rare(rng: random.Random) -> str:
    return f"参加者有:{rng.choice(PEOPLE)}、{rng.choice(PEOPLE)};来自:{rng.choice(PLACES)},{rng.choice(PLACES)}。"


def _lesson(rng: random.Random) -> str:
    return f"第{rng.randint(1, 30)}课:" + "".join(rng.choices(LESSON, k=rng.randint(1, 12))) + "。请读三遍。"


def _gloss(rng: random.Random) -> str:
    return f"课文里的“{rng.choice(LESSON)}”字要读准,{rng.choice(PEOPLE)}老师写了“{rng.choice(LESSON)}”。"


def _traditional(rng: random.Random) -> str:
    return "，".join(rng.sample(TRADITIONAL, 3)) + rng.choice("。!?")


def _table(rng: random.Random) -> str:
    rows = [
        f"{rng.choice(PLACES)}| {rng.randint(1, 999)}| {rng.randint(1, 9)}.{rng.randint(0, 9)}"
        for _ in range(4)
    ]
    return "\n".join(rows)


def _places(rng: random.Random) -> str:
    names = rng.choices(PLACES, k=rng.randint(3, 20))
    return f"活动覆盖{'、'.join(dict.fromkeys(names))}。\n" + "| ".join(names) + rng.choice(["|", ""])


def _code(rng: random.Random) -> str:
    return f"if x({rng.randint(1, 9)},y)?a:b; print('{rng.choice(THINGS)}?{rng.choice(PEOPLE)}:{rng.choice(VERBS)}')"


def _numbers(rng: random.Random) -> str:
    time, score = f"{rng.randint(0, 23)}:{rng.randint(10, 59)}", f"{rng.randint(0, 9)}:{rng.randint(0, 9)}"
    return f"{time},{rng.choice(PLACES)}比分{score},共1,{rng.randint(100, 999)}人(含{rng.randint(1, 99)}人)。"


def _wild(rng: random.Random) -> str:
    """Rare characters and signs in any order: reads like damage, and is none that can be proved."""
    rare = [chr(rng.randint(0x4E00, 0x9FA5)) for _ in range(rng.randint(1, 8))]
    return f"“{rng.choice(NARROW)}{''.join(rare)}{rng.choice(NARROW)}”是{rng.choice(PEOPLE)}抄下的碑文。"


MAKERS: tuple[Callable[[random.Random], str], ...] = (
    _name, _mixed, _question, _bare_question, _rare, _lesson, _gloss, _traditional, _table, _places, _code,
    _numbers, _wild,
)  # fmt: skip


def tricky(count: int, seed: int = 7) -> Iterator[str]:
    """Return clean sentences, single ones and small texts of several."""
    rng = random.Random(seed)
    for _ in range(count):
        yield "".join(rng.choice(MAKERS)(rng) for _ in range(rng.choice((1, 1, 1, 2, 4))))
