"""PURE: whose doing is what a run sees: the site's, the server's trouble, or our own reading's fault?

    looks at pages, listings → Course (the run so far) + Baseline (the channel so far) → Verdict → Baseline

A page that cannot be explained by itself is held until the run has seen enough others. What is judged:

    host      many known pages absent at once, or most requests failing; no other page or listing that is well
    parser    pages that show what our reading lost; many that changed in one direction; fields that are gone
    listings  listings that used to have links and have none

The limits are shares of what the run saw, floors on how many pages that must be, and multiples of the
channel's own history. docs/decisions/0007-parser-health.md says why they stand where they stand.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from storage.records import ArticleFields


class Sign(StrEnum):
    """What one visit says about the health of the watch."""

    WELL = "well"  # as known, or new and complete
    EDITED = "edited"  # another text on a page that is built as before
    ODD = "odd"  # another text, and another build, a lost field, or a text of another size
    MISREAD = "misread"  # the page shows what our reading lost, or always showed what it gained
    ABSENT = "absent"  # known, not known to be removed, and not there
    UNREADABLE = "unreadable"  # no template matches, and what the page shows is not known to us
    TROUBLE = "trouble"  # failed or blocked


@dataclass(frozen=True, slots=True)
class Look:
    """One visit, as far as health goes.

    `read`: a body was read, so that our templates were tried. `has`: fields that were read; `lost`: those
    that the stored article has, or nearly every page of the template, and this page has not. `added`:
    sentences that the article did not have. `length`: characters of the body. `again`: the page was found
    absent before, in a run that was well.
    """

    key: str
    sign: Sign
    read: bool = False
    template: str = ""
    has: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    length: int = 0
    again: bool = False


@dataclass(frozen=True, slots=True)
class Norm:
    """How pages of one template use to be: how many were seen (at most `MEMORY`), how many had each field,
    and the mean logarithm of the body's length.
    """

    pages: float = 0.0
    fields: dict[str, float] = field(default_factory=dict)
    length: float = 0.0


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a channel is like when it is well, and since when it is not.

    `absent`: the moving mean of the share of known pages that a run finds absent. `listings`: links by
    address. `gone_pages`: sketches of the site's own "not found" pages. `ill`: keys of articles and addresses of
    listings that looked ill when the channel broke, to look at again; `ill_since` is None while it is well.
    """

    templates: dict[str, Norm] = field(default_factory=dict)
    listings: dict[str, float] = field(default_factory=dict)
    absent: float = 0.0
    gone_pages: tuple[tuple[int, ...], ...] = ()
    ill: tuple[str, ...] = ()
    ill_since: datetime | None = None

    @property
    def pages(self) -> float:
        """How many pages it was learned from."""
        return sum(norm.pages for norm in self.templates.values())


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong, in words, '' for nothing. `apart` is wrong with single pages, which alone are held back;
    `failing` is trouble that passes and is told page by page.
    """

    host: str = ""
    parser: str = ""
    listings: str = ""
    apart: str = ""
    failing: str = ""

    @property
    def is_well(self) -> bool:
        """Whether what the run brought may be told."""
        return not (self.host or self.parser or self.failing)

    @property
    def broken(self) -> str:
        """What a person should know of, in one line."""
        return "; ".join(filter(None, (self.host, self.parser, self.listings, self.apart)))

    @property
    def doubts(self) -> str:
        """Why nothing of the run is told, in one line."""
        return "; ".join(filter(None, (self.host, self.parser, self.failing)))


#: Fields whose presence is watched. Title and body are there wherever a page is read at all.
FIELDS = ("published_at", "source", "authors", "editors", "section", "images", "subtitle")
#: A field that so many pages of a template have is expected of each. So many pages must be known for that: of a
#: new article; of a known one, whose own stored fields have the last word.
EXPECTED, ENOUGH_PAGES, SOME_PAGES = 0.97, 20, 5
#: Pages and addresses that a baseline remembers: it follows a site that changes slowly.
MEMORY, LISTINGS, ILL_PAGES, GONE_PAGES = 1000.0, 100, 20, 4
#: A body is of another size when it is this many times as long or short as before.
OTHER_SIZE = 4.0
#: Known pages absent at once that look like an outage: their share, times the share in the channel's history.
ABSENT_SHARE, TIMES_HISTORY = 0.4, 3.0
#: What lasts so long is no accident: a part of the site that is absent was taken down, a field was given up.
HERE_TO_STAY = timedelta(hours=48)
#: So many pages that are well settle that a plain edit need not wait for the end of the run.
SETTLED = 10
#: How fast the moving means follow: the weight of the newest run.
FOLLOW = 0.1
_LAST = 20


def fields_read(fields: ArticleFields) -> frozenset[str]:
    """The watched fields that a reading has."""
    return frozenset(name for name in FIELDS if getattr(fields, name))


def expected(baseline: Baseline, template: str, enough: int = ENOUGH_PAGES) -> frozenset[str]:
    """The fields that nearly every page of a template has; of an unknown template, those of every other."""
    norm = baseline.templates.get(template)
    norms = [norm] if norm and norm.pages >= enough else list(baseline.templates.values())
    pages = sum(norm.pages for norm in norms)
    if pages < enough:
        return frozenset()
    had: Counter[str] = Counter()
    for norm in norms:
        had.update(norm.fields)
    return frozenset(name for name, count in had.items() if count >= EXPECTED * pages)


def is_here_to_stay(baseline: Baseline, now: datetime) -> bool:
    """Tell whether the channel has been ill for so long that the site must mean it."""
    return baseline.ill_since is not None and now - baseline.ill_since >= HERE_TO_STAY


def is_other_size(before: int, now: int) -> bool:
    """Tell whether a body of so many characters grew or shrank as an editor's hand rarely makes it."""
    low, high = sorted((before + 1, now + 1))
    return high - low > 60 and high > OTHER_SIZE * low


def typical_length(baseline: Baseline, template: str) -> int:
    """The middle length of a template's bodies in characters; 0 where too few are known."""
    norm = baseline.templates.get(template)
    return round(math.exp(norm.length)) if norm and norm.pages >= ENOUGH_PAGES else 0


class Course:
    """The run so far: counts of looks and of listings. Its size does not grow with the number of pages."""

    def __init__(self, watched: Iterable[str] = ()) -> None:
        """`watched` are the pages that looked ill when the channel broke."""
        self.watched = frozenset(watched)
        self.ill_again: set[str] = set()
        self.well_again: set[str] = set()
        self.signs: Counter[Sign] = Counter()
        self.absent_again = 0
        self.read: Counter[Sign] = Counter()
        self.kept: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self.added: Counter[str] = Counter()
        self.listings: dict[str, int | None] = {}
        self.ill: dict[str, None] = {}
        self.last: deque[Sign] = deque(maxlen=_LAST)
        self.templates: dict[str, Norm] = {}

    def add(self, look: Look) -> None:
        """Take one look into account."""
        self.signs[look.sign] += 1
        self.absent_again += look.again and look.sign is Sign.ABSENT
        self.last.append(look.sign)
        is_well = look.sign in (Sign.WELL, Sign.EDITED) and not look.lost
        if look.key in self.watched:
            (self.well_again if is_well else self.ill_again).add(look.key)
        if not is_well and look.sign is not Sign.TROUBLE and len(self.ill) < ILL_PAGES:
            self.ill[look.key] = None
        if not look.read:
            return
        self.read[look.sign] += 1
        self.kept.update(look.has)
        self.lost.update(look.lost)
        if len(self.added) < 5000:
            self.added.update(look.added)
        if is_well:
            norm = self.templates.get(look.template, Norm())
            self.templates[look.template] = _with_page(norm, look)

    def listing(self, url: str, links: int | None, is_well: bool = True) -> None:
        """Take a listing into account: how many article links it has, None where it is unchanged."""
        if len(self.listings) < LISTINGS:
            self.listings[url] = links
        if url in self.watched:
            (self.well_again if is_well else self.ill_again).add(url)
        if not is_well and len(self.ill) < ILL_PAGES:
            self.ill[url] = None

    @property
    def there(self) -> int:
        """Visits that found the article's page."""
        return sum(self.signs[sign] for sign in (Sign.WELL, Sign.EDITED, Sign.ODD, Sign.MISREAD))

    @property
    def absent(self) -> int:
        """Visits that found a page absent for the first time."""
        return self.signs[Sign.ABSENT] - self.absent_again

    @property
    def odd(self) -> int:
        """Visits whose page was read in an odd way, or not at all."""
        return self.signs[Sign.ODD] + self.signs[Sign.MISREAD] + self.signs[Sign.UNREADABLE]


def _with_page(norm: Norm, look: Look) -> Norm:
    pages = norm.pages + 1
    fields = {name: norm.fields.get(name, 0.0) + (name in look.has) for name in FIELDS}
    return Norm(pages, fields, norm.length + (math.log(look.length + 1) - norm.length) / pages)


def judge(course: Course, baseline: Baseline, now: datetime) -> Verdict:
    """Judge a run by what it saw so far and by the channel's history."""
    lasting = is_here_to_stay(baseline, now)
    parser = _parser(course, baseline)
    return Verdict(
        host=_host(course, baseline, now),
        parser=parser,
        listings="" if lasting else _lost_links(course, baseline),
        apart="" if parser or lasting else _misread(course),
        failing=_failing(course),
    )


def is_settled(course: Course) -> bool:
    """Tell whether enough pages are well, all along and of late, that a plain edit can be told at once."""
    well = course.signs[Sign.WELL]
    late = sum(sign is Sign.WELL for sign in course.last)
    ill = course.odd + course.signs[Sign.ABSENT] + sum(course.lost.values())
    return well >= SETTLED and ill <= well // SETTLED and late >= 0.5 * len(course.last)


def lost_links(baseline: Baseline, url: str, links: int) -> bool:
    """Tell whether a listing shows far fewer articles than it used to."""
    usual = baseline.listings.get(url, 0.0)
    return usual >= 4 and links < usual / 5


def learn(course: Course, baseline: Baseline, verdict: Verdict, now: datetime) -> Baseline:
    """Follow the channel by what a run saw that was well."""
    if not verdict.is_well:
        return baseline
    templates = dict(baseline.templates)
    for name, norm in course.templates.items():
        templates[name] = _together(templates.get(name, Norm()), norm)
    lasting = is_here_to_stay(baseline, now)
    listings = dict(baseline.listings)
    for url, links in course.listings.items():
        if links is not None and (lasting or not lost_links(baseline, url, links)):
            listings[url] = links if url not in listings else listings[url] + FOLLOW * (links - listings[url])
    known = course.there + course.absent
    share = course.absent / known if known else baseline.absent
    return replace(
        baseline,
        templates=templates,
        listings=dict(list(listings.items())[-LISTINGS:]),
        absent=baseline.absent + FOLLOW * (share - baseline.absent) if known >= SETTLED else baseline.absent,
    )


def _together(old: Norm, new: Norm) -> Norm:
    """Join two norms; together they weigh no more than `MEMORY` pages."""
    pages = old.pages + new.pages
    scale = min(1.0, MEMORY / pages)
    fields = {
        name: (old.fields.get(name, 0.0) + new.fields.get(name, 0.0)) * scale
        for name in old.fields.keys() | new.fields.keys()
    }
    length = (old.length * old.pages + new.length * new.pages) / pages
    return Norm(pages * scale, fields, length)


def has_recovered(course: Course, baseline: Baseline, verdict: Verdict) -> bool:
    """Tell whether a channel that was ill is well again: pages that looked ill look right, or many others do."""
    if baseline.ill_since is None or verdict.broken or verdict.failing:
        return False
    well, ill = len(course.well_again), len(course.ill_again)
    if baseline.ill and well + ill:
        return well >= min(2, len(baseline.ill)) and well >= ill
    only_pages = not any("://" in address for address in baseline.ill)
    return only_pages and course.there - course.odd >= SETTLED


# -- the host


def _failing(course: Course) -> str:
    trouble = course.signs[Sign.TROUBLE]
    others = course.there + course.signs[Sign.ABSENT]
    return f"{trouble} of {trouble + others} visits fail" if trouble >= 3 and trouble > others else ""


def _host(course: Course, baseline: Baseline, now: datetime) -> str:
    absent, there = course.absent, course.there
    if not course.signs[Sign.ABSENT]:
        return ""
    if not there and not _well_listings(course, baseline):
        return "no other page and no listing of the channel is well while pages are absent"
    if absent < 3:
        return ""
    share = absent / (absent + there)
    limit = min(0.9, max(ABSENT_SHARE, TIMES_HISTORY * baseline.absent))
    if share < limit or _taken_down(there, share, baseline, now):
        return ""
    return f"{absent} of {absent + there} known pages are absent at once"


def _well_listings(course: Course, baseline: Baseline) -> int:
    return sum(
        links is None or (links > 0 and not lost_links(baseline, url, links))
        for url, links in course.listings.items()
    )


def _taken_down(there: int, share: float, baseline: Baseline, now: datetime) -> bool:
    """After two days with the rest of the site well, what is absent was meant to be."""
    return is_here_to_stay(baseline, now) and there >= 5 and share < 0.9


# -- the parser


def _parser(course: Course, baseline: Baseline) -> str:
    return "; ".join(
        filter(
            None,
            (
                _much_misread(course),
                _unreadable(course, baseline),
                _odd(course),
                _edited_at_once(course),
                _same_addition(course),
                *(_lost_field(course, name) for name in FIELDS),
            ),
        )
    )


def _misread(course: Course, least: float = 0.0) -> str:
    misread, there = course.signs[Sign.MISREAD], course.there
    if misread and misread >= least * there:
        return f"{misread} of {there} pages show a text that our templates no longer read rightly"
    return ""


def _much_misread(course: Course) -> str:
    """What a page shows and our reading lost needs few witnesses: two, or one where nobody else can be asked."""
    misread = course.signs[Sign.MISREAD]
    return _misread(course, 0.05 if misread >= 3 else 0.3 if misread == 2 else 1.0)


def _unreadable(course: Course, baseline: Baseline) -> str:
    unreadable = course.signs[Sign.UNREADABLE]
    tried = unreadable + sum(course.read[sign] for sign in (Sign.WELL, Sign.EDITED))
    if baseline.pages and unreadable >= 3 and unreadable >= 0.5 * tried:
        return f"{unreadable} of {tried} pages match no template"
    return ""


def _odd(course: Course) -> str:
    odd = course.read[Sign.ODD] + course.read[Sign.MISREAD]
    read = odd + course.read[Sign.WELL] + course.read[Sign.EDITED]
    few = odd >= 2 and odd >= 0.5 * read and odd >= 0.15 * course.there
    if few or (odd >= 3 and odd >= 0.3 * course.there):
        return f"{odd} of {read} pages changed their build and their text at once"
    return ""


def _edited_at_once(course: Course) -> str:
    changed = sum(course.signs[sign] for sign in (Sign.EDITED, Sign.ODD, Sign.MISREAD))
    if changed >= 8 and changed >= 0.6 * course.there:
        return f"{changed} of {course.there} pages changed their text at once"
    return ""


def _same_addition(course: Course) -> str:
    """The same new sentence on most pages is the site's furniture; on some of them it may be an editor's note."""
    line, count = max(course.added.items(), key=lambda item: item[1], default=("", 0))
    if line and count >= 3 and count >= 0.4 * course.there:
        return f"{count} of {course.there} pages have the same new sentence"
    return ""


def _lost_field(course: Course, name: str) -> str:
    lost, kept = course.lost[name], course.kept[name]
    if (lost >= 2 and kept == 0) or (lost >= 3 and lost >= 0.5 * (lost + kept)):
        return f"{lost} of {lost + kept} pages lost the field {name}"
    return ""


# -- the listings


def _lost_links(course: Course, baseline: Baseline) -> str:
    usual = [
        (url, links)
        for url, links in course.listings.items()
        if links is not None and url in baseline.listings
    ]
    lost = [url for url, links in usual if lost_links(baseline, url, links)]
    if lost and len(lost) >= 0.5 * len(course.listings):
        return f"{len(lost)} of {len(course.listings)} listings lost their article links, such as {lost[0]}"
    return ""
