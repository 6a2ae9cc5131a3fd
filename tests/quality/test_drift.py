"""Healing over many generated rebuilds: never a wrong selector, and the right ones wherever the text can be found.

The table in docs/operations/drift.md is what `python -m tests.quality.test_drift 3` prints.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable

import pytest

from tests.quality.drift_cases import APART, HOPELESS, LAST, SHARES, TUNED, Outcome, Rebuild, play

KINDS = (*TUNED, *APART, *LAST)


def verdict(outcome: Outcome) -> str:
    """What became of a rebuild, in a word."""
    if not outcome.harmed:
        return "unharmed"
    if outcome.wrong:
        return "wrong"
    proposed = outcome.healing is not None and bool(outcome.healing.changes)
    return "healed" if outcome.healed else "in part" if proposed else "nothing proposed"


def score(kinds: Iterable[Rebuild], seeds: Iterable[int]) -> dict[str, Counter[str]]:
    """Verdicts by kind."""
    return {
        kind.__name__: Counter(verdict(play(kind, seed, share)) for seed in seeds for share in SHARES)
        for kind in kinds
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_rebuild_leads_to_wrong_selectors(kind):
    found = score([kind], range(40, 43))[kind.__name__]
    assert not found["wrong"], found
    if kind.__name__ in HOPELESS:
        assert not found["healed"], found
    elif kind in TUNED:
        assert found["healed"] + found["unharmed"] >= 5, found


def test_where_half_of_the_pages_changed_both_makes_are_read():
    outcomes = [play(kind, seed, 0.5) for kind in TUNED[:2] for seed in range(50, 52)]
    assert all(outcome.healed for outcome in outcomes)
    changes = [change.new for outcome in outcomes if outcome.healing for change in outcome.healing.changes]
    assert any(", " in new for new in changes)


def test_a_site_that_is_not_rebuilt_has_nothing_to_heal():
    outcome = play(lambda dress, random: dress, 1)
    assert (outcome.harmed, outcome.healing) == (False, None)


if __name__ == "__main__":
    for name, counted in score(KINDS, range(int(sys.argv[1]))).items():
        print(f"{name:28} {dict(counted)}")
