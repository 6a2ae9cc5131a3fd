"""The cheap marks of damage, for a first look."""

from __future__ import annotations

import re

READING = r"\(([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹ]{1,7})\)"
ANNOTATED = re.compile(r"([\u3400-\u9fff])" + READING)
_CORE = "，：（）？"  # full-width signs that hardly a page lacks
_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff”》])\d*,(?=[\u4e00-\u9fff“《\d])")


def is_narrowed(text: str, enough: int) -> bool:
    """Tell whether every full-width sign of a text seems narrowed: none stands, `enough` narrow ones part Chinese
    text, and signs of the other rows of GBK (。、“”) are wide.
    """
    if any(wide in text for wide in _CORE):
        return False
    between = sum(1 for _ in _BETWEEN.finditer(text))
    return between >= enough and sum(map(text.count, "。、“")) * 2 >= enough
