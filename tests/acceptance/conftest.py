"""The command line as a user calls it, with a config and a database of its own for each test."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.databases import postgresql_server, postgresql_url
from tests.replica.replica import Replica

__all__ = ["postgresql_server", "postgresql_url"]
ENV = {key: value for key, value in os.environ.items() if not key.startswith("NEWSDELTA_")}


def id_in(url: str) -> str:
    """The publisher's id at the end of an article's address."""
    found = re.search(r"(\d{7,})\.html", url)
    assert found, url
    return found[1]


class Newsdelta:
    """Calls `newsdelta` in one folder."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        self.config = folder / "newsdelta.toml"
        self.url = url or f"sqlite:///{folder}/newsdelta.db"
        self.is_sqlite = self.url.startswith("sqlite")
        self.env = {**ENV, "XDG_DATA_HOME": str(folder / "data")}

    @property
    def database(self) -> Path:
        """The file of the store. A test that is about the file is skipped on PostgreSQL."""
        if not self.is_sqlite:
            pytest.skip("it is about the file of an SQLite store")
        return self.folder / "newsdelta.db"

    @property
    def archive(self) -> Path:
        """The folder of the archive, where the config names none."""
        return self.folder / ("newsdelta.archive" if self.is_sqlite else "data/newsdelta/archive")

    def is_made(self) -> bool:
        """Whether there is a store yet."""
        if self.is_sqlite:
            return self.database.exists()
        return self.sql("SELECT to_regclass('alembic_version')") != [(None,)]

    def sql(self, statement: str) -> list[Any]:
        """Execute a statement in the store behind newsdelta's back; its rows."""
        made: Any = sqlite3.connect(self.database) if self.is_sqlite else psycopg.connect(self.url)
        with closing(made), made:
            cursor = made.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def configure(self, home: str, extra: str = "", channel: str = "cq") -> None:
        """Write the config for one channel at a local address."""
        self.config.write_text(
            f'[database]\nurl = "{self.url}"\n[[channel]]\nname = "{channel}"\nhome = "{home}"\n'
            f"[network]\nallow_private_addresses = true\n{extra}",
            encoding="utf-8",
        )

    def command(self, *words: str) -> list[str]:
        """The words to start a process with."""
        return [sys.executable, "-c", "from scheduler.cli import main; main()", *words]

    def __call__(
        self, *words: str, expect: int = 0, stdin: bytes | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one command; fail the test where the exit code is another than expected."""
        done = subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env=self.env,
            input=stdin,
            capture_output=True,
            timeout=300,
            check=False,
        )
        text = subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )
        assert text.returncode == expect, f"exit {text.returncode}\n{text.stdout}\n{text.stderr}"
        return text

    def json(self, *words: str, expect: int = 0) -> Any:
        """Run one command with --json; its one document."""
        return json.loads(self(*words, "--json", expect=expect).stdout)

    def lines(self, *words: str) -> list[Any]:
        """Run one command with --json; its JSON lines."""
        return [json.loads(line) for line in self(*words, "--json").stdout.splitlines()]

    def crawl(self, *words: str, expect: int = 0) -> dict[str, Any]:
        """Crawl cq; the summary."""
        found: dict[str, Any] = self.json("crawl", "cq", *words, expect=expect)
        return found

    def events(self, *words: str) -> list[tuple[str, str]]:
        """Kind and publisher's id of every event; of one about the channel, the channel's name."""
        return [
            (event["kind"], id_in(event["url"]) if event["article"] else event["channel"])
            for event in self.lines("events", *words)
        ]


@pytest.fixture
def newsdelta(request: pytest.FixtureRequest, tmp_path: Path) -> Newsdelta:
    """The command line in an empty folder; with `--postgresql`, on an empty PostgreSQL database."""
    if request.config.getoption("postgresql"):
        return Newsdelta(tmp_path, request.getfixturevalue("postgresql_url"))
    return Newsdelta(tmp_path)


@pytest.fixture
def site(newsdelta: Newsdelta) -> Iterator[Replica]:
    """A small channel, and the config that watches it; removals are confirmed by the second absent visit."""
    with Replica(seed=5, articles=24) as replica:
        newsdelta.configure(replica.url, '[watch]\nremoval_visits = 2\nremoval_after = "0s"\n')
        yield replica


def expected(site: Replica) -> list[tuple[str, str]]:
    """What a perfect watcher has told by now, in any order."""
    return sorted((event["kind"], event["article_id"]) for event in site.expected_events())
