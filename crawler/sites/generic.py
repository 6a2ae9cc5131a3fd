"""PURE: the publisher of a page whose publisher we do not know: every page is read without templates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crawler.extract.generic import read_generic
from crawler.sites.model import ArticleAddress, ArticlePage, ListingPage
from storage.records import Outcome


@dataclass(slots=True)
class UnknownPublisher:
    """Reads any article without selectors; it knows no addresses, no listings and no words for absence.

    `now` is what words such as 昨天 are counted from; without it they give no time.
    """

    now: datetime | None = None
    name: str = "unknown"
    time_zone: str = "Asia/Shanghai"
    charset: str = ""
    rules: str = ""

    def locate(self, url: str) -> ArticleAddress | None:
        """No address is known."""
        return None

    def read_article(self, html: str, url: str) -> ArticlePage | None:
        """Read one page by its structure, or return None where it has no text."""
        fields = read_generic(html, url, now=self.now, time_zone=self.time_zone)
        return ArticlePage(fields) if fields is not None else None

    def listed(self, url: str) -> ArticleAddress | None:
        """No address is known."""
        return None

    def read_listing(self, html: str, url: str, *, now: datetime | None = None) -> ListingPage:
        """No listing is known."""
        return ListingPage()

    def absence(self, html: str, url: str) -> Outcome | None:
        """No words for absence are known."""
        return None
