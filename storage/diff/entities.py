"""Find who and where in a sentence: persons, posts, bodies, places; by parts of speech and suffixes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from storage.diff.lexicon import (
    BODY_ENDS,
    COMPOUND_SURNAMES,
    NO_PLACES,
    NOUN_TAGS,
    PLACE_ENDS,
    POSTS,
    RANKS,
    SURNAMES,
)
from storage.diff.words import Word


class EntityKind(StrEnum):
    """What an entity is."""

    PERSON = "person"
    POST = "post"
    BODY = "body"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Entity:
    """A named thing and its span."""

    start: int
    end: int
    text: str
    kind: EntityKind


_HAN = "\u4e00-\u9fff"
_SURNAME = f"(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}])"
_POSTS = "|".join(POSTS)
_POST = re.compile(f"(?:{'|'.join(RANKS)})*(?:{_POSTS})(?:助理)?")
_PERSON = re.compile(
    rf"(?P<masked>{_SURNAME}某[某甲乙丙丁]?(?![种些个地年月日项处位名条类次件家]))"
    rf"|(?P<foreign>[{_HAN}]{{1,6}}(?:[·•‧][{_HAN}]{{1,6}})+)"
    rf"|(?P<address>{_SURNAME}(?:先生|女士|老师|医生|师傅|大爷|婆婆|阿姨))"
    rf"|(?:{_POSTS})(?P<named>{_SURNAME}[{_HAN}]{{1,2}}?)"
    rf"(?=说|表示|介绍|指出|强调|认为|告诉|透露|称|出席|主持|带队|率|参加|宣布|致辞|[,，、。;；等()（）]|$)"
)
_PERSON_TAGS = frozenset({"nr", "nrt", "nrfg"})
_BODY_END = re.compile(f"(?:{'|'.join(BODY_ENDS)})$")
_PLACE_END = re.compile(f"(?:{'|'.join(PLACE_ENDS)})$")


def entities_of(key: str, words: Sequence[Word]) -> list[Entity]:
    """Return the entities of a folded sentence, in no order; bodies may hold places."""
    places = list(_ending(words, _PLACE_END, EntityKind.PLACE))
    places += [_entity(word, EntityKind.PLACE) for word in words if word.tag == "ns" and len(word.text) > 1]
    bodies = list(_ending(words, _BODY_END, EntityKind.BODY))
    bodies += [_entity(word, EntityKind.BODY) for word in words if word.tag == "nt"]
    posts = [Entity(m.start(), m.end(), m.group(), EntityKind.POST) for m in _POST.finditer(key)]
    taken = places + bodies
    persons = [p for p in _persons(key, words) if not _inside(p, taken)]
    return [*places, *bodies, *posts, *persons]


def _entity(word: Word, kind: EntityKind) -> Entity:
    return Entity(word.start, word.end, word.text, kind)


def _inside(entity: Entity, others: Iterable[Entity]) -> bool:
    return any(other.start <= entity.start and entity.end <= other.end for other in others)


def _persons(key: str, words: Sequence[Word]) -> list[Entity]:
    found = [
        _entity(word, EntityKind.PERSON)
        for word in words
        if word.tag in _PERSON_TAGS and 2 <= len(word.text) <= 4 and re.match(_SURNAME, word.text)
    ]
    for match in _PERSON.finditer(key):
        group = match.lastgroup or ""
        found.append(Entity(match.start(group), match.end(group), match.group(group), EntityKind.PERSON))
    return found


def _ending(words: Sequence[Word], end: re.Pattern[str], kind: EntityKind) -> Iterable[Entity]:
    """Yield runs of noun-like words that end as places or bodies do; a bare "区" or "公司" names nothing."""
    for at, word in enumerate(words):
        if word.tag not in NOUN_TAGS or not end.search(word.text):
            continue
        first = at
        reach = 3 if kind is EntityKind.BODY else 1
        while first > 0 and at - first < reach and _names(words[first - 1]):
            first -= 1
        text = "".join(w.text for w in words[first : at + 1])
        bare = first == at and (text in NO_PLACES or end.fullmatch(text) is not None)
        if not bare and not (kind is EntityKind.PLACE and first == at and word.tag not in ("ns", "nz", "nr")):
            yield Entity(words[first].start, word.end, text, kind)


def _names(word: Word) -> bool:
    return word.tag in NOUN_TAGS and word.text.isalnum() and len(word.text) <= 6
