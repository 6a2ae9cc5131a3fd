"""Find who and where in a sentence: persons, posts, bodies, places; by parts of speech and suffixes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from storage.diff.lexicon import (
    BODY_ENDS,
    COMPOUND_SURNAMES,
    NO_PLACES,
    NOUN_TAGS,
    PLACE_ENDS,
    PLACE_PREPOSITIONS,
    PLACES,
    POSTS,
    RANKS,
    ROLES,
    SURNAMES,
)
from storage.diff.words import Word


class EntityKind(StrEnum):
    """What an entity is."""

    PERSON = "person"
    POST = "post"
    BODY = "body"
    PLACE = "place"


class Entity(NamedTuple):
    """A named thing and its span."""

    start: int
    end: int
    text: str
    kind: EntityKind


#: Characters around the changed places in which entities are sought: the longest that may reach into one.
_NEAR = 12
_HAN = "\u4e00-\u9fff"
_SURNAME = f"(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}])"
_POST = re.compile(f"(?:{'|'.join(POSTS)})(?:助理)?")
_CALLED = re.compile(f"(?:{'|'.join(sorted(POSTS + ROLES, key=len, reverse=True))})(?={_SURNAME})")
_PERSON = re.compile(
    rf"{_SURNAME}某[某甲乙丙丁]?(?![种些个地年月日项处位名条类次件家])"
    rf"|{_SURNAME}(?:先生|女士|老师|医生|师傅|大爷|婆婆|阿姨)"
)
#: Verbs of one character that the segmenter takes into a name before them.
_AFTER_NAME = "任说称获为等在被当"
_FOREIGN = re.compile(f"[{_HAN}]{{1,6}}(?:·[{_HAN}]{{1,6}})+")
_PERSON_TAGS = frozenset({"nr", "nrt", "nrfg"})
#: Tags under which the second part of a name cut in two turns up.
_GIVEN_TAGS = _PERSON_TAGS | {"ns", "nz"}
#: What only a verb has after it (陈列着, 收到过): a name that the segmenter sees there is none.
_ASPECT_TAGS = frozenset({"uz", "ug"})
#: Adverbs, prepositions and conjunctions that are surnames as well (曾, 向, 和).
_FUNCTION_TAGS = frozenset({"d", "p", "c"})
_BARE_PLACE_ENDS = frozenset(PLACE_ENDS)
#: How many words a body's name reaches back from its last.
_BODY_REACH = 4
#: The longest name before a bare ending (街道, 镇), in characters.
_LONGEST_NAME = 4


def entities_of(key: str, words: Sequence[Word], low: int, high: int) -> list[Entity]:
    """Return the entities of a folded text at or near a span, in no order; bodies may hold places."""
    low, high = max(0, low - _NEAR), high + _NEAR
    near = [word for word in words if word.end > low and word.start < high]
    places = list(_places(near))
    bodies = list(_bodies(near))
    persons = [p for p in _persons(key, near, low, high) if not _inside(p, places + bodies)]
    return [*places, *bodies, *_posts(key, low, high), *persons]


def _posts(key: str, low: int, high: int) -> Iterator[Entity]:
    """Yield posts with the ranks before them: 副 of 副主任 is part of the post."""
    for match in _POST.finditer(key, low, high):
        start = match.start()
        while rank := next((rank for rank in RANKS if key.endswith(rank, 0, start)), ""):
            start -= len(rank)
        yield Entity(start, match.end(), key[start : match.end()], EntityKind.POST)


def _entity(word: Word, kind: EntityKind) -> Entity:
    return Entity(word.start, word.end, word.text, kind)


def _joined(words: Sequence[Word], kind: EntityKind) -> Entity:
    return Entity(words[0].start, words[-1].end, "".join(word.text for word in words), kind)


def _inside(entity: Entity, others: Iterable[Entity]) -> bool:
    return any(other.start <= entity.start and entity.end <= other.end for other in others)


def _persons(key: str, words: Sequence[Word], low: int, high: int) -> Iterator[Entity]:
    for at, word in enumerate(words):
        compound = word.text[:2] in COMPOUND_SURNAMES
        if not compound and word.text[0] not in SURNAMES:
            continue
        given = words[at + 1] if at + 1 < len(words) else None
        if given and given.tag in _ASPECT_TAGS:
            continue
        longest = 4 if compound else 3
        if word.tag in _PERSON_TAGS and 2 <= len(word.text) <= longest:
            yield _entity(word, EntityKind.PERSON)
        elif word.tag in _PERSON_TAGS and len(word.text) == longest + 1 and word.text[-1] in _AFTER_NAME:
            yield Entity(word.start, word.end - 1, word.text[:-1], EntityKind.PERSON)
        elif len(word.text) == 1 and given and len(given.text) <= 2 and given.tag in _GIVEN_TAGS:
            yield _joined([word, given], EntityKind.PERSON)
    patterns = (_PERSON, _FOREIGN) if "·" in key else (_PERSON,)
    for match in chain.from_iterable(pattern.finditer(key, low, high) for pattern in patterns):
        yield Entity(match.start(), match.end(), match.group(), EntityKind.PERSON)
    for match in _CALLED.finditer(key, low, high):
        yield from _called(match.end(), words)


def _called(start: int, words: Sequence[Word]) -> Iterator[Entity]:
    """Yield the name right after a post or role: one or two words, two to four characters together."""
    first = next((number for number, word in enumerate(words) if word.start == start), None)
    if first is None:
        return
    given = words[first + 1] if first + 1 < len(words) else None
    if words[first].tag in _FUNCTION_TAGS and given and given.tag not in _GIVEN_TAGS:
        return
    if len(words[first].text) == 1 and given and len(given.text) <= 2 and given.text.isalpha():
        yield _joined([words[first], given], EntityKind.PERSON)


def _bodies(words: Sequence[Word]) -> Iterator[Entity]:
    """Yield names of bodies: words up to one that ends as bodies do. A bare "公司" names nothing."""
    for at, word in enumerate(words):
        if word.tag == "nt" and not word.text.endswith(PLACE_ENDS):
            yield _entity(word, EntityKind.BODY)
        if word.tag not in NOUN_TAGS or not word.text.endswith(BODY_ENDS):
            continue
        first = at
        while first > 0 and at - first < _BODY_REACH and _names_body(words[first - 1]):
            first -= 1
        if first < at or word.text not in BODY_ENDS:
            yield _joined(words[first : at + 1], EntityKind.BODY)


def _places(words: Sequence[Word]) -> Iterator[Entity]:
    """Yield names of places: known ones, a name and its bare ending (龙溪 + 街道), or with one."""
    for at, word in enumerate(words):
        before = words[at - 1] if at else None
        if word.text in PLACES:
            yield _entity(word, EntityKind.PLACE)
        elif word.text in NO_PLACES and word.text not in _BARE_PLACE_ENDS:
            continue
        elif word.text in _BARE_PLACE_ENDS:
            name = _before_ending(words, at)
            if name:
                yield _joined([*name, word], EntityKind.PLACE)
        elif _ends_as_place(word) or (word.tag == "ns" and before and before.text in PLACE_PREPOSITIONS):
            yield _entity(word, EntityKind.PLACE)


def _before_ending(words: Sequence[Word], at: int) -> Sequence[Word]:
    """Return the one or two words before a bare ending that make a name, or none."""
    for first in (at - 1, at - 2):
        name = words[max(first, 0) : at]
        length = sum(len(word.text) for word in name)
        if first < 0 or length > _LONGEST_NAME or not all(map(_names, name)):
            return ()
        if length > 1 and name[0].text not in NO_PLACES and (first == 0 or words[first - 1].tag != "nr"):
            return name
    return ()


def _ends_as_place(word: Word) -> bool:
    named = len(word.text) > 2 or word.tag == "ns"
    return named and word.tag in NOUN_TAGS and word.text.endswith(PLACE_ENDS)


def _names_body(word: Word) -> bool:
    """A body's name may hold an ordinal: 第一中级人民法院."""
    return _names(word) or (word.tag == "m" and word.text.startswith("第"))


def _names(word: Word) -> bool:
    return word.tag in NOUN_TAGS and word.text.isalnum() and len(word.text) <= 6
