"""One line of the benchmark table."""

from typing import Any


def row(
    name: str,
    value: float,
    unit: str,
    peer: str | None = None,
    peer_value: float | None = None,
    *,
    goal: float | None = None,
    ok: bool | None = None,
) -> dict[str, Any]:
    """A row; `ratio` is value / peer value, and `ok` says whether the ratio reaches the goal, unless given."""
    ratio = value / peer_value if peer_value else None
    if ok is None and goal is not None and ratio is not None:
        ok = ratio >= goal
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "peer": peer,
        "peer_value": peer_value,
        "ratio": ratio,
        "goal": goal,
        "ok": ok,
    }
