"""What happens on the sites meanwhile: articles come, are edited, go and come back."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from storage.database import Database
from tests.chaos.known import stored_events
from tests.replica.control import Calls
from tests.replica.edits import CannotEdit

#: How often each thing happens, beside the others.
WEIGHTS = {"edit": 8, "publish": 3, "remove": 2, "restore": 2}
EDITS = ("headline", "number", "name-or-title", "negation", "quotation", "added", "removed", "wording")
REMOVALS = ("404", "410", "soft-404")


class Happenings:
    """Draws what happens next. An article is touched when all that befell it is stored: who looks now and then
    sees one edit where there were two, and none of an article that came back between two looks.
    """

    def __init__(self, sites: Calls, store: Database, seed: int) -> None:
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
        stored = Counter(one.article for one in stored_events(self._store))
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
