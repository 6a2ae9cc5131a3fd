"""The queue between the watcher and its workers: Procrastinate's jobs on the same PostgreSQL that holds the store.

    watcher                              PostgreSQL                      worker, on any machine
    Workers.crawl ── crawl + job ──→  crawls · procrastinate_jobs  ──→  take → crawl → end
                  ←── progress, result ──   crawls                 ←──  beat

A job carries no more than its crawl's number. Its lock is the host: the database lets no two jobs of one host be
carried out at once. Its queueing lock is the channel: no two jobs of one channel wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec
import psycopg
from procrastinate import App, PsycopgConnector, exceptions
from procrastinate.jobs import DeleteJobCondition, Job, Status
from psycopg import sql

from crawler.serve import Order
from crawler.task import CrawlResult, CrawlTask
from scheduler.child import Tell, crawl_failed, ignore
from storage import crawls
from storage.database import Database
from storage.errors import DatabaseUnreachable, StorageError
from storage.libpq import libpq_url, parameters
from storage.locks import Lock
from storage.records import HandedCrawl, OrderState

log = logging.getLogger(__name__)

QUEUE = "crawls"
#: The jobs of crawls that people make beside the queue (scheduler/turns.py): nobody takes them, they only hold a host.
BY_HAND = "by hand"
#: Seconds between two looks at the crawls that were handed out.
LOOK = 0.2
#: Seconds between two signs of life of a worker; after so many without one its jobs go to another.
HEARTBEAT, STALLED = 2.0, 10.0
#: Seconds after which a crawl that nobody takes is complained of, and again.
PATIENCE = 60.0
#: How long the rows of crawls that ended are kept; the hour's budget is counted from them.
KEPT = timedelta(hours=2)
#: What Procrastinate and its driver raise where the database is away.
TROUBLE = (exceptions.ConnectorException, psycopg.Error)

Carry = Callable[[int], Awaitable[None]]


def prepare(url: str) -> None:
    """Make Procrastinate's tables where there are none. Raises DatabaseUnreachable."""
    try:
        with psycopg.connect(libpq_url(url), **parameters(url)) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.QUEUE_TABLES])
            found = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
            if found is None or found[0] is None:
                connection.execute(sql.SQL(_app(url).schema_manager.get_schema()))
    except psycopg.OperationalError as error:
        raise _unreachable(error) from error


@contextlib.asynccontextmanager
async def opened(url: str, carry: Carry | None = None) -> AsyncIterator[App]:
    """Procrastinate's application, connected; `carry` carries a crawl out, by its number, where this is a worker.

    Raises DatabaseUnreachable.
    """
    app = _app(url)
    if carry is not None:
        app.task(name=QUEUE, queue=QUEUE)(carry)
    try:
        await app.open_async()
    except exceptions.ConnectorException as error:
        raise _unreachable(error) from error
    try:
        yield app
    finally:
        await app.close_async()


def _app(url: str) -> App:
    return App(
        connector=PsycopgConnector(conninfo=libpq_url(url), kwargs=parameters(url), min_size=1, max_size=4)
    )


def _unreachable(error: Exception) -> DatabaseUnreachable:
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return DatabaseUnreachable("The queue's database does not answer", subject="[queue] url", mend=first)


def host_lock(host: str) -> str:
    """The lock that keeps all but one away from a host (a netloc)."""
    return f"host {host}"


async def give_back(app: App, database: Database, now: Callable[[], datetime]) -> None:
    """Give the jobs of workers that died to others. Raises ConnectorException, StorageError."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        if job.queue == BY_HAND:
            await _drop(app, job)
            log.warning("A crawl by hand died; its host is free again")
        else:
            await _give_back(app, database, job, now())


async def _give_back(app: App, database: Database, job: Job, now: datetime) -> None:
    """Let a stalled job be taken again; where another crawl of its channel waits already, that one is enough."""
    number = int(str(job.task_kwargs["number"]))
    try:
        await app.job_manager.retry_job(job)
    except exceptions.UniqueViolation:
        await _drop(app, job)
        crawls.bury(database, number, now)
        log.warning("A worker died; its crawl %d is dropped, for another of its channel waits", number)
    else:
        log.warning("A worker died; its crawl %d goes to another", number)


async def _drop(app: App, job: Job) -> None:
    assert job.id is not None  # noqa: S101 - it came out of the database
    await app.job_manager.finish_job_by_id_async(job.id, status=Status.FAILED, delete_job=True)


@contextlib.asynccontextmanager
async def stay_alive(app: App) -> AsyncIterator[int]:
    """Be a worker, by its number, that gives signs of life and takes no jobs. Raises ConnectorException."""
    worker = await app.job_manager.register_worker()
    beating = asyncio.ensure_future(_beat(app, worker))
    try:
        yield worker
    finally:
        beating.cancel()
        await app.job_manager.unregister_worker(worker)


async def _beat(app: App, worker: int) -> None:
    while True:
        with contextlib.suppress(exceptions.ConnectorException):
            await app.job_manager.update_heartbeat(worker)
        await asyncio.sleep(HEARTBEAT)


@dataclasses.dataclass(slots=True)
class Turn:
    """A worker's turn at a host (a netloc), for a crawl by hand: a job that is being carried out, beside the queue."""

    app: App
    worker: int
    host: str
    _job: int = 0

    async def begin(self) -> bool:
        """Take the turn; False while another has it. Raises ConnectorException."""
        words = {"name": BY_HAND, "lock": host_lock(self.host), "worker": self.worker}
        try:
            row = await self.app.connector.execute_query_one_async(_TURN, **words)
        except exceptions.UniqueViolation:
            return False
        self._job = int(row["id"])
        return True

    async def end(self) -> None:
        """Let others have the host. Raises ConnectorException."""
        await self.app.job_manager.finish_job_by_id_async(self._job, Status.SUCCEEDED, delete_job=True)


_TURN = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status, worker_id)
    VALUES (%(name)s, %(name)s, %(lock)s, 'doing', %(worker)s) RETURNING id
"""


@dataclasses.dataclass(slots=True)
class _Asked:
    """A crawl that was handed out, and who waits for it."""

    task: CrawlTask
    tell: Tell
    answer: asyncio.Future[CrawlResult]
    since: float
    complained: float = 0.0


class Workers:
    """Hands crawls to the workers; to its caller it is what `child.CrawlerProcess` is."""

    def __init__(self, database: Database, url: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self._url = url
        self._now = now
        self._asked: dict[int, _Asked] = {}
        self._stack = contextlib.AsyncExitStack()
        self._app: App | None = None
        self._opening = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None
        self._stopping = False

    async def crawl(
        self, task: CrawlTask, tell: Tell = ignore, cancelled: asyncio.Event | None = None
    ) -> CrawlResult:
        """Have one task done, and tell now and then how far it is; after `cancelled` is set, let it stop early.

        Raises CrawlFailedError.
        """
        if self._stopping:
            raise crawl_failed(task, "newsdelta is stopping")
        number = await self._hand_out(task)
        loop = asyncio.get_running_loop()
        asked = self._asked[number] = _Asked(task, tell, loop.create_future(), loop.time())
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self._look())
        cancelling = asyncio.ensure_future(self._cancel(number, cancelled)) if cancelled else None
        try:
            return await asked.answer
        finally:
            self._asked.pop(number, None)
            if cancelling:
                cancelling.cancel()

    def retire(self) -> None:
        """What a task needs to know of the config goes with it: nothing is to be done."""

    async def stop(self) -> None:
        """Let the workers finish the pages in hand, and wait no longer."""
        self._stopping = True
        try:
            crawls.cancel(self._database, tuple(self._asked), self._now())
        except StorageError as error:
            log.warning("The crawls under way cannot be stopped now: %s", error)
        for asked in self._asked.values():
            if not asked.answer.done():
                asked.answer.set_exception(crawl_failed(asked.task, "newsdelta is stopping"))
        if self._looking is not None:
            self._looking.cancel()
        await self._stack.aclose()
        self._app = None

    async def mend(self) -> None:
        """Give the jobs of workers that died to others, and forget what ended long ago."""
        try:
            app = await self._ready()
            await give_back(app, self._database, self._now)
            crawls.bury_lost(self._database, self._now())
            crawls.forget(self._database, self._now() - KEPT)
            crawls.forget_workers(self._database, self._now() - KEPT)
        except (StorageError, exceptions.ConnectorException) as error:
            log.warning("The queue cannot be looked after now: %s", error)

    async def _ready(self) -> App:
        async with self._opening:
            if self._app is None:
                self._app = await self._stack.enter_async_context(opened(self._url))
            return self._app

    async def _hand_out(self, task: CrawlTask) -> int:
        host = urlsplit(task.channel.home).netloc
        words = msgspec.json.encode(Order.of(0, task)).decode()
        try:
            app = await self._ready()
            number = crawls.ask(self._database, task.channel.name, host, words, self._now())
            job = app.configure_task(
                QUEUE, queue=QUEUE, lock=host_lock(host), queueing_lock=f"channel {task.channel.name}"
            )
            try:
                await job.defer_async(number=number)
            except exceptions.AlreadyEnqueued:
                crawls.cancel(self._database, [number], self._now())
                raise crawl_failed(task, "an earlier one of the channel still waits for a worker") from None
        except (StorageError, exceptions.ConnectorException) as error:
            raise crawl_failed(task, f"it could not be handed out ({error})") from error
        return number

    async def _cancel(self, number: int, cancelled: asyncio.Event) -> None:
        await cancelled.wait()
        crawls.cancel(self._database, [number], self._now())

    async def _look(self) -> None:
        """See what became of the crawls, while somebody waits for one."""
        while self._asked:
            try:
                for found in crawls.look(self._database, tuple(self._asked)):
                    self._heard(self._asked[found.id], found)
            except StorageError as error:
                log.warning("What became of the crawls cannot be read now: %s", error)
            await asyncio.sleep(LOOK)

    def _heard(self, asked: _Asked, found: HandedCrawl) -> None:
        if asked.answer.done():
            return
        if found.state is OrderState.WAITING:
            self._complain(asked)
        elif found.finished_at is None:
            asked.tell(found.progress)
        elif found.result:
            asked.answer.set_result(msgspec.json.decode(found.result, type=CrawlResult))
        else:
            asked.answer.set_exception(crawl_failed(asked.task, found.error or "it was cancelled"))

    def _complain(self, asked: _Asked) -> None:
        now = asyncio.get_running_loop().time()
        if now - max(asked.since, asked.complained) < PATIENCE:
            return
        asked.complained = now
        look = crawls.queue_look(self._database, self._now())
        if not look.workers:
            log.warning("%d crawls wait, and no worker is there: start newsdelta worker", look.waiting)


async def run_worker(app: App, name: str, concurrency: int) -> None:
    """Carry out jobs, `concurrency` at once, until cancelled: then no more are taken, and those in hand ended.

    Ends by itself where the database is gone.
    """
    await app.run_worker_async(
        queues=[QUEUE],
        name=name,
        concurrency=concurrency,
        fetch_job_polling_interval=HEARTBEAT,
        update_heartbeat_interval=HEARTBEAT,
        stalled_worker_timeout=STALLED,
        delete_jobs=DeleteJobCondition.ALWAYS,
        install_signal_handlers=False,
    )
