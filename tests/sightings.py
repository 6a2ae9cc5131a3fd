"""Invented visits to invented articles, for tests of the store and of what is built on it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from storage.records import (
    ArticleFields,
    Encoding,
    Link,
    Observation,
    Outcome,
    PageBody,
    Reading,
    Sighting,
)

PUBLISHER = "people.com.cn"
START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
RULES = "d1 r1 x1 c1"
TITLE = "渝北区新增三处口袋公园"
BODY = ("记者从渝北区城市管理局获悉，今年新增口袋公园三处。", "其中龙溪街道一处面积为1200平方米。")


def at(minutes: float) -> datetime:
    """A moment, in minutes after the first visit."""
    return START + timedelta(minutes=minutes)


def url_of(key: str, part: int = 1) -> str:
    """Where an article is published."""
    suffix = f"-{part}" if part > 1 else ""
    return f"http://cq.people.com.cn/n2/2026/1124/c365401-{key}{suffix}.html"


def reading(
    key: str = "41000001", *, title: str = TITLE, body: Sequence[str] = BODY, rules: str = RULES
) -> Reading:
    """What an article says; its hash is that of its text."""
    canonical = f"{title}\n\n{''.join(body)}"
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    fields = ArticleFields(
        url=url_of(key),
        title=title,
        body=tuple(body),
        published_at=START - timedelta(minutes=30),
        source="人民网-重庆频道",
        editors=("秦岚", "周渝生"),
        article_id=key,
    )
    return Reading(fields, Encoding("gb18030", "gb2312", "meta"), canonical, f"c1:{digest}", rules)


def pages(key: str, said: Reading, parts: int = 1, etag: str | None = '"a1"') -> tuple[PageBody, ...]:
    """The pages that an article's reading came from."""
    text = said.canonical.encode("gb18030", "replace")
    return tuple(
        PageBody(url_of(key, part), b"<html>%d " % part + text, "text/html", part, etag, None)
        for part in range(1, parts + 1)
    )


def seen(
    minutes: float = 0,
    key: str = "41000001",
    *,
    outcome: Outcome = Outcome.READ,
    title: str = TITLE,
    body: Sequence[str] = BODY,
    rules: str = RULES,
    baseline: Reading | None = None,
    parts: int = 1,
    channel: str = "cq",
    run: int | None = None,
) -> Sighting:
    """One visit, `minutes` after the first."""
    said = reading(key, title=title, body=body, rules=rules) if outcome is Outcome.READ else None
    return Sighting(
        channel=channel,
        publisher=PUBLISHER,
        key=key,
        observation=Observation(url_of(key), at(minutes), outcome, 200, 24_000, 0.12, ""),
        reading=said,
        pages=pages(key, said, parts) if said else (),
        baseline=baseline,
        run=run,
    )


def link(key: str, title: str = "") -> Link:
    """An article's link on a listing."""
    return Link(url_of(key), PUBLISHER, key, title, "http://cq.people.com.cn/", at(0))
