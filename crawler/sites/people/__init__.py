"""PURE: people.com.cn (人民网): how its pages look, one file per template generation."""

from __future__ import annotations

from datetime import datetime

from crawler.extract.html import parse
from crawler.extract.refresh import refresh_target, script_target
from crawler.sites import absence
from crawler.sites.model import ArticleAddress, ArticlePage, ListingPage
from crawler.sites.people import address, g0, g1, g2, g3, listing
from crawler.sites.people.menu import without_menu
from crawler.sites.people.parts import further_parts
from crawler.sites.people.template import Match, fields_of, find, is_complete
from storage.records import Outcome

#: Newest first: most pages that are read are new.
TEMPLATES = (*g3.TEMPLATES, *g2.TEMPLATES, *g1.TEMPLATES, *g0.TEMPLATES)
#: A body so short that it may be the site's "this article was deleted" in the article's own dress.
_SHORTEST = 40
_SIGNPOST = 2000


def _says_gone(match: Match) -> bool:
    text = "".join(match.content.body)
    return len(text) <= _SHORTEST and not match.content.images and absence.says_gone(text)


def _read(html: str, url: str) -> ArticlePage | None:
    tree = parse(html)
    match = find(TEMPLATES, html, tree, url) if tree is not None else None
    if tree is None or match is None or match.is_empty or _says_gone(match):
        return None
    fields = fields_of(match, tree, url)
    return ArticlePage(fields, further_parts(tree, html, url)) if fields else None


class PeoplePublisher:
    """The publisher people.com.cn with all its channels; fulfils `crawler.sites.model.Publisher`."""

    name = address.PUBLISHER
    time_zone = "Asia/Shanghai"
    charset = ""
    rules = ""

    def locate(self, url: str) -> ArticleAddress | None:
        """Take an article's address apart; see `address.locate`."""
        return address.locate(url)

    def read_article(self, html: str, url: str) -> ArticlePage | None:
        """Read one page of an article; None where no template matches, or one does and holds nothing."""
        short = without_menu(html)
        page = _read(short, url) if short is not html else None
        if page is None or not is_complete(page.fields):
            page = _read(html, url)
        return page

    def listed(self, url: str) -> ArticleAddress | None:
        """As `locate`: all articles of the publisher have addresses that say so."""
        return address.locate(url)

    def read_listing(self, html: str, url: str, *, now: datetime | None = None) -> ListingPage:
        """Read a home or column page; see `listing.read_listing`."""
        return listing.read_listing(html, url)

    def absence(self, html: str, url: str) -> Outcome | None:
        """Say what a page that is no article says of itself; None for an article, or where it says nothing.

        A page that sends its reader elsewhere by itself, and not to the same article, is REDIRECTED_HOME.
        """
        tree = parse(html)
        if tree is None:
            return None
        match = find(TEMPLATES, html, tree, url)
        if match is not None:
            if _says_gone(match):
                return Outcome.SOFT_GONE
            return Outcome.EMPTIED if match.is_empty else None
        said = absence.judge(tree)
        if said is not None:
            return said
        target = refresh_target(tree, url) or (script_target(html, url) if len(html) <= _SIGNPOST else None)
        here, there = self.locate(url), self.locate(target) if target else None
        moved_away = target is not None and (there is None or here is None or there.key != here.key)
        return Outcome.REDIRECTED_HOME if moved_away else None


PEOPLE = PeoplePublisher()
