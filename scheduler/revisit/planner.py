"""The revisit plan: at each slot of a host's budget, the page whose visit is worth most."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Iterable
from typing import Any

from scheduler.revisit import forecast
from scheduler.revisit.arrivals import Arrivals
from scheduler.revisit.contest import Contest
from scheduler.revisit.edits import FRAILTY, EditRates, place
from scheduler.revisit.pace import Pace
from scheduler.revisit.page import Delay, Kind, Known, Page, PageId, Stage, Visit, Weights, Worth
from scheduler.revisit.removals import Removals
from scheduler.revisit.share import Share

LIFE = 168.0  # hours: an article is visited for a week, and a last time at its end
_FIRST_TRY, _LONGEST_HOLD = 0.25, 24.0  # hours a failed page is held: doubled with every failure
_FREE_SLOT = 5  # one slot in so many stays free for the contest, whatever waits for a first or closing visit
_FRESH = 0.06  # rates are made anew when this share of all observations is newer (and one to 100 pages)
_MEMORY = 24.0 * 60  # hours after which evidence counts half


class Planner:
    """Chooses which page of one host to visit next, and learns from what the visits bring.

    A page's worth is the delay index  V = L^2 / (2 l), l the weighted events expected per hour now, L those
    expected since the last visit; an article that comes to more than half of its remaining watch has
    V = L * left. Taking the largest V at every slot meets the stationarity condition of minimal total delay under
    a budget (see docs/decisions/0005-revisit-plan.md). New pages come first, in order; an article has a
    closing visit at one week.

    Times are hours as floats, from any midnight; `sections` may grow by use. Deterministic: no clock, no
    chance.
    """

    def __init__(
        self,
        budget_per_hour: float,
        sections: Iterable[str],
        *,
        weights: Weights = Weights(),  # noqa: B008 - frozen
        edits: EditRates | None = None,
        arrivals: Arrivals | None = None,
        frailty: float = FRAILTY,
    ) -> None:
        self.weights = weights
        self.pace = Pace(budget_per_hour)
        self._sections = {name: number for number, name in enumerate(dict.fromkeys(sections))}
        self._frailty = frailty
        self._edits = edits or EditRates(len(self._sections))
        self._arrivals = arrivals or Arrivals()
        self._removals = Removals()
        self._pages: dict[PageId, Page] = {}
        self._contest = Contest(self._worth)
        self._first: deque[tuple[int, Page]] = deque()
        self._closing: list[tuple[float, int, Page]] = []
        self._held: list[tuple[float, int, Page]] = []
        self._entries = 0
        self._in_row = 0
        self._observed = 0
        self._next_rebuild = 20
        self._faded: float | None = None

    # -- the pages -----------------------------------------------------------------------------------------

    def add(
        self, item_id: PageId, kind: Kind, section: str, at: float, *, published: float | None = None
    ) -> None:
        """Watch a page from `at` on; an article's age counts from `published` where that is known.

        A page that is watched already stays as it is.
        """
        if item_id in self._pages:
            return
        born = at if published is None else min(at, published)
        page = Page(item_id, kind == "listing", self._section(section), born, at)
        self._pages[item_id] = page
        self._enlist(page, at)

    def suspect(self, item_id: PageId) -> None:
        """Visit a page next, for something else says that it changed: a listing shows another title, a sitemap
        another date. A page that is not watched, or is being visited, is left as it is.
        """
        page = self._pages.get(item_id)
        if page is not None and page.stage is Stage.CONTEST:
            self._queue(page)

    def forget(self, item_id: PageId) -> None:
        """Watch a page no longer; what it taught stays. An unknown page is no error."""
        page = self._pages.pop(item_id, None)
        if page is not None:
            self._contest.leave(page)

    def __contains__(self, item_id: PageId) -> bool:
        return item_id in self._pages

    def __len__(self) -> int:
        return len(self._pages)

    def _section(self, name: str) -> int:
        if name not in self._sections:
            self._sections[name] = len(self._sections)
            self._edits.grow(len(self._sections))
        return self._sections[name]

    def _enlist(self, page: Page, now: float) -> None:
        """Put a page where it stands: before its first visit, in the contest, or at its closing visit."""
        self._entries += 1
        if not page.visited:
            self._queue(page)
            return
        page.stage = Stage.CONTEST
        self._contest.enter(page, now)
        if not page.listing and not page.awaited:
            page.awaited = True
            heapq.heappush(self._closing, (page.born + LIFE, self._entries, page))

    def _queue(self, page: Page) -> None:
        page.stage = Stage.FIRST
        self._contest.leave(page)
        self._first.append((page.turn, page))

    # -- the choice ----------------------------------------------------------------------------------------

    def next(self, now: float) -> PageId | None:
        """Return the page to visit now, or None when none is left to visit.

        It is not offered again until `observe` or `failed` tells how the visit went. The pace is the
        caller's: wait `wait(now)` hours before each call.
        """
        while self._held and self._held[0][0] <= now:
            page = heapq.heappop(self._held)[2]
            if page.stage is Stage.HELD and self._pages.get(page.id) is page:
                self._enlist(page, now)
        chosen = self._choose(now)
        if chosen is None:
            return None
        self._contest.leave(chosen)
        chosen.stage = Stage.VISIT
        self.pace.spend(now)
        return chosen.id

    def _choose(self, now: float) -> Page | None:
        owed = self._owed(now)
        if owed is not None and self._in_row < _FREE_SLOT - 1:
            self._in_row += 1
            return owed
        self._in_row = 0
        best = self._contest.best(now)
        return best[0] if best else owed

    def _owed(self, now: float) -> Page | None:
        """Return the page that waits for its first or closing visit; it stays queued until it is visited."""
        while self._first:
            turn, page = self._first[0]
            if page.stage is Stage.FIRST and page.turn == turn and page.id in self._pages:
                return page
            self._first.popleft()
        while self._closing and self._closing[0][0] <= now:
            page = self._closing[0][2]
            if page.stage is Stage.CONTEST and self._pages.get(page.id) is page:
                return page
            page.awaited = False
            heapq.heappop(self._closing)
        return None

    def _worth(self, page: Page, now: float) -> Worth:
        """Score a page: the delay index of all that may have happened to it, each kind by its weight."""
        if page.listing:
            return self._listing_worth(page, now)
        edits, then = self._edits, page.known
        if then is None or then.version != edits.version or then.last != page.last:
            then = self._look_back(page)
        age, gap = now - page.born, now - page.last
        if age < 0:
            age = 0.0
        passed, rate = edits.hazard_and_rate(page.section, *place(age))
        swing, cumulative = edits.profile.factor_and_cumulative(now)
        mean = (cumulative - then.cumulative) / gap if gap > 0 else swing
        gone, going = self._removals.hazard_and_rate(age)
        z, removal = page.z * self.weights.edited, self.weights.removed * self._removals.factor
        grown = z * mean * (passed - then.hazard) + removal * (gone - then.removals)
        rate = z * swing * rate + removal * going
        left = LIFE - age if age < LIFE else 0.0
        value = grown * grown / (2 * rate) if grown < rate * left else grown * left
        return Worth(value, grown, rate, left, now)

    def _look_back(self, page: Page) -> Known:
        """Fix where the integrals stood at a page's last visit, by the rates in force."""
        age = page.last - page.born
        page.known = Known(
            self._edits.version,
            page.last,
            self._edits.hazard(page.section, *place(age)),
            self._edits.profile.cumulative(page.last),
            self._removals.hazard_and_rate(age)[0],
        )
        return page.known

    def _listing_worth(self, page: Page, now: float) -> Worth:
        profile = self._arrivals.profile
        weighted = self.weights.new * self._arrivals.rate(page.id)
        swing, cumulative = profile.factor_and_cumulative(now)
        grown = weighted * max(0.0, cumulative - profile.cumulative(page.last))
        rate = weighted * swing
        return Worth(grown * grown / (2 * rate), grown, rate, math.inf, now)

    # -- what visits bring ---------------------------------------------------------------------------------

    def observe(
        self, item_id: PageId, at: float, changed: bool, discovered: int = 0, *, removed: bool = False
    ) -> None:
        """Tell what a visit at `at` brought: whether the page had changed, and how many new articles it
        showed.

        The first visit to a page teaches nothing about its rate. An article seen at the end of its watch is
        forgotten. A page that is not watched is no error: it may just have been forgotten.
        """
        page = self._pages.get(item_id)
        if page is None:
            return
        at = max(at, page.last)
        if page.visited:
            self._learn(page, at, changed, discovered, removed)
        page.visited, page.failures, page.last = True, 0, at
        page.removed = removed
        self.pace.answered()
        if not page.listing and at >= page.born + LIFE:
            self.forget(item_id)
        else:
            self._enlist(page, at)
        self._renew(at)

    def _learn(self, page: Page, at: float, changed: bool, discovered: int, removed: bool) -> None:
        self._observed += 1
        if page.listing:
            self._arrivals.learn(page.id, page.last, at, discovered)
            return
        belief = Share(self._frailty + page.edits, self._frailty + page.passed)
        belief = self._edits.learn(page.section, page.born, page.last, at, belief, changed)
        page.edits, page.passed = belief.shape - self._frailty, belief.rate - self._frailty
        page.z = belief.mean
        if not page.removed:
            self._removals.learn(page.last - page.born, at - page.born, removed)

    def _renew(self, now: float) -> None:
        """Make the rates anew when enough was observed since the last time."""
        if self._observed < self._next_rebuild:
            return
        self._next_rebuild = self._observed + max(20, int(_FRESH * self._observed), len(self._pages) // 100)
        if self._faded is not None:
            share = 0.5 ** (max(0.0, now - self._faded) / _MEMORY)
            self._edits.fade(share)
            self._arrivals.fade(share)
            self._removals.fade(share)
        self._faded = now
        self._edits.rebuild()
        self._arrivals.profile.rebuild()
        self._removals.rebuild()
        self._contest.reassess(now)

    def failed(self, item_id: PageId, at: float) -> None:
        """Tell that a visit brought no answer: the page is held for 15 min, doubled with every failure up
        to a day."""
        page = self._pages.get(item_id)
        if page is None:
            return
        self._contest.leave(page)
        page.stage = Stage.HELD
        hold = min(_LONGEST_HOLD, _FIRST_TRY * 2.0**page.failures)
        page.failures += 1
        self._entries += 1
        heapq.heappush(self._held, (at + hold, self._entries, page))

    def set_aside(self, item_id: PageId) -> None:
        """Offer a page no longer, until `missed` gives it back. An unknown page is no error."""
        page = self._pages.get(item_id)
        if page is not None:
            self._contest.leave(page)
            page.stage = Stage.VISIT

    def missed(self, item_id: PageId, at: float) -> None:
        """Tell that a visit could not be made, through no fault of the page: it stands where it stood before."""
        page = self._pages.get(item_id)
        if page is not None and page.stage is Stage.VISIT:
            self._enlist(page, at)

    # -- the budget ----------------------------------------------------------------------------------------

    def budget(self, per_hour: float) -> None:
        """Set the requests per hour: the configured budget, or 3600 / Crawl-delay where that is less."""
        self.pace.limit(per_hour)

    def refused(self, at: float, pause: float = 0.0) -> None:
        """Tell that the host answered 429 or 503: the rate is halved, and nothing is asked for `pause` h."""
        self.pace.refused(at, pause)

    def wait(self, now: float) -> float:
        """Return the hours until the next request may be made. Slots missed by downtime are not made up
        for."""
        return self.pace.wait(now)

    def plan(self, now: float, n: int) -> list[Visit]:
        """Foretell the next `n` visits, if they bring nothing unexpected."""
        start = now + self.wait(now)
        return forecast.plan(self._pages.values(), self._worth, start, self.pace.rate, n)

    def expected_delays(self, budgets: Iterable[float], now: float) -> list[Delay]:
        """Return the mean delays that each budget of requests per hour buys, for pages like those watched now."""
        articles = [page for page in self._pages.values() if not page.listing]
        pages = forecast.classes(articles, now, self._edits_per_hour) + [
            forecast.Class(True, 1.0, self.weights.new * self._arrivals.rate(page.id), math.inf)
            for page in self._pages.values()
            if page.listing
        ]
        return forecast.delays(pages, budgets, 2 * forecast.arrivals(articles, now))

    def _edits_per_hour(self, page: Page, age: float) -> float:
        return page.z * self.weights.edited * self._edits.hazard_and_rate(page.section, *place(age))[1]

    # -- what is kept --------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return what was learned and the watched pages, as JSON takes it."""
        return {
            "version": 1,
            "budget": [self.pace.ceiling, self.pace.rate, self.pace.not_before],
            "weights": [self.weights.new, self.weights.edited, self.weights.removed],
            "sections": list(self._sections),
            "edits": self._edits.learned(),
            "arrivals": self._arrivals.learned(),
            "removals": list(self._removals.learned()),
            "observed": self._observed,
            "faded": self._faded,
            "pages": [page.as_row() for page in self._pages.values()],
        }

    @classmethod
    def restore(cls, state: dict[str, Any]) -> Planner:
        """Make a planner from what `state` returned; visits that were under way are to be made again.

        Raises ValueError for a state of another version.
        """
        if state.get("version") != 1:
            raise ValueError(f"unknown version of the revisit state: {state.get('version')!r}")
        ceiling, rate, not_before = state["budget"]
        planner = cls(ceiling, state["sections"], weights=Weights(*state["weights"]))
        planner.pace = Pace(ceiling, rate, not_before)
        planner._edits = EditRates(len(state["sections"]), state["edits"])
        planner._arrivals = Arrivals(state["arrivals"])
        seen, expected = state["removals"]
        planner._removals = Removals((seen, expected))
        planner._observed = state["observed"]
        planner._next_rebuild = planner._observed + 20
        planner._faded = state["faded"]
        for row in state["pages"]:
            page = Page.from_row(row)
            page.z = (planner._frailty + page.edits) / (planner._frailty + page.passed)
            planner._pages[page.id] = page
            planner._enlist(page, page.last)
        return planner
