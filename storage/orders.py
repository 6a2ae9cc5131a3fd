"""Crawls that people ask for: written down here by whoever asks, carried out by the one process that takes them.

    ask → (waiting) → take → (running) → beat … → end → (done | failed | cancelled)
                 cancel ↘ (cancelled)      cancel ↘ (cancelling) → end

Who carries an order out gives signs of life; one that has fallen silent for `SILENCE` is failed by `bury`,
so that nobody waits for a process that was killed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, or_, select, update

from storage.cancelling import cancel_rows
from storage.database import Database
from storage.errors import NotFound
from storage.jsontext import from_json, to_json
from storage.records import CrawlOrder, OrderProgress, OrderState
from storage.schema import orders

#: After so long without a sign of life an order's process is taken for dead.
SILENCE = timedelta(seconds=60)
_OPEN = (OrderState.WAITING, OrderState.RUNNING, OrderState.CANCELLING)


def ask(database: Database, channel: str, urls: tuple[str, ...], now: datetime) -> CrawlOrder:
    """Ask for a crawl of a channel, or of these pages of it. Raises StorageError."""
    row = {
        "channel": channel,
        "urls": to_json(urls),
        "asked_at": now,
        "state": OrderState.WAITING,
        "progress": to_json(OrderProgress()),
        "error": "",
    }
    with database.write() as connection:
        return _order_of(connection.execute(insert(orders).returning(orders), row).one())


def take(database: Database, now: datetime) -> CrawlOrder | None:
    """Take the order that has waited longest, for this process alone; None where none waits. Raises StorageError."""
    first = (
        select(orders.c.id)
        .where(orders.c.state == OrderState.WAITING, orders.c.finished_at.is_(None))
        .order_by(orders.c.id)
        .limit(1)
    )
    with database.read() as connection:
        if connection.scalar(first) is None:
            return None
    if not database.is_sqlite:
        first = first.with_for_update(skip_locked=True)
    taken = (
        update(orders)
        .where(orders.c.id == first.scalar_subquery())
        .values(state=OrderState.RUNNING, started_at=now, beat_at=now)
        .returning(orders)
    )
    with database.write() as connection:
        row = connection.execute(taken).first()
    return _order_of(row) if row else None


def beat(database: Database, number: int, now: datetime, progress: OrderProgress) -> bool:
    """Say that an order is being carried out and how far it is; returns whether to go on. Raises StorageError."""
    going = (
        update(orders)
        .where(orders.c.id == number, orders.c.finished_at.is_(None))
        .values(beat_at=now, progress=to_json(progress))
        .returning(orders.c.state)
    )
    with database.write() as connection:
        return bool(connection.scalar(going) == OrderState.RUNNING)


def end(
    database: Database, number: int, now: datetime, *, run: int | None = None, error: str = ""
) -> CrawlOrder:
    """Note that an order is carried out, or why it was not; one that was to stop is cancelled.

    Raises NotFound, StorageError.
    """
    with database.write() as connection:
        row = connection.execute(select(orders).where(orders.c.id == number)).first()
        if row is None:
            raise _unknown(number)
        state = OrderState.FAILED if error else OrderState.DONE
        if row.state in (OrderState.CANCELLING, OrderState.CANCELLED):
            state = OrderState.CANCELLED
        ended = (
            update(orders)
            .where(orders.c.id == number)
            .values(state=state, finished_at=now, run=run, error=error)
            .returning(orders)
        )
        return _order_of(connection.execute(ended).one())


def cancel(database: Database, number: int, now: datetime) -> CrawlOrder:
    """Let an order not be begun, or stop after the pages in hand; one that has ended stays as it is.

    Raises NotFound, StorageError.
    """
    with database.write() as connection:
        cancel_rows(connection, orders, orders.c.id == number, now)
    return get(database, number)


def bury(database: Database, now: datetime) -> int:
    """Fail the orders whose process fell silent; returns how many. Raises StorageError."""
    silent = (
        update(orders)
        .where(
            orders.c.finished_at.is_(None),
            orders.c.state != OrderState.WAITING,
            or_(orders.c.beat_at.is_(None), orders.c.beat_at < now - SILENCE),
        )
        .values(
            state=OrderState.FAILED,
            finished_at=now,
            error="Its process ended before it did. What was stored stays stored; ask again",
        )
    )
    with database.write() as connection:
        return connection.execute(silent).rowcount


def get(database: Database, number: int) -> CrawlOrder:
    """One order as it is now. Raises NotFound, StorageError."""
    with database.read() as connection:
        row = connection.execute(select(orders).where(orders.c.id == number)).first()
    if row is None:
        raise _unknown(number)
    return _order_of(row)


def latest(
    database: Database, *, limit: int = 50, before: int = 0, open_only: bool = False
) -> tuple[CrawlOrder, ...]:
    """Orders, the newest first, from the one before number `before` on. Raises StorageError."""
    wanted = select(orders).order_by(orders.c.id.desc()).limit(limit)
    if before:
        wanted = wanted.where(orders.c.id < before)
    if open_only:
        wanted = wanted.where(orders.c.state.in_(_OPEN), orders.c.finished_at.is_(None))
    with database.read() as connection:
        return tuple(_order_of(row) for row in connection.execute(wanted))


def _unknown(number: int) -> NotFound:
    return NotFound("Nobody asked for such a crawl", subject=f"order {number}")


def _order_of(row: Any) -> CrawlOrder:
    return CrawlOrder(
        id=row.id,
        channel=row.channel,
        urls=from_json(row.urls, tuple[str, ...]),
        asked_at=row.asked_at,
        state=OrderState(row.state),
        started_at=row.started_at,
        finished_at=row.finished_at,
        run=row.run,
        progress=from_json(row.progress, OrderProgress),
        error=row.error,
    )
