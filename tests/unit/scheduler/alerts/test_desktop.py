"""A notification on the desktop: the command for each system, and a plain word where there is no desktop."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scheduler.alerts.addresses import open_destination
from scheduler.alerts.desktop import notifier
from scheduler.alerts.model import Verdict
from tests.letters import TEXT, TITLE, letter, send

#: A notify-send that writes down its arguments.
_NOTIFIER = '#!/bin/sh\nprintf "%s\\n" "$@" > "$0.said"\n'


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A session with a notify-send in it."""
    program = tmp_path / "notify-send"
    program.write_text(_NOTIFIER)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return program


@pytest.mark.skipif(sys.platform != "linux", reason="notify-send is Linux's")
def test_the_beginning_of_a_message_is_shown(desktop: Path):
    answer = send(open_destination("desktop://"), letter(f"-a <b>{TEXT}" + "公园。" * 500))

    assert answer.verdict is Verdict.ACCEPTED
    said = Path(f"{desktop}.said").read_text(encoding="utf-8").splitlines()
    assert said[:3] == ["--app-name=newsdelta", "--", TITLE]
    assert said[3].startswith(f"-a &lt;b&gt;{TEXT}")
    assert said[3].endswith("…")


@pytest.mark.skipif(sys.platform != "linux", reason="notify-send is Linux's")
def test_a_notifier_that_fails_is_tried_again(desktop: Path):
    desktop.write_text("#!/bin/sh\necho no notification daemon >&2; exit 1\n")

    answer = send(open_destination("desktop://"), letter())

    assert (answer.verdict, answer.detail) == (Verdict.LATER, "no notification daemon")


NONE = [
    ("linux", {}, "no desktop session here"),
    ("linux", {"XDG_RUNTIME_DIR": "/run/user/1", "PATH": "/nowhere"}, "install libnotify"),
    ("win32", {}, "windows://"),
]


@pytest.mark.parametrize(("platform", "env", "why"), NONE)
def test_where_there_is_no_desktop_it_says_so(platform, env, why):
    found = notifier(platform, env, "t", "b")

    assert isinstance(found, str)
    assert why in found


def test_on_macos_texts_are_arguments_and_no_script():
    found = notifier("darwin", {}, 'a" & quit', "b")

    assert found[0] == "osascript"
    assert found[-2:] == ['a" & quit', "b"]
    assert 'a" & quit' not in found[:-2]
