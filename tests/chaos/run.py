"""One run: build the scene, let salvos strike, wait for the calm, audit."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median

from storage import maintenance, outbox, queries
from storage.database import Database
from storage.errors import StorageError
from storage.records import NotificationState
from tests.chaos import audit, recovery
from tests.chaos.crew import Crew
from tests.chaos.happenings import Happenings
from tests.chaos.known import article_id, happened, stored_events, told_by
from tests.chaos.mailbox import Mailbox
from tests.chaos.plan import Salvo, Strike, salvos
from tests.chaos.postgresql import Server
from tests.chaos.strikes import End, Scene, begin
from tests.replica.replica import Replica

#: Seconds between two looks at what is due here, and between two happenings (half to one and a half of it).
TICK, HAPPEN_EVERY = 0.1, 1.5
#: Seconds in which a fault must be overcome; for which it is waited for; and for the calm, on a busy machine.
RECOVERY, PATIENCE, CALM = 60.0, 180.0, 600.0
#: Seconds for which a kill waits for a message to be on its way.
AS_IT_TELLS = 20.0
#: Visits of a calm site after which nothing more may come of what was.
CALM_VISITS = 3
SINGLE, CLUSTER = (("watch",),), (("watch",), ("watch",), ("worker",), ("worker",))
#: The articles are dated years back, and what happens to any of them is to be seen, also once no listing shows it.
CONFIG = """\
[database]
url = "{url}"
{queue}
[watch]
every = "2s"
revisit_for = "30000d"
removal_visits = 2
removal_after = "1s"

[network]
allow_private_addresses = true

[[alert]]
name = "all"
to = ["{receiver}"]
kinds = ["new", "edited", "removed", "restored", "republished", "channel-broken", "channel-recovered"]
per_story = false
"""


@dataclass
class Report:
    """What was done and what came of it; seconds where nothing else is said."""

    seed: int
    minutes: float
    faults: dict[str, int] = field(default_factory=dict)
    events: int = 0
    messages: int = 0
    again: int = 0
    ended: list[str] = field(default_factory=list)
    seen: dict[str, float] = field(default_factory=dict)
    told: dict[str, float] = field(default_factory=dict)
    slowest: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)  # salvos that were not overcome within RECOVERY
    findings: list[str] = field(default_factory=list)


def run(minutes: float, seed: int, folder: Path, *, postgresql: bool, say: Callable[[str], None]) -> Report:
    """Let chaos reign for so many minutes, and report. Everything is kept in `folder`, which must be there."""
    with ExitStack() as stack:
        server = None
        url = f"sqlite:///{folder}/news.db"
        if postgresql:
            server = Server(folder / "pg")
            stack.callback(server.close)
            url = server.database("chaos")
        sites = stack.enter_context(Replica(seed=seed, articles=24, channels=("cq", "sc")))
        mailbox = stack.enter_context(Mailbox())
        _configure(folder, url, mailbox, sites, postgresql=postgresql)
        store = stack.enter_context(Database.open(url))
        crew = stack.enter_context(Crew(folder, CLUSTER if postgresql else SINGLE))
        return _Play(Scene(crew, sites, mailbox, url, server), store, seed, say).play(minutes)


def _configure(folder: Path, url: str, mailbox: Mailbox, sites: Replica, *, postgresql: bool) -> None:
    queue = f'[queue]\nurl = "{url}"\n' if postgresql else ""
    if postgresql:
        from scheduler.queue import prepare

        prepare(url)
    channels = "".join(
        f'[[channel]]\nname = "{name}"\nhome = "{home}"\n' for name, home in sites.urls.items()
    )
    text = CONFIG.format(url=url, queue=queue, receiver=mailbox.address) + channels
    (folder / "newsdelta.toml").write_text(text, encoding="utf-8")


class _Play:
    """The course of one run."""

    def __init__(self, scene: Scene, store: Database, seed: int, say: Callable[[str], None]) -> None:
        self._scene = scene
        self._store = store
        self._seed = seed
        self._chance = Random(f"moments of {seed}")
        self._happenings = Happenings(scene.sites, store, seed)
        self._stirring = False
        self._happen_at = 0.0
        self._faults: list[audit.Fault] = []
        self._struck: list[recovery.Struck] = []
        self._began = time.time()
        self._say = say

    def play(self, minutes: float) -> Report:
        """Strike for so many minutes, then let it calm down, and audit."""
        self._until(self._is_complete, CALM)
        self._stirring = True
        end = time.time() + minutes * 60
        for salvo in salvos(self._seed, postgresql=self._scene.server is not None):
            self._wait(salvo.pause)
            if time.time() > end:
                break
            self._strike(salvo)
        self._note("calm")
        self._stirring = False
        calm = self._until(self._is_complete, CALM) and self._visited_in_peace()
        report = self._report(minutes)
        if not calm:
            report.findings.append(f"it did not calm down within {CALM:g} s")
        return report

    # -- the course of time

    def _wait(self, seconds: float) -> None:
        self._until(lambda: False, seconds)

    def _until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Keep everything going until a condition holds, or so many seconds are over."""
        end = time.time() + seconds
        while time.time() < end:
            self._scene.crew.replace_the_dead()
            with suppress(StorageError):
                if condition():
                    return True
                if self._stirring:
                    self._happen()
            time.sleep(TICK)
        return False

    def _happen(self) -> None:
        if time.time() >= self._happen_at:
            self._happen_at = time.time() + self._chance.uniform(0.5, 1.5) * HAPPEN_EVERY
            self._happenings.next()

    def _strike(self, salvo: Salvo) -> None:
        """Begin and end the faults of a salvo at their times; then wait until what happened in it is told."""
        marker = self._happenings.publish()
        running: list[tuple[float, audit.Fault, End]] = []
        zero = time.time()
        for strike in sorted(salvo.strikes, key=lambda one: one.after):
            self._meanwhile(running, zero + strike.after)
            fault, end = self._begin(strike)
            running.append((time.time() + strike.seconds, fault, end))
        self._meanwhile(running, float("inf"))
        kinds = tuple(strike.kind for strike in salvo.strikes)
        self._struck.append(recovery.Struck(kinds, time.time(), marker))
        self._until(lambda: self._is_told(marker), PATIENCE)

    def _meanwhile(self, running: list[tuple[float, audit.Fault, End]], until: float) -> None:
        """Wait until a moment, or until all is over, and end the faults whose time has come."""
        while running and min(running, key=_moment)[0] <= until:
            running.sort(key=_moment)
            moment, fault, end = running.pop(0)
            self._wait(moment - time.time())
            end()
            self._faults.append(audit.Fault(fault.kind, fault.began, time.time()))
        if until != float("inf"):
            self._wait(until - time.time())

    def _begin(self, strike: Strike) -> tuple[audit.Fault, End]:
        if strike.kind == "kill watch as it tells":
            came = len(self._scene.mailbox.accepted)
            self._until(lambda: len(self._scene.mailbox.accepted) > came, AS_IT_TELLS)
        self._note(f"{strike.kind}, for {strike.seconds:.1f} s" if strike.seconds else strike.kind)
        began = time.time()
        return audit.Fault(strike.kind, began, began), begin(self._scene, strike)

    def _note(self, what: str) -> None:
        self._say(f"{time.time() - self._began:8.1f}  {what}")

    # -- what is known

    def _is_told(self, article: str) -> bool:
        known = next((one.event for one in stored_events(self._store) if one.article == article), None)
        return known is not None and any(known in one.events for one in told_by(self._scene.mailbox.accepted))

    def _is_complete(self) -> bool:
        """Whether all that happened is stored and told, and no channel is broken."""
        stored = stored_events(self._store)
        if len([one for one in stored if one.article]) < len(happened(self._scene.sites)):
            return False
        trouble = {one.channel: one.kind for one in stored if not one.article}
        states = {state for _, _, state in outbox.counts(self._store)}
        return "channel-broken" not in trouble.values() and states <= {NotificationState.SENT}

    def _visited_in_peace(self) -> bool:
        """Wait for some more visits of every channel."""
        before = self._visits()

        def visited() -> bool:
            now = self._visits()
            return all(now[name] - before[name] >= CALM_VISITS for name in self._scene.sites.urls)

        return self._until(visited, CALM) and self._until(self._is_complete, CALM)

    def _visits(self) -> Counter[str]:
        """Visits of each channel's home page."""
        return Counter(one["channel"] for one in self._scene.sites.requests() if one["path"] == "/")

    # -- the report

    def _report(self, minutes: float) -> Report:
        stored, told = stored_events(self._store), told_by(self._scene.mailbox.accepted)
        wrong = audit.findings(happened(self._scene.sites), stored, told, self._faults)
        wrong += [str(one) for one in maintenance.check(self._store).findings]
        seen = {
            article_id(event.url): (event.id, event.at.timestamp())
            for event in queries.events(self._store)
            if event.kind == "new"
        }
        found = recovery.recovered(self._struck, seen, told)
        late = [f"{one}" for one in found if max(one.seen, one.told) > RECOVERY]
        keys = Counter(one.key for one in told)
        slowest = sorted(found, key=lambda one: one.told, reverse=True)[:8]
        return Report(
            seed=self._seed,
            minutes=minutes,
            faults=dict(Counter(fault.kind for fault in self._faults)),
            events=len(stored),
            messages=len(keys),
            again=sum(keys.values()) - len(keys),
            ended=self._scene.crew.ended,
            seen=_spread([one.seen for one in found]),
            told=_spread([one.told for one in found]),
            slowest=[
                f"{one.told:.1f} s to tell, {one.seen:.1f} s to see: {', '.join(one.kinds)}"
                for one in slowest
            ],
            late=late,
            findings=wrong,
        )


def _moment(one: tuple[float, audit.Fault, End]) -> float:
    return one[0]


def _spread(seconds: list[float]) -> dict[str, float]:
    if not seconds:
        return {}
    return {"median": round(median(seconds), 2), "most": round(max(seconds), 2)}
