"""The gate for stories: republications are recognised, pages of one template are not taken for one story."""

from __future__ import annotations

import json
from functools import cache
from itertools import combinations
from pathlib import Path
from random import Random

import pytest

from storage.stories import Label, Text, cut_and_added, relate
from tests.benchmarks.stories import measure
from tests.quality.republications import (
    HELD_BACK,
    TOPICS,
    TUNED,
    Story,
    abridged,
    extended,
    light,
    report,
    sentences,
)
from tests.quality.stories_score import BASELINE, SETS, score
from tests.reference import REFERENCE, needs_reference
from tests.replica import words

#: What is asked of both sets, whatever was reached so far.
GOAL, FALSE_ALARMS = 0.95, 0.01


@cache
def _score(which: str) -> dict[str, float]:
    return score(which)


@pytest.mark.parametrize("which", SETS)
def test_republications_are_recognised_and_nothing_else(which: str) -> None:
    assert _score(which)["F1 of pairs"] >= GOAL
    assert _score(which)["F1 of stories"] >= GOAL


@pytest.mark.parametrize("which", SETS)
def test_pages_of_one_template_are_not_one_story(which: str) -> None:
    assert _score(which)["false alarms on templates"] <= FALSE_ALARMS


@pytest.mark.parametrize("which", SETS)
def test_nothing_falls_below_what_was_reached(which: str) -> None:
    wanted = json.loads(BASELINE.read_text(encoding="utf-8"))[which]
    reached = {name: round(value, 3) for name, value in _score(which).items() if "alarms" not in name}
    assert {name: value for name, value in reached.items() if value < wanted[name]} == {}


@pytest.mark.parametrize(
    ("way", "labels"),
    [
        (light, {Label.COPY}),
        (abridged, {Label.ABRIDGED, Label.COPY}),  # of a short report hardly a sentence goes
        (extended, {Label.EXTENDED, Label.COPY}),  # beside a long report two sentences are little
    ],
)
def test_what_a_republication_is_called(way: object, labels: set[Label]) -> None:
    assert callable(way)
    random = Random(4)
    for _ in range(40):
        story = report(random, random.choice(TOPICS["tuned"]))
        assert relate(Text(story.canonical), Text(way(story, random).canonical)).label in labels


def test_sentences_cut_by_an_editor_are_listed() -> None:
    random = Random(5)
    for _ in range(40):
        story = report(random, random.choice(TOPICS["tuned"]))
        every = [sentence for paragraph in story.body for sentence in sentences(paragraph)]
        kept = [sentence for sentence in every if random.random() < 0.6]
        found = cut_and_added(story.body, ("".join(kept),))
        assert found.added == ()
        assert set(found.cut) <= set(every) - set(kept)


def test_the_benchmark_finds_stories_in_a_small_index(tmp_path: Path) -> None:
    rows = {row["name"].strip(): row["value"] for row in measure(tmp_path / "stories.db", 3000, 400, 100)}
    assert rows["articles with a story already stored"] > 0.2
    assert all(value > 0 for value in rows.values())


# -- real texts


@cache
def _passages() -> list[Story]:
    """The reference texts, each cut into passages of 350 to 1,500 characters."""
    random = Random(3)
    labels = json.loads((REFERENCE / "corpus/pages/labels.json").read_text(encoding="utf-8"))
    passages = []
    for label in labels:
        rest = sentences("".join(label["body"].split()))
        while rest:
            size = random.randint(350, 1500)
            taken: list[str] = []
            while rest and sum(map(len, taken)) < size:
                taken.append(rest.pop(0))
            if len(taken) > 6:
                paragraphs = tuple("".join(taken[at : at + 3]) for at in range(0, len(taken), 3))
                passages.append(Story(taken[0][:18], paragraphs, words.REGIONS["cq"], "health"))
    return passages


@needs_reference
def test_republished_passages_of_real_texts_are_recognised() -> None:
    random = Random(6)
    answers = [
        relate(Text(passage.canonical), Text(way(passage, random).canonical)).same_story
        for passage in _passages()
        for way in random.sample(TUNED + HELD_BACK, 2)
    ]
    assert sum(answers) / len(answers) >= GOAL


@needs_reference
def test_different_passages_of_real_texts_are_different_stories() -> None:
    texts = [Text(passage.canonical) for passage in _passages()]
    couples = list(combinations(texts[:120], 2))
    taken = sum(relate(first, second).same_story for first, second in couples)
    assert taken / len(couples) <= 0.0005
