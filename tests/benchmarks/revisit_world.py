"""A simulated news site with known truth: what is published, edited and removed, and what a visit would show.

The world (its figures are the literature's; the day's swing and the gamma share are assumptions): 150
articles a day in
four sections; an article's hazard of being edited is  g f_s c (age + 0.5 h)^-1.3 e(hour),  g its own gamma
share (k = 0.7),
f_s its section's factor; 0.676 edits an article in the first day; 1.64 % are removed within a week.

A policy is measured by its delay  J = sum over edits of the delay + 3 x sum over new articles of the delay of
discovery,
as the exact expectation given the true hazards: between two visits at u and v to an article, J grows by the
integral of
the hazard since u; to a listing, by three times that of the publication rate. Times are hours.
"""

from __future__ import annotations

import bisect
import functools
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

LIFE = 168.0
WEEK_REMOVED, FIRST_DAY_OF_REMOVED = 0.0164, 0.42
PUBLISHING = (1, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 11, 9, 9, 11, 12, 12, 11, 9, 7, 6, 5, 3, 2)  # by hour
_SHIFT = 0.5


@dataclass(frozen=True)
class Truth:
    """What the site is like."""

    per_day: float = 150.0
    shares: tuple[float, ...] = (0.35, 0.30, 0.20, 0.15)
    factors: tuple[float, ...] = (2.0, 0.8, 0.5, 0.3)
    first_day: float = 0.676  # edits per article
    power: float = 1.3
    frailty: float = 0.7
    weight_new: float = 3.0

    @property
    def sections(self) -> tuple[str, ...]:
        return tuple(f"section-{number}" for number in range(len(self.shares)))

    def swing(self, hour: int) -> float:
        """The factor of the hour for publication, mean 1."""
        return PUBLISHING[hour % 24] * 24 / sum(PUBLISHING)

    def edit_swing(self, hour: int) -> float:
        """The factor of the hour for edits: the same, damped, mean 1."""
        return 0.5 + 0.5 * self.swing(hour)

    def factor(self, section: int) -> float:
        """The section's factor, normalised to mean 1 over the articles."""
        mean = sum(share * factor for share, factor in zip(self.shares, self.factors, strict=True))
        return self.factors[section] / mean

    @functools.cache  # noqa: B019 - frozen, and few
    def scale(self) -> float:
        """c: such that an article has so many edits in its first day, whenever in the day it was born."""
        mean = sum(
            self.swing(born) * self.edit_swing(born + age) * (self.once(age + 1.0) - self.once(age))
            for born in range(24)
            for age in range(24)
        )
        return self.first_day / (mean / 24)

    def once(self, age: float) -> float:
        """The primitive of (age + 0.5)^-power."""
        return (age + _SHIFT) ** (1 - self.power) / (1 - self.power)

    def twice(self, age: float) -> float:
        """The primitive of that."""
        return (age + _SHIFT) ** (2 - self.power) / ((1 - self.power) * (2 - self.power))


@dataclass(slots=True)
class Article:
    """One article: `rate` is its share x the section's factor x c; `hours` tabulates M and the integral of M.

    M is the hazard since publication for rate 1; the table stands at publication and at each full hour after.
    """

    id: int
    section: int
    born: float
    rate: float
    edits: list[float] = field(default_factory=list)
    removed: float = math.inf
    mass: list[float] = field(default_factory=list)
    area: list[float] = field(default_factory=list)


class World:
    """All that happens on the site in so many days; the same seed gives the same world."""

    def __init__(self, days: float, seed: int = 1, truth: Truth | None = None) -> None:
        self.truth = truth or Truth()
        self.end = days * 24.0
        self._random = random.Random(seed)
        self._swings = [self.truth.edit_swing(hour) for hour in range(24)]
        self.articles = [self._article(number, *birth) for number, birth in enumerate(self._births())]
        self.births = [
            [a.born for a in self.articles if a.section == s] for s in range(len(self.truth.shares))
        ]
        self.numbers = [
            [a.id for a in self.articles if a.section == s] for s in range(len(self.truth.shares))
        ]

    def _births(self) -> list[tuple[float, int]]:
        births = []
        for hour in range(math.ceil(self.end)):
            for section in range(len(self.truth.shares)):
                count = _poisson(self._random, self.arrival_rate(section, hour))
                births += [(hour + self._random.random(), section) for _ in range(count)]
        return sorted(birth for birth in births if birth[0] < self.end)

    def arrival_rate(self, section: int, hour: int) -> float:
        """Articles per hour in an hour."""
        return self.truth.per_day / 24 * self.truth.shares[section] * self.truth.swing(hour)

    def _article(self, number: int, born: float, section: int) -> Article:
        truth, chance = self.truth, self._random
        share = chance.gammavariate(truth.frailty, 1 / truth.frailty)
        article = Article(number, section, born, share * truth.factor(section) * truth.scale())
        self._tabulate(article)
        for _ in range(_poisson(chance, article.rate * self.mass(article, born + LIFE))):
            article.edits.append(self._edit_time(article))
        article.edits.sort()
        if chance.random() < WEEK_REMOVED:
            first = chance.random() < FIRST_DAY_OF_REMOVED
            article.removed = born + (chance.random() * 24 if first else 24 + chance.random() * (LIFE - 24))
        return article

    def _edit_time(self, article: Article) -> float:
        once, peak = self.truth.once, max(self._swings)
        low, high = once(0.0), once(LIFE)
        while True:
            value = low + self._random.random() * (high - low)
            age = (value * (1 - self.truth.power)) ** (1 / (1 - self.truth.power)) - _SHIFT
            if self._random.random() * peak < self._swings[int(article.born + age) % 24]:
                return article.born + age

    def _tabulate(self, article: Article) -> None:
        once, twice, born = self.truth.once, self.truth.twice, article.born
        mass, area, at = 0.0, 0.0, born
        one, two = once(0.0), twice(0.0)
        article.mass, article.area = [0.0], [0.0]
        for hour in range(int(born), int(born) + int(LIFE) + 2):
            step, swing = hour + 1 - at, self._swings[hour % 24]
            next_one, next_two = once(hour + 1 - born), twice(hour + 1 - born)
            area += mass * step + swing * (next_two - two - one * step)
            mass += swing * (next_one - one)
            article.mass.append(mass)
            article.area.append(area)
            at, one, two = hour + 1.0, next_one, next_two

    def mass(self, article: Article, at: float) -> float:
        """M: the hazard from publication to `at`, for rate 1."""
        return self.mass_and_area(article, at)[0]

    def mass_and_area(self, article: Article, at: float) -> tuple[float, float]:
        """M and the integral of M from publication to `at`, for rate 1."""
        born = article.born
        index = int(at) - int(born)
        start = max(float(int(at)), born)
        swing, step = self._swings[int(at) % 24], at - start
        once, truth = self.truth.once, self.truth
        one = once(start - born)
        before = article.mass[index]
        mass = before + swing * (once(at - born) - one)
        area = article.area[index] + before * step
        return mass, area + swing * (truth.twice(at - born) - truth.twice(start - born) - one * step)

    def hazard(self, article: Article, at: float) -> float:
        """The article's edits per hour at a time."""
        swing = self._swings[int(at) % 24]
        return article.rate * swing * (at - article.born + _SHIFT) ** -self.truth.power

    def arrivals_mass_and_area(self, section: int, at: float) -> tuple[float, float]:
        """The expected number of articles published by `at` and its integral over time."""
        return self._arrival_table(section)(at)

    def _arrival_table(self, section: int) -> Callable[[float], tuple[float, float]]:
        table = self.__dict__.setdefault("_tables", {})
        if section not in table:
            mass, area = [0.0], [0.0]
            for hour in range(math.ceil(self.end) + 2):
                rate = self.arrival_rate(section, hour)
                area.append(area[-1] + mass[-1] + rate / 2)
                mass.append(mass[-1] + rate)

            def look_up(at: float) -> tuple[float, float]:
                hour = int(at)
                rate, step = mass[hour + 1] - mass[hour], at - hour
                return mass[hour] + rate * step, area[hour] + mass[hour] * step + rate * step * step / 2

            table[section] = look_up
        return table[section]


class Policy(Protocol):
    """What is measured: the planner, or another tool's rule."""

    def add(self, item_id: int | str, kind: str, section: str, at: float) -> None: ...
    def observe(self, item_id: int | str, at: float, changed: bool, discovered: int = 0) -> None: ...
    def next(self, now: float) -> int | str | None: ...


@dataclass
class Account:
    """What a policy's delay came to, by day, and what it found."""

    days: list[float]
    new_delays: list[float] = field(default_factory=list)
    edit_delays: list[float] = field(default_factory=list)
    removal_delays: list[float] = field(default_factory=list)
    missed: int = 0
    visits: int = 0

    def total(self, first_day: int, last_day: int | None = None) -> float:
        """J over some days, in weighted event-hours."""
        return sum(self.days[first_day:last_day])


class _Run:
    """One policy in one world."""

    def __init__(self, world: World, policy: Policy, per_hour: float, end: float) -> None:
        self.world, self.policy, self.step, self.end = world, policy, 1 / per_hour, end
        self.account = Account([0.0] * math.ceil(end / 24))
        self.last: dict[int | str, float] = {}
        self.listed = [0] * len(world.truth.shares)
        self.sections = {f"listing-{s}": s for s in range(len(world.truth.shares))}

    def play(self) -> Account:
        for name, section in self.sections.items():
            self.policy.add(name, "listing", self.world.truth.sections[section], 0.0)
            self.last[name] = 0.0
        slot = 0
        while (now := slot * self.step) < self.end:
            slot += 1
            item = self.policy.next(now)
            if isinstance(item, str):
                self._visit_listing(item, now)
            elif item is not None:
                self._visit_article(item, now)
        self._close()
        return self.account

    def _visit_listing(self, name: str, now: float) -> None:
        section = self.sections[name]
        self._charge_listing(section, self.last[name], now)
        self.last[name] = now
        births, numbers = self.world.births[section], self.world.numbers[section]
        before, after = self.listed[section], bisect.bisect_right(births, now)
        self.listed[section] = after
        self.policy.observe(name, now, after > before, after - before)
        for index in range(before, after):
            self.account.new_delays.append(now - births[index])
            self.last[numbers[index]] = births[index]
            self.policy.add(numbers[index], "article", self.world.truth.sections[section], now)
        self.account.visits += 1

    def _visit_article(self, number: int, now: float) -> None:
        article, since = self.world.articles[number], self.last[number]
        self._charge_article(article, since, min(now, article.born + LIFE))
        found = [at for at in article.edits if since < at <= now]
        self.account.edit_delays += [now - at for at in found]
        self.account.missed += max(0, len(found) - 1)
        if since < article.removed <= now:
            self.account.removal_delays.append(now - article.removed)
        self.last[number] = now
        self.policy.observe(number, now, bool(found))
        self.account.visits += 1

    def _close(self) -> None:
        """Charge what is not yet seen at the end: edits and articles not discovered."""
        for item, since in self.last.items():
            if isinstance(item, str):
                self._charge_listing(self.sections[item], since, self.end)
            else:
                article = self.world.articles[item]
                self._charge_article(article, since, min(self.end, article.born + LIFE))
        for section, numbers in enumerate(self.world.numbers):
            for number in numbers[self.listed[section] :]:
                article = self.world.articles[number]
                self._charge_article(article, article.born, min(self.end, article.born + LIFE))

    def _charge_listing(self, section: int, since: float, now: float) -> None:
        self._spread(
            lambda at: self.world.arrivals_mass_and_area(section, at), self.world.truth.weight_new, since, now
        )

    def _charge_article(self, article: Article, since: float, now: float) -> None:
        self._spread(lambda at: self.world.mass_and_area(article, at), article.rate, since, now)

    def _spread(
        self, look_up: Callable[[float], tuple[float, float]], weight: float, since: float, now: float
    ) -> None:
        """Charge the integral of what has grown since the last visit, day by day."""
        if now <= since:
            return
        start, before = look_up(since)
        at = since
        while at < now:
            day = int(at // 24)
            until = min(now, (day + 1) * 24.0)
            _, area = look_up(until)
            self.account.days[min(day, len(self.account.days) - 1)] += weight * (
                area - before - start * (until - at)
            )
            at, before = until, area


def play(world: World, policy: Policy, per_hour: float, *, days: float | None = None) -> Account:
    """Let a policy visit the world, one request every 1 / `per_hour` hours."""
    return _Run(world, policy, per_hour, world.end if days is None else min(world.end, days * 24.0)).play()


def _poisson(chance: random.Random, mean: float) -> int:
    """Draw a Poisson number (Knuth; the means here are small)."""
    limit, count, product = math.exp(-min(mean, 500.0)), 0, chance.random()
    while product > limit:
        count += 1
        product *= chance.random()
    return count
