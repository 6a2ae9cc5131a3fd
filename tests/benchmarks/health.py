"""Parser health: mutated templates noticed within one run and told as nothing else; mass edits that are meant."""

import tempfile
from typing import Any

from storage.database import Database
from tests.benchmarks._rows import row
from tests.quality.health_cases import play_mass_edit, play_redesign

REDESIGNS, MASS_EDITS = 200, 24


def run() -> list[dict[str, Any]]:
    """Draw redesigns until 200 of them change what is read; about two minutes."""
    with tempfile.TemporaryDirectory() as folder, Database.open(f"sqlite:///{folder}/n.db") as database:
        cases, seed = [], 0
        while sum(case.harmful for case in cases) < REDESIGNS:
            cases.append(play_redesign(database, seed))
            seed += 1
        edits = [play_mass_edit(database, seed) for seed in range(MASS_EDITS)]
    harmful = [case for case in cases if case.harmful]
    harmless = [case for case in cases if not case.harmful]
    noticed = sum(case.noticed for case in harmful)
    told = sum(case.told for case in cases)
    recovered = sum(case.recovered for case in harmful)
    alarms = sum(case.noticed for case in harmless)
    made, seen = sum(edit[0] for edit in edits), sum(edit[1] for edit in edits)
    return [
        row(
            "redesigns noticed within one run",
            noticed,
            "templates",
            goal=len(harmful),
            ok=noticed == len(harmful),
        ),
        row("edits and removals told of redesigns", told, "events", goal=0, ok=told == 0),
        row(
            "redesigns recovered from by itself",
            recovered,
            "templates",
            goal=len(harmful),
            ok=recovered == len(harmful),
        ),
        row(
            "alarms for redesigns that read as before", alarms, f"of {len(harmless)}", goal=0, ok=alarms == 0
        ),
        row("edits told of 30 % of a site edited at once", seen, "edits", goal=made, ok=seen == made),
    ]
