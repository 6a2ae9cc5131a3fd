"""A small site and a watcher, visit by visit and without sockets: the replica's pages through the crawler's own
judgement, reading, quarantine and store. Time is the timeline's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from crawler.pipeline import Visited, sighting_of
from crawler.quarantine import Quarantine
from crawler.read import Part, read_part
from crawler.sites import channel
from crawler.sites.model import Channel
from crawler.visit import Ask, Visit, judge
from storage import articles, queries
from storage.database import Database
from storage.decide import Policy
from storage.errors import PageAbsent, PageError
from storage.records import Event, Outcome, PageBody
from tests.replica.timeline import Timeline
from tests.replica.world import World

HOST = "http://cq.people.com.cn"
START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
PUBLISHER = channel("cq").publisher


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sends; status 0: nothing at all."""

    status: int = 200
    body: bytes = b""
    location: str = ""


Override = Callable[[str], Answer | None]


@dataclass(frozen=True, slots=True)
class _Task:
    channel: Channel
    policy: Policy


@dataclass
class Stage:
    """One site under watch. `override` stands before the site's own answers, as trouble does."""

    database: Database
    name: str
    seed: int = 1
    count: int = 12
    policy: Policy = field(default_factory=Policy)
    override: Override = lambda path: None
    now: datetime = START
    listed: bool = True
    requests: int = 0

    def __post_init__(self) -> None:
        self.world = World.build(Timeline(), {"seed": self.seed, "articles": self.count, "channels": ("cq",)})
        self.site.base = HOST
        self.numbers = [number for number in range(self.count) if self.site.article(number).parts == 1]
        self._task = _Task(Channel(self.name, "", HOST + "/", PUBLISHER), self.policy)

    # what `sighting_of` asks of a spider
    run_id = None

    @property
    def task(self) -> _Task:
        return self._task

    @property
    def publisher(self):
        return _Named(self.name)

    @property
    def site(self):
        return self.world.site.channels["cq"]

    def path(self, number: int) -> str:
        return self.site.article(number).path

    def key(self, number: int) -> str:
        return self.site.article(number).id

    # visits

    def run(self, numbers: Iterable[int] | None = None, minutes: float = 30) -> None:
        """Visit these articles (all that there are), then what the judge wants to see, then let it judge."""
        quarantine = Quarantine(
            self.database, self.name, self.publisher, self.policy, lambda sighting, change: None, home=HOST
        )
        if self.listed:
            home = self._fetch("/")
            links = len(PUBLISHER.read_listing(home.body.decode("gb18030", "replace"), HOST + "/").links)
            if home.status == 200:
                quarantine.listing(HOST + "/", links)
        for number in self.numbers if numbers is None else numbers:
            self._visit(quarantine, HOST + self.path(number), fresh=False)
        while wanted := quarantine.wanted():
            for one in wanted:
                if one.key is None:
                    answer = self._fetch(urlsplit(one.url).path)
                    page = PageBody(one.url, answer.body) if answer.status == 200 else None
                    quarantine.probed(page)
                else:
                    self._visit(quarantine, one.url, fresh=one.fresh)
        quarantine.finish(self.now)
        self.now += timedelta(minutes=minutes)

    def _fetch(self, path: str) -> Answer:
        self.requests += 1
        said = self.override(path)
        if said is not None:
            return said
        page = self.site.page(path)
        return Answer(page.status, page.make(), page.location)

    def _visit(self, quarantine: Quarantine, url: str, fresh: bool) -> None:
        address = PUBLISHER.locate(url)
        visit: Visit[Part] = Visit(address, url)
        (ask,) = visit.begin()
        answered, answer = url, self._fetch(urlsplit(url).path)
        if answer.location and answer.status in (301, 302):
            answered = urljoin(url, answer.location)
            answer = self._fetch(urlsplit(answered).path)
        etag = hashlib.sha1(answer.body).hexdigest()
        known = articles.parts(self.database, self.publisher.name, address.key).get(1)
        if answer.status == 0:
            visit.failed(ask, Outcome.FAILED, "the connection was reset")
        elif answer.status == 200 and known and known.etag == etag and not fresh:
            visit.unmodified(ask)
        else:
            self._judge(visit, ask, answer, answered, etag)
        visit.transferred(answer.status, len(answer.body), 0.1, 1)
        self.now += timedelta(seconds=1)
        quarantine.take(sighting_of(Visited(visit, self.now), self), visit.shown)

    @staticmethod
    def _judge(visit: Visit[Part], ask: Ask, answer: Answer, answered: str, etag: str) -> None:
        verdict = judge(answer.status, ask.url, answered, len(answer.body), PUBLISHER)
        if verdict is not None:
            visit.failed(ask, *verdict)
            return
        body = PageBody(ask.url, answer.body, "text/html", 1, etag)
        part = read(ask.url, answer.body, etag)
        if isinstance(part, Part):
            visit.read(ask, part, {})
        else:
            visit.failed(ask, part[0], part[1], body)

    # what was told

    def events(self) -> list[Event]:
        return list(queries.events(self.database, channel=self.name))

    def told(self, kind: str) -> set[str]:
        """The publisher's ids that were told of in this way; of channel events, the channel."""
        return {
            event.url.rsplit("-", 1)[-1].removesuffix(".html").removeprefix("c")
            if event.article
            else self.name
            for event in self.events()
            if event.kind == kind
        }


class _Named:
    """The publisher under another name, so that many timelines can share one database."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, attribute: str):
        return getattr(PUBLISHER, attribute)


@lru_cache(maxsize=4096)
def read(url: str, body: bytes, etag: str) -> Part | tuple[Outcome, str]:
    """Read a page once for all timelines: a part, or the outcome and the reason."""
    try:
        return read_part(PageBody(url, body, "text/html", 1, etag), PUBLISHER)
    except PageAbsent as absent:
        return absent.outcome, absent.message
    except PageError as error:
        return Outcome.UNREADABLE, error.message
