"""Serve a world over HTTP with aiohttp: pages with validators, faults on the wire, the request log, the
control address.
"""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from .cache import CACHE_BYTES, Answer, Cache
from .control import CONTROL_PATH, answer_call
from .faults import Fault
from .site import Page
from .world import Request, World

HUGE = 50 * 1024 * 1024
CHUNK = 64 * 1024


class Application:
    """One listening address for each channel, all on one world. Lives in one event loop."""

    def __init__(self, world: World, *, gzipped: bool = False, cache_bytes: int = CACHE_BYTES) -> None:
        self.world = world
        self._gzipped = gzipped
        self._cache = Cache(cache_bytes)
        self._runners: list[web.ServerRunner] = []

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> dict[str, str]:
        """Listen, the channels on ports one after another (each a free one for port 0); return their
        addresses.
        """
        urls = {}
        for index, (name, channel) in enumerate(self.world.site.channels.items()):
            runner = web.ServerRunner(web.Server(self._handler(name), access_log=None))
            await runner.setup()
            self._runners.append(runner)
            await web.TCPSite(runner, host, port + index if port else 0, backlog=512).start()
            bound = runner.addresses[0][1]
            channel.base = f"http://{host}:{bound}"
            urls[name] = channel.base + "/"
        self.world.start_clock()
        return urls

    async def stop(self) -> None:
        """Stop listening and drop the connections."""
        for runner in self._runners:
            await runner.cleanup()
        self._cache.close()

    def prerender(self) -> None:
        """Make every article's page now, so that none has to be made while requests wait."""
        for name, channel in self.world.site.channels.items():
            for number in channel.numbers():
                self._answer(name, channel.item(number).path, self._gzipped)

    def _handler(self, channel: str) -> Any:
        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            return await self._handle(channel, request)

        return handle

    async def _handle(self, channel: str, request: web.BaseRequest) -> web.StreamResponse:
        path = request.rel_url.raw_path
        if path == CONTROL_PATH:
            return await self._control(request)
        now = self.world.now()
        fault = self.world.faults.hit(channel, path, now)
        if fault is not None:
            return await self._faulty(channel, path, request, fault, now)
        return self._respond(channel, path, request, now)

    async def _control(self, request: web.BaseRequest) -> web.StreamResponse:
        status, content = answer_call(self.world, await request.read())
        return web.Response(status=status, body=content, content_type="application/json")

    def _respond(
        self,
        channel: str,
        path: str,
        request: web.BaseRequest,
        now: float,
        headers: dict[str, str] | None = None,
    ) -> web.StreamResponse:
        """Answer as the site does when all is well."""
        sent = request.headers
        answer = self._answer(channel, path, self._gzipped and "gzip" in sent.get("Accept-Encoding", ""))
        conditional = "If-None-Match" in sent or "If-Modified-Since" in sent
        if conditional and answer.status == 200 and _unchanged(sent, answer):
            kept = {key: value for key, value in answer.headers.items() if key in ("ETag", "Last-Modified")}
            self._note(channel, path, request, 304, 0, now)
            return web.Response(status=304, headers=kept)
        if request.method not in ("GET", "HEAD"):
            self._note(channel, path, request, 405, 0, now)
            return web.Response(status=405)
        self._note(channel, path, request, answer.status, len(answer.body), now)
        return web.Response(
            status=answer.status, body=answer.body, headers={**answer.headers, **(headers or {})}
        )

    def _answer(self, channel: str, path: str, gzipped: bool) -> Answer:
        """Return what lies at a path, from the cache while nothing in the world has changed since."""
        key = (channel, path, gzipped)
        revision = self.world.revision
        kept = self._cache.get(key, revision)
        if kept is not None:
            return kept
        page = self.world.site.channels[channel].page(unquote(path))
        answer = self._made(page, channel, gzipped, revision)
        self._cache.put(key, answer)
        return answer

    def _made(self, page: Page, channel: str, gzipped: bool, revision: int) -> Answer:
        body = page.make()
        headers = {"Content-Type": page.content_type, "Vary": "Accept-Encoding"}
        if gzipped:
            body = gzip.compress(body, 6, mtime=0)
            headers["Content-Encoding"] = "gzip"
        if page.location:
            headers["Location"] = page.location
        validators = self.world.site.channels[channel].settings.validators
        etag, modified = "", None
        if page.status == 200 and page.version and validators in ("both", "etag"):
            digest = blake2b(f"{channel}/{page.version}/{gzipped}".encode(), digest_size=8).hexdigest()
            etag = headers["ETag"] = f'"{digest}"'
        if page.status == 200 and page.modified and validators in ("both", "last-modified"):
            modified = page.modified.replace(microsecond=0)
            headers["Last-Modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
        return Answer(revision, page.status, headers, body, etag, modified)

    def _note(
        self, channel: str, path: str, request: web.BaseRequest, status: int, size: int, now: float
    ) -> None:
        sent = request.headers
        conditional = "If-None-Match" in sent or "If-Modified-Since" in sent
        agent = sent.get("User-Agent", "")
        self.world.log.append(
            Request(now, channel, request.method, request.path_qs, status, size, agent, conditional)
        )

    async def _faulty(
        self, channel: str, path: str, request: web.BaseRequest, fault: Fault, now: float
    ) -> web.StreamResponse:
        """Answer as a fault makes the site answer."""
        options = fault.options
        if fault.kind in ("outage", "status"):
            status = options.get("code", 503)
            headers = {"Retry-After": str(options["retry_after"])} if "retry_after" in options else {}
            body = f"<html><body><h1>{status}</h1></body></html>".encode()
            self._note(channel, path, request, status, len(body), now)
            return web.Response(status=status, body=body, headers=headers, content_type="text/html")
        if fault.kind == "slow":
            await asyncio.sleep(options.get("seconds", 2.0))
            return self._respond(channel, path, request, now)
        if fault.kind == "charset-lie":
            lie = {"Content-Type": f"text/html; charset={options.get('charset', 'iso-8859-1')}"}
            return self._respond(channel, path, request, now, lie)
        if fault.kind == "empty-body":
            self._note(channel, path, request, 200, 0, now)
            return web.Response(status=200, body=b"", content_type="text/html")
        return await self._broken(channel, path, request, fault, now)

    async def _broken(
        self, channel: str, path: str, request: web.BaseRequest, fault: Fault, now: float
    ) -> web.StreamResponse:
        """Break the connection, at once or inside the body, or send far more than a page."""
        transport = request.transport
        if fault.kind == "reset":
            self._note(channel, path, request, 0, 0, now)
            if transport is not None:
                transport.abort()
            return web.Response(status=503)
        if fault.kind == "huge":
            return await self._huge(channel, path, request, fault.options.get("size", HUGE), now)
        answer = self._answer(channel, path, False)
        response = web.StreamResponse(status=200, headers=answer.headers)
        response.content_length = len(answer.body)
        response.force_close()
        await response.prepare(request)
        keep = min(fault.options.get("keep", len(answer.body) // 2), max(0, len(answer.body) - 1))
        await response.write(answer.body[:keep])
        self._note(channel, path, request, 200, keep, now)
        if transport is not None:
            transport.close()
        return response

    async def _huge(
        self, channel: str, path: str, request: web.BaseRequest, size: int, now: float
    ) -> web.StreamResponse:
        """Send a page that does not end for `size` bytes, and never hold it whole."""
        start = self._answer(channel, path, False).body
        response = web.StreamResponse(status=200, headers={"Content-Type": "text/html"})
        response.content_length = size
        await response.prepare(request)
        sent = 0
        try:
            while sent < size:
                piece = start[: size - sent] if not sent else b" " * min(CHUNK, size - sent)
                await response.write(piece)
                sent += len(piece)
        except ConnectionError:
            return response
        finally:
            self._note(channel, path, request, 200, sent, now)
        await response.write_eof()
        return response


def _unchanged(sent: Any, answer: Answer) -> bool:
    """Judge a conditional request as RFC 9110, 13.2.2 orders: If-None-Match before If-Modified-Since."""
    wanted = sent.get("If-None-Match")
    if wanted is not None:
        tags = [tag.strip().removeprefix("W/") for tag in wanted.split(",")]
        return bool(answer.etag) and (answer.etag in tags or wanted.strip() == "*")
    try:
        since = parsedate_to_datetime(sent.get("If-Modified-Since", ""))
    except ValueError:
        return False
    return answer.modified is not None and answer.modified <= since
