"""PURE: the words of messages and feeds in Chinese and English: what happened, to what, when."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from storage.diff import Part
from storage.records import EditClass, EventKind, Outcome

_SHANGHAI = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Words:
    """One language. `happened` names an event; of an edit, `changed` its classes in the order of their weight."""

    code: str
    tag: str  # of BCP 47, for HTML and feeds
    happened: Mapping[EventKind, str]
    counted: Mapping[EventKind, str]
    changed: str
    and_: str
    classes: Mapping[EditClass, str]
    parts: Mapping[Part, str]
    deleted: str
    inserted: str
    moved: str
    colon: str
    list_: str
    clip: str
    said: Mapping[str, str]
    details: tuple[tuple[re.Pattern[str], str], ...] = ()
    outcomes: Mapping[str, str] = field(default_factory=dict)


ZH = Words(
    code="zh",
    tag="zh-CN",
    happened={
        EventKind.NEW: "新发表",
        EventKind.EDITED: "文章改了",
        EventKind.REMOVED: "已撤下",
        EventKind.RESTORED: "恢复发布",
        EventKind.REPUBLISHED: "转载",
        EventKind.CHANNEL_BROKEN: "频道抓取异常",
        EventKind.CHANNEL_RECOVERED: "频道恢复正常",
        EventKind.CHANNEL_QUIET: "久无新文章",
    },
    counted={
        EventKind.NEW: "{} 篇新发表",
        EventKind.EDITED: "{} 篇有改动",
        EventKind.REMOVED: "{} 篇已撤下",
        EventKind.RESTORED: "{} 篇恢复发布",
        EventKind.REPUBLISHED: "{} 篇转载",
        EventKind.CHANNEL_BROKEN: "{} 个频道异常",
        EventKind.CHANNEL_RECOVERED: "{} 个频道恢复",
        EventKind.CHANNEL_QUIET: "{} 个频道久无新文章",
    },
    changed="{}改了",
    and_="、",
    classes={
        EditClass.HEADLINE: "标题",
        EditClass.NUMBER: "数字",
        EditClass.NAME_OR_TITLE: "人名职务",
        EditClass.DATE_OR_PLACE: "时间地点",
        EditClass.NEGATION: "否定词",
        EditClass.QUOTATION: "引语",
        EditClass.ATTRIBUTION: "来源署名",
        EditClass.ADDED: "增加内容",
        EditClass.REMOVED: "删去内容",
        EditClass.MOVED: "段落顺序",
        EditClass.WORDING: "措辞",
        EditClass.FORMAT: "格式",
    },
    parts={
        Part.KICKER: "肩题",
        Part.TITLE: "标题",
        Part.SUBTITLE: "副题",
        Part.SOURCE: "来源",
        Part.AUTHORS: "作者",
        Part.BODY: "",
        Part.EDITORS: "责任编辑",
    },
    deleted="删",
    inserted="增",
    moved="移动",
    colon="：",
    list_="；",
    clip="……",
    said={
        "removed": "这篇文章在网站上已经打不开{why}{last}。",
        "why": "（{}）",
        "last": "，最后一次看到是 {}",
        "restored": "撤下的文章又能打开了。",
        "broken": "本频道的页面有异常，可疑的内容暂不采信，这段时间可能漏报。",
        "reason": "原因：{}",
        "recovered": "本频道的页面又能正常读取了。",
        "quiet": "自{since}起没有新文章。监测仍在运行：其间访问 {visits} 次，失败 {failed} 次。",
        "healing": "网站改版了，新的选择器已用 {pages} 篇文章核对过。写入配置：newsdelta channels heal {channel}",
        "no_healing": "没有找到可靠的新选择器，请运行 newsdelta channels check {channel} 查看。",
        "first": "首发：{channel}《{title}》。",
        "same_again": "文章改动后又改回了原样。",
        "held_back": "。暂不采信：{}",
        "put_back": "改后又改回",
        "and_others": "等 {} 条",
        "returned": "文字改回了第 {} 版的样子。",
        "edits": "期间共改动 {} 次，以下是合计。",
        "edited_since": "发现后又改动 {} 次，以下是最新文字。",
        "guesses": "原文有乱码，有的文字是推测修复的{sign}：{list}。",
        "guess": "“{repaired}”（原为“{found}”）",
        "guess_sign": "，文中以“{}”标出",
        "more_guesses": "等 {} 处",
    },
    details=(
        (re.compile(r"the server answers (\d+)"), r"服务器返回 \1"),
        (re.compile(r"redirected to (\S+)"), r"打开后被转到 \1"),
        (re.compile(r"the body is empty"), "页面是空的"),
        (re.compile(r"the site says that the page does not exist"), "网站提示页面不存在"),
        (re.compile(r"the site shows a login or block page"), "网站要求登录或拒绝访问"),
        (re.compile(r"the page is there, but its text is gone"), "页面还在，正文没有了"),
        (re.compile(r"the page sends its reader elsewhere"), "打开后被转到别处"),
        (re.compile(r"its pages look right again"), "页面又能正常读取了"),
        (re.compile(r"(\d+) of (\d+) visits fail"), r"\2 次访问中有 \1 次失败"),
        (re.compile(r"(\d+) of (\d+) known pages are absent at once"), r"\2 篇已知文章中有 \1 篇同时打不开"),
        (
            re.compile(r"(\d+) of (\d+) pages show a text that our templates no longer read rightly"),
            r"\2 个页面中有 \1 个已不能正确读出正文",
        ),
        (re.compile(r"(\d+) of (\d+) pages match no template"), r"\2 个页面中有 \1 个版式不认识"),
        (
            re.compile(r"(\d+) of (\d+) pages changed their build and their text at once"),
            r"\2 个页面中有 \1 个版式和文字同时变了",
        ),
        (re.compile(r"(\d+) of (\d+) pages changed their text at once"), r"\2 个页面中有 \1 个文字同时变了"),
        (re.compile(r"(\d+) of (\d+) pages have the same new sentence"), r"\2 个页面中有 \1 个多出同一句话"),
        (re.compile(r"(\d+) of (\d+) pages lost the field (\w+)"), r"\2 个页面中有 \1 个读不出 \3 一栏"),
        (
            re.compile(r"(\d+) of (\d+) listings lost their article links, such as (\S+)"),
            r"\2 个栏目页中有 \1 个找不到文章链接，如 \3",
        ),
    ),
    outcomes={
        Outcome.READ: "篇文字可疑",
        Outcome.GONE: "篇打不开",
        Outcome.SOFT_GONE: "篇提示不存在",
        Outcome.REDIRECTED_HOME: "篇被转到别处",
        Outcome.EMPTIED: "篇没有正文",
        Outcome.UNREADABLE: "篇读不出",
        Outcome.BLOCKED: "篇被拒绝访问",
        Outcome.FAILED: "篇访问失败",
    },
)
EN = Words(
    code="en",
    tag="en",
    happened={
        EventKind.NEW: "New",
        EventKind.EDITED: "Edited",
        EventKind.REMOVED: "Taken down",
        EventKind.RESTORED: "Back online",
        EventKind.REPUBLISHED: "Republished",
        EventKind.CHANNEL_BROKEN: "Channel cannot be read",
        EventKind.CHANNEL_RECOVERED: "Channel can be read again",
        EventKind.CHANNEL_QUIET: "Nothing new",
    },
    counted={
        EventKind.NEW: "{} new",
        EventKind.EDITED: "{} edited",
        EventKind.REMOVED: "{} taken down",
        EventKind.RESTORED: "{} back online",
        EventKind.REPUBLISHED: "{} republished",
        EventKind.CHANNEL_BROKEN: "{} unreadable",
        EventKind.CHANNEL_RECOVERED: "{} readable again",
        EventKind.CHANNEL_QUIET: "{} with nothing new",
    },
    changed="{} changed",
    and_=", ",
    classes={
        EditClass.HEADLINE: "headline",
        EditClass.NUMBER: "number",
        EditClass.NAME_OR_TITLE: "name or post",
        EditClass.DATE_OR_PLACE: "date or place",
        EditClass.NEGATION: "negation",
        EditClass.QUOTATION: "quotation",
        EditClass.ATTRIBUTION: "attribution",
        EditClass.ADDED: "text added",
        EditClass.REMOVED: "text cut",
        EditClass.MOVED: "order",
        EditClass.WORDING: "wording",
        EditClass.FORMAT: "format",
    },
    parts={
        Part.KICKER: "Kicker",
        Part.TITLE: "Headline",
        Part.SUBTITLE: "Subtitle",
        Part.SOURCE: "Source",
        Part.AUTHORS: "Authors",
        Part.BODY: "",
        Part.EDITORS: "Editors",
    },
    deleted="cut",
    inserted="added",
    moved="moved",
    colon=": ",
    list_="; ",
    clip="…",
    said={
        "removed": "The article can no longer be opened on the site{why}{last}.",
        "why": " ({})",
        "last": "; it was last seen {}",
        "restored": "The article that had been taken down can be opened again.",
        "broken": "The pages of this channel look wrong: doubtful ones are held back, and articles may be missed.",
        "reason": "Reason: {}",
        "recovered": "The pages of this channel can be read again.",
        "quiet": "Nothing new since {since}. newsdelta is alive: {visits} visits since then, {failed} of them failed.",
        "healing": "The site was rebuilt; new selectors were found and proved on {pages} articles. "
        "To write them: newsdelta channels heal {channel}",
        "no_healing": "No new selectors could be proved ({notes}). Have a look: newsdelta channels check {channel}",
        "first": "First published: {channel}, “{title}”.",
        "same_again": "The article was edited and then put back as it was.",
        "held_back": ". Held back: {}",
        "put_back": "Edited and put back",
        "and_others": " and more, {} in all",
        "returned": "The text is back to that of revision {}.",
        "edits": "Edited {} times; the changes are shown together.",
        "edited_since": "Edited {} times since it was found; this is its latest text.",
        "guesses": "The page was damaged; some of its text is guessed{sign}: {list}.",
        "guess": "“{repaired}” (it read “{found}”)",
        "guess_sign": " and marked “{}”",
        "more_guesses": ", {} in all",
    },
)
_LANGUAGES = {"zh": ZH, "en": EN}
#: Edits that are told as what was done rather than as what "changed".
_DONE = {
    EditClass.ADDED: {"zh": "增加了内容", "en": "Text added"},
    EditClass.REMOVED: {"zh": "删去了内容", "en": "Text cut"},
}
#: The order in which classes are named: what alters the sense comes first.
IMPORTANCE = (
    EditClass.NEGATION,
    EditClass.NUMBER,
    EditClass.NAME_OR_TITLE,
    EditClass.HEADLINE,
    EditClass.DATE_OR_PLACE,
    EditClass.QUOTATION,
    EditClass.REMOVED,
    EditClass.ADDED,
    EditClass.ATTRIBUTION,
    EditClass.MOVED,
    EditClass.WORDING,
    EditClass.FORMAT,
)


def words(language: str) -> Words:
    """The words of a language: English for "en", Chinese for any other."""
    return _LANGUAGES.get(language, ZH)


def happened(language: Words, kind: EventKind, classes: Sequence[EditClass] = ()) -> str:
    """Say in a few words what happened: "新发表", "标题、数字改了", "Headline, number changed"."""
    if kind is not EventKind.EDITED or not classes:
        return language.happened[kind]
    named = [edit for edit in IMPORTANCE if edit in classes][:2]
    if named[0] in _DONE:
        return _DONE[named[0]][language.code]
    named = [edit for edit in named if edit not in _DONE]
    text = language.changed.format(language.and_.join(language.classes[edit] for edit in named))
    return text[:1].upper() + text[1:]


def detail(language: Words, text: str) -> str:
    """What was seen, in the language as far as it is one of the usual things, else as it was noted."""
    if not text:
        return ""
    seen, held, counts = text.partition(". Held back: ")
    said = language.list_.join(_detail(language, part) for part in seen.split("; "))
    if not held:
        return said
    named = (part.partition(" ") for part in counts.split(", "))
    counted = language.and_.join(f"{count} {language.outcomes.get(name, name)}" for count, _, name in named)
    return said + language.said["held_back"].format(counted)


def _detail(language: Words, text: str) -> str:
    for pattern, said in language.details:
        if found := pattern.fullmatch(text):
            return found.expand(said)
    return text


def time_text(language: Words, moment: datetime, zone: str, now: datetime) -> str:
    """A time as people write it in their own zone; the year where it is another than now's.

    The offset stands with it in every zone but China's, and in English always.
    """
    local, today = moment.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    other_year = local.year != today.year
    if language.code == "en":
        year = f" {local.year}" if other_year else ""
        return f"{local.day} {local:%b}{year}, {local:%H:%M} ({_offset(local)})"
    year = f"{local.year}年" if other_year else ""
    offset = "" if zone == _SHANGHAI else f"（{_offset(local)}）"
    return f"{year}{local.month}月{local.day}日 {local:%H:%M}{offset}"


def _offset(local: datetime) -> str:
    minutes = round((local.utcoffset() or local - local).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
