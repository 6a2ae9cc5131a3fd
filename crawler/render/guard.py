"""The proxy through which the browser reaches the net: whatever a page asks for, and wherever it is sent on to,
passes the same guard as a plain request.

A browser follows redirects by itself, resolves names by itself, and opens sockets that no interception shows. So it
is given no other way out than this proxy, which resolves each name itself and connects to the very address that it
judged. The tunnels of https stay closed to it: it sees hosts, never pages.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import urllib.request
from urllib.parse import SplitResult, unquote, urlsplit

from crawler.addresses import addresses_of, first_private

#: Bytes of a head, and of one piece that is passed on.
HEAD, PIECE = 64 * 1024, 64 * 1024
#: Seconds to reach a server.
PATIENCE = 20.0
_OWN = frozenset({b"connection", b"proxy-connection", b"proxy-authorization", b"keep-alive"})


class Refused(Exception):
    """The browser asked for what must not be visited, or cannot be reached."""


class Guard:
    """A proxy on this machine's own address. `refused`: host → the private address that it stands for."""

    def __init__(self, *, allow_private: bool) -> None:
        self.refused: dict[str, str] = {}
        self._allow_private = allow_private
        self._server: asyncio.Server | None = None

    @staticmethod
    def is_needed(*, allow_private: bool) -> bool:
        """Whether the browser must not be let out by itself: there is something to refuse, or a proxy to go through."""
        return not allow_private or bool(urllib.request.getproxies())

    async def start(self) -> str:
        """Begin to listen; return the proxy's address."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=HEAD)
        port = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def close(self) -> None:
        """Stop listening; what is under way ends with the browser."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection: one request, or one tunnel. A refusal is a closed connection."""
        with contextlib.suppress(OSError, Refused, TimeoutError, ValueError, asyncio.IncompleteReadError):
            try:
                first, rest = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n", 1)
                method, target, _ = first.split(b" ", 2)
                if method == b"CONNECT":
                    await self._tunnel(target.decode("ascii"), reader, writer)
                else:
                    await self._request(method, target.decode("ascii"), rest, reader, writer)
            finally:
                writer.close()

    async def _tunnel(self, target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        goal = urlsplit(f"//{target}")
        host, port = goal.hostname or "", goal.port or 443
        proxy = _upstream("https", host)
        far_reader, far_writer = await self._reach(host, port, proxy)
        try:
            if proxy is not None:
                far_writer.write(
                    f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n".encode() + _login(proxy) + b"\r\n"
                )
                answer = await far_reader.readuntil(b"\r\n\r\n")
                if answer.split(b" ", 2)[1] != b"200":
                    raise Refused(target)
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))
        finally:
            far_writer.close()

    async def _request(
        self,
        method: bytes,
        target: str,
        rest: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        goal = urlsplit(target)
        host = goal.hostname or ""
        proxy = _upstream("http", host)
        far_reader, far_writer = await self._reach(host, goal.port or 80, proxy)
        path = target if proxy else (goal.path or "/") + (f"?{goal.query}" if goal.query else "")
        login = _login(proxy) if proxy else b""
        far_writer.write(b"%b %b HTTP/1.1\r\n%b%b" % (method, path.encode(), login, _once(rest)))
        sending = asyncio.ensure_future(_pass_on(reader, far_writer))
        try:
            await _answer(far_reader, writer)
        finally:
            sending.cancel()
            far_writer.close()

    async def _reach(
        self, host: str, port: int, proxy: SplitResult | None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to a host, or to the proxy for it. Raises Refused where its name stands for a private address."""
        addresses = await addresses_of(host)
        if not self._allow_private and (private := first_private(addresses)):
            self.refused[host] = private
            raise Refused(host)
        if proxy is not None:
            goal, port = proxy.hostname or "", proxy.port or 80
        elif addresses:
            goal = addresses[0]
        else:
            raise Refused(host)
        async with asyncio.timeout(PATIENCE):
            return await asyncio.open_connection(goal, port, limit=HEAD)


def _upstream(scheme: str, host: str) -> SplitResult | None:
    """The proxy that the environment names for a host."""
    address = urllib.request.getproxies().get(scheme)
    if not address or urllib.request.proxy_bypass(host):
        return None
    return urlsplit(address if "//" in address else f"//{address}")


def _login(proxy: SplitResult) -> bytes:
    """The header line that opens a proxy with a password."""
    if not proxy.username:
        return b""
    words = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
    return b"Proxy-Authorization: Basic " + base64.b64encode(words) + b"\r\n"


def _once(head: bytes) -> bytes:
    """The header lines of a message after which the connection is closed: the next one may be for another host."""
    lines = [line for line in head.split(b"\r\n") if line and line.split(b":", 1)[0].lower() not in _OWN]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])


async def _answer(far: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass an answer on, its head with the word that the connection is closed after it."""
    while True:
        first, rest = (await far.readuntil(b"\r\n\r\n")).split(b"\r\n", 1)
        writer.write(first + b"\r\n" + _once(rest))
        if not first.split(b" ", 2)[1].startswith(b"1"):  # 100 Continue, 103 Early Hints: the answer follows
            break
    await _pass_on(far, writer)


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Copy bytes until the source ends, then let the target end, too."""
    try:
        while piece := await source.read(PIECE):
            target.write(piece)
            await target.drain()
    finally:
        target.close()
