"""When a message is tried again, and when it is given up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.alerts.model import Answer, Verdict
from scheduler.retry import LONGEST, PATIENCE, Pauses, decide

LATER = Answer(Verdict.LATER)
REFUSED = Answer(Verdict.REFUSED)
DOWN = Answer(Verdict.LATER, host_down=True)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 5), (2, 10), (3, 20), (4, 40), (9, 1280), (10, 1800), (24, 1800)]
)
def test_pauses_double_up_to_half_an_hour(attempts, seconds):
    assert decide(attempts, 0, LATER, 25, 1.0).wait == seconds
    assert decide(attempts, 0, LATER, 25, 0.0).wait == seconds / 2


@pytest.mark.parametrize(
    ("answer", "attempts", "age", "dead"),
    [
        (LATER, 24, 0, False),
        (LATER, 25, 0, True),
        (REFUSED, 4, 0, False),
        (REFUSED, 5, 0, True),
        (DOWN, 25, 3600, False),  # the message is not to blame
        (DOWN, 25, PATIENCE, True),
        (DOWN, 24, 2 * PATIENCE, False),
        (Answer(Verdict.LATER, wait=60), 30, 3600, False),
    ],
)
def test_when_a_message_is_given_up(answer, attempts, age, dead):
    assert decide(attempts, age, answer, 25, 0.5).dead is dead


def test_fewer_tries_than_refusals_hold_for_refusals_too():
    assert decide(2, 0, REFUSED, 2, 0.5).dead


def test_what_the_far_end_asks_for_is_kept_to_but_not_for_more_than_a_day():
    assert decide(1, 0, Answer(Verdict.LATER, wait=600), 25, 0.0).wait == 600
    assert decide(1, 0, Answer(Verdict.LATER, wait=600), 25, 1.0).wait == pytest.approx(660)
    assert decide(1, 0, Answer(Verdict.LATER, wait=10**9), 25, 0.0).wait == 86400
    assert decide(9, 0, Answer(Verdict.LATER, wait=1), 25, 1.0).wait == 1280


@given(st.integers(1, 10_000), st.floats(0, 1), st.floats(0, 1e9) | st.none())
def test_a_pause_is_always_one_that_ends_and_never_shorter_than_asked(attempts, chance, wait):
    found = decide(attempts, 0, Answer(Verdict.LATER, wait=wait), 10**6, chance)
    assert min(Pauses().first / 2, LONGEST) <= found.wait <= 86400 * 1.1
    assert wait is None or found.wait >= min(wait, 86400)
