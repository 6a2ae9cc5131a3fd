"""Measure the classes of edits against the labels.

python -m tests.quality.changes.score            prints the table, and each mistake in the tuned part
python -m tests.quality.changes.score --write    also writes the floors that the gate holds
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from crawler.text.canonical import fold
from storage.diff import Change, compare
from storage.records import EditClass
from tests.quality.changes.labelled import Labelled, held_back, tuned

BASELINE = Path(__file__).with_name("baseline.json")


@dataclass
class Score:
    """Hits, false alarms and misses of each class; edits that were not noticed at all."""

    hits: Counter[EditClass] = field(default_factory=Counter)
    false: Counter[EditClass] = field(default_factory=Counter)
    missed: Counter[EditClass] = field(default_factory=Counter)
    unnoticed: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    def f1(self, edit: EditClass) -> float:
        """2 hits / (2 hits + false alarms + misses)."""
        return _f1(self.hits[edit], self.false[edit], self.missed[edit])

    @property
    def micro(self) -> float:
        """F1 over all labels together."""
        return _f1(self.hits.total(), self.false.total(), self.missed.total())

    @property
    def macro(self) -> float:
        """The mean of the classes' F1."""
        return sum(self.f1(edit) for edit in EditClass) / len(EditClass)


def _f1(hits: int, false: int, missed: int) -> float:
    return 2 * hits / (2 * hits + false + missed) if hits else 0.0


def measure(pairs: Iterable[Labelled]) -> Score:
    """Compare each pair and count."""
    score = Score()
    for pair in pairs:
        diff = compare(pair.old, pair.new, fold=fold)
        found = set(diff.classes)
        score.hits.update(found & pair.classes)
        score.false.update(found - pair.classes)
        score.missed.update(pair.classes - found)
        if not diff.changes:
            score.unnoticed.append(pair.name)
        if found != pair.classes:
            score.mistakes.append(
                f"{pair.name} {_names(pair.classes)} -> {_names(found)} {_shown(diff.changes)}"
            )
    return score


def _names(classes: Iterable[EditClass]) -> str:
    return "+".join(sorted(classes))


def _shown(changes: Iterable[Change]) -> str:
    marks = {"=": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}
    return " | ".join("".join(marks[run.op].format(run.text) for run in change.runs) for change in changes)


def floors(score: Score) -> dict[str, float]:
    """Return what the gate holds: the figures, rounded down."""
    figures = {"micro": score.micro, "macro": score.macro} | {e.value: score.f1(e) for e in EditClass}
    return {name: int(value * 1000) / 1000 for name, value in figures.items()}


def main() -> None:
    """Print the table; write the floors if asked to."""
    scores = {"tuned": measure(tuned()), "held_back": measure(held_back())}
    print(*scores["tuned"].mistakes, sep="\n")
    table = {part: floors(score) for part, score in scores.items()}
    print(json.dumps(table, indent=1))
    if "--write" in sys.argv:
        BASELINE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
