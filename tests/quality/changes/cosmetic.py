"""Change how an article is set, not what it says: no such change may ever count as an edit."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from opencc import OpenCC

from storage.records import ArticleFields

Mutation = Callable[[str, random.Random], str]

#: Two characters that a break would part though they are of one number or word (full width or not).
_NUMBER_INSIDE = re.compile("[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]{2}")
_UNSEEN = "\u200b\ufeff\u00ad\u2060\u200d"
_SPACES = " \u3000\u00a0\t"
_to_traditional = OpenCC("s2t").convert


def cosmetic(articles: list[ArticleFields], count: int) -> Iterator[tuple[ArticleFields, ArticleFields]]:
    """Yield `count` pairs: an article, and itself after one to three mutations of its setting."""
    for number in range(count):
        chance = random.Random(number)
        article = articles[number % len(articles)]
        body = article.body
        for mutate in chance.sample(_MUTATIONS, chance.randint(1, 3)):
            body = mutate(body, chance)
        title = chance.choice(_CHARACTERS)(article.title, chance)
        yield article, replace(article, title=title, body=body)


def _each(mutation: Mutation) -> Callable[[tuple[str, ...], random.Random], tuple[str, ...]]:
    return lambda body, chance: tuple(mutation(paragraph, chance) for paragraph in body)


def _full_width(text: str, chance: random.Random) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" and chance.random() < 0.7 else c for c in text)


def _half_width(text: str, chance: random.Random) -> str:
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" and chance.random() < 0.7 else c for c in text)


def _sprinkle(signs: str) -> Mutation:
    """Put signs behind Han characters; none between two letters or digits: 10 50 is not 1050."""

    def mutation(text: str, chance: random.Random) -> str:
        return "".join(
            c + chance.choice(signs) if "\u4e00" <= c <= "\u9fff" and chance.random() < 0.05 else c
            for c in text
        )

    return mutation


def _traditional(text: str, chance: random.Random) -> str:
    return _to_traditional(text)


def _indent(text: str, chance: random.Random) -> str:
    return "\u3000\u3000" + text + " " * chance.randint(0, 2)


def _merge(body: tuple[str, ...], chance: random.Random) -> tuple[str, ...]:
    """Make two paragraphs one."""
    if len(body) < 2:
        return body
    at = chance.randrange(len(body) - 1)
    return (*body[:at], body[at] + body[at + 1], *body[at + 2 :])


def _split(body: tuple[str, ...], chance: random.Random) -> tuple[str, ...]:
    """Break a paragraph anywhere, in the middle of a sentence too, but not inside a number or Latin word."""
    at = chance.randrange(len(body))
    cuts = [cut for cut in range(1, len(body[at])) if not _NUMBER_INSIDE.match(body[at], cut - 1)]
    cut = chance.choice(cuts) if cuts else 0
    parts = [part for part in (body[at][:cut], body[at][cut:]) if part]
    return (*body[:at], *parts, *body[at + 1 :])


def _blank(body: tuple[str, ...], chance: random.Random) -> tuple[str, ...]:
    at = chance.randrange(len(body) + 1)
    return (*body[:at], chance.choice(["", " ", "\u3000"]), *body[at:])


_CHARACTERS: tuple[Mutation, ...] = (
    _full_width,
    _half_width,
    _sprinkle(_UNSEEN),
    _sprinkle(_SPACES),
    _traditional,
    _indent,
)
_MUTATIONS = (*map(_each, _CHARACTERS), _merge, _split, _blank)
