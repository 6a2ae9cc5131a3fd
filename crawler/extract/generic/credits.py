"""PURE: the lines around an article that say where it comes from and whose it is → source, authors, editors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC

from crawler.extract.bylines import line_names
from crawler.extract.generic.times import read_full
from crawler.extract.names import HAN, has_surname, is_name, listed, normalise

_GAP = r"\s{0,3}[:：|｜丨]\s{0,3}"
_SOURCE = re.compile(
    rf"(?:(?:本文|文章|信息|新闻|新聞|稿件|内容)?[来來]\s?源(?:于|自)?|稿源|出处|出處|转自|轉自|Source){_GAP}"
)
_SOURCE_END = re.compile(
    r"\s{2,}|[|｜\t\]】]|\s(?=(?:分享|打印|手机|字号|字體|作者|记者|記者|编辑|編輯|责|責|时间|時間|发[布表]|發[布佈表]|更新|浏览|点击|阅读|评论|人气|我来说"
    r"|(?:19|20)\d\d))|(?:作者|责任编辑|责编|编辑|发布时间|发表时间|时间|日期|点击|浏览次数|阅读|字号|我来说两句)(?=\s{0,3}[:：(（])"
    r"|(?:19|20)\d{2}[-年/]\d|(?:举报|分享到?|收藏|打印|纠错|关注|订阅)$"
)
#: What the names of media end in.
_MEDIA = "[网網报報社刊台]|新[闻聞]|周刊|杂志|雜誌|客[户戶]端|[频頻]道|在[线線]|电视|融媒|发布|時報|导报"
_MEDIUM = rf"[{HAN}A-Za-z0-9·・]{{1,14}}(?:{_MEDIA})"
_MEDIUM_ALONE = re.compile(rf"《({_MEDIUM}|[{HAN}]{{2,10}})》|(?<![{HAN}])({_MEDIUM})(?![{HAN}])")
_PEOPLE = rf"[{HAN}A-Za-z·•\u3000 、，,/／&.]{{1,80}}"
#: Where an author's label ends the words of the line before it: another label, a date, a sign.
_NEXT = re.compile(
    r"\s{0,3}(?:[来來]源|稿源|出[处處]|责任?编辑?|編輯|编\s?辑|时间|時間|日期|发[布表]|發[布佈表]|点击|浏览|阅读|评论|访问|我来说|字号|出自|字数"
    r"|摄影|供图|图片|翻译|[图圖][/／:：]|更新|关键词|单位|校对|审核|提交|回[复覆]|审校|审签|终审|初审|复审|签发|监制|系|通讯员单位|值班|总编"
    r"|主编|统筹|美编|制作|视觉|纠错|举报|人气)"
)
_AUTHOR = re.compile(
    rf"(?:作\s{{0,3}}者(?:单位)?|撰\s?文|撰稿|采写|採寫|执笔人?|執筆人?|(?:本[报網网刊社台]|特约|特派|首席|实习|見習|见习)?[记記]\s?者|主播|播音"
    rf"|文字?)(?:{_GAP}|[/／]\s?)(?P<people>{_PEOPLE})"
)
_REPORTER = re.compile(
    rf"(?:[记記]者|作者|撰文)\s{{1,4}}(?P<people>[{HAN}·]{{2,4}}(?:[\s、,，]{{1,3}}[{HAN}·]{{2,4}}){{0,6}})\s*$"
)
#: What stands before a reporter's name: the paper, joined to the word for reporter.
_ATTACHED = re.compile(rf"[{HAN}·]{{2,12}}[记記]者[\s:：]{{1,3}}")
#: Words for roles that stand between names.
_ROLES = re.compile(
    r"(?:本[报報网網刊台社])?(?:见习|見習|实习|特约|特約|首席)?(?:[记記]者|[实實][习習]生|通[讯訊][员員]|[评評][论論][员員])[:：\s]{0,3}"
)
#: `記者羅文傑／台北報導`: the sign parts the name from the place.
_REPORTED = re.compile(
    rf"[记記]者\s?(?P<people>[{HAN}·]{{2,4}}(?:[、，][{HAN}·]{{2,4}}){{0,5}})\s?[／/]\s?[{HAN}]{{2,8}}[报報]?[导導道]"
)
_JOINED = re.compile(rf"(?:^|[\s（(【〔\[])[{HAN}]{{0,6}}?[记記]者(?P<people>[{HAN}]{{2,3}})[\s）)】〕\]]*$")
#: `（港城社記者羅文傑台北13日電）`: name and place are joined; most names have three characters, most places two.
_WIRED_NAME = re.compile(
    rf"[（(〔][{HAN}]{{0,6}}[记記]者(?P<joined>[{HAN}]{{2,8}})\d{{1,2}}日[{HAN}]{{0,2}}[电電]"
)
_LONGEST_DATELINE = 60
_ENCLOSED = re.compile(r"[（(【\[]\s*([^（()）【】]{2,40}?)\s*[）)】\]]")
_LATIN = re.compile(r"[A-Z][\w.'’-]{1,20}(?:\s[A-Za-z][\w.'’-]{0,20}){0,4}")
_LABEL = re.compile(
    r"(?:[来來]源|作者|[记記]者|[时時][间間]|日期|发[布表]|發[布佈表]|稿源|编辑|編輯|责编)\s{0,3}[:：]|[Pp]ublished|[Uu]pdated"
)
_HOUSE = re.compile(r"本[报報刊网網台社](?=(?:见习|見習)?(?:实习生|實習生|通讯员|通訊員|评论员))")
_ENGLISH = re.compile(
    r"^\s*(?:Written\s)?[Bb]y\s{1,2}(?P<people>[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+){1,3}(?:(?:,|\sand)\s[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+){1,3})*)"
)
_EDITOR = re.compile(
    rf"(?:责\s?任?\s?编\s?辑?|責\s?任?\s?編\s?輯?|(?:本[版文]|值班|网络|網絡|新媒体|本网)?[编編]\s{{0,3}}[辑輯]|网编|编审){_GAP}(?P<people>{_PEOPLE})"
)
_EDITOR_ALONE = re.compile(
    rf"^[\s\[【(（]{{0,4}}(?:责任编辑|責任編輯|责编|责\s编|编辑|編輯)\s{{1,4}}(?P<people>[{HAN}]{{2,4}})(?=\s|$|[\]】)）])"
)
#: Who put a post on a page of a forum or a blog: names there can be anything short.
_SIGNED = re.compile(
    r"由\s?(?P<a>[^\s@于於，。！!？?：:]{1,24}?)\s?(?:张贴|張貼|发[布表]|發[布表])?\s?(?:于|於|@|在)"
    r"|(?:19|20)\d{2}[^a-z]{8,20}\sby\s(?P<d>\S{1,24})"
    r"|作者\s?[:：]\s?(?P<e>\S{1,24})\s{1,4}(?:提交|回[复覆]|发表)(?:日期|时间)"
    r"|(?P<b>(?<![^\s|])[^\s：:，。|！!？?]{0,24})\s?(?:发表|發表|发布|發布|张贴|posted)\s?(?:于|於|在|@|on\b)"
)
_POSTER = re.compile(
    r"(?:发布[者人]|发[帖信表]人|楼主|作者|张贴者|博主|投稿人|上传者|[Pp]osted by|[Aa]uthor)"
    r"\s{0,3}[:：]?\s{0,3}(?P<c>[^\s：:，。|()（）=！!？?]{2,24}+)(?!=)"
)
_BRACKETED = re.compile(rf"[\[【]\s{{0,3}}([{HAN}·]{{2,4}})\s{{0,3}}[\]】]")
_DATE = re.compile(
    r"(?:19|20)\d{2}\s?[-年/.]\s?\d{1,2}\s?[-月/.]\s?\d{1,2}[日號号]?(?:\s{0,4}\d{1,2}:\d{2}(?::\d{2})?)?"
)
_YEARLESS = re.compile(r"[\[(（【\s]*\d{1,2}[月/-]\d{1,2}日?\s*(?:\d{1,2}:\d{2}(?::\d{2})?)?[\])）】\s]*")
_SIGNED_LINE = re.compile(r"[（(【\s]*(?:本文)?(?:作\s?者|撰文|文)\s?[:：|｜丨/／]")
_FORMER_TITLE = re.compile(r"[（(【\[\s]{0,4}(?:本文)?原(?:文)?标题(?:为)?\s?[:：]")
#: The lines over a post of a university's bulletin board.
_POST_HEAD = re.compile(r"(?:发信人|发信站|寄信人|寄件人|標\s?題|标\s?题|信\s?区|看板|時間)\s?[:：]\s?\S")
#: Tools that stand on a line with the editors.
_MEND = re.compile(r"^[\[【（(\s]{0,3}(?:纠错|我要纠错|打印|举报|收藏|分享)[\]】）)\s]{0,3}")
_CLAUSE = re.compile(r"[，；。！？]|[,;]\s[a-z]")
_TRIM = " \u3000※|[]【】()（）《》-—_:：,，.。;；"
_LONGEST_SOURCE, _LONGEST_LINE = 30, 160
#: What stands where a poster's name could: the words of a page's own tools.
_TOOL = re.compile(
    r"最新|最近|文章|关注|關注|其[他它]|更多|相关|主页|资料|推荐|评论|介绍|简介|专栏|专区|登录|注册|所有|排行|留言|加为|只看"
)
#: Words of the names of media and offices, which no person's name of three characters or more has.
_OFFICE = re.compile(
    r"新[闻聞]|[日晚晨早时時商][报報]|[周週]刊|[杂雜][志誌]|在[线線]|[网網]|[传傳]媒|媒[体體]|[财財][经經]|科技|[观觀]察|[资資][讯訊]|[频頻]道|[卫衛][视視]|[电電][视視]|[广廣]播"
    r"|出版|大[学學]|公司|研究|委[员員]|政府|[办辦]公|[发發]布|[参參]考|消息|[编編][辑輯]|客[户戶]|公[众眾]|中心|[协協][会會]|集[团團]|世界|[综綜]合|整理|原[创創]|[转轉][载載]|管理"
)
_BESIDE = re.compile(rf"\s*(?P<one>[{HAN}·、，\s]{{2,30}}?)\s*[/／|｜]\s*(?P<two>[{HAN}·、，\s]{{2,30}}?)\s*")
_MEDIUM_END = re.compile(r"[网網报報社刊台闻聞道线線端讯訊商界汇版]$")
_NO_PERSON = re.compile(
    r"(?:[网網报報社台站部组室刊局会]|佚名|未知|不详|匿名|本站|admin|管理员|編輯部|team|staff|desk|editorial|writers?|reporters?"
    r"|correspondents?|editors?|press|news|times|reuters|cnn|bbc|afp|xinhua|contributors?|online|\.(?:com|net|org|cn|es))$",
    re.I,
)


def source_in(lines: Sequence[str]) -> str:
    """Return what the lines around an article name after `来源：`, or the medium beside its date; '' if neither."""
    return _named_source(lines) or medium_in(lines)


def _named_source(lines: Sequence[str]) -> str:
    for line in lines:
        if len(line) <= _LONGEST_LINE and (match := _SOURCE.search(line)):
            rest = line[match.end() :].lstrip(_TRIM)
            end = _SOURCE_END.search(rest)
            found = (rest[: end.start()] if end else rest).strip(_TRIM)
            if 1 < len(found) <= _LONGEST_SOURCE and "=" not in found:
                return found
    return ""


def medium_in(lines: Sequence[str]) -> str:
    """Return the medium that stands beside the date without a label (`2020-08-25 某某日报`, `《某某周刊》`)."""
    for line in lines:
        if len(line) <= 80 and (date := _DATE.search(line)):
            match = _MEDIUM_ALONE.search(line, date.end())
            if match:
                return match[1] or match[2]
    return ""


def _split(text: str) -> list[str]:
    """Names of a list; cut where another label begins, or where a word comes that is no name."""
    if end := _NEXT.search(text):
        text = text[: end.start()]
    if re.match(r"\s*[A-Za-z]", text):
        return [
            name
            for part in re.split(r"[,，、/&]|\sand\s", text)
            if _LATIN.fullmatch(name := part.strip(_TRIM))
            and not name.isupper()
            and not _NO_PERSON.search(name)
        ]
    found: list[str] = []
    for word in listed(normalise(_ROLES.sub(" ", _ATTACHED.sub(" ", text)))):
        word = word.strip(_TRIM + "/")
        if not is_name(word) or _NO_PERSON.search(word):
            break
        found.append(word)
    return found


def _labelled(pattern: re.Pattern[str], lines: Iterable[str]) -> list[str]:
    found: list[str] = []
    for line in lines:
        if len(line) > _LONGEST_LINE:
            continue
        for match in pattern.finditer(line):
            found.extend(_split(match["people"]))
    return found


def editors_in(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the editors that `责编：`, `编辑：` and the like name, in order, each once."""
    return tuple(dict.fromkeys(_labelled(_EDITOR, lines) or _labelled(_EDITOR_ALONE, lines)))


def authors_in(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the authors whom the lines around an article name by a label, in order, each once."""
    cut = [_HOUSE.sub("", _EDITOR.sub(" ", line)) for line in lines]
    found = (
        _labelled(_AUTHOR, cut)
        or _labelled(_REPORTED, cut)
        or [
            name
            for line in cut
            if len(line) <= 60
            for name in (line_names(line) or _labelled(_REPORTER, [line]) or _joined(line))
        ]
    )
    return tuple(dict.fromkeys(found or _labelled(_ENGLISH, cut)))


def _joined(line: str) -> list[str]:
    """The name that follows the word for reporter at the end of a line, if surely one."""
    match = _JOINED.search(line)
    return [match["people"]] if match and is_name(match["people"]) and has_surname(match["people"]) else []


def reported_in(body: Sequence[str]) -> tuple[str, ...]:
    """Return the reporters whom a text's first words name with the place: `〔記者羅文傑／台北報導〕`."""
    start = body[0][:_LONGEST_DATELINE] if body else ""
    if match := _WIRED_NAME.search(start):
        joined = match["joined"]
        name = joined[:3] if len(joined) != 4 else joined[:2]
        return (name,) if is_name(name) and has_surname(name) else ()
    return tuple(_labelled(_REPORTED, [start]))


def enclosed_in(footer: Sequence[str]) -> tuple[str, ...]:
    """Return the names that stand alone in brackets on the first line below a text."""
    match = _ENCLOSED.fullmatch(footer[0]) if footer else None
    return tuple(_only_names(match[1])) if match else ()


def _may_date(line: str) -> bool:
    """Skip at little cost the lines, nearly all, that hold no year."""
    return "20" in line or "19" in line or "民" in line


def is_dateline(line: str) -> bool:
    """Tell whether a short line gives an article's time beside a label for time, source or author."""
    return len(line) <= 120 and _may_date(line) and _LABEL.search(line) is not None and _has_day(line)


def signed_in(body: Sequence[str]) -> tuple[str, ...]:
    """Return the authors whom a line of the text itself names with 作者, at its beginning or end."""
    return authors_in(
        [line for line in (*body[:2], *body[-3:]) if len(line) <= 40 and _SIGNED_LINE.match(line)]
    )


def is_signature(line: str) -> bool:
    """Tell whether a line says who posted the text above it, and when."""
    return (
        len(line) <= 90
        and _may_date(line)
        and _DATE.search(line) is not None
        and _SIGNED.search(line) is not None
    )


def is_closing(line: str) -> bool:
    """Tell whether a line below a text is a label's: who edited it, where it comes from, who posted it."""
    start = _MEND.sub("", line).lstrip(_TRIM)
    if len(line) > 60:
        return False
    known = _EDITOR.match(start) or _EDITOR_ALONE.match(line) or _SOURCE.match(start)
    return bool(known or (_AUTHOR.match(start) and _EDITOR.search(start)))


def is_credit(line: str) -> bool:
    """Tell whether a short line is about the article and not of it: its day, source, author or editor."""
    if len(line) <= 100 and not line.endswith(("。", "，", "：")) and _has_day(line) and _says_little(line):
        return True
    if len(line) <= 40 and _REPORTER.search(line):
        return True
    if _FORMER_TITLE.match(line) or _POST_HEAD.match(line):
        return True
    line = _HOUSE.sub("", line)
    known = _SOURCE.match(line) or _AUTHOR.match(line) or _EDITOR.match(line) or _ENGLISH.match(line)
    return bool(known or line_names(line) or _only_names(line))


def _has_day(line: str) -> bool:
    return (_DATE.search(line) or _YEARLESS.fullmatch(line) or read_full(line, UTC)) is not None


def _says_little(line: str) -> bool:
    """A line with a date is no sentence of the text when it has a label, or hardly anything beside the date."""
    return _LABEL.search(line) is not None or (len(line) <= 60 and not _CLAUSE.search(line))


def _only_names(line: str) -> list[str]:
    names = [name for name in listed(line.strip(_TRIM))]
    sure = [name for name in names if is_name(name)]
    if not names or len(sure) < len(names) or sum(map(has_surname, sure)) * 2 < len(sure):
        return []
    return sure if len(sure) > 1 or (has_surname(sure[0]) and len(sure[0]) <= 3) else []


def bare_authors(header: Sequence[str]) -> tuple[str, ...]:
    """Return the names that stand under a headline without a label: alone on their line, or `[ 张三 ]` by the date."""
    for line in header:
        if _DATE.search(line):
            bracketed = [name for name in _BRACKETED.findall(line) if is_name(name) and has_surname(name)]
            if bracketed:
                return tuple(bracketed)
    for line in header:
        if len(line) <= 40 and (names := _only_names(line) or _beside_medium(line)):
            return tuple(names)
    return ()


def _beside_medium(line: str) -> list[str]:
    """The names of `张三/某某日报` or `某某日报 | 张三`."""
    if match := _BESIDE.fullmatch(line):
        for people, medium in ((match["one"], match["two"]), (match["two"], match["one"])):
            if _MEDIUM_END.search(medium) and (names := _only_names(people)):
                return names
    return []


def marked_people(texts: Iterable[str], site: str) -> tuple[str, ...]:
    """Return those of the texts marked as an author's that are surely people's names."""
    names = declared_people(texts, site)
    return tuple(
        name
        for name in names
        if (is_name(name) and has_surname(name)) or (" " in name and _LATIN.fullmatch(name))
    )


def posters_in(lines: Sequence[str]) -> tuple[str, ...]:
    """Return who posted a page of a blog or forum, by the name shown there."""
    for line in lines:
        match = (is_signature(line) and _SIGNED.search(line)) or (len(line) <= 90 and _POSTER.search(line))
        if match:
            name = (next(filter(None, match.groups()), "")).strip(_TRIM + "@")
            if name and not _NO_PERSON.search(name) and not _TOOL.search(name) and not _DATE.search(name):
                return (name,)
    return ()


def sourced_author(source: str) -> tuple[str, ...]:
    """Return the person whom some sites name after `来源：`, () where it is a medium."""
    return (source,) if is_name(source) and has_surname(source) and not _MEDIUM_END.search(source) else ()


def declared_people(names: Iterable[str], site: str) -> tuple[str, ...]:
    """Keep of declared authors those that can be people: no medium, no office, no address, no number.

    `site` holds the site's names; what stands in it is no author, unless it surely is a person's name.
    """
    found: list[str] = []
    for name in names:
        for part in re.split(r"[,，、;；|]|\sand\s", name):
            plain = _LEAD.sub("", part.strip())
            if 2 <= len(plain) <= 40 and not _is_site(plain, site) and not _is_office(plain):
                found.append(plain)
    return tuple(dict.fromkeys(found))


def _is_site(name: str, site: str) -> bool:
    """Tell whether a name is the site's: part of one, or one that is surely no person's and no person's blog."""
    named = is_name(name) and has_surname(name)
    return any(
        name in word and f"{name}的" not in word and not (named and word == name)
        for word in _SITE_WORD.findall(site)
    )


_SITE_WORD = re.compile(r"[^\s_|｜\-–—»]+")
_LEAD = re.compile(r"^(?:By\b|作者|[记記]者|撰文|文)?\s{0,3}[:：/／|]?\s{0,3}", re.I)


def _is_office(name: str) -> bool:
    if re.search(r"https?:|[@/\d]", name) or _NO_PERSON.search(name):
        return True
    return len(name) > 2 and _OFFICE.search(name) is not None and not (len(name) == 3 and has_surname(name))
