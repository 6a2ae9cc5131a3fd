"""Kill watchers, workers and the database at random for some minutes; then nothing may be lost or doubled.

python -m tests.integration.soak_workers MINUTES [SEED]

All by SIGKILL: the leader, who stands by, a worker, a crawling process, a connection's process (after which the
server recovers from its log), the whole server, which is down for some seconds then.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import psycopg

from scheduler.queue import prepare
from storage import queries
from storage.database import Database
from storage.errors import StorageError
from tests.databases import named, start_postgresql
from tests.integration.test_workers import (
    Cluster,
    complete,
    events,
    expected,
    never_two_at_one_host,
    until,
)
from tests.replica.replica import Replica

#: Seconds between two kills, between two things that happen on the sites; how long the server is down at most.
KILL_EVERY, HAPPEN_EVERY, DOWN = 7.0, 1.5, 6.0
#: So much may have happened that the store does not know of.
UNSEEN = 6
ROLES = (("watch",), ("watch",), ("worker",), ("worker",))
#: What is struck, and how often beside the others.
TARGETS = {"watch": 6, "worker": 6, "crawling process": 2, "connections": 2, "backend": 2, "server": 3}


class Server:
    """The PostgreSQL server, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._server: Any = start_postgresql(folder)
        self.url = named(str(self._server.get_uri()), "soak")
        with psycopg.connect(str(self._server.get_uri()), autocommit=True) as connection:
            connection.execute("CREATE DATABASE soak")

    def kill_backend(self, chance: random.Random) -> None:
        """Kill the process of one connection: the server ends all of them, and recovers."""
        with psycopg.connect(self.url) as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchall()
        with contextlib.suppress(IndexError, ProcessLookupError):  # none is there, or it has gone by itself
            os.kill(chance.choice(found)[0], signal.SIGKILL)

    def kill(self, down: float) -> None:
        """Kill the server, and start it again after so many seconds."""
        postmaster = psutil.Process(self._server.get_pid())
        postmaster.kill()
        until(lambda: not postmaster.is_running(), "the server is dead")
        time.sleep(down)
        until(self._starts, "the server starts again")

    def _starts(self) -> bool:
        try:
            self._server.ensure_postgres_running()
        except (subprocess.SubprocessError, AssertionError):
            return False  # its shared memory is in use until the last of its processes has ended
        return True

    def close(self) -> None:
        """Stop it, and remove its folder."""
        self._server.cleanup()


class Crowd:
    """Two watchers and two workers, on a server; who is killed is replaced."""

    def __init__(self, cluster: Cluster, server: Server, chance: random.Random) -> None:
        self._cluster = cluster
        self._server = server
        self._chance = chance
        self._members = [(role, cluster.start(*role)) for role in ROLES]
        self.killed: Counter[str] = Counter()

    def strike(self) -> None:
        """Kill one of them, a child of a worker's, connections, or the server."""
        what = self._chance.choices(tuple(TARGETS), tuple(TARGETS.values()))[0]
        try:
            if what in ("watch", "worker"):
                what = self._kill_member(what)
            elif what == "crawling process":
                self._kill_child()
            elif what == "connections":
                self._cut()
            elif what == "backend":
                self._server.kill_backend(self._chance)
            else:
                self._server.kill(self._chance.uniform(0, DOWN))
        except psycopg.OperationalError:
            what = "nothing, the server was not back"
        self.killed[what] += 1

    def replace_the_dead(self) -> None:
        """Start those anew that ended by themselves, as a service manager does."""
        for number, (role, process) in enumerate(self._members):
            if process.poll() is not None:
                self.killed[f"{role[0]} ended by itself"] += 1
                self._members[number] = (role, self._cluster.start(*role))

    def _kill_member(self, what: str) -> str:
        number = self._chance.choice([at for at, (role, _) in enumerate(self._members) if role[0] == what])
        role, process = self._members[number]
        if what == "watch":
            what = "leader" if process.pid == self._leader() else "standing by"
        process.kill()
        process.wait()
        self._members[number] = (role, self._cluster.start(*role))
        return what

    def _leader(self) -> int | None:
        """Who leads: its lock's connection is named after it."""
        named_so = "SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'newsdelta %'"
        holding = f"{named_so} AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')"
        with psycopg.connect(self._server.url) as connection:
            found = connection.execute(holding.encode()).fetchone()
        return int(found[0].split()[1]) if found else None

    def _kill_child(self) -> None:
        workers = [process for role, process in self._members if role[0] == "worker"]
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(self._chance.choice(workers).pid).children():
                child.kill()

    def _cut(self) -> None:
        with psycopg.connect(self._server.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


class Happenings:
    """What may happen on the sites. An article is touched once: of two edits between two visits one is seen. And only
    few at a time are not yet seen: where many pages of a channel changed at once, they are held back, as at a rebuilt
    site.
    """

    def __init__(self, sites: Replica, store: Database, chance: random.Random) -> None:
        self._sites = sites
        self._store = store
        self._chance = chance
        self._touched: set[str] = set()

    def next(self) -> None:
        """Let something happen, mostly an edit, unless enough waits to be seen."""
        if self._unseen() >= UNSEEN:
            return
        what = self._chance.choices(("edit", "publish", "remove"), (6, 3, 1))[0]
        channel = self._chance.choice(("cq", "sc"))
        if what == "publish":
            self._sites.do("publish", channel=channel)
            return
        article = self._untouched(channel)
        if article is None:
            return
        options = {"classes": self._chance.choice(("number", "headline"))} if what == "edit" else {}
        self._sites.do(what, article=article, channel=channel, **options)

    def _unseen(self) -> int:
        try:
            return len(expected(self._sites)) - len(events(self._store))
        except StorageError:
            return UNSEEN

    def _untouched(self, channel: str) -> str | None:
        """An article that the store knows as it stands."""
        try:
            known = {key for _, key in events(self._store)}
        except StorageError:
            return None
        for truth in self._sites.truths(channel):
            key = truth["article_id"]
            if key in known and key not in self._touched:
                self._touched.add(key)
                return str(truth["url"])
        return None


def soak(minutes: float, seed: int, server: Server, folder: Path) -> dict[str, object]:
    """Do it; returns what was done and found. Raises AssertionError where something was lost or doubled."""
    chance = random.Random(seed)
    with (
        Replica(seed=seed, articles=30, channels=("cq", "sc")) as sites,
        Database.open(server.url) as store,
        Cluster(folder, server.url, sites.urls) as cluster,
    ):
        prepare(server.url)
        told = folder / "alerts.jsonl"
        with (folder / "newsdelta.toml").open("a", encoding="utf-8") as config:
            config.write(f'[[alert]]\nname = "all"\nto = ["file://{told}"]\n')
        crowd, happenings = Crowd(cluster, server, chance), Happenings(sites, store, chance)
        complete(store, sites)
        trouble(minutes, crowd, happenings, chance)
        try:
            until(lambda: answers(store), "the database is back")
            complete(store, sites)
            until(lambda: not still_to_tell(server.url), "every alert is told")
        except BaseException:
            print("killed:", dict(crowd.killed))
            print("lost:", Counter(expected(sites)) - Counter(events(store)))
            print("phantom:", Counter(events(store)) - Counter(expected(sites)))
            print(cluster.said()[-6000:])
            raise
        never_two_at_one_host(server.url)
        stored_once(store, expected(sites))
        return {
            "killed": dict(crowd.killed),
            "events": len(expected(sites)),
            "of channels": Counter(one.kind.value for one in queries.events(store) if not one.article),
            "alerts": alerts(told, server.url),
        }


def trouble(minutes: float, crowd: Crowd, happenings: Happenings, chance: random.Random) -> None:
    """Let things happen on the sites, and strike, for so many minutes."""
    end, strike_at = time.monotonic() + minutes * 60, time.monotonic() + KILL_EVERY
    while time.monotonic() < end:
        happenings.next()
        if time.monotonic() > strike_at:
            crowd.strike()
            strike_at = time.monotonic() + chance.uniform(0.5, 1.5) * KILL_EVERY
        crowd.replace_the_dead()
        time.sleep(chance.uniform(0.5, 1.5) * HAPPEN_EVERY)
    crowd.replace_the_dead()


def answers(store: Database) -> bool:
    """Whether the database is there."""
    try:
        queries.last_event_id(store)
    except StorageError:
        return False
    return True


def stored_once(store: Database, happened: list[tuple[str, str]]) -> None:
    """An article for each that was published, a revision for each text that one had."""
    counts, kinds = queries.counts(store), Counter(kind for kind, _ in happened)
    assert counts.articles == kinds["new"], (counts, kinds)
    assert counts.revisions == kinds["new"] + kinds["edited"], (counts, kinds)


def still_to_tell(database_url: str) -> int:
    """Notifications that were not delivered yet; none may be given up."""
    with psycopg.connect(database_url) as connection:
        states = dict(
            connection.execute("SELECT state, count(*) FROM notifications GROUP BY state").fetchall()
        )
    assert set(states) <= {"waiting", "sent"}, states
    return int(states.get("waiting", 0))


def alerts(told: Path, database_url: str) -> dict[str, int]:
    """How many messages were delivered, and how many of them again (with their key). None may be missing."""
    keys = Counter(json.loads(line)["data"]["key"] for line in told.read_text("utf-8").splitlines())
    with psycopg.connect(database_url) as connection:
        wanted = {key for (key,) in connection.execute("SELECT DISTINCT key FROM notifications").fetchall()}
    assert set(keys) == wanted, (set(keys) - wanted, wanted - set(keys))
    return {"messages": len(keys), "again": sum(keys.values()) - len(keys)}


def main() -> None:
    """Soak for MINUTES on a PostgreSQL of the wheel, and print what came of it."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    with tempfile.TemporaryDirectory(prefix="newsdelta-soak-") as folder:
        (Path(folder) / "work").mkdir()
        server = Server(Path(folder) / "pg")
        try:
            print(f"seed {seed}, {minutes:g} minutes", flush=True)
            print(soak(minutes, seed, server, Path(folder) / "work"))
        except (AssertionError, subprocess.SubprocessError) as error:
            print(f"FAILED with seed {seed}: {error}")
            raise
        finally:
            server.close()


if __name__ == "__main__":
    main()
