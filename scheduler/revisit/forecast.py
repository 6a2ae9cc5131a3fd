"""What the plan will do: the next visits, and the delays that a budget buys."""

from __future__ import annotations

import copy
import math
from collections.abc import Collection, Iterable

from scheduler.revisit.contest import Score
from scheduler.revisit.page import Delay, Page, Stage, Visit, Weights, Worth


def plan(pages: Iterable[Page], score: Score, start: float, per_hour: float, n: int) -> list[Visit]:
    """Foretell `n` visits from `start` on, one every 1 / `per_hour` hours, at today's rates."""
    mine = [copy.copy(page) for page in pages if page.stage is not Stage.HELD]
    visits = []
    for slot in range(n if mine else 0):
        at = start + slot / per_hour
        page, worth = _next(mine, score, at)
        visits.append(Visit(at, page.id, worth.value, _delay_found(page, at)))
        page.visited, page.last = True, at
    return visits


def _next(pages: list[Page], score: Score, at: float) -> tuple[Page, Worth]:
    for page in pages:
        if not page.visited:
            return page, score(page, at)
    scored = ((page, score(page, at)) for page in pages)
    return max(scored, key=lambda pair: math.inf if _closes(*pair) else pair[1].value)


def _closes(page: Page, worth: Worth) -> bool:
    return worth.left <= 0 and page.last < worth.scored


def _delay_found(page: Page, at: float) -> float:
    """Return the mean delay of what a visit finds: half the time since the last; for a new page, its whole
    wait."""
    return at - page.last if not page.visited else (at - page.last) / 2


def delay(pages: Collection[Page], score: Score, weights: Weights, per_hour: float, now: float) -> Delay:
    """Return the mean delays when `per_hour` visits are spread over the pages in the best way, at their
    mean rates.

    A page of rate l is best visited every sqrt(2 price / l) hours, no less often than its watch lasts; the
    price is the one at which all visits together meet the budget.
    """
    rates = [(page.listing, max(1e-12, worth.rate), worth.left) for page, worth in _scored(pages, score, now)]
    price = _price(rates, per_hour)
    new, edit = [0.0, 0.0], [0.0, 0.0]
    for listing, rate, left in rates:
        sums = new if listing else edit
        sums[0] += rate
        sums[1] += rate * _interval(rate, left, price) / 2
    return Delay(per_hour, _mean(new), _mean(edit))


def _scored(pages: Collection[Page], score: Score, now: float) -> Iterable[tuple[Page, Worth]]:
    return ((page, score(page, now)) for page in pages)


def _interval(rate: float, left: float, price: float) -> float:
    return min(math.sqrt(2 * price / rate), max(left, 1e-6))


def _price(rates: list[tuple[bool, float, float]], per_hour: float) -> float:
    low, high = 1e-12, 1e12
    for _ in range(80):
        price = math.sqrt(low * high)
        if sum(1 / _interval(rate, left, price) for _, rate, left in rates) > per_hour:
            low = price
        else:
            high = price
    return high


def _mean(sums: list[float]) -> float:
    return sums[1] / sums[0] if sums[0] else 0.0
