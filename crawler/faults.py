"""What goes wrong inside a crawl and is no page's fault: said once in its result, however many pages it befalls."""

from __future__ import annotations

import logging

from crawler.task import Tally
from storage.errors import NewsdeltaError

#: What a person can do about a fault of ours.
REPORT = "Nothing was stored of what it befell, and it is tried again; please report it"


def _is_unknown(record: logging.LogRecord) -> bool:
    """Whether a log line tells of a fault that needs its traceback: errors of ours say all in their words."""
    return not (record.exc_info and isinstance(record.exc_info[1], NewsdeltaError))


# What Scrapy would log of each page, the crawl's result says once.
for _name in ("scrapy.core.engine", "scrapy.core.scraper", "scrapy.utils.signal"):
    logging.getLogger(_name).addFilter(_is_unknown)


class Faults:
    """Notes the faults of one crawl as its problems."""

    def __init__(self, tally: Tally, home: str) -> None:
        self._tally = tally
        self._home = home
        self._noted: set[str] = set()

    def note(self, error: BaseException | None) -> None:
        """Note what was raised; what was noted before is not said again."""
        if isinstance(error, NewsdeltaError):
            subject, what, mend = error.subject or self._home, error.message, error.mend
        else:
            subject, what, mend = self._home, f"A fault of ours: {type(error).__name__}", REPORT
        if what not in self._noted:
            self._noted.add(what)
            self._tally.problem(subject, what, mend)
