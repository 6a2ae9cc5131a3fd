"""A lower bound of the delay that any policy can reach in a simulated world, whatever it knows of the
hazards.

Lagrangian relaxation: give every hour h a price p_h >= 0 per request. For any prices

J(any policy)  >=  sum over articles and listings of  min over their visits of (delay + prices paid)  -  sum_h
p_h C_h

with C_h the requests of the hour less the mandatory ones (an article's first visit and its closing visit, in
the hour
they fall due). The minimum of one page over all sets of visit times is found by dynamic programming: the
delay from a
visit at u to one at v is A(v) - A(u) - M(u)(v - u), M the hazard passed and A its integral, so the best
predecessor of
v is the lowest of a set of lines at v, kept as a convex hull: O(n). The prices are improved by multiplicative
subgradient steps; weak duality makes every step's value a bound.

Visits are restricted to a grid that is fine against the best interval and holds every full hour, where the
price jumps.
Between these an optimal visit is stationary, so that the grid costs second-order only; the sum of  rate x
step^2  over
the visits chosen is subtracted for it.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.benchmarks.revisit_world import LIFE, Article, World

_STEP, _STEPS_TO_HALF = 0.5, 6  # of the logarithm of the price, for a demand of twice the capacity
_REACH = 4  # hours
_FINE = 0.04  # the grid's step, of the best interval at the going price


@dataclass(frozen=True)
class Bound:
    """The bound in weighted event-hours, and the prices by hour that prove it."""

    value: float
    prices: tuple[float, ...]


@dataclass
class _Page:
    """A page on its grid: times, M, A and the allowance for the grid at each."""

    times: array[float]
    clock: array[float]  # the time, or the window's start where that is later: before it no delay counts
    mass: array[float]
    area: array[float]  # at the clock's time
    slack: array[float]


class _Relaxation:
    def __init__(self, world: World, per_hour: float, first_day: int, last_day: int) -> None:
        self.world, self.per_hour = world, per_hour
        self.start, self.end = first_day * 24.0, last_day * 24.0
        self.lead = max(
            0.0, self.start - 24.0
        )  # prices count a day before the window, else all were fresh at its start
        self.capacity = self._capacity()

    def _capacity(self) -> list[float]:
        capacity = [self.per_hour if hour >= self.lead else 0.0 for hour in range(int(self.end))]
        for article in self.world.articles:
            for due in (article.born, article.born + LIFE):
                if self.lead <= due < self.end:
                    capacity[int(due)] -= 1
        return [max(0.0, c) for c in capacity]

    def first_prices(self, level: float) -> list[float]:
        """One level for all hours, rising to it over the day before the window."""
        return [
            level * max(0.01, min(1.0, (hour - self.lead) / max(1.0, self.start - self.lead)))
            for hour in range(int(self.end))
        ]

    def pages(self, price: Sequence[float]) -> list[_Page]:
        """Every page on a grid made for about these prices; articles first."""
        pages = []
        for article in self.world.articles:
            if article.born < self.end and article.born + LIFE > self.lead:
                pages.append(self._article_page(article, price))
        pages += [self._listing_page(section, price) for section in range(len(self.world.truth.shares))]
        return pages

    def _article_page(self, article: Article, price: Sequence[float]) -> _Page:
        start, end = max(article.born, self.lead), min(article.born + LIFE, self.end)
        return self._page(
            lambda at: self.world.mass_and_area(article, at),
            lambda at: self.world.hazard(article, at),
            article.rate,
            start,
            end,
            price,
        )

    def _listing_page(self, section: int, price: Sequence[float]) -> _Page:
        weight = self.world.truth.weight_new
        return self._page(
            lambda at: self.world.arrivals_mass_and_area(section, at),
            lambda at: weight * self.world.arrival_rate(section, int(at)),
            weight,
            self.lead,
            self.end,
            price,
        )

    def _page(
        self,
        look_up: Callable[[float], tuple[float, float]],
        hazard: Callable[[float], float],
        weight: float,
        start: float,
        end: float,
        price: Sequence[float],
    ) -> _Page:
        times, slack = [start], [0.0]
        while times[-1] < end:
            at = times[-1]
            hour = int(at)
            rate = hazard(at)
            parts = max(
                1, math.ceil((min(hour + 1.0, end) - at) / (_FINE * math.sqrt(2 * price[hour] / rate)))
            )
            step = (min(hour + 1.0, end) - at) / parts
            times += [at + k * step for k in range(1, parts)] + [min(hour + 1.0, end)]
            slack += [rate * step * step] * parts
        clock = [max(at, self.start) for at in times]
        mass = [weight * look_up(at)[0] for at in times]
        area = [weight * look_up(min(at, end))[1] for at in clock]
        return _Page(*(array("d", values) for values in (times, clock, mass, area, slack)))

    def cheapest(self, page: _Page, price: Sequence[float], demand: list[float]) -> float:
        """The least of delay + prices paid for one page; its visits are added to `demand`."""
        times, clock, mass = page.times, page.clock, page.mass
        end = len(times) - 1
        slopes, heights, index, head = [-mass[0]], [mass[0] * clock[0] - page.area[0]], [0], 0
        before = [0] * (end + 1)
        for k in range(1, end + 1):
            at = clock[k]
            best, last = slopes[head] * at + heights[head], len(slopes) - 1
            while head < last and (following := slopes[head + 1] * at + heights[head + 1]) <= best:
                best, head = following, head + 1
            before[k] = index[head]
            slope = -mass[k]
            height = best + price[_hour(times[k], price)] - slope * at
            while last > head and (height - heights[last - 1]) * (slopes[last - 1] - slopes[last]) <= (
                heights[last] - heights[last - 1]
            ) * (slopes[last - 1] - slope):
                slopes.pop(), heights.pop(), index.pop()
                last -= 1
            slopes.append(slope)
            heights.append(height)
            index.append(k)
        total, k = best + page.area[end], before[end]
        while k:
            demand[_hour(times[k], price)] += 1
            total -= page.slack[k]
            k = before[k]
        return total

    def evaluate(self, pages: Sequence[_Page], price: Sequence[float]) -> tuple[float, list[float]]:
        """The dual value at these prices, and the demand by hour."""
        demand = [0.0] * len(self.capacity)
        value = math.fsum(self.cheapest(page, price, demand) for page in pages)
        return value - math.fsum(p * c for p, c in zip(price, self.capacity, strict=True)), demand


def _hour(at: float, price: Sequence[float]) -> int:
    """The hour a visit is paid in; on the full hour, the cheaper of the two it may count to."""
    hour = int(at)
    if hour == at and hour and (hour == len(price) or price[hour - 1] < price[hour]):
        return hour - 1
    return hour


def lower_bound(
    world: World, per_hour: float, first_day: int, last_day: int, *, level: float, steps: int = 14
) -> Bound:
    """Bound J over some days from below. `level` is a first guess of a request's worth, in weighted
    event-hours.

    A price is moved by the demand of the hours around it: visits move so freely between neighbouring hours
    that
    the demand of a single hour says nothing.
    """
    relaxation = _Relaxation(world, per_hour, first_day, last_day)
    price = relaxation.first_prices(level)
    pages = relaxation.pages(price)
    capacity = _around(relaxation.capacity)
    best = Bound(-math.inf, ())
    for step in range(steps):
        value, demand = relaxation.evaluate(pages, price)
        if value > best.value:
            best = Bound(value, tuple(price))
        length = _STEP / (1 + step / _STEPS_TO_HALF)
        wanted = zip(price, _around(demand), capacity, strict=True)
        price = [p * math.exp(length * max(-1.0, min(1.0, (d - c) / (c + 1)))) for p, d, c in wanted]
    return best


def _around(values: Sequence[float]) -> list[float]:
    """Smooth over the neighbouring hours, twice."""
    for _ in range(2):
        windows = (values[max(0, k - _REACH) : k + _REACH + 1] for k in range(len(values)))
        values = [sum(window) / len(window) for window in windows]
    return list(values)
