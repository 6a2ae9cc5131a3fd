"""Serve one small site over HTTP from a thread: `with Serving(make_site("table")) as served: served.url`."""

from __future__ import annotations

import asyncio
import threading
from hashlib import blake2b
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from .model import Site


class Serving:
    """A site behind an address of its own. `requests` are the paths asked for, in order; `robots` replaces the
    site's robots.txt.
    """

    def __init__(self, site: Site, *, robots: str | None = None) -> None:
        self.site, self.robots = site, robots
        self.requests: list[str] = []
        self.base = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="make", daemon=True)
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str:
        """The address of the home page, with a slash at the end."""
        return self.base + "/"

    def truth(self) -> dict[str, Any]:
        """What a perfect reader knows of the site."""
        return self.site.truth(self.base)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _start(self) -> None:
        runner = self._runner = web.ServerRunner(web.Server(self._handle, access_log=None))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def _stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path_qs
        self.requests.append(path)
        if path == "/robots.txt" and self.robots is not None:
            return web.Response(text=self.robots)
        reply = self.site.reply(path, self.base)
        if reply.location:
            return web.Response(status=302, headers={"Location": reply.location})
        etag = f'"{blake2b(reply.body, digest_size=8).hexdigest()}"'
        if reply.status == 200 and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        headers = {"Content-Type": reply.content_type, "ETag": etag}
        return web.Response(status=reply.status, body=reply.body, headers=headers)

    def _wait(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def __enter__(self) -> Self:
        self._thread.start()
        self._wait(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wait(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
