"""PURE: any news page → ArticleFields, by what it declares, by its text's density, by the lines around the text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from lxml import etree

from crawler.extract.bylines import authors_of
from crawler.extract.captions import Content, split_captions
from crawler.extract.flow import Line, Picture, tidy
from crawler.extract.generic import credits
from crawler.extract.generic.body import find_body
from crawler.extract.generic.declared import Declared, read_declared_fields
from crawler.extract.generic.rows import Row, scan
from crawler.extract.generic.times import (
    Stamp,
    read_address,
    read_declared,
    read_full,
    read_month,
    read_time,
)
from crawler.extract.generic.titles import headline_above, title_row, without_site
from crawler.extract.html import parse
from crawler.urls import absolute
from storage.records import ArticleFields

TEMPLATE = "generic"
CHINA = "Asia/Shanghai"
_HEAD_ROWS, _ABOVE, _BELOW, _LONGEST_META = 400, 4, 8, 160
_SHORTEST_BODY = 40
_HEAD_LINES, _LONGEST_HEAD = 8, 90
_FARTHEST_TITLE = 20


def read_generic(
    html: str, url: str = "", *, now: datetime | None = None, time_zone: str = CHINA
) -> ArticleFields | None:
    """Read an article from a decoded page of any make; None where the page has no text.

    Times without an offset are taken as of `time_zone` (an IANA name). Without `now`, words such as 昨天 and dates
    without a year give no time, unless the page's address holds a day.
    """
    tree = parse(html)
    if tree is None:
        return None
    declared = read_declared_fields(tree)
    url = url or absolute(declared.url, "http://localhost/") or ""
    return _Page(tree, declared, url, now, ZoneInfo(time_zone)).read()


class _Page:
    """One page while it is read."""

    def __init__(
        self, tree: etree._Element, declared: Declared, url: str, now: datetime | None, zone: tzinfo
    ) -> None:
        body = tree.find("body")
        self.rows = scan(tree if body is None else body)
        self.declared, self.url, self.now, self.zone = declared, url, now, zone
        element = tree.find(".//title")
        self.titles = [
            tidy("".join(map(str, element.itertext()))) if element is not None else "",
            declared.title,
        ]

    def read(self) -> ArticleFields | None:
        title_at = title_row(self.rows, self.titles, _HEAD_ROWS)
        numbers = self._without_foot(self._without_head(find_body(self.rows, title_at)))
        content = self._content(numbers)
        if len("".join(content.body)) < _SHORTEST_BODY:
            return None
        start, end = (numbers[0], numbers[-1] + 1) if numbers else (min(len(self.rows), 20), len(self.rows))
        if title_at is None or title_at >= start or self._is_far(title_at, start):
            title_at = headline_above(self.rows, start) or title_at
        top = start - 10 if title_at is None else title_at - _ABOVE
        header, footer = _short(self.rows[max(0, top) : start]), _short(self.rows[end : end + _BELOW])
        under = _short(self.rows[title_at + 1 if title_at is not None else max(0, start - 4) : start])
        source = credits.source_in([*header, *footer]) or self._declared_source()
        person = credits.sourced_author(source)
        return ArticleFields(
            url=self.url,
            title=self._title(title_at),
            published_at=self._published(header, footer, content.body),
            source=credits.medium_in(header) if person else source,
            authors=self._authors(header, under, footer, content.body) or person,
            editors=credits.editors_in([*footer, *header, *content.body[-2:]]),
            section=self.declared.section,
            body=content.body,
            images=content.images,
            template=TEMPLATE,
        )

    def _title(self, at: int | None) -> str:
        if at is not None:
            return without_site(self.rows[at].text)
        site = self.declared.site
        return next((without_site(title, site) for title in reversed(self.titles) if title), "")

    def _without_head(self, numbers: Sequence[int]) -> Sequence[int]:
        """Leave out the lines at the top of the text up to the last that names its time, source or author."""
        cut = 0
        for at, number in enumerate(numbers[:_HEAD_LINES]):
            text = self.rows[number].text
            if len(text) > _LONGEST_HEAD:
                break
            if credits.is_credit(text) or any(len(text) > 3 and text in title for title in self.titles):
                cut = at + 1
        return numbers[cut:]

    def _without_foot(self, numbers: Sequence[int]) -> Sequence[int]:
        """Leave out the editors' and source's lines below the text."""
        end = len(numbers)
        while end > 1 and credits.is_closing(self.rows[numbers[end - 1]].text):
            end -= 1
        return numbers[:end]

    def _is_far(self, title_at: int, start: int) -> bool:
        """A plain line far above the text that repeats a word of the title is the site's name."""
        return start - title_at > _FARTHEST_TITLE and not self.rows[title_at].level

    def _content(self, numbers: Sequence[int]) -> Content:
        blocks: list[Line | Picture] = []
        for number in numbers:
            blocks.extend(self.rows[number].pictures)
            blocks.append(self.rows[number].line)
        content = split_captions(blocks, self.url)
        whole = self.declared.body
        if len(whole) > 2 * len("".join(content.body)):
            return Content(tuple(filter(None, map(tidy, whole.splitlines()))), content.images)
        return content

    def _authors(
        self, header: list[str], under: list[str], footer: list[str], body: Sequence[str]
    ) -> tuple[str, ...]:
        return (
            credits.authors_in(header)
            or authors_of("", body)
            or credits.bare_authors(under)
            or credits.authors_in(footer)
            or credits.declared_people(self.declared.authors, self.declared.site)
            or credits.posters_in([*header, *footer])
        )

    def _declared_source(self) -> str:
        value = self.declared.source
        return credits.source_in([value]) or value if len(value) <= 40 else ""

    def _published(self, header: list[str], footer: list[str], body: Sequence[str]) -> datetime | None:
        """The declared time, or the one shown: of two for one day, the one that has a time of day."""
        near = read_address(self.url, self.zone)
        declared = read_declared(self.declared.published, self.zone) if self.declared.published else None
        shown = self._shown(header, near) or self._shown(footer, near)
        best = _better(declared, shown) or near or self._elsewhere([*header, *footer, *body[-1:]])
        if best is None or (self.now is not None and best.at > self.now + timedelta(days=2)):
            return None
        return best.at

    def _shown(self, lines: list[str], near: Stamp | None) -> Stamp | None:
        day = near.at if near else None
        stamps = [read_time(line, self.zone, now=self.now, near=day) for line in lines]
        found = [stamp for stamp in stamps if stamp]
        return next((stamp for stamp in found if stamp.timed), found[0] if found else None)

    def _elsewhere(self, lines: list[str]) -> Stamp | None:
        """A date near the page's top, else a month without a day near the text."""
        for row in self.rows[:60]:
            if len(row.text) <= 60 and (found := read_full(row.text, self.zone)):
                return found
        return next(filter(None, (read_month(line, self.zone) for line in lines if len(line) < 60)), None)


def _short(rows: Sequence[Row]) -> list[str]:
    return [row.text for row in rows if len(row.text) <= _LONGEST_META]


def _better(declared: Stamp | None, shown: Stamp | None) -> Stamp | None:
    if declared is None or shown is None:
        return declared or shown
    same_day = abs(declared.at - shown.at) < timedelta(days=1)
    return shown if same_day and shown.timed and not declared.timed else declared
