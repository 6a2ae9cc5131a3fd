"""A replica in the test's own process: `with Replica(seed=7, articles=60) as replica: …`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .cache import CACHE_BYTES
from .control import Calls, call, settings_of
from .server import Application
from .site import Settings
from .timeline import Timeline, load, parse
from .world import World

TimelineLike = Timeline | str | Path | Mapping[str, Any] | Iterable[Mapping[str, Any]] | None


def timeline_of(given: TimelineLike) -> Timeline:
    """Take a timeline as a file's path, as its content, or as a list of steps. Raises TimelineError."""
    if given is None:
        return Timeline()
    if isinstance(given, Timeline):
        return given
    return load(given) if isinstance(given, (str, Path)) else parse(given)


class Replica(Calls):
    """Serves the channels from a thread with an event loop of its own; all calls are carried out there.

    `speed` None: the clock moves by `advance` alone; else it follows real time, so many times as fast.
    `settings` are the attributes of `site.Settings`, such as weight=40_000 or churn_changes_etag=False.
    """

    def __init__(
        self,
        seed: int | None = None,
        articles: int | None = None,
        timeline: TimelineLike = None,
        channels: Sequence[str] | None = None,
        *,
        columns: Sequence[int] | None = None,
        port: int = 0,
        speed: float | None = None,
        gzip: bool = False,
        cache_bytes: int = CACHE_BYTES,
        **settings: Any,
    ) -> None:
        played = timeline_of(timeline)
        chosen = settings_of(played, seed, articles, channels)
        if columns is not None:
            chosen["columns"] = columns
        self.world = World.build(played, chosen, Settings(**settings), speed)
        self._application = Application(self.world, gzipped=gzip, cache_bytes=cache_bytes)
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="replica", daemon=True)
        self._urls = {}

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._urls = self._in_loop(self._application.start(port=self._port))
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._in_loop(self._application.stop())
        self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _in_loop(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _call(self, name: str, /, **arguments: Any) -> Any:
        async def work() -> Any:
            return call(self.world, name, arguments)

        return self._in_loop(work())
