"""PURE stories: which articles tell the same story, and what each republication cut or added.

The way of a new article, a file a step:

    canonical text → signature (keys.py) → candidates by shared keys, from an index
                   → Text (text.py) → relate: grams first, then numbers and names (facts.py, relation.py)
                   → assign: the story of the strongest relation, or None: the article begins its own
    two bodies     → cut_and_added (cuts.py); a whole story → retellings (retelling.py)

A story has no record of its own: its number is the id of the article that began it, the first seen.
"""

from storage.stories.cuts import Difference, cut_and_added
from storage.stories.facts import Conflict
from storage.stories.keys import COMMON, WINDOW_WEEKS, new_keys, rank, signature, week_of
from storage.stories.relation import Candidate, Label, Match, Relation, assign, is_long, relate
from storage.stories.retelling import Retelling, retellings
from storage.stories.text import Text, read_text

__all__ = [
    "COMMON",
    "WINDOW_WEEKS",
    "Candidate",
    "Conflict",
    "Difference",
    "Label",
    "Match",
    "Relation",
    "Retelling",
    "Text",
    "assign",
    "cut_and_added",
    "is_long",
    "new_keys",
    "rank",
    "read_text",
    "relate",
    "retellings",
    "signature",
    "week_of",
]
