"""Feeds damaged at random, read: none may crash the reader, hold it up or fill the memory.

    python -m tests.quality.mutations [COUNT]      COUNT damaged feeds (10,000), seeded: the same ones every time

Each starts from one of our own feeds and suffers one to six accidents: bytes changed, cut out, doubled, moved,
cut off; tags of feeds, entities and control characters put in; another encoding, another declaration; packed and cut.
"""

from __future__ import annotations

import gzip
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from crawler.sources import read_source
from tests.unit.crawler.sources.samples import SAMPLES

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
#: CPU seconds that no damaged feed of some kilobytes may cost.
MOST_SECONDS = 2.0
_PIECES = (
    *(
        b"<item>",
        b"</item>",
        b"<entry>",
        b"</channel>",
        b"<![CDATA[",
        b"]]>",
        b"<!--",
        b"-->",
        b"<?xml version='1.1'?>",
    ),
    *(
        b"&",
        b"&amp;amp;",
        b"&#0;",
        b"&#xFFFFFFFF;",
        b"&nope;",
        b"\0",
        b"\x1b",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x81",
    ),
    *(
        b'<!DOCTYPE rss [<!ENTITY x "y">]>',
        b"<html>",
        b"<a href='",
        b"<loc>",
        b"<urlset>",
        b"{",
        b"}",
        b'"',
        b"[" * 2000,
    ),
    *(
        b"<x>" * 500,
        b"<pubDate>99999-99-99T99:99:99Z</pubDate>",
        b"<link>http://[</link>",
        b" " * 3000,
        b"<" * 1000,
    ),
)
_CODECS = ("gb18030", "big5", "utf-16", "utf-32", "utf-7", "cp1252")


@dataclass
class Tally:
    """What came out: kinds read, the most CPU seconds for one, and each crash with its seed."""

    read: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, int] = (0.0, -1)
    crashes: list[str] = field(default_factory=list)


def measure(count: int, first: int = 0) -> Tally:
    """Read so many damaged feeds."""
    tally = Tally()
    for seed in range(first, first + count):
        body, header = damaged(seed)
        started = time.process_time()
        try:
            found = read_source(
                body, header, "https://yuzhou.example/rss.xml", now=NOW, time_zone="Asia/Shanghai"
            )
            tally.read[found.kind if found else "none"] += 1
        except Exception as error:
            tally.crashes.append(f"seed {seed}: {error!r}")
        tally.slowest = max(tally.slowest, (time.process_time() - started, seed))
    return tally


def damaged(seed: int) -> tuple[bytes, str | None]:
    """The damaged feed of a seed, and the content type it comes with."""
    chance = random.Random(seed)
    body = chance.choice(SAMPLES).encode()
    for _ in range(chance.randint(1, 6)):
        body = chance.choice(ACCIDENTS)(body, chance)
    header = chance.choice(
        (None, "text/xml", "text/xml; charset=gbk", "application/rss+xml; charset=nope", "text/plain")
    )
    return body, header


def _change(body: bytes, chance: random.Random) -> bytes:
    found = bytearray(body)
    for _ in range(chance.randint(1, 20)):
        if found:
            found[chance.randrange(len(found))] = chance.randrange(256)
    return bytes(found)


def _span(body: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randint(0, len(body))
    return start, min(len(body), start + chance.randint(1, 200))


def _cut_out(body: bytes, chance: random.Random) -> bytes:
    start, end = _span(body, chance)
    return body[:start] + body[end:]


def _double(body: bytes, chance: random.Random) -> bytes:
    start, end = _span(body, chance)
    return body[:end] + body[start:end] * chance.choice((1, 3, 50)) + body[end:]


def _move(body: bytes, chance: random.Random) -> bytes:
    start, end = _span(body, chance)
    rest, place = body[:start] + body[end:], chance.randint(0, len(body) - (end - start))
    return rest[:place] + body[start:end] + rest[place:]


def _cut_off(body: bytes, chance: random.Random) -> bytes:
    return body[: chance.randint(0, len(body))]


def _put_in(body: bytes, chance: random.Random) -> bytes:
    place = chance.randint(0, len(body))
    return body[:place] + chance.choice(_PIECES) + body[place:]


def _recode(body: bytes, chance: random.Random) -> bytes:
    return body.decode("utf-8", "replace").encode(chance.choice(_CODECS), "replace")


def _declare(body: bytes, chance: random.Random) -> bytes:
    return body.replace(b"utf-8", chance.choice((b"gb2312", b"big5", b"utf-16", b"x-nope", b"")), 1)


def _pack(body: bytes, chance: random.Random) -> bytes:
    packed = gzip.compress(body)
    return packed if chance.random() < 0.5 else packed[: chance.randint(0, len(packed))]


ACCIDENTS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_change, _cut_out, _double, _move, _cut_off, _put_in, _put_in, _recode, _declare, _pack),
)


def main(count: int) -> None:
    """Print what came out; exit 1 where a feed crashed the reader or held it up."""
    tally = measure(count)
    print(
        f"{count} damaged feeds: {len(tally.crashes)} crashes; the slowest took {tally.slowest[0]:.2f} s of CPU"
    )
    print(*(f"  {kind:8} {number}" for kind, number in tally.read.most_common()), *tally.crashes, sep="\n")
    sys.exit(bool(tally.crashes) or tally.slowest[0] > MOST_SECONDS)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
