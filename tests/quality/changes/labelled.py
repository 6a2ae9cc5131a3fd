"""Make the labelled edits: templates and names become pairs of articles with the classes they must show."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from storage.records import ArticleFields, EditClass
from tests.quality.changes.vocabulary import HELD_BACK, SURROUNDINGS, TUNED

_HERE = Path(__file__).parent
#: Articles made from each template, and from each kind of structural edit.
VARIANTS = 4
STRUCTURAL = 12
_EDIT = re.compile(r"\[([^\[\]→]*)→([^\[\]→]*)\]")
_SLOT = re.compile(r"\{(\D+?)(\d?)\}")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A pair of articles and the classes of the edit between them."""

    name: str
    old: ArticleFields
    new: ArticleFields
    classes: frozenset[EditClass]


def tuned() -> list[Labelled]:
    """The part that rules may be tuned on."""
    return [*_from_templates("tuned", TUNED), *_structural("tuned", 7)]


def held_back() -> list[Labelled]:
    """The part that no rule was tuned on."""
    return [*_from_templates("held_back", HELD_BACK), *_structural("held_back", 8)]


def _from_templates(part: str, stock: dict[str, list[str]]) -> Iterator[Labelled]:
    lines = (_HERE / f"{part}.txt").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        labels, _, template = (piece.strip() for piece in line.partition("|"))
        classes = frozenset(EditClass(label) for label in labels.split())
        for variant in range(VARIANTS):
            chance = random.Random(f"{part} {number} {variant}")
            yield _pair(f"{part}:{number}.{variant}", template, classes, stock, chance)


def _pair(
    name: str,
    template: str,
    classes: frozenset[EditClass],
    stock: dict[str, list[str]],
    chance: random.Random,
) -> Labelled:
    text = _fill(template, stock, chance)
    old, new = (_EDIT.sub(rf"\{side}", text) for side in (1, 2))
    article = _article(chance)
    if text.startswith("title:"):
        titles = (t.removeprefix("title:") for t in (old, new))
        return Labelled(name, *(replace(article, title=title) for title in titles), classes)
    at = chance.randrange(len(article.body))
    alone = old.startswith("（") or not old.endswith(("。", "！", "”", "」"))
    return Labelled(name, *(_with(article, sentence, at, alone) for sentence in (old, new)), classes)


def _with(article: ArticleFields, sentence: str, at: int, alone: bool) -> ArticleFields:
    """Put a sentence into a paragraph, or, a line that stands alone, at the end."""
    body = list(article.body)
    if alone:
        body.append(sentence)
    else:
        body[at] += sentence
    return replace(article, body=tuple(body))


def _fill(template: str, stock: dict[str, list[str]], chance: random.Random) -> str:
    """Fill the slots; slots of one kind with different numbers get different values."""
    kinds = {kind for kind, _ in _SLOT.findall(template)}
    values = {
        kind: chance.sample(stock[kind], 3) if kind in stock else _numbers(chance) for kind in sorted(kinds)
    }
    return _SLOT.sub(lambda match: values[match[1]][int(match[2] or 1) - 1], template)


def _numbers(chance: random.Random) -> list[str]:
    return [str(number) for number in chance.sample(range(11, 990), 3)]


def _article(chance: random.Random) -> ArticleFields:
    sentences = chance.sample(SURROUNDINGS, 9)
    body = ("".join(sentences[:2]), "".join(sentences[2:5]), "".join(sentences[5:7]), "".join(sentences[7:]))
    return ArticleFields(url="http://cq.people.com.cn/n2/2026/1124/c1-1.html", title="山城漫步", body=body)


def _structural(part: str, seed: int) -> Iterator[Labelled]:
    """Sentences and paragraphs added, removed, moved; alone and two at once."""
    makers = {
        "added sentence": (_add, {EditClass.ADDED}),
        "removed sentence": (_remove, {EditClass.REMOVED}),
        "removed paragraph": (_remove_paragraph, {EditClass.REMOVED}),
        "added paragraph": (_add_paragraph, {EditClass.ADDED}),
        "moved sentence": (_move, {EditClass.MOVED}),
        "moved paragraph": (_move_paragraph, {EditClass.MOVED}),
        "moved and removed": (lambda a, c: _move(_remove(a, c), c), {EditClass.MOVED, EditClass.REMOVED}),
    }
    for name, (make, classes) in makers.items():
        for variant in range(STRUCTURAL):
            chance = random.Random(f"{name} {variant} {seed}")
            old = _article(chance)
            yield Labelled(f"{part}:{name}.{variant}", old, make(old, chance), frozenset(classes))


def _fresh(article: ArticleFields, chance: random.Random) -> str:
    return chance.choice([s for s in SURROUNDINGS if s not in "".join(article.body)])


def _add(article: ArticleFields, chance: random.Random) -> ArticleFields:
    at = chance.randrange(len(article.body))
    body = list(article.body)
    body[at] += _fresh(article, chance)
    return replace(article, body=tuple(body))


def _add_paragraph(article: ArticleFields, chance: random.Random) -> ArticleFields:
    body = list(article.body)
    body.insert(chance.randrange(len(body) + 1), _fresh(article, chance))
    return replace(article, body=tuple(body))


def _remove(article: ArticleFields, chance: random.Random) -> ArticleFields:
    body = [p.split("。") for p in article.body]
    long = [p for p in body if len(p) > 2]
    paragraph = chance.choice(long)
    paragraph.pop(chance.randrange(len(paragraph) - 1))
    return replace(article, body=tuple("。".join(p) for p in body))


def _remove_paragraph(article: ArticleFields, chance: random.Random) -> ArticleFields:
    body = list(article.body)
    body.pop(chance.randrange(len(body)))
    return replace(article, body=tuple(body))


def _move(article: ArticleFields, chance: random.Random) -> ArticleFields:
    """Take a paragraph's first sentence to the end of another paragraph, past at least one other sentence."""
    body = list(article.body)
    source, target = chance.choice([(0, 1), (0, 3), (1, 3), (3, 0), (3, 1)])
    sentence, rest = body[source].split("。", 1)
    body[source] = rest
    body[target] += f"{sentence}。"
    return replace(article, body=tuple(body))


def _move_paragraph(article: ArticleFields, chance: random.Random) -> ArticleFields:
    body = list(article.body)
    body.append(body.pop(chance.randrange(len(body) - 1)))
    return replace(article, body=tuple(body))
