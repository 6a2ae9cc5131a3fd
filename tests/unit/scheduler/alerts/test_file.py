"""Files and standard output: a line a message, whole or not at all."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.alerts.addresses import open_destination
from scheduler.alerts.model import Verdict
from scheduler.alerts.payload import document
from tests.letters import TEXT, letter, send, send_all


def lines(path: Path) -> list[object]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_a_line_a_message_is_added(tmp_path: Path):
    path = tmp_path / "告警.jsonl"
    send_all(open_destination(f"file://{path}"), [letter(key="nd-1"), letter(key="nd-2")])
    send(open_destination(f"file://{tmp_path}/%E5%91%8A%E8%AD%A6.jsonl"), letter(key="nd-3"))

    assert lines(path) == [document(letter(key=f"nd-{n}")) for n in (1, 2, 3)]
    assert path.stat().st_mode & 0o007 == 0  # others need not read what the desk is told


def test_text_for_people(tmp_path: Path):
    send_all(open_destination(f"file://{tmp_path}/a.log?format=text"), [letter(), letter()])

    assert (tmp_path / "a.log").read_text(encoding="utf-8") == f"{TEXT}\n\n{TEXT}\n\n"


def test_the_end_of_a_line_that_a_power_cut_tore_is_closed_off(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"type":"newsdel')

    send(open_destination(f"file://{path}"), letter())

    torn, whole = path.read_bytes().splitlines()
    assert torn == b'{"type":"newsdel'
    assert json.loads(whole) == document(letter())


def test_a_full_disk_leaves_no_half_line_and_the_message_waits(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    place = open_destination(f"file://{path}")
    send(place, letter(key="nd-1"))
    before = path.read_bytes()
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, usual[1]))
        answer = send(place, letter("公园。" * 1000, key="nd-2"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)

    assert (answer.verdict, answer.host_down) == (Verdict.LATER, True)
    assert "File too large" in answer.detail
    assert path.read_bytes() == before
    assert send(place, letter(key="nd-2")).verdict is Verdict.ACCEPTED


def test_a_folder_that_went_away_may_come_back(tmp_path: Path):
    folder = tmp_path / "mount"
    folder.mkdir()
    place = open_destination(f"file://{folder}/a.jsonl")
    folder.rmdir()

    assert send(place, letter()).verdict is Verdict.LATER
    folder.mkdir()
    assert send(place, letter()).verdict is Verdict.ACCEPTED


def test_two_processes_tear_no_line(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    program = (
        "from tests.letters import *; from scheduler.alerts.addresses import open_destination\n"
        f"send_all(open_destination('file://{path}'), [letter('公园' * 9000, key=f'nd-{{n}}') for n in range(40)])"
    )
    root = Path(__file__).parents[4]
    both = [subprocess.Popen([sys.executable, "-c", program], cwd=root, env={**os.environ}) for _ in range(2)]

    assert [one.wait() for one in both] == [0, 0]
    assert len(lines(path)) == 80


def test_standard_output(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch):
    with open(1, "w", closefd=False, encoding="utf-8") as out:
        monkeypatch.setattr(sys, "stdout", out)
        answer = send(open_destination("stdout://"), letter())

    assert answer.verdict is Verdict.ACCEPTED
    assert json.loads(capfdbinary.readouterr().out) == document(letter())


def test_standard_output_that_is_closed(monkeypatch: pytest.MonkeyPatch):
    with open(os.devnull, "w", encoding="utf-8") as out:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdout", out)
    answer = send(open_destination("stdout://"), letter())

    assert (answer.verdict, answer.host_down) == (Verdict.LATER, True)
