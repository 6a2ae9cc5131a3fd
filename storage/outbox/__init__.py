"""The outbox: what is to be told waits here from the event's own transaction until the far end has accepted it.

    enqueue                         in the transaction that stores the event: one row for each subscription and place
    due_destinations, next_due      where something can be sent now, and when there will be something
    claim                           takes messages for a while, so that no other process sends them
    delivered, postponed, dead, release, renew       what became of a claim; only its holder is heard
    hold, register                  what is known of a destination
    notifications, counts, destinations, events, retry, discard, forget         for people
    rehearse                        what the present rules would have told

A message is a row, or all rows of one batch (a digest, an article that had to fall quiet). Its rows are set
by its first claim and have its `key` from then on. Within a stream and destination messages go in the order
of their first rows. A message waits for an earlier one that is due, was tried, or is its own subscription's;
not for one that another subscription wants told later, and not for one that is dead, discarded or paused.
docs/decisions/0009-outbox.md says why.
"""

from storage.outbox.claims import Claim, claim, clock, due_destinations, next_due
from storage.outbox.entering import enqueue
from storage.outbox.marks import dead, delivered, delivered_all, postponed, progressed, release, renew
from storage.outbox.places import Place, destinations, hold, register
from storage.outbox.rehearsal import Rehearsed, rehearse
from storage.outbox.review import counts, discard, events, forget, notifications, retry

__all__ = [
    "Claim", "Place", "Rehearsed", "claim", "clock", "counts", "dead", "delivered", "delivered_all", "destinations",
    "discard", "due_destinations", "enqueue", "events", "forget", "hold", "next_due", "notifications", "postponed",
    "progressed", "register", "rehearse", "release", "renew", "retry",
]  # fmt: skip
