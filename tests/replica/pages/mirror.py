"""The BIG5 mirror: a page in Traditional Chinese under `/BIG5/`, encoded in Big5-HKSCS with references for
the rest. Pure.
"""

from __future__ import annotations

import re
from functools import cache

import opencc

#: Addresses on the channel's own host, which stay inside the mirror.
OWN = re.compile(r'(href=")(?:/GB)?(/(?:n|n1|n2)/|/\d+/|/index\.html)')
CODEC = "big5hkscs"


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def traditional(text: str) -> str:
    """Return the text in Traditional script."""
    converted: str = _converter().convert(text)
    return converted


def mirror(page: str) -> bytes:
    """Turn a page's text into the bytes of its mirror page."""
    text = re.sub(r"charset=(?:GB2312|gbk|utf-8)", "charset=BIG5", page, count=1, flags=re.IGNORECASE)
    text = OWN.sub(r"\1/BIG5\2", text)
    return traditional(text).encode(CODEC, "xmlcharrefreplace")
