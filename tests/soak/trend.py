"""PURE: samples of what a program holds → how fast each grows, and whether that is too fast."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

#: Megabytes an hour that the memory may grow, and files or threads an hour.
MEMORY, COUNT = 1.0, 1.0


@dataclass(frozen=True, slots=True)
class Sample:
    """What a program holds, its children included: megabytes that it wrote itself (Pss_Anon), open files, threads."""

    hours: float
    megabytes: float
    files: int
    threads: int


@dataclass(frozen=True, slots=True)
class Trend:
    """Growth an hour after the warm-up, and the least and most of each then."""

    megabytes_an_hour: float
    files_an_hour: float
    threads_an_hour: float
    megabytes: tuple[float, float]
    files: tuple[float, float]
    threads: tuple[float, float]

    def findings(self) -> list[str]:
        """What grows too fast; [] where nothing does."""
        limits = {
            f"memory grows by {self.megabytes_an_hour:.2f} MB an hour": self.megabytes_an_hour > MEMORY,
            f"open files grow by {self.files_an_hour:.1f} an hour": self.files_an_hour > COUNT,
            f"threads grow by {self.threads_an_hour:.1f} an hour": self.threads_an_hour > COUNT,
        }
        return [words for words, exceeded in limits.items() if exceeded]


def trend(samples: Sequence[Sample], warm_up: float, parts: int = 60) -> Trend:
    """The growth after so many hours of warm-up. Raises ValueError for fewer than three samples after it.

    The samples are gathered in so many parts, of which the median counts: a burst of work is no growth.
    """
    warm = [one for one in samples if one.hours >= warm_up]
    if len(warm) < 3:
        raise ValueError(f"{len(warm)} samples after the warm-up are too few")
    gathered = list(_gathered(warm, parts))
    return Trend(
        _slope([(one.hours, one.megabytes) for one in gathered]),
        _slope([(one.hours, one.files) for one in gathered]),
        _slope([(one.hours, one.threads) for one in gathered]),
        _span([one.megabytes for one in warm]),
        _span([one.files for one in warm]),
        _span([one.threads for one in warm]),
    )


def _gathered(samples: Sequence[Sample], parts: int) -> Iterable[Sample]:
    size = max(1, len(samples) // parts)
    for start in range(0, len(samples) - size + 1, size):
        part = samples[start : start + size]
        yield Sample(
            median(one.hours for one in part),
            median(one.megabytes for one in part),
            int(median(one.files for one in part)),
            int(median(one.threads for one in part)),
        )


def _slope(points: Sequence[tuple[float, float]]) -> float:
    """The median of the slopes between any two points (Theil, 1950; Sen, 1968)."""
    return median(
        (later - earlier) / (at - before)
        for (before, earlier), (at, later) in combinations(points, 2)
        if at > before
    )


def _span(values: Sequence[float]) -> tuple[float, float]:
    return (round(min(values), 1), round(max(values), 1))
