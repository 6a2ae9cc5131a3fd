"""What happens on the sites meanwhile: articles come, are edited, go and come back."""

from __future__ import annotations

import re
from collections import Counter
from random import Random
from typing import Any

from storage import queries
from storage.database import Database
from tests.replica.edits import CannotEdit
from tests.replica.replica import Replica

#: How often each thing happens, beside the others.
WEIGHTS = {"edit": 8, "publish": 3, "remove": 2, "restore": 2}
EDITS = ("headline", "number", "name-or-title", "negation", "quotation", "added", "removed", "wording")
REMOVALS = ("404", "410", "soft-404")


class Happenings:
    """Draws what happens next. An article is touched when all that befell it is stored: who looks now and then
    sees one edit where there were two, and none of an article that came back between two looks.
    """

    def __init__(self, sites: Replica, store: Database, seed: int) -> None:
        self._sites = sites
        self._store = store
        self._chance = Random(f"happenings of {seed}")

    def publish(self) -> str:
        """Publish an article; returns its id."""
        channel = self._chance.choice(sorted(self._sites.urls))
        self._sites.do("publish", channel=channel)
        return str(self._sites.expected_events()[-1]["article_id"])

    def next(self) -> None:
        """Let one thing happen. Raises StorageError where the store cannot be asked now."""
        what = self._chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        if what == "publish":
            self.publish()
            return
        article = self._settled(gone=what == "restore")
        if article is None:
            return
        options: dict[str, Any] = {"article": article["article_id"], "channel": article["channel"]}
        if what == "edit":
            options["classes"] = self._chance.choice(EDITS)
        elif what == "remove":
            options["how"] = self._chance.choice(REMOVALS)
        try:
            self._sites.do(what, **options)
        except CannotEdit:
            return

    def _settled(self, *, gone: bool) -> dict[str, Any] | None:
        """An article all of whose story is stored, and that is there or is not."""
        stored = Counter(key for _, key in stored_events(self._store))
        latest: dict[str, dict[str, Any]] = {}
        happened: Counter[str] = Counter()
        for event in self._sites.expected_events():
            latest[event["article_id"]] = event
            happened[event["article_id"]] += 1
        among = [
            event
            for key, event in latest.items()
            if stored[key] == happened[key] and (event["kind"] == "removed") == gone
        ]
        return self._chance.choice(among) if among else None


def stored_events(store: Database) -> list[tuple[str, str]]:
    """(kind, the article's id at its publisher) of all stored events of articles, in their order."""
    return [(event.kind.value, article_id(event.url)) for event in queries.events(store) if event.article]


def article_id(url: str) -> str:
    """The number in an article's address."""
    return str(re.findall(r"\d{7,}", url)[-1])
