"""The doors that strangers' bytes come through. A target reads one input and says what it made of it; what it raises
is a crash, but for the errors that its contract names.
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.generic import UnknownPublisher
from crawler.sites.model import Selectors, SiteRules
from crawler.sites.people import PEOPLE
from crawler.sources.discover import link_header, offers, robots_sitemaps
from crawler.text.decode import decode
from crawler.text.repair import repair, repair_html
from storage import warc
from storage.errors import ArchiveError, ConfigError, PageAbsent, TemplateUnknown, Undecodable
from storage.records import ArticleFields, PageBody
from tests.fuzz import seeds

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
URL = "http://cq.people.com.cn/n2/2026/1124/c365401-41000001.html"
HOME = "http://cq.people.com.cn/"
ZONE = "Asia/Shanghai"
OURS = ConfiguredPublisher(
    SiteRules(
        "yuzhou",
        HOME,
        r"c\d+-(?P<id>\d+)\.html$",
        Selectors(title="h1", time=".channel", source=".channel a", body=".rm_txt_con", next=".page a"),
    )
)
PUBLISHERS = (PEOPLE, UnknownPublisher(), OURS)
TYPES = ("text/html", "text/html; charset=gb2312", "text/html; charset=big5", "text/plain", "")
#: A member of a file of evidence begins so.
_RECORD = re.compile(rb"(?=WARC/1\.)")


@dataclass(frozen=True, slots=True)
class Target:
    """`seeds` are made once. `read` says in a few words what an input led to, for what is new to be kept."""

    seeds: Callable[[], Iterator[bytes] | Sequence[bytes]]
    read: Callable[[bytes], Hashable]
    pieces: tuple[bytes, ...] = ()


def _decode(body: bytes) -> Hashable:
    try:
        found = decode(body[1:], TYPES[body[0] % len(TYPES)] if body else None)
    except Undecodable as error:
        return error.message
    return found.encoding.used, bool(found.encoding.replaced), len(found.encoding.why.split(";"))


def _repair(body: bytes) -> Hashable:
    text = body.decode("utf-8", "surrogateescape" if body[:1] == b"s" else "replace")
    plain, page = repair(text), repair_html(text)
    again = repair(plain.text) if plain.proved else plain
    return (
        plain.proved,
        page.proved,
        again.text == plain.text,
        frozenset(one.kind for one in (*plain.repairs, *page.repairs)),
    )


def _extract(body: bytes) -> Hashable:
    from crawler.read import read_page

    made = []
    for publisher in PUBLISHERS:
        try:
            reading = read_page([PageBody(URL, body, "text/html")], publisher)
        except (Undecodable, PageAbsent, TemplateUnknown) as error:
            made.append(type(error).__name__)
            continue
        fields = reading.fields
        made.append(
            f"{fields.template} {_size(len(fields.body))} {len(fields.images) > 0} {fields.published_at is None}"
        )
        _compare(fields)
    return tuple(made)


def _compare(fields: ArticleFields) -> None:
    """What can be read can be compared, with itself cut short."""
    from dataclasses import replace

    from crawler.text.canonical import canonical_text, fold
    from storage.diff import compare, patch

    canonical_text(fields)
    other = replace(fields, body=fields.body[: len(fields.body) // 2], title=fields.title[::-1])
    patch(fields, compare(fields, other, fold=fold))


def _listing(body: bytes) -> Hashable:
    html = body.decode("utf-8", "replace")
    made = []
    for publisher in PUBLISHERS:
        page = publisher.read_listing(html, HOME, now=NOW)
        made.append((_size(len(page.links)), _size(len(page.pages)), bool(page.moved_to)))
        for link in page.links:
            publisher.listed(link.url)
        publisher.absence(html, URL)
    found = offers(html, HOME)
    return tuple(made), _size(len(found.feeds))


def _feed(body: bytes) -> Hashable:
    from crawler.sources import read_source

    found = read_source(body, None, HOME + "rss.xml", now=NOW, time_zone=ZONE)
    if found is None:
        return None
    return found.kind, _size(len(found.entries)), bool(found.problem)


def _robots(body: bytes) -> Hashable:
    from scrapy.robotstxt import ProtegoRobotParser

    from crawler.politeness import Budget

    rules = ProtegoRobotParser(body, None)
    delay = rules.crawl_delay("newsdelta")
    budget = Budget(None)
    budget.slow_down("a:80", delay or 0.0, 1.0)
    text = body.decode("utf-8", "replace")
    for line in text.splitlines()[:20]:
        link_header(line, HOME)
    waits = budget.reserve("a:80", 2.0)
    allowed = tuple(rules.allowed(HOME + path, "newsdelta") for path in ("", "private/x", "p?页=1"))
    return allowed, delay is None, waits > 0, _size(len(robots_sitemaps(text, HOME)))


def _config(body: bytes) -> Hashable:
    from scheduler.config import load

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "newsdelta.toml"
        file.write_bytes(body)
        try:
            config = load(str(file), folder, env={"HOME": folder})
        except ConfigError as error:
            return re.sub(r"\d+|'[^']*'|\"[^\"]*\"", "", error.message)[:60]
        return "read", len(config.channels)


def _evidence(body: bytes) -> Hashable:
    from crawler.verify import sentences, verify

    packed = b"".join(warc.pack(raw) for raw in _RECORD.split(body) if raw)
    made: list[Hashable] = []
    for content in (packed, body):
        try:
            verdict = verify(io.BytesIO(content))
        except ArchiveError as error:
            made.append(error.message)
            continue
        made.append((verdict.is_sound, len(list(sentences(verdict.findings)))))
    return tuple(made)


@cache
def _caller() -> Any:
    """A client of the pages and the API over a store with hostile articles; it lives as long as the process."""
    from fastapi.testclient import TestClient

    from scheduler.config import load
    from scheduler.web.app import make_app
    from scheduler.web.server import site_for
    from storage.database import Database
    from tests.integration.web.conftest import fill, no_test

    stack = ExitStack()
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    url = fill(f"sqlite:///{folder}/news.db").url
    file = Path(folder) / "newsdelta.toml"
    file.write_text(
        f'[database]\nurl = "{url}"\n[[channel]]\nname = "cq"\n[[channel]]\nname = "sc"\n'
        f'[web]\ntoken_file = "{folder}/token"\nurl = "http://testserver"\n'
    )
    config = load(str(file), env={})
    app = make_app(site_for(lambda: config, stack.enter_context(Database.open(url)), no_test))
    client = TestClient(app, follow_redirects=False)
    client.headers["authorization"] = f"Bearer {config.web.token_file.read_text().strip()}"
    client.stack = stack  # type: ignore[attr-defined]
    return client


def _api(body: bytes) -> Hashable:
    import httpx2

    head, _, content = body.partition(b"\n")
    method, _, target = head.decode("latin-1").partition(" ")
    if method not in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD") or not target.startswith("/"):
        return "no request"
    kind = "application/x-www-form-urlencoded" if b"=" in content[:40] else "application/json"
    try:
        answer = _caller().request(method, target, content=content, headers={"content-type": kind})
    except (httpx2.InvalidURL, UnicodeEncodeError):
        return "no URL"
    if answer.status_code >= 500:
        raise RuntimeError(f"the answer is {answer.status_code}: {answer.text[:200]}")
    return method, re.sub(r"[^/a-z]+", "", target.partition("?")[0])[:40], answer.status_code


def _size(count: int) -> int:
    """The order of magnitude, in powers of two."""
    return count.bit_length()


def _with_type(bodies: Callable[[], Iterator[bytes]]) -> Callable[[], Iterator[bytes]]:
    """The first byte says which content type goes with the rest."""
    return lambda: (bytes([number % 5]) + body for number, body in enumerate(bodies()))


MARKUP = (
    *(
        b"<p>",
        b"</div>",
        b"<div class='rm_txt_con'>",
        b"<table><tr><td>",
        b"<script>",
        b"<!--",
        b"<h1>",
        b"<br>",
    ),
    *(
        b"&nbsp;",
        b"&#x110000;",
        b"&#0;",
        b"<a href='javascript:x'>",
        b"<a href='http://[::1'>",
        b"<base href='//'>",
    ),
    *(
        b"<meta charset=utf-16>",
        b"<meta http-equiv=refresh content='0;url=//'>",
        b"<img src='data:,'>",
        b"\xe3\x80\x80",
    ),
    *(
        "责编：".encode(),
        "来源：".encode(),
        "2026年13月45日25:61".encode(),
        "昨天".encode(),
        "下一页".encode(),
        b"\x81\x30",
    ),
    *(
        b"<!DOCTYPE html [<!ENTITY a 'b'>]>",
        b"<svg><style>",
        b"<template>",
        b"<select><option>",
        b"\xed\xa0\x80",
    ),
)
TABLES = (
    b'[[channel]]\nname = "cq"\n',
    b"article = {}",
    b'every = ""',
    b"[",
    b'"\\ud800"',
    b"= 1979-05-27",
    b'"""',
)
QUERIES = (b"%00", b"%ff", b"&limit=-1", b"?page=0", b"%F0%9F%A6%8A", b"/..", b"{}", b"null", b"\\ud800")
RULES = (b"Crawl-delay: ", b"Disallow: ", b"*$", b"%zz", b"Sitemap: //[", b"Allow: /*?*")
RECORDS = (b"WARC/1.1\r\n", b"Content-Length: 0\r\n", b"\r\n\r\n", b'{"form": ', b"null", b"response")
DAMAGE = tuple(text.encode() for text in seeds.DAMAGED)
#: By their names on the command line.
TARGETS: dict[str, Target] = {
    "decode": Target(_with_type(seeds.article_pages), _decode, MARKUP),
    "repair": Target(lambda: DAMAGE, _repair, DAMAGE),
    "extract": Target(seeds.article_pages, _extract, MARKUP),
    "listing": Target(seeds.listing_pages, _listing, MARKUP),
    "feed": Target(seeds.feeds, _feed),
    "sitemaps": Target(seeds.sitemaps, _feed),
    "robots": Target(lambda: seeds.ROBOTS, _robots, RULES),
    "config": Target(lambda: [text.encode() for text in seeds.SETTINGS], _config, TABLES),
    "api": Target(lambda: seeds.CALLS, _api, QUERIES),
    "evidence": Target(seeds.evidence, _evidence, RECORDS),
}
