"""Holds back what cannot be explained by one page alone, until the run has seen enough to judge it.

    take      one visit: told at once, or held; take_all: several, in one transaction
    wanted    pages that would settle a doubt: other articles, the ill ones again, an address that never was
    finish    judge what is held: recorded as usual, or kept as an observation and nothing more

Between `take` and `finish` at most `HELD` visits and `HELD_BYTES` of pages are kept; what is more is judged
early. A visit that is dropped here, or lost with the process, is made again: its validators are not stored.
"""

from __future__ import annotations

import contextlib
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit, urlunsplit

from crawler.deadline import TooSlow, within
from crawler.evidence import (
    SAME_NOTICE,
    SAME_PAGE,
    Comparison,
    Shown,
    compare,
    is_shown,
    same_page,
    shown,
    sketch,
)
from crawler.mending import Mending
from crawler.reread import read_again
from crawler.sites.model import Publisher
from crawler.text.canonical import fold
from storage import articles, baselines, health
from storage.articles import Recorded
from storage.database import Database
from storage.decide import Change, Known, Policy
from storage.errors import PageError
from storage.health import Course, Look, Sign
from storage.records import ABSENT, ArticleFields, EventKind, Outcome, PageBody, Reading, Sighting, State

#: Most visits, and bytes of their pages, that wait for a verdict.
HELD, HELD_BYTES = 200, 16 * 2**20
#: How many other articles are asked when a page is in doubt; two for each page that is absent, at most ten.
WITNESSES, MOST_WITNESSES = 3, 10
#: Doubts are settled by other articles in short runs alone, so that no more visits need be remembered.
SEEN = 1000
#: So many different articles that show the same page show the site's "not found" page.
ALIKE = 3
#: Seconds of CPU for one look at what pages show: a hundred times what the longest of news take.
LOOKING = 2.0
#: What is made of an edit whose pages take longer: nothing can be told of it, so the run's other pages decide.
_UNTOLD = Comparison(added=frozenset(), ours=False, still=False, rebuilt=True, replaced=False)
T = TypeVar("T")
_ID = re.compile(r"\d{5,}(?=\D*$)")
_OURS = Outcome.UNREADABLE


class Arrival(NamedTuple):
    """A visit as it comes in; the arguments of `Quarantine.take`."""

    sighting: Sighting
    page: PageBody | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page that would settle a doubt. `key` is None for an address that never was; a `fresh` one is wanted
    with its body, whatever its validators say.
    """

    url: str
    key: str | None = None
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class _Held:
    """A visit that waits; `sketch` is that of its page where that may be the site's "not found" page."""

    sighting: Sighting
    look: Look
    sketch: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        return sum(len(page.content) for page in self.sighting.pages)


class Quarantine:
    """The judge of one run of one channel. `told` is called with each visit once it is settled."""

    def __init__(
        self,
        database: Database,
        channel: str,
        publisher: Publisher,
        policy: Policy,
        told: Callable[[Sighting, Change], None],
        *,
        home: str = "",
        dry_run: bool = False,
    ) -> None:
        self._database = database
        self._channel = channel
        self._publisher = publisher
        self._policy = policy
        self._told = told
        self._home = home
        self._dry_run = dry_run
        self._baseline = baselines.baseline(database, channel)
        self._course = Course(self._baseline.ill)
        self._held: list[_Held] = []
        self._bytes = 0
        self._visited: set[str] = set()
        self._dropped: dict[Outcome, int] = {}
        self._gone_pages = list(self._baseline.gone_pages)
        self._learned: list[tuple[int, ...]] = []
        self._asked: set[str] = set()
        self._mending = Mending(database, channel, publisher)
        self._uncommitted: list[tuple[Sighting, Change]] | None = None

    # -- visits

    def take_all(self, arrivals: Sequence[Arrival]) -> list[Exception | None]:
        """Take several visits, in one transaction where the store has such; give what each failed with.

        Where that transaction fails, what was recorded in it is recorded again, each visit by itself.
        """
        if self._dry_run or not self._database.is_sqlite:
            return [self._take_alone(arrival) for arrival in arrivals]
        settled: list[tuple[Sighting, Change]] = []
        taken = 0
        try:
            with self._together(settled):
                for arrival in arrivals:
                    self.take(*arrival)
                    taken += 1
        except Exception as error:
            failed = self._settle_again(settled)
            outcome = [failed.get(arrival.sighting.key) for arrival in arrivals[:taken]]
            if taken < len(arrivals):
                outcome.append(error)
            return outcome + [self._take_alone(arrival) for arrival in arrivals[taken + 1 :]]
        for sighting, change in settled:
            self._told(sighting, change)
        return [None] * taken

    @contextlib.contextmanager
    def _together(self, settled: list[tuple[Sighting, Change]]) -> Iterator[None]:
        """Gather what is settled, to be told when it is committed."""
        self._uncommitted = settled
        try:
            with self._database.together():
                yield
        finally:
            self._uncommitted = None

    def _settle_again(self, settled: Iterable[tuple[Sighting, Change]]) -> dict[str, Exception]:
        """Store what was undone, each visit by itself; returns what failed, by the article's key."""
        failed: dict[str, Exception] = {}
        for sighting, change in settled:
            try:
                if change is Change.QUARANTINED:
                    self._observe(sighting)
                else:
                    self._record(sighting)
            except Exception as error:
                failed[sighting.key] = error
        return failed

    def _take_alone(self, arrival: Arrival) -> Exception | None:
        try:
            self.take(*arrival)
        except Exception as error:
            return error
        return None

    def take(self, sighting: Sighting, page: PageBody | None = None, is_new: bool = False) -> None:
        """Take one visit. `page` is what was shown where nothing could be read; of an article that `is_new`
        the store knew nothing when this run asked it.
        """
        if len(self._visited) < SEEN:
            self._visited.add(sighting.key)
        outcome = sighting.observation.outcome
        if outcome is Outcome.READ and sighting.reading is not None:
            self._read(sighting, sighting.reading, is_new)
        elif outcome in ABSENT or outcome is Outcome.UNREADABLE:
            self._not_read(sighting, page)
        else:
            self._settle_plain(sighting)

    def listing(self, url: str, links: int | None) -> bool:
        """Note how many article links a listing has, None for one that is unchanged; False: it lost them."""
        is_well = links is None or not health.lost_links(self._baseline, url, links)
        self._course.listing(url, links, is_well)
        return is_well

    def _settle_plain(self, sighting: Sighting) -> None:
        """A 304 or a failure explains itself."""
        change = self._record(sighting)
        sign = Sign.TROUBLE if change is Change.FAILED else Sign.WELL
        self._course.add(Look(sighting.key, sign))
        if sighting.observation.outcome is Outcome.NOT_MODIFIED:
            self._mending.keep(sighting.key, (), is_well=True)

    def _read(self, sighting: Sighting, reading: Reading, is_new: bool) -> None:
        known = None if is_new else articles.known(self._database, sighting.publisher, sighting.key)
        look = self._plain_look(sighting, reading, known)
        if known is None:
            short = health.typical_length(self._baseline, reading.fields.template) > 10 * (look.length + 1)
            look = replace(look, sign=Sign.ODD) if short or len(look.lost) > 1 else look
            self._settle(sighting, look, hold=look.sign is Sign.ODD)
        elif (known.rules, known.content_hash) == (reading.rules, reading.content_hash):
            self._settle(sighting, look, hold=False)
        elif self._rehearse(sighting) in (Change.EDITED, Change.RESTORED):
            self._settle(*self._examined(sighting, reading, known, look))
        else:
            self._settle(sighting, look, hold=False)

    def _plain_look(self, sighting: Sighting, reading: Reading, known: Known | None) -> Look:
        """How a page was read. A field that is expected and missing is looked up in the stored article."""
        fields = reading.fields
        has = health.fields_read(fields)
        enough = health.ENOUGH_PAGES if known is None else health.SOME_PAGES
        lost = health.expected(self._baseline, fields.template, enough) - has
        if lost and known is not None:
            lost &= health.fields_read(baselines.stored_fields(self._database, known.id))
        if known is not None and known.rules == reading.rules:
            lost |= _other_origin(known, fields)
        if health.is_here_to_stay(self._baseline, sighting.observation.at):
            lost = frozenset()
        length = sum(map(len, fields.body))
        return Look(sighting.key, Sign.WELL, True, fields.template, has - lost, lost, length=length)

    def _examined(
        self, sighting: Sighting, reading: Reading, known: Known, look: Look
    ) -> tuple[Sighting, Look, bool, tuple[int, ...]]:
        """Look at an edit closely: at what the pages show, old and new."""
        old_pages = articles.stored_pages(self._database, known.id, known.revision)
        before = self._fields_before(known, reading.rules, old_pages)
        now = _seen(sighting.pages)
        was = _seen(old_pages) if old_pages else None
        found = _in_time(_UNTOLD, compare, before, reading.fields, was, now)
        lost = (health.fields_read(before) - look.has - {"subtitle", "images", "authors"}) | look.lost
        sign = Sign.EDITED
        resized = self._resized(before.body, reading.fields.body)
        if found.ours:
            sign = Sign.MISREAD
        elif found.still or found.rebuilt or found.replaced or lost or resized:
            sign = Sign.ODD
        examined = replace(look, sign=sign, lost=frozenset(lost), added=_digests(found.added))
        return sighting, examined, True, _sketched(now) if found.replaced else ()

    def _fields_before(self, known: Known, rules: str, old_pages: tuple[PageBody, ...]) -> ArticleFields:
        """What the article said, by the rules of today where its pages are kept: else our change would be theirs."""
        if known.rules != rules and old_pages:
            with contextlib.suppress(PageError):
                return self._reread(old_pages).fields
        return baselines.stored_fields(self._database, known.id)

    @staticmethod
    def _resized(before: tuple[str, ...], now: tuple[str, ...]) -> bool:
        return health.is_other_size(sum(map(len, before)), sum(map(len, now)))

    def _not_read(self, sighting: Sighting, page: PageBody | None) -> None:
        known = articles.known(self._database, sighting.publisher, sighting.key)
        outcome = sighting.observation.outcome
        if known is None or known.state is State.REMOVED:
            self._record(sighting)
            if known is None:
                sign = Sign.UNREADABLE if outcome is _OURS else Sign.TROUBLE
                self._course.add(Look(sighting.key, sign)) if outcome not in ABSENT else None
            return
        seen = _seen((page,)) if page is not None else Shown()
        if page is not None and outcome not in (Outcome.GONE, Outcome.REDIRECTED_HOME):
            self._mending.keep(sighting.key, (page,), is_well=False)
        if page is not None and _in_time(
            False, is_shown, baselines.stored_fields(self._database, known.id), seen
        ):
            self._course.add(Look(sighting.key, Sign.MISREAD, read=True))
            self._record(_with(sighting, _OURS, "its text is there, where no template looks for it"))
        elif outcome is _OURS:
            again = known.state is State.SUSPECTED
            look = Look(sighting.key, Sign.UNREADABLE, again=again)
            self._settle(sighting, look, True, _sketched(seen))
        else:
            again = known.state is State.SUSPECTED
            self._settle(sighting, Look(sighting.key, Sign.ABSENT, again=again), hold=True)

    def _settle(self, sighting: Sighting, look: Look, hold: bool, page: tuple[int, ...] = ()) -> None:
        """Record a visit now, or hold it."""
        if page and self._is_known_notice(look, page, self._baseline.gone_pages):
            sighting, look, page = _as_gone(sighting), Look(look.key, Sign.ABSENT, again=look.again), ()
        self._course.add(look)
        if look.read:
            well = look.sign in (Sign.WELL, Sign.EDITED) and not look.lost
            self._mending.keep(sighting.key, sighting.pages, is_well=well)
        if not hold or self._may_go(look):
            self._record(sighting)
            return
        held = _Held(sighting, look, page)
        self._held.append(held)
        self._bytes += held.size
        if len(self._held) > HELD or self._bytes > HELD_BYTES:
            self._rule(sighting.observation.at)

    def _may_go(self, look: Look) -> bool:
        """A plain edit in a run that is settled, with no sentence in common with another."""
        alone = look.sign is Sign.EDITED and all(self._course.added[line] == 1 for line in look.added)
        return alone and health.is_settled(self._course)

    # -- doubts

    def wanted(self) -> tuple[Wanted, ...]:
        """Pages to fetch before `finish`, each asked for once; () when there is no doubt, or nobody to ask."""
        return tuple(
            one for one in (*self._probe(), *self._ill_again(), *self._others()) if self._first_time(one.url)
        )

    def probed(self, page: PageBody | None) -> None:
        """Note what the address that never was shows, None where the server says that it is not there."""
        if page is not None and (found := _sketched(_seen((page,)))):
            self._gone_pages.append(found)

    def _first_time(self, url: str) -> bool:
        first = url not in self._asked
        self._asked.add(url)
        return first

    def _probe(self) -> list[Wanted]:
        strange = [held for held in self._held if held.sketch and not self._is_gone_page(held)]
        if not strange or "probe" in self._asked:
            return []
        self._asked.add("probe")
        return [Wanted(_never(strange[0].sighting.observation.url))]

    def _ill_again(self) -> list[Wanted]:
        """Pages that looked ill when the channel broke, which tell best whether it is well again."""
        if self._baseline.ill_since is None:
            return []
        keys = [key for key in self._baseline.ill if key not in self._visited][:WITNESSES]
        found = ((key, articles.parts(self._database, self._publisher.name, key)) for key in keys)
        return [Wanted(parts[1].url, key) for key, parts in found if 1 in parts]

    def _others(self) -> list[Wanted]:
        course = self._course
        looks = [held.look for held in self._held]
        odd = any(look.sign not in (Sign.EDITED, Sign.ABSENT) for look in looks)
        strange = odd or course.signs[Sign.MISREAD] or course.lost.total()
        fresh = bool(strange) and course.read[Sign.WELL] < WITNESSES and course.there < 4 * WITNESSES
        # One edit in a run of a few pages may be the first page of a new template.
        fresh |= any(look.sign is Sign.EDITED for look in looks) and course.there <= WITNESSES
        count = max(0, self._missing(looks), WITNESSES if fresh else 0)
        if not count or "others" in self._asked:
            return []
        self._asked.add("others")
        found = baselines.witnesses(self._database, self._channel, self._publisher.name, self._visited, count)
        return [Wanted(url, key, fresh) for key, url in found]

    def _missing(self, looks: list[Look]) -> int:
        """How many pages that are there an absent one still needs beside it: two for each that is newly absent.

        Where so many are absent that ten could not make up for them, only whether anything is there is asked.
        """
        there = self._course.there
        if not any(look.sign is Sign.ABSENT for look in looks):
            return 0
        fresh = sum(look.sign is Sign.ABSENT and not look.again for look in looks)
        wanted = 2 * max(1, fresh) - there
        return wanted if wanted <= MOST_WITNESSES else 0 if there else WITNESSES

    # -- the verdict

    def finish(self, now: datetime) -> tuple[EventKind, str] | None:
        """Judge what is held, learn from the run, and tell that the channel broke or recovered.

        Returns what was told of the channel and why, None for nothing.
        """
        verdict = self._rule(now)
        kept = health.learn(self._course, self._baseline, verdict, now)
        if verdict.is_well:
            kept = replace(kept, gone_pages=self._with_learned())
        told: tuple[EventKind, str] | None = None
        healing = self._mending.healing() if verdict.parser or verdict.apart else None
        if verdict.broken:
            detail = verdict.broken + self._held_back()
            ill = tuple(self._course.ill) or kept.ill
            kept = replace(kept, ill=ill, ill_since=kept.ill_since or now)
            told = EventKind.CHANNEL_BROKEN, detail
        elif health.has_recovered(self._course, self._baseline, verdict):
            kept = replace(kept, ill=(), ill_since=None)
            told = EventKind.CHANNEL_RECOVERED, "its pages look right again"
        if self._dry_run:
            return told
        baselines.keep_baseline(self._database, self._channel, kept, now)
        event = told and articles.record_channel_event(
            self._database, self._channel, told[0], now, url=self._home, detail=told[1], healing=healing
        )
        if healing is not None and healing.changes and event is None:
            articles.keep_healing(self._database, self._channel, healing)
        return told if event or (told and told[0] is EventKind.CHANNEL_BROKEN) else None

    def _rule(self, now: datetime) -> health.Verdict:
        """Judge all that is held, by what the run has seen so far."""
        self._find_gone_pages()
        verdict = health.judge(self._course, self._baseline, now)
        held, self._held, self._bytes = self._held, [], 0
        lasting = health.is_here_to_stay(self._baseline, now)
        for one in held:
            apart = one.look.sign is Sign.MISREAD and not lasting
            if one.look.sign is Sign.UNREADABLE or (verdict.is_well and not apart):
                self._record(one.sighting)
            else:
                self._drop(one.sighting, verdict.doubts or verdict.apart)
        return verdict

    def _find_gone_pages(self) -> None:
        """Tell the site's "not found" page from pages that our templates do not know."""
        self._held = [self._judged_gone(held) if held.sketch else held for held in self._held]

    def _judged_gone(self, held: _Held) -> _Held:
        if not self._is_gone_page(held):
            return held
        self._course.signs[held.look.sign] -= 1
        if held.look.read:
            self._course.read[held.look.sign] -= 1
            self._course.lost.subtract(held.look.lost)
            self._course.added.subtract(held.look.added)
        self._learned.append(held.sketch)
        look = Look(held.look.key, Sign.ABSENT, again=held.look.again)
        self._course.add(look)
        return _Held(_as_gone(held.sighting), look)

    def _is_gone_page(self, held: _Held) -> bool:
        if self._is_known_notice(held.look, held.sketch, self._gone_pages):
            return True
        alike = {one.sighting.key for one in self._held if same_page(held.sketch, one.sketch)}
        return len(alike) >= ALIKE

    @staticmethod
    def _is_known_notice(look: Look, page: tuple[int, ...], known: Iterable[tuple[int, ...]]) -> bool:
        least = SAME_PAGE if look.read else SAME_NOTICE
        return any(same_page(page, one, least) for one in known)

    def _with_learned(self) -> tuple[tuple[int, ...], ...]:
        """The "not found" pages known, the last few, each once."""
        kept: list[tuple[int, ...]] = list(self._baseline.gone_pages)
        for learned in self._learned:
            if not any(same_page(learned, one) for one in kept):
                kept.append(learned)
        return tuple(kept[-health.GONE_PAGES :])

    def _drop(self, sighting: Sighting, why: str) -> None:
        outcome = sighting.observation.outcome
        self._dropped[outcome] = self._dropped.get(outcome, 0) + 1
        self._observe(_with(sighting, outcome, f"quarantined: {why}"))

    def _observe(self, quarantined: Sighting) -> None:
        if not self._dry_run:
            baselines.observe(self._database, quarantined)
        self._is_settled(quarantined, Change.QUARANTINED)

    def _held_back(self) -> str:
        if not self._dropped:
            return ""
        return ". Held back: " + ", ".join(f"{count} {outcome}" for outcome, count in self._dropped.items())

    # -- the store

    def _record(self, sighting: Sighting) -> Change:
        change = self._rehearse(sighting) if self._dry_run else self._write(sighting).change
        self._is_settled(sighting, change)
        return change

    def _is_settled(self, sighting: Sighting, change: Change) -> None:
        """Tell it, but never before it is committed."""
        if self._uncommitted is not None:
            self._uncommitted.append((sighting, change))
        else:
            self._told(sighting, change)

    def _write(self, sighting: Sighting) -> Recorded:
        return articles.record(self._database, sighting, self._policy, fold=fold, reread=self._reread)

    def _rehearse(self, sighting: Sighting) -> Change:
        return articles.rehearse(
            self._database, sighting, self._policy, fold=fold, reread=self._reread
        ).change

    def _reread(self, pages: tuple[PageBody, ...]) -> Reading:
        return read_again(pages, self._publisher)


def _in_time(otherwise: T, work: Callable[..., T], *arguments: Any) -> T:
    """Do `work`, in the time that a look may take; `otherwise` is what is made of what takes longer."""
    try:
        return within(LOOKING, work, *arguments)
    except TooSlow:
        return otherwise


def _seen(pages: Sequence[PageBody]) -> Shown:
    return _in_time(Shown(), shown, pages)


def _sketched(seen: Shown) -> tuple[int, ...]:
    return _in_time((), sketch, seen)


def _with(sighting: Sighting, outcome: Outcome, detail: str) -> Sighting:
    return replace(sighting, observation=replace(sighting.observation, outcome=outcome, detail=detail))


def _other_origin(known: Known, fields: ArticleFields) -> frozenset[str]:
    """The fields of the origin that are read otherwise than they are stored; editors hardly ever touch them."""
    now = {"published_at": fields.published_at, "source": fields.source}
    stored = {"published_at": known.published_at, "source": known.source}
    return frozenset(name for name in stored if stored[name] and stored[name] != now[name])


def _as_gone(sighting: Sighting) -> Sighting:
    gone = replace(sighting, reading=None, pages=(), baseline=None)
    return _with(gone, Outcome.SOFT_GONE, "the page is the one that the site shows for what it does not have")


def _digests(lines: frozenset[str]) -> frozenset[str]:
    """The sentences themselves, cut short: they are counted, never shown."""
    return frozenset(line[:40] for line in lines if len(line) > 3)


def _never(url: str) -> str:
    """An address of the same form that no article ever had."""
    parts = urlsplit(url)
    drawn = random.Random(url)  # noqa: S311 - any number will do, and the same one again
    digits = "99" + "".join(str(drawn.randrange(10)) for _ in range(6))
    path, count = _ID.subn(digits, parts.path, count=1)
    if not count:
        stem, dot, ending = parts.path.rpartition(".")
        path = f"{stem}-{digits}{dot}{ending}" if dot else f"{parts.path.rstrip('/')}-{digits}"
    return urlunsplit(parts._replace(path=path, query="", fragment=""))
