"""PURE: invented messages of every kind, to try templates on and to show what alerts look like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crawler.text.canonical import fold
from scheduler.alerts.model import Item, Message
from storage.diff import Diff, compare
from storage.records import Article, ArticleFields, Event, EventKind, Repair, State

_AT = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)
_OLD = ArticleFields(
    url="http://cq.people.com.cn/n2/2026/1124/c365402-41400001.html",
    title="渝北区新增3条公交线路 方便群众出行",
    published_at=_AT - timedelta(hours=3),
    source="人民网-重庆频道",
    authors=("秦岚",),
    editors=("周渝生", "陈易"),
    section=("人民网", "重庆频道", "要闻"),
    body=(
        "人民网重庆11月24日电（记者秦岚）记者24日从渝北区交通运输委获悉，12月1日起，当地将新开3条公交线路，覆盖12个小区。",
        "渝北区交通运输委副主任李明川说：“新线路首末班时间与轨道交通衔接，早高峰每6分钟一班。”",
        "据介绍，线路开通后，预计每天可方便2.5万人出行。",
    ),
    article_id="41400001",
)
_NEW = replace(
    _OLD,
    title="渝北区新增5条公交线路 方便群众出行",
    body=(
        "人民网重庆11月24日电（记者秦岚）记者24日从渝北区交通运输委获悉，12月1日起，当地将新开5条公交线路，覆盖21个小区。",
        "渝北区交通运输委主任李明川说：“新线路首末班时间与轨道交通衔接，早高峰每6分钟一班。”",
        "线路具体走向可拨打交通服务热线查询。",
    ),
)


def samples(language: str = "zh", template: str = "") -> Iterator[Message]:
    """Yield a message of every kind, then a digest of all kinds. Every variable of a template is set in one."""
    items = tuple(_items())
    kinds = [(item,) for item in items] + [items]
    for number, told in enumerate(kinds, 1):
        yield _message(told, f"nd-sample-{number}", language, template)


def sample(language: str = "zh", template: str = "", subscription: str = "sample", page: str = "") -> Message:
    """One message that says what most do: an edit of a number, a post and a title."""
    edit = next(item for item in _items() if item.event.kind is EventKind.EDITED)
    copy = f"{page.rstrip('/')}/articles/12/diff?from=1&to=2" if page else edit.copy
    message = _message((replace(edit, copy=copy),), "nd-sample", language, template)
    return replace(message, subscription=subscription)


def _message(items: Sequence[Item], key: str, language: str, template: str) -> Message:
    return Message(
        key=key,
        subscription="sample",
        language=language,
        created_at=_AT + timedelta(minutes=1),
        items=tuple(items),
        thread="article-12" if len(items) == 1 and items[0].article else "",
        template=template,
    )


def _items() -> Iterator[Item]:
    edit = compare(_OLD, _NEW, fold=fold)
    guess = Repair("slip", 46, "覆�1�72个", "覆盖12个", certain=False)
    copy = "newsdelta show 12 --revision 1"
    yield replace(_item(EventKind.NEW, _OLD), guesses=(guess,), copy=copy)
    edited = _item(EventKind.EDITED, _NEW, edit)
    yield replace(edited, changes=edit.changes, edits=1, copy="newsdelta diff 12 --from 1 --to 2")
    yield replace(_item(EventKind.EDITED, _OLD, compare(_OLD, _OLD, fold=fold)), edits=2, copy=copy)
    back = compare(_NEW, _OLD, fold=fold)
    returned = _item(EventKind.EDITED, _OLD, back)
    yield replace(
        returned,
        event=replace(returned.event, from_revision=2, to_revision=3, returned_to=1),
        changes=back.changes,
        edits=1,
        copy="newsdelta diff 12 --from 2 --to 3",
    )
    yield replace(_item(EventKind.REMOVED, _NEW, detail="the server answers 404"), copy=copy)
    yield replace(_item(EventKind.RESTORED, _NEW), copy=copy)
    first = replace(_article(_OLD), id=7, channel="sc", title="重庆渝北新增3条公交线路", revisions=1)
    yield replace(_item(EventKind.REPUBLISHED, _OLD), first=first, copy=copy)
    yield Item(_channel(EventKind.CHANNEL_BROKEN, "7 of 9 pages match no template. Held back: 7 unreadable"))
    yield Item(_channel(EventKind.CHANNEL_RECOVERED, "its pages look right again"))
    since = (_AT - timedelta(hours=26)).isoformat()
    quiet = f"nothing new since {since}; 2880 visits since, 3 failed"
    yield Item(_channel(EventKind.CHANNEL_QUIET, quiet))


def _item(kind: EventKind, fields: ArticleFields, diff: Diff | None = None, detail: str = "") -> Item:
    event = Event(
        id=40,
        at=_AT,
        kind=kind,
        article=12,
        url=fields.url,
        title=fields.title,
        channel="cq",
        from_revision=1 if diff else None,
        to_revision=2 if diff else 1,
        classes=diff.classes if diff else (),
        weight=diff.weight if diff else 0,
        story=7,
        detail=detail,
    )
    return Item(event, _article(fields), fields)


def _article(fields: ArticleFields) -> Article:
    return Article(
        id=12,
        publisher="people.com.cn",
        key="41400001",
        channel="cq",
        url=fields.url,
        title=fields.title,
        published_at=fields.published_at,
        first_seen=_AT - timedelta(hours=2),
        last_seen=_AT - timedelta(minutes=20),
        state=State.PRESENT,
        revisions=2,
        content_hash="c1:sample",
        source=fields.source,
        story=7,
    )


def _channel(kind: EventKind, detail: str) -> Event:
    return Event(41, _AT, kind, None, "http://cq.people.com.cn/", "", "cq", detail=detail)
