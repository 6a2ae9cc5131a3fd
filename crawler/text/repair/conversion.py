"""Script conversion: a Simplified text whose characters were each replaced by one Traditional counterpart.

Such a text is a mixture that no writer of Traditional Chinese makes: 制造 for 製造, 以后 for 以後, because
制 and 后 are Traditional characters too. It is undone only where the page shows other damage as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

from crawler.text.repair.signs import counts_of_scripts, in_simplified

#: Characters that stand in both scripts, but in Traditional for another word than in Simplified.
_SHARED = frozenset("制后干系面谷丑松范斗卷准征余只云划借姜几了表胡须尽据升里复发历钟获汇饥当团坛签征沈")


_SPOILED = 500  # characters of text of which one may have another counterpart, before slips are mended
_FEW = 2  # different characters, each usual in one script only, that show a conversion as well


@cache
def _converter(config: str) -> Any:
    import opencc

    return opencc.OpenCC(config)


def simplify(text: str) -> str:
    """Return the text in Simplified script, by words, with its length kept."""
    converted = str(_converter("t2s").convert(text))
    return converted if len(converted) == len(text) else in_simplified(text)


def is_converted(text: str) -> bool:
    """Tell whether a text is mostly in Traditional script, with hardly a Simplified character."""
    traditional, simplified = counts_of_scripts(text)
    return traditional > 0 and traditional >= 10 * simplified


def counterparts(found: str, plain: str) -> dict[str, str] | None:
    """Return Simplified -> Traditional, a conversion's table; None where it has two answers."""
    table = _table(found, plain)
    return None if _conflicts(found, plain, table) else table


def is_one_to_one(text: str) -> bool:
    """Tell whether each Simplified character has one Traditional counterpart in a text, but for what slips spoil."""
    plain = simplify(text)
    return _conflicts(text, plain, _table(text, plain)) <= len(text) // _SPOILED


def _table(found: str, plain: str) -> dict[str, str]:
    seen = Counter(zip(plain, found, strict=True))
    return {simplified: traditional for (simplified, traditional), _ in reversed(seen.most_common())}


def _conflicts(found: str, plain: str, table: Mapping[str, str]) -> int:
    return sum(table[simplified] != traditional for simplified, traditional in zip(plain, found, strict=True))


def is_mixture(found: str) -> bool:
    """Tell whether a text in Traditional script writes words as only a one-by-one conversion does.

    It does where a conversion by words to the standards of Taiwan and of Hong Kong writes other characters. One
    such place is enough where the two scripts mean different words by its character.
    """
    plain = simplify(found)
    by_words = [str(_converter(standard).convert(plain)) for standard in ("s2tw", "s2hk")]
    if any(len(text) != len(found) for text in by_words):
        return False
    odd = [at for at, one in enumerate(found) if all(text[at] != one for text in by_words)]
    return (
        any(found[at] in _SHARED and found[at] == plain[at] for at in odd)
        or len({found[at] for at in odd}) >= _FEW
    )
