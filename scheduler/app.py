"""The one place that wires everything: config → lock, store, watch, page; opened and closed, by signals."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from crawler.memory import be_frugal
from crawler.task import CrawlResult
from scheduler import jobs
from scheduler.child import Limits
from scheduler.config import Config
from scheduler.holder import AlreadyWatchedError, Holder, hold
from scheduler.plan import utc_now
from scheduler.post import SECONDS, is_watched, read_post, send_test
from scheduler.rhythm import Plan
from scheduler.watcher import Report, Tell, Watch
from scheduler.websub import keep_subscribed
from storage import crawls
from storage.database import Database
from storage.errors import DatabaseUnreachable, NewsdeltaError

log = logging.getLogger(__name__)

Greet = Callable[[str], None]

#: Seconds between two looks at the lock, two at the clock.
HOLD_EVERY, CLOCK_EVERY = 5.0, 1.0
#: Seconds between two tries of who stands by to take over.
STAND_BY = 2.0
_NOT_TAKEN = "The config is not taken, the old one stays: %s"


@contextlib.asynccontextmanager
async def _opened(
    config: Config, tell: Tell, report: Report, limits: Limits
) -> AsyncIterator[tuple[Watch, Holder]]:
    """The lock, the store and a watch that has not begun; at the end all is stopped and closed."""
    post = read_post(config)
    with hold(config.database_url, utc_now()) as holder, Database.open(config.database_url) as database:
        post.enter(database, utc_now())
        if config.queue_url is not None:
            from scheduler.queue import prepare

            prepare(config.queue_url)
            crawls.abandon(database, utc_now())
        watching = Watch(config, post, database, tell, report, limits)
        try:
            yield watching, holder
        finally:
            await watching.end()


async def watch(
    config: Config,
    tell: Tell,
    report: Report,
    stop: asyncio.Event,
    *,
    reload: asyncio.Queue[Config] | None = None,
    show: Callable[[str], None] | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    greet: Greet | None = None,
) -> None:
    """Crawl every watched channel by its rhythm and tell what happens, until `stop` is set.

    With `greet` the web page is served, too; it gets the words that let a person in. A config put into `reload`
    takes the place of the one before. `show` gets a line of status every second.
    Where another process watches this database, or takes it over after a lost connection, AlreadyWatchedError is
    raised; with a queue, one stands by instead, until its turn comes. Raises StorageError where the store cannot be
    opened, ConfigError where the page cannot be served.
    """
    standing_by = False
    while not stop.is_set():
        try:
            await _lead(config, tell, report, stop, reload, show, limits, greet)
        except AlreadyWatchedError as error:
            if config.queue_url is None:
                raise
            if not standing_by:
                log.warning("Standing by: %s", error.message)
            standing_by = True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), STAND_BY)


async def _lead(
    config: Config,
    tell: Tell,
    report: Report,
    stop: asyncio.Event,
    reload: asyncio.Queue[Config] | None,
    show: Callable[[str], None] | None,
    limits: Limits,
    greet: Greet | None,
) -> None:
    """Watch, as the one who does. Raises as `watch` does without a queue."""
    async with _opened(config, tell, report, limits) as (watching, holder):
        watching.begin()
        helpers = [
            asyncio.ensure_future(_keep_hold(holder)),
            asyncio.ensure_future(_keep_store(watching.database)),
            asyncio.ensure_future(_mind_clock(watching, show)),
            asyncio.ensure_future(watching.deliverer.run()),
            asyncio.ensure_future(watching.heart.beat_on()),
        ]
        if greet is not None:
            helpers.append(asyncio.ensure_future(_serve(watching, greet, stop)))
            helpers.append(asyncio.ensure_future(keep_subscribed(watching.database, lambda: watching.config)))
        if reload is not None:
            helpers.append(asyncio.ensure_future(_take_configs(watching, reload)))
        stopped = asyncio.ensure_future(stop.wait())
        await asyncio.wait({stopped, *helpers}, return_when=asyncio.FIRST_COMPLETED)
        for helper in (stopped, *helpers):
            if helper.done():
                helper.result()  # raises what went wrong
            helper.cancel()


async def serve(
    config: Config, stop: asyncio.Event, greet: Greet, *, reload: asyncio.Queue[Config] | None = None
) -> None:
    """Serve the web page until `stop` is set, beside a watcher or without one.

    Crawls that people ask for are made by the watcher; here, while there is none. What waits to be delivered is
    delivered here, too. A config put into `reload` takes the place of the one before. Raises ConfigError,
    StorageError.
    """
    post = read_post(config)
    with Database.open(config.database_url) as database:
        if not is_watched(config):
            post.enter(database, utc_now())
        station = Watch(config, post, database, lambda event: None, lambda result: None, Limits())
        station.attend()
        helpers = [asyncio.ensure_future(station.deliverer.run())]
        if reload is not None:
            helpers.append(asyncio.ensure_future(_take_configs(station, reload)))
        try:
            await _serve(station, greet, stop)
        finally:
            await station.end()
            for helper in helpers:
                helper.cancel()


async def _serve(station: Watch, greet: Greet, stop: asyncio.Event) -> None:
    from scheduler.web.server import greeting, listen, serve_site, site_for  # a second to import

    site = site_for(
        lambda: station.config,
        station.database,
        lambda one: send_test(station.post, one),
        station.reread,
    )
    taken = listen(site.settings)
    greet(greeting(site, taken))
    await serve_site(site, taken, stop)


async def _keep_hold(holder: Holder) -> None:
    while await asyncio.to_thread(holder.still_held):  # a dead network takes seconds to show itself
        await asyncio.sleep(HOLD_EVERY)
    raise AlreadyWatchedError("Another newsdelta took over this database while it could not be reached")


async def _keep_store(database: Database) -> None:
    while database.is_in_place():
        await asyncio.sleep(CLOCK_EVERY)
    raise DatabaseUnreachable(
        "The database's file was removed or replaced while it was watched",
        subject=database.url,
        mend="Put the right one there, and start newsdelta watch again",
    )


async def _mind_clock(watching: Watch, show: Callable[[str], None] | None) -> None:
    """See to it that no job sleeps until a clock that was put back comes round again; show the status."""
    last = utc_now()
    while True:
        await asyncio.sleep(CLOCK_EVERY)
        now = utc_now()
        if now < last - timedelta(seconds=1):
            jobs.clock_was_put_back(watching.scheduler, now)
        last = now
        if show is not None:
            show(watching.status())


async def _take_configs(watching: Watch, reload: asyncio.Queue[Config]) -> None:
    while True:
        config, before = await reload.get(), watching.config
        try:
            watching.change(config)
        except NewsdeltaError as error:
            log.error(_NOT_TAKEN, error)
            continue
        log.warning("The config was read again")
        if config.web != before.web:
            log.warning("What changed in [web] counts after a restart")


async def watch_once(config: Config, tell: Tell, report: Report) -> list[CrawlResult]:
    """Crawl each channel once, or make the planned visits that are due, and tell what happened.

    Raises as `watch` does.
    """
    async with _opened(config, tell, report, Limits()) as (watching, _):
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, lambda: asyncio.ensure_future(watching.stop()))
        results: list[CrawlResult] = []
        for name, rhythm in config.rhythms.items():
            if not isinstance(rhythm, Plan) and (result := await watching.crawl(name)):
                results.append(result)
        for plan in watching.plans():
            results += await watching.visit_once(plan)
        await watching.tell_quiet()
        await watching.deliverer.deliver_due(SECONDS)
        await watching.publish()
        await watching.heart.beat()
        await watching.heart.close()
        return results


async def watch_until_signal(
    config: Config,
    tell: Tell,
    report: Report,
    *,
    read_config: Callable[[], Config],
    show: Callable[[str], None] | None = None,
    greet: Greet | None = None,
) -> None:
    """Watch until SIGINT or SIGTERM; after SIGHUP go on by what `read_config` returns. Raises as `watch` does."""
    be_frugal()
    stop, reload = _obey_signals(read_config)
    await watch(config, tell, report, stop, reload=reload, show=show, greet=greet)


async def serve_until_signal(config: Config, greet: Greet, *, read_config: Callable[[], Config]) -> None:
    """Serve until SIGINT or SIGTERM; after SIGHUP go on by what `read_config` returns. Raises as `serve` does."""
    be_frugal()
    stop, reload = _obey_signals(read_config)
    await serve(config, stop, greet, reload=reload)


def _obey_signals(read_config: Callable[[], Config]) -> tuple[asyncio.Event, asyncio.Queue[Config]]:
    """An event that SIGINT and SIGTERM set, and a queue that gets the config anew at SIGHUP."""
    stop, reload = asyncio.Event(), asyncio.Queue[Config]()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)

    def read_again() -> None:
        try:
            reload.put_nowait(read_config())
        except NewsdeltaError as error:
            log.error(_NOT_TAKEN, error)

    loop.add_signal_handler(signal.SIGHUP, read_again)
    return stop, reload
