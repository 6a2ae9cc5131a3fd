"""The store: can it be opened, how large is it, and how long will its disk last?"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

from scheduler.config import Config
from scheduler.doctor.finding import Finding, State
from storage import maintenance
from storage.database import Database
from storage.errors import DatabaseEmpty, DatabaseUnreachable, NewsdeltaError

#: Days of growth that the disk should have room for; below the second number it is a failure.
ROOM_DAYS, LAST_DAYS = 30.0, 3.0
#: Bytes below which a disk counts as full, whatever the growth.
FULL = 200 * 2**20
_DAY = 86_400.0


def store(config: Config) -> Iterator[Finding]:
    """Open the store for reading, and look at its disk."""
    not_made = Finding("store", State.NOTE, f"{config.database_name}: not made yet", "Run: newsdelta crawl")
    if _is_new(config):
        yield not_made
        return
    try:
        with Database.open(config.database_url, create=False, readonly=True) as database:
            sizes = maintenance.sizes(database)
            grown = maintenance.growth(database)
    except DatabaseEmpty:
        yield not_made
        return
    except DatabaseUnreachable as error:
        yield Finding("store", State.FAILED, f"{error.message}: {config.database_name}", error.mend)
        return
    except NewsdeltaError as error:
        yield Finding("store", State.FAILED, error.message, error.mend)
        return
    articles, archive = sizes.rows["articles"], f", archive {_size(sizes.archive)}" if sizes.archive else ""
    yield Finding(
        "store",
        State.WELL,
        f"{config.database_name}: {articles} articles, {_size(sizes.bytes)}{archive}",
    )
    for folder in _folders(config):
        yield _room(folder, sizes.bytes + sizes.archive, grown)


def _is_new(config: Config) -> bool:
    file = _file(config)
    return file is not None and not file.exists()


def _file(config: Config) -> Path | None:
    """The file of an SQLite store."""
    kind, _, path = config.database_url.partition(":///")
    return Path(unquote(path.partition("?")[0])) if kind.startswith("sqlite") else None


def _folders(config: Config) -> list[Path]:
    """Where this machine writes, a folder for each disk."""
    file = _file(config)
    found = [file.absolute().parent] if file else []
    found += [Path(config.archive.folder)] if config.archive else []
    disks = {folder.stat().st_dev: folder for folder in reversed(found) if folder.is_dir()}
    return sorted(disks.values())


def _room(folder: Path, held: int, grown: tuple[datetime, datetime] | None) -> Finding:
    """How much room a disk has, and for how many days at the growth so far."""
    free = shutil.disk_usage(folder).free
    words = f"{folder}: {_size(free)} free"
    if not os.access(folder, os.W_OK):
        return Finding("disk", State.FAILED, f"{folder} cannot be written", "Give newsdelta's user the right")
    if free < FULL:
        return Finding("disk", State.FAILED, words, "Make room: newsdelta db prune, or a larger disk")
    days = (grown[1] - grown[0]).total_seconds() / _DAY if grown else 0.0
    if days < 1:
        return Finding("disk", State.WELL, words)
    left = free / max(1.0, held / days)
    words += f", enough for {left:.0f} days at {_size(int(held / days))} a day" if left < 3650 else ""
    if left >= ROOM_DAYS:
        return Finding("disk", State.WELL, words)
    state = State.FAILED if left < LAST_DAYS else State.NOTE
    return Finding("disk", state, words, "Set [retention], or make room")


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
