"""What stands between the spider and the web: Retry-After, guarded addresses, schemes."""

import asyncio
import contextlib
import time
from email.utils import formatdate
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.test import get_crawler

from crawler.hosts import Hosts
from crawler.middlewares import AddressGuard, ConditionalGet, Politeness, StoppedError, retry_after
from crawler.politeness import LONGEST_MEMORY, Budget


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        (b"", None),
        (b"120", 120.0),
        (b" 0 ", 0.0),
        (formatdate(1_000_060, usegmt=True).encode(), 60.0),
        (formatdate(999_000, usegmt=True).encode(), 0.0),
        (b"soon", None),
        (b"-5", None),
        (b"1e308", None),
        (b"nan", None),
        (b"9" * 400, float("inf")),
        ("²".encode("latin-1"), None),
        (b"Fri, 01 Jan 99999 00:00:00 GMT", None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(value, seconds):
    assert retry_after(value, now=1_000_000.0) == seconds


@given(st.one_of(st.binary(max_size=40), st.from_regex(rb"[0-9A-Za-z,:+ -]{0,40}", fullmatch=True)))
@settings(max_examples=200)
def test_any_retry_after_says_seconds_or_nothing(value):
    found = retry_after(value, now=1_000_000.0)
    assert found is None or found >= 0.0


HOST = "http://paper.example/"


def politeness(*, follow: bool = True) -> tuple[Politeness, Budget]:
    """The middleware in a crawl of its own, and the budget of all its hosts."""
    crawler = get_crawler()
    hosts = Hosts(per_hour=None)
    crawler.spider = SimpleNamespace(hosts=hosts, task=SimpleNamespace(follow=follow))  # type: ignore[assignment]
    return Politeness.from_crawler(crawler), hosts.budget("paper.example")


def ask(polite: Politeness, url: str = HOST) -> None:
    """Ask for a page where nothing is worth a wait: what is not refused at once, is stopped."""
    polite.stop()
    with contextlib.suppress(StoppedError):
        asyncio.run(polite.process_request(Request(url)))


@pytest.mark.parametrize("follow", [True, False])
@pytest.mark.parametrize("delay", ["86400", "31536000", "1e308", "601"])
def test_a_host_whose_crawl_delay_nobody_waits_for_gets_one_request_and_is_given_up(delay, follow):
    polite, budget = politeness(follow=follow)
    rules = ProtegoRobotParser(f"User-agent: *\nCrawl-delay: {delay}".encode(), None)
    polite.robots_parsed(rules, Request(HOST))
    ask(polite)
    with pytest.raises(IgnoreRequest, match="between two requests: the rest is left to the next run"):
        ask(polite)
    assert budget.gap("paper.example", time.monotonic()) <= LONGEST_MEMORY
    ask(polite, "http://other.example/")


def test_an_hours_worth_of_a_crawl_delay_is_waited_for_in_one_run():
    polite, _ = politeness()
    polite.robots_parsed(ProtegoRobotParser(b"User-agent: *\nCrawl-delay: 60", None), Request(HOST))
    for _ in range(61):
        ask(polite)
    with pytest.raises(IgnoreRequest, match="60 seconds between two requests"):
        ask(polite)


@pytest.mark.parametrize("value", ["31536000", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_host_that_asks_for_a_long_pause_is_given_up_for_this_run(value):
    polite, budget = politeness()
    answer = Response(HOST, status=429, headers={"Retry-After": value})
    request = Request(HOST)
    polite.process_response(request, answer)
    assert request.meta["dont_retry"]
    assert budget.held("paper.example", time.monotonic()) <= LONGEST_MEMORY
    with pytest.raises(IgnoreRequest, match="asks to be left alone for 24 hours"):
        ask(polite)
    ask(polite, "http://other.example/")


def test_a_host_that_asks_for_one_short_pause_after_another_is_given_up_in_the_end():
    polite, budget = politeness()
    for _ in range(8):
        polite.process_response(Request(HOST), Response(HOST, status=503, headers={"Retry-After": "500"}))
        budget._hosts["paper.example"].held_until = 0.0  # the pause is over
    with pytest.raises(IgnoreRequest, match="asked again and again to be left alone"):
        ask(polite)


def guard(url: str, *, allowed: bool = False) -> None:
    crawler = get_crawler(settings_dict={"NEWSDELTA_ALLOW_PRIVATE_ADDRESSES": allowed})
    asyncio.run(AddressGuard.from_crawler(crawler).process_request(Request(url)))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.1.2.3",
        "192.168.1.1",
        "169.254.169.254",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0",
    ],
)
def test_private_addresses_are_refused_with_the_mend(host):
    with pytest.raises(IgnoreRequest, match="allow_private_addresses"):
        guard(f"http://{host}/")


def test_private_addresses_are_visited_where_they_are_allowed():
    guard("http://127.0.0.1:8801/", allowed=True)


@pytest.mark.parametrize("url", ["ftp://example.com/", "file:///etc/passwd", "data:,x"])
@pytest.mark.parametrize("allowed", [True, False])
def test_only_http_is_fetched(url, allowed):
    with pytest.raises(IgnoreRequest, match="only http and https"):
        guard(url, allowed=allowed)


@pytest.mark.parametrize(
    ("validators", "headers"),
    [
        (None, {}),
        (('"a"', None), {b"If-None-Match": [b'"a"']}),
        ((None, "Thu, 05 Nov 2026 00:00:00 GMT"), {b"If-Modified-Since": [b"Thu, 05 Nov 2026 00:00:00 GMT"]}),
        ((None, None), {}),
    ],
)
def test_what_is_known_of_a_page_is_sent_with_the_request(validators, headers):
    request = Request("http://cq.example/", meta={"validators": validators})
    ConditionalGet().process_request(request)
    assert dict(request.headers) == headers
