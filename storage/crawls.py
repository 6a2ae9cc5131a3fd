"""Crawls handed out to workers: written down by the watcher, carried out by whichever worker gets the job.

    ask → (waiting) → take → (running) → beat … → end → (done | failed)
             cancel ↘ (cancelled)   cancel ↘ (cancelling) → end → (cancelled)

A worker that falls silent for `SILENCE` loses its crawl to the next that takes it, and is told so at its next
beat. What a crawl brought besides, its result, waits here for the watcher. PostgreSQL only.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, delete, func, insert, literal, or_, select, update

from storage.cancelling import cancel_rows
from storage.database import Database
from storage.jsontext import from_json, to_json
from storage.records import HandedCrawl, HostMemory, OrderProgress, OrderState, QueueLook, Worker
from storage.schema import crawls, workers
from storage.statements import Write, columns_of

#: After so long without a sign of life a worker is taken for dead; after so long nobody took its crawl over.
SILENCE, LOST = timedelta(seconds=10), timedelta(seconds=60)


def ask(database: Database, channel: str, host: str, task: str, now: datetime) -> int:
    """Write a crawl down, and return its number. `task` is kept as it is. Raises StorageError."""
    row = {
        "channel": channel,
        "host": host,
        "task": task,
        "asked_at": now,
        "state": OrderState.WAITING,
        "worker": "",
        "progress": to_json(OrderProgress()),
        "result": "",
        "error": "",
        "sent": 0,
        "gap": 0.0,
    }
    with database.write() as connection:
        return int(connection.execute(insert(crawls).returning(crawls.c.id), row).scalar_one())


def take(database: Database, number: int, worker: str, now: datetime) -> HandedCrawl | None:
    """Give a crawl to a worker; None where it was cancelled, has ended, or another is at it. Raises StorageError."""
    silent = or_(crawls.c.beat_at.is_(None), crawls.c.beat_at < now - SILENCE)
    free = or_(crawls.c.state == OrderState.WAITING, and_(crawls.c.state == OrderState.RUNNING, silent))
    stopped = and_(crawls.c.state == OrderState.CANCELLING, silent)
    taken = (
        update(crawls)
        .where(crawls.c.id == number, free)
        .values(state=OrderState.RUNNING, worker=worker, started_at=now, beat_at=now)
        .returning(crawls)
    )
    given_up = (
        update(crawls)
        .where(crawls.c.id == number, stopped, crawls.c.finished_at.is_(None))
        .values(state=OrderState.CANCELLED, finished_at=now)
    )
    with database.write() as connection:
        row = connection.execute(taken).first()
        connection.execute(given_up)
    return _crawl_of(row) if row else None


def beat(database: Database, number: int, worker: str, now: datetime, progress: OrderProgress) -> bool:
    """Say that a worker is at it, and how far; returns whether to go on: not cancelled, not another's. Raises
    StorageError.
    """
    going = (
        update(crawls)
        .where(*_of(number, worker))
        .values(beat_at=now, progress=to_json(progress))
        .returning(crawls.c.state)
    )
    with database.write() as connection:
        return bool(connection.scalar(going) == OrderState.RUNNING)


def end(
    database: Database,
    number: int,
    worker: str,
    now: datetime,
    *,
    result: str = "",
    error: str = "",
    sent: int = 0,
    gap: float = 0.0,
    held_until: datetime | None = None,
) -> bool:
    """Note what a crawl came to: its `result`, or why it failed; returns whether it was still the worker's.

    sent: requests made. gap: seconds that the host wants between two. held_until: it asks to be left alone till
    then. Raises StorageError.
    """
    state = OrderState.FAILED if error else OrderState.DONE
    ended = (
        update(crawls)
        .where(*_of(number, worker))
        .values(
            state=state,
            finished_at=now,
            result=result,
            error=error,
            sent=sent,
            gap=gap,
            held_until=held_until,
        )
    )
    with database.write() as connection:
        return connection.execute(ended).rowcount == 1


def cancel(database: Database, numbers: Collection[int], now: datetime) -> None:
    """Let crawls not be begun, or stop after the pages in hand; those that have ended stay. Raises StorageError."""
    with database.write() as connection:
        cancel_rows(connection, crawls, crawls.c.id.in_(numbers), now)


def abandon(database: Database, now: datetime) -> None:
    """Cancel every open crawl: the watcher that asked for them is gone. Raises StorageError."""
    with database.write() as connection:
        cancel_rows(connection, crawls, crawls.c.finished_at.is_(None), now)


def look(database: Database, numbers: Collection[int]) -> tuple[HandedCrawl, ...]:
    """Crawls as they are now, without their tasks, which are long. Raises StorageError."""
    wanted = select(*_WITHOUT_TASK).where(crawls.c.id.in_(numbers)).order_by(crawls.c.id)
    with database.read() as connection:
        rows = connection.execute(wanted)
        return tuple(_crawl_of(row) for row in rows)


def is_under_way(database: Database, number: int) -> bool:
    """Whether a worker has a crawl in hand. Raises StorageError."""
    with database.read() as connection:
        taken = select(crawls.c.id).where(crawls.c.id == number, *_UNDER_WAY)
        return connection.execute(taken).first() is not None


def note(database: Database, channel: str, host: str, worker: str, now: datetime, memory: HostMemory) -> None:
    """Write down what a crawl beside the queue spent of a host's budget, for who comes next. Raises StorageError."""
    number = ask(database, channel, host, "", now)
    if take(database, number, worker, now) is not None:
        held = now + timedelta(seconds=memory.held) if memory.held else None
        end(database, number, worker, now, result="", sent=memory.spent, gap=memory.gap, held_until=held)


def bury_lost(database: Database, now: datetime) -> int:
    """Fail the crawls whose worker died and that no other took over; returns how many. Raises StorageError."""
    return _bury(database, now, crawls.c.beat_at < now - LOST)


def bury(database: Database, number: int, now: datetime) -> bool:
    """Fail a crawl whose worker died and that no other is to take over. Raises StorageError."""
    return _bury(database, now, crawls.c.id == number) == 1


def _bury(database: Database, now: datetime, *which: ColumnElement[bool]) -> int:
    lost = (
        update(crawls)
        .where(*_UNDER_WAY, *which)
        .values(state=OrderState.FAILED, finished_at=now, error="its worker died")
    )
    with database.write() as connection:
        return connection.execute(lost).rowcount


def forget(database: Database, before: datetime) -> int:
    """Drop crawls that ended before then; returns how many. Raises StorageError."""
    with database.write() as connection:
        return connection.execute(delete(crawls).where(crawls.c.finished_at < before)).rowcount


def host_memory(database: Database, host: str, now: datetime) -> HostMemory:
    """What any worker did to a host of late, so that the next keeps to its budget, too. Raises StorageError."""
    of_host = select(crawls).where(crawls.c.host == host, crawls.c.finished_at.is_not(None))
    recent = select(func.coalesce(func.sum(crawls.c.sent), 0)).where(
        crawls.c.host == host, crawls.c.finished_at >= now - timedelta(hours=1)
    )
    with database.read() as connection:
        spent = connection.scalar(recent) or 0
        last = connection.execute(of_host.order_by(crawls.c.finished_at.desc()).limit(1)).first()
        held = connection.scalar(select(func.max(crawls.c.held_until)).where(crawls.c.host == host))
    if last is None:
        return HostMemory()
    return HostMemory(
        spent=int(spent),
        since_last=max(0.0, (now - last.finished_at).total_seconds()) if last.sent else None,
        gap=last.gap,
        held=max(0.0, (held - now).total_seconds()) if held else 0.0,
    )


def enroll(database: Database, worker: Worker) -> None:
    """Say that a worker is there, for the first time or again. Raises StorageError."""
    row = {
        "name": worker.name,
        "concurrency": worker.concurrency,
        "since": worker.since,
        "beat_at": worker.beat_at,
    }
    with database.write() as connection:
        _ENROLL(connection, row)


def leave(database: Database, name: str) -> None:
    """Say that a worker has gone. Raises StorageError."""
    with database.write() as connection:
        connection.execute(delete(workers).where(workers.c.name == name))


def queue_look(database: Database, now: datetime) -> QueueLook:
    """What the queue looks like: live workers, crawls that wait and run, and the lag. A crawl whose worker fell silent
    waits, from then on, for another. Raises StorageError.
    """
    live = select(workers).where(workers.c.beat_at >= now - SILENCE).order_by(workers.c.name)
    with database.read() as connection:
        at_work = tuple(
            Worker(row.name, row.concurrency, row.since, row.beat_at) for row in connection.execute(live)
        )
        rows = connection.execute(
            select(crawls).where(crawls.c.finished_at.is_(None)).order_by(crawls.c.id)
        ).all()
    moments = [moment for row in rows if (moment := _waits_since(row, now)) is not None]
    return QueueLook(
        workers=at_work,
        waiting=len(moments),
        running=len(rows) - len(moments),
        lag=(now - min(moments)).total_seconds() if moments else 0.0,
    )


def _waits_since(row: Any, now: datetime) -> datetime | None:
    """Since when an open crawl has waited for a worker; None where one is at it."""
    if row.state == OrderState.WAITING:
        return cast("datetime", row.asked_at)
    last = cast("datetime", row.beat_at)
    return last if row.state == OrderState.RUNNING and last < now - SILENCE else None


def forget_workers(database: Database, before: datetime) -> None:
    """Drop workers that were killed before then. Raises StorageError."""
    with database.write() as connection:
        connection.execute(delete(workers).where(workers.c.beat_at < before))


def _of(number: int, worker: str) -> tuple[ColumnElement[bool], ...]:
    return (crawls.c.id == number, crawls.c.worker == worker, crawls.c.finished_at.is_(None))


def _crawl_of(row: Any) -> HandedCrawl:
    return HandedCrawl(
        id=row.id,
        channel=row.channel,
        host=row.host,
        task=row.task,
        state=OrderState(row.state),
        worker=row.worker,
        progress=from_json(row.progress, OrderProgress),
        result=row.result,
        error=row.error,
        asked_at=row.asked_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def _enroll(own: Any) -> Any:
    statement = own(workers)
    fresh = {name: statement.excluded[name] for name in ("concurrency", "since", "beat_at")}
    return statement.on_conflict_do_update(index_elements=[workers.c.name], set_=fresh)


_UNDER_WAY = (crawls.c.finished_at.is_(None), crawls.c.state != OrderState.WAITING)
_WITHOUT_TASK = (*(one for one in crawls.c if one.name != "task"), literal("").label("task"))
_ENROLL = Write(_enroll, columns_of(workers))
