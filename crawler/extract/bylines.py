"""PURE: the lines that name reporters and duty editors → names.

The forms are those of Chinese news pages: a line of its own (`□ 本报记者 葛灵丹`, `文/张三 图/李四`),
brackets at the end of a paragraph (`（记者 夏元）`), brackets after the dateline (`人民网重庆8月20日电
（刘政宁、周小平）`), the page's author line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.extract.names import HAN, has_surname, is_name, listed, names_in, normalise, only_names

_OPEN, _CLOSE = "（(【[", "）)】]"
#: Who employs the reporter, in front of the word for reporter: it ends in a word for a medium or a place.
_ORGAN = rf"(?:[{HAN}·]{{0,8}}?(?:报|网|社|台|刊|新闻|频道|客户端|融媒体中心|中心|媒体|传媒|站))?"
_RANK = (
    rf"(?:首席|特约|特派|见习|实习|摄影|视觉|文字|融媒体?|全媒体|通讯|驻[{HAN}]{{2,6}}?|编辑|体育|评论|主任"
    "|高级|资深)*"
)
_ROLE = re.compile(
    rf"(?:{_ORGAN}{_RANK}记者|{_RANK}(?:通讯员|评论员|撰稿人?)|实习生|作者|撰文|采写|供稿|执笔)[：:]?"
)
#: Words that say what somebody did; they part names as well.
_DEED = re.compile(
    r"(?:文[/／]?图|图[/／]?文|文字?[/／:：]|图片?[/／:：]|摄影[/／:：]|(?:综合|摄影|联合|图文)?报道|整理)"
)
_BULLET = re.compile(r"^[□■◆●▲◎○◇★☆※\s\u3000]+")
_BRACKETS = re.compile(rf"[{re.escape(_OPEN)}][^{re.escape(_OPEN + _CLOSE)}]*[{re.escape(_CLOSE)}]")
_WRITTEN = re.compile(rf"文[/／]\s?(?:{_ROLE.pattern})?\s?[{HAN}·]{{2,}}")
_DATELINE = re.compile(
    r"^[^（(。，]{0,40}?(?:[电讯]|消息)[\s\u3000]*[（(]([^（()）]{2,60})[）)]|^[（(]([^（()）]{0,8}记者[^（()）]{2,60})[）)]"
)
_TAIL = re.compile(r"[（(]([^（()）]*(?:[（(][^（()）]*[）)][^（()）]*){0,4})[）)]?[\s。]*$")
_LOOSE_TAIL = re.compile(
    r"[。！？”…）)][\s\u3000]*([□■◆●▲◎]?[\s\u3000]*[^。！？”…（）()]{0,12}"
    r"记者[：:\s\u3000][^。！？”…（）()]{2,40})$"
)
_PHOTO = re.compile(r"(?:摄|摄影|供图|制图|绘)[\s。）)]*$")
_LONGEST_LINE = 90

_EDITED = re.compile(
    r"[（(\[【]?\s*(?:本文)?(?:责任编辑|责编|责\s编|值班编辑|网络编辑)\s*[：:\s]\s*([^\n（(）)\]】]{0,60}"
    r"(?:[（(][^\n（(）)]{0,20}[）)][^\n（(）)\]】]{0,40}){0,6})[）)\]】]?"
)


def _labelled(text: str) -> tuple[str, ...]:
    """Return the names of a byline that holds a word for reporter or author."""
    text = normalise(_BULLET.sub("", text))
    if "作者" in text:
        text = re.split(r"[，,。]", text, maxsplit=1)[0]
    return names_in(_DEED.sub(" ", _ROLE.sub(" ", _BRACKETS.sub(" ", text))))


def _words_left(text: str) -> bool:
    """Tell whether a line holds more than roles and names, so that it is a sentence and no byline."""
    rest = _DEED.sub(" ", _ROLE.sub(" ", _BRACKETS.sub(" ", normalise(_BULLET.sub("", text)))))
    return any(not is_name(word) for word in listed(rest.strip("。. ")))


def line_names(line: str) -> tuple[str, ...]:
    """Return the names in a line that is nothing but a byline, else ()."""
    if len(line) > _LONGEST_LINE:
        return ()
    inner = line.strip(" \u3000" + _OPEN + _CLOSE)
    marked = _BULLET.match(inner) is not None
    if (_PHOTO.search(inner) and not _WRITTEN.match(inner)) or _words_left(inner):
        return ()
    if not (_ROLE.search(inner) or _WRITTEN.match(inner)):
        return only_names(_BULLET.sub("", inner)) if marked else ()
    names = _labelled(inner)
    # `记者观察` and `记者张三` look alike: without a space or sign between, only a known family name decides.
    bare = re.fullmatch(rf"记者([{HAN}]{{2,4}})", inner)
    return names if not bare or all(map(has_surname, names)) else ()


def _bracketed(inner: str, *, alone: bool) -> tuple[str, ...]:
    """Return the names in brackets; without a role only where `alone` allows it and all are surely names."""
    if _ROLE.search(inner):
        return () if _PHOTO.search(inner) and not _DEED.search(inner) else _labelled(inner)
    return only_names(inner) if alone else ()


def _paragraph_names(paragraph: str, *, early: bool, last: bool) -> tuple[str, ...]:
    found = line_names(paragraph)
    if not found and early and (match := _DATELINE.match(paragraph)):
        found = _bracketed(match.group(1) or match.group(2), alone=True)
    if not found and (match := _TAIL.search(paragraph[-_LONGEST_LINE:])):
        found = _bracketed(match.group(1), alone=last)
    if not found and "记者" in paragraph[-50:] and (match := _LOOSE_TAIL.search(paragraph[-60:])):
        found = line_names(match.group(1))
    return found


def _speaks_of_names(paragraph: str) -> bool:
    """Skip at little cost what cannot hold a byline."""
    return paragraph[-1] in "）)" or len(paragraph) <= _LONGEST_LINE or "记者" in paragraph


def authors_of(author_line: str, body: Sequence[str]) -> tuple[str, ...]:
    """Return the reporters' names of an article, in reading order, each once.

    `author_line` is what the template shows as author ('' if none), `body` the paragraphs.
    """
    found: list[str] = list(_labelled(author_line)) if author_line else []
    for number, paragraph in enumerate(body):
        if paragraph and _speaks_of_names(paragraph):
            last = number == len(body) - 1
            found.extend(_paragraph_names(paragraph, early=number < 3, last=last))
    return tuple(dict.fromkeys(found))


def editors_in(text: str) -> tuple[str, ...]:
    """Return the duty editors of a text such as `(责编：萧潇、张妍)`; () where it names none."""
    match = _EDITED.search(text)
    return names_in(_BRACKETS.sub(" ", match.group(1))) if match else ()


def split_editors(line: str) -> tuple[str, tuple[str, ...]] | None:
    """Split a line that ends by naming the duty editors into the text before and their names, else None."""
    match = _EDITED.search(line) if "编" in line or "編" in line else None
    if match is None or line[match.end() :].strip(" 。\u3000"):
        return None
    return line[: match.start()].rstrip(" \u3000"), names_in(_BRACKETS.sub(" ", match.group(1)))
