"""JSON lines (or text) to a file or to standard output: file:///PATH, stdout://."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from scheduler.alerts.model import Answer, Letter, Verdict
from scheduler.alerts.payload import encode
from scheduler.alerts.place import Place, Url

try:
    import fcntl
except ImportError:  # Windows: one process writes, as SQLite is one machine's
    fcntl = None  # type: ignore[assignment]


class _Lines(Place):
    """What both share: a message is one line of JSON, or its text and a blank line ("?format=text")."""

    def __init__(self, url: Url, shown: str, label: str) -> None:
        self._text = _format(url) == "text"
        super().__init__(url, shown, (), label)

    def _line(self, letter: Letter) -> bytes:
        if self._text:
            return letter.plain.rstrip().encode("utf-8", "replace") + b"\n\n"
        return encode(letter) + b"\n"

    async def _send(self, letter: Letter, parts_done: int) -> Answer:
        try:
            await asyncio.to_thread(self._write, self._line(letter))
        except (OSError, ValueError) as error:  # ValueError: standard output is closed
            return Answer(Verdict.LATER, f"it cannot be written: {_reason(error)}", host_down=True)
        return Answer(Verdict.ACCEPTED, "written", parts_done=1)

    def _write(self, line: bytes) -> None:
        raise NotImplementedError


class Lines(_Lines):
    """A file that grows by a line a message: written at once and flushed to the disk, else not at all."""

    def __init__(self, url: Url, label: str = "") -> None:
        """Raises ValueError."""
        self._path = _path(url)
        super().__init__(url, f"file://{self._path}", label)

    def _write(self, line: bytes) -> None:
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
        try:
            with _locked(handle):
                _append(handle, line)
        finally:
            os.close(handle)


class StandardOutput(_Lines):
    """The process's standard output."""

    def __init__(self, url: Url, label: str = "") -> None:
        """Raises ValueError."""
        super().__init__(url, "stdout://", label)

    def _write(self, line: bytes) -> None:
        out = sys.stdout
        out.flush()
        if hasattr(out, "buffer"):
            out.buffer.write(line)
        else:  # a capture of a test, or of a program around us
            out.write(line.decode())
        out.flush()


def _append(handle: int, line: bytes) -> None:
    """Write the line whole or not at all; the end of a line torn by a power cut is closed off first."""
    size = os.fstat(handle).st_size
    if size and os.pread(handle, 1, size - 1) != b"\n":
        line = b"\n" + line
    try:
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, size)
        raise


@contextmanager
def _locked(handle: int) -> Iterator[None]:
    """Keep other delivering processes out: a line that failed is cut off by its length."""
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX)
    yield  # closing the file unlocks it


def _format(url: Url) -> str:
    found = url.first("format", "json")
    if found not in ("json", "text"):
        raise ValueError("format is json or text")
    return found


def _path(url: Url) -> Path:
    raw = url.text.split("://", 1)[1].split("?", 1)[0]
    path = Path(unquote(raw)).expanduser()
    if not raw.startswith(("/", "~")):
        raise ValueError("write file:///FOLDER/NAME.jsonl, with three slashes")
    if path.is_dir():
        raise ValueError(f"{path} is a folder; write the file's name behind it")
    if not path.parent.is_dir():
        raise ValueError(f"the folder {path.parent} does not exist; make it first")
    return path


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
