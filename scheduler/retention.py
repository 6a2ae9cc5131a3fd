"""What `newsdelta db prune` and the watcher do each night: give up what [retention] says is too old."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from datetime import datetime

from scheduler.archive_settings import Retention
from storage import compaction, maintenance, retention
from storage.database import Database


def prune(
    database: Database, kept: Retention, now: datetime, *, observations_before: datetime | None = None
) -> Iterator[str]:
    """Give up what is older than it is kept, and say what was done. Raises StorageError."""
    before = observations_before or (now - kept.observations if kept.observations else None)
    if before is not None:
        folded = retention.fold_observations(database, before)
        yield f"{folded} observations became counts by day."
    if kept.revisions is not None:
        packed = compaction.compact(database, now - kept.revisions)
        yield (
            f"{packed.revisions} superseded revisions packed, "
            f"{packed.before / 2**20:.1f} MB into {packed.after / 2**20:.1f} MB."
        )
    if kept.notifications is not None:
        dropped = maintenance.prune_notifications(database, now - kept.notifications)
        yield f"{dropped} notifications dropped."
    if kept.archive is not None:
        software = f"newsdelta/{importlib.metadata.version('newsdelta')}"
        gone = retention.drop_archive(database, now - kept.archive, now, software)
        yield (
            f"{gone.files} files of the archive dropped, {gone.bytes / 2**20:.1f} MB; "
            f"{gone.moved} records that are still needed were moved."
        )
