"""PURE: `<title>`, headings and declared headlines → the article's headline, without the site's name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.extract.generic.credits import is_credit
from crawler.extract.generic.rows import Row

_SURE = re.compile(r"\s*(?:[_|｜»]|--+|\s[-–—·:]\s|<<|>>)\s*")
_DASH = re.compile(r"\s*[-–—]+\s*")
#: What a site's or column's name ends in, where only a dash parts it from the headline.
_SITE = re.compile(
    r"(?:[网網报報社台刊]|新[闻聞]|[频頻]道|在[线線]|[财財][经經]|客[户戶]端|[论論][坛壇]|[博部]落?客|中心|[门門][户戶]|人民政府|"
    r"[Nn]ews|[Tt]imes|[Pp]ost|[Dd]aily|\.(?:com|cn|net|org|tw|hk)(?:\.\w\w)?|[体體]育|[娱娛][乐樂]|[汽車车]{2}|科技|[军軍]事"
    r"|滚动|正文|要闻|首[页頁]|国内|国际|社会|时政)[》】\])）]*"
)
_NOT_HEADLINE = re.compile(
    r"(?:来源|來源|时间|時間|作者|记者|日期)[：:]|^\W*(?:19|20)\d\d[-年/.]\d|当前位置|您的位置|您现在的位置|\s>\s|>>"
)
_NEAR, _FAR = 3, 15
_WHITE = re.compile(r"\s+")


def _key(text: str) -> str:
    return _WHITE.sub("", text).lower()


def without_site(title: str, site: str = "") -> str:
    """Cut the names of site and columns from the end of a declared title: `暴雨来袭_本地新闻_某某网` → `暴雨来袭`.

    A single dash is a cut only where what follows ends as a site's name does, as headlines have dashes too.
    """
    title = " ".join(title.split()).rstrip("- ")
    if site and (at := title.rfind(site)) > 0:
        title = title[:at].rstrip(" _|｜-–—·:") or title
    pieces = _SURE.split(title)
    head = pieces[0].strip()
    if not head:
        return title
    if len(head) < 5 and len(pieces) > 1 and not _SITE.search(pieces[1]):
        head = f"{head} {pieces[1]}".strip()
    while True:
        cuts = list(_DASH.finditer(head))
        if not cuts or cuts[-1].start() < 4 or not _SITE.fullmatch(_last_word(head[cuts[-1].end() :])):
            return head.strip()
        head = head[: cuts[-1].start()]


def _last_word(tail: str) -> str:
    """A tail that may be a site's name (short), cut to the ending by which such names are known; else ''."""
    if not 1 < len(tail) <= 16:
        return ""
    match = _SITE.search(tail)
    return match.group() if match and match.end() == len(tail) else ""


def title_row(rows: Sequence[Row], declared: Sequence[str], limit: int) -> int | None:
    """Find the number of the row that shows the headline among the first `limit` rows, or None.

    `declared` are the titles that the page names in its head. The row whose text makes up most of one of them
    wins; a heading counts more than a plain line, a link less.
    """
    best, found = 0.0, None
    keys = [_key(text) for text in declared if text]
    for number, row in enumerate(rows[:limit]):
        score = _match(row, keys)
        if score > best:
            best, found = score, number
    return found


def _match(row: Row, keys: Sequence[str]) -> float:
    text = row.text
    if not 2 <= len(text) <= 120 or (len(text) < 4 and row.level != 1) or _NOT_HEADLINE.search(text):
        return 0.0
    key = _key(text)
    shared = max((_overlap(key, known) for known in keys), default=0.0)
    level = 1.6 if row.level == 1 else 1.3 if row.level else 1.1 if row.line.bold or row.line.centred else 1.0
    return shared * level * (0.6 if row.linked * 2 > len(text) else 1.0) * (0.5 if row.zone else 1.0)


def _overlap(key: str, known: str) -> float:
    """How many characters of a declared title a row shows; at its end stand the names of column and site."""
    if key in known:
        return len(key) * (1.5 if known.startswith(key) else 0.4 if known.endswith(key) else 1.0)
    return len(known) * 1.3 if len(known) >= 8 and known in key else 0.0


def headline_above(rows: Sequence[Row], start: int) -> int | None:
    """Find the headline of a text that begins at row `start`, on a page that does not declare it.

    It is the nearest heading or bold line among the lines above, else the nearest that can be a headline.
    """
    able = [
        number
        for number in range(max(0, start - 10), start)
        if _can_be_headline(rows[number], start - number)
    ]
    heading = [number for number in able if rows[number].level]
    near = [number for number in able if start - number <= _NEAR]
    plain = [number for number in near if not rows[number].linked] or near
    return max(heading, default=None) or max(
        plain, key=lambda n: len(rows[n].text), default=max(able, default=None)
    )


def _can_be_headline(row: Row, distance: int) -> bool:
    if not 4 <= len(row.text) <= 60 or _NOT_HEADLINE.search(row.text) or is_credit(row.text):
        return False
    return bool(row.level) or distance <= _NEAR or (row.linked * 2 <= len(row.text) and distance <= 2 * _NEAR)
