"""Repair of HTML source: only text between tags is touched; markup, scripts, styles and entities stay."""

from __future__ import annotations

import re

from crawler.text.repair.draft import Draft
from crawler.text.repair.pipeline import LONGEST, TOO_LONG, repair_draft
from crawler.text.repair.result import Repaired

#: Markup: a comment, a script or style with what it holds, or a tag. A `<` that opens none of them is text.
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|</?[a-zA-Z!][^<>]*>",
    re.DOTALL | re.IGNORECASE,
)
_EDGE = "\x00"  # stands for markup: like any ASCII byte it ends a slip


def repair_source(html: str) -> Repaired:
    """Repair the suspicious source of a page."""
    if len(html) > LONGEST:
        return Repaired(html, (TOO_LONG,), proved=False)
    marks = list(_MARKUP.finditer(html))
    text, origin = _text_between(html, marks)
    repaired = repair_draft(Draft(text, origin), lists=False)
    if repaired.text == text:
        return Repaired(html, repaired.repairs, repaired.proved)
    parts = repaired.text.split(_EDGE)
    source = parts[0] + "".join(mark[0] + part for mark, part in zip(marks, parts[1:], strict=True))
    return Repaired(source, repaired.repairs, repaired.proved)


def _text_between(html: str, marks: list[re.Match[str]]) -> tuple[str, tuple[int, ...]]:
    """Join the stretches of text by one edge for each markup; return it with each character's place in the source."""
    parts: list[str] = []
    origin: list[int] = []
    done = 0
    for mark in marks:
        parts += (html[done : mark.start()].replace(_EDGE, " "), _EDGE)
        origin += range(done, mark.start() + 1)
        done = mark.end()
    parts.append(html[done:].replace(_EDGE, " "))
    return "".join(parts), (*origin, *range(done, len(html) + 1))
