"""PURE: how long after a salvo of faults it took until what happened in it was seen, and until it was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.chaos.audit import Told


@dataclass(frozen=True, slots=True)
class Struck:
    """A salvo that struck: its kinds, when the last of it was over (seconds since the epoch), and the id of the
    article that was published as it began.
    """

    kinds: tuple[str, ...]
    over: float
    marker: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """Seconds from the end of a salvo until its article was seen and told; 0 where that was before."""

    kinds: tuple[str, ...]
    seen: float
    told: float


def recovered(
    struck: Sequence[Struck], seen: Mapping[str, tuple[int, float]], told: Sequence[Told]
) -> list[Recovered]:
    """Measure each salvo whose article was seen and told.

    `seen`: the article's id → the number of its event, and when it was visited (seconds since the epoch).
    """
    first: dict[int, float] = {}
    for one in told:
        for event in one.events:
            first.setdefault(event, one.at)
    found = []
    for salvo in struck:
        event, at = seen.get(salvo.marker, (0, 0.0))
        if event in first:
            found.append(
                Recovered(salvo.kinds, max(0.0, at - salvo.over), max(0.0, first[event] - salvo.over))
            )
    return found
