"""Undo a copying site's damage to a text, step by step backwards, and prove it by doing the damage again."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.text.repair import proof
from crawler.text.repair.annotation import ANNOTATED, annotated_characters, reads
from crawler.text.repair.conversion import counterparts, is_converted, is_mixture, simplify
from crawler.text.repair.draft import Draft, Edit
from crawler.text.repair.injection import find_injection
from crawler.text.repair.signs import PUNCTUATION, is_traditional_only
from crawler.text.repair.slip import Page
from crawler.text.repair.slips import Slip, find_slips, page_of
from crawler.text.repair.suspicion import is_suspicious
from crawler.text.repair.width import is_narrowed, standing_wide, widen, widenings
from storage.records import Repair


_MANY = 5  # narrow signs between Chinese characters that show a narrowing by themselves
_SOME = 1  # and beside other damage


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


def repair(text: str) -> Repaired:
    """Undo damage that can be proved; clean text comes back as the same object."""
    if not is_suspicious(text):
        return Repaired(text)
    return _Work(text).run()


class _Work:
    """The repair of one text; `draft` is what it says so far."""

    def __init__(self, text: str) -> None:
        self._found = text
        self._draft = Draft.of(text)
        self._repairs: list[Repair] = []
        self._injected: tuple[str, ...] = ()

    def run(self) -> Repaired:
        """Take the steps of the damage backwards: injection, slips and narrowing, annotation, script."""
        self._cut_injection()
        damaged = self._draft.text
        readings, enough = annotated_characters(damaged)
        bare = self._draft.apply(self._annotations(readings))
        shown = enough or self._is_damaged(bare.text, readings)
        slips = find_slips(bare.text, self._page(bare.text, readings), shown)
        if not shown and not slips:
            return self._result(proved=True)
        self._draft = bare
        self._record_annotations(readings)
        self._mend(slips)
        readings |= self._mended_readings()
        self._draft = self._draft.apply(self._annotations(readings))
        signs = self._widen({sign for slip in slips for sign in slip.signs})
        traditional = self._draft.text
        self._simplify(bool(readings))
        proved = proof.narrow(proof.annotate(traditional, readings), signs) == damaged
        if not proved:
            return Repaired(self._found, proved=False)
        return self._result(proved)

    def _page(self, bare: str, readings: dict[str, str]) -> Page:
        standing = standing_wide(bare)
        return page_of(bare, readings, "".join(sign for sign in PUNCTUATION if sign not in standing))

    def _is_damaged(self, bare: str, readings: dict[str, str]) -> bool:
        """Tell whether all that is no slip shows together that a copying site's steps were done to the text."""
        narrowed = is_narrowed(bare, _SOME if self._injected or readings else _MANY)
        if is_converted(bare):
            return (narrowed or bool(readings)) and is_mixture(bare)
        return narrowed

    def _result(self, proved: bool) -> Repaired:
        if not self._repairs and not self._injected:
            return Repaired(self._found, proved=proved)
        return Repaired(
            self._draft.text, tuple(sorted(self._repairs, key=lambda one: one.at)), proved, self._injected
        )

    def _cut_injection(self) -> None:
        at = find_injection(self._found)
        if at is None:
            return
        start = at - 1 if at and self._found[at - 1] == "\n" else at
        self._injected = (self._found[at:].strip(),)
        self._repairs.append(Repair("injection", start, self._found[start:], "", True))
        self._draft = self._draft.apply([Edit(start, len(self._found), "")])

    def _annotations(self, readings: dict[str, str]) -> list[Edit]:
        return [
            Edit(match.start(2) - 1, match.end(), "")
            for match in ANNOTATED.finditer(self._draft.text)
            if readings.get(match[1]) == match[2]
        ]

    def _mended_readings(self) -> dict[str, str]:
        """Return the readings that mended slips gave their characters back."""
        matches = ANNOTATED.finditer(self._draft.text)
        return {match[1]: match[2] for match in matches if is_traditional_only(match[1]) and reads(*match.groups())}

    def _record_annotations(self, readings: dict[str, str]) -> None:
        for match in ANNOTATED.finditer(self._found):
            if readings.get(match[1]) == match[2]:
                self._repairs.append(Repair("annotation", match.start(), match[0], match[1], True))

    def _mend(self, slips: list[Slip]) -> None:
        origin = self._draft.origin
        for slip in slips:
            at = origin[slip.start]
            found = self._draft.text[slip.start : slip.end]
            self._repairs.append(Repair("slip", at, found, simplify(slip.original), False, slip.alternatives))
        self._draft = self._draft.apply(slip.edit for slip in slips)

    def _widen(self, slipped: set[str]) -> str:
        """Widen the signs that the same step narrowed; return all signs of that step."""
        text = self._draft.text
        kept = standing_wide(text) | (proof.unaligned(text) - slipped)
        signs = "".join(sign for sign in PUNCTUATION if sign not in kept)
        edits = []
        for place in widenings(text, signs):
            wide = widen(text[place.at])
            edits.append(Edit(place.at, place.at + 1, wide))
            at = self._draft.origin[place.at]
            self._repairs.append(Repair("width", at, text[place.at], wide, place.certain))
        self._draft = self._draft.apply(edits)
        return signs

    def _simplify(self, annotated: bool) -> None:
        text = self._draft.text
        if not is_converted(text) or not (annotated or is_mixture(text)):
            return
        plain = simplify(text)
        if counterparts(text, plain) is None:
            return
        at = 0
        while at < len(text):
            end = at
            while end < len(text) and text[end] != plain[end]:
                end += 1
            if end > at:
                self._repairs.append(
                    Repair("script", self._draft.origin[at], text[at:end], plain[at:end], True)
                )
            at = end + 1
        self._draft = Draft(plain, self._draft.origin)
