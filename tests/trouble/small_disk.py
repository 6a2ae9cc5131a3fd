"""A small disk that a test may fill, or make read-only: a tmpfs in a mount namespace of its own.

Root may make one, and so may a plain user where user namespaces are allowed; elsewhere the test is skipped. What is
mounted goes when the namespace's last process ends, however the test does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

_MOUNT = 'mount -t tmpfs -o size="$1" tmpfs "$2" && echo mounted && exec cat'


class SmallDisk:
    """A disk of so many bytes at `folder`, for processes that are started by the words of `inside`."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder = folder
        self._size = size

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        alone = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
        words = [*alone, "sh", "-c", _MOUNT, "sh", str(self._size), str(self.folder)]
        if shutil.which("unshare") is None or shutil.which("nsenter") is None:
            pytest.skip("a small disk needs unshare and nsenter (util-linux)")
        self._keeper = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert self._keeper.stdout is not None
        if self._keeper.stdout.readline() != b"mounted\n":
            reason = self._keeper.communicate()[1].decode(errors="replace").strip()
            pytest.skip(f"a small disk cannot be mounted here: {reason}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._keeper.communicate()

    def inside(self, words: list[str]) -> list[str]:
        """The words that start a process which sees the disk; it keeps its process id."""
        enter = ["nsenter", "-t", str(self._keeper.pid), "-m"]
        if os.geteuid() != 0:
            enter += ["-U", "--preserve-credentials"]
        here = 'cd "$0" && exec "$@"'  # nsenter goes to the namespace's root
        return [*enter, "sh", "-c", here, str(Path.cwd()), *words]

    @property
    def seen(self) -> Path:
        """The disk's folder as this process sees it."""
        return Path(f"/proc/{self._keeper.pid}/root{self.folder}")

    def fill(self) -> None:
        """Leave not a byte of room."""
        with (self.seen / "filler").open("ab", buffering=0) as file:
            for size in (2**20, 2**12, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    continue

    def free(self) -> None:
        """Give the room back."""
        (self.seen / "filler").unlink()

    def remount(self, how: str) -> None:
        """Make it read-only ("ro"), or writable again ("rw")."""
        subprocess.run(self.inside(["mount", "-o", f"remount,{how}", str(self.folder)]), check=True)
