"""PURE: counts by hour → an SVG drawn on the server: bars that need no script, and a table behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.overview import Hour
from storage.records import EventKind

#: Drawn from the ground up, in this order.
SERIES = (
    ("new", (EventKind.NEW, EventKind.REPUBLISHED)),
    ("edited", (EventKind.EDITED,)),
    ("removed", (EventKind.REMOVED,)),
)
WIDTH, HEIGHT, GROUND, GAP = 960.0, 180.0, 24.0, 2.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One piece of a column, in units of the picture."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """An hour: its pieces, what it says when pointed at, and its label on the ground, or ''."""

    bars: tuple[Bar, ...]
    counts: tuple[tuple[str, int], ...]
    start: datetime
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """All columns, and the count that the picture's full height stands for."""

    columns: tuple[Column, ...]
    top: int
    width: float = WIDTH
    height: float = HEIGHT
    ground: float = HEIGHT - GROUND

    @property
    def empty(self) -> bool:
        """Whether nothing happened."""
        return not any(column.bars for column in self.columns)


def draw(hours: Sequence[Hour], local: Callable[[datetime], datetime]) -> Chart:
    """Lay out a stacked bar for each hour; labels at midnight and noon in local time."""
    counts = [
        tuple((name, sum(hour.told.get(kind, 0) for kind in kinds)) for name, kinds in SERIES)
        for hour in hours
    ]
    top = round_up(max((sum(count for _, count in column) for column in counts), default=0))
    step = WIDTH / max(1, len(hours))
    columns = []
    for at, (hour, counted) in enumerate(zip(hours, counts, strict=True)):
        start = local(hour.start)
        columns.append(
            Column(_stack(counted, at * step, step, top), counted, start, at * step, _label(start))
        )
    return Chart(tuple(columns), top)


def round_up(count: int) -> int:
    """The next of 4, 10, 20, 40, 100, …: a height that people can halve in their heads."""
    scale = 1
    while True:
        for step in (4, 10, 20):
            if count <= step * scale:
                return step * scale
        scale *= 10


def _stack(counted: tuple[tuple[str, int], ...], x: float, step: float, top: int) -> tuple[Bar, ...]:
    bars, ground = [], HEIGHT - GROUND
    for name, count in counted:
        if count:
            height = max(2.0, count / top * (HEIGHT - GROUND - 8))
            ground -= height
            bars.append(
                Bar(name, round(x + GAP / 2, 1), round(ground, 1), round(step - GAP, 1), round(height, 1))
            )
    return tuple(bars)


def _label(start: datetime) -> str:
    if start.hour == 0:
        return f"{start.month}-{start.day:02d}"
    return "12:00" if start.hour == 12 else ""
