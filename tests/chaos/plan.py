"""PURE: which faults strike, in which order and for how long: all of it follows from the seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

#: Kind of fault -> the least and the most seconds that it lasts; (0, 0) for what is over at once.
PROCESSES = {
    "kill watch": (0.0, 0.0),
    "kill watch as it tells": (0.0, 0.0),
    "kill crawler": (0.0, 0.0),
    "freeze watch": (2.0, 12.0),
    "freeze crawler": (2.0, 12.0),
}
WORKERS = {"kill worker": (0.0, 0.0), "freeze worker": (2.0, 15.0)}
LOCKED = {"lock database": (2.0, 12.0)}
SERVER = {"restart database": (0.5, 6.0), "crash database": (0.5, 6.0), "cut connections": (0.0, 0.0)}
RECEIVER = {
    "receiver fails": (2.0, 10.0),
    "receiver hangs": (2.0, 8.0),
    "receiver drops": (2.0, 10.0),
    "receiver vanishes": (2.0, 8.0),
    "receiver limits": (2.0, 8.0),
    "receiver is away": (2.0, 10.0),
}
SITE = {
    "site is out": (2.0, 12.0),
    "site fails": (2.0, 10.0),
    "site limits": (2.0, 6.0),
    "site resets": (2.0, 10.0),
    "site is slow": (3.0, 10.0),
    "site sends halves": (2.0, 10.0),
    "site sends nothing": (2.0, 10.0),
    "site forgets all": (2.0, 12.0),
    "site lies about charset": (2.0, 8.0),
    "site is rebuilt": (4.0, 15.0),
}
#: What can part the sending of a message from the writing down that it was sent.
CUTTING = frozenset({*PROCESSES, *LOCKED, *SERVER} - {"kill crawler", "freeze crawler"})
#: The share of salvos that are of two faults or three, which begin within so many seconds.
TOGETHER, WITHIN = 0.3, 3.0


@dataclass(frozen=True, slots=True)
class Strike:
    """One fault: begins `after` seconds into its salvo, lasts `seconds`; `draw` (0 to 1) says whom it hits."""

    kind: str
    after: float
    seconds: float
    draw: float


@dataclass(frozen=True, slots=True)
class Salvo:
    """Faults that strike together, `pause` seconds after all was well again."""

    pause: float
    strikes: tuple[Strike, ...]

    @property
    def seconds(self) -> float:
        """From the first beginning to the last end."""
        return max(strike.after + strike.seconds for strike in self.strikes)


def kinds(*, postgresql: bool) -> dict[str, tuple[float, float]]:
    """What can strike, and for how long."""
    return PROCESSES | RECEIVER | SITE | LOCKED | ((WORKERS | SERVER) if postgresql else {})


def salvos(seed: int, *, postgresql: bool) -> Iterator[Salvo]:
    """Yield salvos without end. The kinds are dealt like cards: none comes again before every other came."""
    chance = Random(f"faults of {seed}")
    spans = kinds(postgresql=postgresql)
    deck: list[str] = []
    while True:
        size = chance.choice((2, 3)) if chance.random() < TOGETHER else 1
        strikes = []
        for number in range(size):
            if not deck:
                deck = chance.sample(sorted(spans), len(spans))
            kind = deck.pop()
            after = chance.uniform(0, WITHIN) if number else 0.0
            strikes.append(Strike(kind, after, chance.uniform(*spans[kind]), chance.random()))
        yield Salvo(chance.uniform(0.5, 4.0), tuple(strikes))
