"""The looking process: a task in on stdin, what is seen and found out on stdout, one JSON document a line.

It looks at one site, to add it or to check a channel's pages. It lives as long as who asked: when stdin closes, it
ends.
"""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import replace

import msgspec

from crawler.render.ask import browser_meta
from crawler.serve import ChannelWords
from crawler.survey import Seen
from crawler.surveying import look_at
from scheduler.adding import row_of
from scheduler.checking import CheckedPage, check
from scheduler.web.looks import Found, SeenPage, Task, Word
from storage.errors import NewsdeltaError


def main() -> None:
    """Carry out the one task."""
    task = msgspec.json.decode(sys.stdin.buffer.readline(), type=Task)
    threading.Thread(target=_end_with_asker, daemon=True).start()
    try:
        last = _survey(task) if task.channel is None else _check(task, task.channel)
    except NewsdeltaError as error:
        last = Word(error=str(error))
    _say(last)


def _survey(task: Task) -> Word:
    """Look at a site to add it. Raises NewsdeltaError."""

    def tell(seen: Seen) -> None:
        what = seen.problem or str(seen.status)
        _say(Word(seen=SeenPage(seen.want.url, what[:200], seen.want.rendered)))

    finding = look_at(
        task.home, task.now, allow_private_addresses=task.allow_private_addresses, listener=tell
    )
    rows = tuple(map(row_of, finding.samples))
    return Word(found=Found(replace(finding, samples=()), rows))


def _check(task: Task, words: ChannelWords) -> Word:
    """Check the pages of a channel. Raises NewsdeltaError."""
    channel, allowed = words.channel(), task.allow_private_addresses

    def tell(page: CheckedPage) -> None:
        rendered = bool(browser_meta(channel.rendering, listing=page.kind != "article"))
        _say(Word(seen=SeenPage(page.url, (page.problem or "200")[:200], rendered)))

    return Word(checked=check(channel, task.now, allow_private_addresses=allowed, listener=tell))


def _say(word: Word) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(word) + b"\n")
    sys.stdout.buffer.flush()


def _end_with_asker() -> None:
    sys.stdin.buffer.read()
    os._exit(1)  # a browser that it started ends with its pipe


if __name__ == "__main__":
    main()
