"""The spider `page`: one given URL, fetched under the same guard, robots.txt and limits, and handed back as it came."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.answers import body_of, reason
from storage.records import PageBody


class PageSpider(Spider):
    """Fetches `url`; afterwards either `page` is set, or `problem` says why not."""

    name = "page"
    custom_settings: dict[str, Any] | None = {"ITEM_PIPELINES": {}}  # noqa: RUF012 - as Scrapy declares it

    def __init__(self, url: str, meta: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.url = url
        self.meta = dict(meta or {})  # what the request is to say beside its address
        self.page: PageBody | None = None
        self.problem = "no answer"

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the one page."""
        yield Request(self.url, callback=self.parse, errback=self.failed, meta=self.meta, dont_filter=True)

    def parse(self, response: Response) -> None:
        """Keep the page as it came."""
        if response.status == 200:
            self.page = body_of(response, response.url)
        else:
            self.problem = f"the server answers {response.status}"

    def failed(self, failure: Failure) -> None:
        """Keep the reason."""
        self.problem = reason(failure)
