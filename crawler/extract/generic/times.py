"""PURE: dates as found in the wild → times with an offset.

Understood: `2020-08-25`, `2020年8月25日 16:59`, `2020/8/25 下午4:59`, `二〇二〇年八月二十五日`, `民國109年8月25日`,
ISO 8601 and RFC 5322 with their offsets, `Aug. 25, 2020 4:59 PM`, `4:59 PM EDT, August 25, 2020`, C's
`Tue Aug 25 16:59:07 2020`, `八月 25, 2020`, `20年8月25日`, `109/08/25` of the Republic's calendar, epoch seconds and
milliseconds; with the day that is near, `[10月04日16:59]` and `10-04 16:59`; with the present time, `昨天 12:30`,
`3小时前`. A date that does not exist is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_OLDEST, _NEWEST = 1980, 2100
_CLOCK = (
    r"(?:(?:[T\s,，|(（\[]|\s[-–]\s|-(?=\d\d:)|at|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}"
    r"|(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]|[(（](?:星期|周|週)?[一二三四五六日天][)）]){0,6}"
    r"(?P<half>上午|下午|晚上|晚间|晚間|凌晨|中午|早上|am|pm|AM|PM)?\s?"
    r"(?P<hour>\d{1,2})\s?(?:[:：]|时|時|点|點)\s?(?P<minute>\d{2})(?:\s?[:：分]\s?(?P<second>\d{2}))?分?(?:\.\d{1,9})?"
    r"(?:\s?(?P<late>[ap]\.?m\b\.?|[AP]\.?M\b\.?))?"
    r"(?:\s?\(?(?P<offset>(?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d{2})?(?!\d)|(?:Z|UTC|GMT|[ECMP][SD]T|HKT|JST|KST)\b))?)?"
)
_FULL = re.compile(
    r"(?<![\d.])(?P<year>(?:19|20)\d{2})\s?[年/.\-－–—]\s?(?P<month>\d{1,2})\s?[月/.\-－–—]\s?(?P<day>\d{1,2})(?!\d)\s?[日號号]?"
    + _CLOCK
)
_ROC = re.compile(
    r"(?:(?:民國|民国|中華民國)\s?(?P<year>\d{2,3})\s?年?|(?<![\d/.\-])(?P<bare>1[01]\d))\s?[年/.\-]\s?"
    r"(?P<month>\d{1,2})\s?[月/.\-]\s?(?P<day>\d{1,2})(?![\d/.])\s?日?" + _CLOCK
)
#: Two digits for the year: with 年, or with a time of day, so that it is no score and no version.
_TWO_DIGITS = re.compile(
    r"(?<![\d年/.\-])(?P<year>\d{2})(?:\s?年\s?(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?[日號号]"
    r"|-(?P<month2>\d{1,2})-(?P<day2>\d{1,2})(?=\s\d{1,2}:\d\d))" + _CLOCK
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = r"(?P<name>(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6})\.?"
_ENGLISH = re.compile(
    rf"\b{_NAME}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>(?:19|20)\d{{2}})\b{_CLOCK}", re.I
)
_BRITISH = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]{_NAME}[\s,-]{{1,2}}(?P<year>(?:19|20)\d{{2}})\b{_CLOCK}",
    re.I,
)
#: `Tue Aug 25 16:59:07 2020`, as C's ctime and the bulletin boards of universities write it.
_CTIME = re.compile(
    rf"\b{_NAME}\s(?P<day>\d{{1,2}})\s(?P<clock>\d{{2}}:\d{{2}}(?::\d{{2}})?)\s(?:[A-Z]{{3}}\s)?(?P<year>(?:19|20)\d{{2}})\b",
    re.I,
)
_HAN_MONTH = re.compile(
    r"(?P<name>十[一二]|[一二三四五六七八九十]|\d{1,2})\s?月\s?(?P<day>\d{1,2})(?:日|th|st|nd|rd)?[,，\s]{1,3}(?P<year>(?:19|20)\d{2})\b"
    + _CLOCK
)
_SLASHED = re.compile(
    rf"(?<![\d/.\-])(?P<one>\d{{1,2}})(?P<sign>[/.\-])(?P<two>\d{{1,2}})(?P=sign)(?P<year>(?:19|20)\d{{2}})(?!\d){_CLOCK}"
)
#: A time of day that stands before its date.
_BEFORE = re.compile(
    r"(?<![\d:])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?P<half>(?!))?\s?(?P<late>[ap]\.?m\b\.?)?"
    r"(?:\s?(?P<offset>Z|UTC|GMT|[ECMP][SD]T|HKT|JST|KST)\b)?(?:[\s,，|]|on\b|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}\b){1,6}$",
    re.I,
)
_SHORT = re.compile(
    r"(?<![\d年/.\-:])(?P<month>\d{1,2})\s?[月/\-－]\s?(?P<day>\d{1,2})(?![\d/.\-])\s?[日號号]?" + _CLOCK
)
_MONTH_ONLY = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})\s?(?:年\s?|[-/.])(?P<month>\d{1,2})(?:\s?月(?!\d)|(?![\d/.\-年月]))"
)
_MONTH_NAMED = re.compile(rf"\b{_NAME}\s(?P<year>(?:19|20)\d{{2}})\b", re.I)
_DAY = re.compile(r"(?P<word>今天|今日|昨天|昨日|前天|前日|[Tt]oday|[Yy]esterday)" + _CLOCK)
_AGO = re.compile(
    r"(?P<count>\d{1,3}|[一二两三四五六七八九十半])\s?个?(?P<unit>秒|分钟|分鐘|小时|小時|天|日|周|週|星期|seconds?|minutes?|mins?|hours?|days?|weeks?)\s?(?:之?前|以前|ago)"
)
_NOW = re.compile(r"刚刚|剛剛|just now", re.I)
_BACK = {"今": 0, "昨": 1, "前": 2, "t": 0, "T": 0, "y": 1, "Y": 1}
_UNITS = {"秒": 1, "分": 60, "小": 3600, "天": 86400, "日": 86400, "周": 604800, "週": 604800}
_UNITS |= {"星": 604800, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_ZONES = {"E": 5, "C": 6, "M": 7, "P": 8}  # hours behind UTC, without summer time
_EAST = {"HKT": 8, "JST": 9, "KST": 9}
_DIGITS = {char: str(value) for value, char in enumerate("〇一二三四五六七八九")} | {
    "○": "0",
    "零": "0",
    "Ｏ": "0",
    "O": "0",
    "0": "0",
    "两": "2",
}
_HAN_DATE = re.compile(
    r"([一二][〇○零ＯO0一二三四五六七八九]{3})\s?年\s?([一二三四五六七八九十]{1,3})\s?月(?:\s?([一二三四五六七八九十廿]{1,3})\s?[日號号])?"
)
_EPOCH = re.compile(r"\s*(\d{10}|\d{13})\s*")
_COMPACT = re.compile(r"\s*((?:19|20)\d\d)(\d\d)(\d\d)(?:[T\s]?(\d\d)(\d\d)(\d\d)?)?(Z?)\s*")
_WIDE = str.maketrans("０１２３４５６７８９：－／．　\u00a0\u2002\u2003", "0123456789:-/.    ")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time read from a page; `timed`: a time of day stood there too, `dayless`: only the month was known."""

    at: datetime
    timed: bool = False
    dayless: bool = False


def _number(text: str) -> int:
    """A Chinese numeral up to 99 (`二十五`, `廿五`, `十`) as a number."""
    text = text.replace("廿", "二十")
    if "十" not in text:
        return int("".join(_DIGITS[char] for char in text))
    tens, _, ones = text.partition("十")
    return (int(_DIGITS.get(tens, "0")) if tens else 1) * 10 + (int(_DIGITS.get(ones, "0")) if ones else 0)


def _plain_numerals(match: re.Match[str]) -> str:
    year = "".join(_DIGITS[char] for char in match[1])
    day = f"{_number(match[3])}日" if match[3] else ""
    return f"{year}年{_number(match[2])}月{day}"


def _tidy(text: str) -> str:
    text = _SPACES.sub(" ", text.translate(_WIDE))
    return _HAN_DATE.sub(_plain_numerals, text) if "年" in text else text


def _hour(match: re.Match[str]) -> int:
    hour = int(match["hour"])
    half = (match["half"] or match["late"] or "").lower().replace(".", "")
    if half in ("pm", "下午", "晚上", "晚间", "晚間") and hour < 12:
        return hour + 12
    if half == "中午" and hour < 3:
        return hour + 12
    return 0 if half in ("am", "凌晨", "上午") and hour == 12 else hour


def _offset(text: str | None, zone: tzinfo) -> tzinfo:
    if not text:
        return zone
    text = text.strip()
    at = max(text.find("+"), text.find("-"))
    if at < 0:
        return _named_offset(text.upper(), zone)
    digits = text[at + 1 :].replace(":", "")
    size = timedelta(hours=int(digits[:-2] if len(digits) > 2 else digits))
    size += timedelta(minutes=int(digits[-2:]) if len(digits) > 2 else 0)
    return timezone(-size if text[at] == "-" else size)


def _named_offset(name: str, zone: tzinfo) -> tzinfo:
    """The offset of HKT and the like; of EST, EDT and their neighbours; UTC for Z, UTC and GMT.

    CST is China's as well as Chicago's, so it says nothing.
    """
    if name == "CST":
        return zone
    if name in _EAST:
        return timezone(timedelta(hours=_EAST[name]))
    if name in ("Z", "UTC", "GMT"):
        return UTC
    return timezone(-timedelta(hours=_ZONES[name[0]] - (name[1] == "D")))


def _stamp(year: int, month: int, day: int, match: re.Match[str] | None, zone: tzinfo) -> Stamp | None:
    """Build a time; None where there is no such day or minute, or no website can be that old."""
    if not _OLDEST <= year <= _NEWEST:
        return None
    timed = match is not None and match["hour"] is not None
    try:
        if match is None or not timed:
            return Stamp(_fixed(datetime(year, month, day, tzinfo=zone)))
        tz = _offset(match["offset"], zone)
        second = int(match["second"] or 0)
        at = datetime(year, month, day, _hour(match), int(match["minute"]), second, tzinfo=tz)
        return Stamp(_fixed(at), timed=True)
    except ValueError:
        return None


def _fixed(at: datetime) -> datetime:
    """The same moment with its plain offset, so that records do not depend on a time zone database."""
    offset = at.utcoffset() or timedelta()
    return at.replace(tzinfo=timezone(timedelta(seconds=round(offset.total_seconds() / 60) * 60)))


def _month(match: re.Match[str]) -> int:
    return _MONTHS.index(match["name"][:3].lower()) + 1


def read_full(text: str, zone: tzinfo) -> Stamp | None:
    """Return the first complete date in `text`, with its time of day (midnight in `zone` where none stands)."""
    text = _tidy(text)
    for match in _FULL.finditer(text):
        if found := _dated(int(match["year"]), int(match["month"]), int(match["day"]), match, zone):
            return found
    return _named(text, zone) or _other_years(text, zone) or _slashed(text, zone)


def _dated(year: int, month: int, day: int, match: re.Match[str], zone: tzinfo) -> Stamp | None:
    """The time of a date, with the time of day that follows it, or else stands before it."""
    clock: re.Match[str] | None = match
    if match["hour"] is None:
        clock = _BEFORE.search(match.string[max(0, match.start() - 40) : match.start()]) or match
    return _stamp(year, month, day, clock, zone)


def _named(text: str, zone: tzinfo) -> Stamp | None:
    """Dates with the name of the month."""
    if match := _CTIME.search(text):
        day = f"{match['year']}-{_month(match)}-{match['day']} {match['clock']}"
        return (full := _FULL.match(day)) and _dated(
            int(match["year"]), _month(match), int(match["day"]), full, zone
        )
    for pattern in (_ENGLISH, _BRITISH):
        if match := pattern.search(text):
            return _dated(int(match["year"]), _month(match), int(match["day"]), match, zone)
    if "月" in text and (match := _HAN_MONTH.search(text)):
        return _dated(int(match["year"]), _count(match["name"]), int(match["day"]), match, zone)
    return None


def _other_years(text: str, zone: tzinfo) -> Stamp | None:
    """Dates whose year is the Republic's, or has two digits."""
    if match := _ROC.search(text):
        year = int(match["year"] or match["bare"]) + 1911
        return _dated(year, int(match["month"]), int(match["day"]), match, zone)
    for match in _TWO_DIGITS.finditer(text):
        year = int(match["year"])
        month, day = int(match["month"] or match["month2"]), int(match["day"] or match["day2"])
        if found := _dated(year + (1900 if year >= _OLDEST - 1900 else 2000), month, day, match, zone):
            return found
    return None


def _slashed(text: str, zone: tzinfo) -> Stamp | None:
    """`9/17/2004` and `17/9/2004`: which is the month must be certain, by a day over 12 or American AM and PM."""
    match = _SLASHED.search(text)
    if match is None:
        return None
    one, two = int(match["one"]), int(match["two"])
    if two > 12 or match["late"] or one == two:
        return _stamp(int(match["year"]), one, two, match, zone)
    return _stamp(int(match["year"]), two, one, match, zone) if one > 12 else None


def _near_slashed(text: str, near: datetime, zone: tzinfo) -> Stamp | None:
    """`06/02/2022` where the day that is near tells which number is the month."""
    match = _SLASHED.search(_tidy(text))
    if match is None:
        return None
    one, two = int(match["one"]), int(match["two"])
    both = (_stamp(int(match["year"]), month, day, match, zone) for month, day in ((one, two), (two, one)))
    return next((item for item in both if item and abs(item.at - near) < timedelta(days=2)), None)


def read_month(text: str, zone: tzinfo) -> Stamp | None:
    """Return the first day of a month that stands in `text` without a day (`2003年5月`, `May 2003`), marked so."""
    text = _tidy(text)
    if match := _MONTH_ONLY.search(text):
        found = _stamp(int(match["year"]), int(match["month"]), 1, None, zone)
    elif match := _MONTH_NAMED.search(text):
        found = _stamp(int(match["year"]), _month(match), 1, None, zone)
    else:
        return None
    return Stamp(found.at, dayless=True) if found else None


def read_near(text: str, near: datetime, zone: tzinfo) -> Stamp | None:
    """Return a date without a year, in the year that brings it nearest to `near`."""
    match = _SHORT.search(_tidy(text))
    if match is None:
        return None
    year, month, day = near.astimezone(zone).year, int(match["month"]), int(match["day"])
    found = [_stamp(year + step, month, day, match, zone) for step in (-1, 0, 1)]
    return min((item for item in found if item), key=lambda item: abs(item.at - near), default=None)


def read_relative(text: str, now: datetime, zone: tzinfo) -> Stamp | None:
    """Return what `昨天 12:30`, `3小时前` or `刚刚` means at `now`."""
    text, here = _tidy(text), now.astimezone(zone)
    if match := _AGO.search(text):
        count = 0.5 if match["count"] == "半" else float(_count(match["count"]))
        unit = _UNITS[match["unit"][0].lower()]
        at = here - timedelta(seconds=count * unit)
        return Stamp(_fixed(at.replace(microsecond=0)), timed=unit < _UNITS["天"])
    if match := _DAY.search(text):
        day = here - timedelta(days=_BACK[match["word"][0]])
        return _stamp(day.year, day.month, day.day, match, zone)
    return Stamp(_fixed(here.replace(microsecond=0)), timed=True) if _NOW.search(text) else None


def _count(text: str) -> int:
    return int(text) if text.isdigit() else _number(text.replace("两", "二"))


def read_time(
    text: str, zone: tzinfo, *, now: datetime | None = None, near: datetime | None = None
) -> Stamp | None:
    """Return the time that a short text states, or None.

    `near`: a day that is known to be close, for a date without a year (else `now`); `now`: for words such as 昨天.
    """
    if found := read_full(text, zone):
        return found
    if near is not None and (found := _near_slashed(text, near, zone)):
        return found
    if now is not None and (found := read_relative(text, now, zone)):
        return found
    close = near or now
    return read_near(text, close, zone) if close is not None else None


def read_declared(value: str, zone: tzinfo) -> Stamp | None:
    """Return the time that a machine-readable field holds: as `read_full`, `20200825165907`, or epoch seconds or
    milliseconds."""
    if match := _EPOCH.fullmatch(value):
        seconds = int(match[1]) / (1000 if len(match[1]) == 13 else 1)
        at = datetime.fromtimestamp(int(seconds), tz=zone)
        return Stamp(_fixed(at), timed=True) if _OLDEST <= at.year <= _NEWEST else None
    if match := _COMPACT.fullmatch(value):
        year, month, day, hour, minute, second, utc = match.groups()
        clock = f" {hour}:{minute}:{second or '00'}{utc}" if hour else ""
        value = f"{year}-{month}-{day}{clock}"
    return read_full(value, zone)


_URL_DATE = re.compile(
    r"/((?:19|20)\d{2})[/\-_]?(\d{2})[/\-_]?(\d{2})(?=\D|$)|[/_-]t?((?:19|20)\d{2})(\d{2})(\d{2})[_/]"
    r"|/((?:19|20)\d{2})[/\-_](\d{1,2})[/\-_](\d{1,2})[/_.]"
)


def read_address(url: str, zone: tzinfo) -> Stamp | None:
    """Return the day in an address such as `/2022/0213/`, `/20220213/` or `/2022-02/13/`."""
    for match in _URL_DATE.finditer(url):
        year, month, day = (int(part) for part in match.groups() if part)
        if found := _stamp(year, month, day, None, zone):
            return found
    return None
