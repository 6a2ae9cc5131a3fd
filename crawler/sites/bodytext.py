"""PURE: the containers of an article's text → its blocks up to the line that names the editors."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from crawler.extract.bylines import split_editors
from crawler.extract.flow import Line, Picture, read_flow
from crawler.extract.furniture import is_furniture, is_furniture_line


def until_editors(bodies: Sequence[etree._Element]) -> tuple[list[Line | Picture], tuple[str, ...]]:
    """Read the containers, and stop at a line that names the editors: it closes the article."""
    kept: list[Line | Picture] = []
    for body in bodies:
        for block in read_flow(body, is_furniture):
            if isinstance(block, Line):
                if is_furniture_line(block.text):
                    continue
                closing = split_editors(block.text)
                if closing is not None:
                    before, editors = closing
                    return ([*kept, Line(before)] if before else kept), editors
            kept.append(block)
    return kept, ()
