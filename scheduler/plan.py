"""Between the store and the planner: which pages there are, what to visit now, and what the visits brought.

One HostPlan for each host, for the budget is the host's. It has no clock and no network: the time is an
argument, what it takes out is visited by the crawling process, and `learn` is told what came of it.
"""

from __future__ import annotations

import heapq
import logging
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from crawler.sites.model import Channel
from crawler.task import CrawlResult, PageVisit
from scheduler.revisit import LIFE, Planner
from scheduler.revisit.page import Delay, PageId
from storage.articles import Revisitable, pending, revisitable
from storage.database import Database
from storage.decide import Policy
from storage.frontier import ATTEMPTS
from storage.plans import load_plan, save_plan
from storage.records import Link, State

log = logging.getLogger(__name__)

#: Hours of the budget that are taken at once: little, so that each choice is made late …
AHEAD = 5 / 3600
#: … but more while articles wait that nobody has read yet. What is taken early is missing later, when visits
#: go on at half the pace until it is made up for.
BORROW = 0.1
#: Visits in one task; so many unread articles at a time stand in the planner, the newest first.
BATCH, FEED = 20, 3
#: Hours of the pause after so many visits in a row had no answer, doubled up to the longest.
OUTAGE, FIRST_PAUSE, LONGEST_PAUSE = 3, 1 / 60, 0.25
#: Hours: an article that is older when it is found is watched as one of this age, for the rest of the week.
OLDEST = 24.0
#: Seconds to the next look where there is nothing to visit.
IDLE = 30.0
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Target:
    """What a page's id in the planner stands for. `tries`: visits without an answer since the last good one."""

    channel: str
    url: str
    listing: bool
    unread: bool = False
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Visits to be made now, all of one channel: the pages' ids and, in the same order, their URLs."""

    channel: str
    pages: tuple[PageId, ...]
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A visit to come, if nothing unexpected happens. `delay`: how late it finds what it finds, in the mean."""

    at: datetime
    channel: str
    url: str
    listing: bool
    delay: timedelta


class HostPlan:
    """The plan of visits to one host, with the channels that live there."""

    def __init__(
        self,
        host: str,
        channels: Iterable[Channel],
        per_hour: float,
        policy: Policy,
        *,
        watched_for: timedelta = timedelta(hours=LIFE),
    ) -> None:
        self.host = host
        self.channels = {channel.name: channel for channel in channels}
        self.per_hour = per_hour
        self._policy = policy
        self._life = min(LIFE, watched_for.total_seconds() / 3600)
        self._zone = ZoneInfo(next(iter(self.channels.values())).publisher.time_zone)
        self._planner = Planner(per_hour, ())
        self._targets: dict[PageId, Target] = {}
        self._columns: dict[str, list[str]] = {}
        self._unread: dict[str, deque[Link]] = {}
        self._confirm: list[tuple[float, PageId]] = []
        self._absent: dict[PageId, float] = {}
        self._resting: frozenset[str] = frozenset()
        self._failures = 0
        self._paused = 0.0
        self._ahead = 0.0
        self._latest = float("-inf")
        self._saved_at: datetime | None = None

    # -- times: the planner counts hours from a midnight of the site's, and its time never goes back

    def _now(self, at: datetime) -> float:
        hours = self._hours(at.timestamp())
        if hours < self._latest:
            self._ahead += self._latest - hours  # the clock was put back: go on from where we were
        self._latest = max(self._latest, hours)
        return self._latest

    def _hours(self, stamp: float) -> float:
        moment = datetime.fromtimestamp(stamp, self._zone)
        standard = (moment.utcoffset() or timedelta()) - (moment.dst() or timedelta())
        return (stamp + standard.total_seconds()) / 3600 + self._ahead

    def _moment(self, hours: float, now: datetime) -> datetime:
        return now + timedelta(hours=hours - self._latest)

    # -- what there is

    def load(self, database: Database, at: datetime) -> None:
        """Take up what was learned and what the store knows. Raises StorageError."""
        now = self._now(at)
        saved = load_plan(database, self.host)
        if saved is not None:
            self._saved_at = saved.saved_at
            self._restore(saved.state, now)
        for channel in self.channels.values():
            self._load_listings(channel, now)
            since = at - timedelta(hours=2 * LIFE)
            for article in revisitable(database, channel.name, since=since):
                self._load_article(channel.name, article, now)
        self.find_unread(database)
        for page in [page for page in self._pages() if page not in self._targets]:
            self._planner.forget(page)  # the store, or the config, knows it no longer

    def _restore(self, state: Mapping[str, Any], now: float) -> None:
        try:
            planner = Planner.restore(_not_after(state["planner"], now))
            columns = {str(name): [str(url) for url in urls] for name, urls in state["columns"].items()}
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            log.warning(
                "What the plan of %s had learned cannot be read; it starts anew (%s)", self.host, error
            )
            return
        at_full_speed = planner.pace.rate >= planner.pace.ceiling
        planner.budget(self.per_hour)
        if at_full_speed:
            planner.pace.rate = self.per_hour
        self._planner, self._columns = planner, columns

    def _pages(self) -> list[PageId]:
        return [row[0] for row in self._planner.state()["pages"]]

    def _load_listings(self, channel: Channel, now: float) -> None:
        for url in dict.fromkeys([*channel.listings, *self._columns.get(channel.name, [])]):
            self._targets[url] = Target(channel.name, url, listing=True)
            self._planner.add(url, "listing", "listing", now)

    def _load_article(self, channel: str, article: Revisitable, now: float) -> None:
        page = _page_of(channel, article.key)
        seen = self._hours(article.first_seen.timestamp())
        published = self._born(article.published_at, seen)
        if page not in self._planner:
            if now - published >= self._life:
                return
            self._planner.add(page, "article", section_of(article.url), seen, published=published)
            self._planner.observe(page, self._hours(article.last_visit.timestamp()), changed=False)
        if page in self._planner:
            self._targets[page] = Target(channel, article.url, listing=False)
        if article.state is State.SUSPECTED:
            heapq.heappush(self._confirm, (now, page))

    def _born(self, published_at: datetime | None, seen: float) -> float:
        """From when on an article's age counts that was found at `seen`."""
        if published_at is None:
            return seen
        return min(seen, max(self._hours(published_at.timestamp()), seen - OLDEST))

    def find_unread(self, database: Database) -> None:
        """Look up the articles that were found on listings and never read. Raises StorageError."""
        for name in self.channels:
            self._unread[name] = deque(
                link for link in pending(database, name) if _page_of(name, link.key) not in self._targets
            )

    def _feed(self, now: float) -> None:
        """Keep a few unread articles in the planner: those found later come before those that wait."""
        room = FEED - sum(target.unread and not target.tries for target in self._targets.values())
        for channel, links in self._unread.items():
            while room > 0 and links and channel not in self._resting:
                link, room = links.popleft(), room - 1
                published = self._born(link.listed_at, now)
                page = _page_of(channel, link.key)
                self._planner.add(page, "article", section_of(link.url), now, published=published)
                self._targets[page] = Target(channel, link.url, listing=False, unread=True)

    # -- what to visit

    def rest(self, channels: Collection[str], at: datetime) -> None:
        """Leave the pages of these channels out until they are named no longer; what was learned stays."""
        now, before = self._now(at), self._resting
        self._resting = frozenset(channels) & self.channels.keys()
        if self._resting == before:
            return
        for page, target in self._targets.items():
            if target.channel in self._resting:
                self._planner.set_aside(page)
            elif target.channel in before:
                self._planner.missed(page, now)

    def take(self, at: datetime, most: int = BATCH, *, once: set[PageId] | None = None) -> list[Batch]:
        """Take out the visits that are due, a batch for each channel; each must be told of by `learn` or `lost`.

        `once`: take as many as `most` says, whatever the pace, but none of these pages; those taken are added.
        """
        now = self._now(at)
        self._ask_again(now)
        taken: list[PageId] = []
        while len(taken) < most and now >= self._paused:
            self._feed(now)
            if once is None and self._open_in(now) > 0:
                break
            page = self._planner.next(now)
            if page is None:
                break
            if self._rests(page):  # it came back since its channel was paused
                continue
            if once is not None:
                if page in once:
                    self._planner.missed(page, now)  # what is left is not worth a second visit
                    break
                once.add(page)
            taken.append(page)
            self._note_taken(page)
        return list(self._batches(taken))

    def _rests(self, page: PageId) -> bool:
        return page in self._targets and self._targets[page].channel in self._resting

    def _note_taken(self, page: PageId) -> None:
        target = self._targets.get(page)
        if target is not None and target.unread:
            self._targets[page] = replace(target, unread=False)

    def _open_in(self, now: float) -> float:
        """Hours until the next visit may be taken."""
        pace = self._planner.pace
        if self.unread:
            return pace.borrow(now, BORROW)
        return min(pace.borrow(now, AHEAD), pace.repay(now, BORROW))

    @property
    def unread(self) -> int:
        """How many articles wait that nobody has read yet."""
        fed = sum(
            target.unread and not target.tries and target.channel not in self._resting
            for target in self._targets.values()
        )
        return fed + sum(len(links) for name, links in self._unread.items() if name not in self._resting)

    def allowance(self, at: datetime) -> int:
        """The visits that the budget allows for the time since the plan was saved last: an hour's worth at most."""
        hours = 1.0 if self._saved_at is None else (at - self._saved_at).total_seconds() / 3600
        return max(1, int(self.rate * min(1.0, max(0.0, hours))))

    def _ask_again(self, now: float) -> None:
        """Bring articles to the front whose removal is to be confirmed."""
        later = []
        while self._confirm and self._confirm[0][0] <= now:
            when, page = heapq.heappop(self._confirm)
            if self._rests(page):
                later.append((when, page))
            else:
                self._planner.suspect(page)
        for asked in later:
            heapq.heappush(self._confirm, asked)

    def _batches(self, pages: list[PageId]) -> Iterator[Batch]:
        for name in self.channels:
            mine = [page for page in pages if page in self._targets and self._targets[page].channel == name]
            if mine:
                yield Batch(name, tuple(mine), tuple(self._targets[page].url for page in mine))

    def wait(self, at: datetime) -> float:
        """Seconds until it is worth to call `take` again."""
        now = self._now(at)
        if now < self._paused:
            return (self._paused - now) * 3600
        if not len(self._planner) or self._resting == self.channels.keys():
            return IDLE
        return self._open_in(now) * 3600

    # -- what came of it

    def learn(self, batch: Batch, result: CrawlResult, at: datetime) -> bool:
        """Tell what the visits of a batch brought; returns whether unread articles may have been found."""
        now = self._now(at)
        seen = {_id_in(batch.channel, visit.page, self._targets): visit for visit in result.visits}
        self._keep_pace(batch, result, now)
        for page in batch.pages:
            visit = seen.get(page)
            if visit is None or (visit.change == "failed" and self._host_is_down(result, now)):
                self._planner.missed(page, now)
            elif visit.change == "failed":
                self._failed(page, now)
            else:
                self._observed(page, visit, now)
        for page in seen.keys() - set(batch.pages):  # others that were asked to confirm a change
            if page in self._targets and seen[page].change != "failed":
                self._observed(page, seen[page], now)
        self._take_columns(batch.channel, result.columns, now)
        return any(visit.discovered for visit in result.visits)

    def lost(self, batch: Batch, at: datetime) -> None:
        """Tell that the visits of a batch were not made, or that nobody knows what they brought."""
        for page in batch.pages:
            self._planner.missed(page, self._now(at))

    def _keep_pace(self, batch: Batch, result: CrawlResult, now: float) -> None:
        """Count requests beyond one a page (parts, redirects, robots.txt), and do what the host asks for."""
        for _ in range(result.sent - len(batch.pages)):
            self._planner.pace.spend(now)
        if result.gap > 0:
            self._planner.budget(min(self.per_hour, 3600 / result.gap))
        if result.pause is not None:
            self._planner.refused(now, result.pause / 3600)
            self._paused = max(self._paused, now + result.pause / 3600)
        if result.answered:
            self._failures = 0
        elif result.visits and result.pause is None:
            self._failures += 1
            if self._failures >= OUTAGE:
                pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (self._failures - OUTAGE))
                self._paused = max(self._paused, now + pause)

    def _host_is_down(self, result: CrawlResult, now: float) -> bool:
        return result.pause is not None or (not result.answered and self._failures >= OUTAGE)

    def _failed(self, page: PageId, now: float) -> None:
        target = self._targets[page]
        tries = target.tries + 1
        self._targets[page] = replace(target, tries=tries)
        self._planner.failed(page, now)
        if not target.listing and tries >= ATTEMPTS:
            self._forget(page)

    def _observed(self, page: PageId, visit: PageVisit, now: float) -> None:
        target = self._targets[page] = replace(self._targets[page], tries=0)
        when = min(now, self._hours(visit.at))
        if target.listing:
            self._planner.observe(page, when, visit.discovered > 0, visit.discovered)
            return
        gone = visit.change == "removed" or (visit.absent and visit.change == "unchanged")
        self._planner.observe(page, when, visit.change == "edited", removed=gone)
        if visit.change == "suspected":
            since = self._absent.setdefault(page, when)
            heapq.heappush(self._confirm, (self._confirmation(since, when), page))
        else:
            self._absent.pop(page, None)
        if page not in self._planner:
            self._forget(page)

    def _confirmation(self, since: float, last: float) -> float:
        """When to look again at an article that seems to be gone, so that the policy can decide as soon as it may."""
        second, after = 1 / 3600, self._policy.removal_after.total_seconds() / 3600
        step = last + after / max(1, self._policy.removal_visits - 1) + second
        decisive = since + after + second
        return min(step, decisive) if decisive > last else step

    def _take_columns(self, channel: str, columns: tuple[str, ...], now: float) -> None:
        """Watch the columns that the home page shows, and no longer those that it showed before."""
        if not columns or set(columns) == set(self._columns.get(channel, ())):
            return
        before, self._columns[channel] = self._columns.get(channel, []), list(columns)
        self._load_listings(self.channels[channel], now)
        kept = {*self.channels[channel].listings, *columns}
        for url in set(before) - kept:
            self._forget(url)

    def _forget(self, page: PageId) -> None:
        self._planner.forget(page)
        self._targets.pop(page, None)
        self._absent.pop(page, None)

    # -- what is kept, and what can be said

    def save(self, database: Database, at: datetime) -> None:
        """Keep what was learned. Raises StorageError."""
        state = {"version": _VERSION, "columns": self._columns, "planner": self._planner.state()}
        save_plan(database, self.host, state, at)

    @property
    def rate(self) -> float:
        """Requests per hour that the host gets now: the budget, or less while it refuses us."""
        return self._planner.pace.rate

    def __len__(self) -> int:
        return len(self._targets)

    def foresee(self, at: datetime, n: int) -> list[Foreseen]:
        """The next visits, if they bring nothing unexpected."""
        now = self._now(at)
        self._feed(now)
        visits = self._planner.plan(now, n)
        known = [
            (visit, self._targets[visit.page])
            for visit in visits
            if visit.page in self._targets and not self._rests(visit.page)
        ]
        return [
            Foreseen(
                self._moment(visit.at, at), target.channel, target.url, target.listing,
                timedelta(hours=visit.delay),
            )
            for visit, target in known
        ]  # fmt: skip

    def delays(self, at: datetime, budgets: Iterable[float]) -> list[Delay]:
        """The delays in hours that other budgets would buy."""
        return self._planner.expected_delays(budgets, self._now(at))


def section_of(url: str) -> str:
    """The part of a site that an article belongs to, by its address: what its pages change at is alike there.

    c365402 of /n2/2026/1124/c365402-41000001.html, sport of /sport/2026/11/1.html.
    """
    steps = [step for step in urlsplit(url).path.split("/") if step]
    column = re.match(r"([a-z]+\d+)-\d", steps[-1]) if steps else None
    return column[1] if column else (steps[0] if len(steps) > 1 else "")


def _page_of(channel: str, key: str) -> str:
    """An article's id in the planner: no URL has a space in it."""
    return f"{channel} {key}"


def _id_in(channel: str, page: str, targets: Mapping[PageId, Target]) -> PageId:
    return page if page in targets else _page_of(channel, page)


def _not_after(state: Mapping[str, Any], now: float) -> dict[str, Any]:
    """Take back to `now` what a clock that was fast put into the future."""
    ceiling, rate, not_before = state["budget"]
    pages = [[*row[:4], min(row[4], now), *row[5:]] for row in state["pages"]]
    day = now + 24
    return {**state, "budget": [ceiling, rate, not_before if not_before < day else now], "pages": pages}


def host_plans(
    channels: Iterable[Channel], budgets: Mapping[str, float], policy: Policy, watched_for: timedelta
) -> list[HostPlan]:
    """One plan for each host of the channels; `budgets`: channel → requests per hour of its host."""
    by_host: dict[str, list[Channel]] = {}
    for channel in channels:
        by_host.setdefault(urlsplit(channel.home).netloc, []).append(channel)
    return [
        HostPlan(host, mine, min(budgets[one.name] for one in mine), policy, watched_for=watched_for)
        for host, mine in by_host.items()
    ]


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)
