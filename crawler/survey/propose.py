"""PURE: everything that was seen of a site → the [[channel]] section that is proposed for it, or why there is none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from crawler.propose import propose_selectors
from crawler.sites.addresses import plain, site_of
from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.model import Selectors, SiteRules
from crawler.sources import SourceKind
from crawler.survey import samples as sampling
from crawler.survey.columns import below, choose_columns
from crawler.survey.model import Column, Finding, Sample, Want, Zone
from crawler.survey.naming import declared_language, label_of, language_of
from crawler.survey.page import Page
from crawler.survey.shapes import learn_pattern, shape_of
from crawler.survey.zones import Clock, find_zone

if TYPE_CHECKING:
    from crawler.survey.survey import Survey

#: With fewer articles read, nothing is proposed: two pages of a kind can be alike by chance.
LEAST_SAMPLES = 3
#: Selectors need so many pages: a selector that fits three may be an accident.
_LEAST_FOR_SELECTORS = 5
_DEFAULT_ZONE = "Asia/Shanghai"
_FARTHEST = "Etc/GMT-14"
#: How often a listing that can be unfolded is, at each visit: more than a day's articles rarely stand further down.
_DEPTH = 3
_COUNTED = re.compile(r":nth-|\[\d+\]")


@dataclass(frozen=True, slots=True)
class _Sources:
    feeds: tuple[str, ...]
    sitemaps: tuple[str, ...]
    notes: tuple[str, ...] = ()


def propose(survey: Survey) -> Finding:
    """Return what is proposed for a site that was looked at."""
    looked_at = tuple((want.url, _account(page)) for want, page in survey.pages.items())
    if decline := survey.closed:
        return Finding(survey.home, decline, looked_at=looked_at, at=survey.now)
    language = _language(survey)
    zone = find_zone(_clocks(survey), language, survey.home)
    samples = survey.samples(zone.name)
    good = [sample for sample in samples if not sample.problem]
    if len(good) < LEAST_SAMPLES:
        return Finding(
            survey.home, _no_news(survey, samples), language=language, samples=tuple(samples), looked_at=looked_at,
            at=survey.now,
        )  # fmt: skip
    return _found(survey, language, zone, samples, good, looked_at)


def _found(
    survey: Survey,
    language: str,
    zone: Zone,
    samples: list[Sample],
    good: list[Sample],
    looked_at: tuple[tuple[str, str], ...],
) -> Finding:
    pattern = article_pattern(survey, samples)
    fits = re.compile(pattern).search
    pages = [page for sample in good if (page := survey.page(sample.url)) is not None]
    columns = choose_columns(
        survey.home, survey.column_candidates(), pages, lambda url: fits(url) is not None
    )
    sources = _sources(survey, lambda url: fits(url) is not None, bool(columns))
    charset = _charset(survey, good)
    article = Selectors(**_selectors(survey, good))
    rules = SiteRules(
        site_of(survey.home), survey.home, pattern, article, charset=charset, time_zone=zone.name
    )
    if not _holds(rules, survey, good):
        rules = replace(rules, article=Selectors())
    selectors = {key: value for key, value in asdict(rules.article).items() if value}
    label = label_of(
        _html(survey.home_page), [(_html(survey.page(s.url)), s.fields.title) for s in good if s.fields]
    )
    javascript = _javascript(survey, good, rules.article)
    values: dict[str, Any] = {"home": survey.home}
    values |= {"label": label} if label else {}
    if columns or not (sources.feeds or sources.sitemaps):
        values["columns"] = [column.path for column in columns]
    values |= {"feeds": list(sources.feeds)} if sources.feeds else {}
    values |= {"sitemaps": list(sources.sitemaps)} if sources.sitemaps else {}
    values |= {"article": {"url": pattern, **selectors}}
    values |= {"charset": charset} if charset else {}
    values |= {"time_zone": zone.name} if zone.name != _DEFAULT_ZONE else {}
    values |= {"javascript": javascript} if javascript else {}
    return Finding(
        survey.home, "", label, language, values, zone, columns, tuple(samples),
        (*_missing(survey, good, columns, sources, zone), *sources.notes), looked_at, survey.now,
    )  # fmt: skip


def article_pattern(survey: Survey, samples: Sequence[Sample]) -> str:
    """The regular expression that articles' addresses fit, by all addresses that were seen."""
    verdicts = sampling.shapes_of_articles(samples)
    seen = dict.fromkeys(anchor.url for page in survey.pages.values() if page.ok for anchor in page.links)
    seen |= dict.fromkeys(anchor.url for anchor in survey.anchors())
    articles = [url for url in seen if verdicts.get(shape_of(url))]
    skip = _alike(verdicts)
    headlines = Counter(shape_of(anchor.url) for anchor in survey.anchors())
    more = [
        url for url in seen
        if shape_of(url) not in verdicts and headlines[shape_of(url)] > 1 and _loose(shape_of(url)) in skip
    ]  # fmt: skip
    others = [url for url in (*seen, survey.home) if url not in {*articles, *more}]
    return learn_pattern([*articles, *more], others)


def _loose(shape: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("w" if piece[:1].isalnum() and piece not in ("n", "s", "x") else piece for piece in shape)


def _alike(verdicts: dict[tuple[str, ...], bool]) -> set[tuple[str, ...]]:
    """Shapes that differ from articles' only by a name in their path, and of which none was found to be no article."""
    good = {_loose(shape) for shape, is_article in verdicts.items() if is_article}
    return good - {_loose(shape) for shape, is_article in verdicts.items() if not is_article}


def _sources(survey: Survey, is_article: Callable[[str], bool], has_columns: bool) -> _Sources:
    """The feeds whose entries are the channel's articles; sitemaps of news, or where nothing else shows articles."""
    feeds: list[str] = []
    maps: dict[str, bool] = {}
    notes: list[str] = []
    for page in survey.sources():
        source, url = page.source, page.seen.want.url
        if source is None or source.kind is SourceKind.INDEX:
            continue
        hits = sum(is_article(entry.url) for entry in source.entries)
        if source.kind is SourceKind.SITEMAP:
            if hits:
                maps[url] = any(entry.title for entry in source.entries)
        elif hits * 2 > len(source.entries):
            feeds.append(below(survey.home, url))
        elif source.entries:
            notes.append(f"The feed {url} lists other pages than the listings do; it is left out.")
    wanted = not has_columns and not feeds
    named = [url for url, is_news in maps.items() if wanted or is_news]
    return _Sources(
        tuple(feeds),
        tuple(dict.fromkeys(below(survey.home, url) for url in _roots(survey, named))),
        tuple(notes),
    )


def _roots(survey: Survey, maps: list[str]) -> list[str]:
    """The index that names a sitemap, where one does: the names of sitemaps change from month to month."""
    parents = {
        further: page.seen.want.url
        for page in survey.sources()
        if page.source and page.source.kind is SourceKind.INDEX
        for further in page.source.further
    }
    return [parents.get(url, url) for url in maps]


def _selectors(survey: Survey, good: Sequence[Sample]) -> dict[str, str]:
    """Selectors of headline and text, and of the time where no statement for machines gives it.

    Only those that give exactly the words read on every page are proposed: they make a change of the site's markup
    known at once. Those that count boxes are not: one box more, and they are wrong. What is read without selectors
    stays so.
    """
    pages = [(_html(survey.page(sample.url)), sample.fields) for sample in good if sample.fields is not None]
    if len(pages) < _LEAST_FOR_SELECTORS:
        return {}
    proposal = propose_selectors(pages)
    sure = {name for name, share in proposal.agreement.items() if share == 1.0}
    if not {"title", "body"} <= sure:
        return {}
    names = ("title", "time", "body") if "time" in sure and _shows_time(survey) else ("title", "body")
    found = {name: getattr(proposal.selectors, name) for name in names}
    return {} if any(map(_COUNTED.search, found.values())) else found


def _holds(rules: SiteRules, survey: Survey, good: Sequence[Sample]) -> bool:
    """Whether a publisher of these rules reads on every page what was read without them."""
    publisher = ConfiguredPublisher(rules)
    for sample in good:
        page, known = survey.page(sample.url), sample.fields
        read = publisher.read_article(page.html, page.seen.url) if page is not None else None
        if read is None or known is None:
            return False
        fields = read.fields
        if (fields.title, fields.body, fields.published_at) != (known.title, known.body, known.published_at):
            return False
    return True


def _clocks(survey: Survey) -> list[Clock]:
    """Each article's time by a feed or by its own offset, and the time that its page shows without one."""
    told = {
        plain(entry.url): entry.published_at or entry.updated_at
        for page in survey.sources()
        for entry in (page.source.entries if page.source else ())
    }
    found = []
    for url, shown, local in _times(survey):
        moment = told.get(url) or (None if local else shown)
        if moment is not None:
            found.append(Clock(moment, shown if local else None))
    return found


def _times(survey: Survey) -> Iterator[tuple[str, datetime, bool]]:
    """Of each article its address, its time as if local were UTC, and whether it is local: without an offset."""
    for early, late in zip(survey.samples("UTC"), survey.samples(_FARTHEST), strict=True):
        if early.problem or early.fields is None or late.fields is None:
            continue
        shown, other = early.fields.published_at, late.fields.published_at
        if shown is not None and other is not None:
            yield early.url, shown, shown - other == timedelta(hours=14)


def _shows_time(survey: Survey) -> bool:
    """Whether the articles give their time in words alone, and none for machines."""
    return all(local for _, _, local in _times(survey))


def _language(survey: Survey) -> str:
    pages = [page for page in survey.pages.values() if page.ok and not page.source and page.html]
    texts = [" ".join(s.fields.body) for s in survey.samples() if s.fields]
    return language_of([declared_language(page.html) for page in pages], " ".join(texts)[:20_000])


def _charset(survey: Survey, good: Sequence[Sample]) -> str:
    """The charset of the site, where its pages are all in another than the one they name."""
    found = [
        page.encoding
        for page in map(survey.page, (s.url for s in good))
        if page is not None and page.encoding
    ]
    used = {encoding.used.lower() for encoding in found}
    if len(used) != 1 or any(not e.declared for e in found):
        return ""
    name = used.pop()
    family = {"gb2312", "gbk", "gb18030"} if name.startswith("gb") else {"big5", "big5-hkscs", "big5hkscs"}
    lies = [str(e.declared).lower().replace("_", "-") for e in found]
    if any(said == name or (name in family and said in family) for said in lies):
        return ""
    return "" if name.replace("-", "") in {said.replace("-", "") for said in lies} else name


def _javascript(survey: Survey, good: Sequence[Sample], article: Selectors) -> bool | dict[str, Any]:
    """Which pages need a browser, what shows that one is there, and how often a listing is unfolded."""
    pages = [survey.page(sample.url) for sample in good]
    articles = any(page is not None and page.seen.want.rendered for page in pages)
    listings = survey.listings_scripted
    if not (articles or listings):
        return False
    found: dict[str, Any] = {"wait_for": article.body} if articles and article.body else {}
    if (unfolding := survey.unfolding()) is not None:
        found |= {"more": unfolding.more} if unfolding.more else {}
        found["depth"] = _DEPTH
    if articles != listings:
        found |= {"listings": listings, "articles": articles}
    return found or True


def _no_news(survey: Survey, samples: Sequence[Sample]) -> str:
    """Why the pages looked at are no news, in words."""
    home = survey.pages[Want(survey.asked_home)]
    rendered = survey.pages.get(Want(survey.asked_home, rendered=True))
    if home.scripted and (rendered is None or not rendered.ok):
        why = rendered.trouble if rendered is not None else "no browser was tried"
        return f"its pages are made by JavaScript, and could not be looked at in a browser: {why}"
    if not survey.anchors():
        return "it shows no links with headlines, and offers no feed and no sitemap that lists articles"
    reasons = Counter(sample.problem for sample in samples if sample.problem)
    common = "; ".join(f"{reason} ({count})" for reason, count in reasons.most_common(3))
    return f"it does not look like a news site: of {len(samples)} pages looked at, {common or 'too few are articles'}"


def _missing(
    survey: Survey, good: Sequence[Sample], columns: Sequence[Column], sources: _Sources, zone: Zone
) -> tuple[str, ...]:
    """What was not found, and what that means."""
    fields = [sample.fields for sample in good if sample.fields]
    notes: list[str] = []
    if not columns:
        where = "feeds and sitemaps" if sources.feeds or sources.sitemaps else "the home page"
        notes.append(f"No column pages were found: new articles are looked for on {where} alone.")
    if not any(item.authors for item in fields):
        notes.append("No authors were found: alerts by author cannot match.")
    if not any(item.source for item in fields):
        notes.append("No source is named on the pages: alerts by source cannot match.")
    if zone.sure == "guess":
        notes.append(f"The time zone is a guess ({zone.why}): set time_zone where times are wrong.")
    if any(
        item.published_at and not item.published_at.time().replace(microsecond=0).isoformat().strip("0:")
        for item in fields
    ):
        notes.append("Some articles show a day without a time of day: it is stored as midnight.")
    return tuple(notes)


def _html(page: Page | None) -> str:
    return page.html if page is not None else ""


def _account(page: Page) -> str:
    """What came of looking at one page, in few words."""
    how = " in a browser" if page.seen.want.rendered else ""
    if page.seen.want.depth:
        how += ", unfolded"
    if not page.ok:
        return f"{page.trouble}{how}"
    if page.source:
        return f"{page.source.kind.value}, {len(page.source.entries) or len(page.source.further)} entries"
    if page.scripted:
        return f"made by a script{how}: no text of its own"
    return f"{len(page.headlines)} headlines, {len(page.links)} links{how}"
