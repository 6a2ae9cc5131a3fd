"""Scrapy downloader middlewares: conditional GET, politeness, robots.txt by RFC 9309, the address guard."""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import time
import urllib.request
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from crawler.addresses import addresses_of, first_private, forbidden, private_words
from crawler.answers import words_of
from crawler.hosts import Hosts
from crawler.politeness import Budget
from crawler.task import Tally

#: A server that asks for a longer pause than this, in seconds, is left alone until the next run; so is one that wants
#: more than this between two requests, beyond the one that it gives now.
LONGEST_WAIT = 600.0
#: Seconds for which a server may hold one run: by all its pauses together, and by the queue that its Crawl-delay makes.
#: What is left then is asked for by the next run.
LONGEST_HOLD = 3600.0
#: The same for a crawl that a plan of visits stands behind: the plan comes back when the pause is over.
PLANNED_WAIT = 5.0
#: Bytes of a robots.txt that are read: as many as RFC 9309, section 2.5, wants.
ROBOTS_BYTES = 500 * 1024


class StoppedError(IgnoreRequest):
    """The crawl ends before this request could be sent; it says nothing about its page."""


class ConditionalGet:
    """Sends the validators that the spider knows for an address, so that an unchanged page costs a 304."""

    def process_request(self, request: Request) -> None:
        """Add `If-None-Match` and `If-Modified-Since` from `request.meta["validators"]`."""
        validators = request.meta.get("validators")
        if validators is None:
            return
        etag, last_modified = validators
        if etag:
            request.headers[b"If-None-Match"] = etag
        if last_modified:
            request.headers[b"If-Modified-Since"] = last_modified


class Politeness:
    """Makes each request wait for its host's budget, and keeps to Crawl-delay and Retry-After."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self.user_agent: str = settings["USER_AGENT"]
        self._spider: Any = crawler.spider
        self._hosts = _hosts_of(crawler)
        self._stopped = asyncio.Event()
        self._paused: dict[str, float] = {}  # host → seconds of all its pauses in this run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build from settings; listen for each robots.txt that was read."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.robots_parsed, signals.robots_parsed)
        return middleware

    async def process_request(self, request: Request) -> None:
        """Wait for the host's next free moment.

        Raises IgnoreRequest where the host asks for more patience than a run has, and StoppedError once the crawl ends.
        """
        host = urlsplit(request.url).netloc
        is_rules = bool(request.meta.get("dont_obey_robotstxt"))
        if words := self._asks_too_much(host, is_rules=is_rules):
            raise IgnoreRequest(words)
        wait = self._budget(host).reserve(host, time.monotonic(), is_rules=is_rules)
        if wait > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), wait)
        if self._stopped.is_set():
            raise StoppedError("the crawl was stopped")
        if tally := self._tally():
            tally.sent += 1

    def _asks_too_much(self, host: str, *, is_rules: bool) -> str:
        """Why a host is given up for this run, in words; '' where it is not. Nothing is booked for it."""
        budget, now = self._budget(host), time.monotonic()
        held, asked, gap = budget.held(host, now), budget.asked(host, now), budget.gap(host, now)
        if held > (PLANNED_WAIT if self._planned() else LONGEST_WAIT):
            return f"{host} asks to be left alone for {span(held)}"
        if self._paused.get(host, 0.0) > LONGEST_HOLD:
            return f"{host} asked again and again to be left alone: the rest is left to the next run"
        if not is_rules and asked > (LONGEST_WAIT if self._planned() or gap > LONGEST_WAIT else LONGEST_HOLD):
            return f"{host} asks for {span(gap)} between two requests: the rest is left to the next run"
        return ""

    def process_response(self, request: Request, response: Response) -> Response:
        """Hold the host after a 429 or 503; forget earlier refusals after any other answer."""
        host = urlsplit(request.url).netloc
        budget = self._budget(host)
        if response.status not in (429, 503):
            budget.answered(host, time.monotonic())
            return response
        asked, now = retry_after(response.headers.get("Retry-After"), time.time()), time.monotonic()
        held = budget.held(host, now)
        pause = budget.refused(host, now, asked)
        self._paused[host] = self._paused.get(host, 0.0) + max(0.0, pause - held)
        if tally := self._tally():
            tally.refused(pause)
        if pause > LONGEST_WAIT or self._planned():
            request.meta["dont_retry"] = True
        return response

    def also_sent(self, answers: Mapping[str, int]) -> None:
        """Count what a page in the browser asked for, by host, beyond the request that was waited for."""
        for host, number in answers.items():
            self._budget(host).spend(host, number, time.monotonic())

    def stop(self) -> None:
        """Let nothing wait any longer: the crawl ends."""
        self._stopped.set()

    def robots_parsed(self, robotparser: Any, request: Request) -> None:
        """Keep to the Crawl-delay of a robots.txt."""
        host = urlsplit(request.url).netloc
        self._budget(host).slow_down(host, robotparser.crawl_delay(self.user_agent) or 0.0, time.monotonic())

    def _budget(self, host: str) -> Budget:
        return self._hosts.budget(host)

    def _tally(self) -> Tally | None:
        """The count of this crawl, where it keeps one."""
        return getattr(self._spider, "tally", None)

    def _planned(self) -> bool:
        """Whether a plan of visits stands behind this crawl, which comes back by itself."""
        task = getattr(self._spider, "task", None)
        return task is not None and not task.follow


def _hosts_of(crawler: Crawler) -> Hosts:
    """What the process remembers of hosts, where the spider was given it; else a memory for this crawl alone."""
    shared: Hosts | None = getattr(crawler.spider, "hosts", None)
    if shared is not None:
        return shared
    per_hour = crawler.settings.get("NEWSDELTA_REQUESTS_PER_HOUR")
    return Hosts(None if per_hour is None else float(per_hour))


def span(seconds: float) -> str:
    """A time span for people: seconds up to two hours, then hours."""
    return f"{seconds:.0f} seconds" if seconds < 7200 else f"{seconds / 3600:.0f} hours"


def retry_after(value: bytes | None, now: float) -> float | None:
    """Read a Retry-After header (RFC 9110, 10.2.3): seconds to wait from `now` (a Unix time), or None where it says
    nothing that can be read. It may be any number, also infinite.
    """
    if not value:
        return None
    text = value.decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError):
        return None


class Robots(RobotsTxtMiddleware):
    """robots.txt by RFC 9309: a 4xx allows everything, a 5xx or no answer forbids everything (section 2.3.1)."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._failed: dict[str, str] = {}
        self._hosts = _hosts_of(crawler)

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Raise IgnoreRequest, with the reason, for what may not be fetched."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        rules = await self.robot_parser(request)
        failed = self._failed.get(urlsplit(request.url).netloc)
        if failed:
            raise IgnoreRequest(f"robots.txt {failed}, which forbids everything until it answers again")
        if rules is not None and not rules.allowed(request.url, self._default_useragent):
            raise IgnoreRequest("robots.txt forbids it")

    async def robot_parser(self, request: Request) -> Any:
        """Return the host's rules: those that an earlier crawl of this process read, while they are good."""
        host = urlsplit(request.url).netloc
        if host not in self._parsers and (known := self._hosts.rules(host)):
            self._parsers[host] = known.parser
            if known.failed:
                self._failed[host] = known.failed
        return await super().robot_parser(request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500:
            self._keep_earlier(netloc, f"answers {response.status}")
            return
        response = response.replace(body=response.body[:ROBOTS_BYTES] if response.status < 400 else b"")
        await super()._parse_robots(response, netloc, request)
        self._hosts.keep_rules(netloc, self._parsers[netloc])

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        """One that cannot be read forbids everything; one that may not be asked for says nothing of the pages."""
        if isinstance(exc, IgnoreRequest) and "DOWNLOAD_MAXSIZE" not in str(exc):
            super()._robots_error(exc, netloc)
        else:
            self._keep_earlier(netloc, f"cannot be fetched: {words_of(exc)}")

    def _keep_earlier(self, netloc: str, why: str) -> None:
        """Go on by the rules that were read before, where there are any that still hold."""
        rules = self._hosts.rules_failed(netloc, why)
        if rules.failed:
            self._failed[netloc] = rules.failed
        waiting: Any = self._parsers[netloc]  # a Deferred, as in Scrapy's own _parse_robots
        self._parsers[netloc] = rules.parser
        waiting.callback(rules.parser)


class AddressGuard:
    """Refuses, before anything is sent, schemes other than http(s) and hosts that are private by how they are written.

    What a name stands for is judged where the connection is made (`connecting`), by the address that is connected to.
    A proxy resolves names itself: for it they are judged here, as far as this machine can resolve them.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.allow_private = crawler.settings.getbool("NEWSDELTA_ALLOW_PRIVATE_ADDRESSES")
        self._proxies = urllib.request.getproxies()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build from settings."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise IgnoreRequest for an address that must not be visited."""
        try:
            parts = urlsplit(request.url)
            host = parts.hostname or ""
        except ValueError as error:
            raise IgnoreRequest(f"the address cannot be read: {error}") from None
        if parts.scheme not in ("http", "https"):
            raise IgnoreRequest(f"only http and https are fetched, not {parts.scheme}:")
        if self.allow_private:
            return
        words = forbidden(host)
        if not words and self._is_proxied(parts.scheme, host):
            private = first_private(await addresses_of(host))
            words = private_words(host, private) if private else ""
        if words:
            raise IgnoreRequest(words)

    def _is_proxied(self, scheme: str, host: str) -> bool:
        return scheme in self._proxies and not urllib.request.proxy_bypass(host)
