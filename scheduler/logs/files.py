"""The log as a file that several processes write and that is turned over: by us at a size, or by logrotate."""

from __future__ import annotations

import fcntl
import logging
import os
from pathlib import Path
from typing import IO


class LogFile(logging.Handler):
    """Appends to a file. One that was moved away is opened anew, as logrotate expects.

    At `size` bytes the file becomes FILE.1, that one FILE.2, and so on; `keep` of them stay. `size` 0: never.
    Several processes may write one file: who turns it over holds its lock (flock(2)).
    """

    def __init__(self, path: Path, size: int = 0, keep: int = 5) -> None:
        """Open the file, made where there is none, for its owner and group alone. Raises OSError."""
        super().__init__()
        self._path = path
        self._size = size
        self._keep = keep
        self._file = self._open()

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; a full disk or a lost folder is told on stderr, and stops nothing."""
        try:
            line = self.format(record) + "\n"
            self._follow()
            if self._size and os.fstat(self._file.fileno()).st_size + len(line.encode()) > self._size:
                self._turn_over()
            self._file.write(line)
            self._file.flush()
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        super().close()

    def _open(self) -> IO[str]:
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        return os.fdopen(handle, "a", encoding="utf-8", errors="backslashreplace")

    def _follow(self) -> None:
        """Open the file anew where its name leads elsewhere by now."""
        if not self._is_ours():
            self._file.close()
            self._file = self._open()

    def _is_ours(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._file.fileno()), self._path.stat())
        except FileNotFoundError:
            return False

    def _turn_over(self) -> None:
        """Move the file on, unless another process did while we waited for its lock."""
        held = self._file
        fcntl.flock(held, fcntl.LOCK_EX)
        try:
            if os.fstat(held.fileno()).st_size and self._is_ours():
                for number in range(self._keep, 0, -1):
                    older = self._numbered(number - 1)
                    if older.exists():
                        older.replace(self._numbered(number))
                if not self._keep:
                    self._path.unlink()
            self._file = self._open()
        finally:
            held.close()  # lets go of the lock

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}") if number else self._path
