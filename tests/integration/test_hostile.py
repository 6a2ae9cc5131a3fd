"""Hostile sites and sites in trouble: each response comes to what its table says, and stops no other page."""

from __future__ import annotations

import functools
import os

import pytest

from tests.integration import hostile_run
from tests.integration.hostile_cases import FAMILIES, GOOD_NAMES, OUTCOMES
from tests.integration.hostile_pages import ANYTHING, NONE, NOTHING, OR_TOLD, PAGE_FAMILIES, PAGE_OUTCOMES

#: Megabytes that a family of cases, six at a time, may take above the baseline, in all processes.
MEMORY = {"listings": 100, "feeds": 100, "sitemaps": 100}
USUAL_MEMORY = 200
CASES = [(family, case.name) for family, cases in FAMILIES.items() for case in cases]
PAGE_CASES = [(family, case.name) for family, cases in PAGE_FAMILIES.items() for case in cases]


@pytest.fixture(scope="session")
def run_of(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    return functools.cache(lambda family: hostile_run.run(family, folder))


def test_there_are_more_than_350_and_no_two_of_a_name():
    names = [name for _, name in (*CASES, *PAGE_CASES)]
    assert len(names) > 350
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("family", "name"), CASES, ids=[name for _, name in CASES])
def test_a_hostile_response_comes_to_what_is_expected_and_the_good_pages_are_stored(run_of, family, name):
    case = next(case for case in FAMILIES[family] if case.name == name)
    found = run_of(family).found[name]
    expect = case.expect or OUTCOMES[name]
    said = os.linesep.join(found.said)
    assert set(GOOD_NAMES) <= set(found.stored)
    assert ("case" in found.stored) == (expect == "stored"), said
    if expect in ("stored", "skipped"):
        assert not said
    else:
        assert said
        assert expect == "refused" or expect in said


@pytest.mark.parametrize(("family", "name"), PAGE_CASES, ids=[name for _, name in PAGE_CASES])
def test_any_other_page_may_be_hostile_and_what_is_said_is_what_is_expected(run_of, family, name):
    case = next(case for case in PAGE_FAMILIES[family] if case.name == name)
    found = run_of(family).found[name]
    words = case.expect or PAGE_OUTCOMES[name]
    said = os.linesep.join(found.said)
    if words != ANYTHING:
        assert (words in said) if words != NOTHING else not said, said
    missing = set(GOOD_NAMES) - set(found.stored)
    if case.good == NONE:
        assert missing == set(GOOD_NAMES)
    elif case.good == OR_TOLD:
        assert all(f"/{name}.html" in said for name in missing), said
    else:
        assert not missing, said
    assert found.asked <= case.most


@pytest.mark.parametrize("family", [*FAMILIES, *PAGE_FAMILIES])
def test_a_family_takes_no_more_memory_than_it_may_and_asks_nobody_else(run_of, family):
    run = run_of(family)
    assert run.taken <= MEMORY.get(family, USUAL_MEMORY)
    assert run.canary == 0
