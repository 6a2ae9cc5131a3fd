"""A watch at work: its jobs, the visits by plan, what people ask for, and what it says of itself."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import time
from collections.abc import Callable

from crawler.memory import TIDY_EVERY, Tidying
from crawler.task import CrawlResult, CrawlTask
from scheduler import jobs
from scheduler.child import CrawlerProcess, CrawlFailedError, Hands, Limits, ignore
from scheduler.child import Tell as ProgressTell
from scheduler.config import Config
from scheduler.desk import Desk
from scheduler.heart import Heart
from scheduler.plan import BATCH, Batch, HostPlan, utc_now
from scheduler.post import Post, is_watched, limits_of, publish, read_post
from scheduler.retention import prune
from scheduler.revisit import PageId
from scheduler.rhythm import Plan
from scheduler.spent import Spent
from scheduler.tasks import plans_of, start_of, task_for, task_of, task_of_order
from scheduler.tell import Teller
from scheduler.trouble import Trouble
from scheduler.wellness import InHand, Look
from storage import pauses, queries
from storage.context import working_on
from storage.database import Database
from storage.errors import NewsdeltaError, StorageError
from storage.quiet import tell_quiet
from storage.records import CrawlOrder, Event, OrderProgress

log = logging.getLogger(__name__)

Tell = Callable[[Event], None]
Report = Callable[[CrawlResult], None]

#: Seconds between two saves of what the plans learned.
SAVE_EVERY = 60.0
#: Seconds between two looks at whether the feeds have to be written.
PUBLISH_EVERY = 15.0
#: Seconds between two looks at whether anything new comes.
QUIET_EVERY = 300.0
#: The hour at about which what is too old is given up.
NIGHT = 3
#: Seconds between two looks after the workers' jobs.
MEND_EVERY = 5.0
_PAUSED, _FEEDS = "Pauses of channels cannot be read", "Feeds cannot be written"


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
        self._spent = Spent()
        self._stopping = False
        self._attending = False
        self._paused: frozenset[str] = frozenset()
        self._published = -1
        self._in_hand = InHand()
        self._tidying = Tidying()
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
        jobs.schedule_steady(self.scheduler, "tidy", self._tidy, TIDY_EVERY)
        self.scheduler.start()

    async def _tidy(self) -> None:
        self._tidying()

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
        self._spent.note(plan.host, result.sent, time.monotonic())
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
        due = {job.id: job.next_run_time for job in jobs.visits_of(self.scheduler) if job.next_run_time}
        overdue = {name: (now - at).total_seconds() for name, at in due.items()}
        allowed = {
            name: rhythm.per_hour if isinstance(rhythm, Plan) else self.config.requests_per_hour
            for name, rhythm in self.config.rhythms.items()
        }
        gaps = {name: 3600 / per_hour for name, per_hour in allowed.items() if per_hour}
        return Look(overdue, self._in_hand.silent(time.monotonic()), gaps)

    def status(self) -> str:
        """What comes next, and what is left of the budget, in a line."""
        due = jobs.visits_of(self.scheduler)
        if not due:
            return "nothing to watch"
        first = min(due, key=lambda job: job.next_run_time)
        what, _, whom = first.id.partition(" ")
        words = f"next {what} {first.next_run_time.astimezone():%H:%M:%S} {whom}"
        plan = self._plans.get(whom)
        return words if plan is None else f"{words} · {self._left(plan)}"

    def _left(self, plan: HostPlan) -> str:
        left = max(0, int(plan.per_hour) - self._spent.lately(plan.host, time.monotonic()))
        return (
            f"{left} of {plan.per_hour:g} requests left this hour · {len(plan)} pages, {plan.unread} unread"
        )
