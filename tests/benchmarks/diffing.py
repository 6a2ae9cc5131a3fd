"""How fast two revisions are compared, and how true the result is, beside what other monitors do."""

from __future__ import annotations

import difflib
import random
import re
import time
from collections.abc import Callable
from typing import Any

from crawler.text.canonical import fold
from storage.diff import compare
from storage.records import ArticleFields
from tests.benchmarks._rows import row
from tests.quality.changes.cosmetic import cosmetic
from tests.quality.changes.labelled import Labelled, held_back, tuned
from tests.quality.changes.score import measure
from tests.quality.changes.vocabulary import SURROUNDINGS

_LENGTH = 3000
_EDITS = 10


def run() -> list[dict[str, Any]]:
    """Return the rows: times in ms (best of several runs, as timeit has it), then counts and shares."""
    return [*_times(), *_truth()]


def _times() -> list[dict[str, Any]]:
    old = _article(random.Random(1), _LENGTH)
    new = _edited(old, random.Random(2))
    other = _strange(random.Random(3), _LENGTH)
    compare(old, new, fold=fold)  # loads the dictionary
    peer = "difflib, characters"
    return [
        _timed(f"compare {_LENGTH} characters, {_EDITS} edits", old, new, peer, goal=2.0),
        _timed(f"compare {_LENGTH} characters that share nothing", old, other, peer, goal=50.0),
        row(
            f"changed places shown for {_EDITS} edits",
            sum(run.op != "=" for c in compare(old, new, fold=fold).changes for run in c.runs) / 2,
            "places",
            peer,
            sum(tag != "equal" for tag, *_ in _difflib(old, new)),
            goal=_EDITS,
            ok=len(compare(old, new, fold=fold).changes) == _EDITS,
        ),
    ]


def _timed(name: str, old: ArticleFields, new: ArticleFields, peer: str, goal: float) -> dict[str, Any]:
    value = _best(lambda: compare(old, new, fold=fold), 15)
    return row(name, value, "ms", peer, _best(lambda: _difflib(old, new), 3), goal=goal, ok=value <= goal)


def _difflib(old: ArticleFields, new: ArticleFields) -> list[Any]:
    texts = ("\n".join(old.body), "\n".join(new.body))
    return difflib.SequenceMatcher(None, *texts, autojunk=False).get_opcodes()


def _best(action: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        taken.append(1000 * (time.perf_counter() - started))
    return min(taken)


def _article(chance: random.Random, length: int) -> ArticleFields:
    """Sentences of the stock, each with a number that makes it one of a kind, four to a paragraph."""
    body: list[str] = []
    while sum(map(len, body)) < length:
        sentences = (f"{s[:-1]}，共{chance.randint(100, 999999)}人。" for s in chance.sample(SURROUNDINGS, 4))
        body.append("".join(sentences))
    return ArticleFields(url="", title="山城漫步", body=tuple(body))


def _edited(article: ArticleFields, chance: random.Random) -> ArticleFields:
    """Change the number in ten sentences."""
    numbers = list(re.finditer(r"\d+", text := "\n".join(article.body)))
    for match in sorted(chance.sample(numbers, _EDITS), key=lambda m: -m.start()):
        text = f"{text[: match.start()]}{chance.randint(100, 999999)}{text[match.end() :]}"
    return ArticleFields(url="", title=article.title, body=tuple(text.split("\n")))


def _strange(chance: random.Random, length: int) -> ArticleFields:
    """Sentences of random characters."""
    sentences = [
        "".join(chr(chance.randint(0x4E00, 0x5E00)) for _ in range(35)) + "。" for _ in range(length // 36)
    ]
    return ArticleFields(url="", title="无题", body=tuple(sentences))


def _truth() -> list[dict[str, Any]]:
    pairs = {"tuned": tuned(), "held back": held_back()}
    rows = []
    for part, labelled in pairs.items():
        score = measure(labelled)
        for name, value in (("micro", score.micro), ("macro", score.macro)):
            rows.append(row(f"classes of edits, {part}, F1 {name}", value, "", goal=0.95, ok=value >= 0.95))
    every = [pair for labelled in pairs.values() for pair in labelled]
    return [*rows, *_noticed(every), _false_edits(every)]


def _noticed(pairs: list[Labelled]) -> list[dict[str, Any]]:
    """Compare what is noticed with the equality rules of two monitors (read in their code)."""
    ours = sum(bool(compare(p.old, p.new, fold=fold).changes) for p in pairs) / len(pairs)
    peers = (("diffengine: no punctuation", _without_punctuation), ("body only, digits are boring", _boring))
    return [
        row(
            "edits noticed",
            ours,
            "share",
            peer,
            sum(key(p.old) != key(p.new) for p in pairs) / len(pairs),
            goal=1.0,
            ok=ours == 1.0,
        )
        for peer, key in peers
    ]


def _without_punctuation(article: ArticleFields) -> str:
    return re.sub(r"[^\w]", "", article.title + "".join(article.body))


def _boring(article: ArticleFields) -> str:
    return re.sub(r"[\d\s]", "", "".join(article.body))


def _false_edits(pairs: list[Labelled]) -> dict[str, Any]:
    mutated = list(cosmetic([pair.new for pair in pairs[::7]], 1000))
    ours = sum(bool(compare(old, new, fold=fold).changes) for old, new in mutated)
    theirs = sum(_without_punctuation(old) != _without_punctuation(new) for old, new in mutated)
    peer = "diffengine: no punctuation"
    return row("false edits in 1000 cosmetic changes", ours, "edits", peer, theirs, goal=0, ok=ours == 0)
