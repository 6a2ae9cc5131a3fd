"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a check came out."""

    WELL = "well"
    NOTE = "note"  # it works; somebody should know
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: about what, how it is, in words, and what to do."""

    about: str
    state: State
    what: str
    mend: str = ""
