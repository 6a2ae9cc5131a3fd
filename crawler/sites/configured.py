"""PURE: a site that the config describes → a Publisher: selectors first, and what they leave to the generic reader."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from lxml import etree

from crawler.extract.bylines import authors_of
from crawler.extract.captions import Content, split_captions
from crawler.extract.flow import Line, Picture
from crawler.extract.generic import read_generic
from crawler.extract.generic.credits import is_closing, is_credit
from crawler.extract.html import parse
from crawler.extract.refresh import refresh_target, script_target
from crawler.sites import absence, listing
from crawler.sites.addresses import (
    as_parts,
    is_file,
    is_home,
    is_service,
    key_of,
    looks_like_article,
    plain,
    site_of,
)
from crawler.sites.bodytext import until_editors
from crawler.sites.model import ArticleAddress, ArticlePage, ListingPage, SiteRules
from crawler.sites.selectors import Matched, matches, words_of
from crawler.sites.values import authors_named, editors_named, section_of, source_of, time_of
from crawler.urls import absolute
from storage.records import ArticleFields, Outcome

T = TypeVar("T")
TEMPLATE = "configured"
#: A body so short may be the site's "not found" in the article's own dress; a page so short is no more than a signpost.
_SHORTEST, _SIGNPOST = 120, 2000
_PAGER = re.compile(
    r"\s*(?:\[?\d{1,2}\]?|\(\d{1,2}\)|第\s?\d{1,2}\s?[页頁]|(?:下|后|後)一?[页頁]|next(?: page)?|[>»›→]{1,2})\s*",
    re.I,
)


@dataclass(slots=True)
class ConfiguredPublisher:
    """A publisher made of a site's rules; fulfils `crawler.sites.model.Publisher`. It is values alone, so it can
    be sent to another process.

    A title or body selector that matches nothing on a page makes the page unreadable, so that a redesign is seen. A
    time, source or picture that a selector misses is read without it: every article has one, and a false one shows
    against the stored. People, kicker, subtitle and section are absent where their selector finds none: many
    articles have none, and whoever reads without a selector then would invent them.
    """

    site: SiteRules
    name: str = field(init=False)
    time_zone: str = field(init=False)
    charset: str = field(init=False)
    rules: str = field(init=False)

    def __post_init__(self) -> None:
        self.name, self.time_zone, self.charset = self.site.name, self.site.time_zone, self.site.charset
        self.rules = fingerprint(self.site)

    def is_ours(self, url: str) -> bool:
        """Tell whether an address is one of this site, on whichever of its hosts."""
        return site_of(url) == site_of(self.site.home)

    def locate(self, url: str) -> ArticleAddress | None:
        """Take an article's address apart: by the config's pattern, else by its form; None for any other."""
        return _locate(self.site, url)

    def listed(self, url: str) -> ArticleAddress | None:
        """As `locate`; without a pattern any page of the site that is no home, file or service page will do."""
        address = _locate(self.site, url)
        if address is not None or self.site.article_url or not self.is_ours(url):
            return address
        here = plain(url)
        if (
            is_home(here)
            or is_file(here)
            or is_service(here)
            or here.rstrip("/") == plain(self.site.home).rstrip("/")
        ):
            return None
        return ArticleAddress(key_of(here), 1, here)

    def read_article(self, html: str, url: str) -> ArticlePage | None:
        """Read one page of an article; None where a selector that must match does not, or where there is no text."""
        tree = parse(html)
        if tree is None:
            return None
        fields = _Reader(self.site, html, tree, url).read()
        if fields is None or _says_gone(fields):
            return None
        return ArticlePage(fields, tuple(self._parts(tree, url)))

    def _parts(self, tree: etree._Element, url: str) -> Iterator[str]:
        """The further pages that an article's page links to: by the selector, else by numbers and 下一页."""
        here = self.locate(url) or self.listed(url)
        if here is None:
            return
        chosen = matches(self.site.article.next, tree) if self.site.article.next else list(tree.iter("a"))
        found: dict[int, str] = {}
        for item in chosen:
            for target in _targets(item, url, any_words=bool(self.site.article.next)):
                address = self.locate(target) or self.listed(target)
                if address and address.key == here.key and address.part not in (1, here.part):
                    found.setdefault(address.part, plain(target))
        yield from (found[number] for number in sorted(found))

    def read_listing(self, html: str, url: str, *, now: datetime | None = None) -> ListingPage:
        """Read a home or column page; see `listing.read_listing`."""
        return listing.read_listing(self.site, self.locate, self.listed, html, url, now)

    def absence(self, html: str, url: str) -> Outcome | None:
        """Say what a page that is no article says of itself: not found, barred, emptied, moved away; else None."""
        tree = parse(html)
        if tree is None:
            return None
        reader = _Reader(self.site, html, tree, url)
        if reader.is_emptied():
            return Outcome.EMPTIED
        fields = reader.read()
        if fields is not None:
            return Outcome.SOFT_GONE if _says_gone(fields) else None
        if (said := absence.judge(tree)) is not None:
            return said
        target = refresh_target(tree, url) or (script_target(html, url) if len(html) <= _SIGNPOST else None)
        here, there = self.locate(url), self.locate(target) if target else None
        moved_away = target is not None and (there is None or here is None or there.key != here.key)
        return Outcome.REDIRECTED_HOME if moved_away else None


@lru_cache(maxsize=1024)
def fingerprint(site: SiteRules) -> str:
    """Name all that a reading depends on beside our code: selectors, charset, time zone; '' where all is as ever."""
    used = (dataclasses.astuple(site.article), site.charset, site.time_zone)
    default = SiteRules(name="", home="")
    if used == (dataclasses.astuple(default.article), default.charset, default.time_zone):
        return ""
    return "s" + hashlib.blake2b(repr(used).encode(), digest_size=4).hexdigest()


# A watched channel shows the same addresses again and again: those that were taken apart are kept.
@lru_cache(maxsize=8192)
def _locate(site: SiteRules, url: str) -> ArticleAddress | None:
    if site_of(url) != site_of(site.home):
        return None
    here = plain(url)
    key = _key(site, here)
    for part in as_parts(here):
        first = _key(site, part.first) if part.sure or key is None else None
        if first is not None:
            return ArticleAddress(first, part.number, part.first)
    return ArticleAddress(key, 1, here) if key is not None else None


def _key(site: SiteRules, address: str) -> str | None:
    """The key of the article that a plain address leads to; None where it is no article's."""
    if not site.article_url:
        return key_of(address) if looks_like_article(address) else None
    match = re.search(site.article_url, address)
    if match is None:
        return None
    return match.groupdict().get("id") or key_of(address)


def _targets(item: Matched, base: str, *, any_words: bool) -> Iterator[str]:
    """The addresses that a match leads to; of links that nobody chose, those with a pager's words alone."""
    if isinstance(item, str):
        targets = [absolute(item, base)]
    else:
        links = [item] if item.get("href") else item.iter("a")
        targets = [
            absolute(link.get("href"), base)
            for link in links
            if any_words or _PAGER.fullmatch("".join(map(str, link.itertext())))
        ]
    yield from (target for target in targets if target)


def _says_gone(fields: ArticleFields) -> bool:
    text = "".join(fields.body)
    short = len(text) <= _SHORTEST and not fields.images
    return absence.says_gone(fields.title) or (short and absence.says_gone(text))


class _Reader:
    """One article page while it is read."""

    def __init__(self, site: SiteRules, html: str, tree: etree._Element, url: str) -> None:
        self.site, self.html, self.tree, self.url = site, html, tree, url
        self.chosen = site.article
        self._plain: ArticleFields | None = None
        self._was_read = False

    def read(self) -> ArticleFields | None:
        title = self._words("title")
        content, closing = self._content()
        if (self.chosen.title and not title) or (self.chosen.body and not (content.body or content.images)):
            return None
        if not (self.chosen.title and self.chosen.body) and self._generic() is None:
            return None
        without = self._without_selectors
        return ArticleFields(
            url=self.url,
            title=title or without("title", ""),
            kicker=self._words("kicker"),
            subtitle=self._words("subtitle"),
            published_at=self._time() or without("published_at", None),
            source=source_of(self._words("source")) or without("source", ""),
            authors=self._authors(content),
            editors=self._editors(closing),
            section=self._section(),
            body=content.body if self.chosen.body else without("body", ()),
            images=content.images if self.chosen.body else without("images", ()),
            template=TEMPLATE,
            article_id=self._id(),
        )

    def is_emptied(self) -> bool:
        """Tell whether the body's place is there, with a title, and holds nothing."""
        if not self.chosen.body or not matches(self.chosen.body, self.tree):
            return False
        content, _ = self._content()
        has_title = bool(self._words("title")) if self.chosen.title else True
        return has_title and not (content.body or content.images)

    def _matched(self, name: str) -> list[Matched]:
        return matches(getattr(self.chosen, name), self.tree)

    def _words(self, name: str) -> str:
        """The words of the first match that has any."""
        return next(filter(None, map(words_of, self._matched(name))), "")

    def _generic(self) -> ArticleFields | None:
        """The page as read without selectors; read once, and only where a field asks for it."""
        if not self._was_read:
            self._plain = read_generic(self.html, self.url, time_zone=self.site.time_zone)
            self._was_read = True
        return self._plain

    def _without_selectors(self, name: str, default: T) -> T:
        found = self._generic()
        value: T = getattr(found, name) if found is not None else default
        return value

    def _time(self) -> datetime | None:
        return time_of(self._matched("time"), self.url, ZoneInfo(self.site.time_zone))

    def _content(self) -> tuple[Content, tuple[str, ...]]:
        items = self._matched("body")
        blocks, editors = until_editors([item for item in items if isinstance(item, etree._Element)])
        texts = [words_of(item) for item in items if isinstance(item, str)]
        return split_captions([*self._trimmed(blocks), *map(Line, filter(None, texts))], self.url), editors

    def _trimmed(self, blocks: list[Line | Picture]) -> list[Line | Picture]:
        """Leave out the headline and the lines of credits that a wide container holds above and below the text."""
        title = self._words("title")
        start, end = 0, len(blocks)
        while (
            start < end
            and isinstance(line := blocks[start], Line)
            and (line.text == title or is_credit(line.text))
        ):
            start += 1
        while end > start and isinstance(line := blocks[end - 1], Line) and is_closing(line.text):
            end -= 1
        return blocks[start:end]

    def _authors(self, content: Content) -> tuple[str, ...]:
        if self.chosen.authors:
            named = (name for item in self._matched("authors") for name in authors_named(words_of(item)))
            return tuple(dict.fromkeys(named))
        without: tuple[str, ...] = self._without_selectors("authors", ())
        return without or authors_of("", content.body)

    def _editors(self, closing: tuple[str, ...]) -> tuple[str, ...]:
        if self.chosen.editors:
            named = (name for item in self._matched("editors") for name in editors_named(words_of(item)))
            return tuple(dict.fromkeys(named))
        without: tuple[str, ...] = self._without_selectors("editors", ())
        return closing or without

    def _section(self) -> tuple[str, ...]:
        if self.chosen.section:
            return section_of(self._matched("section"))
        without: tuple[str, ...] = self._without_selectors("section", ())
        return without

    def _id(self) -> str | None:
        address = _locate(self.site, self.url)
        return address.key if address else None
