"""PURE how two texts are related: copy, abridged, extended, the same template with other news, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from storage.stories.facts import Conflict, compare_facts
from storage.stories.text import Text

#: The part of the shorter text's 3-grams that the other must have. See docs/decisions/0006-stories.md.
CONTAINED = 0.4
#: Texts with fewer 3-grams (captions, one-line notices) are one story only when nearly equal.
SHORT, NEARLY_EQUAL = 60, 0.85
#: Beyond this share of conflicts among the common slots, the same words tell other news.
CONFLICTING = 0.22
#: Common text holds its part of the facts. Where the common facts are below this part of the common text (with
#: at least so many facts to judge by), what is common is boilerplate.
POOR_IN_FACTS, ENOUGH_VALUES = 0.6, 4
#: A text below this part of the other's length is abridged, the other way round extended.
ABRIDGED = 0.8


class Label(StrEnum):
    """What the later text is to the first."""

    COPY = "copy"
    ABRIDGED = "abridged"
    EXTENDED = "extended"
    SAME_TEMPLATE = "same-template"
    UNRELATED = "unrelated"


@dataclass(frozen=True, slots=True)
class Relation:
    """How a later text is related to the first.

    `jaccard` is common 3-grams by all of both, `containment` by those of the text that has fewer, `kept` by
    those of the first. `conflicts` are the numbers and names in which they differ.
    """

    label: Label
    jaccard: float
    containment: float
    kept: float
    conflicts: tuple[Conflict, ...] = ()

    @property
    def same_story(self) -> bool:
        """Whether both tell one story."""
        return self.label not in (Label.SAME_TEMPLATE, Label.UNRELATED)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored article that may tell the same story: its number, its story's, and its text."""

    article: int
    story: int
    text: Text


@dataclass(frozen=True, slots=True)
class Match:
    """The story an article belongs to, the member it is nearest to, and how it is related to that."""

    story: int
    article: int
    relation: Relation


def relate(first: Text, later: Text) -> Relation:
    """Say what the later text is to the first."""
    common = len(first.grams & later.grams)
    sizes = len(first.grams), len(later.grams)
    least = min(sizes)
    if not common:
        return Relation(Label.UNRELATED, 0.0, 0.0, 0.0)
    jaccard = common / (sum(sizes) - common)
    measures = jaccard, common / least, common / sizes[0]
    if common / least < CONTAINED or (least < SHORT and jaccard < NEARLY_EQUAL):
        return Relation(Label.UNRELATED, *measures)
    facts = compare_facts(first.facts, later.facts)
    boilerplate = facts.fewer >= ENOUGH_VALUES and facts.shared < POOR_IN_FACTS * common / least
    if boilerplate or facts.conflict_share > CONFLICTING:
        return Relation(Label.SAME_TEMPLATE, *measures, facts.conflicts)
    return Relation(_by_length(*sizes), *measures, facts.conflicts)


def is_long(text: Text) -> bool:
    """Whether a text is long enough that the very same one, at any other time, is the same story."""
    return len(text.grams) >= SHORT


def _by_length(first: int, later: int) -> Label:
    if later < ABRIDGED * first:
        return Label.ABRIDGED
    return Label.EXTENDED if first < ABRIDGED * later else Label.COPY


def assign(new: Text, candidates: Iterable[Candidate]) -> Match | None:
    """Return the story of the nearest candidate that tells the same; None: the article begins a story.

    The nearest has the highest Jaccard index; of equals, the one of the older story, then the older article.
    """
    matches = (Match(c.story, c.article, relate(c.text, new)) for c in candidates)
    same = [match for match in matches if match.relation.same_story]
    return min(same, key=lambda m: (-m.relation.jaccard, m.story, m.article), default=None)
