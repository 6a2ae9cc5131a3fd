"""PURE: a log record as a line for people or as a line of JSON, secrets hidden."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from crawler.loglines import LogLine

_Mask = Callable[[str], str]


class TextLines(logging.Formatter):
    """Words for people; with `dated`, time (UTC), level and logger before them. A traceback follows in lines."""

    def __init__(self, mask: _Mask, *, dated: bool) -> None:
        super().__init__()
        self._mask = mask
        self._dated = dated

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = LogLine.of(record)
        words = line.words
        if self._dated:
            words = f"{_time(line.at)} {logging.getLevelName(line.level)} {line.logger}: {words}"
        return self._mask(f"{words}\n{line.trace}" if line.trace else words)


class JsonLines(logging.Formatter):
    """One JSON object a line: time (RFC 3339, UTC), level, logger, message, what it is about, trace."""

    def __init__(self, mask: _Mask) -> None:
        super().__init__()
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = LogLine.of(record)
        said: dict[str, str | int] = {
            "time": _time(line.at),
            "level": logging.getLevelName(line.level).lower(),
            "logger": line.logger,
            "message": self._mask(line.words),
        }
        for name, value in line.about.items():
            said[name] = self._mask(value) if isinstance(value, str) else value
        if line.trace:
            said["trace"] = self._mask(line.trace)
        return json.dumps(said, ensure_ascii=False)


def _time(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
