"""Durations, rhythms and ages as the page says them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.rhythm import Cron, Every, Plan
from scheduler.web import say
from scheduler.web.words import translator

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
EN, ZH = translator("en"), translator("zh")


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0, "0 s", "0 秒"),
        (0.5, "0.5 s", "0.5 秒"),
        (90, "1 min 30 s", "1 分钟 30 秒"),
        (900, "15 min", "15 分钟"),
        (5400, "1 h 30 min", "1 小时 30 分钟"),
        (7 * 86400, "7 d", "7 天"),
    ],
)
def test_durations(seconds: float, english: str, chinese: str) -> None:
    length = timedelta(seconds=seconds)
    assert (say.span(length, EN), say.span(length, ZH)) == (english, chinese)


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (-5, "0 min ago", "0 分钟前"),
        (3599, "59 min ago", "59 分钟前"),
        (3600, "1 h ago", "1 小时前"),
        (86400, "24 h ago", "24 小时前"),
        (3 * 86400, "3 d ago", "3 天前"),
    ],
)
def test_ages(seconds: float, english: str, chinese: str) -> None:
    moment = NOW - timedelta(seconds=seconds)
    assert (say.age(moment, NOW, EN), say.age(moment, NOW, ZH)) == (english, chinese)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0.04, "0.04 min"), (4.26, "4.3 min"), (47.6, "48 min"), (119.9, "120 min"), (200, "3.33 h")],
)
def test_means_are_not_said_more_exactly_than_they_are_known(minutes: float, said: str) -> None:
    assert say.about(minutes, EN) == said


@pytest.mark.parametrize(
    ("rhythm", "english", "chinese"),
    [
        (Plan(120), "by plan, 120 requests an hour", "按计划逐页，每小时 120 次请求"),
        (Every(timedelta(minutes=15)), "whole, every 15 min", "整站，每 15 分钟一次"),
        (Cron("*/10 6-23 * * *"), "whole, at */10 6-23 * * *", "整站，按 */10 6-23 * * *"),
    ],
)
def test_rhythms(rhythm: Plan | Every | Cron, english: str, chinese: str) -> None:
    assert (say.rhythm(rhythm, EN), say.rhythm(rhythm, ZH)) == (english, chinese)


@pytest.mark.parametrize(
    ("text", "chinese"), [("30m", "每 30 分钟"), ("09:00,18:00", "09:00、18:00"), ("09:00", "09:00")]
)
def test_digests(text: str, chinese: str) -> None:
    assert say.digest(text, ZH) == chinese
