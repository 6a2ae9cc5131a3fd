"""A receiver of web messages: in a thread, in a process of its own, or reached from another process."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.receivers.services import DEEDS, SERVICES, Answer, Received, Request, Service, address

ROOT = Path(__file__).parents[2]
#: Seconds that tests wait for what must come.
DEADLINE = 30.0
_CONTROL = "/_control"
_HANG = 3600.0


class _Common:
    """What all receivers can do, wherever they run."""

    url: str

    def do(
        self, deed: str, *, service: str = "", times: int | None = None, seconds: float | None = None
    ) -> None:
        """Answer so from now on: to all services or one, for the next `times` requests, for `seconds`, or for good.

        accept    as the service does: checks, limits, success
        hang      take the request, answer nothing
        drop      close the connection without an answer
        vanish    accept the message, then close the connection without an answer
        fail      HTTP 503
        refuse    as the service answers to an unknown token or key
        limit     as the service answers to one message too many
        no        HTTP 200 and a code in the body that nobody documents
        html      HTTP 200 and a page, as a captive portal answers
        redirect  HTTP 302 to another address
        gone      HTTP 410
        echo      HTTP 400, and everything that the request held in the body
        """
        if deed not in DEEDS:
            raise ValueError(f"{deed!r} is none of {DEEDS}")
        self._call("do", deed=deed, service=service, times=times, seconds=seconds)

    def delay(self, seconds: float) -> None:
        """Take so long for every answer."""
        self._call("delay", seconds=seconds)

    def secure(self, service: str, *, secret: str = "", keyword: str = "") -> None:
        """Ask for a signature or a keyword."""
        self._call("secure", service=service, secret=secret, keyword=keyword)

    def clear(self) -> None:
        """Forget what came, limits, signatures and deeds: be as good as new."""
        self._call("clear")

    @property
    def requests(self) -> list[Received]:
        """All that came, in order."""
        return [Received.from_json(one) for one in self._call("requests")]

    @property
    def received(self) -> list[Received]:
        """What was accepted, in order; a message that came twice is here twice."""
        return [one for one in self.requests if one.taken]

    @property
    def keys(self) -> list[str]:
        """The idempotency keys of what was accepted."""
        return [one.key for one in self.received]

    def address(self, service: str = "webhook", **options: str) -> str:
        """The destination's address that leads here. Options: secret, keyword, rate, path (of a webhook)."""
        return address(service, self.url, **options)

    def wait_for(self, number: int, *, requests: bool = False, deadline: float = DEADLINE) -> list[Received]:
        """Return what was accepted (or asked) as soon as it is so many. Raises TimeoutError."""
        end = time.monotonic() + deadline
        while (came := self._call("count", taken=not requests)) < number:
            if time.monotonic() > end:
                raise TimeoutError(f"{came} of {number} messages came")
            time.sleep(0.02)
        return self.requests if requests else self.received

    def _call(self, name: str, **arguments: Any) -> Any:
        raise NotImplementedError


class _State:
    """What a receiver knows. Used by the server's thread and by the test's: every step under one lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._services = {name: kind() for name, kind in SERVICES.items()}
        self._requests: list[Received] = []
        self._taken = 0
        self._deeds: dict[str, tuple[str, int | None, float | None]] = {}
        self.seconds = 0.0

    def call(self, name: str, **arguments: Any) -> Any:
        with self._lock:
            return getattr(self, "_do_" + name)(**arguments)

    def _do_do(self, deed: str, service: str, times: int | None, seconds: float | None) -> None:
        until = None if seconds is None else time.monotonic() + seconds
        self._deeds[service] = (deed, times, until)

    def _do_delay(self, seconds: float) -> None:
        self.seconds = seconds

    def _do_secure(self, service: str, secret: str, keyword: str) -> None:
        self._services[service] = SERVICES[service](secret=secret, keyword=keyword)

    def _do_clear(self) -> None:
        self._services = {name: kind() for name, kind in SERVICES.items()}
        self._requests.clear()
        self._taken = 0
        self._deeds.clear()
        self.seconds = 0.0

    def _do_requests(self) -> list[dict[str, Any]]:
        return [one.as_json() for one in self._requests]

    def _do_count(self, taken: bool) -> int:
        return self._taken if taken else len(self._requests)

    def take(self, request: Request) -> tuple[str, Answer] | None:
        """Record the request and say (deed, answer); None for what belongs to no service."""
        with self._lock:
            service = next((one for one in self._services.values() if one.owns(request)), None)
            if service is None:
                return None
            deed, now = self._deed(service.name), time.monotonic()
            answer = _answer(deed, service, request, now)
            key, title, text = service.told(request)
            self._taken += answer.taken
            self._requests.append(
                Received(
                    service.name, time.time(), request.path, key, title, text, request.json(),
                    dict(request.headers), deed, answer.status, answer.taken,
                )
            )  # fmt: skip
            return deed, answer

    def _deed(self, service: str) -> str:
        """The deed that is on for a service, or for all."""
        for name in (service, ""):
            deed, times, until = self._deeds.get(name, ("accept", None, None))
            if until is not None and time.monotonic() >= until:
                del self._deeds[name]
                continue
            if times is not None:
                if times <= 0:
                    del self._deeds[name]
                    continue
                self._deeds[name] = (deed, times - 1, until)
            if name in self._deeds:
                return deed
        return "accept"


def _answer(deed: str, service: Service, request: Request, now: float) -> Answer:
    if deed in ("accept", "vanish"):
        return service.answer(request, now)
    if deed == "echo":
        held = [request.path, *request.query.values(), *request.headers.values(), request.body.decode()]
        return Answer(400, {"errcode": 400, "errmsg": " ".join(held), "code": 400, "message": " ".join(held)})
    return {"refuse": service.refused, "limit": service.limited}.get(deed, lambda: _ANSWERS[deed])()


_ANSWERS = {
    "hang": Answer(0, ""),
    "drop": Answer(0, ""),
    "fail": Answer(503, "Service Unavailable"),
    "no": Answer(200, {"errcode": 987654, "errmsg": "no", "code": 987654, "msg": "no", "ok": False}),
    "html": Answer(200, "<html><title>Log in to this network</title></html>"),
    "redirect": Answer(302, "", headers={"Location": "/elsewhere"}),
    "gone": Answer(410, "gone"),
}


class _Server:
    """The aiohttp server."""

    def __init__(self, state: _State) -> None:
        self._state = state
        self._runner: web.AppRunner | None = None

    async def start(self, port: int) -> str:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handle_signals=False)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port, reuse_address=True)
        await site.start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        hanging = asyncio.all_tasks() - {asyncio.current_task()}
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if request.path == _CONTROL:
            call = json.loads(body)
            return web.json_response({"value": self._state.call(call["call"], **call["with"])})
        headers = {name.lower(): value for name, value in request.headers.items()}
        if self._state.seconds:
            await asyncio.sleep(self._state.seconds)
        found = self._state.take(Request(request.path, dict(request.query), headers, body))
        if found is None:
            return web.Response(status=404, text="nothing here")
        deed, answer = found
        if deed == "hang":
            await asyncio.sleep(_HANG)
        if deed in ("drop", "vanish") and request.transport is not None:
            request.transport.abort()
        kind = "text/plain" if isinstance(answer.body, str) else "application/json"
        return web.Response(
            status=answer.status or 200, body=answer.content, content_type=kind, headers=dict(answer.headers)
        )


class Receiver(_Common):
    """A receiver in a thread of this process."""

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self._state = _State()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="receiver")
        self._server = _Server(self._state)

    def start(self) -> Self:
        self._thread.start()
        self.url = asyncio.run_coroutine_threadsafe(self._server.start(self._port), self._loop).result(
            DEADLINE
        )
        return self

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._server.stop(), self._loop).result(DEADLINE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE)
        self._loop.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _call(self, name: str, **arguments: Any) -> Any:
        return self._state.call(name, **arguments)


class RemoteReceiver(_Common):
    """A receiver that runs in another process, reached by its address."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def _call(self, name: str, **arguments: Any) -> Any:
        content = json.dumps({"call": name, "with": arguments}).encode()
        request = urllib.request.Request(self.url + _CONTROL, data=content, method="POST")
        with self._opener.open(request, timeout=DEADLINE) as response:
            return json.load(response)["value"]


class ReceiverProcess(RemoteReceiver):
    """A receiver in a process of its own (`python -m tests.receivers`), which ends when this one does."""

    def __init__(self, port: int = 0) -> None:
        super().__init__("")
        self._command = [
            sys.executable,
            "-m",
            "tests.receivers",
            "--port",
            str(port),
            "--parent",
            str(os.getpid()),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the receiver's process ended at once with status {self._process.wait()}")
        self.url = json.loads(line)["url"]
        return self

    def stop(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def serve(port: int, parent: int | None, said: Mapping[str, Any] | None = None) -> None:
    """Run until the parent is gone: print {"url": …} once it listens."""
    with Receiver(port) as receiver:
        print(json.dumps({"url": receiver.url, **(said or {})}), flush=True)
        while parent is None or os.getppid() == parent:
            time.sleep(0.5)
