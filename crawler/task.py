"""What a crawl is asked to do, how far it is, and what came of it: values that cross process borders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from crawler.sites.model import Channel
from storage.decide import Policy
from storage.records import HostMemory, Note, RunCounts

#: How many of the articles that changed are told one by one of a crawl; a whole channel's first has tens of thousands.
LISTED = 20
#: What a visit to an article may come to without a change to tell.
_QUIET = frozenset(("unchanged", "suspected", "failed", "quarantined"))


@dataclass(frozen=True, slots=True)
class CrawlTask:
    """One crawl of one channel.

    urls: only these pages, instead of the channel's listings.
    pages: how many pages of each listing; None: the first, and more while all that they list is unknown.
    since: leave out what is dated earlier.
    follow: visit what the listings show; else only keep it, for a plan of visits to come back to.
    host: what other processes did to the channel's host of late; None where this one does all.
    revisit_for: known articles younger than this are visited again, also when no listing shows them.
    """

    channel: Channel
    urls: tuple[str, ...] = ()
    pages: int | None = None
    since: date | None = None
    revisit_for: timedelta = timedelta(days=7)
    policy: Policy = field(default_factory=Policy)
    dry_run: bool = False
    follow: bool = True
    host: HostMemory | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A page that failed, or a finding about the channel: what, and what to do."""

    url: str
    what: str
    mend: str = ""
    page_failed: bool = True


@dataclass(frozen=True, slots=True)
class Seen:
    """An article that changed in this crawl, for those who look on."""

    change: str
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class PageVisit:
    """What one visit to a page came to, for the plan of further visits.

    page: a listing's URL as it was asked for, or an article's key.
    at: seconds since 1970. change: of an article, as `storage.decide.Change` has it; "failed" for any page
    that gave no usable answer. discovered: how many unknown articles a listing showed. absent: it is not there.
    """

    page: str
    at: float
    change: str = "unchanged"
    discovered: int = 0
    absent: bool = False


@dataclass(frozen=True, slots=True)
class CrawlResult:
    """What a crawl did. `answered` counts the requests that got a usable answer; `changes` are the first `LISTED` of
    the `changed` articles.

    For the plan of visits: `sent` requests in all; `pause`, the seconds that the host asked to be left alone
    after a 429 or 503 (None: it refused nothing); `gap`, the seconds to keep between two requests; `columns`,
    the listings that the home page shows.
    """

    run: int | None
    channel: str
    counts: RunCounts
    seconds: float
    answered: int
    problems: tuple[Problem, ...] = ()
    changes: tuple[Seen, ...] = ()
    changed: int = 0
    visits: tuple[PageVisit, ...] = ()
    columns: tuple[str, ...] = ()
    sent: int = 0
    pause: float | None = None
    gap: float = 0.0


def exit_code(results: list[CrawlResult]) -> int:
    """0 all well, 1 some pages failed, 3 nothing could be fetched (the command line's contract)."""
    if results and not any(result.answered for result in results):
        return 3
    failed = any(problem.page_failed for result in results for problem in result.problems)
    return 1 if failed else 0


@dataclass(slots=True)
class Tally:
    """The running count of one crawl; `listener` is called after each change. `for_plan`: a plan of visits stands
    behind it, which is told of each page; a whole crawl has tens of thousands.
    """

    listener: Callable[[Tally], None] = lambda tally: None
    for_plan: bool = True
    queued: int = 0
    done: int = 0
    answered: int = 0
    fetched: int = 0
    not_modified: int = 0
    bytes: int = 0
    changes: dict[str, int] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    visits: dict[str, PageVisit] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    sent: int = 0
    pause: float | None = None

    @property
    def changed_articles(self) -> int:
        """How many articles there is something to tell of."""
        return sum(count for change, count in self.changes.items() if change not in _QUIET)

    def requested(self) -> None:
        """One more request waits for its answer."""
        self.queued += 1
        self.listener(self)

    def answer(self, status: int, size: int) -> None:
        """A request was answered with `size` bytes."""
        self.done += 1
        self.bytes += size
        if status == 304:
            self.not_modified += 1
            self.answered += 1
        elif status < 400 or status in (404, 410):
            self.fetched += 1
            self.answered += 1
        self.listener(self)

    def unanswered(self) -> None:
        """A request got no answer at all."""
        self.done += 1
        self.listener(self)

    def refused(self, pause: float) -> None:
        """The host answered 429 or 503, and is left alone for so many seconds."""
        self.pause = max(pause, self.pause or 0.0)

    def visited(self, visit: PageVisit) -> None:
        """A visit to a page is done; of a listing with several pages, one more page is."""
        if not self.for_plan:
            return
        before = self.visits.get(visit.page)
        if before is not None:
            visit = replace(visit, discovered=before.discovered + visit.discovered)
        self.visits[visit.page] = visit

    def changed(self, change: str, url: str, title: str) -> None:
        """An article was recorded."""
        self.changes[change] = self.changes.get(change, 0) + 1
        if change not in _QUIET and len(self.seen) < LISTED:
            self.seen.append(Seen(change, url, title))
        self.listener(self)

    def problem(self, url: str, what: str, mend: str = "", *, page_failed: bool = True) -> None:
        """Something went wrong; the crawl goes on."""
        self.problems.append(Problem(url, what, mend, page_failed))

    def notes(self) -> tuple[Note, ...]:
        """What a person should know of the crawl, to be stored with the run."""
        return tuple(Note(problem.url, problem.what, problem.mend) for problem in self.problems)

    def counts(self) -> RunCounts:
        """The figures that are stored with the run."""
        count = self.changes.get
        return RunCounts(
            fetched=self.fetched,
            not_modified=self.not_modified,
            bytes=self.bytes,
            new=count("new", 0),
            edited=count("edited", 0),
            unchanged=count("unchanged", 0),
            removed=count("removed", 0),
            restored=count("restored", 0),
            failed=sum(problem.page_failed for problem in self.problems),
        )
