"""What stands between the spider and the web: Retry-After, guarded addresses, schemes."""

import asyncio
from email.utils import formatdate

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.test import get_crawler

from crawler.middlewares import AddressGuard, ConditionalGet, retry_after


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
    ],
)
def test_retry_after_in_seconds_or_as_a_date(value, seconds):
    assert retry_after(value, now=1_000_000.0) == seconds


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
