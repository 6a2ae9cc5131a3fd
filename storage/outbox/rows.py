"""The rows of the outbox: which wait, which belong together, and how several are locked without a deadlock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, literal_column, select

from storage.records import NotificationState
from storage.schema import destinations as places
from storage.schema import notifications as table

#: Numbers named in one statement.
AT_ONCE = 500
#: What becomes of a claim's marks when it is let go.
LET_GO = {"token": None, "claimed_until": None}
WAITING = table.c.state == literal_column(f"'{NotificationState.WAITING.value}'")
NOW: Any = bindparam("now", type_=table.c.due_at.type)
AT_PLACE = (table.c.destination == bindparam("place"), WAITING)
IN_BATCH = (
    *AT_PLACE,
    table.c.stream == bindparam("flow"),
    table.c.subscription == bindparam("named"),
    table.c.batch == bindparam("together"),
)
THIS_PLACE = places.c.id == bindparam("place")


def portions(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Numbers, as many at a time as one statement names."""
    for start in range(0, len(numbers), AT_ONCE):
        yield numbers[start : start + AT_ONCE]


def locked(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Those rows, locked in the order of their numbers, so that two who change many do not wait for each other."""
    return table.c.id.in_(select(table.c.id).where(*which).order_by(table.c.id).with_for_update())
