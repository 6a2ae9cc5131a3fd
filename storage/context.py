"""PURE: what is being worked on (channel, run, article …), for whoever writes a log line about it.

Known to all that is called, and to the asyncio tasks that are started, within `working_on`; not to other threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

Id = str | int
#: The names of what a log line may be about, in the order in which they are written.
NAMES = ("channel", "host", "run", "order", "article", "event", "url", "delivery", "destination", "worker")

_now: ContextVar[Mapping[str, Id]] = ContextVar("working on", default={})  # noqa: B039 - never changed


@contextmanager
def working_on(**ids: Id) -> Iterator[None]:
    """Say what all that happens inside is about; what was said outside still holds."""
    token = _now.set({**_now.get(), **ids})
    try:
        yield
    finally:
        _now.reset(token)


def work_in_hand() -> Mapping[str, Id]:
    """What is being worked on here, by the names of `NAMES`."""
    return _now.get()
