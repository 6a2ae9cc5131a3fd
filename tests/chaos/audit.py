"""PURE: what happened, what was stored, what was told → what is wrong with it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tests.chaos.plan import CUTTING

#: Seconds that may lie between a fault and the message that it parted from its mark.
LATE = 5.0


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored event: its number, its kind, its article's id at the publisher ('' for a channel's), its channel."""

    event: int
    kind: str
    article: str
    channel: str


@dataclass(frozen=True, slots=True)
class Told:
    """One acceptance of a message: when (seconds since the epoch), its key, the events in it, how it was answered."""

    at: float
    key: str
    events: tuple[int, ...]
    deed: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that struck; seconds since the epoch."""

    kind: str
    began: float
    ended: float


def findings(
    happened: Sequence[tuple[str, str]],
    stored: Sequence[Stored],
    told: Sequence[Told],
    faults: Sequence[Fault],
) -> list[str]:
    """Say what was lost, invented, told twice without need, or told out of order; [] where all is well.

    `happened`: (kind, article) of all that a perfect watcher reports.
    """
    return [
        *_stored_wrongly(happened, stored),
        *_channels_wrongly(stored, faults),
        *_told_wrongly(stored, told),
        *_again_without_need(told, faults),
        *_out_of_order(stored, told),
    ]


def _stored_wrongly(happened: Sequence[tuple[str, str]], stored: Sequence[Stored]) -> list[str]:
    wanted = Counter(happened)
    found = Counter((one.kind, one.article) for one in stored if one.article)
    return [f"lost: {one} x{count}" for one, count in (wanted - found).items()] + [
        f"phantom: {one} x{count}" for one, count in (found - wanted).items()
    ]


def _channels_wrongly(stored: Sequence[Stored], faults: Sequence[Fault]) -> list[str]:
    """A channel is told to be broken only where its site was struck, and to have recovered after that."""
    wrong: list[str] = []
    broken: set[str] = set()
    struck = any(fault.kind.startswith("site ") for fault in faults)
    for one in stored:
        if one.article:
            continue
        if (one.kind == "channel-broken") is (one.channel in broken) or not struck:
            wrong.append(f"phantom: {one.kind} of {one.channel}")
        (broken.add if one.kind == "channel-broken" else broken.discard)(one.channel)
    return wrong + [f"{channel} is still told to be broken" for channel in sorted(broken)]


def _told_wrongly(stored: Sequence[Stored], told: Sequence[Told]) -> list[str]:
    keys: defaultdict[int, set[str]] = defaultdict(set)
    for one in told:
        for event in one.events:
            keys[event].add(one.key)
    known = {one.event for one in stored}
    return [
        *(f"not told: {one}" for one in stored if one.event not in keys),
        *(f"told and not stored: event {event}" for event in keys.keys() - known),
        *(f"told under {len(names)} keys: event {event}" for event, names in keys.items() if len(names) > 1),
    ]


def _again_without_need(told: Sequence[Told], faults: Sequence[Fault]) -> list[str]:
    """A message comes again only where its sender could not know, or could not write down, that it had come."""
    last: dict[str, Told] = {}
    wrong = []
    for one in told:
        before = last.get(one.key)
        if before is not None and before.deed != "vanish" and not any(_cuts(f, before.at) for f in faults):
            wrong.append(f"told again without need: {one.key}, {one.at - before.at:.1f} s later")
        last[one.key] = one
    return wrong


def _cuts(fault: Fault, at: float) -> bool:
    return fault.kind in CUTTING and fault.began - LATE <= at <= fault.ended + LATE


def _out_of_order(stored: Sequence[Stored], told: Sequence[Told]) -> list[str]:
    """Of one article, or one channel as a whole, what happened first is told first."""
    streams = {one.event: one.article or one.channel for one in stored}
    last: dict[str, int] = {}
    seen: set[int] = set()
    wrong = []
    for event in (event for one in told for event in one.events):
        stream = streams.get(event)
        if stream is None or event in seen:
            continue
        seen.add(event)
        if event < last.get(stream, 0):
            wrong.append(f"told out of order: event {event} after {last[stream]} of {stream}")
        last[stream] = max(event, last.get(stream, 0))
    return wrong
