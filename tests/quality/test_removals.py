"""Removals and parser health on a small sample of what `make bench` plays in full."""

from __future__ import annotations

import pytest

from storage.database import Database
from tests.quality.health_cases import play_mass_edit, play_redesign
from tests.quality.removals.timelines import HELD_BACK, SCENARIOS, play


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Database.open(f"sqlite:///{tmp_path_factory.mktemp('removals')}/n.db") as database:
        yield database


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_removed_is_told_and_nothing_else(store, name):
    outcome = play(store, name, SCENARIOS[name], seed=3)
    assert outcome.told == outcome.wanted


@pytest.mark.parametrize("name", HELD_BACK)
def test_scenarios_written_after_the_limits_were_set(store, name):
    outcome = play(store, name, HELD_BACK[name], seed=3)
    assert outcome.told <= outcome.wanted


@pytest.mark.parametrize("seed", range(1000, 1016))
def test_a_redesign_is_noticed_at_once_and_told_as_nothing_else(store, seed):
    case = play_redesign(store, seed)
    assert case.told == 0
    assert case.noticed == case.harmful
    assert case.recovered == case.harmful


@pytest.mark.parametrize("seed", range(1000, 1003))
def test_editors_may_change_a_third_of_the_site_at_once(store, seed):
    made, told, alarm = play_mass_edit(store, seed)
    assert (told, alarm) == (made, False)
