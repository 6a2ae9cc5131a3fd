"""PURE: the line under a headline (`2022年02月13日07:48 | 来源：新华日报`) → source."""

from __future__ import annotations

import re

from crawler.extract.words import both_scripts

_SOURCE = re.compile(both_scripts(r"(?:来源|稿源)\s*(?:：|:)\s?"))
_END = re.compile(
    r"\s{2,}|[|｜\t]|\s(?:"
    + both_scripts("分享|打印|手机|小?字号|大字号|原创稿|转载|作者|记者|编辑|责编")
    + r"|\d{4}[年-])"
)
_LONGEST = 60


def read_source(text: str) -> str:
    """Return what stands after `来源：`, without the tools that follow on the same line; '' if nothing does.

    `人民网－重庆频道 原创稿` names the source and then the kind of manuscript: the kind goes.
    """
    match = _SOURCE.search(text)
    if match is None:
        return ""
    rest = text[match.end() :]
    end = _END.search(rest)
    found = (rest[: end.start()] if end else rest).strip(" \u3000|（）()")
    return found if len(found) <= _LONGEST else ""
