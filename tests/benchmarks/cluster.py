"""A simulation of one watcher, many workers and one database: what they bear, how late visits are, what is full first.

A visit is planned, handed out, taken by a worker that is free, fetched, and stored; each host is visited by one worker
at a time, at the pace of its budget. Discrete events, seeded; no clock, no network.
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks._rows import row

#: Seconds until a dead worker's crawl goes to another (scheduler/queue.py: STALLED, and the look after it).
TAKEN_OVER = 15.0


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds of CPU for a visit handed out by itself, and of waiting for the host.

    worker, database, watcher: see docs/scale.md for how they were measured. fetch: the host's answer, a guess.
    """

    worker: float = 0.042
    database: float = 0.0095
    watcher: float = 0.0072
    fetch: float = 0.5


@dataclass(frozen=True, slots=True)
class Setup:
    """What is simulated. budget: visits of a host in an hour. published: articles of a host in a day. slots:
    hosts that a worker visits at once. deaths: of a worker in an hour. cores: of the database. hours: simulated.
    """

    hosts: int
    workers: int
    budget: float = 120.0
    published: float = 30.0
    slots: int = 8
    cores: int = 4
    deaths: float = 0.01
    hours: float = 0.25
    costs: Costs = field(default_factory=Costs)


@dataclass(slots=True)
class Outcome:
    """What came of it. lags: seconds from planned to stored. busy: seconds of CPU of each part. overlaps: visits
    begun while another was at the host. published = found + unseen; planned = stored + open.
    """

    planned: int = 0
    stored: int = 0
    open: int = 0
    published: int = 0
    found: int = 0
    unseen: int = 0
    overlaps: int = 0
    deaths: int = 0
    lags: list[float] = field(default_factory=list)
    busy: dict[str, float] = field(default_factory=lambda: {"watcher": 0.0, "workers": 0.0, "database": 0.0})


@dataclass(slots=True)
class _Visit:
    host: int
    planned: float
    worker: int = -1
    life: int = -1


class Cluster:
    """One simulation; `run` carries it out."""

    def __init__(self, setup: Setup, seed: int = 1) -> None:
        self.setup = setup
        self.out = Outcome()
        self._drawn = random.Random(seed)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._now, self._count = 0.0, 0
        self._waiting: deque[_Visit] = deque()
        self._held = [0] * setup.workers
        self._hands: list[dict[int, _Visit]] = [{} for _ in range(setup.workers)]
        self._life = [0] * setup.workers
        self._cpu = {"watcher": [0.0], "workers": [0.0] * setup.workers, "database": [0.0] * setup.cores}
        self._at = [0] * setup.hosts
        self._seen = [0.0] * setup.hosts

    def run(self) -> Outcome:
        """Simulate, and count what is still open at the end."""
        end = self.setup.hours * 3600
        for host in range(self.setup.hosts):
            self._plan_in(host, self._drawn.random() * self._gap)
        for worker in range(self.setup.workers):
            self._die_later(worker)
        while self._events and self._events[0][0] <= end:
            self._now, _, work = heapq.heappop(self._events)
            work()
        self._now = end
        for host in range(self.setup.hosts):
            self.out.unseen += self._publish(host)
        self.out.open = self.out.planned - self.out.stored
        return self.out

    @property
    def _gap(self) -> float:
        return 3600 / self.setup.budget

    def _in(self, seconds: float, work: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (self._now + seconds, self._count, work))

    def _work(self, part: str, which: int, seconds: float) -> float:
        """Queue for a processor; returns the seconds until the work is done."""
        ends = self._cpu[part]
        ends[which] = max(self._now, ends[which]) + seconds
        self.out.busy[part] += seconds
        return ends[which] - self._now

    def _plan_in(self, host: int, seconds: float) -> None:
        self._in(seconds, lambda: self._plan(host))

    def _plan(self, host: int) -> None:
        self.out.planned += 1
        visit = _Visit(host, self._now)
        self._in(self._work("watcher", 0, self.setup.costs.watcher), lambda: self._hand_out(visit))

    def _hand_out(self, visit: _Visit) -> None:
        self._waiting.append(visit)
        self._take()

    def _take(self) -> None:
        while self._waiting:
            worker = min(range(self.setup.workers), key=self._held.__getitem__)
            if self._held[worker] >= self.setup.slots:
                return
            self._begin(self._waiting.popleft(), worker)

    def _begin(self, visit: _Visit, worker: int) -> None:
        visit.worker, visit.life = worker, self._life[worker]
        self._held[worker] += 1
        self._hands[worker][visit.host] = visit
        self._at[visit.host] += 1
        self.out.overlaps += self._at[visit.host] > 1
        self.out.found += self._publish(visit.host)
        fetch = self._drawn.expovariate(1 / self.setup.costs.fetch)
        life = visit.life
        self._in(fetch, lambda: self._alive(visit, life, self._read))

    def _alive(self, visit: _Visit, life: int, work: Callable[[_Visit], None]) -> None:
        """Go on, unless the worker died meanwhile and another has the visit, or will have it."""
        if visit.life == life and self._life[visit.worker] == life:
            work(visit)

    def _read(self, visit: _Visit) -> None:
        life = visit.life
        done = self._work("workers", visit.worker, self.setup.costs.worker)
        self._in(done, lambda: self._alive(visit, life, self._store))

    def _store(self, visit: _Visit) -> None:
        core = min(range(self.setup.cores), key=self._cpu["database"].__getitem__)
        life = visit.life
        done = self._work("database", core, self.setup.costs.database)
        self._in(done, lambda: self._alive(visit, life, self._end))

    def _end(self, visit: _Visit) -> None:
        self._held[visit.worker] -= 1
        del self._hands[visit.worker][visit.host]
        self._at[visit.host] -= 1
        self.out.stored += 1
        lag = self._now - visit.planned
        self.out.lags.append(lag)
        visit.life = -1
        self._plan_in(visit.host, max(0.0, self._gap - lag))
        self._take()

    def _die_later(self, worker: int) -> None:
        if self.setup.deaths:
            self._in(self._drawn.expovariate(self.setup.deaths / 3600), lambda: self._die(worker))

    def _die(self, worker: int) -> None:
        """A worker dies and another is started in its place; what it had in hand is taken over later."""
        self.out.deaths += 1
        self._life[worker] += 1
        lost, self._hands[worker], self._held[worker] = list(self._hands[worker].values()), {}, 0
        for visit in lost:
            self._in(TAKEN_OVER, lambda visit=visit: self._give_back(visit))
        self._die_later(worker)

    def _give_back(self, visit: _Visit) -> None:
        self._at[visit.host] -= 1
        self._hand_out(visit)

    def _publish(self, host: int) -> int:
        """How many articles were published since the host was last looked at (Poisson, by its gaps)."""
        rate, count = self.setup.published / 86400, 0
        at = self._seen[host] + self._drawn.expovariate(rate)
        while at <= self._now:
            count, at = count + 1, at + self._drawn.expovariate(rate)
        self._seen[host] = self._now
        self.out.published += count
        return count


#: Hosts and workers that are simulated: one machine's two, the same with a database of more cores, the far goal.
SETUPS = (Setup(500, 2), Setup(2000, 10), Setup(10_000, 50), Setup(10_000, 50, cores=16))


def run() -> list[dict[str, Any]]:
    """The table; half a minute."""
    return [one for setup in SETUPS for one in table(setup)]


def table(setup: Setup) -> list[dict[str, Any]]:
    """What one setup bears beside what is wanted of it, how late visits are, and how busy each part is."""
    out = Cluster(setup).run()
    seconds = setup.hours * 3600
    name = f"{setup.hosts:,} hosts, {setup.workers} workers, {setup.cores} cores"
    wanted = setup.hosts * setup.budget / 3600
    room = {"watcher": 1, "workers": setup.workers, "database": setup.cores}
    return [
        row(f"{name}: visits", out.stored / seconds, "per second", "wanted", wanted),
        *(row(f"{name}: lag p{share}", quantile(out.lags, share), "seconds") for share in (50, 95, 99)),
        *(
            row(f"{name}: {part} asked for", busy / seconds / room[part], "of its CPU")
            for part, busy in out.busy.items()
        ),
    ]


def quantile(values: list[float], percent: int) -> float:
    """The value that so many percent are not above; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0
