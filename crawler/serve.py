"""The crawling process: orders come in on stdin, results go out on stdout, one JSON document a line.

Several orders are carried out at once. While it lives it gives a sign of life every few seconds. It lives as
long as its parent: when stdin closes it stops, as after SIGTERM, with the pages in hand finished.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import msgspec

from crawler.archive import ArchivePlace
from crawler.loglines import Forwarding, LogLine
from crawler.run import Crawls, Options, in_reactor
from crawler.sites import channel as channel_named
from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.model import Channel, Rendering, SiteRules
from crawler.task import CrawlResult, CrawlTask, Tally
from storage.context import working_on
from storage.database import Database
from storage.decide import Policy
from storage.records import HostMemory, OrderProgress

#: Seconds between two signs of life.
HEARTBEAT = 2.0
#: Seconds between two words on how far an order is.
TELL = 0.5
#: Seconds that the pages in hand may take at the end.
LAST = 8.0


class Start(msgspec.Struct, frozen=True):
    """The first line: the store, and what all crawls share. `spent`: host → requests of the last hour."""

    database_url: str
    requests_per_hour: float | None = None
    allow_private_addresses: bool = False
    spent: dict[str, int] = msgspec.field(default_factory=dict)
    archive: ArchivePlace | None = None
    log_level: int = logging.WARNING


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """A further line: the order of this number is to stop; the pages in hand are finished."""

    number: int


class ChannelWords(msgspec.Struct, frozen=True):
    """A channel as values, so that the crawling process needs no config; `site` is None for a built-in one."""

    name: str
    home: str
    columns: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    label: str = ""
    rendering: Rendering | None = None
    site: SiteRules | None = None

    @classmethod
    def of(cls, channel: Channel) -> ChannelWords:
        """Put a channel into words."""
        publisher = channel.publisher
        return cls(
            name=channel.name,
            home=channel.home,
            columns=channel.columns,
            feeds=channel.feeds,
            sitemaps=channel.sitemaps,
            label=channel.label,
            rendering=channel.rendering,
            site=publisher.site if isinstance(publisher, ConfiguredPublisher) else None,
        )

    def channel(self) -> Channel:
        """Read a channel from its words. Raises ConfigError for a built-in one that is not known here."""
        publisher = (
            channel_named(self.name).publisher if self.site is None else ConfiguredPublisher(self.site)
        )
        return Channel(
            name=self.name,
            label=self.label,
            home=self.home,
            publisher=publisher,
            columns=self.columns,
            feeds=self.feeds,
            sitemaps=self.sitemaps,
            rendering=self.rendering,
        )


class Order(msgspec.Struct, frozen=True, tag="order"):
    """A further line: one crawl of one channel, under a number of the sender's."""

    number: int
    channel: ChannelWords
    urls: tuple[str, ...]
    follow: bool
    revisit_seconds: float
    removal_visits: int
    removal_seconds: float
    host: HostMemory | None = None

    @classmethod
    def of(cls, number: int, task: CrawlTask) -> Order:
        """Put a task into words."""
        return cls(
            number=number,
            channel=ChannelWords.of(task.channel),
            urls=task.urls,
            follow=task.follow,
            revisit_seconds=task.revisit_for.total_seconds(),
            removal_visits=task.policy.removal_visits,
            removal_seconds=task.policy.removal_after.total_seconds(),
            host=task.host,
        )

    def task(self) -> CrawlTask:
        """Read a task from its words."""
        return CrawlTask(
            channel=self.channel.channel(),
            urls=self.urls,
            follow=self.follow,
            revisit_for=timedelta(seconds=self.revisit_seconds),
            policy=Policy(self.removal_visits, timedelta(seconds=self.removal_seconds)),
            host=self.host,
        )


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line back: how far an order is, what it came to, or why it failed; without a number, a sign of life, perhaps
    with a line of the log.
    """

    number: int | None = None
    progress: OrderProgress | None = None
    result: CrawlResult | None = None
    error: str = ""
    log: LogLine | None = None


def encode_line(message: object) -> bytes:
    """One message as one line."""
    return msgspec.json.encode(message) + b"\n"


def decode_answer(line: bytes) -> Answer:
    """Read an answer from its line. Raises msgspec.DecodeError."""
    return msgspec.json.decode(line, type=Answer)


async def serve() -> None:
    """Carry out orders until stdin closes or SIGTERM comes."""
    say = _speaker()
    reader = await _stdin()
    line = await reader.readline()
    if not line:
        return
    start = msgspec.json.decode(line, type=Start)
    _send_log(say, start.log_level)
    database = Database.open(start.database_url)
    crawls = Crawls(
        database,
        Options(start.requests_per_hour, start.allow_private_addresses, start.spent, archive=start.archive),
    )
    beating = asyncio.ensure_future(_beat(say))
    going: set[asyncio.Future[None]] = set()
    try:
        tasks: dict[int, CrawlTask] = {}
        while line := await reader.readline():
            said = msgspec.json.decode(line, type=Order | Cancel)
            if isinstance(said, Cancel):
                work = asyncio.ensure_future(_cancel(crawls, tasks.get(said.number)))
            else:
                tasks[said.number] = said.task()
                work = asyncio.ensure_future(_obey(crawls, said.number, tasks, say))
            going.add(work)
            work.add_done_callback(going.discard)
        await _finish(crawls, going)
    finally:
        beating.cancel()
        await crawls.close()
        database.close()


async def _finish(crawls: Crawls, going: set[asyncio.Future[None]]) -> None:
    """Finish the pages in hand; a page that does not come must not keep a process without a parent alive."""
    stopping = asyncio.ensure_future(crawls.stop())
    if going:
        _, late = await asyncio.wait(going, timeout=LAST)
        if late:
            os._exit(1)
    await stopping


async def _stdin() -> asyncio.StreamReader:
    """Read stdin without blocking; SIGTERM ends it."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    loop.add_signal_handler(signal.SIGTERM, reader.feed_eof)
    loop.add_signal_handler(signal.SIGINT, lambda: None)  # the parent decides
    return reader


def _speaker() -> Callable[[Answer], None]:
    """Keep stdout for answers alone: whatever else is printed in this process goes to stderr."""
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def say(answer: Answer) -> None:
        try:
            channel.write(encode_line(answer))
            channel.flush()
        except BrokenPipeError:
            pass  # the parent is gone: stdin ends, too

    return say


def _send_log(say: Callable[[Answer], None], level: int) -> None:
    """Hand every line of the log to the parent, which knows where it belongs."""
    root = logging.getLogger()
    root.addHandler(Forwarding(lambda line: say(Answer(log=line))))
    root.setLevel(level)
    if level > logging.DEBUG:
        logging.getLogger("scrapy").setLevel(max(level, logging.WARNING))  # its INFO is about itself
    logging.captureWarnings(True)


async def _obey(
    crawls: Crawls, number: int, tasks: dict[int, CrawlTask], say: Callable[[Answer], None]
) -> None:
    try:
        with working_on(channel=tasks[number].channel.name):
            result = await crawls.crawl(tasks[number], _teller(number, say))
    except Exception as error:
        say(Answer(number, error=f"{type(error).__name__}: {error}"))
    else:
        say(Answer(number, result=result))
    finally:
        del tasks[number]


async def _cancel(crawls: Crawls, task: CrawlTask | None) -> None:
    if task is not None:  # else it has ended by itself
        await crawls.stop(task)


def _teller(number: int, say: Callable[[Answer], None]) -> Callable[[Tally], None]:
    """Tell how far an order is, not too often."""
    last = 0.0

    def tell(tally: Tally) -> None:
        nonlocal last
        if (now := time.monotonic()) - last >= TELL:
            last = now
            say(
                Answer(number, progress=OrderProgress(tally.queued, tally.done, tuple(tally.changes.items())))
            )

    return tell


async def _beat(say: Callable[[Answer], None]) -> None:
    while True:
        say(Answer())
        await asyncio.sleep(HEARTBEAT)


if __name__ == "__main__":
    in_reactor(serve)
