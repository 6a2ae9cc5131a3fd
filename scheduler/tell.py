"""Tells each event once, in the order of the store, to whoever listens in this process."""

from __future__ import annotations

import logging
from collections.abc import Callable

from scheduler.trouble import Trouble
from storage import queries
from storage.database import Database
from storage.errors import StorageError
from storage.records import Event

log = logging.getLogger(__name__)


class Teller:
    """Follows the store's events from the one after `after`."""

    def __init__(self, database: Database, listener: Callable[[Event], None], after: int) -> None:
        self._database = database
        self._listener = listener
        self._after = after
        self._trouble = Trouble(log, "Events cannot be told")

    async def tell_new(self) -> None:
        """Hand on the events stored since the last call; where the store is in trouble, the next call does it."""
        try:
            for event in queries.events(self._database, after_id=self._after):
                self._after = event.id  # where the output is full, the line waits in its buffer
                self._listener(event)
        except (StorageError, OSError) as error:
            self._trouble.met(error)
        else:
            self._trouble.over()
