"""Rates: in any stretch of time no more than the rate and the burst, and no less than the rate when asked often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.pace import grant

START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Rate:
    messages: int
    seconds: float
    burst: int = 1


rates = st.builds(Rate, st.integers(1, 100), st.floats(0.1, 3600), st.integers(1, 30))


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_a_rate_of_twenty_a_minute_with_a_burst_of_two():
    rate = Rate(20, 60, 2)
    first = grant(None, rate, START, 5)
    assert (first.messages, first.wait) == (2, timedelta(seconds=3))

    second = grant(first.tat, rate, after(2.9), 5)
    assert second.messages == 0
    assert grant(second.tat, rate, after(3), 5).messages == 1
    assert grant(second.tat, rate, after(6), 5).messages == 2
    assert grant(second.tat, rate, after(3600), 5).messages == 2


def test_asking_for_nothing_costs_nothing():
    assert grant(None, Rate(1, 60), START, 0).messages == 0
    assert grant(grant(None, Rate(1, 60), START, 0).tat, Rate(1, 60), START, 1).messages == 1


def test_a_clock_that_was_set_back_shuts_a_place_for_one_step_at_most():
    rate = Rate(1, 60, 3)
    tomorrow = grant(None, rate, START + timedelta(days=1), 3).tat

    again = grant(tomorrow, rate, START, 1)
    assert again.messages == 0
    assert again.wait <= timedelta(seconds=60)


@given(rates, st.lists(st.tuples(st.floats(0, 600), st.integers(0, 40)), max_size=60), st.floats(0.05, 3600))
def test_never_more_than_rate_and_burst_in_any_window(rate, asked, window):
    now, tat, sent = START, None, []
    for gap, wanted in asked:
        now += timedelta(seconds=gap)
        granted = grant(tat, rate, now, wanted)
        tat = granted.tat
        assert granted.messages <= wanted
        sent += [now] * granted.messages

    most = rate.burst + window * rate.messages / rate.seconds
    for number, began in enumerate(sent):
        within = [one for one in sent[number:] if one < began + timedelta(seconds=window)]
        assert len(within) <= most + 1e-6


@given(rates, st.lists(st.integers(1, 40), min_size=1, max_size=40))
def test_who_waits_as_told_is_let_through_then_and_not_before(rate, asked):
    now, tat = START, None
    for wanted in asked:
        granted = grant(tat, rate, now, wanted)
        if granted.wait:
            early = now + granted.wait - timedelta(microseconds=1)
            assert grant(granted.tat, rate, early, 1).messages == 0
        now += granted.wait
        assert grant(granted.tat, rate, now, 1).messages == 1
        tat = granted.tat


@pytest.mark.parametrize("rate", [Rate(1, 1), Rate(20, 60, 5), Rate(3, 1, 1), Rate(500, 1, 50)])
def test_the_rate_is_used_to_the_full(rate):
    now, tat, sent = START, None, 0
    while now < after(600):
        granted = grant(tat, rate, now, 1)
        sent, tat = sent + granted.messages, granted.tat
        now += max(granted.wait, timedelta(milliseconds=1))

    assert sent >= min(600 * rate.messages / rate.seconds, 600 * 1000) * 0.99
