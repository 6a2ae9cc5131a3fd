"""When a channel is crawled: what the config says, and cron expressions as crontab(5) reads them."""

from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.config import Config, load
from scheduler.rhythm import Cron, Every, Plan, check_cron, cron_fields
from storage.errors import ConfigError


def config(tmp_path: Path, text: str) -> Config:
    file = tmp_path / "newsdelta.toml"
    file.write_text(text, encoding="utf-8")
    return load(str(file), env={})


HERE = '[[channel]]\nname = "cq"\nhome = "http://127.0.0.1:8801/"\n'
THERE = '[[channel]]\nname = "cq"\n'


@pytest.mark.parametrize(
    ("text", "rhythm"),
    [
        (THERE, Plan(120)),
        ("[watch]\nrequests_per_hour = 60\n" + THERE, Plan(60)),
        ("[watch]\nrequests_per_hour = 60\n" + HERE, Plan(60)),
        (HERE, Every(timedelta(minutes=15))),
        (HERE + 'every = "5m"\n', Every(timedelta(minutes=5))),
        (THERE + 'cron = "*/10 6-23 * * *"\n', Cron("*/10 6-23 * * *")),
        ('[watch]\nevery = "1h"\n' + THERE, Every(timedelta(hours=1))),
        ('[watch]\nevery = "1h"\n' + THERE + 'cron = "0 8 * * 1-5"\n', Cron("0 8 * * 1-5")),
    ],
)
def test_a_channel_goes_by_plan_unless_told_otherwise_or_without_a_budget(tmp_path, text, rhythm):
    assert config(tmp_path, text).rhythms == {"cq": rhythm}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (THERE + 'every = "5m"\ncron = "0 * * * *"\n', "every and cron exclude each other"),
        (THERE + 'every = "0s"\n', "a second is the shortest"),
        (THERE + 'cron = "hourly"\n', "five fields"),
        (THERE + 'cron = "61 * * * *"\n', "'61' is no minute; it goes from 0 to 59"),
        (THERE + 'cron = "* * * * 8"\n', "'8' is no day of the week"),
        ('[watch]\ntime_zone = "Asia/Chongking"\n', "'Asia/Chongking' is no time zone"),
    ],
)
def test_a_mistake_is_explained(tmp_path, text, words):
    with pytest.raises(ConfigError, match=r"newsdelta\.toml") as error:
        config(tmp_path, text)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("weekdays", "named"),
    [
        ("*", "*"),
        ("0", "sun"),
        ("7", "sun"),
        ("1-5", "mon,tue,wed,thu,fri"),
        ("fri-mon", "sun,mon,fri,sat"),
        ("mon,wed", "mon,wed"),
        ("*/2", "sun,tue,thu,sat"),
        ("1-7", "sun,mon,tue,wed,thu,fri,sat"),
    ],
)
def test_days_of_the_week_count_from_sunday(weekdays, named):
    assert cron_fields(f"0 8 * * {weekdays}")["day_of_week"] == named


@pytest.mark.parametrize("expression", ["*/10 6-23 * * *", "0,30 8-20/2 1-15 * mon-fri", "5 4 31 12 7"])
def test_what_is_a_cron_expression(expression):
    check_cron(expression)


@pytest.mark.parametrize("expression", ["* * * *", "*/0 * * * *", "5-1 * * * *", "x * * * *", "0 24 * * *"])
def test_what_is_none(expression):
    with pytest.raises(ValueError):
        check_cron(expression)


def test_a_rhythm_reads_as_a_sentence():
    assert str(Every(timedelta(minutes=90))) == "whole, every 90m"
    assert str(Every(timedelta(seconds=2))) == "whole, every 2s"
    assert str(Plan(120)) == "by plan, 120 requests/h"
