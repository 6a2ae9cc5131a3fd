"""What happened on the sites, what is stored of it, and what was told, in the words of the audit."""

from __future__ import annotations

import re
from collections.abc import Iterable

from storage import queries
from storage.database import Database
from tests.chaos.audit import Stored, Told
from tests.receivers.services import Received
from tests.replica.control import Calls


def happened(sites: Calls) -> list[tuple[str, str]]:
    """(kind, the article's id at its publisher) of all that a perfect watcher has reported by now."""
    return [(event["kind"], event["article_id"]) for event in sites.expected_events()]


def stored_events(store: Database, after: int = 0) -> list[Stored]:
    """All events with numbers above `after`. Raises StorageError."""
    return [
        Stored(event.id, event.kind.value, article_id(event.url) if event.article else "", event.channel)
        for event in queries.events(store, after_id=after)
    ]


def told_by(accepted: Iterable[Received]) -> list[Told]:
    """What a receiver accepted."""
    return [
        Told(one.at, one.key, tuple(item["event"]["id"] for item in one.body["data"]["items"]), one.deed)
        for one in accepted
    ]


def article_id(url: str) -> str:
    """The number in an article's address."""
    return str(re.findall(r"\d{7,}", url)[-1])
