"""The processes of newsdelta under test: started, killed, frozen, and replaced when they are gone."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil

NEWSDELTA = [sys.executable, "-c", "from scheduler.cli import main; main()"]
#: Seconds in which a process ends in good order.
GOOD_ORDER = 30.0


class Crew:
    """One process for each of `roles`, such as ("watch",); all share the config in `folder`."""

    def __init__(self, folder: Path, roles: tuple[tuple[str, ...], ...]) -> None:
        self._folder = folder
        self._roles = roles
        self._members: list[subprocess.Popen[bytes]] = []
        self._said: list[IO[bytes]] = []
        self.ended: list[str] = []

    def __enter__(self) -> Self:
        self._members = [self._start(role) for role in self._roles]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for member in self._members:
            member.terminate()
        for member in self._members:
            try:
                member.wait(GOOD_ORDER)
            except subprocess.TimeoutExpired:
                member.kill()
                member.wait()
        for file in self._said:
            file.close()

    def _start(self, role: tuple[str, ...]) -> subprocess.Popen[bytes]:
        said = (self._folder / f"{len(self._said):03}-{role[0]}.log").open("wb")
        self._said.append(said)
        env = {key: value for key, value in os.environ.items() if not key.startswith("NEWSDELTA_")}
        env["XDG_DATA_HOME"] = str(self._folder)
        return subprocess.Popen(
            [*NEWSDELTA, *role], cwd=self._folder, env=env, stdout=said, stderr=subprocess.STDOUT
        )

    def process(self, role: str, draw: float = 0.0) -> psutil.Process:
        """One member of a role. Raises psutil.NoSuchProcess where it is gone."""
        return psutil.Process(self._of(role, draw).pid)

    def kill(self, role: str, draw: float) -> None:
        """SIGKILL to one member of a role."""
        member = self._of(role, draw)
        member.kill()
        member.wait()

    def kill_crawler(self, draw: float) -> None:
        """SIGKILL to a crawling process, where there is one."""
        for crawler in self._crawlers(draw):
            crawler.kill()

    def freeze(self, role: str, draw: float) -> psutil.Process | None:
        """SIGSTOP to one member of a role; returns who it was, to be thawed: None where another fault killed it."""
        with suppress(psutil.NoSuchProcess):
            return _stopped(self.process(role, draw))
        return None

    def freeze_crawler(self, draw: float) -> psutil.Process | None:
        """SIGSTOP to a crawling process, where there is one; returns it."""
        return next((_stopped(crawler) for crawler in self._crawlers(draw)), None)

    def replace_the_dead(self) -> None:
        """Start those anew that are gone, as a service manager does; those that ended by themselves are noted."""
        for number, member in enumerate(self._members):
            status = member.poll()
            if status is None:
                continue
            if status != -9:
                self.ended.append(f"{self._roles[number][0]} ended with {status}")
            self._members[number] = self._start(self._roles[number])

    def said(self) -> str:
        """What all of them said, the last of each."""
        return "\n".join(
            f"-- {file.name}\n{file.read_text('utf-8', 'replace')[-2000:]}"
            for file in sorted(self._folder.glob("*.log"))
        )

    def _of(self, role: str, draw: float) -> subprocess.Popen[bytes]:
        among = [one for one, words in zip(self._members, self._roles, strict=True) if words[0] == role]
        return among[int(draw * len(among))]

    def _crawlers(self, draw: float) -> list[psutil.Process]:
        """One crawling process, drawn from all; [] while there is none."""
        found: list[psutil.Process] = []
        for member in self._members:
            with suppress(psutil.Error):
                children = psutil.Process(member.pid).children()
                found += [one for one in children if "crawler.serve" in one.cmdline()]
        return [found[int(draw * len(found))]] if found else []


def _stopped(process: psutil.Process) -> psutil.Process | None:
    with suppress(psutil.Error):
        process.suspend()
        return process
    return None


def thaw(process: psutil.Process | None) -> None:
    """SIGCONT, where it still lives."""
    if process is not None:
        with suppress(psutil.Error):
            process.resume()
