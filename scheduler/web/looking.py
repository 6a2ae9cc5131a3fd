"""The looking process: a site's address in on stdin, what is seen and found out on stdout, one JSON document a line.

It looks at one site. It lives as long as who asked: when stdin closes, it ends.
"""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import replace

import msgspec

from crawler.survey import Seen
from crawler.surveying import look_at
from scheduler.adding import row_of
from scheduler.web.looks import Found, SeenPage, Task, Word
from storage.errors import NewsdeltaError


def main() -> None:
    """Carry out the one task."""
    task = msgspec.json.decode(sys.stdin.buffer.readline(), type=Task)
    threading.Thread(target=_end_with_asker, daemon=True).start()
    try:
        finding = look_at(
            task.home, task.now, allow_private_addresses=task.allow_private_addresses, listener=_tell
        )
    except NewsdeltaError as error:
        _say(Word(error=str(error)))
        return
    rows = tuple(map(row_of, finding.samples))
    _say(Word(found=Found(replace(finding, samples=()), rows)))


def _tell(seen: Seen) -> None:
    what = seen.problem or str(seen.status)
    _say(Word(seen=SeenPage(seen.want.url, what[:200], seen.want.rendered)))


def _say(word: Word) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(word) + b"\n")
    sys.stdout.buffer.flush()


def _end_with_asker() -> None:
    sys.stdin.buffer.read()
    os._exit(1)  # a browser that it started ends with its pipe


if __name__ == "__main__":
    main()
