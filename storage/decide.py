"""PURE: what is known of an article, what one visit brought → what changed. The one place that judges.

    known as     same text    other text     304          absent                failed, blocked, unreadable
    -----------  -----------  -------------  -----------  --------------------  ---------------------------
    (unknown)    NEW          NEW            FAILED       FAILED                FAILED
    present      UNCHANGED    EDITED         UNCHANGED    SUSPECTED             FAILED
    suspected    UNCHANGED    EDITED         UNCHANGED    SUSPECTED or REMOVED  FAILED
    removed      RESTORED     RESTORED *     RESTORED     UNCHANGED             FAILED

* with a second event, EDITED. Whatever shows the text, and a 304, makes the article present.
"Absent" is one of `records.ABSENT`. A removal is told only when it lasts: see `Policy`.

Text is compared by content hash, and only between readings made by the same rules. Where the rules changed
since the stored revision, its bytes read again by the new rules (the sighting's baseline) stand in for it.
Without a baseline nobody can say whose change it is: the reading is ADOPTED, stored as a new revision and
told to no one.

A visit older than the newest one known (two crawlers met, or a crawl is replayed) changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from storage.records import ABSENT, EventKind, Outcome, Reading, Sighting, State


class Change(StrEnum):
    """What one visit changed in what we know."""

    NEW = "new"
    EDITED = "edited"
    UNCHANGED = "unchanged"
    ADOPTED = "adopted"  # other text, other rules, no baseline: stored, not told
    SUSPECTED = "suspected"
    REMOVED = "removed"
    RESTORED = "restored"
    FAILED = "failed"
    QUARANTINED = "quarantined"  # seen while site or parser looked broken: nothing is concluded from it


@dataclass(frozen=True, slots=True)
class Policy:
    """When an absence is a removal: after that many absent visits in a row, over so long a time."""

    removal_visits: int = 3
    removal_after: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of an article before a visit; hash and rules are its last revision's."""

    id: int
    state: State
    revision: int
    content_hash: str
    rules: str
    last_visit: datetime  # the last one that told something: not those that FAILED
    absences: int = 0
    absent_since: datetime | None = None
    published_at: datetime | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to store and whom to tell.

    `reread`: what the last revision says when read by the new rules; it takes the place of the old reading.
    `revise`: the sighting's reading is a new revision. `events`: what to tell, in order.
    """

    change: Change
    state: State
    absences: int = 0
    absent_since: datetime | None = None
    reread: Reading | None = None
    revise: bool = False
    events: tuple[EventKind, ...] = ()


def decide(known: Known | None, sighting: Sighting, policy: Policy) -> Decision:
    """Judge one visit by the table above."""
    outcome = sighting.observation.outcome
    if known is None:
        if outcome is Outcome.READ and sighting.reading is not None:
            return Decision(Change.NEW, State.PRESENT, revise=True, events=(EventKind.NEW,))
        return Decision(Change.FAILED, State.PRESENT)
    if outcome in ABSENT:
        return _absent(known, sighting.observation.at, policy)
    if outcome is Outcome.NOT_MODIFIED:
        return _still(known) if _is_stale(known, sighting) else _there(known, Change.UNCHANGED)
    if outcome is Outcome.READ and sighting.reading is not None:
        return (
            _still(known) if _is_stale(known, sighting) else _read(known, sighting.reading, sighting.baseline)
        )
    return _still(known, Change.FAILED)


def _read(known: Known, reading: Reading, baseline: Reading | None) -> Decision:
    """Compare texts: equal hashes are equal texts."""
    if known.rules == reading.rules:
        return _there(known, _compare(known.content_hash, reading))
    if known.content_hash == reading.content_hash:
        # Whatever other rules make of the old page: its make may be another, its text is the same.
        return _there(known, Change.UNCHANGED, reread=reading)
    if baseline is not None and baseline.rules == reading.rules:
        return _there(known, _compare(baseline.content_hash, reading), reread=baseline)
    return _there(known, Change.ADOPTED)


def _compare(content_hash: str, reading: Reading) -> Change:
    return Change.UNCHANGED if content_hash == reading.content_hash else Change.EDITED


def _there(known: Known, change: Change, *, reread: Reading | None = None) -> Decision:
    """The article is there: a suspicion ends without a word, a removal ends with one."""
    events: tuple[EventKind, ...] = ()
    told = change
    if known.state is State.REMOVED:
        events, told = (EventKind.RESTORED,), Change.RESTORED
    if change is Change.EDITED:
        events = (*events, EventKind.EDITED)
    revise = change in (Change.EDITED, Change.ADOPTED)
    return Decision(told, State.PRESENT, reread=reread, revise=revise, events=events)


def _absent(known: Known, at: datetime, policy: Policy) -> Decision:
    """Count an absence; the same visit told twice counts once."""
    if known.state is State.REMOVED or at <= known.last_visit:
        return _still(known)
    since = known.absent_since or at
    absences = known.absences + 1
    if absences >= policy.removal_visits and at - since >= policy.removal_after:
        return Decision(Change.REMOVED, State.REMOVED, absences, since, events=(EventKind.REMOVED,))
    return Decision(Change.SUSPECTED, State.SUSPECTED, absences, since)


def _still(known: Known, change: Change = Change.UNCHANGED) -> Decision:
    """Leave the state as it is."""
    return Decision(change, known.state, known.absences, known.absent_since)


def _is_stale(known: Known, sighting: Sighting) -> bool:
    return sighting.observation.at < known.last_visit
