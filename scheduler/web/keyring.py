"""Keys of programs: made here, for the page, the API and the command line alike, and shown once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from scheduler.web.access import Scope, digest_of, new_key
from storage import keys
from storage.database import Database

#: Characters of a name at most.
LONGEST = 100


def make(database: Database, name: str, scopes: Iterable[Scope], now: datetime) -> str:
    """Make a key that may do these things, and return it: only its digest is kept.

    Raises ValueError, in words for people, for a name that is none or taken; StorageError.
    """
    if not name.strip() or len(name) > LONGEST or not name.isprintable():
        raise ValueError("Write a name, on one line")
    wanted = frozenset(scopes)
    if not wanted:
        raise ValueError("Choose what it may do")
    key = new_key()
    if not keys.add(database, name, digest_of(key), wanted, now):
        raise ValueError("Another key has this name; remove that one first")
    return key
