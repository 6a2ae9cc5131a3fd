"""PURE: any news page → ArticleFields, by what it declares, by its text's density, by the lines around the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
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
#: The time that scripts of feeds and messengers put on the page.
_SCRIPTED = re.compile(
    r"\b(?:publish_?(?:time|date)|pub_?(?:date|time)|create_?time|ct)[\"']?\s?[:=]\s?[\"']?"
    r"((?:19|20)\d\d-\d\d?-\d\d?(?:[T ]\d\d:\d\d(?::\d\d)?)?|1\d{9}(?:\d{3})?)\b",
    re.I,
)
#: Icons, counters, codes and spacers stand on pages of every make.
_NO_PICTURE = re.compile(
    r"^data:|[/_.-](?:icons?|logos?|spacer|blank|pixel|transparent|loading|qr|qrcode|erweima|avatar|share|arrow"
    r"|weixin|counter|next_page|prev_page)\d*[/_.-]|\.gif\?id=",
    re.I,
)
_HEAD_LINES, _LONGEST_HEAD = 8, 90
_ENDS = ("。", ".", "。”")
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
    declared = read_declared_fields(tree, html)
    url = url or absolute(declared.url, "http://localhost/") or ""
    return _Page(html, tree, declared, url, now, ZoneInfo(time_zone)).read()


class _Page:
    """One page while it is read."""

    def __init__(
        self,
        html: str,
        tree: etree._Element,
        declared: Declared,
        url: str,
        now: datetime | None,
        zone: tzinfo,
    ) -> None:
        body = tree.find("body")
        self.html = html
        self.rows = scan(tree if body is None else body)
        self.declared, self.url, self.now, self.zone = declared, url, now, zone
        element = tree.find(".//title")
        self.titles = [
            tidy("".join(map(str, element.itertext()))) if element is not None else "",
            declared.title,
        ]

    def read(self) -> ArticleFields | None:
        title_at, numbers = self._locate()
        content = self._content(numbers)
        if len("".join(content.body)) < _SHORTEST_BODY:
            return None
        header, under, footer = self._around(title_at, numbers)
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

    def _locate(self) -> tuple[int | None, Sequence[int]]:
        """Find the rows of the headline and of the text."""
        title_at = title_row(self.rows, self.titles, _HEAD_ROWS)
        numbers = self._without_foot(self._without_head(find_body(self.rows, title_at)))
        if not numbers:
            return title_at, numbers
        start = numbers[0]
        if title_at is None and self.rows[start].level:
            return start, numbers[1:]
        if title_at is None or title_at >= start or self._is_far(title_at, start):
            above = headline_above(self.rows, start)
            title_at = title_at if above is None else above
        return title_at, numbers

    def _around(self, title_at: int | None, numbers: Sequence[int]) -> tuple[list[str], list[str], list[str]]:
        """The short lines from a little above the headline, those below it, and those below the text."""
        rows = self.rows
        start, end = (numbers[0], numbers[-1] + 1) if numbers else (min(len(rows), 20), len(rows))
        top = start - 10 if title_at is None else title_at - _ABOVE
        below = max(0, start - 4) if title_at is None else title_at + 1
        return _short(rows[max(0, top) : start]), _short(rows[below:start]), _short(rows[end : end + _BELOW])

    def _title(self, at: int | None) -> str:
        if at is not None:
            return self.rows[at].text.rstrip("- ")
        site = self.declared.site
        return next((without_site(title, site) for title in reversed(self.titles) if title), "")

    def _without_head(self, numbers: Sequence[int]) -> Sequence[int]:
        """Leave out the lines at the top of the text up to the last that names its time, source or author."""
        cut = 0
        for at, number in enumerate(numbers[:_HEAD_LINES]):
            text = self.rows[number].text
            if credits.is_credit(text) or any(len(text) > 3 and text in title for title in self.titles):
                cut = at + 1
            elif len(text) > _LONGEST_HEAD or (len(text) > 15 and text.endswith(_ENDS)):
                break
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
        content = split_captions(blocks, self.url, _NO_PICTURE)
        whole = self.declared.body
        if len(whole) > 2 * len("".join(content.body)):
            return Content(tuple(filter(None, map(tidy, whole.splitlines()))), content.images)
        return content

    def _authors(
        self, header: list[str], under: list[str], footer: list[str], body: Sequence[str]
    ) -> tuple[str, ...]:
        return (
            credits.authors_in(header)
            or credits.signed_in(body)
            or authors_of("", body)
            or credits.bare_authors(under)
            or credits.authors_in([*footer, *body[-2:]])
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
        shown = self._shown(header, near or declared) or self._shown(footer, near or declared)
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
        """A date near the page's top, else one in its scripts, else a month without a day near the text."""
        for row in self.rows[:60]:
            if len(row.text) <= 60 and (found := read_full(row.text, self.zone)):
                return found
        if (scripted := _SCRIPTED.search(self.html)) and (found := read_declared(scripted[1], self.zone)):
            return found
        return next(filter(None, (read_month(line, self.zone) for line in lines if len(line) < 60)), None)


def _short(rows: Sequence[Row]) -> list[str]:
    return [row.text for row in rows if len(row.text) <= _LONGEST_META]


def _better(declared: Stamp | None, shown: Stamp | None) -> Stamp | None:
    """Of the declared and the shown time the better: the declared, unless only the shown has a time of day."""
    if declared is None or shown is None:
        return declared or shown
    apart = shown.at.replace(tzinfo=UTC) - declared.at.astimezone(UTC).replace(tzinfo=UTC)
    if declared.timed and shown.timed and declared.at.utcoffset() == timedelta():
        # Declared in UTC, shown by the site's own clock: the two together tell the site's offset.
        seconds = round(apart.total_seconds() / 60) * 60
        if seconds % 900 == 0 and abs(seconds) <= 14 * 3600:
            return Stamp(declared.at.astimezone(timezone(timedelta(seconds=seconds))), timed=True)
    return (
        shown
        if abs(shown.at - declared.at) < timedelta(days=1) and shown.timed and not declared.timed
        else declared
    )
