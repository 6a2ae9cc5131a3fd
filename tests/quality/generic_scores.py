"""How well pages of unknown sites are read: the labelled reference pages, field by field.

    python -m tests.quality.generic_scores            prints the figures and writes them into the baseline

A third of the pages, chosen by the digest of their names, was held back while the first rules were made on the
others; decisions/0010 has what they scored before anybody looked at them. The label
`author` of a page that shows no author is its editor, so it is compared with the authors, or else the editors. A date
counts when it is the label's, to the label's own precision.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import fmean

from crawler.extract.generic import read_generic
from crawler.text.decode import decode
from tests.reference import REFERENCE

BASELINE = Path(__file__).with_name("generic_baseline.json")
PAGES = REFERENCE / "corpus" / "pages"
_SPACE = re.compile(r"\s")
_GRAM = 4


@dataclass(frozen=True)
class Labelled:
    """One page and what a person says of it; None where it shows no author or date."""

    name: str
    html: str
    size: int
    body: str
    date: str | None
    author: str | None


@dataclass(frozen=True)
class Answer:
    """What a tool read: the names are those of the authors, else the editors."""

    body: str
    at: datetime | None
    names: frozenset[str]


Tool = Callable[[str], Answer]


def labelled() -> list[Labelled]:
    """The labelled pages in a fixed random order."""
    labels = json.loads((PAGES / "labels.json").read_text("utf-8"))
    return sorted(map(_page, labels), key=lambda page: hashlib.sha256(page.name.encode()).hexdigest())


def _page(label: dict[str, str]) -> Labelled:
    content = (PAGES / label["file"]).read_bytes()
    html = decode(content).text
    return Labelled(label["file"], html, len(content), label["body"], label["date"], label["author"])


def split(pages: Sequence[Labelled]) -> dict[str, Sequence[Labelled]]:
    """The pages that the rules were made on, and the third that was held back."""
    third = len(pages) // 3
    return {"tuned": pages[third:], "held-back": pages[:third]}


def newsdelta(html: str) -> Answer:
    """Read a page as `newsdelta extract --generic` does."""
    found = read_generic(html)
    if found is None:
        return Answer("", None, frozenset())
    return Answer("\n".join(found.body), found.published_at, frozenset(found.authors or found.editors))


def grams(text: str) -> Counter[str]:
    """The runs of four characters of a text, white space left out."""
    text = _SPACE.sub("", text)
    return Counter(text[at : at + _GRAM] for at in range(max(1, len(text) - _GRAM + 1)))


def f1(found: str, wanted: str) -> float:
    """The harmonic mean of precision and recall of character 4-grams."""
    one, two = grams(found), grams(wanted)
    shared = (one & two).total()
    return 2 * shared / (one.total() + two.total())


def is_date(label: str, at: datetime | None, most: int = 6) -> bool:
    """Tell whether a time is the label's, to the label's precision; `most` 3: to the day at most."""
    wanted = [int(number) for number in re.findall(r"\d+", label)][:most]
    return at is not None and list(at.timetuple()[: len(wanted)]) == wanted


def names_of(label: str) -> frozenset[str]:
    """The names in an author label."""
    return frozenset(filter(None, re.split(r"[\s、]+", label)))


def score(tool: Tool, pages: Sequence[Labelled]) -> dict[str, float]:
    """Read the pages by a tool and return its figures."""
    answers = [(page, tool(page.html)) for page in pages]
    return {
        "body F1": round(fmean(f1(answer.body, page.body) for page, answer in answers), 4),
        "dates": _share(is_date(page.date, answer.at) for page, answer in answers if page.date),
        "days": _share(is_date(page.date, answer.at, 3) for page, answer in answers if page.date),
        "authors": _share(names_of(page.author) == answer.names for page, answer in answers if page.author),
    }


def _share(right: Iterator[bool]) -> float:
    return round(fmean(list(right)), 4)


def figures() -> dict[str, dict[str, float]]:
    """Our figures: on the pages that the rules were made on, on the held-back ones, on all."""
    pages = labelled()
    return {name: score(newsdelta, part) for name, part in (*split(pages).items(), ("all", pages))}


if __name__ == "__main__":
    measured = figures()
    BASELINE.write_text(json.dumps(measured, indent=1) + "\n", "utf-8")
    print(json.dumps(measured, indent=1))
