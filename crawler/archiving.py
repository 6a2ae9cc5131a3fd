"""The Scrapy downloader middleware that hands every answer with a body to the archive, as it was sent.

It stands next to the downloader, so that it sees redirects, refusals and robots.txt, and bodies in their content
coding. A 304 brings no body: what it says is an observation of the store.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Request, Response

from crawler.archive import Archive
from storage.warc import Fetch, Headers


class Archiving:
    """Archives what a crawl fetches, where its spider was given an archive."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawl. Raises NotConfigured where nothing is to be archived."""
        archive: Any = getattr(crawler.spider, "archive", None)
        if archive is None:
            raise NotConfigured
        crawler.signals.connect(archive.settle, signals.spider_closed)
        return cls(archive)

    def process_response(self, request: Request, response: Response) -> Response:
        """Archive an answer; it goes on as it is."""
        if response.body and "cached" not in response.flags:
            self._archive.add(
                fetch_of(request, response, datetime.now(UTC)), request.meta.get("digest_before")
            )
        return response


def fetch_of(request: Request, response: Response, at: datetime) -> Fetch:
    """An answer as the archive takes it."""
    return Fetch(
        url=response.url,
        at=at,
        status=response.status,
        headers=headers_of(response),
        body=response.body,
        address=str(response.ip_address or ""),
        rendered=bool(request.meta.get("playwright")),
        truncated="disconnect" if "dataloss" in response.flags else "",
    )


def headers_of(response: Response) -> Headers:
    """An answer's headers as text, in the order in which Scrapy keeps them."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
