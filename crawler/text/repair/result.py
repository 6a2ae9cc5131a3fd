"""What a repair gives back."""

from __future__ import annotations

from dataclasses import dataclass

from storage.records import Repair


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text after repair. `proved`: the same damage done to `text` again gives the text as found.

    `injected` are the lines that were dropped. A repair whose `repaired` equals `found` is a place left as
    it was found.
    """

    text: str
    repairs: tuple[Repair, ...] = ()
    proved: bool = True
    injected: tuple[str, ...] = ()
