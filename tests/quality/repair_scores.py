"""What repair is measured by: damage done to texts cut from the reference pages.

python -m tests.quality.repair_scores          print the figures of the draw that the test takes and of a held-back one
python -m tests.quality.repair_scores --write  write the floors of the test's draw to repair_baseline.json

The damage is done by `damage.py`, which shares nothing with the repair. Texts whose original cannot be told from
their damage by anybody are left out: those with ASCII signs that touch Chinese text (a narrowing makes all signs
so), those with characters that a one-by-one conversion cannot give back (a Traditional 膩 in Simplified text), and
those that lost nothing but a few wide signs: many write so.
"""

from __future__ import annotations

import difflib
import json
import random
import re
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median, quantiles

import opencc

from crawler.text.repair import repair
from tests.quality.damage import Damage, annotate, convert, slips
from tests.reference import REFERENCE

BASELINE = Path(__file__).with_name("repair_baseline.json")
#: Texts that the test damages, and that a full measurement does; the draws of both.
TEXTS, ALL = 150, 500
DRAW, HELD_BACK = 1, 7
_FEW_SIGNS = 5  # narrow commas below which a text that lost nothing else says too little
COMBINATIONS = (
    Damage(slip=True),
    Damage(script=True, annotation=True),
    Damage(injection=True),
    Damage(script=True, annotation=True, slip=True),
    Damage(slip=True, injection=True),
    Damage(script=True, annotation=True, slip=True, injection=True),
    Damage(script=True, annotation=True, slip=True, kept=frozenset()),
)
_AMBIGUOUS = re.compile(
    "[\u3000-\u9fff\uff00-\uffef“”‘’…—] ?[!(),:;?]|[!(),:;?] ?[\u3000-\u9fff\uff00-\uffef“”‘’…—]"
)


@cache
def bodies() -> tuple[str, ...]:
    labels = json.loads((REFERENCE / "corpus/pages/labels.json").read_text(encoding="utf-8"))
    return tuple(label["body"] for label in labels)


def cuts(count: int, seed: int = 1) -> Iterator[str]:
    """Cut texts of some paragraphs, about 120 to 1,500 characters, whose damage can be told from themselves."""
    rng = random.Random(seed)
    simplify = opencc.OpenCC("t2s").convert
    while count:
        paragraphs = [line for line in rng.choice(bodies()).split("\n") if line.strip()]
        start = rng.randrange(len(paragraphs))
        text, length = "", rng.randint(120, 1500)
        for paragraph in paragraphs[start:]:
            if len(text) >= length:
                break
            text += paragraph + "\n"
        text = text.strip()
        usable = 120 <= len(text) <= 3000 and not _AMBIGUOUS.search(text) and "\ufffd" not in text
        if usable and simplify(convert(text)) == text == simplify(convert(text, frozenset())):
            count -= 1
            yield text


def wrong_characters(repaired: str, truth: str) -> int:
    if len(repaired) == len(truth):
        return sum(one != other for one, other in zip(repaired, truth, strict=True))
    codes = difflib.SequenceMatcher(None, repaired, truth, autojunk=False).get_opcodes()
    return sum(max(b - a, d - c) for tag, a, b, c, d in codes if tag != "equal")


def damage_slips(damage: Damage, text: str) -> int:
    if not damage.slip:
        return 0
    if damage.script:
        text = annotate(convert(text, damage.kept))
    return slips(text, damage.signs)


def says_too_little(damage: Damage, truth: str, found: str) -> bool:
    """Tell whether a text lost nothing but a few wide commas, as many a writer has none."""
    bare = not damage.script and not damage.injection
    return bare and not damage_slips(damage, truth) and found.count(",") < _FEW_SIGNS


def measure(count: int, seed: int) -> dict[str, float]:
    """Damage and repair so many texts; return shares, counts and milliseconds for 2,000 characters with slips."""
    characters = wrong = few = exact = left = told_too_little = 0
    times: list[float] = []
    for number, truth in enumerate(cuts(count, seed)):
        damage = COMBINATIONS[number % len(COMBINATIONS)]
        found = damage(truth, seed=number)
        if says_too_little(damage, truth, found):
            told_too_little += 1
            continue
        start = time.process_time()
        text = repair(found).text
        seconds = time.process_time() - start
        slipped = damage_slips(damage, truth)
        if slipped:
            times.append(seconds * 1000 * 2000 / len(truth))
        left += text is found and found != truth
        characters += len(truth)
        wrong += wrong_characters(text, truth) if text is not found else 0
        if slipped <= 3:
            few += 1
            exact += text == truth
    return {
        "texts": count,
        "texts that say too little": told_too_little,
        "texts left as found": left,
        "share of characters right": round(1 - wrong / characters, 5),
        "share of texts with at most three slips exactly right": round(exact / few, 4),
        "median ms": round(median(times), 1),
        "p95 ms": round(quantiles(times, n=20)[-1], 1),
    }


def main() -> None:
    for seed in (DRAW, HELD_BACK):
        print(json.dumps(measure(ALL, seed), indent=1))
    if "--write" in sys.argv:
        figures = {name: value for name, value in measure(TEXTS, DRAW).items() if not name.endswith("ms")}
        BASELINE.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
