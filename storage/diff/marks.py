"""Find in a folded sentence what is quoted, what credits a source, and the words that deny or qualify."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from storage.diff.lexicon import AGENCIES, CREDITS, DENIALS, NO_DENIALS, QUALIFIERS
from storage.diff.words import Word

Span = tuple[int, int]

_OPENS = {"“": "”", "「": "」", "『": "』", '"': '"'}
_QUOTES = re.compile('[“”「」『』"]')
_AGENCY = f"(?:{'|'.join(AGENCIES)})"
_REPORTER = "(?:(?:首席|见习|实习|特约|全媒体|融媒体)*(?:记者|通讯员)|评论员)"
_CREDIT = "|".join(CREDITS)
_ATTRIBUTION = re.compile(
    rf"[(（](?:{_AGENCY}|{_REPORTER}|{_CREDIT})[^()（）]*[)）]"
    rf"|[(（][\u4e00-\u9fff·、]{{2,20}}(?:文/图|图/文|摄影|摄|供图|制图)[)）]"
    rf"|^(?:{_AGENCY}|综合){{1,2}}[^,，。]{{0,14}}[电讯](?:[(（][^()（）]*[)）])?"
    rf"|(?:^|(?<=[\s。)）]))(?:{_AGENCY})?(?:{_CREDIT})[:：/／][^。]*"
    rf"|^{_AGENCY}?{_REPORTER}[\u4e00-\u9fff·、,，]{{2,24}}(?:摄影报道|报道|摄|文/图|摄影|/文)?$"
    rf"|{_AGENCY}(?:{_REPORTER})(?:[\u4e00-\u9fff]{{2,4}})?"
    rf"|据[^,，。;；据]{{0,20}}?(?:报道|消息|通报|介绍|透露|披露|公布|了解|称|获悉|统计|测定|监测|预报|显示|证实|记载|电(?=[,，]))|据悉"
    rf"|记者从[^,，。;；]{{1,30}}?(?:获悉|了解到|得知)"
    rf"|(?:图片|文章|稿件|数据|资料)来源[:：于]?[^,，。;；]{{2,20}}"
)
#: One of these is in every attribution; most sentences have none.
_CREDITING = re.compile("[据记者稿编审摄图文作来采撰策统设校监出供制终海电讯员]")
#: Characters from which a word of the dictionary is a set phrase.
_PHRASE = 4
_DENYING = re.compile(f"[{''.join(word for word in DENIALS if len(word) == 1)}禁]")
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
#: Qualifiers of one character, which are also other words: the parts of speech in which they qualify.
_QUALIFYING_TAGS = {
    "将": {"d"},
    "或": {"d", "c"},
    "可": {"v", "d"},
    "应": {"v", "d"},
    "约": {"d"},
    "疑": {"v", "d"},
    "会": {"v"},
}
#: "intends to", not 模拟 or 拟定; the dictionary joins it to the verb after it.
_PLANNED = re.compile("(?<![模虚草比])拟(?![定人合态])")
_LONG_QUALIFIER = re.compile("|".join(sorted((w for w in _QUALIFIERS if len(w) > 1), key=len, reverse=True)))


def has_quotes(text: str) -> bool:
    """Whether a text has any quotation mark."""
    return _QUOTES.search(text) is not None


def in_quotation(text: str, quoted: bool) -> bool:
    """Whether a quotation is open at the end of a text; `quoted`: whether one is at its start."""
    for match in _QUOTES.finditer(text):
        quoted = _after(match.group(), quoted)
    return quoted


def _after(mark: str, quoted: bool) -> bool:
    """A fold may make all marks straight: those open and close in turn."""
    return not quoted if mark == '"' else mark in _OPENS


def quoted_spans(key: str, quoted: bool) -> list[Span]:
    """Return what stands inside quotation marks; `quoted`: whether the text starts inside."""
    spans: list[Span] = []
    start = 0
    for match in _QUOTES.finditer(key):
        before, quoted = quoted, _after(match.group(), quoted)
        if before and not quoted:
            spans.append((start, match.start()))
        elif quoted and not before:
            start = match.end()
    if quoted:
        spans.append((start, len(key)))
    return spans


def attribution_spans(key: str) -> list[Span]:
    """Return datelines, credits, reporters' lines, and "according to" phrases."""
    if not _CREDITING.search(key):
        return []
    return [match.span() for match in _ATTRIBUTION.finditer(key)]


def denies(text: str) -> bool:
    """Whether a text holds a word of denial."""
    return any(match["word"] for match in _DENIAL.finditer(text))


def qualifiers(key: str, words: Sequence[Word]) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, meaning) of each word that denies or qualifies."""
    if _DENYING.search(key):
        yield from _denials(key, words)
    for match in _PLANNED.finditer(key):
        yield match.start(), match.end(), "拟"
    for match in _LONG_QUALIFIER.finditer(key):
        yield match.start(), match.end(), _QUALIFIERS[match.group()]
    for word in words:
        said = _QUALIFIERS.get(word.text) if len(word.text) == 1 else None
        if said and word.tag in _QUALIFYING_TAGS.get(word.text, {word.tag}):
            yield word.start, word.end, said


def _denials(key: str, words: Sequence[Word]) -> Iterator[tuple[int, int, str]]:
    """Yield words of denial; in a set phrase (不约而同) the character denies nothing."""
    borders = {word.end for word in words}
    phrases = [word for word in words if len(word.text) >= _PHRASE]
    for match in _DENIAL.finditer(key):
        if any(phrase.start <= match.start() and match.end() <= phrase.end for phrase in phrases):
            continue
        if match["word"]:
            yield match.start(), match.end(), _SAME_DENIAL.get(match["word"], match["word"])
        elif match.end() not in borders:  # "不同" in "不同意": no word, so it does deny
            at = next(at for at in range(match.start(), match.end()) if key[at] in DENIALS)
            yield at, at + 1, key[at]
