"""What the plan will do: the next visits, and the delays that a budget buys."""

from __future__ import annotations

import copy
import itertools
import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from scheduler.revisit.contest import Score
from scheduler.revisit.page import Delay, Page, Stage, Visit, Worth

_AGES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 24.0, 48.0, 96.0, 168.0)  # hours
_SAMPLE = 300


def plan(pages: Iterable[Page], score: Score, start: float, per_hour: float, n: int) -> list[Visit]:
    """Foretell `n` visits from `start` on, one every 1 / `per_hour` hours, at today's rates."""
    mine = [copy.copy(page) for page in pages if page.stage is not Stage.HELD]
    visits = []
    for slot in range(n if mine else 0):
        at = start + slot / per_hour
        page, worth = _next(mine, score, at)
        visits.append(Visit(at, page.id, worth.value, _delay_found(page, at)))
        page.visited, page.last, page.stage = True, at, Stage.CONTEST
    return visits


def _next(pages: list[Page], score: Score, at: float) -> tuple[Page, Worth]:
    for page in pages:
        if page.stage is Stage.FIRST:
            return page, score(page, at)
    scored = ((page, score(page, at)) for page in pages)
    return max(scored, key=lambda pair: math.inf if _closes(*pair) else pair[1].value)


def _closes(page: Page, worth: Worth) -> bool:
    return worth.left <= 0 and page.last < worth.scored


def _delay_found(page: Page, at: float) -> float:
    """Return the mean delay of what a visit finds: half the time since the last; for a new page, its whole
    wait."""
    return at - page.last if not page.visited else (at - page.last) / 2


@dataclass(frozen=True, slots=True)
class Class:
    """Pages alike: how many there are, weighted events per hour on a flat day, hours to the closing visit."""

    listing: bool
    count: float
    rate: float
    left: float


def classes(articles: Sequence[Page], now: float, rate: Callable[[Page, float], float]) -> list[Class]:
    """Spread the articles watched now over all ages of a week, as they are spread in the mean of many weeks.

    `rate` gives a page's weighted events per hour at an age. Of many articles every n-th stands for all.
    """
    if not articles:
        return []
    sample = articles[:: math.ceil(len(articles) / _SAMPLE)]
    week = arrivals(articles, now) * _AGES[-1]
    spread = [
        (math.sqrt((low + 0.5) * (high + 0.5)) - 0.5, (high - low) / _AGES[-1])
        for low, high in itertools.pairwise(_AGES)
    ]
    return [
        Class(False, week * share / len(sample), max(rate(page, age), 1e-9), _AGES[-1] - age)
        for page in sample
        for age, share in spread
    ]


def arrivals(articles: Sequence[Page], now: float) -> float:
    """Return the articles that come per hour, by those that are watched."""
    oldest = max((now - page.born for page in articles), default=0.0)
    return len(articles) / max(oldest, 24.0)


def delays(pages: Sequence[Class], budgets: Iterable[float], owed: float) -> list[Delay]:
    """Return the mean delays when so many visits per hour are spread over the pages in the best way, for each budget.

    The `owed` visits per hour, first and closing ones, come off first. A page of rate l is then best visited every
    sqrt(2 price / l) hours, which delays by half of that; one that closes before is left to its closing visit. The
    price is the one at which all visits together meet the budget.
    """
    demand = _Demand(pages)
    listings = [page for page in pages if page.listing]
    articles = [page for page in pages if not page.listing]
    found = []
    for per_hour in budgets:
        price = demand.price(max(per_hour - owed, per_hour / 20))
        found.append(Delay(per_hour, _mean(listings, price), _mean(articles, price)))
    return found


def _interval(page: Class, price: float) -> float:
    """Return the hours between two visits; infinite where the page closes before."""
    interval = math.sqrt(2 * price / page.rate)
    return interval if interval < page.left else math.inf


class _Demand:
    """The visits per hour that pages are worth at a price: sqrt(l / 2 price) of rate l, unless it closes before."""

    def __init__(self, pages: Sequence[Class]) -> None:
        by_limit = sorted((page.rate * page.left**2 / 2, page.count * math.sqrt(page.rate)) for page in pages)
        self._limits = [limit for limit, _ in by_limit]  # the price from which on a page closes before
        from_the_last = itertools.accumulate((wanted for _, wanted in reversed(by_limit)), initial=0.0)
        self._wanted = [*from_the_last][::-1]

    def price(self, per_hour: float) -> float:
        """Return the price at which so many visits are worth it."""
        low, high = 1e-9, 1e9
        for _ in range(50):
            price = math.sqrt(low * high)
            if self._wanted[bisect_right(self._limits, price)] / math.sqrt(2 * price) > per_hour:
                low = price
            else:
                high = price
        return high


def _mean(pages: Sequence[Class], price: float) -> float:
    """Return the mean delay over all that happens to some pages."""
    total = sum(page.count * page.rate for page in pages)
    delays = (page.count * page.rate * min(_interval(page, price) / 2, page.left) for page in pages)
    return sum(delays) / total if total else 0.0
