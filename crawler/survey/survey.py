"""PURE: the order in which an unknown site is looked at; each round's answers say what the next one asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from crawler.sites.addresses import is_home, plain, site_of
from crawler.sources import SourceKind
from crawler.sources.discover import offers, robots_sitemaps, well_known
from crawler.survey import samples as sampling
from crawler.survey.links import Anchor, asks_for_password, may_be_column
from crawler.survey.model import Finding, Sample, Seen, Want
from crawler.survey.page import Page
from crawler.survey.shapes import Shape
from crawler.survey.unfold import LEAST_NEW, more_button

#: How many of each are asked for; with robots.txt and home that is some forty requests at most.
MOST_COLUMNS, MOST_FEEDS, MOST_MAPS, MOST_FURTHER, MOST_GUESSES = 12, 4, 3, 3, 6
ARTICLES, FIRST_ARTICLES = 10, 6
#: A home page with fewer headlines than this is no listing.
_LEAST_HEADLINES = 4
_UNTIL_KNOWN = "UTC"
_LOGIN = re.compile(r"/(?:login|signin|sign-in|passport|sso|auth|account)\b", re.I)


class Survey:
    """Looks at one site: ask `wants()`, fetch, `take()` each answer, until nothing is wanted; then `finding()`."""

    def __init__(self, home: str, now: datetime) -> None:
        self.now = now
        self.asked_home = home
        self.pages: dict[Want, Page] = {}
        self._guessed = False

    def take(self, seen: Seen) -> None:
        """Keep an answer."""
        self.pages[seen.want] = Page(seen, self.now)

    def wants(self) -> tuple[Want, ...]:
        """What to fetch next; () when enough was seen."""
        first = tuple(want for want in self._first() if want not in self.pages)
        if first or self.closed:
            return first
        rounds = (
            self._rendered_home,
            self._sources,
            self._articles,
            self._rendered_articles,
            self._more,
            self._unfolded,
        )
        for step in rounds:
            if wanted := tuple(want for want in dict.fromkeys(step()) if want not in self.pages):
                return wanted
        return ()

    @property
    def closed(self) -> str:
        """Why nothing can be seen of the site, in words; '' where it can."""
        home = self.pages[Want(self.asked_home)]
        if not home.ok:
            words = home.trouble
            if "robots.txt" in words:
                return f"robots.txt does not let programs read the site ({words}), and newsdelta obeys it"
            return f"the home page cannot be read: {words}"
        moved = home.seen.url
        if _LOGIN.search(urlsplit(moved).path) and not home.headlines and asks_for_password(home.html):
            return f"the site shows nothing before a login: its home page leads to {moved}"
        return ""

    def finding(self) -> Finding:
        """What is proposed for the site, by everything that was seen."""
        from crawler.survey.propose import propose

        return propose(self)

    # What was seen

    @property
    def home(self) -> str:
        """The address of the home page; another where a redirect led to another host or scheme of the same site."""
        page = self.pages.get(Want(self.asked_home))
        moved = page.seen.url if page is not None and page.ok else self.asked_home
        elsewhere = urlsplit(moved)[:2] != urlsplit(self.asked_home)[:2]
        return moved if elsewhere and site_of(moved) == site_of(self.asked_home) else self.asked_home

    def page(self, url: str) -> Page | None:
        """What stands at an address: in a browser, where that was looked at and had an answer, else as sent."""
        rendered = self.pages.get(Want(url, rendered=True))
        return rendered if rendered is not None and rendered.ok else self.pages.get(Want(url))

    @property
    def home_page(self) -> Page | None:
        """The home page."""
        return self.page(self.asked_home)

    @property
    def listings_scripted(self) -> bool:
        """Whether the home page needs a browser, and one showed it."""
        rendered = self.pages.get(Want(self.asked_home, rendered=True))
        return rendered is not None and rendered.ok and len(rendered.headlines) >= _LEAST_HEADLINES

    @property
    def robots(self) -> Page | None:
        """robots.txt."""
        return self.pages.get(Want(urljoin(self.asked_home, "/robots.txt")))

    def sources(self) -> list[Page]:
        """The feeds and sitemaps that were read, in the order asked for."""
        return [page for page in self.pages.values() if page.source]

    def column_candidates(self) -> list[tuple[Anchor, Page]]:
        """The pages that were looked at as listings."""
        looked = ((anchor, self.page(anchor.url)) for anchor in self._may_be_columns())
        return [(anchor, page) for anchor, page in looked if page is not None and page.ok]

    def anchors(self) -> list[Anchor]:
        """The links with a headline, of listings, home and feeds in turn, each address once."""
        home = self.home_page
        columns = [page.headlines for _, page in self.column_candidates()]
        columns += [home.headlines] if home else []
        columns += [self._entries(page) for page in self.sources()]
        found: dict[str, Anchor] = {}
        listings = {anchor.url for anchor in self._may_be_columns()}
        for anchor in _in_turn(columns):
            if is_home(anchor.url) or anchor.url in listings:
                continue
            if not found.get(anchor.url, anchor).words or anchor.url not in found:
                found[anchor.url] = anchor
        return list(found.values())

    def samples(self, zone: str = _UNTIL_KNOWN) -> list[Sample]:
        """The articles that were looked at, read with times of `zone`."""
        looked = ((anchor, self.page(anchor.url)) for anchor in self.anchors())
        return [sampling.sample_of(anchor, page, zone) for anchor, page in looked if page is not None]

    # The rounds

    def _first(self) -> Iterable[Want]:
        return (Want(urljoin(self.asked_home, "/robots.txt")), Want(self.asked_home))

    def _rendered_home(self) -> Iterable[Want]:
        page = self.pages[Want(self.asked_home)]
        lacking = page.scripted or (page.has_scripts and self._shows_nothing(page))
        if lacking and not self._offered():
            yield Want(self.asked_home, rendered=True)

    def _sources(self) -> Iterable[Want]:
        home = self.home_page
        if home is None or not home.ok:
            return
        yield from map(Want, self._offered())
        for anchor in self._may_be_columns():
            yield Want(anchor.url, rendered=self.listings_scripted)
        if self._shows_nothing(home) and not self._offered():
            yield from map(Want, well_known(self.home)[:MOST_GUESSES])
        for page in self.sources():
            if page.source and page.source.kind is SourceKind.INDEX:
                yield from map(Want, self._newest_maps(page.source.further))

    def _articles(self) -> Iterable[Want]:
        """A few of each shape, to learn which shapes are articles'. Where listings need a browser, one article is
        asked for plainly first: it tells whether articles do.
        """
        anchors = self.anchors()
        shapes = sampling.ranked_shapes(anchors)[:FIRST_ARTICLES]
        chosen = [anchor.url for anchor in sampling.choose(anchors, shapes, FIRST_ARTICLES, ())]
        if self.listings_scripted and chosen:
            probe = self.pages.get(Want(chosen[0]))
            if probe is None:
                return (Want(chosen[0]),)
            if probe.scripted:
                return (Want(url, rendered=True) for url in chosen)
        return map(Want, chosen)

    def _rendered_articles(self) -> Iterable[Want]:
        """Those whose text the plain page lacks: a script must bring it, or, where no page has any, may bring it."""
        none_read = not any(not sample.problem for sample in self.samples())
        for anchor in self.anchors():
            page = self.pages.get(Want(anchor.url))
            if page is not None and (page.scripted or (none_read and page.has_scripts and not page.has_text)):
                yield Want(anchor.url, rendered=True)

    def _more(self) -> Iterable[Want]:
        """More of the shapes that are articles', until there are enough."""
        read = self.samples()
        good = [sample for sample in read if not sample.problem]
        shapes: list[Shape] = [s for s, is_article in sampling.shapes_of_articles(read).items() if is_article]
        missing = ARTICLES - len(good)
        if missing <= 0 or len(read) >= ARTICLES + FIRST_ARTICLES:
            return ()
        pages = (self.page(sample.url) for sample in good)
        rendered = any(page is not None and page.seen.want.rendered for page in pages)
        chosen = sampling.choose(self.anchors(), shapes, missing, (sample.url for sample in read))
        return (Want(anchor.url, rendered=rendered) for anchor in chosen)

    def _unfolded(self) -> Iterable[Want]:
        """A listing once more, with its button pressed or scrolled down: that may bring older articles."""
        if (listing := self._listing()) is not None:
            button = more_button(listing.html)
            yield Want(listing.seen.want.url, rendered=True, more=button, depth=1 if button else 2)

    def unfolding(self) -> Want | None:
        """What brought older articles on a listing, where something did."""
        listing = self._listing()
        before = {anchor.url for anchor in listing.headlines} if listing is not None else set()
        for want, page in self.pages.items():
            if want.depth and len({anchor.url for anchor in page.headlines} - before) >= LEAST_NEW:
                return want
        return None

    def _listing(self) -> Page | None:
        """The listing with the most headlines, of those that a browser showed."""
        if not self.listings_scripted:
            return None
        shown = [*(page for _, page in self.column_candidates()), self.home_page]
        return max(
            (page for page in shown if page is not None and page.seen.want.rendered),
            key=lambda page: len(page.headlines),
            default=None,
        )

    def _offered(self) -> list[str]:
        """The feeds and sitemaps that home and robots.txt name."""
        home, robots = self.pages[Want(self.asked_home)], self.robots
        offered = offers(home.html, self.home) if home.ok else None
        feeds = [offer.url for offer in offered.feeds][:MOST_FEEDS] if offered else []
        maps = list(robots_sitemaps(robots.html, self.home)) if robots is not None and robots.ok else []
        maps += offered.sitemaps if offered else ()
        own = site_of(self.home)
        return [url for url in dict.fromkeys((*feeds, *maps[:MOST_MAPS])) if site_of(url) == own]

    def _may_be_columns(self) -> list[Anchor]:
        home = self.home_page
        if home is None:
            return []
        offered = set(self._offered())
        found = [a for a in home.links if may_be_column(a) and a.url not in offered]
        return found[:MOST_COLUMNS]

    def _shows_nothing(self, home: Page) -> bool:
        return len(home.headlines) < _LEAST_HEADLINES

    def _newest_maps(self, maps: tuple[str, ...]) -> list[str]:
        """Of an index those that are news by their name, then the others as they stand: the newest first."""
        ordered = sorted(maps, key=lambda url: "news" not in urlsplit(url).path.lower())
        return ordered[:MOST_FURTHER]

    def _entries(self, page: Page) -> list[Anchor]:
        """What a feed or sitemap lists, as links; a sitemap's addresses without titles have no words."""
        own = site_of(self.home)
        found = page.source.entries if page.source else ()
        return [Anchor(plain(e.url), e.title) for e in found[:200] if site_of(e.url) == own]


def _in_turn(lists: list[list[Anchor]]) -> Iterable[Anchor]:
    """One of each list in turn."""
    for at in range(max(map(len, lists), default=0)):
        yield from (items[at] for items in lists if at < len(items))
