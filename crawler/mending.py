"""Keeps a few pages of a run that a configured site's selectors no longer read, and finds selectors that do.

Pages that read well are remembered too: where a site shows two makes of page, what is proposed must read both.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from crawler.heal import Case, Read, heal
from crawler.read import decode_page, read_page, rules_of
from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.model import Publisher, Selectors, SiteRules
from storage import articles, baselines
from storage.database import Database
from storage.decide import Known
from storage.errors import PageError
from storage.records import ArticleFields, Healing, PageBody

#: So many pages of each kind are kept, none larger than so many bytes.
ILL, WELL, LARGEST = 12, 4, 2**19


class Mending:
    """What one run of one channel gathers for its healing; nothing where the channel has no selectors."""

    def __init__(self, database: Database, channel: str, publisher: Publisher) -> None:
        self._database = database
        self._channel = channel
        self._publisher = publisher
        self._site = publisher.site if isinstance(publisher, ConfiguredPublisher) else None
        self._ill: dict[str, PageBody] = {}
        self._well: dict[str, PageBody | None] = {}

    def keep(self, key: str, pages: Sequence[PageBody], *, is_well: bool) -> None:
        """Note a visit to a known article: the pages it brought, () where the stored ones still stand."""
        if self._site is None or self._site.article == Selectors():
            return
        page = pages[0] if pages else None
        if len(pages) > 1 or (page is not None and len(page.content) > LARGEST):
            return
        if is_well and len(self._well) < WELL:
            self._well[key] = page
        elif not is_well and page is not None and len(self._ill) < ILL:
            self._ill[key] = page

    def healing(self) -> Healing | None:
        """What would read all pages kept; None where nothing was ill. Raises StorageError."""
        if self._site is None or not self._ill:
            return None
        pages: dict[str, PageBody | None] = {**self._well, **self._ill}
        cases = [case for key, page in pages.items() for case in self._cases(key, page)]
        return heal(self._channel, self._site.article, cases, reader(self._site))

    def _cases(self, key: str, page: PageBody | None) -> Iterator[Case]:
        known = articles.known(self._database, self._publisher.name, key)
        if known is None:
            return
        stored = articles.stored_pages(self._database, known.id, known.revision)
        page = page or (stored[0] if len(stored) == 1 else None)
        if page is not None:
            with contextlib.suppress(PageError):
                yield Case(decode_page(page, self._publisher).text, page.url, self._fields(known, stored))

    def _fields(self, known: Known, stored: tuple[PageBody, ...]) -> ArticleFields:
        """What the article said, by the rules of today where its pages are kept and they can read them."""
        if known.rules != rules_of(self._publisher) and stored:
            with contextlib.suppress(PageError):
                return read_page(stored, self._publisher).fields
        return baselines.stored_fields(self._database, known.id)


def reader(site: SiteRules) -> Read:
    """How pages of a site are read by other selectors than its own."""

    def read(selectors: Selectors, html: str, url: str) -> ArticleFields | None:
        page = ConfiguredPublisher(replace(site, article=selectors)).read_article(html, url)
        return page.fields if page is not None else None

    return read
