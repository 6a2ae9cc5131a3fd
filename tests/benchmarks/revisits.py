"""How good the revisit plan is: its delay in a simulated world against a lower bound and against other rules.

python -m tests.benchmarks.revisits SEED…      mean, least and most of the ratios over worlds of these seeds
"""

from __future__ import annotations

import math
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from scheduler.revisit import LIFE, PageId, Planner
from tests.benchmarks.revisit_bound import lower_bound
from tests.benchmarks.revisit_peers import AllKnowing, Bayes, Newsdiffs, OneInterval, Rule, TwoTier
from tests.benchmarks.revisit_world import Account, Truth, World, play

Row = dict[str, Any]
Rules = Callable[[], Iterator[Rule]]
SETTLED = 7  # the day from which on a policy is no longer new to the site
OTHER_WORLDS = {
    "a quarter of the edits": Truth(first_day=0.169),
    "four times the edits": Truth(first_day=2.7),
    "edits that die away fast": Truth(power=1.8),
    "400 articles a day, all sections alike": Truth(per_day=400.0, factors=(1.0, 1.0, 1.0, 1.0)),
}


def run(days: int = 29, quick: bool = False) -> list[Row]:
    """Measure, and return the rows; `quick` is six days at one budget, against knowledge only."""
    if quick:
        return _against_knowledge(World(6), 60.0, 3)[0]
    rows, account, planner = _in_world(World(days))
    rows += _delays(account, 60.0)
    rows += [row for name, truth in OTHER_WORLDS.items() for row in _elsewhere(name, truth)]
    rows.append(_decision(len(planner), _least_disturbed(planner.spent), 50))
    rows.append(_decision(100_000, _least_disturbed(_time_among(100_000, planner.state())), 500))
    return rows


def _in_world(world: World) -> tuple[list[Row], Account, _Timed]:
    rows, account, planner = _against_knowledge(world, 60.0, SETTLED)
    rows += _against_knowledge(world, 120.0, SETTLED)[0]
    return rows + _against_rules(world, account, 60.0), account, planner


def over_seeds(seeds: Iterable[int], days: int = 29) -> None:
    """Print each ratio's mean, least and most over worlds of other seeds: that no figure is one seed's luck."""
    ratios: dict[str, list[float]] = {}
    for seed in seeds:
        for row in _in_world(World(days, seed=seed))[0]:
            ratios.setdefault(f"{row['name']} ({row['goal'] or 'no goal'})", []).append(row["ratio"])
    for name, found in ratios.items():
        print(f"{statistics.fmean(found):.3f} {min(found):.3f} {max(found):.3f}  {name}")


class _Timed(Planner):
    """Keeps the processor time of every choice, in seconds."""

    def __init__(self, budget_per_hour: float, sections: Iterable[str]) -> None:
        super().__init__(budget_per_hour, sections)
        self.spent: list[float] = []

    def next(self, now: float) -> PageId | None:
        before = time.thread_time()
        item = super().next(now)
        self.spent.append(time.thread_time() - before)
        return item


def _row(
    name: str, value: float, unit: str, peer: str = "", peer_value: float | None = None, **judged: Any
) -> Row:
    ratio, goal, ok = judged.get("ratio"), judged.get("goal"), judged.get("ok", True)
    return {
        "name": name, "value": value, "unit": unit, "peer": peer, "peer_value": peer_value,
        "ratio": ratio, "goal": goal, "ok": ok,
    }  # fmt: skip


def _at_most(name: str, value: float, unit: str, peer: str, peer_value: float, most: float) -> Row:
    ratio = value / peer_value
    return _row(name, value, unit, peer, peer_value, ratio=ratio, goal=f"<= {most}", ok=ratio <= most)


def _against_knowledge(world: World, per_hour: float, settled: int) -> tuple[list[Row], Account, _Timed]:
    """The planner, cold, against what knows more than it can."""
    planner = _Timed(per_hour, world.truth.sections)
    account = play(world, planner, per_hour)
    bayes = Bayes(per_hour, world)
    knowing = play(world, bayes, per_hour)
    last = len(account.days)
    bound = lower_bound(world, per_hour, settled, last, level=bayes.price()).value
    at, unit = f"at {per_hour:.0f}/h", "event-hours"
    delay, early = account.total(settled), account.total(0, 3)
    rows = [
        _at_most(f"delay {at}, from day {settled}", delay, unit, "lower bound", bound, 1.40),
        _at_most(f"delay {at}, first 3 days", early, unit, "knows the rates", knowing.total(0, 3), 1.30),
    ]
    if per_hour == 60.0:
        all_known = play(world, AllKnowing(per_hour, world), per_hour).total(settled)
        rows.append(
            _row(
                f"delay {at}, every hazard known",
                all_known,
                unit,
                "lower bound",
                bound,
                ratio=all_known / bound,
            )
        )
    return rows, account, planner


def _delays(account: Account, per_hour: float) -> list[Row]:
    found = {"new": account.new_delays, "edit": account.edit_delays, "removal": account.removal_delays}
    return [
        _row(f"{kind}: median delay at {per_hour:.0f}/h", statistics.median(delays) * 60, "min")
        for kind, delays in found.items()
    ]


def _against_rules(world: World, account: Account, per_hour: float) -> list[Row]:
    """How many requests other rules need for the delay that the planner reaches."""
    days = min(15, len(account.days))
    target = account.total(SETTLED, days)
    rules: list[tuple[str, Rules, float, float]] = [
        ("one fixed interval", lambda: iter([OneInterval()]), 8.0, 8.0),
        ("tuned two-tier", _two_tiers, 2.4, 2.5),
        ("newsdiffs ladder, tuned", _ladders, 1.3, 1.25),
    ]
    rows = []
    for name, variants, guess, least in rules:
        needed = _requests_for(world, variants, target, days, guess * per_hour)
        ratio = needed / per_hour
        rows.append(
            _row(
                f"requests for the same delay: {name}",
                per_hour,
                "1/h",
                name,
                needed,
                ratio=ratio,
                goal=f">= {least}",
                ok=ratio >= least,
            )
        )
    return rows


def _two_tiers() -> Iterator[Rule]:
    return (TwoTier(listing, watched) for listing in (0.25, 0.5, 1.0) for watched in (48.0, 96.0, LIFE))


def _ladders() -> Iterator[Rule]:
    return (Newsdiffs(listing) for listing in (0.25, 0.5, 1.0))


def _requests_for(world: World, variants: Rules, target: float, days: int, guess: float) -> float:
    """Find the budget at which the best variant reaches the delay: secant on the logarithms."""

    def excess(log_budget: float) -> float:
        budget = math.exp(log_budget)
        best = min(play(world, rule, budget, days=days).total(SETTLED) for rule in variants())
        return math.log(best / target)

    before, here = math.log(guess * 0.9), math.log(guess * 1.1)
    low, high = excess(before), excess(here)
    for _ in range(4):
        if high == low or abs(high) < 0.002:
            break
        step = max(-0.5, min(0.5, -high * (here - before) / (high - low)))
        before, low, here = here, high, here + step
        high = excess(here)
    return math.exp(here)


def _elsewhere(name: str, truth: Truth) -> list[Row]:
    """A site that is unlike the literature's: does the planner learn it?"""
    world = World(10, seed=7, truth=truth)
    per_hour = 60.0 * truth.per_day / 150
    mine = play(world, Planner(per_hour, truth.sections), per_hour)
    knowing = play(world, Bayes(per_hour, world), per_hour)
    unit, peer = "event-hours", "knows the rates"
    return [
        _at_most(f"{name}: first 3 days", mine.total(0, 3), unit, peer, knowing.total(0, 3), 1.30),
        _at_most(f"{name}: from day 5", mine.total(5), unit, peer, knowing.total(5), 1.10),
    ]


def _least_disturbed(spent: list[float], repeats: int = 10) -> float:
    """The least of the means over equal parts of the settled days: the others share the machine with more."""
    settled = spent[len(spent) // 3 :]
    size = len(settled) // repeats
    return min(statistics.fmean(settled[k * size : (k + 1) * size]) for k in range(repeats))


def _decision(pages: int, seconds: float, most: int) -> Row:
    """The processor time of one `next`: with the running world's pages, or as many in a steady state."""
    name = f"a decision among {pages:,} pages"
    return _row(name, seconds * 1e6, "us", goal=f"<= {most}", ok=seconds * 1e6 <= most)


def _time_among(pages: int, learned: dict[str, Any], decisions: int = 6000) -> list[float]:
    per_hour, now = 0.06 * pages, 10_000.0
    state = learned | {"budget": [per_hour, per_hour, 0.0], "pages": list(_steady(pages, now))}
    planner = Planner.restore(state)
    return _visit(planner, now, per_hour, decisions)


def _steady(pages: int, now: float) -> Iterator[list[Any]]:
    """The rows of a planner's state: ages spread over the week, last visits a share of the usual interval
    ago.
    """
    for number in range(4):
        yield [f"listing-{number}", True, number, 0.0, now - 0.1 * number, 0.0, 0.0, True, False]
    for number in range(pages):
        age = (number + 0.5) / pages * LIFE
        share = number * 0.618034 % 1.0
        gap = min(age, share * math.sqrt(0.5 * (age + 0.5) ** 1.3 / 0.16), LIFE / 2)
        yield [number, False, number % 4, now - age, now - gap, 0.0, 0.0, True, False]


def _visit(planner: Planner, now: float, per_hour: float, decisions: int) -> list[float]:
    """Make so many visits that find nothing; return the processor time of every choice, in seconds."""
    spent = []
    for slot in range(decisions):
        at = now + slot / per_hour
        before = time.thread_time()
        item: PageId | None = planner.next(at)
        spent.append(time.thread_time() - before)
        if item is not None:
            planner.observe(item, at, False)
    return spent


if __name__ == "__main__":
    over_seeds(map(int, sys.argv[1:]))
