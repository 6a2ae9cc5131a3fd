"""PURE: a time as it is written in feeds, sitemaps and listings → an aware datetime.

The dates and clocks themselves are read by `crawler.extract.generic.times`; here stands what only a text that is known
to be a time may mean, and what has to be put in plain form before: `八点半`, `24:00`, `十一月二十三日`, `昨晚`,
`25 Aug 20`, `Nov 24`, `16:59` alone, epochs of any unit, a year for dates without one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from crawler.extract.generic.times import (
    Stamp,
    read_declared,
    read_full,
    read_month,
    read_near,
    read_relative,
)

#: Longer texts are no times; and no text can cost more than one of this length.
LONGEST = 200
#: How far ahead of our clock a date without a year, or a time of day without a date, may be: clocks differ.
SKEW = timedelta(days=2)
_CLOCK_SKEW = timedelta(minutes=10)
#: A date without a year is looked for around this long ago, so that it is at most `SKEW` ahead.
_HALF_A_YEAR = timedelta(days=182) - SKEW

_HAN = "零〇○一二两兩三四五六七八九十廿卅"
_VALUES = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "两": 2,
    "兩": 2,
}
_HAN_CLOCK = re.compile(rf"([{_HAN}]{{1,3}})\s?([点點时時])(?:\s?([{_HAN}]{{1,3}})\s?分?)?")
_HAN_DAY = re.compile(rf"([{_HAN}]{{1,3}})\s?月\s?([{_HAN}]{{1,3}})\s?[日號号]")
_HAN_YEAR = re.compile(r"([一二][零〇○一二三四五六七八九]{3})\s?年")
_HAN_ROC = re.compile(r"(民國|民国)\s?([零〇○一二三四五六七八九十百]{1,6})\s?年")
_WORD_CLOCK = re.compile(r"(\d{1,2})\s?[点點时時]\s?(?:(整|半|一刻|三刻)|(\d)\s?分|(?=\D|$))")
_PARTS = {"半": "30", "一刻": "15", "三刻": "45"}
_ROC_YEAR = re.compile(r"(?<![\d國国])(1[01]\d)\s?年(?=\s?\d{1,2}\s?月)")
_MIDNIGHT = re.compile(r"(?<![\d:])24\s?[:：时時点點]\s?00(?:\s?[:：分]\s?00)?(?!\d)")
_BEIJING = re.compile(r"[(（]?(?:北京|台北|臺北|香港)(?:时间|時間)[)）]?:?|\bBeijing time\b", re.I)
_EPOCH = re.compile(r"(\d{9,10})(\d{3}|\d{6}|\d{9})?(?:\.\d*)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\b\.?"
_SHORT_YEAR = re.compile(rf"\b(\d{{1,2}})[\s-]+{_MONTH}[\s-]+(\d\d)(?=\s|,|$)", re.I)
_NO_YEAR = re.compile(rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?!.*\b(?:19|20)\d\d\b)", re.I)
_NO_YEAR_BRITISH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH}(?!,?[\s-]*(?:19|20)\d\d\b)", re.I)
_ONLY_CLOCK = re.compile(
    r"[\[(（]?\s*((?:上午|下午|晚上|凌晨|中午)?\s?\d{1,2}[:：]\d\d(?:[:：]\d\d)?(?:\s?[ap]m)?)\s*[\])）]?",
    re.I,
)
_ONLY_YEAR = re.compile(r"(?:19|20)\d\d")
_SPACES = re.compile(r"[\s\u00a0]+")
#: What nearly all sitemaps and Atom feeds write: read at once, since a sitemap has 50,000 of them.
_PLAIN_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII
)
_ISO_YEARS = range(1980, 2101)
_ISO_LETTERS = re.compile(r"(?<=\d)t(?=\d\d:)|(?<=\d)z$")
_TURNS = (
    (re.compile(r"清晨|早晨|早间|早間|清早"), "上午"),
    (re.compile(r"傍晚|午后|午後|黄昏|黃昏"), "下午"),
    (re.compile(r"(?:深夜|夜里|夜裡|夜间|夜間|半夜)(?=\s?[0-5]\b|\s?[0-5][:：])"), "凌晨"),
    (re.compile(r"深夜|夜里|夜裡|夜间|夜間|半夜"), "晚上"),
    (re.compile(r"(今|昨)(?:天|日)?早上?"), r"\1天 上午"),
    (re.compile(r"(今|昨)(?:晚上?|夜|天夜)"), r"\1天 晚上"),
    (re.compile(r"几(?:秒|分钟)前|幾(?:秒|分鐘)前"), "刚刚"),
)
_ENGLISH_TURNS = (
    (re.compile(r"\bUT\b"), "UTC"),
    (re.compile(r"hrs?\b(?=\.?\sago)"), "hours"),
    (re.compile(r"an?\s(?=(?:minute|hour|day|week)s?\sago)", re.I), "1 "),
)


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its name ("Asia/Shanghai"). Raises ZoneInfoNotFoundError, ValueError."""
    return ZoneInfo(name)


def read_when(text: str, *, now: datetime, time_zone: str) -> datetime | None:
    """Return the time that a short text states, always aware; None where it states none, or none for certain.

    `time_zone` is that of times without an offset. A day without a time of day is its midnight; a date without a
    year, or a time of day alone, is the latest that is not ahead of `now` by more than clocks differ.
    Raises ZoneInfoNotFoundError for an unknown zone, and nothing for any text.
    """
    zone: tzinfo = zone_of(time_zone)
    text = _SPACES.sub(" ", text).strip()
    if not text or len(text) > LONGEST:
        return None
    if _PLAIN_ISO.fullmatch(text) and not text[11:].startswith("24"):
        return _iso(text, zone)
    if epoch := _EPOCH.fullmatch(text):
        return _moment(int(epoch[1]), zone)
    if _BEIJING.search(text):
        text, zone = _BEIJING.sub(" ", text).strip(), timezone(timedelta(hours=8))
    try:
        return _read(text, now, zone)
    except (ValueError, OverflowError, KeyError):  # numbers that no calendar has
        return None


def _read(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    plain, midnight = _MIDNIGHT.subn("00:00", _plain(text, now, zone))
    found = (
        read_declared(plain, zone)
        or read_full(plain, zone)
        or read_relative(plain, now, zone)
        or read_near(plain, now - _HALF_A_YEAR, zone)
        or _of_today(plain, now, zone)
        or read_month(plain, zone)
        or (read_full(f"{plain}-01-01", zone) if _ONLY_YEAR.fullmatch(plain) else None)
    )
    if found is None:
        return None
    return found.at + timedelta(days=1) if midnight and found.timed else found.at


def _iso(text: str, zone: tzinfo) -> datetime | None:
    try:
        found = datetime.fromisoformat(text).replace(microsecond=0)
    except ValueError:
        return None
    if found.year not in _ISO_YEARS:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=zone)
    return found.replace(tzinfo=timezone(found.utcoffset() or timedelta()))


def _moment(seconds: int, zone: tzinfo) -> datetime | None:
    found = read_declared(f"{seconds:010}", UTC)
    return found.at.astimezone(zone) if found else None


def _of_today(text: str, now: datetime, zone: tzinfo) -> Stamp | None:
    """A time of day alone: today's, or yesterday's where today's is yet to come."""
    match = _ONLY_CLOCK.fullmatch(text)
    if not match:
        return None
    found = read_relative(f"今天 {match[1]}", now, zone)
    ahead = found is not None and found.at > now + _CLOCK_SKEW
    return read_relative(f"昨天 {match[1]}", now, zone) if ahead else found


def _plain(text: str, now: datetime, zone: tzinfo) -> str:
    """Return a text in the words and digits that dates are read from."""
    text = _ISO_LETTERS.sub(lambda match: match[0].upper(), text)
    if text.isascii():
        return _plain_english(text)
    if "大前" in text:
        third = now.astimezone(zone) - timedelta(days=3)
        text = re.sub("大前[天日]", f"{third:%Y-%m-%d} ", text)
    for pattern, word in _TURNS:
        text = pattern.sub(word, text)
    text = _HAN_ROC.sub(lambda match: f"民國{_number(match[2])}年", text)
    text = _HAN_YEAR.sub(lambda match: f"{_number(match[1])}年", text)
    text = _HAN_DAY.sub(lambda match: f"{_number(match[1])}月{_number(match[2])}日", text)
    text = _HAN_CLOCK.sub(_digits_of_clock, text)
    text = _WORD_CLOCK.sub(lambda match: f"{match[1]}:{_minutes(match)}", text)
    return _ROC_YEAR.sub(r"民國\1年", text)


def _plain_english(text: str) -> str:
    for pattern, word in _ENGLISH_TURNS:
        text = pattern.sub(word, text)
    text = _SHORT_YEAR.sub(lambda match: f"{match[1]} {match[2]} {_century(match[3])}", text)
    text = _NO_YEAR.sub(lambda match: f"{_month(match[1])}月{match[2]}日", text)
    return _NO_YEAR_BRITISH.sub(lambda match: f"{_month(match[2])}月{match[1]}日", text)


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _century(year: str) -> int:
    """A year of two digits (RFC 2822, 4.3): 00 to 49 are of this century."""
    return int(year) + (2000 if int(year) < 50 else 1900)


def _minutes(match: re.Match[str]) -> str:
    return _PARTS.get(match[2] or "", f"{int(match[3] or 0):02}")


def _digits_of_clock(match: re.Match[str]) -> str:
    hour = f"{_number(match[1])}{match[2]}"
    return f"{hour}{_number(match[3]):02}分" if match[3] else hour


def _number(text: str) -> int:
    """A Chinese numeral below 1,000 (`二十五`, `廿五`, `一百一十五`), or its digits (`一一五`), as a number."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    hundreds, hundred, rest = text.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    if not hundred and not ten:
        return int("".join(str(_VALUES[char]) for char in text))
    count = _digits(hundreds) * 100 if hundred else 0
    return (
        count
        + (_digits(tens.strip("零〇○") or "一") * 10 if ten else 0)
        + _digits(ones.strip("零〇○") or "零")
    )


def _digits(text: str) -> int:
    return int("".join(str(_VALUES[char]) for char in text))
