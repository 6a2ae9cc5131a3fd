"""PURE: the words of proposing: which fields have selectors, and what is proposed for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crawler.sites.model import Selectors

#: The fields for which a selector is looked for: by the name of the selector, the name of the article's field.
FIELDS = {
    "title": "title",
    "kicker": "kicker",
    "subtitle": "subtitle",
    "time": "published_at",
    "source": "source",
    "authors": "authors",
    "editors": "editors",
    "section": "section",
    "body": "body",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """Selectors for pages of one make; '' where none is sure.

    `agreement`: by name of the selector, the share of the pages that have the field on which the best selector
    gives exactly its words, from 0 to 1; a field that no page has is left out. `notes`: what was not found, and why.
    """

    selectors: Selectors = field(default_factory=Selectors)
    agreement: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
