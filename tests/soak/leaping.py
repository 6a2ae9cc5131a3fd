"""Time that leaps: where nobody works, hours pass in seconds. For a program that runs in this one process."""

from __future__ import annotations

import asyncio
from datetime import datetime

import time_machine


class LeapingLoop(asyncio.SelectorEventLoop):
    """An event loop whose time, which timers wait for, can be put on."""

    def __init__(self) -> None:
        super().__init__()
        self.leapt = 0.0

    def time(self) -> float:
        """Seconds, as asyncio has them, and those that were leapt over."""
        return super().time() + self.leapt


class SimulatedTime:
    """The clock of this process and the running LeapingLoop's timers go on from `begin`, and leap together."""

    def __init__(self, begin: datetime) -> None:
        self._travel = time_machine.travel(begin, tick=True)
        self._clock: time_machine.Traveller | None = None

    def __enter__(self) -> SimulatedTime:
        self._clock = self._travel.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._travel.stop()

    def leap(self, seconds: float) -> None:
        """Let so many seconds have passed. What waited for less is done in the loop's next rounds."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, LeapingLoop)
        assert self._clock is not None
        self._clock.shift(seconds)
        loop.leapt += seconds
