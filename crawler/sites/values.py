"""PURE: what stands where a selector points → the field's value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo

from lxml import etree

from crawler.extract.bylines import authors_of
from crawler.extract.bylines import editors_in as duty_editors
from crawler.extract.generic.credits import authors_in, declared_people, editors_in, source_in
from crawler.extract.generic.times import read_address, read_declared, read_time
from crawler.sites.selectors import Matched, words_of

#: A line about an article has at most so many characters; one that names a source or person without a label, so many.
LONGEST_LINE, LONGEST_NAME = 160, 40
#: Where elements keep a time for machines.
TIME_ATTRIBUTES = ("datetime", "content", "data-time", "data-timestamp")
_LABEL = re.compile(r"[:：|]")
_NAMES_NO_COLUMN = frozenset(("", "首页", "首頁", "正文", "主页", "home", "当前位置", "您的位置"))
_STEPS = re.compile(r"\s*(?:>>?|》|»|›|＞|/|\|)\s*")


def time_of(items: Sequence[Matched], url: str, zone: tzinfo) -> datetime | None:
    """The first time that matches state: for machines, else in words; midnight where no time of day stands.

    A date without a year is taken nearest to the day that the page's address holds, else it is none.
    """
    near = read_address(url, zone)
    for item in items:
        if isinstance(item, etree._Element):
            said = (read_declared(item.get(name) or "", zone) for name in TIME_ATTRIBUTES if item.get(name))
            if found := next(filter(None, said), None):
                return found.at
        text = words_of(item)[:LONGEST_LINE]
        stamp = read_declared(text, zone) or read_time(text, zone, near=near.at if near else None)
        if stamp is not None:
            return stamp.at
    return None


def source_of(line: str) -> str:
    """The source that a line names, with its label or alone; '' where it names none."""
    found = source_in([line])
    return found or (line if 0 < len(line) <= LONGEST_NAME and not _LABEL.search(line) else "")


def authors_named(line: str) -> tuple[str, ...]:
    """The authors that a line names, with labels or alone."""
    if len(line) > LONGEST_LINE:
        return ()
    alone = len(line) <= LONGEST_NAME and not re.search(r"[:：|。，]", line)
    return authors_in([line]) or authors_of("", (line,)) or (declared_people([line], "") if alone else ())


def editors_named(line: str) -> tuple[str, ...]:
    """The editors that a line names, with labels or alone."""
    if len(line) > LONGEST_LINE:
        return ()
    alone = len(line) <= LONGEST_NAME and not re.search(r"[:：|。，]", line)
    return editors_in([line]) or duty_editors(line) or (declared_people([line], "") if alone else ())


def section_of(items: Sequence[Matched]) -> tuple[str, ...]:
    """The columns that a path of links names, outermost first, without the home and "正文"."""
    names: list[str] = []
    for item in items:
        links = [] if isinstance(item, str) else item.findall(".//a")
        words = [words_of(link) for link in links] or _STEPS.split(words_of(item))
        names.extend(words)
    kept = (name.strip(" :：") for name in names)
    return tuple(
        dict.fromkeys(name for name in kept if name.lower() not in _NAMES_NO_COLUMN and len(name) <= 40)
    )
