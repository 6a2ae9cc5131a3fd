"""Reading pages of unknown sites beside trafilatura, where it is installed.

Both get the same labelled pages, decoded well: body (F1 of character 4-grams), days (the date to the day, as
trafilatura gives no time of day) and authors (share that equals the label), CPU milliseconds for 40 KB of page.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.benchmarks._rows import row
from tests.quality.generic_scores import PAGES, Answer, Labelled, Tool, labelled, names_of, newsdelta, score

SIZE = 40 * 1024
GOAL_MS = 6.0
GOALS = {"body F1": 0.95, "dates": 0.95, "authors": 0.85}
FIELDS = ("body F1", "days", "authors")
_TURNS = 3


def run() -> list[dict[str, Any]]:
    """The rows: each field ours beside each peer, then the time of each tool."""
    if not PAGES.is_dir():
        print("extracting: the folder of reference pages is not beside this checkout", file=sys.stderr)
        return []
    pages = labelled()
    tools = _tools()
    scores = {name: score(tool, pages) for name, tool in tools.items()}
    times = {name: _milliseconds(tool, pages) for name, tool in tools.items()}
    ours = scores.pop("newsdelta")
    rows = [
        row(f"extract: {field}", ours[field], "share", goal=GOALS[field], ok=ours[field] >= GOALS[field])
        for field in GOALS
    ]
    for peer, theirs in scores.items():
        rows += [
            row(f"extract: {field}", ours[field], "share", peer, theirs[field], goal=1.0) for field in FIELDS
        ]
        rows.append(_time(times["newsdelta"], peer, times[peer]))
    own = times["newsdelta"]
    rows.append(row("extract: 40 KB of page", own, "ms", goal=GOAL_MS, ok=own <= GOAL_MS))
    return rows


def _time(ours: float, peer: str, theirs: float) -> dict[str, Any]:
    return row("extract: 40 KB of page", ours, "ms", peer, theirs, goal=1.0, ok=ours <= theirs)


def _milliseconds(tool: Tool, pages: Sequence[Labelled]) -> float:
    """CPU time for 40 KB, over all pages, each at its best of a few turns."""
    total = 0.0
    for page in pages:
        turns = []
        for _ in range(_TURNS):
            started = time.thread_time()
            tool(page.html)
            turns.append(time.thread_time() - started)
        total += min(turns)
    return total * 1000 * SIZE / sum(page.size for page in pages)


def _tools() -> dict[str, Tool]:
    tools: dict[str, Tool] = {"newsdelta": newsdelta}
    try:
        import trafilatura  # noqa: F401

        tools["trafilatura"] = _trafilatura
    except ImportError:
        print("extracting: trafilatura is not installed", file=sys.stderr)
    return tools


def _trafilatura(html: str) -> Answer:
    import trafilatura

    found = trafilatura.bare_extraction(html, include_comments=False, with_metadata=True)
    if found is None:
        return Answer("", None, frozenset())
    return Answer(found.text or "", _day(found.date), names_of((found.author or "").replace(";", " ")))


def _day(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
