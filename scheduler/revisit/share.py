"""An article's own share of the hazard: what is believed of it, and how one visit alters that."""

from __future__ import annotations

import math
from typing import NamedTuple


class Share(NamedTuple):
    """A belief about an article's share: Gamma with this shape and rate, so that its mean is shape / rate."""

    shape: float
    rate: float

    @property
    def mean(self) -> float:
        """The expected share."""
        return self.shape / self.rate

    def unchanged(self, passed: float) -> Share:
        """Return the belief after a visit that found nothing new, `passed` the hazard since the last one."""
        return Share(self.shape, self.rate + passed)

    def changed(self, passed: float) -> tuple[float, Share]:
        """Return (edits to expect behind a change, the belief after it).

        One edit or more was made: with likelihood 1 - e^(-z passed) for a share z. What that makes of a Gamma
        is none; the Gamma of the same mean and variance stands for it (assumed density filtering).
        """
        if passed <= 0:
            return 1.0, Share(self.shape + 1, self.rate)
        shape, rate = self
        step = math.log1p(passed / rate)
        none, once, twice = (-math.expm1(-(shape + power) * step) for power in range(3))
        mean = self.mean * once / none
        square = self.mean * (shape + 1) / rate * twice / none
        variance = square - mean * mean
        return self.mean * passed / none, Share(mean * mean / variance, mean / variance)
