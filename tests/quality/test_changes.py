"""The gate for edits: every edit is noticed, its classes are right, and what is only cosmetic is no edit."""

from __future__ import annotations

import json
from functools import cache

import pytest

from crawler.text.canonical import fold
from storage.diff import compare, patch
from storage.records import EditClass
from tests.quality.changes.cosmetic import cosmetic
from tests.quality.changes.labelled import Labelled, held_back, tuned
from tests.quality.changes.score import BASELINE, Score, floors, measure

PARTS = {"tuned": tuned, "held_back": held_back}
#: What is asked of both parts, whatever the floors reached so far.
GOAL = 0.95


@cache
def _pairs(part: str) -> list[Labelled]:
    return PARTS[part]()


@cache
def _score(part: str) -> Score:
    return measure(_pairs(part))


@pytest.mark.parametrize("part", PARTS)
def test_each_class_has_edits_of_its_own_and_there_are_at_least_four_hundred(part: str) -> None:
    alone = {next(iter(pair.classes)) for pair in _pairs(part) if len(pair.classes) == 1}
    assert alone == set(EditClass)
    assert len(_pairs(part)) >= 400


@pytest.mark.parametrize("part", PARTS)
def test_no_edit_goes_unnoticed(part: str) -> None:
    assert _score(part).unnoticed == []


@pytest.mark.parametrize("part", PARTS)
def test_classes_reach_the_goal(part: str) -> None:
    assert _score(part).micro >= GOAL
    assert _score(part).macro >= GOAL


@pytest.mark.parametrize("part", PARTS)
def test_no_class_falls_below_what_was_reached(part: str) -> None:
    reached = floors(_score(part))
    wanted = json.loads(BASELINE.read_text(encoding="utf-8"))[part]
    assert {name: reached[name] for name in wanted if reached[name] < wanted[name]} == {}


def test_a_thousand_cosmetic_mutations_are_no_edits() -> None:
    articles = [pair.new for part in PARTS for pair in _pairs(part)[::7]]
    edited = [(old, new) for old, new in cosmetic(articles, 1000) if compare(old, new, fold=fold).changes]
    assert edited == []


@pytest.mark.parametrize("part", PARTS)
def test_patching_the_old_with_the_diff_gives_the_new(part: str) -> None:
    for pair in _pairs(part):
        assert patch(pair.old, compare(pair.old, pair.new, fold=fold)) == pair.new


@pytest.mark.parametrize("part", PARTS)
def test_facts_pass_the_usual_threshold_and_format_never_does(part: str) -> None:
    facts = {EditClass.NUMBER, EditClass.NAME_OR_TITLE, EditClass.NEGATION}
    for pair in _pairs(part):
        diff = compare(pair.old, pair.new, fold=fold)
        if facts & set(diff.classes):
            assert diff.weight >= 20, pair.name
        if diff.classes == (EditClass.FORMAT,):
            assert diff.weight <= 3, pair.name
