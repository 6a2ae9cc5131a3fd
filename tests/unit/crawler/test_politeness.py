"""How long requests wait: bursts, steady rates, robots.txt and refusals."""

import pytest

from crawler.politeness import FIRST_PAUSE, LONGEST_MEMORY, MAX_PAUSE, Budget
from storage.records import HostMemory

HOST = "cq.example"


def moments(budget: Budget, requests: int, start: float = 0.0) -> list[float]:
    """When each of a queue of requests goes out, if all are asked for at `start`."""
    return [start + budget.reserve(HOST, start) for _ in range(requests)]


def test_without_budget_or_spacing_nothing_waits():
    assert moments(Budget(per_hour=None, spacing=0.0), 1000) == [0.0] * 1000


def test_requests_are_spaced_out():
    assert moments(Budget(per_hour=None, spacing=1.0), 4) == [0.0, 1.0, 2.0, 3.0]


def test_an_hours_budget_may_go_at_once_and_then_the_rate_is_steady():
    at = moments(Budget(per_hour=120, spacing=0.0), 123)
    assert at[:120] == [0.0] * 120
    assert at[120:] == pytest.approx([30.0, 60.0, 90.0])


@pytest.mark.parametrize("per_hour", [1, 30, 120])
def test_no_hour_holds_more_than_two_budgets(per_hour):
    budget = Budget(per_hour=per_hour, spacing=0.0)
    at = moments(budget, per_hour * 4)
    for first in at:
        assert sum(first <= moment < first + 3600 for moment in at) <= 2 * per_hour


def test_requests_of_an_earlier_run_count():
    budget = Budget(per_hour=120, spacing=0.0)
    budget.spend(HOST, 119, now=0.0)
    assert moments(budget, 3) == pytest.approx([0.0, 30.0, 60.0])


def test_an_unused_budget_comes_back_but_never_more_than_an_hours():
    budget = Budget(per_hour=120, spacing=0.0)
    moments(budget, 120)
    later = moments(budget, 121, start=7200.0)
    assert later[119] == 7200.0
    assert later[120] == pytest.approx(7230.0)


def test_crawl_delay_only_ever_slows_down():
    budget = Budget(per_hour=None, spacing=1.0)
    budget.slow_down(HOST, 0.1, now=0.0)
    assert moments(budget, 3) == [0.0, 1.0, 2.0]
    budget.slow_down(HOST, 10.0, now=3.0)
    assert moments(budget, 3, start=3.0) == [3.0, 13.0, 23.0]


def test_a_crawl_delay_that_is_taken_back_is_forgotten():
    budget = Budget(per_hour=None, spacing=1.0)
    budget.slow_down(HOST, 500.0, now=0.0)
    budget.slow_down(HOST, 0.0, now=0.0)
    assert budget.gap(HOST, now=0.0) == 1.0


def test_the_rules_themselves_do_not_wait_for_the_delay_that_they_ask_for():
    budget = Budget(per_hour=None, spacing=1.0)
    assert budget.reserve(HOST, 0.0, is_rules=True) == 0.0
    budget.slow_down(HOST, 500.0, now=0.0)
    assert moments(budget, 2) == [1.0, 501.0]
    assert budget.reserve(HOST, 500.0, is_rules=True) == 0.0
    assert moments(budget, 1, start=1001.0) == [1001.0]


ABSURD = [1e9, 1e308, float("inf")]


@pytest.mark.parametrize("seconds", ABSURD)
def test_what_a_host_asks_for_is_remembered_for_a_day_at_most(seconds):
    budget = Budget(per_hour=None, spacing=1.0)
    budget.slow_down(HOST, seconds, now=0.0)
    assert budget.gap(HOST, now=0.0) == LONGEST_MEMORY
    assert budget.refused(HOST, now=0.0, retry_after=seconds) == LONGEST_MEMORY
    budget.recall("other", HostMemory(gap=seconds, held=seconds), now=0.0)
    assert budget.held("other", now=0.0) == budget.gap("other", now=0.0) == LONGEST_MEMORY


@pytest.mark.parametrize("seconds", [-1.0, float("-inf"), float("nan")])
def test_what_makes_no_sense_asks_for_nothing(seconds):
    budget = Budget(per_hour=None, spacing=1.0)
    budget.slow_down(HOST, seconds, now=0.0)
    assert budget.refused(HOST, now=0.0, retry_after=seconds) == 0.0
    assert moments(budget, 2) == [0.0, 1.0]


def test_what_a_host_asks_for_is_told_from_what_our_budget_lacks():
    slow_budget, slow_host = Budget(per_hour=1, spacing=1.0), Budget(per_hour=None, spacing=1.0)
    slow_host.slow_down(HOST, 60.0, now=0.0)
    assert moments(slow_budget, 10)[-1] == pytest.approx(9 * 3600)
    moments(slow_host, 10)
    assert (slow_budget.asked(HOST, now=0.0), slow_host.asked(HOST, now=0.0)) == (10.0, 600.0)


def test_hosts_do_not_wait_for_each_other():
    budget = Budget(per_hour=None, spacing=5.0)
    assert [budget.reserve(host, 0.0) for host in ("a", "b", "a")] == [0.0, 0.0, 5.0]


def test_retry_after_holds_the_host():
    budget = Budget(per_hour=None, spacing=0.0)
    assert budget.refused(HOST, now=10.0, retry_after=42.0) == 42.0
    assert budget.reserve(HOST, now=11.0) == 41.0


def test_refusals_without_a_time_pause_longer_each_time_until_an_answer_comes():
    budget = Budget(per_hour=None, spacing=0.0)
    now, pauses = 0.0, []
    for _ in range(9):
        pauses.append(budget.refused(HOST, now))
        now += pauses[-1]
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert max(pauses) == MAX_PAUSE
    budget.answered(HOST, now)
    assert budget.refused(HOST, now) == FIRST_PAUSE


def test_requests_that_were_on_their_way_together_are_refused_once():
    budget = Budget(per_hour=None, spacing=0.0)
    assert [budget.refused(HOST, now=1.0 + late) for late in (0.0, 0.25, 1.0)] == [5.0, 4.75, 4.0]
    assert budget.held(HOST, now=1.0) == FIRST_PAUSE
    assert budget.refused(HOST, now=6.0) == 2 * FIRST_PAUSE


def test_a_time_that_is_named_while_the_host_is_held_is_kept_to():
    budget = Budget(per_hour=None, spacing=0.0)
    budget.refused(HOST, now=0.0)
    assert budget.refused(HOST, now=1.0, retry_after=30.0) == 30.0
    assert budget.held(HOST, now=1.0) == 30.0
