"""Write Chinese news prose from the patterns in `prose/*.txt`: sentences whose parts know what they are.

A pattern holds `[a|b|c]` (one of these), `<slot>` (an entity; `<slot#1>` is the same one all through the
article),
`{+yes|no}` (a statement and its denial) and `{~a|b|c}` (words that mean the same). Each part of a written
sentence is a
`Part` with a kind, so that an edit can change a number, a name or a quotation and nothing else. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from . import words

FOLDER = Path(__file__).with_name("prose")
#: One token of a pattern: a choice, a denial, a synonym, a slot, or plain text.
T = TypeVar("T")
TOKEN = re.compile(r"\[(?P<choice>[^\]]*)\]|\{\+(?P<deny>[^}]*)\}|\{~(?P<same>[^}]*)\}|<(?P<slot>[^>]*)>")


class Part(NamedTuple):
    """A piece of a sentence. `kind` is text, number, name, post, date, place, quote, attribution, negation or
    wording;
    `others` are texts that may stand in its place.
    """

    kind: str
    text: str
    others: tuple[str, ...] = ()


Paragraph = tuple[Part, ...]


def plain(text: str) -> Paragraph:
    """Make a paragraph of given text, of which nothing more is known."""
    return (Part("text", text),)


def text_of(paragraph: Paragraph) -> str:
    """Return what a reader sees of a paragraph."""
    return "".join(part.text for part in paragraph)


@cache
def patterns(topic: str) -> dict[str, tuple[str, ...]]:
    """Read a topic's patterns: T titles, L leads, S sentences, Q quotations."""
    found: dict[str, list[str]] = {"T": [], "L": [], "S": [], "Q": []}
    for line in (FOLDER / f"{topic}.txt").read_text(encoding="utf-8").splitlines():
        kind, _, pattern = line.partition(" ")
        found[kind].append(pattern)
    return {kind: tuple(lines) for kind, lines in found.items()}


@cache
def _tokens(pattern: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Cut a pattern into (kind of token, its options)."""
    found: list[tuple[str, tuple[str, ...]]] = []
    at = 0
    for match in TOKEN.finditer(pattern):
        if match.start() > at:
            found.append(("text", (pattern[at : match.start()],)))
        found.append((str(match.lastgroup), tuple(match[str(match.lastgroup)].split("|"))))
        at = match.end()
    if at < len(pattern):
        found.append(("text", (pattern[at:],)))
    return tuple(found)


def pick(random: Random, options: Sequence[T]) -> T:
    """Choose one option; three times as fast as `Random.choice`, and pages need a hundred choices each."""
    return options[int(random.random() * len(options))]


class Writer:
    """Writes one article's sentences. Deterministic: the same random stream gives the same text."""

    def __init__(self, random: Random, region: words.Region, when: datetime) -> None:
        self.random = random
        self.region = region
        self.when = when
        self._kept: dict[str, Part] = {}

    def write(self, pattern: str) -> list[Part]:
        """Write one pattern out; neighbouring plain texts are joined."""
        parts: list[Part] = []
        self._write(pattern, parts)
        return _joined(parts)

    def _write(self, pattern: str, parts: list[Part]) -> None:
        for kind, options in _tokens(pattern):
            if kind == "text":
                parts.append(Part("text", options[0]))
            elif kind == "choice":
                self._write(pick(self.random, options), parts)
            elif kind == "slot":
                parts.append(self.slot(options[0]))
            else:
                parts.append(self._alternative(kind, options))

    def _alternative(self, kind: str, options: tuple[str, ...]) -> Part:
        if kind == "deny":
            return Part("negation", options[0], options[1:])
        chosen = pick(self.random, options)
        return Part("wording", chosen, tuple(option for option in options if option != chosen))

    def slot(self, name: str) -> Part:
        """Make an entity; one with a mark (`district#1`) is made once and kept."""
        if name in self._kept:
            return self._kept[name]
        plain_name, _, mark = name.partition("#")
        part = SLOTS[plain_name](self)
        if mark:
            self._kept[name] = part
        return part

    def number(self, low: int, high: int) -> str:
        """Draw a number as it is printed."""
        return str(low + int(self.random.random() * (high - low + 1)))

    def decimal(self, low: int, high: int) -> str:
        """Draw a number with one or two digits behind the point."""
        tail = self.number(1, 9) if self.random.random() < 0.5 else self.number(11, 99)
        return f"{self.number(low, high)}.{tail}"

    def name(self, rare: str = "") -> str:
        """Make a person's name; `rare` is a character that must be in it."""
        given = rare or pick(self.random, words.GIVEN)
        if rare or self.random.random() < 0.6:
            given = pick(self.random, words.GIVEN) + given
        return pick(self.random, words.SURNAMES) + given

    def place_stem(self) -> str:
        """Make two characters that sound like a place."""
        return pick(self.random, words.PLACE_FIRST) + pick(self.random, words.PLACE_LAST)


def _joined(parts: list[Part]) -> list[Part]:
    joined: list[Part] = []
    for part in parts:
        if part.kind == "text" and joined and joined[-1].kind == "text":
            joined[-1] = Part("text", joined[-1].text + part.text)
        elif part.text:
            joined.append(part)
    return joined


def _number(make: Callable[[Writer], str]) -> Callable[[Writer], Part]:
    return lambda writer: Part("number", make(writer))


def _date(writer: Writer) -> Part:
    """A day of the last three, or another day of that month instead."""
    day = writer.when - timedelta(days=int(writer.random.random() * 3))
    return Part("date", f"{day.month}月{day.day}日", (f"{day.month}月{day.day % 27 + 1}日",))


def _future(writer: Writer) -> Part:
    month = int(writer.number(1, 12))
    year = writer.when.year + 1
    return Part("date", f"{year}年{month}月", (f"{year}年{month % 12 + 1}月",))


def _month(writer: Writer) -> Part:
    month = int(writer.number(1, 12))
    return Part("date", f"{month}", (f"{month % 12 + 1}",))


def _named(*endings: str) -> Callable[[Writer], Part]:
    """A place with one of the endings; instead of it, another place with the same ending."""

    def make(writer: Writer) -> Part:
        ending = pick(writer.random, endings)
        return Part("place", writer.place_stem() + ending, (writer.place_stem() + ending,))

    return make


def _district(writer: Writer) -> Part:
    chosen, other = pick(writer.random, writer.region.districts), pick(writer.random, writer.region.districts)
    return Part("place", chosen, (other,) if other != chosen else ())


def _road(writer: Writer) -> Part:
    names = [pick(writer.random, words.ROADS) + pick(writer.random, words.ROADS) + "路" for _ in range(2)]
    return Part("place", names[0], (names[1],))


def _speaker(writer: Writer) -> Part:
    """Who says so; instead, somebody else."""
    speakers = [
        f"据{pick(writer.random, words.SPEAKERS)}{pick(writer.random, words.TELLS)}" for _ in range(3)
    ]
    return Part("attribution", speakers[0], tuple(text for text in speakers[1:] if text != speakers[0]))


def _of(kind: str, options: tuple[str, ...]) -> Callable[[Writer], Part]:
    return lambda writer: Part(kind, pick(writer.random, options))


def _firm(writer: Writer) -> Part:
    random = writer.random
    name = pick(random, words.FIRM_FIRST) + pick(random, words.FIRM_MIDDLE) + pick(random, words.FIRM_KIND)
    return Part("text", f"{writer.region.city}{name}有限公司")


def _money(writer: Writer) -> str:
    unit = pick(writer.random, ("亿元", "万元"))
    return (writer.decimal(1, 89) if unit == "亿元" else writer.number(12, 9800)) + unit


SLOTS: dict[str, Callable[[Writer], Part]] = {
    "n": _number(lambda w: w.number(2, 98)),
    "s": _number(lambda w: w.number(2, 9)),
    "m": _month,
    "age": _number(lambda w: w.number(24, 69)),
    "n3": _number(lambda w: w.number(101, 999)),
    "n4": _number(lambda w: w.number(1003, 9987)),
    "dec": _number(lambda w: w.decimal(1, 68)),
    "pct": _number(lambda w: w.decimal(2, 88) + "%"),
    "money": _number(_money),
    "temp": _number(lambda w: f"{pick(w.random, ('-', '', '', ''))}{w.random.randint(1, 39)}℃"),
    "name": lambda w: Part("name", w.name()),
    "post": _of("post", words.POSTS),
    "who": _speaker,
    "date": _date,
    "date2": _future,
    "district": _district,
    "region": lambda w: Part("text", w.region.city + ("市" if w.region.name == "cq" else "省")),
    "place": _named(*words.PLACE_KIND),
    "road": _road,
    "bridge": _named("大桥"),
    "river": _named(*words.RIVERS),
    "school": lambda w: Part("text", w.place_stem() + pick(w.random, words.SCHOOL_KIND)),
    "hospital": lambda w: Part("text", w.place_stem() + "医院"),
    "co": _firm,
    "brand": lambda w: Part(
        "text",
        pick(w.random, words.BRAND_FIRST)
        + pick(w.random, words.BRAND_LAST)
        + pick(w.random, words.PLACE_LAST),
    ),
    "animal": _of("text", words.ANIMALS),
}


def write_title(writer: Writer, topic: str) -> Paragraph:
    """Write a headline; it fixes the article's marked entities."""
    return tuple(writer.write(pick(writer.random, patterns(topic)["T"])))


def write_body(writer: Writer, topic: str, paragraphs: int) -> tuple[Paragraph, ...]:
    """Write a lead and `paragraphs` - 1 further paragraphs; no sentence pattern comes twice until all were
    used.
    """
    bank, general = patterns(topic), patterns("general")["S"]
    core = pick(writer.random, patterns("core")["S"])
    deck = _Deck(writer.random, bank["S"] + general)
    quotes = _Deck(writer.random, bank["Q"])
    body = [tuple(writer.write(pick(writer.random, bank["L"])) + writer.write(deck.draw()))]
    for index in range(1, paragraphs):
        parts = _quotation(writer, quotes.draw()) if index % 3 == 2 else []
        if index == 1:
            parts += writer.write(core)
        for _ in range(1 if parts else pick(writer.random, (1, 2, 2, 3))):
            parts += writer.write(deck.draw())
        body.append(tuple(parts))
    return tuple(body)


def write_sentence(writer: Writer, topic: str) -> Paragraph:
    """Write one paragraph more, as an editor adds it."""
    bank = patterns(topic)["S"]
    return tuple(writer.write(pick(writer.random, bank)) + writer.write(pick(writer.random, bank)))


def _quotation(writer: Writer, pattern: str) -> list[Part]:
    """A quotation and who said it; instead of it, the same with another opening."""
    said = "".join(part.text for part in writer.write(pattern))
    other = pick(writer.random, words.OPENINGS)
    verb = pick(writer.random, ("说", "告诉记者", "感慨", "笑着说"))
    return [
        Part("quote", f"“{said}。”", (f"“{other}，{said}。”",)),
        writer.slot("name#1"),
        Part("text", f"{verb}。"),
    ]


class _Deck:
    """Deals patterns in a random order, and shuffles anew when all are dealt."""

    def __init__(self, random: Random, cards: tuple[str, ...]) -> None:
        self._random, self._cards, self._left = random, cards, list[str]()

    def draw(self) -> str:
        if not self._left:
            self._left = list(self._cards)
        return self._left.pop(int(self._random.random() * len(self._left)))
