"""Messages for tests, one of each kind that people get; all that happens in them is invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crawler.text.canonical import fold
from scheduler.alerts.model import Item, Message
from scheduler.alerts.samples import samples
from storage.diff import compare
from storage.records import Article, ArticleFields, Event, EventKind, State

AT = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)
NAMES = (
    "new",
    "edited",
    "put-back",
    "returned",
    "removed",
    "restored",
    "republished",
    "channel-broken",
    "channel-recovered",
    "channel-quiet",
    "digest-of-every-kind",
)
DISTRICTS = ("渝北", "江北", "南岸", "沙坪坝", "九龙坡", "大渡口", "北碚", "巴南")


def fields(title: str, *body: str, number: int = 41400100, **others: object) -> ArticleFields:
    """What an article says."""
    url = f"http://cq.people.com.cn/n2/2026/1124/c365402-{number}.html"
    return ArticleFields(url=url, title=title, body=body, source="人民网-重庆频道", **others)  # type: ignore[arg-type]


def article(said: ArticleFields, number: int = 12, channel: str = "cq") -> Article:
    """The article as the store knows it."""
    return Article(
        id=number,
        publisher="people.com.cn",
        key=str(number),
        channel=channel,
        url=said.url,
        title=said.title,
        published_at=AT - timedelta(hours=3),
        first_seen=AT - timedelta(hours=2),
        last_seen=AT - timedelta(minutes=20),
        state=State.PRESENT,
        revisions=2,
        content_hash="c1:told",
        source=said.source,
    )


def edited(
    old: ArticleFields, new: ArticleFields, number: int = 12, channel: str = "cq", edits: int = 1
) -> Item:
    """An edit of an article."""
    diff = compare(old, new, fold=fold)
    event = Event(
        id=100 + number,
        at=AT,
        kind=EventKind.EDITED,
        article=number,
        url=new.url,
        title=new.title,
        channel=channel,
        from_revision=1,
        to_revision=1 + edits,
        classes=diff.classes,
        weight=diff.weight,
    )
    copy = f"https://news.example.org/articles/{number}/diff?from=1&to={1 + edits}"
    return Item(event, article(new, number, channel), new, diff.changes, copy, edits)


def appeared(said: ArticleFields, number: int = 12, channel: str = "cq") -> Item:
    """A new article."""
    event = Event(200 + number, AT, EventKind.NEW, number, said.url, said.title, channel, to_revision=1)
    return Item(event, article(said, number, channel), said)


def message(items: Sequence[Item], language: str = "zh", **others: object) -> Message:
    """What a subscription tells."""
    return Message(
        key="nd-told",
        subscription="渝北舆情",
        language=language,
        created_at=AT + timedelta(minutes=1),
        items=tuple(items),
        **others,  # type: ignore[arg-type]
    )


def messages(language: str) -> dict[str, Message]:
    """Every golden message of a language, by name."""
    said = dict(zip(NAMES, samples(language), strict=True))
    said["many-changes"] = message([_many_changes()], language)
    said["three-edits-as-one"] = message([_three_edits()], language)
    said["digest-of-two-channels"] = message(_two_channels(), language)
    said["read-in-london"] = replace(said["removed"], time_zone="Europe/London")
    return said


def _many_changes() -> Item:
    body = [
        f"{name}区今年改造老旧小区{12 + at}个，惠及居民{at + 2}万人。" for at, name in enumerate(DISTRICTS)
    ]
    new = [text.replace("改造", "改造提升") for text in body]
    new[5] = new[5].replace("17个", "71个")
    new[6] = new[6].replace("惠及", "未惠及")
    title = "重庆中心城区老旧小区改造进展"
    return edited(fields(title, *body), fields(title, *new))


def _three_edits() -> Item:
    old = fields("重庆轨道交通新线试运行", "线路全长28.7公里，设车站15座。", "试运行为期三个月。")
    new = replace(old, body=("线路全长28.7公里，设车站16座，其中换乘站4座。", "试运行为期三个月。"))
    return edited(old, new, edits=3)


def _two_channels() -> list[Item]:
    cq, sc = (
        fields("渝北区口袋公园开放", "新开放口袋公园三处。"),
        fields("成渝高铁加开列车", "周末加开列车6对。"),
    )
    return [
        appeared(fields("重庆举办青年歌会", "来自12个区县的歌手参加。"), 21),
        edited(cq, replace(cq, body=("新开放口袋公园五处。",)), 22),
        edited(sc, replace(sc, title="成渝高铁周末加开列车"), 23, "sc"),
        appeared(fields("巴南区柑橘丰收", "今年柑橘产量预计4万吨。"), 24),
        edited(cq, replace(cq, body=("新开放的口袋公园三处。",)), 25),
    ]
