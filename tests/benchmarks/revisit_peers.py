"""Whom the revisit plan is measured against: policies that know the world, and the rules of other tools."""

from __future__ import annotations

import heapq
import math
import statistics
from collections import deque

from scheduler.revisit import LIFE, Planner, Weights
from scheduler.revisit import edits as product
from scheduler.revisit.arrivals import Arrivals
from scheduler.revisit.edits import EditRates
from scheduler.revisit.page import Page
from scheduler.revisit.profile import DayProfile
from tests.benchmarks.revisit_world import World

ItemId = int | str


class _KnownProfile(DayProfile):
    """A day's swing that is known and not learned."""

    def __init__(self, factors: list[float]) -> None:
        self._factors = factors
        super().__init__()

    def learn(self, at: float, events: float, expected: float) -> None:
        pass

    def rebuild(self) -> None:
        self._slope = [factor for factor in self._factors for _ in range(4)]
        total, self._cumulative = 0.0, [0.0]
        for slope in self._slope:
            total += slope / 4
            self._cumulative.append(total)


class _KnownEdits(EditRates):
    """The population's true hazard."""

    def __init__(self, world: World) -> None:
        self._world = world
        super().__init__(len(world.truth.shares))
        self.profile = _KnownProfile([world.truth.edit_swing(hour) for hour in range(24)])

    def rebuild(self) -> None:
        truth = self._world.truth
        scales = [truth.scale() * truth.factor(section) for section in range(len(truth.shares))]
        ages = product.GRID
        self._hazard = [[c * (truth.once(age) - truth.once(0.0)) for age in ages] for c in scales]
        self._rate = [[c * (age + 0.5) ** -truth.power for age in ages] for c in scales]


class _KnownArrivals(Arrivals):
    """The true publication rates."""

    def __init__(self, world: World) -> None:
        super().__init__()
        truth = world.truth
        self._rates = {f"listing-{s}": truth.per_day / 24 * share for s, share in enumerate(truth.shares)}
        self.profile = _KnownProfile([truth.swing(hour) for hour in range(24)])

    def rate(self, listing: object) -> float:
        return self._rates[str(listing)]


class Bayes(Planner):
    """Knows the population's hazard and the publication rates; learns only each article's own share."""

    def __init__(self, budget_per_hour: float, world: World) -> None:
        super().__init__(
            budget_per_hour,
            world.truth.sections,
            weights=Weights(new=world.truth.weight_new, removed=0.0),
            edits=_KnownEdits(world),
            arrivals=_KnownArrivals(world),
            frailty=world.truth.frailty,
        )
        self.world = world
        self._prices: list[float] = []

    def _choose(self, now: float) -> Page | None:
        page = super()._choose(now)
        if page is not None and page.visited and now < page.born + LIFE:
            self._prices.append(self._worth(page, now).value)
        return page

    def price(self) -> float:
        """What a request was worth: the median of the choices, in weighted event-hours."""
        return statistics.median(self._prices)


class AllKnowing(Bayes):
    """Knows every article's own hazard too."""

    def add(self, item_id: ItemId, kind: str, section: str, at: float, **more: float) -> None:
        super().add(item_id, kind, section, at, **more)
        if isinstance(item_id, int):
            article, truth = self.world.articles[item_id], self.world.truth
            self._pages[item_id].z = article.rate / truth.scale() / truth.factor(article.section)

    def _learn(self, page: Page, at: float, changed: bool, discovered: int, removed: bool) -> None:
        pass


class Rule:
    """A rule of another tool under the same terms: first visits come first, a closing visit at a week, then
    the rule.

    A rule names a lane for each article and how soon lanes want their next visit; the most overdue lane is
    served, and
    in a lane the article that waited longest. Overdue is the time since the last visit over the lane's delay.
    """

    def __init__(self, listing: float, lanes: tuple[float, ...] = (1.0,)) -> None:
        self._listing = listing
        self._delays = (listing, *lanes)
        self._lanes: list[list[tuple[float, int, ItemId, int]]] = [[] for _ in self._delays]
        self._first: deque[ItemId] = deque()
        self._closing: list[tuple[float, ItemId]] = []
        self._moves: list[tuple[float, int, ItemId, int]] = []
        self._turn: dict[ItemId, int] = {}
        self._born: dict[ItemId, float] = {}
        self._last: dict[ItemId, float] = {}
        self._changed: dict[ItemId, float] = {}
        self._order = 0

    def lane(self, age: float, since_change: float) -> tuple[int | None, float]:
        """The article's lane (from 1; None: visited no more) and the hours until that may alter."""
        return 1, math.inf

    def add(self, item_id: ItemId, kind: str, section: str, at: float) -> None:
        self._turn[item_id], self._born[item_id], self._changed[item_id] = 0, at, at
        if kind == "listing":
            self._wait(item_id, at, 0)
        else:
            self._first.append(item_id)
            heapq.heappush(self._closing, (at + LIFE, item_id))

    def observe(self, item_id: ItemId, at: float, changed: bool, discovered: int = 0) -> None:
        if isinstance(item_id, str):
            self._wait(item_id, at, 0)
            return
        if at >= self._born[item_id] + LIFE:
            return
        if changed:
            self._changed[item_id] = at
        self._last[item_id] = at
        self._settle(item_id, at)

    def _settle(self, item_id: ItemId, now: float) -> None:
        lane, alters = self.lane(now - self._born[item_id], now - self._changed[item_id])
        if lane is not None:
            self._wait(item_id, self._last[item_id], lane)
        if alters < math.inf:
            self._order += 1
            heapq.heappush(self._moves, (now + alters + 1e-6, self._order, item_id, self._turn[item_id]))

    def _wait(self, item_id: ItemId, last: float, lane: int) -> None:
        self._turn[item_id] += 1
        self._order += 1
        heapq.heappush(self._lanes[lane], (last, self._order, item_id, self._turn[item_id]))

    def next(self, now: float) -> ItemId | None:
        if self._first:
            return self._first.popleft()
        if self._closing and self._closing[0][0] <= now:
            item_id = heapq.heappop(self._closing)[1]
            self._turn[item_id] += 1
            return item_id
        while self._moves and self._moves[0][0] <= now:
            _, _, item_id, turn = heapq.heappop(self._moves)
            if turn == self._turn[item_id]:
                self._turn[item_id] += 1
                self._settle(item_id, now)
        return self._most_overdue(now)

    def _most_overdue(self, now: float) -> ItemId | None:
        best, chosen = -1.0, None
        for number, lane in enumerate(self._lanes):
            while lane and lane[0][3] != self._turn[lane[0][2]]:
                heapq.heappop(lane)
            if lane and (urgency := self.overdue(now - lane[0][0], number)) > best:
                best, chosen = urgency, lane
        return heapq.heappop(chosen)[2] if chosen else None

    def overdue(self, waited: float, lane: int) -> float:
        """How urgent a visit is; a listing (lane 0) comes when its interval is over, and then at once."""
        if lane == 0:
            return math.inf if waited >= self._listing else -1.0
        return waited / self._delays[lane]


class OneInterval(Rule):
    """All addresses at one interval: what has waited longest comes next."""

    def __init__(self) -> None:
        super().__init__(1.0)

    def overdue(self, waited: float, lane: int) -> float:
        return waited


class TwoTier(Rule):
    """Listings at one interval; articles as often as the rest of the budget allows, for some hours of age."""

    def __init__(self, listing: float, watched: float) -> None:
        super().__init__(listing)
        self._watched = watched

    def lane(self, age: float, since_change: float) -> tuple[int | None, float]:
        return (1, self._watched - age) if age < self._watched else (None, math.inf)


class Newsdiffs(Rule):
    """The ladder of newsdiffs: 15 min, 1 h, 3 h, 3 days by the time since the last change."""

    def __init__(self, listing: float) -> None:
        super().__init__(listing, (0.25, 1.0, 3.0, 72.0))

    def lane(self, age: float, since_change: float) -> tuple[int | None, float]:
        for lane, until in enumerate((3.0, 24.0, 168.0), start=1):
            if since_change < until:
                return lane, until - since_change
        return 4, math.inf
