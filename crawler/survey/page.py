"""PURE: one answer → what the survey needs of it: its text, its links, the source that it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from crawler.read import read_page
from crawler.sites.generic import UnknownPublisher
from crawler.sources import Source, read_source
from crawler.survey.links import Anchor, is_scripted, links_of
from crawler.survey.model import Seen
from crawler.text.decode import decode
from storage.errors import PageError, Undecodable
from storage.records import ArticleFields, Encoding, PageBody


@dataclass
class Page:
    """One answer, looked at from several sides; each side is worked out once."""

    seen: Seen
    now: datetime
    _read: dict[str, ArticleFields | None] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether there is something to look at."""
        return not self.seen.problem and 200 <= self.seen.status < 300 and bool(self.seen.body)

    @property
    def trouble(self) -> str:
        """Why there is nothing to look at, or ''."""
        return "" if self.ok else self.seen.problem or f"the server answers {self.seen.status}"

    @cached_property
    def _decoded(self) -> tuple[str, Encoding | None]:
        try:
            decoded = decode(self.seen.body, self.seen.content_type or None) if self.ok else None
        except Undecodable:
            decoded = None
        return (decoded.text, decoded.encoding) if decoded else ("", None)

    @property
    def html(self) -> str:
        """The decoded text; '' where there is none."""
        return self._decoded[0]

    @property
    def encoding(self) -> Encoding | None:
        """How the bytes became text."""
        return self._decoded[1]

    @cached_property
    def links(self) -> list[Anchor]:
        """The links to other pages of the site; none where this is a feed or sitemap."""
        return [] if self.source else links_of(self.html, self.seen.url)

    @cached_property
    def headlines(self) -> list[Anchor]:
        """The links whose words are a headline's."""
        return [anchor for anchor in self.links if anchor.is_headline]

    @cached_property
    def source(self) -> Source | None:
        """The feed or sitemap that this is, or None."""
        if not self.ok:
            return None
        seen = self.seen
        return read_source(seen.body, seen.content_type or None, seen.url, now=self.now, time_zone="UTC")

    @cached_property
    def scripted(self) -> bool:
        """Whether a script must bring the text."""
        return self.ok and not self.source and is_scripted(self.html)

    @property
    def has_scripts(self) -> bool:
        """Whether the page brings scripts."""
        return "<script" in self.html

    @property
    def has_text(self) -> bool:
        """Whether an article's text is found."""
        return self.read("UTC") is not None

    def read(self, zone: str) -> ArticleFields | None:
        """The fields of the article that this may be, with times of `zone`; None where it has no text."""
        if zone not in self._read:
            self._read[zone] = self._fields(zone)
        return self._read[zone]

    def _fields(self, zone: str) -> ArticleFields | None:
        if not self.ok or self.source:
            return None
        body = PageBody(self.seen.url, self.seen.body, self.seen.content_type)
        try:
            return read_page([body], UnknownPublisher(now=self.now, time_zone=zone)).fields
        except PageError:
            return None
