"""Repair of texts that copying sites damaged: what cannot be proved is left as found.

Clean text ends at the first look; what a closer one needs is loaded only then.
"""

from __future__ import annotations

from crawler.text.repair.result import Repaired
from crawler.text.repair.suspicion import is_suspicious

__all__ = ["RULES", "Repaired", "is_suspicious", "repair", "repair_html"]

#: The version of what repair gives back: raised with every change of results.
RULES = "r3"


def repair(text: str) -> Repaired:
    """Undo the damage to a text that can be proved; clean text comes back as the same object.

    Damage beyond proof is left as found and told, with `proved` False. Time and memory are bounded.
    """
    if not is_suspicious(text):
        return Repaired(text)
    from crawler.text.repair.pipeline import repair_text

    return repair_text(text)


def repair_html(html: str) -> Repaired:
    """Undo the damage to the text of a page's source, between its tags; clean source is the same object.

    Markup, scripts, styles, comments and entities stay. Every `at` counts characters of the source. A slip
    never crosses markup: no byte of it is part of a character.
    """
    if not is_suspicious(html):
        return Repaired(html)
    from crawler.text.repair.markup import repair_source

    return repair_source(html)
