"""The section [log] of newsdelta.toml: in which form, from which level on, and where lines are written."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from scheduler.archive_settings import size as size_of
from scheduler.settings import Section, check_known

FORMATS = ("text", "json")
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


@dataclass(frozen=True, slots=True)
class LogSettings:
    """`file` is None for stderr. `size` in bytes, at which a file is turned over; 0: logrotate does that."""

    format: str = "text"
    level: int = logging.WARNING
    file: Path | None = None
    size: int = 0
    keep: int = 5


class LogSection(Section, frozen=True):
    """[log]"""

    format: str = "text"
    level: str | None = None
    file: str | None = None
    size: str | None = None
    keep: int = 5

    def __post_init__(self) -> None:
        check_known("format", (self.format,), FORMATS)
        check_known("level", (self.level or "info",), LEVELS)
        if self.size is not None:
            size_of(self.size)
            if self.file is None:
                raise ValueError('size = … turns a file over; name it: file = "…"')
        if not 0 <= self.keep <= 1000:
            raise ValueError(f"keep = {self.keep} is out of reach; write 0 to 1000")

    def settings(self, source: Path | None) -> LogSettings:
        """What the section comes to. A file is meant from where the config, `source`, is.

        Unless it is said, people on a terminal are told what is wrong, and machines and files all that happens.
        """
        folder = source.absolute().parent if source else Path.cwd()
        file = folder / Path(self.file).expanduser() if self.file else None
        size = size_of(self.size) if self.size else 0
        level = self.level or ("info" if file or self.format == "json" else "warning")
        return LogSettings(self.format, LEVELS[level], file, size, self.keep)
