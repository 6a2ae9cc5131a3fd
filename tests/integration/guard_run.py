"""Connections through the guard, in a process of its own: hosts as JSON on stdin, what came of each on stdout."""

# ruff: noqa: N802, N803 - Twisted's names
from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver
from twisted.internet.protocol import Factory, Protocol
from zope.interface import implementer

from crawler.connecting import GuardedEndpoint
from crawler.hosts import Hosts
from crawler.run import Options, in_reactor
from crawler.spiders.page import PageSpider
from tests.replica.hostile import Hostile, served

PUBLIC = "93.184.215.14"
#: What a name stands for: the answers to the first question, to the second …
NAMES = {
    "rebinds.example": [["127.0.0.1"]],
    "one-of-two.example": [[PUBLIC, "127.0.0.1"]],
    "inside.example": [["10.0.0.7"]],
    "inside6.example": [["::1"]],
    "metadata.example": [["169.254.169.254"]],
    "turns.example": [[PUBLIC], ["127.0.0.1"]],
}


@implementer(IHostnameResolver)
class Names:
    """Tells the names above, and asks the system for all others."""

    def __init__(self, system: Any) -> None:
        self._system = system
        self.asked: dict[str, int] = {}

    def resolveHostName(
        self,
        receiver: Any,
        name: str,
        portNumber: int = 0,
        *rest: Any,
        **more: Any,
    ) -> Any:
        if name not in NAMES:
            return self._system.resolveHostName(receiver, name, portNumber, *rest, **more)
        self.asked[name] = self.asked.get(name, 0) + 1
        receiver.resolutionBegan(None)
        for address in NAMES[name][min(self.asked[name], len(NAMES[name])) - 1]:
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, portNumber))
        receiver.resolutionComplete()
        return receiver


async def fetch(host: str, port: int, *, allowed: bool = False) -> str:
    """Fetch a host's home through Scrapy, as a crawl does; return the problem."""
    settings = Options(allow_private_addresses=allowed, overrides={"RETRY_TIMES": 0}).settings()
    runner = AsyncCrawlerRunner(settings)
    crawler = runner.create_crawler(PageSpider)
    meta = {"dont_obey_robotstxt": True}
    await runner.crawl(crawler, url=f"http://{host}:{port}/", meta=meta, hosts=Hosts())
    return str(getattr(crawler.spider, "problem", "no request"))


async def connect_in_turns(reactor: Any, names: Names) -> dict[str, Any]:
    """Connect to a name that is public when it is judged, and private when it is asked for again."""
    connected: list[str] = []
    plain = reactor.connectTCP

    def noted(host: str, *rest: Any, **more: Any) -> Any:
        connected.append(host)
        return plain("127.0.0.1", 9, *rest[1:], **more)  # nothing leaves this machine

    reactor.connectTCP = noted
    try:
        await (
            GuardedEndpoint(reactor, "turns.example", 80, 5)
            .connect(Factory.forProtocol(Protocol))
            .asFuture(asyncio.get_running_loop())
        )
    except Exception:  # nobody listens there; where it went is what counts
        connected.append("") if not connected else None
    finally:
        reactor.connectTCP = plain
    return {"asked": names.asked["turns.example"], "connected": connected}


async def work() -> dict[str, Any]:
    """Try every host."""
    from twisted.internet import reactor as installed

    reactor: Any = installed
    names = Names(reactor.nameResolver)
    reactor.installNameResolver(names)
    listener = Hostile({"*": served(b"inside")})
    await listener.start()
    found: dict[str, Any] = {}
    for host in json.load(sys.stdin):
        before = listener.connections
        try:
            problem = await fetch(host, listener.port)
        except ValueError as error:
            problem = f"cannot be read: {error}"
        found[host] = {"problem": problem, "connections": listener.connections - before}
    before = listener.connections
    await fetch("2130706433", listener.port, allowed=True)
    found["allowed"] = {"connections": listener.connections - before}
    found["public first, private second"] = await connect_in_turns(reactor, names)
    await listener.stop()
    return found


if __name__ == "__main__":
    print(json.dumps(in_reactor(work)))
