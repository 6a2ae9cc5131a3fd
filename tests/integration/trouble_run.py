"""Sites in trouble, crawled again and again, in a process of its own: what is said and told of each, as JSON.

A story is what a site serves before, and what it serves afterwards; its good articles are known from the first crawl.
Beside the stories: hosts whose name or certificate is not what it should be.
"""

# ruff: noqa: N802 - Twisted's names
from __future__ import annotations

import json
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner
from sqlalchemy import update
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer

from crawler.hosts import Hosts
from crawler.run import Crawls, Options, in_reactor
from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.model import Channel, SiteRules
from crawler.spiders.page import PageSpider
from crawler.task import CrawlTask
from storage import queries
from storage.database import Database
from storage.schema import addresses
from tests.integration.hostile_cases import article, listing, redirect
from tests.replica.hostile import Answer, Hostile, Served, served

ARTICLES = 12
#: Seconds for servers that answer, on a busy machine, too; and for those that never do.
PATIENT, BRIEF = 60, 3
PATHS = tuple(f"/a/{number}.html" for number in range(ARTICLES))
FIELDS = ("园林", "交通", "教育", "医疗", "养老", "供水", "供电", "消防", "文化", "体育", "旅游", "农业")


def text_of(number: int, more: str = "") -> bytes:
    field = FIELDS[number]
    money = f"<p>{field}方面将投入资金{number + 3}亿元。</p>"
    return article(f"渝南区公布第{number}项{field}惠民举措", money + more)


EDITED = "<p>区政府昨日补充说明，上述工程的完工时间推迟到后年六月，具体安排另行公布。</p>"
LOGIN = (
    "<html><head><title>登录_渝南晚报</title></head><body><h1>请登录后继续阅读</h1><form method='post' action='/login'>"
    "<input name='user'><input type='password' name='word'><button>登录</button></form>"
    "<p>本站内容仅对注册用户开放，请使用手机号码或邮箱登录，没有帐号的用户请先注册。</p></body></html>"
).encode()
ERROR = (
    "<html><head><title>渝南晚报</title></head><body><h1>系统繁忙</h1><p>系统正在维护，请稍后再试，给您带来的不便敬请谅解。"
    "如有疑问请致电客服热线，工作时间为每天上午九点到下午六点。</p></body></html>"
).encode()
CHALLENGE = (
    "<html><head><title>Just a moment...</title><script src='/cdn/challenge.js'></script></head><body>"
    "<p>正在检查您的浏览器，请稍候……</p></body></html>"
).encode()


def site(page: Callable[[int], Answer]) -> dict[str, Answer]:
    return {"/": served(listing(*PATHS)), **{path: page(number) for number, path in enumerate(PATHS)}}


def sound(*headers: str) -> dict[str, Answer]:
    return site(lambda number: served(text_of(number), *headers))


def first_only(page: Served, *headers: str) -> dict[str, Answer]:
    return site(lambda number: page if number == 0 else served(text_of(number), *headers))


NOT_MODIFIED = served(b"", status="304 Not Modified")
TAG = 'ETag: "one"'


@dataclass(frozen=True)
class Story:
    """What a site serves at first and afterwards. `aged`: so long after the first crawl the second one is made;
    `same`: bytes of a request's head to which the answer is then 304."""

    name: str
    before: dict[str, Answer]
    after: dict[str, Answer]
    aged: timedelta = timedelta()
    same: bytes = b""


STORIES = [
    Story("the same ETag, another body", sound(TAG), first_only(served(text_of(0, EDITED), TAG), TAG)),
    Story("always 304, another body", sound(TAG), site(lambda number: NOT_MODIFIED)),
    Story(
        "always 304 to who has the ETag, another body, four days later",
        sound(TAG),
        first_only(served(text_of(0, EDITED), TAG), TAG),
        aged=timedelta(days=4),
        same=b'if-none-match: "one"',
    ),
    Story("another ETag, the same body", sound(TAG), sound('ETag: "two"')),
    Story("an ETag of each answer's own, the same body", sound('ETag: W/"1"'), sound('ETag: "')),
    Story("a clock of 1970", sound(), sound("Date: Thu, 01 Jan 1970 00:00:00 GMT")),
    Story(
        "a clock of 2099",
        sound(),
        sound("Date: Wed, 25 Nov 2099 00:00:00 GMT", "Last-Modified: Wed, 25 Nov 2099 00:00:00 GMT"),
    ),
    Story("a login form for every article", sound(), site(lambda number: served(LOGIN))),
    Story("a login form for one article", sound(), first_only(served(LOGIN))),
    Story(
        "a way to the login form for every article",
        sound(),
        {**site(lambda number: redirect("/login")), "/login": served(LOGIN)},
    ),
    Story("a login form everywhere", sound(), {"*": served(LOGIN)}),
    Story("an error page for every article", sound(), site(lambda number: served(ERROR))),
    Story("an error page everywhere", sound(), {"*": served(ERROR)}),
    Story("a challenge for every article", sound(), site(lambda number: served(CHALLENGE))),
    Story("one article for all", sound(), site(lambda number: served(text_of(0)))),
    Story("an empty body for every article", sound(), site(lambda number: served(b""))),
    Story("half of every article", sound(), site(lambda number: served(text_of(number)[:500]))),
    Story("one edit, as any site makes it", sound(), first_only(served(text_of(0, EDITED)))),
]


async def tell(story: Story, crawls: Crawls, database: Database) -> dict[str, Any]:
    """Crawl a story's site before and after; return what is said and told of the second crawl."""
    server = Hostile(story.before)
    home = await server.start()
    publisher = ConfiguredPublisher(SiteRules(story.name, home, article_url=r"/a/(?P<id>\d+)\.html$"))
    task = CrawlTask(Channel(story.name, story.name, home, publisher))
    await crawls.crawl(task, lambda tally: None)
    if story.aged:
        with database.write() as connection:
            connection.execute(update(addresses).values(visited_at=datetime.now(UTC) - story.aged))
    server.same = story.same
    server.answers, known = dict(story.after), len(list(queries.events(database, channel=story.name)))
    result = await crawls.crawl(task, lambda tally: None)
    await server.stop()
    told = list(queries.events(database, channel=story.name))
    return {
        "known": known,
        "told": [f"{event.kind} {event.url.rpartition('/')[2]}" for event in told[known:]],
        "said": [problem.what for problem in result.problems],
    }


@implementer(IHostnameResolver)
class Names:
    """Knows no name; a slow one it never answers for."""

    def __init__(self, system: Any) -> None:
        self._system = system

    def resolveHostName(self, receiver: Any, name: str, *rest: Any, **more: Any) -> Any:
        if not name.endswith(".example"):
            return self._system.resolveHostName(receiver, name, *rest, **more)
        receiver.resolutionBegan(None)
        if name != "slow.example":
            receiver.resolutionComplete()
        return receiver


async def fetch(url: str, timeout: float, known: Hosts | None = None) -> str:
    """Fetch a page as a crawl does; return what is said, '' where it was fetched. `known`: robots.txt is obeyed."""
    overrides = {"RETRY_TIMES": 0, "DOWNLOAD_TIMEOUT": timeout, "LOG_LEVEL": "CRITICAL"}
    settings = Options(allow_private_addresses=True, overrides=overrides).settings()
    crawler = AsyncCrawlerRunner(settings).create_crawler(PageSpider)
    meta = {} if known else {"dont_obey_robotstxt": True}
    await crawler.crawl_async(url=url, meta=meta, hosts=known or Hosts())
    spider: Any = crawler.spider
    return "" if spider.page is not None else str(spider.problem)


async def hosts(folder: Path) -> dict[str, str]:
    """What is said of hosts whose name or certificate is not what it should be; `folder` has the certificates."""
    from twisted.internet import reactor as installed

    reactor: Any = installed
    reactor.installNameResolver(Names(reactor.nameResolver))
    found = {name: await fetch(f"http://{name}.example/", BRIEF) for name in ("unknown", "slow")}
    for certificate in sorted(folder.glob("*.pem")):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server = Hostile({"*": served(article("渝南区新增口袋公园"))}, tls=context)
        found[certificate.stem] = await fetch(
            (await server.start()).replace("127.0.0.1", "localhost"), PATIENT
        )
        await server.stop()
    plain = Hostile({"*": served(b"x")})
    found["no TLS"] = await fetch((await plain.start()).replace("http:", "https:"), BRIEF)
    await plain.stop()
    return found


async def rules() -> dict[str, str]:
    """What is said of an allowed and a forbidden page while a site's robots.txt is there, then fails for days."""
    robots = served(b"User-agent: *\nDisallow: /no\n", kind="text/plain")
    out = served(status="503 Service Unavailable")
    server = Hostile({"*": served(article("渝南区新增口袋公园")), "/robots.txt": [robots, out]})
    url, hours = await server.start(), 0.0
    known = Hosts(clock=lambda: hours * 3600)
    found = {}
    for hours in (0.0, 0.9, 2.0, 23.0, 25.0):
        for path in ("yes", "no"):
            found[f"{path} after {hours:g} h"] = await fetch(f"{url}{path}.html", PATIENT, known)
    await server.stop()
    return found


async def work(folder: Path) -> dict[str, Any]:
    """Tell all stories, then ask the hosts, the last for days."""
    database = Database.open(f"sqlite:///{folder}/trouble.db")
    overrides = {"DOWNLOAD_TIMEOUT": PATIENT, "RETRY_TIMES": 0, "LOG_LEVEL": "CRITICAL"}
    crawls = Crawls(database, Options(allow_private_addresses=True, overrides=overrides))
    stories = {story.name: await tell(story, crawls, database) for story in STORIES}
    await crawls.close()
    return {"stories": stories, "hosts": await hosts(folder), "rules": await rules()}


if __name__ == "__main__":
    print(json.dumps(in_reactor(lambda: work(Path(sys.argv[1])))))
