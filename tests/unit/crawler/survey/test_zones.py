"""The time zone: from times beside moments, from offsets, from language and domain."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from crawler.survey.zones import Clock, find_zone

MOMENT = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)
HOME = "https://jz.example/"


def shown_at(zone: str, moment: datetime = MOMENT) -> Clock:
    """A feed's moment, and what the page shows in that zone, without an offset."""
    return Clock(moment, moment.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "language"),
    [
        ("Asia/Shanghai", "zh-Hans"),
        ("Asia/Taipei", "zh-Hant"),
        ("America/Chicago", "en"),
        ("Pacific/Auckland", "en"),
        ("Europe/London", "en"),
        ("Asia/Kolkata", "en"),
        ("America/New_York", "zh-Hans"),
    ],
)
def test_a_time_shown_beside_its_moment_tells_the_zone(zone: str, language: str) -> None:
    found = find_zone([shown_at(zone)] * 3, language, HOME)
    assert (found.name, found.sure) == (zone, "sure")


def test_the_domain_decides_between_zones_of_one_offset() -> None:
    assert find_zone([shown_at("Asia/Hong_Kong")], "zh-Hant", "https://paper.hk/").name == "Asia/Hong_Kong"


def test_feeds_that_are_an_hour_behind_the_page_tell_nothing_alone() -> None:
    late = Clock(MOMENT, (MOMENT + timedelta(hours=8, minutes=7)).replace(tzinfo=UTC))
    assert find_zone([late], "zh-Hans", HOME).sure == "likely"


def test_one_odd_clock_does_not_outvote_the_others() -> None:
    clocks = [shown_at("Asia/Shanghai"), shown_at("Asia/Shanghai"), shown_at("Asia/Tokyo")]
    assert find_zone(clocks, "zh-Hans", HOME).name == "Asia/Shanghai"


def test_an_offset_alone_is_likely() -> None:
    said = Clock(MOMENT.astimezone(timezone(timedelta(hours=-6))))
    found = find_zone([said], "en", HOME)
    assert (found.name, found.sure) == ("America/Chicago", "likely")


@pytest.mark.parametrize(
    ("language", "home", "zone", "sure"),
    [
        ("zh-Hans", HOME, "Asia/Shanghai", "likely"),
        ("zh-Hant", HOME, "Asia/Taipei", "likely"),
        ("zh-Hant", "https://paper.com.hk/", "Asia/Hong_Kong", "likely"),
        ("en", "https://paper.co.nz/", "Pacific/Auckland", "likely"),
        ("en", HOME, "UTC", "guess"),
    ],
)
def test_else_language_and_domain_decide(language: str, home: str, zone: str, sure: str) -> None:
    found = find_zone([], language, home)
    assert (found.name, found.sure) == (zone, sure)


def test_an_offset_without_a_known_place_is_named_by_its_hours() -> None:
    odd = Clock(MOMENT, (MOMENT - timedelta(hours=12)).replace(tzinfo=UTC))
    assert find_zone([odd], "en", HOME).name == "Etc/GMT+12"
