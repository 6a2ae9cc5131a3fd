"""Log lines as they leave the crawling process: values that its parent makes records of again."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

import msgspec

from storage.context import NAMES, Id, work_in_hand


class LogLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line: when (seconds since 1970), how grave, whose, the words, what it is about, a traceback."""

    at: float
    level: int
    logger: str
    words: str
    about: dict[str, Id] = {}
    trace: str = ""

    @classmethod
    def of(cls, record: logging.LogRecord) -> LogLine:
        """Put a record into a line."""
        try:
            words = record.getMessage()
        except (TypeError, ValueError):  # arguments that do not fit, somewhere in a library
            words = str(record.msg)
        return cls(record.created, record.levelno, record.name, words, ids_of(record), trace_of(record))

    def record(self) -> logging.LogRecord:
        """Make a record of it in another process."""
        made = logging.LogRecord(self.logger, self.level, "", 0, self.words, None, None)
        made.created, made.msecs = self.at, self.at % 1 * 1000
        made.__dict__.update(self.about)
        made.exc_text = self.trace or None
        return made


def ids_of(record: logging.LogRecord) -> dict[str, Id]:
    """What a record is about: by its own words, its spider's, and by what was worked on."""
    found = dict(work_in_hand())
    spider = record.__dict__.get("spider")
    if spider is not None:
        task, run = getattr(spider, "task", None), getattr(spider, "run_id", None)
        said = {"channel": task.channel.name if task else None, "run": run}
        found.update({name: value for name, value in said.items() if value is not None})
    own = ((name, record.__dict__.get(name)) for name in NAMES)
    found.update({name: value for name, value in own if isinstance(value, str | int)})
    return {name: found[name] for name in NAMES if name in found}


def trace_of(record: logging.LogRecord) -> str:
    """The traceback of a record, '' where it has none."""
    if record.exc_text:
        return record.exc_text
    if record.exc_info and record.exc_info[0] is not None:
        return "".join(traceback.format_exception(*record.exc_info)).rstrip()
    return ""


class Forwarding(logging.Handler):
    """Hands every line on, instead of writing it."""

    def __init__(self, say: Callable[[LogLine], None]) -> None:
        super().__init__()
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        """Hand one line on."""
        try:
            self._say(LogLine.of(record))
        except Exception:
            self.handleError(record)
