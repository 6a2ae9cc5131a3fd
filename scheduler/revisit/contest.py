"""Which page is worth most now, without looking at all of them.

A page's worth only grows slowly, so most pages need not be looked at: each *sleeps* until it may reach the
bar, and is looked at again before that. The few at or above the bar are *awake* and are compared at each
decision. The bar follows: it rises when too many are awake, and sinks when too few are. What is chosen is
worth nearly the most, which costs nothing measurable, for the worth is flat around its best moment (Olston
& Pandey, WWW 2008, show that one threshold for all pages is enough, as the bar is).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable

from scheduler.revisit.page import Page, Worth

_FEW, _ENOUGH, _MANY = 4, 10, 24  # awake: below the first the bar sinks; above the last it rises
_PULLED = 3  # sleepers looked at early, at each decision, while few are awake
_SWEPT, _SWEPT_SHARE = 4, 4000  # sleepers scored anew at a decision after the rates changed: 4, or n / 4000
_CAUTION = 0.9  # of the time a sleeper needs to reach the bar at today's rate: its rate changes on the way
_SHORTEST_CAP, _CAP = 4.0, 1.0  # a sleep lasts at most four hours, or this share of the time since the visit
_STALE = 4  # queue entries to every page, from which on the stale ones are cleared out

_sqrt = math.sqrt
Score = Callable[[Page, float], Worth]
_Entry = tuple[float, int, int, Page]  # key, order of entry, the page's turn then, page


class Contest:
    """The pages that compete for the next request. Deterministic; times in hours."""

    def __init__(self, score: Score) -> None:
        self._score = score
        self._waking: list[_Entry] = []  # sleepers by the time at which they may reach the bar
        self._asleep: list[_Entry] = []  # the same by what they were last worth, the most first
        self._awake: dict[Page, Worth] = {}
        self._stale: list[_Entry] = []
        self._bar = 0.0
        self._step = 1.0
        self._last = -math.inf
        self._entries = 0

    def enter(self, page: Page, now: float) -> None:
        """Let a page compete from now on, or score it anew."""
        self.leave(page)
        self._place(page, now)

    def leave(self, page: Page) -> None:
        """Take a page out."""
        page.turn += 1
        self._awake.pop(page, None)

    def reassess(self, now: float) -> None:
        """Score all anew after the rates changed: those awake at once, the sleepers a few at each decision."""
        for page in self._awake:
            self._awake[page] = self._score(page, now)
        self._stale = list(self._asleep)
        self._stale.reverse()

    def _sweep(self, now: float) -> None:
        """Score the next sleepers that were laid down by the old rates; a heap's list has the best in front."""
        for _ in range(max(_SWEPT, len(self._waking) // _SWEPT_SHARE)):
            if not self._stale:
                return
            _, _, turn, page = self._stale.pop()
            if turn == page.turn:
                self.enter(page, now)

    def best(self, now: float) -> tuple[Page, Worth] | None:
        """Return the page whose visit is worth most now, or None when none competes."""
        self._keep_step(now)
        while self._waking and self._waking[0][0] <= now:
            _, _, turn, page = heapq.heappop(self._waking)
            if turn == page.turn:
                page.turn += 1
                self._place(page, now)
        self._sweep(now)
        self._pull(now)
        return self._top(now)

    def _keep_step(self, now: float) -> None:
        """Keep the usual time between two decisions: no sleep is shorter."""
        if now > self._last:
            self._step += 0.1 * (min(1.0, now - self._last) - self._step)
            self._last = now

    def _place(self, page: Page, now: float) -> None:
        worth = self._score(page, now)
        if worth.value >= self._bar:
            self._awake[page] = worth
            if len(self._awake) > _MANY:
                self._thin(now)
        else:
            self._lay_down(page, worth, now)

    def _lay_down(self, page: Page, worth: Worth, now: float) -> None:
        self._entries += 1
        heapq.heappush(self._waking, (now + self._sleep(worth), self._entries, page.turn, page))
        heapq.heappush(self._asleep, (-worth.value, self._entries, page.turn, page))

    def _sleep(self, worth: Worth) -> float:
        """Return the hours a page below the bar may sleep: (grown + rate d)^2 / (2 rate) = bar, for d."""
        _, grown, rate, left, _ = worth
        if rate <= 0:
            return _SHORTEST_CAP
        elapsed = grown / rate
        sleep = _CAUTION * (_sqrt(2 * self._bar / rate) - elapsed)
        if sleep > (left - elapsed) / 2 > 0:  # at half-time its worth jumps: no better moment will come
            sleep = (left - elapsed) / 2
        cap = _CAP * elapsed
        if cap < _SHORTEST_CAP:
            cap = _SHORTEST_CAP
        if sleep > cap:
            return cap
        return sleep if sleep > self._step else self._step

    def _pull(self, now: float) -> None:
        """While few are awake, wake the best sleepers, by what they were last worth; the bar sinks to them."""
        most, pulled = 0.0, 0
        while self._asleep and len(self._awake) < _FEW and pulled < _PULLED:
            _, _, turn, page = heapq.heappop(self._asleep)
            if turn == page.turn:
                page.turn += 1
                pulled += 1
                worth = self._awake[page] = self._score(page, now)
                most = max(most, worth.value)
        if pulled:
            self._bar = min(self._bar, most)

    def _top(self, now: float) -> tuple[Page, Worth] | None:
        """Return the best of those awake by their extrapolated worth, the winner scored exactly."""
        awake = self._awake
        while awake:
            most = -1.0
            for candidate, (value, grown, rate, _, scored) in awake.items():
                value += (now - scored) * (grown + (now - scored) * rate / 2)
                if value > most:
                    page, most = candidate, value
            worth = awake[page]
            if worth.scored == now:
                return page, worth
            awake[page] = self._score(page, now)
        return None

    def _thin(self, now: float) -> None:
        """Raise the bar until enough are awake, and lay the others down."""
        values = {
            page: worth.value + (now - worth.scored) * worth.grown for page, worth in self._awake.items()
        }
        order = sorted(values, key=values.__getitem__, reverse=True)
        self._bar = values[order[_ENOUGH - 1]]
        for page in order[_ENOUGH:]:
            worth = self._awake.pop(page)
            page.turn += 1
            self._lay_down(page, worth, now)
        self._clear_out()

    def _clear_out(self) -> None:
        """Drop the stale entries where they outnumber the others."""
        sleeping = len(self._waking)
        if len(self._asleep) > _STALE * (sleeping + _MANY):
            self._asleep = [entry for entry in self._asleep if entry[2] == entry[3].turn]
            heapq.heapify(self._asleep)
