"""The damage of a copying site, done forward: test code, written apart from the repair and sharing nothing with it.

The steps of such a site, in its order: script, annotation, narrowing byte by byte with loss, injection.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import opencc

#: Characters that a site's table leaves alone, as they are Traditional characters too.
KEPT = frozenset("后采游群制里干系面谷松斗卷准征余只云划几了表胡据升台占布周杰注志向才丰郁舍症")
_READINGS = """
產=chǎn 業=yè 進=jìn 會=huì 報=bào 網=wǎng 個=gè 優=yōu 創=chuàng 動=dòng 務=wù 勵=lì 區=qū 協=xié 實=shí 導=dǎo
強=qiáng 據=jù 數=shù 時=shí 標=biāo 機=jī 準=zhǔn 現=xiàn 發=fā 細=xì 絡=luò 經=jīng 聯=lián 臺=tái 補=bǔ 規=guī
設=shè 負=fù 責=zé 農=nóng 鄉=xiāng 錯=cuò 鎮=zhèn 關=guān 項=xiàng 領=lǐng 對=duì 應=yīng 長=zhǎng 問=wèn 頭=tóu
"""
READINGS = dict(pair.split("=") for pair in _READINGS.split())
SIGNS = "，：（）？"
PLACES = [
    "阿荣旗", "白河县", "长岛县", "德清县", "额敏县", "凤台县", "广元市", "海城市",
    "吉安县", "凯里市", "临泉县", "马龙县", "宁海县", "平果县", "青海省", "荣昌县",
    "石屏县", "铜陵市", "武功县", "西藏", "旅游", "兴和县", "延寿县", "正镶白旗",
    "湖北省", "北宁市", "龙里县", "昔阳县", "嘉义市", "财经",
]  # fmt: skip


@cache
def _first_counterpart(char: str) -> str:
    return str(_one_by_one().convert(char))


@cache
def _one_by_one() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def convert(text: str, kept: frozenset[str] = KEPT) -> str:
    """Replace every character by one Traditional counterpart, one at a time."""
    return "".join(char if char in kept else _first_counterpart(char) for char in text)


def annotate(text: str, readings: dict[str, str] | None = None) -> str:
    """Put the reading behind each character of the set."""
    table = READINGS if readings is None else readings
    return "".join(f"{char}({table[char]})" if char in table else char for char in text)


def narrow(text: str, signs: str = SIGNS) -> str:
    """Replace full-width signs by their ASCII counterparts byte by byte, then drop the bytes that form nothing.

    Stretches that GBK cannot say stay as they are.
    """
    return re.sub(r"[^\x00]+", lambda run: _narrow_bytes(run[0], signs), text)


def _narrow_bytes(text: str, signs: str) -> str:
    parts = re.split(f"([{re.escape(_outside_gbk(text))}]+)", text) if _outside_gbk(text) else [text]
    return "".join(_slip(part, signs) if i % 2 == 0 else part for i, part in enumerate(parts))


def _outside_gbk(text: str) -> str:
    return "".join(sorted({char for char in text if not char.encode("gbk", "ignore")}))


def _slip(text: str, signs: str) -> str:
    data = text.encode("gbk")
    for sign in signs:
        wide = sign.encode("gbk")
        data = data.replace(wide, bytes((wide[1] & 0x7F,)))
    return data.decode("gbk", "ignore")


def slips(text: str, signs: str = SIGNS) -> int:
    """Count the places where narrowing would hit two neighbouring characters."""
    pairs = (
        one.encode("gbk", "ignore")[1:] + other.encode("gbk", "ignore")[:1] for one, other in pairwise(text)
    )
    wide = {sign.encode("gbk") for sign in signs}
    return sum(pair in wide for pair in pairs)


def inject(text: str, seed: int = 0) -> str:
    """Append a line of unrelated place names and words."""
    names = random.Random(seed).choices(PLACES, k=30)
    return f"{text}\n" + "| ".join(names) + "|"


@dataclass(frozen=True, slots=True)
class Damage:
    """One combination of the steps; the order is always the site's."""

    script: bool = False
    annotation: bool = False
    slip: bool = False
    injection: bool = False
    signs: str = SIGNS
    kept: frozenset[str] = KEPT

    def __call__(self, text: str, seed: int = 0) -> str:
        """Damage a text."""
        if self.script:
            text = convert(text, self.kept)
        if self.annotation:
            text = annotate(text)
        if self.slip:
            text = narrow(text, self.signs)
        return inject(text, seed) if self.injection else text

    def __str__(self) -> str:
        names = [name for name in ("script", "annotation", "slip", "injection") if getattr(self, name)]
        return "+".join(names)
