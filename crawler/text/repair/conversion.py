"""Script conversion: a Simplified text whose characters were each replaced by one Traditional counterpart.

Such a text is a mixture that no writer of Traditional Chinese makes: 制造 for 製造, 以后 for 以後, because
制 and 后 are Traditional characters too. It is undone only where the page shows other damage as well.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from crawler.text.repair.signs import is_simplified_only, is_traditional_only, simplified_of

#: Characters that stand in both scripts, but in Traditional for another word than in Simplified.
_SHARED = frozenset("制后干系面谷丑松范斗卷准征余只云划借姜几了表胡须尽据升里复发历钟获汇饥当团坛签征沈")


@cache
def _converter(config: str) -> Any:
    import opencc

    return opencc.OpenCC(config)


def simplify(text: str) -> str:
    """Return the text in Simplified script, by words, with its length kept."""
    converted = str(_converter("t2s").convert(text))
    return converted if len(converted) == len(text) else "".join(map(simplified_of, text))


def is_converted(text: str) -> bool:
    """Tell whether a text is mostly in Traditional script, with hardly a Simplified character."""
    traditional = sum(map(is_traditional_only, text))
    return traditional > 0 and traditional >= 10 * sum(map(is_simplified_only, text))


def counterparts(found: str, plain: str) -> dict[str, str] | None:
    """Return Simplified -> Traditional, a conversion's table; None where it has two answers."""
    table: dict[str, str] = {}
    for traditional, simplified in zip(found, plain, strict=True):
        if table.setdefault(simplified, traditional) != traditional:
            return None
    return table


def is_mixture(found: str) -> bool:
    """Tell whether a text in Traditional script holds words that only a one-by-one conversion writes so."""
    plain = simplify(found)
    by_words = str(_converter("s2t").convert(plain))
    if len(by_words) != len(found):
        return False
    return any(one in _SHARED and one != word for one, word in zip(found, by_words, strict=True))
