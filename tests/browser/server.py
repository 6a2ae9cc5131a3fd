"""The pages, served from a thread of the test's process at a clock that stands still."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self

from scheduler.config import Config
from scheduler.web.server import listen, serve_site, site_for
from storage.database import Database
from tests.integration.web.conftest import no_test


class PageServer:
    """`with PageServer(config, now) as served: …` Real uvicorn on a free port; `base` is its address."""

    def __init__(self, config: Config, now: datetime) -> None:
        self._config = config
        self._now = now
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="pages")

    def __enter__(self) -> Self:
        self.database = Database.open(self._config.database_url)
        site = site_for(lambda: self._config, self.database, no_test)
        self._site = replace(site, now=lambda: self._now)
        self.token = self._config.web.token_file.read_text().strip()
        self._taken = listen(site.settings)
        self.base = f"http://127.0.0.1:{self._taken.getsockname()[1]}"
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()
        self.database.close()

    def _run(self) -> None:
        self._loop.run_until_complete(serve_site(self._site, self._taken, self._stop))
