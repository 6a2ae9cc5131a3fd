"""decide(): the table of its docstring, line by line, and what holds for any sequence of visits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.decide import Change, Decision, Known, Policy, decide
from storage.records import ABSENT, EventKind, Outcome, State
from tests.sightings import RULES, at, reading, seen

OTHER_TEXT = ("渝北区城市管理局今年新增口袋公园四处。",)
POLICY = Policy(removal_visits=3, removal_after=timedelta(hours=1))
WRONG = (Outcome.FAILED, Outcome.BLOCKED, Outcome.UNREADABLE)


def stored(state: State = State.PRESENT, *, rules: str = RULES) -> Known:
    first_absence = None if state is State.PRESENT else at(-30)
    return Known(
        1, state, 1, reading().content_hash, rules, at(-10), 0 if first_absence is None else 1, first_absence
    )


def same(**options):
    return seen(0, **options)


def other(**options):
    return seen(0, body=OTHER_TEXT, **options)


TABLE = [
    ("an unknown article is read", None, same(), Change.NEW, State.PRESENT, ["new"]),
    ("present, the same text", State.PRESENT, same(), Change.UNCHANGED, State.PRESENT, []),
    ("present, another text", State.PRESENT, other(), Change.EDITED, State.PRESENT, ["edited"]),
    ("suspected, the same text", State.SUSPECTED, same(), Change.UNCHANGED, State.PRESENT, []),
    ("suspected, another text", State.SUSPECTED, other(), Change.EDITED, State.PRESENT, ["edited"]),
    ("removed, the same text", State.REMOVED, same(), Change.RESTORED, State.PRESENT, ["restored"]),
    ("removed, another text", State.REMOVED, other(), Change.RESTORED, State.PRESENT, ["restored", "edited"]),
    ("present, 304", State.PRESENT, seen(outcome=Outcome.NOT_MODIFIED), Change.UNCHANGED, State.PRESENT, []),
    (
        "suspected, 304",
        State.SUSPECTED,
        seen(outcome=Outcome.NOT_MODIFIED),
        Change.UNCHANGED,
        State.PRESENT,
        [],
    ),
    (
        "removed, 304",
        State.REMOVED,
        seen(outcome=Outcome.NOT_MODIFIED),
        Change.RESTORED,
        State.PRESENT,
        ["restored"],
    ),
    *(
        (f"present, {o}", State.PRESENT, seen(outcome=o), Change.SUSPECTED, State.SUSPECTED, [])
        for o in sorted(ABSENT)
    ),
    *(
        (f"suspected, {o}", State.SUSPECTED, seen(outcome=o), Change.SUSPECTED, State.SUSPECTED, [])
        for o in sorted(ABSENT)
    ),
    *(
        (f"removed, {o}", State.REMOVED, seen(outcome=o), Change.UNCHANGED, State.REMOVED, [])
        for o in sorted(ABSENT)
    ),
    *((f"{s}, {o}", s, seen(outcome=o), Change.FAILED, s, []) for s in State for o in WRONG),
    *(
        (f"unknown, {o}", None, seen(outcome=o), Change.FAILED, State.PRESENT, [])
        for o in Outcome
        if o is not Outcome.READ
    ),
]


@pytest.mark.parametrize(
    ("state", "sighting", "change", "after", "events"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_the_table(state, sighting, change, after, events):
    decision = decide(stored(state) if state else None, sighting, POLICY)

    assert (decision.change, decision.state, list(decision.events)) == (change, after, events)
    assert decision.revise is bool({"new", "edited"} & set(events)), "exactly a text not stored yet is stored"
    if after is State.PRESENT:
        assert (decision.absences, decision.absent_since) == (0, None), "what is there was never missed"


def absent_visits(*minutes: float, policy: Policy = POLICY) -> list[Decision]:
    known, decisions = replace(stored(), last_visit=at(-1)), []
    for minute in minutes:
        decision = decide(known, seen(minute, outcome=Outcome.GONE), policy)
        decisions.append(decision)
        known = replace(
            known,
            state=decision.state,
            absences=decision.absences,
            absent_since=decision.absent_since,
            last_visit=max(known.last_visit, at(minute)),
        )
    return decisions


@pytest.mark.parametrize(
    ("minutes", "removed_at"),
    [
        ((0, 30, 60), 2),  # three visits, an hour from first to last
        ((0, 1, 2, 3, 59, 60), 5),  # many visits, but the hour is not over before the sixth
        ((0, 120), None),  # two visits are not enough, however far apart
        ((0, 120, 120, 119), None),  # a visit told twice counts once, one out of order not at all
    ],
)
def test_a_removal_is_told_only_when_it_lasts(minutes, removed_at):
    changes = [decision.change for decision in absent_visits(*minutes)]

    assert [i for i, change in enumerate(changes) if change is Change.REMOVED] == (
        [] if removed_at is None else [removed_at]
    )


def test_absences_are_counted_from_the_first_and_the_removal_says_how_many_there_were():
    counted = [(decision.absences, decision.absent_since) for decision in absent_visits(0, 30, 60, 90)]

    assert counted == [(1, at(0)), (2, at(0)), (3, at(0)), (3, at(0))]


def test_a_removal_unless_told_otherwise_is_three_visits_over_an_hour():
    changes = [decision.change for decision in absent_visits(0, 59, 60, policy=Policy())]
    too_soon = [decision.change for decision in absent_visits(0, 1, 59, policy=Policy())]

    assert changes == [Change.SUSPECTED, Change.SUSPECTED, Change.REMOVED]
    assert too_soon == [Change.SUSPECTED] * 3


def test_a_policy_can_ask_for_one_visit_only():
    decision = absent_visits(0, policy=Policy(removal_visits=1, removal_after=timedelta(0)))[0]

    assert decision.events == (EventKind.REMOVED,)


class TestOtherRules:
    """The rules changed since the stored revision: is the change theirs or ours?"""

    def test_baseline_equal_it_was_ours_and_the_stored_reading_is_renewed(self):
        baseline = reading(body=OTHER_TEXT, rules="d2")
        decision = decide(stored(), other(rules="d2", baseline=baseline), POLICY)

        assert (decision.change, decision.reread, decision.revise) == (Change.UNCHANGED, baseline, False)

    def test_baseline_different_it_was_theirs(self):
        baseline = reading(body=("旧文由新规则读出。",), rules="d2")
        decision = decide(stored(), other(rules="d2", baseline=baseline), POLICY)

        assert (decision.change, decision.reread, decision.revise) == (Change.EDITED, baseline, True)

    def test_no_baseline_and_another_text_is_adopted_without_a_word(self):
        decision = decide(stored(), other(rules="d2"), POLICY)

        assert (decision.change, decision.events, decision.revise) == (Change.ADOPTED, (), True)

    def test_no_baseline_and_the_same_text_takes_over_the_new_rules(self):
        sighting = same(rules="d2")
        decision = decide(stored(), sighting, POLICY)

        assert (decision.change, decision.reread) == (Change.UNCHANGED, sighting.reading)

    def test_a_baseline_of_other_rules_still_is_none(self):
        decision = decide(stored(), other(rules="d3", baseline=reading(rules="d2")), POLICY)

        assert decision.change is Change.ADOPTED


def test_a_visit_older_than_the_newest_changes_nothing():
    known = replace(stored(State.SUSPECTED), last_visit=at(5))

    for sighting in (other(), same(), seen(0, outcome=Outcome.NOT_MODIFIED), seen(0, outcome=Outcome.GONE)):
        decision = decide(known, sighting, POLICY)
        assert (decision.change, decision.state, decision.revise) == (
            Change.UNCHANGED,
            State.SUSPECTED,
            False,
        )


def test_of_two_visits_in_one_moment_the_second_is_judged_too():
    known = replace(stored(), last_visit=at(0))

    assert decide(known, other(), POLICY).change is Change.EDITED


@pytest.mark.parametrize("state", State)
def test_a_visit_that_failed_leaves_the_count_of_absences_as_it_is(state):
    known = stored(state)

    for sighting in (seen(0, outcome=Outcome.FAILED), seen(0, outcome=Outcome.BLOCKED)):
        decision = decide(known, sighting, POLICY)
        assert (decision.absences, decision.absent_since) == (known.absences, known.absent_since)


@pytest.mark.parametrize("known", [None, stored(State.SUSPECTED)])
def test_a_page_that_was_read_without_a_reading_is_a_visit_that_failed(known):
    decision = decide(known, replace(same(), reading=None), POLICY)

    assert (decision.change, decision.events, decision.revise) == (Change.FAILED, (), False)


@given(st.lists(st.sampled_from(list(Outcome)), max_size=12))
def test_removed_and_restored_alternate_and_trouble_never_removes(outcomes):
    known, told = replace(stored(), last_visit=at(-1)), []
    for minute, outcome in enumerate(outcomes):
        decision = decide(known, seen(minute * 40, outcome=outcome), POLICY)
        told += decision.events
        if outcome not in ABSENT:
            assert EventKind.REMOVED not in decision.events
        known = replace(
            known,
            state=decision.state,
            absences=decision.absences,
            absent_since=decision.absent_since,
            last_visit=at(minute * 40),
        )
    assert told == [EventKind.REMOVED, EventKind.RESTORED] * (len(told) // 2) + told[len(told) // 2 * 2 :]
    assert (known.state is State.REMOVED) == (len(told) % 2 == 1)
