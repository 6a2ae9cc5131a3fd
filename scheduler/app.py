"""The one place that wires everything: config → store, crawling process, plans, jobs."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import signal
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from urllib.parse import urlsplit

from crawler.memory import be_frugal, give_back
from crawler.serve import Start
from crawler.task import CrawlResult, CrawlTask
from scheduler import jobs
from scheduler.child import CrawlerProcess, CrawlFailedError, Hands, Limits, ignore
from scheduler.child import Tell as ProgressTell
from scheduler.config import Config
from scheduler.desk import Desk
from scheduler.heart import Heart
from scheduler.holder import AlreadyWatchedError, Holder, hold
from scheduler.plan import BATCH, Batch, HostPlan, host_plans, utc_now
from scheduler.post import SECONDS, Post, is_watched, limits_of, publish, read_post, send_test
from scheduler.retention import prune
from scheduler.revisit import PageId
from scheduler.rhythm import Plan
from scheduler.tell import Teller
from scheduler.trouble import Trouble
from scheduler.websub import keep_subscribed
from scheduler.wellness import InHand, Look
from storage import crawls, pauses, queries
from storage.context import working_on
from storage.database import Database
from storage.decide import Policy
from storage.errors import DatabaseUnreachable, NewsdeltaError, StorageError
from storage.quiet import tell_quiet
from storage.records import CrawlOrder, Event, OrderProgress

log = logging.getLogger(__name__)

Tell = Callable[[Event], None]
Report = Callable[[CrawlResult], None]
Greet = Callable[[str], None]

#: Seconds between two saves of what the plans learned, two looks at the lock, two at the clock.
SAVE_EVERY, HOLD_EVERY, CLOCK_EVERY = 60.0, 5.0, 1.0
#: Seconds between two looks at whether the feeds have to be written.
PUBLISH_EVERY = 15.0
#: Seconds after which memory that is free is given back to the system, again and again.
GIVE_BACK_EVERY = 60.0
#: Seconds between two looks at whether anything new comes.
QUIET_EVERY = 300.0
#: The hour at about which what is too old is given up.
NIGHT = 3
#: Seconds between two looks after the workers' jobs; between two tries of who stands by to take over.
MEND_EVERY, STAND_BY = 5.0, 2.0
_PAUSED, _FEEDS = "Pauses of channels cannot be read", "Feeds cannot be written"
_NOT_TAKEN = "The config is not taken, the old one stays: %s"


def policy_of(config: Config) -> Policy:
    """When an absence is a removal."""
    return Policy(config.removal_visits, config.removal_after)


def task_for(config: Config, name: str) -> CrawlTask:
    """The regular crawl of one whole channel."""
    return CrawlTask(channel=config.channel(name), revisit_for=config.revisit_for, policy=policy_of(config))


def task_of(config: Config, batch: Batch) -> CrawlTask:
    """The visits of a batch, and nothing else."""
    return CrawlTask(
        channel=config.channel(batch.channel), urls=batch.urls, follow=False, policy=policy_of(config)
    )


def task_of_order(config: Config, order: CrawlOrder) -> CrawlTask:
    """The crawl that a person asked for. Raises ConfigError for a channel that is not known any more."""
    whole = task_for(config, order.channel)
    return dataclasses.replace(whole, urls=order.urls) if order.urls else whole


def plans_of(config: Config) -> list[HostPlan]:
    """The plans of the channels that are visited by plan, not loaded yet."""
    budgets = {name: rhythm.per_hour for name, rhythm in config.rhythms.items() if isinstance(rhythm, Plan)}
    channels = [config.channels[name] for name in budgets]
    return host_plans(channels, budgets, policy_of(config), config.revisit_for)


def start_of(config: Config, database: Database) -> Start:
    """What the crawling process is told first; what was asked of a host in the last hour counts."""
    made = queries.requests_since(database, utc_now() - timedelta(hours=1))
    spent: dict[str, int] = {}
    for name, channel in config.channels.items():
        host = urlsplit(channel.home).netloc
        spent[host] = spent.get(host, 0) + made.get(name, 0)
    return Start(
        config.database_url,
        config.requests_per_hour,
        config.allow_private_addresses,
        spent,
        config.archive,
        config.log.level,
    )


class Watch:
    """A running watch: what it crawls, visits and tells, until it is stopped."""

    def __init__(
        self, config: Config, post: Post, database: Database, tell: Tell, report: Report, limits: Limits
    ) -> None:
        self.config = config
        self.database = database
        self.hands = self._hands(limits)
        self.teller = Teller(database, tell, after=queries.last_event_id(database))
        self.scheduler = jobs.new_scheduler(config.time_zone)
        self.post = post
        self.deliverer = post.deliverer(database, limits_of(config))
        self.desk = Desk(database, self.obey, utc_now)
        self._report = report
        self._plans: dict[str, HostPlan] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._spent: dict[str, deque[tuple[float, int]]] = {}
        self._stopping = False
        self._attending = False
        self._paused: frozenset[str] = frozenset()
        self._published = -1
        self._in_hand = InHand()
        self.heart = Heart(
            lambda: self.config, database, self.look, lambda: tuple(self.deliverer.destinations)
        )
        self._troubles = {what: Trouble(log, what) for what in (_PAUSED, _FEEDS)}

    def _hands(self, limits: Limits) -> Hands:
        """Who carries crawls out: the workers where there is a queue, else a process of this machine."""
        if self.config.queue_url is None:
            return CrawlerProcess(lambda: start_of(self.config, self.database), limits)
        from scheduler.queue import Workers

        return Workers(self.database, self.config.queue_url, utc_now)

    # -- begin, change, end

    def begin(self) -> None:
        """Schedule everything."""
        self._schedule()
        jobs.schedule_steady(self.scheduler, "tell", self.teller.tell_new, 0.5)
        jobs.schedule_steady(self.scheduler, "orders", self.desk.look, 0.5)
        jobs.schedule_steady(self.scheduler, "save", self._save, SAVE_EVERY)
        jobs.schedule_steady(self.scheduler, "feeds", self.publish, PUBLISH_EVERY)
        jobs.schedule_steady(self.scheduler, "quiet", self.tell_quiet, QUIET_EVERY)
        jobs.schedule_steady(self.scheduler, "mend", self.hands.mend, MEND_EVERY)
        jobs.schedule_nightly(self.scheduler, "retention", self._prune, NIGHT)
        self._start()

    def attend(self) -> None:
        """Only carry out what people ask for, while nobody watches this database."""
        self._attending = True
        self.desk = Desk(self.database, self.obey, utc_now, lambda: not is_watched(self.config))
        jobs.schedule_steady(self.scheduler, "orders", self.desk.look, 0.5)
        self._start()

    def _start(self) -> None:
        jobs.schedule_steady(self.scheduler, "give back", _give_back, GIVE_BACK_EVERY)
        self.scheduler.start()

    def change(self, config: Config) -> None:
        """Go on by another config, on the same database; crawls under way end by the old one.

        Raises ConfigError where the new one's destinations or templates are wrong; then the old one stays.
        """
        post = read_post(config)
        if not (self._attending and is_watched(self.config)):
            post.enter(self.database, utc_now())
        self.post = post
        self.deliverer.change(post.destinations, post.letters(self.database), limits_of(config))
        self.save()
        for name in self.config.channels:
            jobs.cancel(self.scheduler, f"crawl {name}")
        for host in self._plans:
            jobs.cancel(self.scheduler, f"visit {host}")
        self.config = dataclasses.replace(config, database_url=self.config.database_url)
        self._published = -1
        self.hands.retire()
        self.scheduler.timezone = jobs.new_scheduler(config.time_zone).timezone
        if not self._attending:
            self._schedule()

    def reread(self) -> bool:
        """Go on by what the config's file says now. Returns whether nobody else has to be told, who watches.

        Raises ConfigError, StorageError; then the old one stays.
        """
        self.change(dataclasses.replace(self.config.read_again(), web=self.config.web))
        return not (self._attending and is_watched(self.config))

    def _schedule(self) -> None:
        now = utc_now()
        for name, rhythm in self.config.rhythms.items():
            if not isinstance(rhythm, Plan):
                jobs.schedule_crawl(self.scheduler, name, rhythm, self.crawl, now)
        for plan in self.plans():
            jobs.schedule_visits(self.scheduler, plan.host, self.visit, now, plan.wait(now))

    async def stop(self) -> None:
        """Begin nothing more, and finish the pages in hand."""
        self._stopping = True
        if self.scheduler.running:
            self.scheduler.pause()
        await asyncio.gather(self.hands.stop(), self.deliverer.stop(), self.desk.stop())

    async def end(self) -> None:
        """Stop, tell and keep what the last pages brought: within ten seconds."""
        await self.stop()
        for turn in self._turns.values():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(turn.acquire(), 0.5)
        if self.scheduler.running:
            self.scheduler.shutdown(wait=False)
        await self.teller.tell_new()
        self.save()
        await self.deliverer.close()

    def plans(self) -> list[HostPlan]:
        """Load the plans, for visits that no scheduler makes."""
        self._plans = {plan.host: plan for plan in plans_of(self.config)}
        for plan in self._plans.values():
            plan.load(self.database, utc_now())
        return list(self._plans.values())

    # -- the jobs

    async def crawl(self, name: str) -> CrawlResult | None:
        """Crawl one whole channel, unless it is paused."""
        return None if name in self.paused() else await self._order(task_for(self.config, name))

    async def visit(self, host: str) -> None:
        """Make the planned visits to a host that are due, and say when to come back."""
        plan = self._plans.get(host)
        if plan is None:
            return
        try:
            plan.rest(self.paused(), utc_now())
            for batch in plan.take(utc_now()):
                await self._visit(plan, batch)
        finally:
            if not self._stopping and self._plans.get(host) is plan:
                now = utc_now()
                jobs.schedule_visits(self.scheduler, host, self.visit, now, max(0.1, plan.wait(now)))

    async def visit_once(self, plan: HostPlan) -> list[CrawlResult]:
        """Make the visits that the budget allows for the time since the last call, an hour's worth at most."""
        results: list[CrawlResult] = []
        plan.rest(self.paused(), utc_now())
        left = plan.allowance(utc_now())
        visited: set[PageId] = set()
        while left > 0 and not self._stopping:
            batches = plan.take(utc_now(), min(left, BATCH), once=visited)
            for batch in batches:
                if result := await self._visit(plan, batch):
                    results.append(result)
            if not batches:
                break
            left -= sum(len(batch.pages) for batch in batches)
        return results

    def paused(self) -> frozenset[str]:
        """The channels that people paused; where the store is in trouble, those of before."""
        try:
            self._paused = frozenset(pauses.paused(self.database))
        except StorageError as error:
            self._troubles[_PAUSED].met(error)
        else:
            self._troubles[_PAUSED].over()
        return self._paused

    async def _visit(self, plan: HostPlan, batch: Batch) -> CrawlResult | None:
        result = await self._order(task_of(self.config, batch))
        if result is None:
            plan.lost(batch, utc_now())
            return None
        if plan.learn(batch, result, utc_now()):
            self._find_unread(plan)
        self._spend(plan.host, result.sent)
        return result

    def _find_unread(self, plan: HostPlan) -> None:
        try:
            plan.find_unread(self.database)
        except StorageError as error:
            log.warning("What was found cannot be looked up now: %s", error)

    async def _order(self, task: CrawlTask) -> CrawlResult | None:
        """Crawl, and report; where it fails, say why and go on."""
        try:
            return await self._crawl(task)
        except CrawlFailedError as error:
            if not self._stopping:
                log.error("%s", error)
            return None

    async def _crawl(
        self, task: CrawlTask, tell: ProgressTell = ignore, cancelled: asyncio.Event | None = None
    ) -> CrawlResult:
        """Crawl; two crawls of one channel never overlap, by whichever job they come. Raises CrawlFailedError."""
        async with self._turns.setdefault(task.channel.name, asyncio.Lock()):
            if cancelled and cancelled.is_set():
                raise CrawlFailedError("The crawl was cancelled before it began", subject=task.channel.name)
            with working_on(channel=task.channel.name):
                result = await self._carry_out(task, tell, cancelled)
        with contextlib.suppress(OSError):  # the output is full
            self._report(result)
        return result

    async def _carry_out(
        self, task: CrawlTask, tell: ProgressTell, cancelled: asyncio.Event | None
    ) -> CrawlResult:
        """Have a crawl made, and see that it goes on."""
        name, clock = task.channel.name, time.monotonic

        def hear(progress: OrderProgress) -> None:
            self._in_hand.hear(name, progress, clock())
            tell(progress)

        self._in_hand.begin(name, clock())
        try:
            return await self.hands.crawl(task, hear, cancelled)
        finally:
            self._in_hand.end(name)

    async def obey(self, order: CrawlOrder, tell: ProgressTell, cancelled: asyncio.Event) -> CrawlResult:
        """Carry out what a person asked for. Raises ConfigError, CrawlFailedError."""
        return await self._crawl(task_of_order(self.config, order), tell, cancelled)

    async def publish(self) -> None:
        """Write the feeds anew where something happened."""
        if self.config.alerts.feeds is None:
            return
        try:
            last = queries.last_event_id(self.database)
            if last != self._published:
                await asyncio.to_thread(publish, self.config, self.database, utc_now())
                self._published = last
        except NewsdeltaError as error:
            self._troubles[_FEEDS].met(error)
        else:
            self._troubles[_FEEDS].over()

    async def _prune(self) -> None:
        """Give up what [retention] says is too old, beside all else."""
        try:
            lines = await asyncio.to_thread(
                lambda: list(prune(self.database, self.config.retention, utc_now()))
            )
        except NewsdeltaError as error:
            log.error("What is too old could not be given up: %s", error)
        else:
            log.info("Retention: %s", " ".join(lines) or "nothing is given up")

    async def _save(self) -> None:
        self.save()

    def save(self) -> None:
        """Keep what the plans learned."""
        try:
            for plan in self._plans.values():
                plan.save(self.database, utc_now())
        except StorageError as error:
            log.warning("What was learned cannot be kept now: %s", error)

    async def tell_quiet(self) -> None:
        """Tell of channels that nothing new came from for long."""
        paused = self.paused()
        try:
            for name, after in self.config.quiet_after.items():
                if after is not None and name not in paused:
                    home = self.config.channel(name).home
                    await asyncio.to_thread(tell_quiet, self.database, name, after, utc_now(), url=home)
        except StorageError as error:
            log.warning("Whether anything new comes cannot be read now: %s", error)

    # -- what it says of itself

    def look(self) -> Look:
        """How the work goes."""
        now = utc_now()
        due = [job for job in self.scheduler.get_jobs() if job.id.startswith(("crawl ", "visit "))]
        overdue = {job.id: (now - job.next_run_time).total_seconds() for job in due if job.next_run_time}
        allowed = {
            name: rhythm.per_hour if isinstance(rhythm, Plan) else self.config.requests_per_hour
            for name, rhythm in self.config.rhythms.items()
        }
        gaps = {name: 3600 / per_hour for name, per_hour in allowed.items() if per_hour}
        return Look(overdue, self._in_hand.silent(time.monotonic()), gaps)

    def _spend(self, host: str, requests: int) -> None:
        self._spent_lately(host).append((asyncio.get_running_loop().time(), requests))

    def _spent_lately(self, host: str) -> deque[tuple[float, int]]:
        """When how many requests were made to a host, within the last hour."""
        spent, since = self._spent.setdefault(host, deque()), asyncio.get_running_loop().time() - 3600
        while spent and spent[0][0] < since:
            spent.popleft()
        return spent

    def status(self) -> str:
        """What comes next, and what is left of the budget, in a line."""
        due = [job for job in self.scheduler.get_jobs() if job.id.startswith(("crawl ", "visit "))]
        if not due:
            return "nothing to watch"
        first = min(due, key=lambda job: job.next_run_time)
        what, _, whom = first.id.partition(" ")
        words = f"next {what} {first.next_run_time.astimezone():%H:%M:%S} {whom}"
        plan = self._plans.get(whom)
        return words if plan is None else f"{words} · {self._left(plan)}"

    def _left(self, plan: HostPlan) -> str:
        spent, since = self._spent.setdefault(plan.host, deque()), asyncio.get_running_loop().time() - 3600
        while spent and spent[0][0] < since:
            spent.popleft()
        left = max(0, int(plan.per_hour) - sum(requests for _, requests in spent))
        return (
            f"{left} of {plan.per_hour:g} requests left this hour · {len(plan)} pages, {plan.unread} unread"
        )


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


async def _give_back() -> None:
    give_back()


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
