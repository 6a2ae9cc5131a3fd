"""The spider `survey`: fetches what a survey wants, round by round, under the same rules as a crawl."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.answers import header, reason
from crawler.render.ask import META, Ask
from crawler.survey import Seen, Survey, Want


class SurveySpider(Spider):
    """Asks for a round's pages, and for the next round's when all of them are there.

    `no_browser` says in words why pages cannot be looked at in a browser, '' where they can. `listener` is called
    after each answer.
    """

    name = "survey"
    custom_settings: dict[str, Any] | None = {"ITEM_PIPELINES": {}}  # noqa: RUF012 - as Scrapy declares it

    def __init__(
        self,
        survey: Survey,
        no_browser: str,
        listener: Callable[[Seen], None] = lambda seen: None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.survey = survey
        self._no_browser, self._listener = no_browser, listener
        self._open: set[Want] = set()

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the first round."""
        for request in self._round():
            yield request

    def _round(self) -> Iterator[Request]:
        """The requests of the next round; what no request can be made for is answered at once."""
        while not self._open and (wanted := self.survey.wants()):
            requests = []
            for want in wanted:
                if want.rendered and self._no_browser:
                    self._keep(Seen(want, problem=self._no_browser))
                else:
                    self._open.add(want)
                    requests.append(self._request(want))
            yield from requests

    def _request(self, want: Want) -> Request:
        meta: dict[str, Any] = {"dont_obey_robotstxt": urlsplit(want.url).path == "/robots.txt"}
        if want.rendered:
            meta[META] = Ask(more=want.more, depth=want.depth)
        return Request(
            want.url,
            callback=self.parse,
            errback=self.failed,
            dont_filter=True,
            meta=meta,
            cb_kwargs={"want": want},
        )

    def parse(self, response: Response, want: Want) -> Iterator[Request]:
        """Keep an answer."""
        kind = header(response, "Content-Type") or ""
        self._keep(Seen(want, response.url, response.status, response.body, kind))
        yield from self._round()

    def failed(self, failure: Failure) -> Iterator[Request]:
        """Keep why there is none."""
        request: Any = getattr(failure, "request", None)
        self._keep(Seen(request.cb_kwargs["want"], problem=reason(failure)))
        yield from self._round()

    def _keep(self, seen: Seen) -> None:
        self._open.discard(seen.want)
        self.survey.take(seen)
        self._listener(seen)
