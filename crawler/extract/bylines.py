"""PURE: the lines that name reporters and duty editors → names.

The forms are those of Chinese news pages: a line of its own (`□ 本报记者 葛灵丹`, `文/张三 图/李四`),
brackets at the end of a paragraph (`（记者 夏元）`), brackets after the dateline (`人民网重庆8月20日电
（刘政宁、周小平）`), the page's author line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.extract.names import HAN, has_surname, is_name, listed, names_in, normalise, only_names
from crawler.extract.words import both_scripts, words

#: Who employs the reporter, in front of the word for reporter: it ends in a word for a medium or a place.
_ORGAN = rf"(?:[{HAN}·]{{0,8}}?(?:报|网|社|台|刊|新闻|频道|客户端|中心|媒体|传媒|站)|[{HAN}]{{2,6}}·[{HAN}]{{2,4}}?)?"
_RANK = (
    rf"(?:首席|特约|特派|见习|实习|摄影|视觉|文字|融媒体?|全媒体|通讯|驻[{HAN}]{{2,6}}?|编辑|体育|评论|主任"
    "|高级|资深)*"
)
_ROLE = re.compile(
    both_scripts(
        rf"(?:(?:《[^《》]{{1,12}}》)?{_ORGAN}{_RANK}记者|{_RANK}(?:通讯员|评论员|撰稿人?)|实习生|(?:《[^《》]{{1,12}}》)?作者|撰文|采写|供稿|执笔)(?:：|:)?"
    )
)
#: What a byline holds one of, for a quick look before the patterns.
_CUES = words(
    """
    记者 記者 通讯员 通訊員 作者 实习生 實習生 评论员 評論員 撰文 撰稿 采写 採寫 供稿 执笔 執筆 文/ 文／
    """
)
#: Words that say what somebody did; they part names as well.
_DEED = re.compile(
    both_scripts(
        r"(?:文(?:/|／)?图|图(?:/|／)?文|文字?(?:/|／|:|：)|图片?(?:/|／|:|：)|摄影(?:/|／|:|：)"
        r"|(?:综合|摄影|联合|图文)?报道|报导|整理|整合)"
    )
)
_BULLETS = "□■◆●▲◎○◇★☆※"
_INDENT = " \u3000"
_OPEN, _CLOSE = "（(【[", "）)】]"
_BRACKETS = re.compile(rf"[{re.escape(_OPEN)}][^{re.escape(_OPEN + _CLOSE)}]*[{re.escape(_CLOSE)}]")
_WRITTEN = re.compile(rf"文[/／]\s?(?:{_ROLE.pattern})?\s?[{HAN}·]{{2,}}")
_BARE = re.compile(rf"(?:[记記]者|作者|通[讯訊][员員]|[评評][论論][员員]|[实實][习習]生)[{HAN}]{{2,4}}")
_DATELINE = re.compile(
    r"[^（(。，]{0,40}?(?:[电電讯訊]|消息)[\s\u3000]*[（(]([^（()）]{2,60})[）)]"
    r"|[（(]([^（()）]{0,8}[记記]者[^（()）]{2,60})[）)]"
)
_AFTER_SENTENCE = re.compile(
    r"[。！？”…）)][\s\u3000]*([□■◆●▲◎]?[\s\u3000]*[^。！？”…（）()]{0,12}"
    r"[记記]者[：:\s\u3000][^。！？”…（）()]{2,40})$"
)
_PHOTO = re.compile(r"(?:[摄攝]影?|供[图圖]|制[图圖]|[绘繪])[\s。）)]*$")
_LONGEST_LINE, _REACH = 90, 100

_EDITED = re.compile(
    both_scripts(
        r"(?:[(（【]|\[)?\s*(?:本文)?(?:责任编辑|责\s?编|值班编辑|网络编辑)\s*(?:：|:|\s)\s*([^\n（(）)】]{0,60}"
        r"(?:[（(][^\n（(）)]{0,20}[）)][^\n（(）)】]{0,40}){0,6})[）)】]?"
    )
)


#: A paper's short name, joined to its reporter's title: `南都见习记者 张三`.
_SHORT_ORGAN = re.compile(rf"(?<![{HAN}·])([{HAN}]{{2,4}}?)(?={_RANK}[记記]者[\s：:])")


def _no_organ(match: re.Match[str]) -> str:
    return match[1] if has_surname(match[1]) else " "


def _names_left(text: str) -> str:
    """Return a byline without what is no name: bullets, words for roles and deeds, brackets."""
    text = _SHORT_ORGAN.sub(_no_organ, normalise(text.lstrip(_BULLETS + _INDENT)))
    return _DEED.sub(" ", _ROLE.sub(" ", _BRACKETS.sub(" ", text))).strip("。. ")


def _labelled(text: str) -> tuple[str, ...]:
    """Return the names of a byline that holds a word for reporter or author."""
    if "作者" in text:
        # `作者：张三，系某大学教授`: after the comma stands what the author is.
        text = re.split(r"[，,。]", text, maxsplit=1)[0]
    return names_in(_names_left(text))


def _cued(text: str) -> bool:
    for cue in _CUES:  # noqa: SIM110  any() with a generator takes twice as long, and this runs most
        if cue in text:
            return True
    return False


def line_names(line: str) -> tuple[str, ...]:
    """Return the names in a line that is nothing but a byline, else ()."""
    inner = line.strip(_INDENT + _OPEN + _CLOSE)
    if not inner or len(line) > _LONGEST_LINE or not (inner[0] in _BULLETS or _cued(inner)):
        return ()
    if not all(map(is_name, listed(_names_left(inner)))) or (
        _PHOTO.search(inner) and not _WRITTEN.match(inner)
    ):
        return ()
    if not (_ROLE.search(inner) or _WRITTEN.match(inner)):
        return only_names(inner.lstrip(_BULLETS + _INDENT))
    names = _labelled(inner)
    # `记者观察` and `记者张三` look alike: without a space or sign between, only a known family name decides.
    return names if not _BARE.fullmatch(inner) or all(map(has_surname, names)) else ()


def _bracketed(inner: str, *, alone: bool) -> tuple[str, ...]:
    """Return the names in brackets; without a role only where `alone` allows it and all are surely names."""
    if _cued(inner):
        return () if _PHOTO.search(inner) and not _DEED.search(inner) else _labelled(inner)
    return only_names(inner) if alone else ()


def _last_brackets(paragraph: str) -> str:
    """Return what stands in the brackets that end a paragraph, '' if none do.

    Brackets that were never closed count where they name a reporter: the end may have been lost.
    """
    text = paragraph[-_REACH:].rstrip(_INDENT + "。")
    if text[-1:] not in ("）", ")"):
        at = max(text.rfind("（"), text.rfind("("))
        return text[at + 1 :] if at >= 0 and _cued(text[at : at + 12]) else ""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += (text[at] in "）)") - (text[at] in "（(")
        if depth == 0:
            return text[at + 1 : -1]
    return ""


def _may_name(paragraph: str) -> bool:
    """Skip at little cost what cannot hold a byline: a long paragraph can at its end only."""
    if len(paragraph) <= _LONGEST_LINE:
        return paragraph[0] in _BULLETS or _cued(paragraph)
    tail = paragraph[-_REACH:]
    return any(word in tail for word in ("记者", "記者", "通讯员", "通訊員", "作者"))


def _paragraph_names(paragraph: str, *, early: bool, last: bool) -> tuple[str, ...]:
    if not (early or last or _may_name(paragraph)):
        return ()
    found = line_names(paragraph)
    if not found and early and (match := _DATELINE.match(paragraph)):
        found = _bracketed(match.group(1) or match.group(2), alone=True)
    if not found and (inner := _last_brackets(paragraph)):
        found = _bracketed(inner, alone=last)
    if not found and _cued(paragraph[-60:]) and (match := _AFTER_SENTENCE.search(paragraph[-60:])):
        found = line_names(match.group(1))
    return found


def authors_of(author_line: str, body: Sequence[str]) -> tuple[str, ...]:
    """Return the reporters' names of an article, in reading order, each once.

    `author_line` is what the template shows as author ('' if none), `body` the paragraphs.
    """
    found: list[str] = list(_labelled(author_line)) if author_line else []
    for number, paragraph in enumerate(body):
        if paragraph:
            found.extend(_paragraph_names(paragraph, early=number < 3, last=number == len(body) - 1))
    return tuple(dict.fromkeys(found))


def editors_in(text: str) -> tuple[str, ...]:
    """Return the duty editors of a text such as `(责编：萧潇、张妍)`; () where it names none."""
    match = _EDITED.search(text)
    return names_in(_BRACKETS.sub(" ", match.group(1))) if match else ()


def split_editors(line: str) -> tuple[str, tuple[str, ...]] | None:
    """Split a line that ends by naming the duty editors into the text before and their names, else None."""
    match = _EDITED.search(line) if "编" in line or "編" in line else None
    if match is None or line[match.end() :].strip(_INDENT + "。"):
        return None
    named = _BRACKETS.sub(" ", match.group(1))
    in_brackets = match.group().lstrip()[0] in _OPEN
    if not in_brackets and not all(map(is_name, listed(named.rstrip("。")))):
        return None  # a sentence about an editor
    return line[: match.start()].rstrip(_INDENT), names_in(named)
