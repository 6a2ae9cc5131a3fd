"""PURE Chinese script and character width: Traditional to Simplified, full width to ASCII.

The conversion tables are OpenCC's (Apache-2.0), loaded at the first use.
"""

from __future__ import annotations

import re
from functools import cache

import opencc

#: What Unicode lists under "Halfwidth and Fullwidth Forms" and "Small Form Variants" (Big5 has those),
#: and what each becomes.
WIDTHS: dict[str, str] = {
    **{chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)},
    **dict(zip("｡｢｣､･￠￡￢￣￤￥￦", "。「」、・¢£¬¯¦¥₩", strict=True)),
    **dict(
        zip(
            "﹐﹑﹒﹔﹕﹖﹗﹘﹙﹚﹛﹜﹝﹞﹟﹠﹡﹢﹣﹤﹥﹦﹨﹩﹪﹫",
            ",、.;:?!—(){}〔〕#&*+-<>=\\$%@",
            strict=True,
        )
    ),
    "\u3000": " ",
}
_WIDE = re.compile(f"[{re.escape(''.join(WIDTHS))}]")
#: In the text of a news page these make up nearly all wide characters; replacing them one by one is faster.
_COMMONEST = tuple((wide, WIDTHS[wide]) for wide in "，：；（）？！％\u3000")


def simplify(text: str) -> str:
    """Turn Traditional characters into Simplified ones, by phrase where it matters (乾隆 stays 乾隆).

    In a text that is Simplified on the whole, only characters that Simplified script lacks are replaced: a writer
    named 萧乾 keeps his name there. Text without such characters comes back as it is.
    """
    traditional, _ = _only_in_one_script()
    if not traditional.search(text):
        return text
    convert = _to_simplified().convert
    if is_traditional(text):
        simplified: str = convert(text)
        return simplified
    return traditional.sub(lambda match: convert(match[0]), text)


def is_traditional(text: str) -> bool:
    """Say whether the text is written in Traditional script.

    True when more characters are Traditional only than are Simplified only; a text with neither is not.
    """
    traditional, simplified = _only_in_one_script()
    return len(traditional.findall(text)) > len(simplified.findall(text))


def fold_width(text: str) -> str:
    """Replace full-width, half-width and small forms by the plain form: Ａ１％ becomes A1%, ｡ becomes 。"""
    if text.isascii():
        return text
    for wide, plain in _COMMONEST:
        text = text.replace(wide, plain)
    return _WIDE.sub(lambda match: WIDTHS[match[0]], text)


@cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@cache
def _only_in_one_script() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns of the characters that only Traditional, and only Simplified, text has.

    Characters outside the Basic Multilingual Plane are left out: they are rare, and slow to match.
    """
    everything = "".join(map(chr, range(0x4E00, 0xA000)))
    # With a separator no phrase can match: every character is converted alone.
    to_simplified = _to_simplified().convert("\n".join(everything)).split("\n")
    to_traditional = opencc.OpenCC("s2t").convert("\n".join(everything)).split("\n")
    table = list(zip(everything, to_simplified, to_traditional, strict=True))
    traditional = "".join(char for char, simple, _ in table if simple != char and not _in(char, "gb2312"))
    simplified = "".join(
        char for char, simple, full in table if simple == char and full != char and not _in(char, "big5")
    )
    return re.compile(f"[{traditional}]"), re.compile(f"[{simplified}]")


def _in(char: str, charset: str) -> bool:
    try:
        char.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
