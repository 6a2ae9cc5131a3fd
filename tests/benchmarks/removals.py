"""Removals: precision and recall over labelled timelines, and what whole-site outages are taken for."""

import tempfile
from typing import Any

from storage.database import Database
from tests.benchmarks._rows import row
from tests.quality.removals.timelines import HELD_BACK, SCENARIOS, Outcome, play

#: Sites on which each scenario is played.
SITES = 9


def run() -> list[dict[str, Any]]:
    """Play every scenario on nine sites; about three minutes."""
    outcomes = played(SCENARIOS, SITES)
    held_back = played(HELD_BACK, SITES)
    everything = outcomes + held_back
    outages = sum(len(one.told - one.wanted) for one in everything if one.is_outage)
    return [
        row("removals: timelines", len(everything), "timelines", goal=300, ok=len(everything) >= 300),
        *_rows("removals", everything),
        *_rows("removals, scenarios held back", held_back),
        row("removals told of sites that are out", outages, "removals", goal=0, ok=outages == 0),
    ]


def played(scenarios: dict[str, Any], sites: int) -> list[Outcome]:
    """Play these scenarios on so many sites each."""
    with tempfile.TemporaryDirectory() as folder, Database.open(f"sqlite:///{folder}/n.db") as database:
        return [
            play(database, name, scenario, seed)
            for name, scenario in scenarios.items()
            for seed in range(1, sites + 1)
        ]


def precision_and_recall(outcomes: list[Outcome]) -> tuple[float, float]:
    """Over all removals told, and over all that were to be told."""
    right = sum(len(one.told & one.wanted) for one in outcomes)
    told = sum(len(one.told) for one in outcomes)
    wanted = sum(len(one.wanted) for one in outcomes)
    return right / told if told else 1.0, right / wanted if wanted else 1.0


def _rows(name: str, outcomes: list[Outcome]) -> list[dict[str, Any]]:
    precision, recall = precision_and_recall(outcomes)
    return [
        row(f"{name}: precision", precision, "", goal=0.99, ok=precision >= 0.99),
        row(f"{name}: recall", recall, "", goal=0.95, ok=recall >= 0.95),
    ]
