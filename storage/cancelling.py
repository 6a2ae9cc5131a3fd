"""How a crawl that was asked for, or handed out, is cancelled: the same for the rows of `orders` and `crawls`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, update

from storage.records import OrderState


def cancel_rows(connection: Connection, table: Table, which: ColumnElement[bool], now: datetime) -> None:
    """End those that wait, and tell those that run to stop; what has ended stays as it is."""
    waiting = (
        update(table)
        .where(which, table.c.state == OrderState.WAITING)
        .values(state=OrderState.CANCELLED, finished_at=now)
    )
    running = (
        update(table).where(which, table.c.state == OrderState.RUNNING).values(state=OrderState.CANCELLING)
    )
    connection.execute(waiting)
    connection.execute(running)
