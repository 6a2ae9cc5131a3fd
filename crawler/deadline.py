"""Ends what this process computes when it takes more CPU than it may: for pages that are read on the spider's loop.

A timer of the process's CPU time raises `TooSlow` in the work, between two steps of Python's or of its regular
expressions. What a C library does at one call is not interrupted; for pages that are small enough to be read here each
such call takes a fraction of a second (decisions/0015).
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
#: Seconds of CPU that the reading of one page may take: a hundred times what the longest pages of news need.
PAGE_SECONDS = 15.0
#: Seconds of CPU after which it is raised again where the work caught it.
_AGAIN = 0.25


class TooSlow(BaseException):
    """The work took more time than it may. No Exception, as libraries catch those."""


class _Alarm:
    """The handler of the timer's signal: raises while work is going on."""

    armed = False

    def __call__(self, number: int, frame: Any) -> None:
        if self.armed:
            raise TooSlow


@cache
def _alarm() -> _Alarm:
    """The handler, which stays once it is needed: to set it for each page costs more than the timer."""
    alarm = _Alarm()
    signal.signal(signal.SIGPROF, alarm)
    return alarm


def within(seconds: float, work: Callable[..., T], *arguments: Any) -> T:
    """Do `work` in so many seconds of CPU. Raises what it raises, and TooSlow.

    Only the main thread can be interrupted: in any other the work takes the time that it takes.
    """
    if threading.current_thread() is not threading.main_thread():
        return work(*arguments)
    alarm = _alarm()
    try:
        alarm.armed = True
        signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
        try:
            return work(*arguments)
        finally:
            alarm.armed = False
    finally:
        alarm.armed = False
        signal.setitimer(signal.ITIMER_PROF, 0)
