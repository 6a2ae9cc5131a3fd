"""Find in a folded sentence what is quoted, what credits a source, and the words that deny or qualify."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from storage.diff.lexicon import AGENCIES, CREDITS, DENIALS, NO_DENIALS, QUALIFIERS
from storage.diff.words import Word

Span = tuple[int, int]

_OPENS = {"“": "”", "「": "」", "『": "』"}
_AGENCY = f"(?:{'|'.join(AGENCIES)})"
_REPORTER = "(?:(?:首席|见习|实习|特约|全媒体|融媒体)*(?:记者|通讯员)|评论员)"
_CREDIT = "|".join(CREDITS)
_ATTRIBUTION = re.compile(
    rf"[(（](?:{_AGENCY}|{_REPORTER}|{_CREDIT})[^()（）]*[)）]"
    rf"|^(?:{_AGENCY}|综合){{1,2}}[^,，。]{{0,14}}[电讯](?:[(（][^()（）]*[)）])?"
    rf"|(?:^|(?<=[\s。)）]))(?:{_AGENCY})?(?:{_CREDIT})[:：/／][^。]*"
    rf"|^{_AGENCY}?{_REPORTER}[\u4e00-\u9fff·、,，]{{2,24}}(?:摄影报道|报道|摄|文/图|摄影|/文)?$"
    rf"|{_AGENCY}(?:{_REPORTER})(?:[\u4e00-\u9fff]{{2,4}})?"
    rf"|据[^,，。;；据]{{0,20}}?(?:报道|消息|通报|介绍|透露|披露|公布|了解|称|获悉|统计)|据悉"
    rf"|记者从[^,，。;；]{{1,30}}?(?:获悉|了解到|得知)"
    rf"|(?:图片|文章|稿件|数据|资料)来源[:：于]?[^,，。;；]{{2,20}}"
)
_DENIAL = re.compile(f"(?P<none>{'|'.join(NO_DENIALS)})|(?P<word>{'|'.join(DENIALS)})")
_SAME_DENIAL = {
    "没有": "未",
    "尚未": "未",
    "并未": "未",
    "未曾": "未",
    "没": "未",
    "严禁": "禁止",
    "无须": "无需",
}
_QUALIFIERS = {word: group.split()[0] for group in QUALIFIERS for word in group.split()}
#: Qualifiers that are also other words: the parts of speech in which they qualify.
_QUALIFYING_TAGS = {
    "将": {"d"},
    "或": {"d", "c"},
    "可": {"v", "d"},
    "应": {"v", "d"},
    "正": {"d"},
    "约": {"d"},
    "疑": {"v", "d"},
}


def quoted_spans(key: str, quoted: bool) -> list[Span]:
    """Return what stands inside quotation marks; `quoted`: the sentence starts inside a quotation."""
    spans: list[Span] = []
    closer = "”" if quoted else ""
    start = 0
    for at, char in enumerate(key):
        if closer and (char == closer or (quoted and char in "”」")):
            spans.append((start, at))
            closer, quoted = "", False
        elif not closer and (char in _OPENS or char == '"'):
            closer, start = _OPENS.get(char, '"'), at + 1
    if closer and closer != '"':
        spans.append((start, len(key)))
    return spans


def attribution_spans(key: str) -> list[Span]:
    """Return datelines, credits, reporters' lines, and "according to" phrases."""
    return [match.span() for match in _ATTRIBUTION.finditer(key)]


def qualifiers(key: str, words: Sequence[Word]) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, meaning) of each word that denies or qualifies."""
    for match in _DENIAL.finditer(key):
        if match["word"]:
            yield match.start(), match.end(), _SAME_DENIAL.get(match["word"], match["word"])
    for word in words:
        said = _QUALIFIERS.get(word.text)
        if said and word.tag in _QUALIFYING_TAGS.get(word.text, {word.tag}):
            yield word.start, word.end, said
