"""Connections to PostgreSQL: who is gone, or stands still, holds nothing for long."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from urllib.parse import quote

import pytest

from storage import articles, libpq, move
from storage.database import STILL, Database
from storage.decide import Policy
from storage.diff import width_fold
from storage.errors import DatabaseBusy, StorageError
from tests.sightings import seen

PROBES = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout")
STANDS_STILL = """
import sys
from storage import database
database.STILL = 1
with database.Database.open(sys.argv[1]) as store:
    try:
        with store.write() as connection:
            connection.exec_driver_sql("SELECT 1 FROM articles FOR UPDATE")
            print("held", flush=True)
            sys.stdin.readline()
            connection.exec_driver_sql("SELECT 1")
    except Exception as error:
        print(type(error).__name__, error)
"""


def setting(connection, name: str) -> str:
    return connection.exec_driver_sql(f"SHOW {name}").scalar_one()


def test_both_sides_probe_each_other(postgresql_url):
    with Database.open(postgresql_url) as store, store.read() as connection:
        ours = connection.connection.driver_connection.info.get_parameters()
        asked = connection.exec_driver_sql(
            "SELECT name FROM pg_settings WHERE source = 'client' AND name LIKE 'tcp%%'"
        ).scalars()
        assert set(asked) == set(PROBES)
    assert (
        int(ours["keepalives_idle"]) + int(ours["keepalives_interval"]) * int(ours["keepalives_count"])
        == int(ours["tcp_user_timeout"]) / 1000
        == libpq.SILENCE
    )


def test_the_options_of_the_url_are_kept_and_win(postgresql_url):
    theirs = quote("-c work_mem=7MB -c lock_timeout=3s")
    joined = "&" if "?" in postgresql_url else "?"
    with Database.open(f"{postgresql_url}{joined}options={theirs}") as store, store.read() as connection:
        assert [setting(connection, name) for name in ("work_mem", "lock_timeout", "timezone")] == [
            "7MB",
            "3s",
            "UTC",
        ]


def test_options_of_the_environment_count_where_the_url_has_none(monkeypatch):
    monkeypatch.setenv("PGOPTIONS", "-c work_mem=7MB")
    assert libpq.parameters("postgresql+psycopg://db/news")["options"].endswith(" -c work_mem=7MB")
    there = libpq.parameters("postgresql://db/news?options=-c%20work_mem%3D8MB")["options"]
    assert there.endswith(" -c work_mem=8MB")
    assert "7MB" not in there


def test_a_url_that_libpq_cannot_read_is_our_error():
    with pytest.raises(StorageError, match="nonsense"):
        Database.open("postgresql://127.0.0.1:1/news?nonsense=1")


def test_a_process_that_was_stopped_holds_no_rows_for_long(postgresql_url):
    with Database.open(postgresql_url) as store:
        articles.record(store, seen(0), Policy(), width_fold)
        words = [sys.executable, "-c", STANDS_STILL, postgresql_url]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "held\n"
            os.kill(other.pid, signal.SIGSTOP)
            try:
                articles.record(store, seen(1), Policy(), width_fold)  # within WAIT, or it is busy
            finally:
                os.kill(other.pid, signal.SIGCONT)
            said, _ = other.communicate("\n")
    assert said.startswith(f"{DatabaseBusy.__name__} The server ended a transaction that stood still")


def test_only_those_who_write_are_hurried(postgresql_url):
    name = "idle_in_transaction_session_timeout"
    with Database.open(postgresql_url) as store:
        with store.write() as connection:
            assert setting(connection, name) == f"{STILL // 60}min"
        with store.read() as connection:
            assert setting(connection, name) == "0"
        with pytest.raises(StorageError), store.write() as connection:
            connection.exec_driver_sql("SELECT 1 FROM nowhere")
        with store.read() as connection:
            assert setting(connection, name) == "0"


def test_a_move_may_take_all_the_time_it_needs(monkeypatch, database_url, postgresql_url):
    with Database.open(database_url) as source:
        articles.record(source, seen(0), Policy(), width_fold)
    with Database.open(postgresql_url):
        pass  # its tables are made, which may take its time, too
    monkeypatch.setattr("storage.database.STILL", 1)

    def slowly(table: str, rows: int) -> None:
        if table in ("articles", "search"):
            time.sleep(1.5)

    with Database.open(database_url) as source, Database.open(postgresql_url) as target:
        assert move.move(source, target, slowly)["articles"].rows == 1
