"""Cut folded text into the units in which a reader sees change: whole numbers, dates, words, characters."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from storage.diff.lexicon import MEASURES, NOT_NUMBERS, TIME_WORDS

_CN = "〇零一二两三四五六七八九十百千万亿"
_SMALL = "[〇零一二两三四五六七八九十]"
#: No numeral is longer; without a bound, as many steps as the cube of the length of "一一一…" were taken.
_NUMERAL = f"[{_CN}]{{1,20}}"
_DIGITS = r"\d+(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_TIMES = "万亿|千亿|百亿|十亿|千万|百万|十万|亿|万|千|百"
_MEASURES = "|".join(MEASURES)
#: Measures that follow digits only: after a Chinese numeral they make ordinary words (一度, 一起, 十分).
_DIGIT_MEASURES = "℃|°[CF]?|%|‰|度|起|成|折|道|分|角|架|头|号线|号楼|号|[A-Za-zμ]{1,4}(?![A-Za-z])"
_NOT_NUMBERS = "|".join(NOT_NUMBERS)
_SIGN = r"(?:(?<![0-9A-Za-z%℃°日月年时点分号.\-])[-−–+±]|零下)"
#: Days, weeks and hours without digits. Each group's members say the same.
_SAME_TIMES = (
    ("今天", "今日"),
    ("昨天", "昨日"),
    ("明天", "明日"),
    ("近日", "日前", "近期"),
    ("当天", "当日"),
    ("次日", "翌日"),
    ("早上", "早晨", "清晨"),
)
_SAME_TIME = {word: group[0] for group in _SAME_TIMES for word in group}


class Kind(StrEnum):
    """What a fact is."""

    DATE = "date"  # a day, a clock time, or a word for one
    NUMBER = "number"  # value, sign, per cent and measure


#: Characters that no token of several characters starts with: most of a text, passed over in one step.
_PLAIN = f"[^0-9A-Za-z{_CN}第数几零周星礼{''.join(sorted({word[0] for word in TIME_WORDS}))}+±−–-]+"
_TOKEN = re.compile(
    rf"""
    (?P<plain>{_PLAIN})
  | (?P<date>
        (?:\d{{4}}|[〇零一二三四五六七八九]{{4}})年(?:(?:\d{{1,2}}|{_SMALL}{{1,3}})月(?:(?:\d{{1,2}}|{_SMALL}{{1,3}})[日号])?)?
      | (?:\d{{1,2}}|{_SMALL}{{1,3}})月(?:(?:\d{{1,2}}|{_SMALL}{{1,3}})[日号]|[上中下]旬)?
      | (?:\d{{1,2}}|{_SMALL}{{1,3}})日
      | \d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}(?!\d)
      | (?<!\d)\d{{1,2}}[:：]\d{{2}}(?:[:：]\d{{2}})?(?!\d)
      | \d{{1,2}}[时点](?:\d{{1,2}}分|半|许|整|钟)?
      | {_SMALL}{{1,3}}[时点](?:{_SMALL}{{1,3}}分|半|许|整|钟)
      | (?:周|星期|礼拜)[一二三四五六日天](?!期)
      | {"|".join(TIME_WORDS)}
    )
  | (?P<ordinary>{_NOT_NUMBERS})
  | (?P<number>
        第(?:\d+|[{_CN}]+)(?:{_MEASURES}|条|名|位|季度|次|批|届|中学|小学)?
      | {_SMALL}{{1,3}}中全会|[二三四五六七八九十]{{1,3}}大(?![多型小家有于人事概约])
      | 百分之[{_CN}]+(?:点[{_CN}]+)?
      | {_NUMERAL}分之{_NUMERAL}
      | {_SIGN}?(?:{_DIGITS})(?:[余多]?(?:{_TIMES}))?[余多]?(?:{_MEASURES}|{_DIGIT_MEASURES})?
      | 零下{_NUMERAL}(?:摄氏)?度
      | [数几][{_CN}]+[余多]?(?:{_MEASURES})?
      | {_NUMERAL}[余多]?(?:{_MEASURES})
      | [{_CN}]{{0,20}}[十百千万亿][{_CN}]{{0,20}}[余多]?元
      | [二两三四五六七八九]成(?![为立员年人绩功就长])
    )
  | (?P<word>[A-Za-z]+(?:['’.&\-]?[A-Za-z0-9]+)*)
  | (?P<single>.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Fact(NamedTuple):
    """A number or date in a folded text: its span, its characters, which of the two it is."""

    start: int
    end: int
    text: str
    kind: Kind


class Tokens(NamedTuple):
    """A folded text cut up: the tokens, where each starts (and where the last ends), the facts among them."""

    texts: list[str]
    starts: list[int]
    facts: list[Fact]


#: The pattern's groups that are facts.
_FACTS = {kind.value: kind for kind in Kind}


def tokenise(key: str) -> Tokens:
    """Cut folded text into tokens; their texts joined are the text."""
    texts: list[str] = []
    starts: list[int] = []
    facts: list[Fact] = []
    for match in _TOKEN.finditer(key):
        group, text = match.lastgroup, match.group()
        start, end = match.span()
        if group == "plain" or group == "ordinary":
            texts += text
            starts += range(start, end)
            continue
        texts.append(text)
        starts.append(start)
        if group in _FACTS:
            facts.append(Fact(start, end, text, _FACTS[group]))
    starts.append(len(key))
    return Tokens(texts, starts, facts)


_VALUES = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
#: Measures that count the same things: a change between them is one of wording.
_SAME_MEASURE = {
    "名": "人",
    "位": "人",
    "号": "日",
    "点": "时",
    "°C": "℃",
    "度": "℃",
}
#: Measures of a thousand others, whose 千 is read as part of the value: 3千米 and 3公里 are both 3000米.
_THOUSANDS = {"公里": "米", "公斤": "克"}
_PARTS = re.compile(
    rf"(?P<sign>[-−–+±]|零下)?(?P<value>{_DIGITS}|[{_CN}]+)(?P<times>[余多]?(?:{_TIMES}))?(?P<rest>.*)",
    re.DOTALL,
)
_LONG_YEAR = re.compile("[〇零一二三四五六七八九]{4}(?=年)")


def chinese_value(numeral: str) -> int:
    """Return the value of a Chinese numeral; positional ones (二〇二六) are read digit by digit.

    >>> chinese_value("二十一"), chinese_value("三千零五万"), chinese_value("二〇二六")
    (21, 30050000, 2026)
    """
    if len(numeral) > 1 and all(char in _VALUES for char in numeral):
        return int("".join(str(_VALUES[char]) for char in numeral))
    total = section = digit = 0
    for char in numeral:
        if char in _VALUES:
            digit = _VALUES[char]
        elif char in _POWERS:
            section += (digit or 1) * _POWERS[char]
            digit = 0
        else:
            large, section = _LARGE[char], section + digit
            # 万 after 亿 begins anew (一亿二千万); before it, it is counted by it (一万亿).
            total = total + section * large if total > large else (total + section or 1) * large
            section = digit = 0
    return total + section + digit


def meaning(fact: Fact) -> str:
    """Return what a number or date says, in one form for all ways to write it.

    >>> [meaning(tokenise(text).facts[0]) for text in ("12人", "十二名", "1,352个", "0.5亿元", "零下5℃")]
    ['12人', '12人', '1352个', '50000000元', '-5℃']
    """
    if fact.kind is Kind.DATE:
        return _date_meaning(fact.text)
    text = fact.text
    if text.startswith("百分之"):
        return _percent(text[3:])
    prefix = "第" if text.startswith("第") else ""
    match = _PARTS.fullmatch(text, len(prefix))
    if match is None:
        return text
    sign, value, times, rest = match.group("sign", "value", "times", "rest")
    if sign:
        sign = "-" if sign in ("-", "−", "–", "零下") else sign.replace("+", "")
    about = "余" if times and times[0] in "余多" else ""
    if rest in _THOUSANDS:
        times, rest = (times or "") + "千", _THOUSANDS[rest]
    return f"{prefix}{sign or ''}{_amount(value, times or '')}{about}{_measure(rest)}"


def _amount(text: str, times: str) -> str:
    """Return a value with its powers of ten (万, 百万) as plain digits."""
    if not times and text.isdecimal() and text.isascii():
        return text.lstrip("0") or "0"
    value = _value(text)
    for char in times.lstrip("余多"):
        value *= _POWERS.get(char) or _LARGE[char]
    return _plain(value)


def _value(text: str) -> Decimal:
    if text[0].isdigit():
        return Decimal(text.replace(",", "").replace("，", ""))
    return Decimal(chinese_value(text))


def _percent(numeral: str) -> str:
    whole, _, fraction = numeral.partition("点")
    decimals = "".join(str(_VALUES.get(char, "")) for char in fraction)
    return f"{chinese_value(whole)}{'.' + decimals if decimals else ''}%"


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _measure(rest: str) -> str:
    measure = rest.replace("多", "余").replace("摄氏", "")
    return _SAME_MEASURE.get(measure, measure)


def _date_meaning(text: str) -> str:
    """Chinese numerals and leading zeros aside, 8:30 and 8时30分 alike."""
    if text in _SAME_TIME:
        return _SAME_TIME[text]
    text = _LONG_YEAR.sub(lambda match: str(chinese_value(match.group())), text)
    if re.search(r"\d|[时点月日年]", text):
        text = re.sub(
            rf"{_SMALL}+(?=[年月日号时点分])", lambda match: str(chinese_value(match.group())), text
        )
    text = re.sub(r"(?<!\d)0+(?=\d)", "", text)
    text = re.sub(r"^(\d+)[:：](\d+)$", r"\1时\2分", text)
    return text.replace("号", "日").replace("点", "时").replace("星期", "周").replace("礼拜", "周")
