"""The guard where the connection is made: no spelling of a private address, and no name that comes to mean one, ever
reaches a server of this machine. Real sockets and a real listener; the names are told by a resolver of ours.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPELLINGS = [
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7f.1",
    "0X7F.0X0.0X0.0X1",
    "0177.0.0.1",
    "0177.1",
    "017700000001",
    "0177.0x0.0.1",
    "127.0.0.01",
    "00000177.0.0.1",
    "0",
    "0.0.0.0",
    "0x0",
    "00",
    "127.0.0.1.",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "printer.local",
    "db.internal",
    "metadata.google.internal",
    "router.home.arpa",
    "localhost.localdomain",
    "10.0.0.1",
    "10.1",
    "0xa.1",
    "167772161",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.1",
    "3232235521",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "192.0.2.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::80ff:fffe]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[2001:db8::1]",
    "good.example@127.0.0.1",
    "good.example:80@127.0.0.1",
]
NAMES = ("rebinds.example", "one-of-two.example", "inside.example", "inside6.example", "metadata.example")


@pytest.fixture(scope="module")
def reached() -> dict[str, dict[str, object]]:
    """What came of a fetch of every address: the problem, and the connections that the listener then had."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.guard_run"],
        input=json.dumps([*SPELLINGS, *NAMES]),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, dict[str, object]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("host", [*SPELLINGS, *NAMES])
def test_a_guarded_host_gets_no_byte(reached, host):
    assert reached[host]["connections"] == 0
    assert any(
        words in str(reached[host]["problem"])
        for words in ("private address", "host name is unknown", "cannot be read")
    )


def test_the_listener_hears_who_is_allowed(reached):
    assert reached["allowed"]["connections"] == 1


def test_a_name_is_resolved_once_for_a_connection(reached):
    assert reached["public first, private second"] == {"asked": 1, "connected": ["93.184.215.14"]}
