"""The revisit plan: what is visited next, what is learned, and that it reaches its aim in a small world."""

from __future__ import annotations

import itertools
import json
import math
import operator
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.revisit import LIFE, Planner, Weights
from scheduler.revisit.edits import EditRates, place, prior_hazard, prior_rate
from scheduler.revisit.pace import Pace
from scheduler.revisit.page import Page, Stage
from scheduler.revisit.profile import DayProfile
from scheduler.revisit.removals import Removals
from scheduler.revisit.share import Share
from tests.benchmarks.revisit_bound import _Page, _Relaxation, lower_bound
from tests.benchmarks.revisit_peers import Bayes, Newsdiffs, OneInterval, TwoTier
from tests.benchmarks.revisit_world import Truth, World, play

SECTIONS = ("时政", "社会", "文旅", "区县")


def planner_with(*articles: int, at: float = 0.0, budget: float = 60.0) -> Planner:
    """A planner with one listing and some articles, all visited once at `at`."""
    planner = Planner(budget, SECTIONS)
    planner.add("listing", "listing", "时政", at)
    for number in articles:
        planner.add(number, "article", "时政", at)
    for item in ("listing", *articles):
        planner.observe(item, at, False)
    return planner


def visits(
    planner: Planner, start: float, hours: float, per_hour: float = 60.0
) -> list[tuple[float, int | str]]:
    """Let the planner visit, finding nothing, and return when it visited what."""
    found = []
    for slot in range(int(hours * per_hour)):
        now = start + slot / per_hour
        if (item := planner.next(now)) is not None:
            planner.observe(item, now, False)
            found.append((now, item))
    return found


class TestOrder:
    def test_a_new_article_is_visited_before_anything_else(self) -> None:
        planner = planner_with(1, 2)
        planner.add(3, "article", "社会", 1.0)
        planner.add(4, "article", "社会", 1.0)
        assert [planner.next(1.0), planner.next(1.01)] == [3, 4]

    def test_a_page_is_not_offered_again_while_its_visit_is_under_way(self) -> None:
        planner = planner_with(1)
        assert {planner.next(5.0), planner.next(5.0)} == {1, "listing"}
        assert planner.next(5.0) is None

    def test_nothing_to_watch_is_no_error(self) -> None:
        assert Planner(60, SECTIONS).next(0.0) is None

    def test_an_article_has_a_last_visit_at_one_week_and_is_then_forgotten(self) -> None:
        planner = planner_with(1)
        seen = [at for at, item in visits(planner, 0.0, LIFE + 2, 10) if item == 1]
        assert seen[-1] == pytest.approx(LIFE, abs=0.2)
        assert 1 not in planner
        assert "listing" in planner

    def test_age_counts_from_publication_where_it_is_known(self) -> None:
        planner = planner_with()
        planner.add(1, "article", "时政", 100.0, published=0.0)
        planner.observe(1, 100.0, False)
        planner.add(2, "article", "时政", 100.0, published=99.9)
        planner.observe(2, 100.0, False)
        counts = [item for _, item in visits(planner, 100.0, 10, 10)]
        assert counts.count(2) > counts.count(1)

    def test_young_articles_are_visited_more_often_than_old_ones(self) -> None:
        planner = planner_with(1)
        times = [at for at, item in visits(planner, 0.0, 60, 4) if item == 1]
        gaps = [after - before for before, after in itertools.pairwise(times)]
        assert gaps[-1] > 2 * gaps[0]

    def test_an_article_that_was_edited_is_visited_more_often_than_one_that_was_not(self) -> None:
        planner = planner_with(1, 2)
        for hour in (1.0, 2.0, 3.0):
            planner.observe(1, hour, True)
            planner.observe(2, hour, False)
        counts = [item for _, item in visits(planner, 3.0, 10, 6)]
        assert counts.count(1) > counts.count(2)

    def test_a_listing_that_brings_more_articles_is_visited_more_often(self) -> None:
        planner = Planner(60, SECTIONS)
        for name in ("busy", "quiet"):
            planner.add(name, "listing", "时政", 0.0)
            planner.observe(name, 0.0, True, 30)
        for hour in range(1, 6):
            planner.observe("busy", hour, True, 8)
            planner.observe("quiet", hour, False, 0)
        counts = [item for _, item in visits(planner, 5.0, 3, 20)]
        assert counts.count("busy") > counts.count("quiet")

    def test_a_page_suspected_to_have_changed_comes_next(self) -> None:
        planner = planner_with(*range(50))
        planner.suspect(33)
        planner.suspect("unknown")
        assert planner.plan(1.0, 1)[0].page == 33
        assert planner.next(1.0) == 33
        planner.suspect(33)
        assert planner.next(1.1) != 33

    def test_first_visits_never_take_every_slot(self) -> None:
        planner = planner_with()
        for number in range(200):
            planner.add(number, "article", "时政", 1.0)
        assert "listing" in [planner.next(1.0 + slot / 60) for slot in range(10)]

    def test_a_failed_page_is_held_longer_with_every_failure(self) -> None:
        planner = planner_with()
        planner.add(1, "article", "时政", 1.0)
        retried = []
        for slot in range(240):
            now = 1.0 + slot / 60
            item = planner.next(now)
            if item == 1:
                retried.append(now)
                planner.failed(1, now)
            elif item is not None:
                planner.observe(item, now, False)
        gaps = [after - before for before, after in itertools.pairwise(retried)]
        assert gaps == pytest.approx([0.25, 0.5, 1.0, 2.0], abs=0.1)

    def test_what_is_forgotten_is_not_visited_and_what_is_unknown_is_no_error(self) -> None:
        planner = planner_with(1)
        planner.forget(1)
        planner.forget(1)
        planner.observe(1, 2.0, True)
        planner.failed(1, 2.0)
        assert {item for _, item in visits(planner, 2.0, 5)} == {"listing"}

    def test_the_watch_for_removals_has_its_own_weight(self) -> None:
        """An article never edited is still looked at late in its week, when removals count."""

        def late(weights: Weights) -> int:
            planner = Planner(20, SECTIONS, weights=weights)
            planner.add("listing", "listing", "时政", 0.0)
            planner.add(1, "article", "时政", 0.0)
            return sum(item == 1 for at, item in visits(planner, 0.0, 160, 20) if at > 48)

        assert late(Weights(removed=50.0)) > late(Weights(removed=0.0))


class TestPace:
    def test_slots_missed_by_downtime_are_not_made_up_for(self) -> None:
        planner = planner_with(*range(20), budget=60)
        planner.next(1.0)
        now, made = 100.0, 0
        while now < 101.0 - 1e-9:
            now += planner.wait(now)
            planner.observe(planner.next(now) or 0, now, False)
            made += 1
        assert made <= 61

    def test_a_burst_is_followed_by_half_the_pace_and_not_by_silence(self) -> None:
        pace, now = Pace(60), 10.0
        for _ in range(6):
            assert pace.borrow(now, 0.1) == pytest.approx(0)
            pace.spend(now)
        made = []
        while now < 10.5:
            now += pace.repay(now, 0.1)
            pace.spend(now)
            made.append((now - 10) * 60)
        gaps = [b - a for a, b in itertools.pairwise([0.0, *made])]
        assert gaps == pytest.approx([2.0] * 5 + [1.0] * (len(gaps) - 5))

    @given(st.lists(st.tuples(st.floats(0, 0.3), st.booleans(), st.integers(1, 3)), max_size=200))
    @settings(max_examples=60)
    def test_whatever_is_urgent_and_costs_more_than_thought_no_hour_gets_more_than_its_budget(
        self, steps: list[tuple[float, bool, int]]
    ) -> None:
        pace, now, spent = Pace(60), 0.0, []
        for idle, urgent, cost in steps:
            now += idle
            now += pace.borrow(now, 0.1) if urgent else pace.repay(now, 0.1)
            for _ in range(cost):
                pace.spend(now)
                spent.append(now)
        for start in spent:
            assert sum(start <= at < start + 1 for at in spent) <= 60 * 1.1 + 3

    def test_nothing_is_asked_during_a_pause_however_urgent(self) -> None:
        pace = Pace(60)
        pace.refused(10.0, pause=0.5)
        assert pace.borrow(10.1, 1.0) == pace.repay(10.1, 1.0) == pytest.approx(0.4)

    def test_a_refusal_halves_the_rate_and_pauses_and_good_answers_bring_it_back(self) -> None:
        pace = Pace(120)
        pace.refused(10.0, pause=0.5)
        assert (pace.rate, pace.wait(10.0)) == (60, 0.5)
        for _ in range(50):
            pace.answered()
        assert pace.rate == pytest.approx(120)

    def test_a_crawl_delay_limits_the_rate_at_once(self) -> None:
        planner = planner_with(1, budget=120)
        planner.budget(3600 / 120)
        planner.next(1.0)
        assert planner.wait(1.0) == pytest.approx(1 / 30)

    @pytest.mark.parametrize("per_hour", [0, -1])
    def test_a_budget_is_above_zero(self, per_hour: float) -> None:
        with pytest.raises(ValueError, match="above 0"):
            Planner(per_hour, SECTIONS)


class TestLearning:
    def test_the_prior_is_the_literatures(self) -> None:
        assert prior_hazard(24.0) == pytest.approx(0.4)
        assert prior_hazard(24.0) / prior_hazard(168.0) == pytest.approx(0.8, abs=0.05)
        assert Removals().hazard_and_rate(168.0)[0] - Removals().hazard_and_rate(0.0)[0] == pytest.approx(
            0.0164
        )

    @pytest.mark.parametrize(("factor", "gap"), [(0.25, 4.0), (1.0, 0.5), (3.0, 1.0), (3.0, 12.0)])
    def test_rates_are_found_from_one_bit_a_visit(self, factor: float, gap: float) -> None:
        chance, rates = random.Random(5), EditRates(1)
        for start in range(3000):
            born = float(start)
            for visit in range(6):
                since, now = born + visit * gap, born + (visit + 1) * gap
                mean = factor * (prior_hazard(now - born) - prior_hazard(since - born))
                edited = chance.random() < 1 - 2.718281828**-mean
                rates.learn(0, born, since, now, Share(1e9, 1e9), edited)
            if start % 50 == 0:
                rates.rebuild()
        rates.rebuild()
        learned = rates.hazard(0, *place(6 * gap))
        assert learned / prior_hazard(6 * gap) == pytest.approx(factor, rel=0.15)

    @pytest.mark.parametrize("gap", [0.5, 2.0, 12.0])
    def test_rates_are_found_though_articles_differ(self, gap: float) -> None:
        chance, rates = random.Random(6), EditRates(1)
        for start in range(3000):
            born, belief, own = float(start), Share(0.7, 0.7), chance.gammavariate(0.7, 1 / 0.7)
            for visit in range(6):
                since, now = born + visit * gap, born + (visit + 1) * gap
                mean = 2 * own * (prior_hazard(now - born) - prior_hazard(since - born))
                belief = rates.learn(0, born, since, now, belief, chance.random() < 1 - math.exp(-mean))
            if start % 50 == 0:
                rates.rebuild()
        rates.rebuild()
        assert rates.hazard(0, *place(6 * gap)) / prior_hazard(6 * gap) == pytest.approx(2, rel=0.1)

    @pytest.mark.parametrize("passed", [0.001, 0.1, 1.0, 5.0])
    @pytest.mark.parametrize("before", [Share(0.7, 0.7), Share(2.5, 0.9), Share(0.7, 4.0)])
    def test_a_share_is_believed_as_bayes_rule_has_it(self, before: Share, passed: float) -> None:
        """Against draws from the belief, weighted by how likely they make what was seen."""
        chance = random.Random(7)
        drawn = [chance.gammavariate(before.shape, 1 / before.rate) for _ in range(40_000)]
        for likely, after in (
            ([math.exp(-z * passed) for z in drawn], before.unchanged(passed)),
            ([-math.expm1(-z * passed) for z in drawn], before.changed(passed)[1]),
        ):
            mean = math.fsum(map(operator.mul, likely, drawn)) / math.fsum(likely)
            assert after.mean == pytest.approx(mean, rel=0.05)

    def test_the_edits_behind_a_change_are_at_least_one_and_in_the_mean_all_there_are(self) -> None:
        belief = Share(0.7, 0.7)
        for passed in (0.0, 1e-6, 0.3, 4.0):
            edits, _ = belief.changed(passed)
            unseen = (belief.rate / (belief.rate + passed)) ** belief.shape
            assert edits >= 1
            assert edits * (1 - unseen) == pytest.approx(belief.mean * passed)

    def test_a_section_without_history_starts_from_what_all_have_in_common(self) -> None:
        rates = EditRates(2)
        for start in range(400):
            rates.learn(0, start, start, start + 1.0, Share(1e9, 1e9), True)
        rates.rebuild()
        prior = EditRates(2).hazard(1, *place(1.0))
        assert prior < rates.hazard(1, *place(1.0)) <= rates.hazard(0, *place(1.0)) * 1.5

    @given(
        st.lists(st.tuples(st.integers(0, 23), st.floats(0, 50)), max_size=30),
        st.floats(0, 500),
        st.floats(0, 300),
    )
    @settings(max_examples=50)
    def test_the_days_swing_has_mean_one(
        self, learned: list[tuple[int, float]], at: float, gap: float
    ) -> None:
        profile = DayProfile()
        for hour, events in learned:
            profile.learn(hour, events, 1.0)
        profile.rebuild()
        assert profile.cumulative(at + 24) - profile.cumulative(at) == pytest.approx(24)
        assert profile.cumulative(at + gap) >= profile.cumulative(at) - 1e-9

    @given(st.floats(0, 167.0), st.floats(0, 1.0))
    @settings(max_examples=50)
    def test_the_table_of_ages_is_exact_to_a_percent(self, age: float, more: float) -> None:
        rates = EditRates(1)
        assert rates.hazard(0, *place(age)) == pytest.approx(prior_hazard(age), rel=0.01, abs=1e-4)
        assert rates.hazard_and_rate(0, *place(age))[1] == pytest.approx(prior_rate(age), rel=0.02)
        assert rates.hazard(0, *place(age + more)) >= rates.hazard(0, *place(age))


class TestState:
    def test_a_restored_planner_goes_on_as_the_first_would_have(self) -> None:
        world = World(3, seed=4)
        planner = Planner(60, world.truth.sections)
        play(world, planner, 60)
        state = json.loads(json.dumps(planner.state()))
        first, second = Planner.restore(state), Planner.restore(state)
        assert first.state() == second.state()
        assert visits(first, 72.0, 3) == visits(second, 72.0, 3)
        assert first.state()["edits"] == second.state()["edits"]

    def test_what_was_learned_survives(self) -> None:
        planner = planner_with(1)
        for hour in range(1, 9):
            planner.observe(1, hour, True)
        again = Planner.restore(planner.state())
        assert again.state()["pages"] == planner.state()["pages"]
        assert again.state()["edits"] == planner.state()["edits"]

    def test_a_visit_under_way_is_made_again(self) -> None:
        planner = planner_with()
        planner.add(1, "article", "时政", 1.0)
        assert planner.next(1.0) == 1
        assert Planner.restore(planner.state()).next(1.1) == 1

    def test_another_version_is_refused(self) -> None:
        with pytest.raises(ValueError, match="version"):
            Planner.restore({"version": 99})

    def test_the_same_input_gives_the_same_plan(self) -> None:
        world = World(2, seed=9)
        accounts = [play(world, Planner(60, world.truth.sections), 60).days for _ in range(2)]
        assert accounts[0] == accounts[1]


class TestForecast:
    def test_the_plan_foretells_the_next_visits_and_changes_nothing(self) -> None:
        planner = planner_with(*range(12))
        foretold = planner.plan(1.0, 20)
        assert planner.plan(1.0, 20) == foretold
        made = visits(planner, foretold[0].at, 20 / 60 + 0.001)
        assert sum(a.page == b for a, (_, b) in zip(foretold, made, strict=False)) >= 15
        assert all(visit.delay >= 0 for visit in foretold)

    def test_new_pages_and_closing_visits_lead_the_plan(self) -> None:
        planner = planner_with(1)
        planner.add(2, "article", "时政", LIFE + 1)
        assert [visit.page for visit in planner.plan(LIFE + 1, 2)] == [2, 1]

    def test_more_budget_buys_less_delay(self) -> None:
        world = World(4, seed=3)
        planner = Planner(60, world.truth.sections)
        account = play(world, planner, 60)
        delays = planner.expected_delays((30, 60, 120, 240), 96.0)
        assert [d.new for d in delays] == sorted((d.new for d in delays), reverse=True)
        assert [d.edit for d in delays] == sorted((d.edit for d in delays), reverse=True)
        seen = sum(account.new_delays) / len(account.new_delays)
        assert seen / 1.7 < delays[1].new < seen * 1.7


def test_the_lazy_choice_is_nearly_the_best_of_all() -> None:
    """Over two days of a running world, what is chosen is among the few pages worth most."""
    world, ranks = World(3, seed=6), []

    class Watched(Planner):
        def _choose(self, now: float) -> Page | None:
            page = super()._choose(now)
            if page is not None and page.visited and now < page.born + LIFE and now > 24 and len(ranks) < 300:
                rivals = [p for p in self._pages.values() if p.stage is Stage.CONTEST]
                worth = self._worth(page, now).value
                ranks.append(sum(self._worth(p, now).value > worth for p in rivals) / len(rivals))
            return page

    play(world, Watched(60, world.truth.sections), 60)
    assert sum(ranks) / len(ranks) < 0.05


class TestWorld:
    """The quick world; the full one is in `make bench`."""

    def test_the_world_is_as_the_literature_counts(self) -> None:
        world = World(15, seed=2)
        first_day = [sum(at < a.born + 24 for at in a.edits) for a in world.articles]
        assert sum(first_day) / len(first_day) == pytest.approx(0.676, rel=0.1)
        assert sum(n == 0 for n in first_day) / len(first_day) == pytest.approx(0.65, abs=0.04)

    def test_delay_is_the_integral_of_what_is_not_yet_seen(self) -> None:
        world = World(2, seed=1)
        article = world.articles[0]
        at, step = article.born, 0.001
        area = mass = 0.0
        while at < article.born + 20:
            mass += world.hazard(article, at) * step
            area += mass * step
            at += step
        found = world.mass_and_area(article, article.born + 20)
        assert article.rate * found[0] == pytest.approx(mass, rel=0.01)
        assert article.rate * found[1] == pytest.approx(area, rel=0.01)

    def test_the_bounds_dynamic_programme_finds_the_cheapest_visits(self) -> None:
        relaxation = _Relaxation(World(3, seed=1), 60, 1, 3)
        price = [0.05 + 0.03 * (hour % 5) for hour in range(72)]
        for page in relaxation.pages(price)[::40]:
            cheapest = relaxation.cheapest(page, price, [0.0] * 72)
            assert cheapest == pytest.approx(_cheapest_by_trial(page, price), rel=0.01, abs=1e-6)

    def test_the_planner_is_near_the_bound_and_far_ahead_of_fixed_intervals(self) -> None:
        world = World(6)
        mine = play(world, Planner(60, world.truth.sections), 60)
        bayes = Bayes(60, world)
        knowing = play(world, bayes, 60)
        bound = lower_bound(world, 60, 3, 6, level=bayes.price(), steps=8).value
        assert bound < mine.total(3) < 1.5 * bound
        assert mine.total(0, 3) < 1.2 * knowing.total(0, 3)
        for rule, times in ((OneInterval(), 4.0), (TwoTier(0.5, 96.0), 1.6), (Newsdiffs(0.5), 1.2)):
            assert play(world, rule, 60).total(3) > times * mine.total(3)

    def test_with_hardly_more_than_the_visits_owed_articles_are_still_discovered(self) -> None:
        world = World(4, seed=3, truth=Truth(per_day=150))
        account = play(world, Planner(8, world.truth.sections), 8)
        assert len(account.new_delays) > 0.8 * sum(a.born < 72 for a in world.articles)


def _cheapest_by_trial(page: _Page, price: list[float]) -> float:
    """The same minimum in O(n^2), straight from its definition, with hour prices taken at the earlier hour."""
    times, clock, mass, area = page.times, page.clock, page.mass, page.area
    best = [0.0] + [float("inf")] * (len(times) - 1)
    for k in range(1, len(times)):
        last = k == len(times) - 1
        hours = {int(times[k]), max(0, int(times[k] - 1e-9))} & set(range(len(price)))
        paid = 0.0 if last else min(price[hour] for hour in hours)
        best[k] = paid + min(best[u] + area[k] - area[u] - mass[u] * (clock[k] - clock[u]) for u in range(k))
    return best[-1]
