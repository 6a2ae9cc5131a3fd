"""Holds back what cannot be explained by one page alone, until the run has seen enough to judge it.

    take      one visit: told at once, or held; take_all: several, in one transaction
    wanted    pages that would settle a doubt: other articles, the ill ones again, an address that never was
    finish    judge what is held: recorded as usual, or kept as an observation and nothing more

Between `take` and `finish` at most `HELD` visits and `HELD_BYTES` of pages are kept; what is more is judged
early. A visit that is dropped here, or lost with the process, is made again: its validators are not stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.evidence import SAME_NOTICE, SAME_PAGE, Shown, same_page
from crawler.inspection import Inspector, seen, shows, sketched
from crawler.mending import Mending
from crawler.recording import Arrival, Recorder
from crawler.sites.model import Publisher
from crawler.urls import never_was
from storage import articles, baselines, health
from storage.database import Database
from storage.decide import Change, Policy
from storage.health import Course, Look, Sign
from storage.records import ABSENT, EventKind, Outcome, PageBody, Reading, Sighting, State

#: Most visits, and bytes of their pages, that wait for a verdict.
HELD, HELD_BYTES = 200, 16 * 2**20
#: How many other articles are asked when a page is in doubt; two for each page that is absent, at most ten in all.
WITNESSES, MOST_WITNESSES = 3, 10
#: Doubts are settled by other articles in short runs alone, so that no more visits need be remembered.
SEEN = 1000
#: So many different articles that show the same page show the site's "not found" page.
ALIKE = 3
_OURS = Outcome.UNREADABLE


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
        self._witnesses = 0
        self._mending = Mending(database, channel, publisher)
        self._recorder = Recorder(database, publisher, policy, told, dry_run=dry_run)
        self._inspector = Inspector(database, publisher, self._baseline)

    # -- visits

    def take_all(self, arrivals: Sequence[Arrival]) -> list[Exception | None]:
        """Take several visits, in one transaction where the store has such; give what each failed with."""
        return self._recorder.together(arrivals, lambda arrival: self.take(*arrival))

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
        change = self._recorder.record(sighting)
        sign = Sign.TROUBLE if change is Change.FAILED else Sign.WELL
        self._course.add(Look(sighting.key, sign))
        if sighting.observation.outcome is Outcome.NOT_MODIFIED:
            self._mending.keep(sighting.key, (), is_well=True)

    def _read(self, sighting: Sighting, reading: Reading, is_new: bool) -> None:
        known = None if is_new else articles.known(self._database, sighting.publisher, sighting.key)
        look = self._inspector.plain(sighting, reading, known)
        if known is None:
            short = health.typical_length(self._baseline, reading.fields.template) > 10 * (look.length + 1)
            look = replace(look, sign=Sign.ODD) if short or len(look.lost) > 1 else look
            self._settle(sighting, look, hold=look.sign is Sign.ODD)
        elif (known.rules, known.content_hash) == (reading.rules, reading.content_hash):
            self._settle(sighting, look, hold=False)
        elif self._recorder.rehearse(sighting) in (Change.EDITED, Change.RESTORED):
            look, page = self._inspector.edit(sighting, reading, known, look)
            self._settle(sighting, look, hold=True, page=page)
        else:
            self._settle(sighting, look, hold=False)

    def _not_read(self, sighting: Sighting, page: PageBody | None) -> None:
        known = articles.known(self._database, sighting.publisher, sighting.key)
        outcome = sighting.observation.outcome
        if known is None or known.state is State.REMOVED:
            self._recorder.record(sighting)
            if known is None:
                sign = Sign.UNREADABLE if outcome is _OURS else Sign.TROUBLE
                self._course.add(Look(sighting.key, sign)) if outcome not in ABSENT else None
            return
        shown = seen((page,)) if page is not None else Shown()
        if page is not None and outcome not in (Outcome.GONE, Outcome.REDIRECTED_HOME):
            self._mending.keep(sighting.key, (page,), is_well=False)
        if page is not None and shows(shown, baselines.stored_fields(self._database, known.id)):
            self._course.add(Look(sighting.key, Sign.MISREAD, read=True))
            self._recorder.record(_with(sighting, _OURS, "its text is there, where no template looks for it"))
        elif outcome is _OURS:
            again = known.state is State.SUSPECTED
            look = Look(sighting.key, Sign.UNREADABLE, again=again)
            self._settle(sighting, look, True, sketched(shown))
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
            self._recorder.record(sighting)
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
        if page is not None and (found := sketched(seen((page,)))):
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
        return [Wanted(never_was(strange[0].sighting.observation.url))]

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
        count = max(self._missing(looks), WITNESSES if fresh and not self._witnesses else 0)
        if not count:
            return []
        found = baselines.witnesses(self._database, self._channel, self._publisher.name, self._visited, count)
        self._witnesses += len(found)
        return [Wanted(url, key, fresh) for key, url in found]

    def _missing(self, looks: list[Look]) -> int:
        """How many pages that are there an absent one still needs beside it: two for each that is newly absent.

        Witnesses that are absent, too, need further ones: the newest articles may have gone together. Where so many
        are absent that ten could not make up for them, only whether anything is there is asked.
        """
        there = self._course.there
        if not any(look.sign is Sign.ABSENT for look in looks):
            return 0
        fresh = sum(look.sign is Sign.ABSENT and not look.again for look in looks)
        wanted, left = max(0, 2 * max(1, fresh) - there), MOST_WITNESSES - self._witnesses
        if wanted <= left:
            return wanted
        if self._witnesses:
            return left if there else 0
        return 0 if there else WITNESSES

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
                self._recorder.record(one.sighting)
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
        self._recorder.observe(_with(sighting, outcome, f"quarantined: {why}"))

    def _held_back(self) -> str:
        if not self._dropped:
            return ""
        return ". Held back: " + ", ".join(f"{count} {outcome}" for outcome, count in self._dropped.items())


def _with(sighting: Sighting, outcome: Outcome, detail: str) -> Sighting:
    return replace(sighting, observation=replace(sighting.observation, outcome=outcome, detail=detail))


def _as_gone(sighting: Sighting) -> Sighting:
    gone = replace(sighting, reading=None, pages=(), baseline=None)
    return _with(gone, Outcome.SOFT_GONE, "the page is the one that the site shows for what it does not have")
