"""What a long run says of growth: a burst of work is none, a leak is found, however slow."""

from __future__ import annotations

from random import Random

import pytest

from tests.soak.trend import Sample, trend


def samples(megabytes, hours=1.0, number=720, files=40, threads=12):
    moments = [hours * one / number for one in range(number)]
    return [Sample(at, megabytes(at), files, threads) for at in moments]


def noisy(leak: float):
    chance = Random("a noisy memory")
    return lambda at: 300.0 + leak * at + chance.uniform(-8, 8)


@pytest.mark.parametrize("leak", [0.0, 4.0, 40.0, -40.0])
def test_the_growth_is_found_in_the_noise(leak: float):
    assert trend(samples(noisy(leak), number=7200), 0.0).megabytes_an_hour == pytest.approx(leak, abs=1.0)


def test_what_is_not_warm_yet_does_not_count():
    found = trend(samples(lambda at: 100.0 + 600 * min(at, 0.25)), 1 / 3)
    assert (found.megabytes_an_hour, found.megabytes, found.findings()) == (0.0, (250.0, 250.0), [])


def test_a_burst_is_no_growth():
    assert trend(samples(lambda at: 500.0 if 0.8 < at < 0.9 else 250.0), 0.0).findings() == []


def test_each_thing_that_grows_is_named():
    leaking = [Sample(at / 60, 250.0 + at, 40 + at, 12 + at) for at in range(60)]
    assert trend(leaking, 0.0).findings() == [
        "memory grows by 60.00 MB an hour",
        "open files grow by 60.0 an hour",
        "threads grow by 60.0 an hour",
    ]


def test_too_short_a_run_says_nothing():
    with pytest.raises(ValueError, match="2 samples after the warm-up"):
        trend([Sample(at, 1.0, 1, 1) for at in (0.0, 0.5, 1.0)], 0.4)
