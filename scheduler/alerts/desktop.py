"""A notification on the desktop of this machine: desktop://, by notify-send (Linux, BSD) or osascript (macOS)."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from html import escape

from scheduler.alerts.http import no_reply
from scheduler.alerts.model import Answer, Letter, Rate, Verdict
from scheduler.alerts.place import Place, Url, known_keys, tidy
from scheduler.alerts.split import shorten

#: Bytes that notifications have room for.
TITLE, BODY = 120, 600
PATIENCE = 10.0
_SCRIPT = (
    "on run texts",
    "display notification (item 2 of texts) with title (item 1 of texts)",
    "end run",
)


class Desktop(Place):
    """Shows the beginning of a message."""

    bears = Rate(30, 60, 5)

    def __init__(self, url: Url, label: str = "") -> None:
        """Raises ValueError."""
        known_keys(url)
        super().__init__(url, "desktop://", (), label)

    async def _send(self, letter: Letter, parts_done: int) -> Answer:
        title, body = shorten(tidy(letter.title, TITLE), TITLE), shorten(letter.plain, BODY)
        command = notifier(sys.platform, os.environ, title, body)
        if isinstance(command, str):
            return Answer(Verdict.REFUSED, command)
        return await _run(command)


def notifier(platform: str, env: Mapping[str, str], title: str, body: str) -> Sequence[str] | str:
    """Return the command that shows a notification, or why there is none. The texts are arguments, never code."""
    if platform == "darwin":
        return ["osascript", *(word for line in _SCRIPT for word in ("-e", line)), title, body]
    if platform == "win32":
        return "desktop:// works on Linux and macOS; on Windows write windows:// (Apprise's)"
    if not (env.get("DBUS_SESSION_BUS_ADDRESS") or env.get("XDG_RUNTIME_DIR")):
        return "there is no desktop session here; run watch in one, or take desktop:// out"
    path = shutil.which("notify-send", path=env.get("PATH"))
    if path is None:
        return "notify-send is missing; install libnotify (Debian: apt install libnotify-bin)"
    return [path, "--app-name=newsdelta", "--", title, escape(body, quote=False)]


async def _run(command: Sequence[str]) -> Answer:
    quiet = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=quiet, stdout=quiet, stderr=asyncio.subprocess.PIPE
        )
    except OSError as error:
        return Answer(Verdict.REFUSED, f"{command[0]} cannot be run: {error.strerror}")
    try:
        _, said = await asyncio.wait_for(process.communicate(), PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()
        return no_reply(f"{command[0]} hangs")
    if process.returncode == 0:
        return Answer(Verdict.ACCEPTED, "shown", parts_done=1)
    return Answer(
        Verdict.LATER, tidy(said.decode("utf-8", "replace")) or f"{command[0]} failed", host_down=True
    )
