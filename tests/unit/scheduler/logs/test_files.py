"""The log as a file: turned over at a size, by one process or several, or moved away by logrotate."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.logs.files import LogFile

WRITER = """
import logging, sys
from pathlib import Path
from scheduler.logs.files import LogFile
file = LogFile(Path(sys.argv[1]), 20_000, 1000)
for number in range(400):
    file.emit(logging.makeLogRecord({"msg": f"{sys.argv[2]}-{number} " + "·" * 40}))
"""


def write(file: LogFile, text: str) -> None:
    file.emit(logging.makeLogRecord({"msg": text}))


def test_at_its_size_a_file_becomes_the_first_of_the_older_ones(tmp_path):
    path = tmp_path / "newsdelta.log"
    file = LogFile(path, size=40, keep=2)
    for number in range(5):
        write(file, f"{number}" * 30)
    kept = {one.name: one.read_text()[0] for one in tmp_path.iterdir()}
    assert kept == {"newsdelta.log": "4", "newsdelta.log.1": "3", "newsdelta.log.2": "2"}


def test_with_none_kept_the_file_begins_anew(tmp_path):
    path = tmp_path / "newsdelta.log"
    file = LogFile(path, size=40, keep=0)
    for number in range(3):
        write(file, f"{number}" * 30)
    assert [one.read_text()[0] for one in tmp_path.iterdir()] == ["2"]


def test_a_line_longer_than_the_size_is_written(tmp_path):
    path = tmp_path / "newsdelta.log"
    write(LogFile(path, size=10), "长" * 100)
    assert path.read_text() == "长" * 100 + "\n"


@pytest.mark.parametrize("how", ["moved", "deleted"])
def test_a_file_that_was_moved_away_is_made_anew(tmp_path, how):
    path = tmp_path / "newsdelta.log"
    file = LogFile(path)
    write(file, "before")
    if how == "moved":
        path.rename(tmp_path / "newsdelta.log-20261124")
    else:
        path.unlink()
    write(file, "after")
    assert path.read_text() == "after\n"


def test_it_is_for_owner_and_group_alone(tmp_path):
    path = tmp_path / "newsdelta.log"
    LogFile(path)
    assert path.stat().st_mode & 0o007 == 0


def test_several_processes_lose_no_line(tmp_path: Path):
    path = tmp_path / "newsdelta.log"
    words = [sys.executable, "-c", WRITER, str(path)]
    writers = [subprocess.Popen([*words, name]) for name in "abc"]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    found = [line.split()[0] for one in tmp_path.iterdir() for line in one.read_text().splitlines()]
    assert sorted(found) == sorted(f"{name}-{number}" for name in "abc" for number in range(400))
    assert max(one.stat().st_size for one in tmp_path.iterdir()) < 21_000
