"""The parts of the revisit plan, by figures that can be worked out by hand: arrivals, the day, forecasts."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from scheduler.revisit import LIFE, Planner, Weights
from scheduler.revisit.arrivals import Arrivals
from scheduler.revisit.contest import Contest
from scheduler.revisit.forecast import Class, arrivals, classes, delays
from scheduler.revisit.page import Page, Worth
from scheduler.revisit.profile import DayProfile
from scheduler.revisit.removals import Removals


def article(number: int, born: float) -> Page:
    return Page(number, False, 0, born, born, visited=True)


class TestArrivals:
    def test_a_listing_never_visited_has_one_article_in_two_hours(self) -> None:
        assert Arrivals().rate("home") == pytest.approx(0.5)

    def test_its_rate_is_drawn_from_there_to_what_was_counted(self) -> None:
        """Half an article in one imaginary hour, and what was found in the hours passed."""
        found = Arrivals()
        found.learn("home", 0.0, 10.0, 20)
        assert found.rate("home") == pytest.approx(20.5 / 11)
        found.learn("home", 10.0, 14.0, 0)
        assert found.rate("home") == pytest.approx(20.5 / 15)
        assert found.rate("news") == pytest.approx(0.5)

    def test_no_time_passed_teaches_nothing(self) -> None:
        found = Arrivals()
        found.learn("home", 5.0, 5.0, 3)
        assert found.learned()["listings"] == []

    @pytest.mark.parametrize(
        ("since", "now", "share"),
        [
            (0.25, 1.25, {0: 1.0}),  # up to an hour: that of its middle
            (0.0, 3.0, {0: 1 / 3, 1: 1 / 3, 2: 1 / 3}),
            (22.0, 26.0, {22: 0.25, 23: 0.25, 0: 0.25, 1: 0.25}),
            (0.0, 48.0, {hour: 1 / 12 for hour in range(1, 24, 2)}),  # at most 24 pieces
        ],
    )
    def test_what_was_found_is_spread_over_the_hours_in_which_it_may_have_come(
        self, since: float, now: float, share: dict[int, float]
    ) -> None:
        found = Arrivals()
        found.learn("home", since, now, 12)
        events = dict(enumerate(found.profile.events))
        expected = dict(enumerate(found.profile.expected))
        on_a_flat_day = 0.5 * (now - since)  # by the rate that was believed before
        for hour in range(24):
            assert events[hour] == pytest.approx(12 * share.get(hour, 0.0))
            assert expected[hour] == pytest.approx(on_a_flat_day * share.get(hour, 0.0))

    def test_faded_evidence_counts_by_its_share_and_goes_into_the_state(self) -> None:
        found = Arrivals()
        found.learn("home", 0.0, 10.0, 20)
        found.fade(0.5)
        assert found.rate("home") == pytest.approx(10.5 / 6)
        again = Arrivals(found.learned())
        assert again.rate("home") == found.rate("home")
        assert again.profile.events == found.profile.events
        assert again.learned() == found.learned()


class TestRemovals:
    def test_the_factor_is_drawn_from_one_to_what_was_seen(self) -> None:
        """Two imaginary removals of two expected; 1.64 % of articles are removed in a week."""
        seen = Removals()
        for _ in range(100):
            seen.learn(0.0, LIFE, True)
        seen.rebuild()
        assert seen.factor == pytest.approx(102 / (2 + 1.64))
        seen.fade(0.5)
        seen.rebuild()
        assert seen.factor == pytest.approx(52 / (2 + 0.82))
        assert Removals(seen.learned()).factor == seen.factor

    def test_faded_expectations_count_by_their_share_too(self) -> None:
        seen = Removals()
        for _ in range(1000):
            seen.learn(0.0, LIFE, False)
        seen.fade(0.25)
        seen.rebuild()
        assert seen.factor == pytest.approx(2 / (2 + 4.1))

    def test_the_rate_is_the_slope_of_the_hazard(self) -> None:
        low, rate = Removals().hazard_and_rate(24.0)
        assert (Removals().hazard_and_rate(24.001)[0] - low) / 0.001 == pytest.approx(rate, rel=1e-3)


class TestDay:
    def test_a_day_on_which_nothing_was_learned_is_flat(self) -> None:
        day = DayProfile()
        assert {day.factor(at / 4) for at in range(200)} == {1.0}
        assert day.cumulative(31.7) == pytest.approx(31.7)

    def test_an_hour_in_which_more_came_than_was_expected_stands_out(self) -> None:
        """Ten imaginary events in every hour, and forty more at nine: 50 / 10, before the mean is made 1."""
        day = DayProfile()
        day.learn(9.5, 40.0, 0.0)
        day.learn(24 + 9.2, 0.0, 0.0)
        day.rebuild()
        assert day.events[9] == 40
        assert day.factor(9.3) / day.factor(3.0) == pytest.approx(4.5)  # an eighth of an hour from the middle
        assert day.factor(9.3) == day.factor(24 + 9.3)
        day.fade(0.25)
        assert day.events[9] == 10

    def test_both_figures_asked_for_at_once_are_those_asked_for_one_by_one(self) -> None:
        day = DayProfile()
        day.learn(9.5, 40.0, 0.0)
        for at in (9.3, 9.3, 50.1, 9.3):
            assert day.factor_and_cumulative(at) == (day.factor(at), day.cumulative(at))
        day.rebuild()
        assert day.factor_and_cumulative(9.3) == (day.factor(9.3), day.cumulative(9.3))


class TestForecast:
    def test_a_listing_visited_so_often_finds_articles_half_as_late(self) -> None:
        page = Class(True, 1.0, 2.0, math.inf)
        found = delays([page], [1.0, 4.0], 0.0)
        assert [(d.per_hour, d.edit) for d in found] == [(1.0, 0.0), (4.0, 0.0)]
        assert [d.new for d in found] == pytest.approx([0.5, 0.125], rel=1e-3)

    def test_visits_owed_come_off_first_but_for_a_twentieth(self) -> None:
        page = Class(True, 1.0, 2.0, math.inf)
        (some,), (hardly_any,) = (delays([page], [4.0], owed) for owed in (2.0, 100.0))
        assert (some.new, hardly_any.new) == (pytest.approx(0.25, rel=1e-3), pytest.approx(2.5, rel=1e-3))

    def test_visits_are_shared_by_the_square_roots_of_the_rates(self) -> None:
        """Of three visits an hour, two go to the page with four times the events: 0.25 h and 0.5 h of delay."""
        pages = [Class(True, 1.0, 4.0, math.inf), Class(True, 1.0, 1.0, math.inf)]
        (found,) = delays(pages, [3.0], 0.0)
        assert found.new == pytest.approx((4 * 0.25 + 0.5) / 5, rel=1e-3)

    def test_an_article_that_closes_before_its_visit_waits_for_the_closing_one(self) -> None:
        pages = [Class(True, 1.0, 4.0, math.inf), Class(False, 1.0, 0.001, 3.0)]
        (found,) = delays(pages, [1.0], 0.0)
        assert (found.new, found.edit) == (pytest.approx(0.5, rel=1e-3), pytest.approx(3.0))

    def test_an_article_that_closes_only_just_after_its_visit_is_visited(self) -> None:
        (found,) = delays([Class(False, 1.0, 2.0, 4.0)], [0.3], 0.0)
        assert found.edit == pytest.approx(1 / 0.3 / 2, rel=1e-3)

    def test_articles_an_hour_are_counted_over_a_day_at_least(self) -> None:
        assert arrivals([], 5.0) == 0
        assert arrivals([article(1, 0.0), article(2, 4.0)], 5.0) == pytest.approx(2 / 24)
        assert arrivals([article(1, 0.0), article(2, 40.0)], 48.0) == pytest.approx(2 / 48)

    def test_a_weeks_articles_stand_at_all_ages(self) -> None:
        watched = [article(number, 0.0) for number in range(700)]
        found = classes(watched, 48.0, lambda page, age: 1 / (age + 1))
        assert sum(one.count for one in found) == pytest.approx(700 / 48 * LIFE)
        assert sorted({one.left for one in found})[-1] < LIFE
        assert all(one.rate == pytest.approx(1 / (LIFE - one.left + 1)) for one in found)
        ages, edges = (
            sorted({LIFE - one.left for one in found}),
            [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 24.0, 48.0, 96.0, LIFE],
        )
        assert all(low < age < high for age, (low, high) in zip(ages, pairwise(edges), strict=True))
        assert classes([], 48.0, lambda page, age: 1.0) == []

    def test_what_a_visit_is_worth_is_foretold_with_it(self) -> None:
        """A listing of half an article an hour, four hours unseen: 3 * 0.5 * 4^2 / 2 weighted hours."""
        planner = Planner(60, ())
        planner.add("listing", "listing", "时政", 0.0)
        planner.observe("listing", 0.0, False)
        (visit,) = planner.plan(4.0, 1)
        assert (visit.at, visit.page) == (4.0, "listing")
        assert (visit.value, visit.delay) == (pytest.approx(12.0), pytest.approx(2.0))

    def test_a_first_visit_finds_a_page_as_late_as_it_waited(self) -> None:
        planner = Planner(60, ())
        planner.add(1, "article", "时政", 1.0)
        assert [visit.delay for visit in planner.plan(4.0, 1)] == [pytest.approx(3.0)]


class TestSetAside:
    def test_a_page_set_aside_is_offered_again_when_it_is_given_back(self) -> None:
        planner = Planner(60, ())
        planner.add(1, "article", "时政", 0.0)
        planner.set_aside(1)
        assert planner.next(1.0) is None
        planner.missed(1, 1.0)
        assert planner.next(1.0) == 1

    def test_what_is_unknown_or_not_set_aside_is_left_as_it_is(self) -> None:
        planner = Planner(60, ())
        planner.add(1, "article", "时政", 0.0)
        planner.set_aside("unknown")
        planner.missed("unknown", 1.0)
        planner.missed(1, 1.0)
        assert (len(planner), planner.next(1.0), planner.next(1.0)) == (1, 1, None)


def test_budget_weights_and_pause_go_into_the_state() -> None:
    planner = Planner(60, ("时政",), weights=Weights(1.0, 2.0, 5.0))
    planner.refused(10.0, pause=0.5)
    again = Planner.restore(planner.state())
    assert again.weights == Weights(1.0, 2.0, 5.0)
    assert (again.pace.ceiling, again.pace.rate) == (60, 30)
    assert again.wait(10.0) == pytest.approx(0.5)


# -- the contest


def test_however_long_pages_slept_they_are_chosen_in_the_order_of_their_worth() -> None:
    contest = Contest(lambda page, now: Worth(float(page.id), 0.0, 0.0, math.inf, now))
    for number in range(80):
        contest.enter(Page(number, False, 0, 0.0, 0.0), 5.0 * number)
        contest.best(5.0 * number)
    assert len(contest._asleep) < 0.75 * contest._entries, "what is stale is cleared out"
    chosen = []
    while (best := contest.best(400.0)) is not None:
        contest.leave(best[0])
        chosen.append(best[0].id)
    assert chosen == list(range(79, -1, -1))
