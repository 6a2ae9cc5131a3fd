"""The simulation of many workers loses nothing, makes nothing up, and visits each host one at a time."""

from __future__ import annotations

import pytest

from tests.benchmarks.cluster import Cluster, Costs, Setup

SETUPS = {
    "room for all": Setup(40, 4),
    "too few workers": Setup(200, 1, slots=1),
    "workers die all the time": Setup(60, 5, deaths=120.0),
    "a database that is full": Setup(200, 4, cores=1, costs=Costs(database=0.5)),
}


@pytest.fixture(params=SETUPS.values(), ids=SETUPS.keys())
def setup(request: pytest.FixtureRequest) -> Setup:
    return request.param


def test_nothing_is_lost_and_no_host_sees_two_workers(setup: Setup):
    out = Cluster(setup, seed=3).run()

    assert out.overlaps == 0
    assert 0 < out.stored == len(out.lags)
    assert 0 <= out.open <= setup.hosts
    assert out.published == out.found + out.unseen


def test_the_same_seed_gives_the_same_outcome(setup: Setup):
    assert Cluster(setup, seed=3).run() == Cluster(setup, seed=3).run()


def test_no_host_gets_more_than_its_budget(setup: Setup):
    out = Cluster(setup, seed=3).run()
    assert out.planned <= setup.hosts * (setup.budget * setup.hours + 1)


def test_no_part_works_more_than_it_can_in_time_for_what_was_stored():
    setup = SETUPS["a database that is full"]
    out = Cluster(setup, seed=3).run()
    assert out.stored * setup.costs.database <= setup.hours * 3600 * setup.cores
