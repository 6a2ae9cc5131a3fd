"""A text under repair: what it says now, and where each of its characters stood in the text as found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters start:end of a draft become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """`origin[i]` is the offset, in the text as found, of character i; one more entry marks the end."""

    text: str
    origin: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Draft:
        """Start from the text as found."""
        return cls(text, tuple(range(len(text) + 1)))

    def apply(self, edits: Iterable[Edit]) -> Draft:
        """Return the draft with edits made; they are in order and do not overlap.

        A character that has no single counterpart stands where its edit began.
        """
        parts: list[str] = []
        origin: list[int] = []
        done = 0
        for edit in edits:
            parts += (self.text[done : edit.start], edit.text)
            origin += self.origin[done : edit.start]
            if edit.end - edit.start == len(edit.text):
                origin += self.origin[edit.start : edit.end]
            else:
                origin += [self.origin[edit.start]] * len(edit.text)
            done = edit.end
        parts.append(self.text[done:])
        origin += self.origin[done:]
        return Draft("".join(parts), tuple(origin))
