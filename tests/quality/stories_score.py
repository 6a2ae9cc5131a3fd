"""Measure the matching of stories against the truth of generated republications and templates.

python -m tests.quality.stories_score            prints the table, and each mistake in the tuned set
python -m tests.quality.stories_score --write    also writes the floors that the gate holds
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from storage.stories import Candidate, Text, assign, new_keys, rank, read_text, relate, signature
from tests.quality.republications import Pair, pairs, stream

BASELINE = Path(__file__).with_name("stories_baseline.json")
SETS = ("tuned", "held-back")
PAIRS, ARTICLES = 60, 1000


def score(which: str) -> dict[str, float]:
    """Measure one set: F1 of pairs and of stories, false alarms on templates, recall of each way to republish."""
    labelled = list(pairs(which, PAIRS))
    answers = [relate(Text(pair.first), Text(pair.second)).same_story for pair in labelled]
    truth, found = grouped(stream(which, ARTICLES))
    return {
        "F1 of pairs": f1(labelled, answers),
        "F1 of stories": f1_of_groups(truth, found),
        "false alarms on templates": false_alarms(labelled, answers),
        **recalls(labelled, answers),
    }


def f1(labelled: Sequence[Pair], answers: Sequence[bool]) -> float:
    """The harmonic mean of precision and recall."""
    true = sum(answer and pair.same for pair, answer in zip(labelled, answers, strict=True))
    return 2 * true / (sum(answers) + sum(pair.same for pair in labelled))


def false_alarms(labelled: Sequence[Pair], answers: Sequence[bool]) -> float:
    """The share of the pairs of one template that were taken for one story."""
    told = [
        answer for pair, answer in zip(labelled, answers, strict=True) if pair.kind.startswith("template")
    ]
    return sum(told) / len(told)


def recalls(labelled: Sequence[Pair], answers: Sequence[bool]) -> dict[str, float]:
    """The share of each way's republications that were recognised."""
    same = [(pair.kind, answer) for pair, answer in zip(labelled, answers, strict=True) if pair.same]
    asked, told = Counter(kind for kind, _ in same), Counter(kind for kind, answer in same if answer)
    return {f"recall, {kind}": told[kind] / count for kind, count in asked.items()}


def grouped(articles: Iterable[tuple[int, str]]) -> tuple[list[int], list[int]]:
    """Take articles in, one after another, as the store does, within one week; return true and found stories."""
    index: dict[int, list[int]] = {}
    texts: list[str] = []
    truth: list[int] = []
    stories: list[int] = []
    for number, (story, text) in enumerate(articles):
        keys = signature(text)
        rows = [(key, article) for key in keys for article in index.get(key, ())]
        candidates = (
            Candidate(article, stories[article], read_text(texts[article])) for article in rank(rows, keys)
        )
        match = assign(read_text(text), candidates)
        for key in new_keys(rows, keys):
            index.setdefault(key, []).append(number)
        texts.append(text)
        truth.append(story)
        stories.append(match.story if match else number)
    return truth, stories


def f1_of_groups(truth: Sequence[int], found: Sequence[int]) -> float:
    """F1 over all pairs of articles: in one story or not."""
    both = _pairs_within(zip(truth, found, strict=True))
    return 2 * both / (_pairs_within(truth) + _pairs_within(found))


def _pairs_within(groups: Iterable[object]) -> int:
    return sum(size * (size - 1) // 2 for size in Counter(groups).values())


def mistakes(which: str) -> list[str]:
    """Describe each pair that was judged wrongly."""
    wrong = []
    for pair in pairs(which, PAIRS):
        relation = relate(Text(pair.first), Text(pair.second))
        if relation.same_story is not pair.same:
            differ = ", ".join(f"{c.slot} {c.first} {c.later}" for c in relation.conflicts)
            wrong.append(f"{pair.kind}: {relation.label}, containment {relation.containment:.2f}; {differ}")
    return wrong


def main() -> None:
    """Print the scores; write them where asked to."""
    scores = {which: score(which) for which in SETS}
    for which, values in scores.items():
        for name, value in values.items():
            print(f"{which:10} {name:28} {value:.3f}")
    print(*mistakes("tuned"), sep="\n")
    if "--write" in sys.argv:
        floors = {which: {name: round(value, 3) for name, value in s.items()} for which, s in scores.items()}
        BASELINE.write_text(json.dumps(floors, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
