"""The crawling process: tasks come in on stdin, results go out on stdout, one JSON document a line.

It lives as long as its parent: when stdin closes it stops, as after SIGTERM, with the pages in hand finished.
"""

from __future__ import annotations

import asyncio
import dataclasses
import signal
import sys
from datetime import timedelta

import msgspec

from crawler.run import Crawls, Options, in_reactor
from crawler.sites import channel as channel_named
from crawler.task import CrawlResult, CrawlTask
from storage.database import Database
from storage.decide import Policy


class Start(msgspec.Struct, frozen=True):
    """The first line: the store and what all crawls share."""

    database_url: str
    requests_per_hour: float | None = None
    allow_private_addresses: bool = False


class Order(msgspec.Struct, frozen=True):
    """Any further line: one crawl of one channel."""

    channel: str
    home: str
    columns: tuple[str, ...]
    revisit_seconds: float
    removal_visits: int
    removal_seconds: float

    @classmethod
    def of(cls, task: CrawlTask) -> Order:
        """Put a task into words."""
        return cls(
            channel=task.channel.name,
            home=task.channel.home,
            columns=task.channel.columns,
            revisit_seconds=task.revisit_for.total_seconds(),
            removal_visits=task.policy.removal_visits,
            removal_seconds=task.policy.removal_after.total_seconds(),
        )

    def task(self) -> CrawlTask:
        """Read a task from its words."""
        built_in = channel_named(self.channel)
        return CrawlTask(
            channel=dataclasses.replace(built_in, home=self.home, columns=self.columns),
            revisit_for=timedelta(seconds=self.revisit_seconds),
            policy=Policy(self.removal_visits, timedelta(seconds=self.removal_seconds)),
        )


def encode_line(message: object) -> bytes:
    """One message as one line."""
    return msgspec.json.encode(message) + b"\n"


def decode_result(line: bytes) -> CrawlResult:
    """Read a result from its line. Raises msgspec.ValidationError."""
    return msgspec.json.decode(line, type=CrawlResult)


async def serve() -> None:
    """Do orders until stdin closes or SIGTERM comes."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    start = msgspec.json.decode(await reader.readline(), type=Start)
    database = Database.open(start.database_url)
    crawls = Crawls(database, Options(start.requests_per_hour, start.allow_private_addresses))
    endings: list[asyncio.Future[None]] = []

    def stop() -> None:
        reader.feed_eof()
        endings.append(asyncio.ensure_future(crawls.stop()))

    loop.add_signal_handler(signal.SIGTERM, stop)
    loop.add_signal_handler(signal.SIGINT, lambda: None)  # the parent decides
    try:
        while line := await reader.readline():
            current = asyncio.ensure_future(_obey(crawls, line))
            ended = asyncio.ensure_future(_wait_for_end(reader))
            await asyncio.wait({current, ended}, return_when=asyncio.FIRST_COMPLETED)
            if ended.done() and not current.done():
                await crawls.stop()
            ended.cancel()
            await current
    finally:
        database.close()


async def _obey(crawls: Crawls, line: bytes) -> None:
    order = msgspec.json.decode(line, type=Order)
    result = await crawls.crawl(order.task(), lambda tally: None)
    sys.stdout.buffer.write(encode_line(result))
    sys.stdout.buffer.flush()


async def _wait_for_end(reader: asyncio.StreamReader) -> None:
    """Return when the parent is gone."""
    while not reader.at_eof():
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    in_reactor(serve)
