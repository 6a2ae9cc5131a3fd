"""Keep rendered answers: the most used in memory, the rest in a temporary file, so that a large site is
served fast.
"""

from __future__ import annotations

import os
import tempfile
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime

CACHE_BYTES = 256 * 1024 * 1024
Key = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Answer:
    """A page ready to be sent; it stands while the world's revision is `revision`."""

    revision: int
    status: int
    headers: dict[str, str]
    body: bytes
    etag: str = ""
    modified: datetime | None = None


class Cache:
    """Answers by channel, path and whether gzipped; bodies beyond `limit` bytes go to a file, and are read
    from there.
    """

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self._limit, self._size, self._end = limit, 0, 0
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._spilled: dict[Key, tuple[Answer, int, int]] = {}
        self._file = tempfile.TemporaryFile(prefix="replica-")  # noqa: SIM115 -- closed by `close`

    def get(self, key: Key, revision: int) -> Answer | None:
        """Return the answer kept for a key, if it was made at this revision of the world."""
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
            return answer if answer.revision == revision else None
        spilled = self._spilled.get(key)
        if spilled is None or spilled[0].revision != revision:
            return None
        answer, offset, size = spilled
        return replace(answer, body=os.pread(self._file.fileno(), size, offset))

    def put(self, key: Key, answer: Answer) -> None:
        """Keep an answer in memory, and move the least used out."""
        old = self._answers.pop(key, None)
        self._spilled.pop(key, None)
        self._size += len(answer.body) - (len(old.body) if old else 0)
        self._answers[key] = answer
        while self._size > self._limit and len(self._answers) > 1:
            self._spill(*self._answers.popitem(last=False))

    def _spill(self, key: Key, answer: Answer) -> None:
        size = len(answer.body)
        os.pwrite(self._file.fileno(), answer.body, self._end)
        self._spilled[key] = (replace(answer, body=b""), self._end, size)
        self._end += size
        self._size -= size

    def close(self) -> None:
        """Give the file back."""
        self._file.close()
