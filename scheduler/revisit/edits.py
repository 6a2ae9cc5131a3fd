"""How often articles are edited: a hazard learned by age, section and hour, and each article's own share.

The hazard of an article is  z * m(age, section) * prior(age) * h(hour),  in edits per hour:

prior   the literature's shape, c (age + 0.5 h)^-1.3: four fifths of a week's edits fall into the first day
        (GDELT Global Difference Graph), and 0.4 edits an article in that day, between the 0.2 that GDELT
        counted and the 0.68 that Timmerman et al. counted on visits a quarter of an hour apart.
m       what was learned: a Gamma-Poisson ladder from one factor for all, to the age bucket, to the cell of
        bucket and section, each step drawn towards the one before.
h       the hour of the day (`DayProfile`).
z       the article's own share, Gamma with mean 1 and shape `FRAILTY` to begin with, then as Bayes' rule
        has it (`share.py`). 35 % of articles edited in a day, 1.94 times each (Timmerman et al.), make a
        shape of 0.5 over all sections together; within a section articles differ less.

A visit that finds a change proves one edit at least: it counts as the edits to expect behind it (`share.py`),
spread over the cells as the hazard itself (one step of expectation-maximisation).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

from scheduler.revisit.profile import DayProfile
from scheduler.revisit.share import Share

EDGES = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 24.0, 48.0, 96.0, 168.0)  # hours of age
BUCKETS = len(EDGES) - 1
FRAILTY = 0.7
_EDITS_IN_FIRST_DAY = 0.4
_SHIFT, _POWER = 0.5, 0.3
_ALL, _BUCKET, _SECTION, _CELL = 1.0, 2.0, 2.0, 3.0  # imaginary edits that hold each step to the one before

_GRID_SHIFT, _GRID_STEPS, _GRID_START = 0.125, 16, 3.0  # 16 steps to every doubling of (age + 1/8 h)
_GRID_SIZE = int((math.log2(EDGES[-1] + _GRID_SHIFT) + _GRID_START) * _GRID_STEPS) + 3
_LAST_CELL = _GRID_SIZE - 2
_log2 = math.log2


def _shape(age: float) -> float:
    """Integrate (x + 0.5)^-1.3 from 0 to an age."""
    return float((_SHIFT**-_POWER - (age + _SHIFT) ** -_POWER) / _POWER)


_SCALE = _EDITS_IN_FIRST_DAY / _shape(24.0)


def prior_hazard(age: float) -> float:
    """Return the edits an article is expected to have had at an age in hours, by the literature."""
    return _SCALE * _shape(age)


def prior_rate(age: float) -> float:
    """Return the edits per hour of an article at an age in hours, by the literature."""
    return float(_SCALE * (age + _SHIFT) ** -(1 + _POWER))


def place(age: float) -> tuple[int, float]:
    """Find an age on the table's grid: a cell and the share of it that has passed."""
    position = (_log2(age + _GRID_SHIFT) + _GRID_START) * _GRID_STEPS if age > 0 else 0.0
    cell = int(position)
    return (cell, position - cell) if cell < _LAST_CELL else (_LAST_CELL, 1.0)


GRID = [2.0 ** (cell / _GRID_STEPS - _GRID_START) - _GRID_SHIFT for cell in range(_GRID_SIZE)]
_PRIOR_HAZARD = [prior_hazard(age) for age in GRID]
# Where a bucket's factor is exact; between these points it is drawn on the logarithm of the age.
_MIDDLES = [math.sqrt((a + 0.25) * (b + 0.25)) - 0.25 for a, b in itertools.pairwise(EDGES)]


class EditRates:
    """The learned hazard. `sections` are numbers from 0 on; ages and times in hours.

    `version` grows with every renewal of the rates.
    """

    __slots__ = ("_events", "_expected", "_hazard", "_rate", "profile", "version")

    def __init__(self, sections: int, learned: dict[str, Any] | None = None) -> None:
        learned = learned or {}
        self._events: list[list[float]] = [list(row) for row in learned.get("events", ())]
        self._expected: list[list[float]] = [list(row) for row in learned.get("expected", ())]
        self.profile = DayProfile(learned.get("hour_events", ()), learned.get("hour_expected", ()))
        self._hazard: list[list[float]] = []
        self._rate: list[list[float]] = []
        self.version = 0
        self.grow(sections)

    def grow(self, sections: int) -> None:
        """Make room for so many sections; a new one starts from what all have in common."""
        while len(self._events) < sections:
            self._events.append([0.0] * BUCKETS)
            self._expected.append([0.0] * BUCKETS)
        self.rebuild()

    def learned(self) -> dict[str, Any]:
        """Return what was learned, as JSON takes it."""
        return {
            "events": [list(row) for row in self._events],
            "expected": [list(row) for row in self._expected],
            "hour_events": list(self.profile.events),
            "hour_expected": list(self.profile.expected),
        }

    def hazard(self, section: int, cell: int, part: float) -> float:
        """Return the edits expected up to a place on the grid, for z = 1 and a flat day."""
        row = self._hazard[section]
        return row[cell] + part * (row[cell + 1] - row[cell])

    def hazard_and_rate(self, section: int, cell: int, part: float) -> tuple[float, float]:
        """Return both at once."""
        hazard, rate = self._hazard[section], self._rate[section]
        passed, slope = hazard[cell], rate[cell]
        return passed + part * (hazard[cell + 1] - passed), slope + part * (rate[cell + 1] - slope)

    def learn(
        self, section: int, born: float, since: float, now: float, belief: Share, changed: bool
    ) -> Share:
        """Learn from a visit at `now` after one at `since`; return what it makes of the article's share."""
        pieces = self._pieces(section, born, since, now)
        total = sum(base for _, _, base, _, _ in pieces)
        edits, after = belief.changed(total) if changed else (0.0, belief.unchanged(total))
        if total <= 0:
            return after
        z = belief.mean
        events, expected = self._events[section], self._expected[section]
        for bucket, at, base, prior, swing in pieces:
            share = edits * base / total
            events[bucket] += share
            expected[bucket] += z * prior * swing
            self.profile.learn(at, share, z * base / swing)
        return after

    def _pieces(
        self, section: int, born: float, since: float, now: float
    ) -> list[tuple[int, float, float, float, float]]:
        """Cut an interval at the bucket edges and, within a bucket, into at most six parts of an hour or
        more.

        Each piece: bucket, time, hazard, hazard by the prior on a flat day, factor of the hour.
        """
        pieces = []
        at, bucket = since, _bucket(since - born)
        before = place(at - born)
        while at < now:
            end = min(now, born + EDGES[bucket + 1]) if bucket < BUCKETS - 1 else now
            parts = max(1, min(6, int(end - at)))
            step = (end - at) / parts
            for _ in range(parts):
                swing = self.profile.factor(at + step / 2)
                after = place(at + step - born)
                base = (self.hazard(section, *after) - self.hazard(section, *before)) * swing
                pieces.append((bucket, at + step / 2, base, _prior_at(*after) - _prior_at(*before), swing))
                at, before = at + step, after
            at, bucket = end, min(bucket + 1, BUCKETS - 1)
        return pieces

    def rebuild(self) -> None:
        """Make the rates in force from what was learned."""
        self.version += 1
        self.profile.rebuild()
        self._hazard, self._rate = [], []
        for row in self._factors():
            logs = [math.log(factor) for factor in row]
            on_grid = [math.exp(_interpolate(logs, age)) for age in GRID]
            steps = zip(itertools.pairwise(_PRIOR_HAZARD), itertools.pairwise(on_grid), strict=True)
            rises = [(after - before) * (f + g) / 2 for (before, after), (f, g) in steps]
            self._hazard.append(list(itertools.accumulate(rises, initial=0.0)))
            self._rate.append([f * prior_rate(age) for f, age in zip(on_grid, GRID, strict=True)])

    def _factors(self) -> list[list[float]]:
        """Return m for every section and bucket: all -> bucket -> section -> cell."""
        events = [sum(column) for column in zip(*self._events, strict=True)] or [0.0] * BUCKETS
        expected = [sum(column) for column in zip(*self._expected, strict=True)] or [0.0] * BUCKETS
        common = (_ALL + sum(events)) / (_ALL + sum(expected))
        buckets = [(_BUCKET + n) / (_BUCKET / common + e) for n, e in zip(events, expected, strict=True)]
        factors = []
        for ns, es in zip(self._events, self._expected, strict=True):
            by_bucket = sum(e * m for e, m in zip(es, buckets, strict=True))
            section = (_SECTION + sum(ns)) / (_SECTION + by_bucket)
            factors.append(
                [(_CELL + n) / (_CELL / (m * section) + e) for n, e, m in zip(ns, es, buckets, strict=True)]
            )
        return factors

    def fade(self, share: float) -> None:
        """Keep only a share of the evidence, so that a site's new habits are learned."""
        self._events = [[n * share for n in row] for row in self._events]
        self._expected = [[e * share for e in row] for row in self._expected]
        self.profile.fade(share)


def _bucket(age: float) -> int:
    """Return the bucket of an age; ages beyond the last edge count to the last bucket."""
    for bucket in range(BUCKETS - 1):
        if age < EDGES[bucket + 1]:
            return bucket
    return BUCKETS - 1


def _prior_at(cell: int, part: float) -> float:
    return _PRIOR_HAZARD[cell] + part * (_PRIOR_HAZARD[cell + 1] - _PRIOR_HAZARD[cell])


def _interpolate(values: Sequence[float], age: float) -> float:
    """Draw a straight line, on the logarithm of the age, between the middles of the buckets."""
    if age <= _MIDDLES[0]:
        return values[0]
    for index in range(1, BUCKETS):
        if age <= _MIDDLES[index]:
            low, high = _MIDDLES[index - 1], _MIDDLES[index]
            part = math.log(age / low) / math.log(high / low)
            return values[index - 1] + part * (values[index] - values[index - 1])
    return values[-1]
