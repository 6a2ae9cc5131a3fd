"""Edit an article in exactly one way, a function for each class of edit. Deterministic, pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random

from . import words
from .articles import Article, Plan
from .prose import Paragraph, Part, Writer, plain, text_of, write_sentence

EDIT_CLASSES = [
    "headline",
    "number",
    "name-or-title",
    "date-or-place",
    "negation",
    "quotation",
    "attribution",
    "added",
    "removed",
    "moved",
    "wording",
    "format",
]


class CannotEdit(ValueError):
    """The article holds nothing that this class of edit could change."""


def edit(article: Article, kind: str, plan: Plan, salt: str) -> Article:
    """Return the article after one edit of class `kind`; `salt` tells repeated edits apart.

    Raises CannotEdit where the text offers no place for it.
    """
    random = plan.random(article.number, f"edit/{kind}/{salt}")
    return EDITS[kind](article, random, plan)


def retitle(article: Article, title: str) -> Article:
    """Return the article under another headline."""
    return replace(article, title=plain(title))


def replace_text(article: Article, found: str, replacement: str) -> Article:
    """Return the article with one passage of its text replaced. Raises CannotEdit where it is not there."""
    for index, paragraph in enumerate(article.body):
        text = text_of(paragraph)
        if found in text:
            return _with_paragraph(article, index, plain(text.replace(found, replacement, 1)))
    raise CannotEdit(f"article {article.id} does not contain {found!r}")


def _with_paragraph(article: Article, index: int, paragraph: Paragraph) -> Article:
    return replace(article, body=(*article.body[:index], paragraph, *article.body[index + 1 :]))


def _change(
    article: Article, random: Random, kinds: tuple[str, ...], other: Callable[[Part], str]
) -> Article:
    """Change one part of the given kinds, drawn at random, wherever it has another text."""
    places = [
        (row, column)
        for row, paragraph in enumerate(article.body)
        for column, part in enumerate(paragraph)
        if part.kind in kinds
    ]
    random.shuffle(places)
    for row, column in places:
        paragraph = article.body[row]
        text = other(paragraph[column])
        if text and text != paragraph[column].text:
            old = paragraph[column]
            others = (*(other for other in old.others if other != text), old.text) if old.others else ()
            changed = Part(old.kind, text, others)
            return _with_paragraph(article, row, (*paragraph[:column], changed, *paragraph[column + 1 :]))
    raise CannotEdit(f"article {article.id} has nothing of kind {' or '.join(kinds)} to change")


def _headline(article: Article, random: Random, plan: Plan) -> Article:
    """Put another tag before the headline."""
    title = article.title
    if title[0].text in words.HEADLINE_TAGS:
        title = title[1:]
    tags = [tag for tag in words.HEADLINE_TAGS if tag != article.title[0].text]
    return replace(article, title=(Part("text", random.choice(tags)), *title))


def _number(article: Article, random: Random, plan: Plan) -> Article:
    def other(part: Part) -> str:
        return re.sub(r"\d+", lambda found: str(int(found[0]) + random.randint(1, 8)), part.text, count=1)

    return _change(article, random, ("number",), other)


def _name_or_title(article: Article, random: Random, plan: Plan) -> Article:
    writer = Writer(random, plan.region, article.published_at)

    def other(part: Part) -> str:
        return random.choice(words.POSTS) if part.kind == "post" else writer.name()

    return _change(article, random, ("name", "post"), other)


def _of_others(*kinds: str) -> Callable[[Article, Random, Plan], Article]:
    def change(article: Article, random: Random, plan: Plan) -> Article:
        return _change(article, random, kinds, lambda part: random.choice(part.others) if part.others else "")

    return change


def _added(article: Article, random: Random, plan: Plan) -> Article:
    writer = Writer(random, plan.region, article.published_at)
    paragraph = write_sentence(writer, article.topic or "general")
    at = random.randint(1, max(1, len(article.body) - 1))
    return replace(article, body=(*article.body[:at], paragraph, *article.body[at:]))


def _inner(article: Article, least: int) -> range:
    """The paragraphs that are neither the lead nor the last, where the reporter may stand."""
    inner = range(1, len(article.body) - 1)
    if len(inner) < least:
        raise CannotEdit(f"article {article.id} has only {len(article.body)} paragraphs")
    return inner


def _removed(article: Article, random: Random, plan: Plan) -> Article:
    at = random.choice(_inner(article, 1))
    return replace(article, body=(*article.body[:at], *article.body[at + 1 :]))


def _moved(article: Article, random: Random, plan: Plan) -> Article:
    inner = _inner(article, 3)
    source, target = inner[0], inner[-1]
    body = list(article.body)
    body.insert(target, body.pop(source))
    return replace(article, body=tuple(body))


def _format(article: Article, random: Random, plan: Plan) -> Article:
    """Change one sign of punctuation between two clauses, and no word."""

    def other(part: Part) -> str:
        return part.text.replace("，", "；", 1)

    return _change(article, random, ("text",), other)


EDITS: dict[str, Callable[[Article, Random, Plan], Article]] = {
    "headline": _headline,
    "number": _number,
    "name-or-title": _name_or_title,
    "date-or-place": _of_others("date", "place"),
    "negation": _of_others("negation"),
    "quotation": _of_others("quote"),
    "attribution": _of_others("attribution"),
    "added": _added,
    "removed": _removed,
    "moved": _moved,
    "wording": _of_others("wording"),
    "format": _format,
}
