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
from crawler.extract.generic.embedded import read_embedded
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
#: With less text than this, a page is asked for what it does not show: its data, its hidden parts.
_THIN = 300
#: What stands beside a time that is no article's: that of a change, the present.
_CHANGED = re.compile(
    r"(?:最后|最後|最近|最新)?(?:更新|修改|修訂|修订|编辑)(?:时间|時間|日期|于|於|：|:)\D{0,6}[\d年月日/.:：T\s-]{0,30}"
    r"|(?:Last )?(?:[Uu]pdated|UPDATED|[Mm]odified)\b.{0,80}"
)
_PRESENT = re.compile(r"今天是|现在是|現在是|(?:现在|当前|現在|系统)时间|农历|農曆|距离|倒计时")
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
        *,
        hidden: bool = False,
    ) -> None:
        body = tree.find("body")
        self.html, self.tree, self.hidden = html, tree, hidden
        self.rows = scan(tree if body is None else body, hidden=hidden)
        self.declared, self.url, self.now, self.zone = declared, url, now, zone
        element = tree.find(".//title")
        self.titles = [
            tidy("".join(map(str, element.itertext()))) if element is not None else "",
            declared.title,
        ]
        #: The names of the site: as declared, and as they stand behind the headline in the title.
        self.site = f"{declared.site} {self.titles[0][len(without_site(self.titles[0])) :]}"

    def read(self) -> ArticleFields | None:
        title_at, numbers = self._locate()
        content = self._content(numbers)
        if _size(content) < _THIN:
            if hidden := self._hidden(content):
                return hidden
            if embedded := self._embedded(content):
                return embedded
        if _size(content) < _SHORTEST_BODY:
            return None
        above, under, footer = self._around(title_at, numbers)
        header = [*above, *under]
        source = credits.source_in([*header, *footer]) or self._declared_source()
        person = credits.sourced_author(source)
        marked = self._marked(title_at, numbers)
        return ArticleFields(
            url=self.url,
            title=self._title(title_at),
            published_at=self._published(title_at, numbers, (above, under, footer), content.body),
            source=credits.medium_in(header) if person else source,
            authors=self._authors(header, under, footer, content.body, marked) or person,
            editors=credits.editors_in([*footer, *header, *content.body[-2:]]),
            section=self.declared.section,
            body=content.body,
            images=content.images,
            template=TEMPLATE,
        )

    def _hidden(self, shown: Content) -> ArticleFields | None:
        """The article of a page that hides it until its script has run; None where hidden parts add little."""
        if self.hidden or ("hidden" not in self.html and "none" not in self.html):
            return None
        page = _Page(self.html, self.tree, self.declared, self.url, self.now, self.zone, hidden=True)
        found = page.read()
        return found if found and len("".join(found.body)) > 2 * max(_size(shown), _SHORTEST_BODY) else None

    def _embedded(self, shown: Content) -> ArticleFields | None:
        """The article that the page's scripts hold; None where they hold little more than the page shows."""
        found = read_embedded(self.tree, tuple(filter(None, self.titles)))
        if found is None or len(found.body) < 2 * _size(shown):
            return None
        body = tuple(found.body.splitlines())
        site, declared = self.site, self.declared
        stamps = [read_declared(value, self.zone) for value in (found.published, declared.published) if value]
        best = next(filter(None, stamps), None) or read_address(self.url, self.zone)
        title = found.title or self._title(None)
        return ArticleFields(
            url=self.url,
            title=title,
            published_at=best.at if best and not self._is_future(best) else None,
            source=found.source or self._declared_source(),
            authors=authors_of("", body)
            or credits.declared_people(found.authors, site)
            or credits.declared_people(declared.authors, site),
            editors=credits.editors_in(body[-2:]),
            section=declared.section,
            body=body,
            images=shown.images,
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
        """The short lines a little above the headline, those from it to the text, and those below the text."""
        top, below, start, end = self._bounds(title_at, numbers)
        rows = self.rows
        return _short(rows[top:below]), _short(rows[below:start]), _short(rows[end : end + _BELOW])

    def _bounds(self, title_at: int | None, numbers: Sequence[int]) -> tuple[int, int, int, int]:
        """The rows where the lines above the headline begin, those below it, the text, and what follows it."""
        rows = self.rows
        start, end = (numbers[0], numbers[-1] + 1) if numbers else (min(len(rows), 20), len(rows))
        if title_at is None or title_at >= start:
            return max(0, start - 10), max(0, start - 4), start, end
        return max(0, title_at - _ABOVE), title_at + 1, start, end

    def _marked(self, title_at: int | None, numbers: Sequence[int]) -> tuple[str, ...]:
        """The names that the markup near the headline gives as the author's."""
        top, _, start, _ = self._bounds(title_at, numbers)
        return tuple(name for row in self.rows[top:start] for name in row.names)

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
        while end > 1 and _ends(self.rows[numbers[end - 1]].text):
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
        self,
        header: list[str],
        under: list[str],
        footer: list[str],
        body: Sequence[str],
        marked: tuple[str, ...],
    ) -> tuple[str, ...]:
        site = self.site
        return (
            credits.authors_in(header)
            or credits.signed_in(body)
            or credits.reported_in(body)
            or authors_of("", body)
            or credits.marked_people(marked, site)
            or credits.bare_authors(under)
            or credits.enclosed_in(footer)
            or credits.authors_in([*footer, *body[-2:]])
            or credits.declared_people(self.declared.authors, site)
            or credits.posters_in([*header, *footer])
        )

    def _declared_source(self) -> str:
        value = self.declared.source
        return credits.source_in([value]) or value if len(value) <= 40 else ""

    def _published(
        self,
        title_at: int | None,
        numbers: Sequence[int],
        around: tuple[list[str], list[str], list[str]],
        body: Sequence[str],
    ) -> datetime | None:
        """The declared time, or the one shown: of two for one day, the one that has a time of day."""
        above, under, footer = around
        near = read_address(self.url, self.zone)
        declared = read_declared(self.declared.published, self.zone) if self.declared.published else None
        declared = declared or self._stamped(title_at, numbers)
        places = [self._shown(lines, near or declared) for lines in (under, above, footer)]
        shown = _timeliest([stamp for stamp in places if stamp])
        best = _better(declared, shown) or near or self._elsewhere([*above, *under, *footer, *body[-1:]])
        return None if best is None or self._is_future(best) else best.at

    def _is_future(self, stamp: Stamp) -> bool:
        return self.now is not None and stamp.at > self.now + timedelta(days=2)

    def _stamped(self, title_at: int | None, numbers: Sequence[int]) -> Stamp | None:
        """The machine-readable time of the first `<time>` near the headline."""
        top, _, start, _ = self._bounds(title_at, numbers)
        stamps = (stamp for row in self.rows[top:start] for stamp in row.stamps)
        return next(filter(None, (read_declared(stamp, self.zone) for stamp in stamps)), None)

    def _shown(self, lines: list[str], near: Stamp | None) -> Stamp | None:
        """The time that lines show: one with a time of day first; that of a change only where no other stands."""
        day = near.at if near else None
        kept = [line for line in lines if not _PRESENT.search(line)]
        for texts in ([_CHANGED.sub(" ", line) for line in kept], kept):
            stamps = [read_time(text, self.zone, now=self.now, near=day) for text in texts if text]
            found = [stamp for stamp in stamps if stamp]
            if found:
                return next((stamp for stamp in found if stamp.timed), found[0])
        return None

    def _elsewhere(self, lines: list[str]) -> Stamp | None:
        """A date near the page's top, else one in its scripts, else a month without a day near the text."""
        for row in self.rows[:60]:
            if len(row.text) <= 60 and (found := read_full(row.text, self.zone)):
                return found
        if (scripted := _SCRIPTED.search(self.html)) and (found := read_declared(scripted[1], self.zone)):
            return found
        return next(filter(None, (read_month(line, self.zone) for line in lines if len(line) < 60)), None)


def _ends(text: str) -> bool:
    """Tell whether a line at a text's end is none of it: credits, a poster's signature, a rule of dashes."""
    return credits.is_closing(text) or credits.is_signature(text) or not any(map(str.isalnum, text))


def _timeliest(found: list[Stamp]) -> Stamp | None:
    """The first of several times, with the time of day that another gives of the same day."""
    first = found[0] if found else None
    if first is None or first.timed:
        return first
    return next((stamp for stamp in found if stamp.timed and stamp.at.date() == first.at.date()), first)


def _size(content: Content) -> int:
    return sum(map(len, content.body))


def _short(rows: Sequence[Row]) -> list[str]:
    return [row.text for row in rows if len(row.text) <= _LONGEST_META]


def _better(declared: Stamp | None, shown: Stamp | None) -> Stamp | None:
    """Of the declared and the shown time of one day the better: the one with a time of day, of two the shown one.

    What a reader sees is the article's time; systems often declare when its entry was made. What is shown stands
    in the site's own offset.
    """
    if declared is None or shown is None or not shown.timed:
        return declared or shown
    if not declared.timed:
        return shown if abs(shown.at - declared.at) < timedelta(days=1) else declared
    if abs(shown.at - declared.at) < timedelta(minutes=1):
        return declared
    apart = (shown.at.replace(tzinfo=UTC) - declared.at.replace(tzinfo=UTC)).total_seconds()
    minutes = round(apart / 60)
    if declared.at.utcoffset() == timedelta() and minutes % 15 == 0 and abs(minutes) <= 14 * 60:
        # Declared in UTC, shown by the site's own clock: the two together tell the site's offset.
        return Stamp(declared.at.astimezone(timezone(timedelta(minutes=minutes))), timed=True)
    if abs(apart) < 60:
        return declared
    return Stamp(shown.at.replace(tzinfo=declared.at.tzinfo), timed=True) if abs(apart) < 86400 else declared
