"""When a notification is due. 2026 in Shanghai has no change of clocks; Berlin's are on 29 March and 25 October."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.due import LONGEST_WAIT, Quiet, Slots, Timing, read_digest, read_quiet, read_zone, timing
from storage.records import Subscription

ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]

moments = st.timedeltas(timedelta(), timedelta(days=730)).map(
    lambda passed: datetime(2026, 1, 1, tzinfo=UTC) + passed
)
clocks = st.times().map(lambda one: one.replace(second=0, microsecond=0))
zones = st.sampled_from(ZONES).map(ZoneInfo)
quiets = st.lists(clocks, min_size=2, max_size=2, unique=True).map(lambda two: Quiet(*two))
slots = st.one_of(
    st.timedeltas(timedelta(minutes=1), timedelta(hours=24)).map(lambda one: Slots(every=one)),
    st.lists(clocks, min_size=1, max_size=4, unique=True).map(lambda some: Slots(at=tuple(sorted(some)))),
)
waits = st.timedeltas(timedelta(), timedelta(hours=3))


def local(text: str, zone: str = "Asia/Shanghai") -> datetime:
    """A moment, by the clock on the wall of a place."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def due(now: datetime, zone: str = "Asia/Shanghai", **settings) -> datetime:
    return timing(Subscription("a", ("d",), time_zone=zone, **settings)).due(now)


@pytest.mark.parametrize(
    ("now", "settings", "expected"),
    [
        ("2026-11-24 09:10", {}, "2026-11-24 09:10"),
        ("2026-11-24 09:10", {"wait": timedelta(minutes=15)}, "2026-11-24 09:25"),
        ("2026-11-24 09:10", {"digest": "off"}, "2026-11-24 09:10"),
        ("2026-11-24 09:10", {"digest": "30m"}, "2026-11-24 09:30"),
        ("2026-11-24 09:30", {"digest": "30m"}, "2026-11-24 10:00"),
        ("2026-11-24 09:10", {"digest": "2h"}, "2026-11-24 10:00"),
        ("2026-11-24 23:10", {"digest": "7h"}, "2026-11-25 00:00"),
        ("2026-11-24 09:10", {"digest": "24h"}, "2026-11-25 00:00"),
        ("2026-11-24 08:59", {"digest": "09:00,18:00"}, "2026-11-24 09:00"),
        ("2026-11-24 09:00", {"digest": "09:00,18:00"}, "2026-11-24 18:00"),
        ("2026-11-24 18:01", {"digest": "18:00， 09:00"}, "2026-11-25 09:00"),
        ("2026-11-24 21:59", {"quiet": "22:00-07:00"}, "2026-11-24 21:59"),
        ("2026-11-24 22:00", {"quiet": "22:00-07:00"}, "2026-11-25 07:00"),
        ("2026-11-25 06:59", {"quiet": "22:00-07:00"}, "2026-11-25 07:00"),
        ("2026-11-25 07:00", {"quiet": "22:00-07:00"}, "2026-11-25 07:00"),
        ("2026-11-24 12:30", {"quiet": "12:00-14:00"}, "2026-11-24 14:00"),
        ("2026-11-24 21:50", {"quiet": "22:00-07:00", "wait": timedelta(minutes=15)}, "2026-11-25 07:00"),
        ("2026-11-24 22:10", {"quiet": "22:00-07:00", "digest": "30m"}, "2026-11-25 07:00"),
        ("2026-11-24 06:10", {"quiet": "22:00-07:00", "digest": "09:00"}, "2026-11-24 09:00"),
        ("2026-11-24 22:30", {"quiet": "22:00-24:00"}, "2026-11-25 00:00"),
    ],
)
def test_in_shanghai(now, settings, expected):
    assert due(local(now), **settings) == local(expected)


@pytest.mark.parametrize(
    ("now", "settings", "expected"),
    [
        # 02:00 becomes 03:00: 02:30 is as long after midnight as ever, which clocks call 03:30
        ("2026-03-29T00:10:00Z", {"digest": "02:30"}, "2026-03-29T01:30:00Z"),
        ("2026-03-28T23:30:00Z", {"quiet": "23:00-02:30"}, "2026-03-29T01:30:00Z"),
        # 03:00 becomes 02:00: of the two 02:30 the first counts, and only that one
        ("2026-10-24T23:00:00Z", {"digest": "02:30"}, "2026-10-25T00:30:00Z"),
        ("2026-10-25T00:30:00Z", {"digest": "02:30"}, "2026-10-26T01:30:00Z"),
        # a day of 23 hours, a day of 25: quiet hours end by the clock
        ("2026-03-28T22:00:00Z", {"quiet": "22:00-07:00"}, "2026-03-29T05:00:00Z"),
        ("2026-10-24T21:00:00Z", {"quiet": "22:00-07:00"}, "2026-10-25T06:00:00Z"),
        # every twelve hours from midnight: the longer day has a third, short stretch
        ("2026-10-25T11:00:00Z", {"digest": "12h"}, "2026-10-25T22:00:00Z"),
        ("2026-10-25T22:00:00Z", {"digest": "12h"}, "2026-10-25T23:00:00Z"),
    ],
)
def test_in_berlin_when_the_clocks_change(now, settings, expected):
    assert due(datetime.fromisoformat(now), "Europe/Berlin", **settings) == datetime.fromisoformat(expected)


@given(moments, zones, waits, st.none() | slots, st.none() | quiets)
def test_nothing_is_due_before_it_happens_or_dropped(now, zone, wait, slots, quiet):
    """What is due is due within the wait, a day until the slot, and a day of quiet hours."""
    made = Timing(zone, wait, slots, quiet)

    assert now <= made.due(now) <= now + max(wait, timedelta(hours=25)) + timedelta(hours=26)
    assert now <= made.at_once(now) <= now + timedelta(hours=26)


@given(moments, zones, quiets)
def test_quiet_hours_delay_until_their_end_and_not_again(now, zone, quiet):
    end = quiet.after(now, zone)

    assert quiet.after(end, zone) == end
    if end != now:
        assert all(quiet.after(now + (end - now) * part / 4, zone) == end for part in range(4))


@given(moments, moments, zones, waits, st.none() | slots, st.none() | quiets)
def test_what_happens_first_is_due_first(one, other, zone, wait, slots, quiet):
    made = Timing(zone, wait, slots, quiet)
    first, second = sorted([one, other])

    assert made.due(first) <= made.due(second)
    assert made.at_once(first) <= made.at_once(second)


@given(moments, zones, slots)
def test_slots_follow_each_other_and_none_is_left_out(now, zone, slots):
    following = slots.after(now, zone)

    assert now < following <= now + timedelta(hours=25)
    between = now + (following - now) * 0.7
    assert between >= following or slots.after(between, zone) == following


@given(moments, zones, st.integers(1, 180), st.lists(st.integers(0, 120), min_size=1, max_size=20))
def test_a_debounced_article_is_told_a_wait_after_it_fell_quiet_or_at_the_end_of_patience(
    first, zone, wait, gaps
):
    made = Timing(zone, timedelta(minutes=wait))
    now, due = first, made.due(first)
    for gap in gaps:
        now += timedelta(minutes=gap)
        if now >= due:
            break
        later = made.debounced(first, now)
        assert now < later <= first + LONGEST_WAIT * made.wait
        assert later >= due
        assert later in (now + made.wait, first + LONGEST_WAIT * made.wait)
        due = later


def test_an_article_of_which_we_hear_too_late_is_told_at_once():
    made = Timing(ZoneInfo("Asia/Shanghai"), timedelta(minutes=10))
    first = local("2026-11-24 09:00")

    assert made.debounced(first, local("2026-11-24 10:30")) == local("2026-11-24 10:30")


@pytest.mark.parametrize(
    ("read", "text", "names"),
    [
        (read_digest, "0m", "no time at all"),
        (read_digest, "25h", "longer than a day"),
        (read_digest, "soon", '"soon" is no time of day'),
        (read_digest, "09:00,25:00", '"25:00" is no time of day'),
        (read_digest, "9", '"9" is no time of day'),
        (read_quiet, "22-7", "22:00-07:00"),
        (read_quiet, "22:00-22:00", "pause the alert"),
        (read_quiet, "22:00-07:60", '"07:60" is no time of day'),
        (read_zone, "Mars/Olympus", "Asia/Shanghai"),
        (read_zone, "../etc/passwd", "Asia/Shanghai"),
        (read_zone, "", "Asia/Shanghai"),
    ],
)
def test_what_cannot_be_understood_is_named(read, text, names):
    with pytest.raises(ValueError, match=names):
        read(text)


def test_forms_of_writing():
    assert read_digest("off") is read_digest("") is read_quiet(" ") is None
    assert read_digest("90 min") == Slots(every=timedelta(minutes=90))
    assert read_digest("9:00") == Slots(at=(time(9),))
    assert read_quiet("22:00–07:00") == read_quiet("22:00 - 7:00") == Quiet(time(22), time(7))
    with pytest.raises(ValueError, match="wait"):
        timing(Subscription("a", ("d",), wait=timedelta(minutes=-1)))
