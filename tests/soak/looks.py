"""PURE: what happened, and who asked for which page when → what was not looked at since, so that nobody can know it.

A plan visits an old page seldom. What befell it is not lost before it was asked for again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: Seconds from a look to the message that tells of it; a look after that is none yet.
TELLING = 60.0
#: The part of what happened that may be left without a look at the end: more is a watcher that does not look.
MOST = 0.01


def not_looked_at(
    happened: Sequence[Mapping[str, Any]],
    requests: Iterable[Mapping[str, Any]],
    until: float,
    removal_after: float,
) -> list[tuple[str, str]]:
    """(kind, article) of each thing that no watcher can know `until` then; all times on the replica's clock.

    An edit or a return takes one look. A removal takes two that are `removal_after` seconds apart. A new article is
    on the listing: there is no excuse for it.
    """
    looks: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for one in requests:
        if one["method"] == "GET" and one["at"] <= until - TELLING:
            looks[one["channel"], one["path"]].append(one["at"])
    return [
        (event["kind"], event["article_id"])
        for event in happened
        if event["kind"] != "new"
        and not _is_seen(event, looks[event["channel"], event["path"]], removal_after)
    ]


def _is_seen(event: Mapping[str, Any], looks: Sequence[float], removal_after: float) -> bool:
    since = sorted(at for at in looks if at > event["at"])
    least = removal_after if event["kind"] == "removed" else 0.0
    return bool(since) and since[-1] - since[0] >= least
