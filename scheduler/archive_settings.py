"""What newsdelta.toml says of the archive and of how long things are kept: [archive] and [retention]."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from crawler.archive import ArchivePlace
from scheduler.settings import Section, duration

DEFAULT_SIZE = "1G"
_UNITS = {"K": 2**10, "M": 2**20, "G": 2**30}
#: Less than this is no age: a day's work would be gone before anybody looked at it.
SHORTEST = timedelta(days=1)


def size(text: str) -> int:
    """Read "500M" or "1G" into bytes: a megabyte or more. Raises ValueError."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMG])i?B?", text.strip(), re.I)
    if match is None:
        raise ValueError(f"size = {text!r} is no size; write for example 500M or 1G")
    found = int(float(match[1]) * _UNITS[match[2].upper()])
    if found < 2**20:
        raise ValueError(f"size = {text!r} is too small; 1M is the smallest")
    return found


def age(key: str, text: str | None) -> timedelta | None:
    """Read "90d" or "5y"; None, for "forever", where nothing is set. Raises ValueError."""
    if text is None or text == "forever":
        return None
    years = re.fullmatch(r"(\d+(?:\.\d+)?)\s*y", text.strip())
    try:
        found = timedelta(days=365 * float(years[1])) if years else duration(text)
    except (ValueError, OverflowError):
        raise ValueError(f'{key} = {text!r} is no age; write for example 90d, 5y or "forever"') from None
    if found < SHORTEST:
        raise ValueError(f"{key} = {text!r} is too short; 1d is the shortest")
    return found


class ArchiveSection(Section, frozen=True):
    """[archive]"""

    warc: bool = True
    folder: str | None = None
    size: str = DEFAULT_SIZE

    def __post_init__(self) -> None:
        size(self.size)

    def place(self, database_url: str, data: Path) -> ArchivePlace | None:
        """Where the archive is, None for nowhere. Unless it is said: beside an SQLite database, named after it;
        of a database on a server, in the folder `data`.
        """
        if not self.warc:
            return None
        folder = Path(self.folder) if self.folder else default_folder(database_url, data)
        return ArchivePlace(str(folder.expanduser().absolute()), size(self.size))


class RetentionSection(Section, frozen=True):
    """[retention]"""

    observations: str | None = None
    notifications: str | None = None
    archive: str | None = None
    revisions: str | None = None

    def __post_init__(self) -> None:
        for key in ("observations", "notifications", "archive", "revisions"):
            age(key, getattr(self, key))

    def retention(self) -> Retention:
        """What the section comes to."""
        return Retention(
            age("observations", self.observations),
            age("notifications", self.notifications),
            age("archive", self.archive),
            age("revisions", self.revisions),
        )


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept; None: for ever. revisions: until those that another followed are packed."""

    observations: timedelta | None = None
    notifications: timedelta | None = None
    archive: timedelta | None = None
    revisions: timedelta | None = None

    @property
    def is_set(self) -> bool:
        """Whether anything ends at all."""
        return any((self.observations, self.notifications, self.archive, self.revisions))


def default_folder(database_url: str, data: Path) -> Path:
    """The archive's folder where none is named."""
    kind, _, path = database_url.partition(":///")
    is_file = kind.startswith("sqlite") and Path(path).name
    return Path(path).with_suffix(".archive") if is_file else data / "archive"
