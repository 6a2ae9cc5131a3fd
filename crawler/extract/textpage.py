"""PURE: an article in text form (headline, line of time and source, paragraphs, editors) → its fields."""

from __future__ import annotations

import re

from crawler.extract.bylines import authors_of, split_editors
from crawler.extract.dates import read_time
from crawler.extract.flow import tidy
from crawler.extract.furniture import is_furniture_line
from crawler.extract.origin import read_source
from crawler.extract.words import both_scripts
from crawler.sites.model import ArticlePage
from storage.records import ArticleFields

TEMPLATE = "text"
_STAMPED = re.compile(r"(?:(?:发布|發布)?(?:时间|時間|日期)[：:]\s*)?(?:19|20)\d{2}\s?[年/.\-]")
_LONGEST_ORIGIN, _DEEPEST_ORIGIN = 100, 6
#: Teaser blocks of the channel page, in case no editors' line closes the article before them.
_TEASERS = re.compile(
    both_scripts(r".{0,10}本网专稿|原创|相关(?:新闻|阅读)|推荐阅读|热点推荐|.*(?:【|\[)详细(?:】|\])")
)
_OLD_TITLE = re.compile(r"原标题[：:]")


def _origin_at(lines: list[str]) -> int | None:
    """Find the line of time and source: short, beginning with a date, near the top, below the headline."""
    for number, line in enumerate(lines[1:_DEEPEST_ORIGIN], start=1):
        if len(line) <= _LONGEST_ORIGIN and _STAMPED.match(line) and read_time(line):
            return number
    return None


def _article_lines(lines: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return paragraphs and editors; after the editors' line, or at the first teaser, the article is over."""
    body: list[str] = []
    for line in lines:
        closing = split_editors(line)
        if closing is not None:
            before, editors = closing
            return (*body, before) if before else tuple(body), editors
        if _TEASERS.fullmatch(line):
            break
        if not is_furniture_line(line) and not _OLD_TITLE.match(line):
            body.append(line)
    return tuple(body), ()


def read_text(text: str, url: str) -> ArticlePage | None:
    """Read an article that came as plain text, decoded and repaired; None where it is not of that form.

    The first line is the headline, what stands between it and the line of time and source the subtitle; every
    line below is a paragraph, down to the editors' line.
    """
    lines = [line for line in map(tidy, text.splitlines()) if line]
    at = _origin_at(lines)
    if at is None:
        return None
    body, editors = _article_lines(lines[at + 1 :])
    if not body:
        return None
    return ArticlePage(
        ArticleFields(
            url=url,
            title=lines[0],
            subtitle=" ".join(lines[1:at]),
            published_at=read_time(lines[at]),
            source=read_source(lines[at]),
            authors=authors_of("", body),
            editors=editors,
            body=body,
            template=TEMPLATE,
        )
    )
