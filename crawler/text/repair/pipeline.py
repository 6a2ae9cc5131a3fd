"""Undo a copying site's damage to a text, step by step backwards, and prove it by doing the damage again."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from crawler.text.repair import proof
from crawler.text.repair.annotation import annotated_characters, reads
from crawler.text.repair.conversion import counterparts, is_converted, is_mixture, is_one_to_one, simplify
from crawler.text.repair.draft import Draft, Edit
from crawler.text.repair.injection import find_injection
from crawler.text.repair.mending import Mend
from crawler.text.repair.patterns import ANNOTATED, is_narrowed
from crawler.text.repair.resaved import LOST, find_resaved
from crawler.text.repair.result import Repaired
from crawler.text.repair.search import Budget, TooDearError
from crawler.text.repair.signs import PUNCTUATION, is_traditional_only
from crawler.text.repair.slips import find_slips
from crawler.text.repair.width import standing_wide, widen, widenings
from storage.records import Repair

LONGEST = 400_000  # characters; no article is longer, and a longer text that looks damaged is left as found
TOO_LONG = Repair("too-long", 0, "", "", False)
_EFFORT = 200_000  # characters that all searches of one text may try
_TRIES = 4  # slips that are given up, one by one, to prove the rest
_MANY = 5  # narrow commas between Chinese text that show a narrowing by themselves
_SOME = 1  # and beside other damage


class Stage(NamedTuple):
    """A draft and the repairs that made it."""

    draft: Draft
    repairs: tuple[Repair, ...] = ()
    proved: bool = True


def repair_text(text: str) -> Repaired:
    """Repair a suspicious text."""
    if len(text) > LONGEST:
        return Repaired(text, (TOO_LONG,), proved=False)
    return repair_draft(Draft.of(text), lists=True)


def repair_draft(found: Draft, *, lists: bool) -> Repaired:
    """Repair a text whose characters stand at `found.origin`; `lists`: may it end in an injected list?"""
    budget = Budget(_EFFORT)
    first, injected = _cut_injection(found) if lists else (Stage(found), ())
    try:
        second = _mend_resaved(first.draft, budget)
        third = _undo_copying(second.draft, bool(injected), budget)
    except TooDearError:
        second, third = Stage(first.draft), Stage(first.draft, (Repair("too-dear", 0, "", "", False),), False)
    repairs = first.repairs + second.repairs + third.repairs
    if not repairs:
        return Repaired(found.text)
    order = tuple(sorted(repairs, key=lambda one: one.at))
    return Repaired(third.draft.text, order, second.proved and third.proved, injected)


def _cut_injection(draft: Draft) -> tuple[Stage, tuple[str, ...]]:
    at = find_injection(draft.text)
    if at is None:
        return Stage(draft), ()
    text = draft.text
    start = at - 1 if at and text[at - 1] == "\n" else at
    found = Repair("injection", draft.origin[start], text[start:], "", True)
    return Stage(draft.apply([Edit(start, len(text), "")]), (found,)), (text[at:].strip(),)


def _mend_resaved(draft: Draft, budget: Budget) -> Stage:
    """Mend bytes that GB2312 lacks; a place that cannot be mended is told."""
    if LOST not in draft.text:
        return Stage(draft)
    mends = find_resaved(draft.text, budget)
    mended = draft.apply(one.edit for one in mends)
    left = [
        Repair("resaved", mended.origin[at], LOST, LOST, False)
        for at, char in enumerate(mended.text)
        if char == LOST
    ]
    if not mends:
        return Stage(draft)
    return Stage(mended, (*_told("resaved", draft, mends), *left), not left)


def _told(kind: str, draft: Draft, mends: list[Mend], *, plain: bool = False) -> list[Repair]:
    """Say what was mended; what no other original explains is certain."""
    script = simplify if plain else str
    return [
        Repair(
            kind,
            draft.origin[one.start],
            draft.text[one.start : one.end],
            script(one.original),
            not one.alternatives,
            tuple(dict.fromkeys(map(script, one.alternatives))),
        )
        for one in mends
    ]


def _undo_copying(draft: Draft, injected: bool, budget: Budget) -> Stage:
    """Undo annotation, slips, narrowing and script conversion, as far as they can be proved together."""
    readings, enough = annotated_characters(draft.text)
    bare = draft.apply(_annotations(draft.text, readings))
    damaged = enough or _is_damaged(bare.text, bool(readings), injected)
    standing = standing_wide(bare.text)
    signs = "".join(sign for sign in PUNCTUATION if sign not in standing)
    mends = find_slips(bare.text, signs, readings, damaged, budget)
    if not damaged and not mends:
        return Stage(draft)
    kept = list(mends)
    for _ in range(_TRIES):
        attempt = _Attempt(draft, bare, readings, kept)
        stage, differs = attempt.run()
        if differs is None:
            given_up = [one for one in mends if one not in kept]
            told = [
                replace(one, repaired=one.found, alternatives=()) for one in _told("slip", bare, given_up)
            ]
            return Stage(stage.draft, (*stage.repairs, *told), not given_up)
        if not kept:
            break
        kept = attempt.without(differs)
    told = [replace(one, repaired=one.found, certain=False) for one in _told("slip", bare, mends)]
    return Stage(draft, tuple(told) or (Repair("unproved", 0, "", "", False),), False)


def _is_damaged(bare: str, annotated: bool, injected: bool) -> bool:
    """Tell whether all that is no slip shows together that a copying site's steps were done to the text."""
    narrowed = is_narrowed(bare, _SOME if injected or annotated else _MANY)
    if is_converted(bare):
        return (narrowed or annotated) and is_mixture(bare) and is_one_to_one(bare)
    return narrowed


def _annotations(text: str, readings: dict[str, str]) -> list[Edit]:
    matches = ANNOTATED.finditer(text)
    return [Edit(match.end(1), match.end(), "") for match in matches if readings.get(match[1]) == match[2]]


class _Attempt:
    """One try at a page: with these slips, does the whole of it prove?"""

    def __init__(self, found: Draft, bare: Draft, readings: dict[str, str], mends: list[Mend]) -> None:
        self._found = found
        self._bare = bare
        self._readings = dict(readings)
        self._mends = mends
        self._repairs: list[Repair] = []

    def run(self) -> tuple[Stage, int | None]:
        """Return the repaired stage, and where damage to it first differs from the text as found (None: nowhere)."""
        draft = self._bare.apply(one.edit for one in self._mends)
        self._readings |= _readings_behind(draft.text)
        draft = draft.apply(_annotations(draft.text, self._readings))
        for match in ANNOTATED.finditer(self._found.text):
            if self._readings.get(match[1]) == match[2]:
                self._tell("annotation", self._found.origin[match.start()], match[0], match[1])
        draft, signs = self._widen(draft)
        cut = draft.text[-1:] in self._readings and self._found.text.endswith(draft.text[-1])
        again = proof.narrow(proof.annotate(draft.text, self._readings, cut=cut), signs)
        plain = self._simplify(draft)
        self._repairs += _told("slip", self._bare, self._mends, plain=plain is not draft)
        return Stage(plain, tuple(self._repairs)), _first_difference(again, self._found.text)

    def without(self, differs: int) -> list[Mend]:
        """Return the slips but the one nearest to a place of the found text."""
        at = self._found.origin[min(differs, len(self._found.text))]
        worst = min(self._mends, key=lambda one: abs(self._bare.origin[one.start] - at))
        return [one for one in self._mends if one is not worst]

    def _tell(self, kind: str, at: int, found: str, repaired: str, *, certain: bool = True) -> None:
        self._repairs.append(Repair(kind, at, found, repaired, certain))

    def _widen(self, draft: Draft) -> tuple[Draft, str]:
        """Widen the signs that the same step narrowed; return all signs of that step."""
        text = draft.text
        slipped = {sign for one in self._mends for sign in one.marks}
        kept = standing_wide(text) | (proof.unaligned(text) - slipped)
        signs = "".join(sign for sign in PUNCTUATION if sign not in kept)
        places = list(widenings(text, signs))
        for place in places:
            sign = text[place.at]
            self._tell("width", draft.origin[place.at], sign, widen(sign), certain=place.certain)
        return draft.apply(Edit(place.at, place.at + 1, widen(text[place.at])) for place in places), signs

    def _simplify(self, draft: Draft) -> Draft:
        """Turn the script back, where the page shows a conversion one by one."""
        text = draft.text
        if not is_converted(text) or not (self._readings or is_mixture(text)):
            return draft
        plain = simplify(text)
        if counterparts(text, plain) is None:
            return draft
        self._tell_script(draft, plain)
        return Draft(plain, draft.origin)

    def _tell_script(self, draft: Draft, plain: str) -> None:
        """Tell each stretch of converted characters that stand together in the text as found, slips apart."""
        origin = self._bare.origin
        slipped = {at for one in self._mends for at in range(origin[one.start], origin[one.end - 1] + 1)}
        changed = [
            at
            for at, (one, other) in enumerate(zip(draft.text, plain, strict=True))
            if one != other and draft.origin[at] not in slipped
        ]
        for _, stretch in groupby(
            enumerate(changed), key=lambda one: (one[1] - one[0], draft.origin[one[1]] - one[0])
        ):
            places = [at for _, at in stretch]
            start, end = places[0], places[-1] + 1
            self._tell("script", draft.origin[start], draft.text[start:end], plain[start:end])


def _readings_behind(text: str) -> dict[str, str]:
    """Return the readings that mended slips gave their characters back."""
    matches = ANNOTATED.finditer(text)
    return {
        match[1]: match[2] for match in matches if is_traditional_only(match[1]) and reads(match[1], match[2])
    }


def _first_difference(one: str, other: str) -> int | None:
    if one == other:
        return None
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
