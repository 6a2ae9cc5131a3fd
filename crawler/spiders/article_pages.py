"""Visits a channel's articles, each once in a crawl and whole, however many pages it has."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.answers import asked_url, body_of, latency
from crawler.helper import ReaderDied
from crawler.pipeline import Visited
from crawler.read import Part
from crawler.sites.model import ArticleAddress
from crawler.spiders.crawl import Crawl
from crawler.visit import Ask, Visit, judge
from storage import articles
from storage.errors import PageAbsent, PageError
from storage.records import Outcome

#: How many requests wait for their answers at a time; the articles beyond are kept as no more than key and address.
AT_ONCE = 64


class ArticlePages:
    """The articles of one crawl: those that are to be visited, and the visits that go on."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl = crawl
        self._tally, self._database, self._publisher = crawl.tally, crawl.database, crawl.publisher
        self._keys: set[str] = set()  # of the articles that this run visits
        self._backlog: deque[tuple[str, str]] = deque()  # key and address of those whose turn is to come

    def plan(self, found: Iterable[tuple[str, str]]) -> Iterator[Request]:
        """Note articles by key and address, each to be visited once; begin with those that there is room for."""
        for key, url in found:
            if key not in self._keys:
                self._keys.add(key)
                self._backlog.append((key, url))
                self._tally.requested()
        yield from self.next()

    def next(self) -> Iterator[Request]:
        """The requests for which there is room now. To be called after every answer."""
        while self._backlog and self._crawl.open < AT_ONCE:
            key, url = self._backlog.popleft()
            self._tally.queued -= 1  # its requests are counted one by one
            address = self._publisher.listed(url)
            yield from self._begin(key, url, address) if address is not None else ()

    def visit(
        self, key: str, url: str, address: ArticleAddress | None = None, *, fresh: bool = False
    ) -> list[Request]:
        """The first requests of a visit to an article, or none where this run visits it already."""
        address = address or self._publisher.listed(url)
        if key in self._keys or address is None:
            return []
        self._keys.add(key)
        return self._begin(key, url, address, fresh=fresh)

    def _begin(self, key: str, url: str, address: ArticleAddress, *, fresh: bool = False) -> list[Request]:
        is_new = key in self._crawl.unknown
        known = {} if is_new else articles.parts(self._database, self._publisher.name, key)
        self._crawl.unknown.discard(key)
        if known:
            url = known[1].url if 1 in known else url
        visit: Visit[Part] = Visit(address, url, {part: entry.url for part, entry in known.items()}, is_new)
        stored = {} if fresh else {entry.url: entry for entry in known.values()}
        return [self._ask(visit, ask, stored.get(ask.url)) for ask in visit.begin()]

    def _ask(self, visit: Visit[Part], ask: Ask, known: articles.Validators | None = None) -> Request:
        sent = None if ask.fresh else known
        before = "" if visit.is_new else known.digest if known is not None else None
        return self._crawl.request(
            ask.url, self.parse, self.failed, {"visit": visit, "ask": ask}, known=sent, before=before
        )

    async def parse(
        self, response: Response, visit: Visit[Part], ask: Ask
    ) -> AsyncIterator[Request | Visited]:
        """Read one page of an article; when its visit is done, hand it on."""
        self._crawl.answered(response)
        visit.transferred(response.status, len(response.body), latency(response), ask.part)
        verdict = judge(
            response.status, asked_url(response), response.url, len(response.body), self._publisher
        )
        if verdict is None:
            asks = await self._read(response, visit, ask)
        elif verdict[0] is Outcome.NOT_MODIFIED:
            asks = visit.unmodified(ask)
        else:
            asks = visit.failed(ask, *verdict)
        for wanted in (*self._carry_on(visit, asks), *self.next()):
            yield wanted

    async def _read(self, response: Response, visit: Visit[Part], ask: Ask) -> list[Ask]:
        page = body_of(response, ask.url, ask.part)
        try:
            part = await self._crawl.readers.read(page, self._publisher)
        except PageAbsent as absent:
            return visit.failed(ask, absent.outcome, absent.message, page)
        except PageError as error:
            return visit.failed(ask, Outcome.UNREADABLE, error.message, page)
        except ReaderDied as died:
            return visit.failed(ask, Outcome.FAILED, str(died))
        return visit.read(ask, part, part.further)

    def failed(self, failure: Failure) -> Iterator[Request | Visited]:
        """Note a page that got no answer, and go on."""
        what = self._crawl.unanswered(failure)
        if what is None:
            return
        request: Request = failure.request  # type: ignore[attr-defined]
        visit, ask = request.cb_kwargs["visit"], request.cb_kwargs["ask"]
        yield from self._carry_on(visit, visit.failed(ask, Outcome.FAILED, what))
        yield from self.next()

    def _carry_on(self, visit: Visit[Part], asks: list[Ask]) -> Iterator[Request | Visited]:
        for ask in asks:
            yield self._ask(visit, ask)
        if visit.done:
            yield Visited(visit, datetime.now(UTC))
