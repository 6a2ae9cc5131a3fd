"""The sites of a family of hostile cases, in a process of their own, so that what they take is not the crawl's.

python -m tests.integration.hostile_serve markup       the first line out: what is where, as JSON; when stdin ends,
                                                       a second one: how often each was asked

Every case has a site of its own (a port of its own), with good pages beside the hostile one. Beside them all listens
one that nobody may ask.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import Any

from tests.integration.hostile_cases import FAMILIES, Case, article, listing
from tests.integration.hostile_pages import CANARY, PAGE_FAMILIES, PageCase
from tests.replica.hostile import Answer, Hostile, Served, served

ALL = {**FAMILIES, **PAGE_FAMILIES}
#: A text whose damage is undone by the words that are loaded for it.
_DAMAGED = "今年新增口袋公园三处，设有儿童游乐区和健身步道，方便附近三个社区的居民。".encode().decode(
    "gb18030", "replace"
)
_ITEM = "<item><title>渝南区新增口袋公园</title><link>/a/1.html</link></item>"


def warm_site() -> dict[str, Answer]:
    """A site that makes both processes load all that they may need for honest ones: damaged text, small and large,
    feeds, small and large.
    """
    small = f"<p>{_DAMAGED}</p>" * 5
    pages = {
        "/a/damaged.html": article("渝南区新增口袋公园", small),
        "/a/large.html": article("渝南区再增口袋公园", small + " " * 300_000),
    }
    feeds = {
        f"/{name}.xml": f"<rss version='2.0'><channel><title>x</title>{_ITEM * times}</channel></rss>".encode()
        for name, times in (("small", 1), ("large", 1000))
    }
    return {
        **Case("warm", served(b""), "stored").site(),
        "/": served(listing(*pages)),
        **{path: served(page) for path, page in pages.items()},
        **{path: served(feed, kind="application/xml") for path, feed in feeds.items()},
    }


def with_canary(what: Answer, canary: bytes) -> Answer:
    """An answer with the address of the listener that nobody may ask in its place."""
    if not isinstance(what, Served):
        return what
    pieces = tuple(one.replace(CANARY, canary) if isinstance(one, bytes) else one for one in what.pieces)
    return Served(pieces, what.ending)


def words_of(case: Case | PageCase, home: str) -> dict[str, Any]:
    """What a crawl must know of a case's site."""
    told: dict[str, Any] = {"name": case.name, "home": home}
    if isinstance(case, PageCase):
        told |= {"columns": case.columns, "feeds": case.feeds, "sitemaps": case.sitemaps}
    return told


async def serve(family: str) -> None:
    """Serve all cases of a family until stdin ends."""
    canary = Hostile({"*": served(b"secret")})
    secret = (await canary.start()).encode()
    warm = Hostile(warm_site())
    cases: Sequence[Case | PageCase] = ALL[family]
    servers = [
        Hostile({path: with_canary(what, secret) for path, what in case.site().items()}) for case in cases
    ]
    told: list[dict[str, Any]] = [
        {"name": "warm", "home": await warm.start(), "feeds": ["/small.xml", "/large.xml"]}
    ]
    told += [words_of(case, await server.start()) for case, server in zip(cases, servers, strict=True)]
    print(json.dumps(told), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    asked = {case.name: server.asked.total() for case, server in zip(cases, servers, strict=True)}
    print(json.dumps({"asked": asked, "canary": canary.connections}), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
