"""A server that speaks no HTTP of its own: it sends the bytes that a case names, as slowly and as wrongly as it says.

    server = Hostile({"/a/1.html": Served((b"HTTP/1.1 200 OK\r\n\r\n", Pause(2), b"…"), ending="reset")})
    address = await server.start()

It knows nothing of the product, and needs nothing but asyncio.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

#: Bytes of a request's head that are read.
HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Pause:
    """Seconds of silence."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Again:
    """The same bytes so many times, so many seconds apart."""

    piece: bytes
    times: int
    apart: float = 0.0


Piece = bytes | Pause | Again


@dataclass(frozen=True, slots=True)
class Served:
    """What is sent for one address, and how the connection ends: "close", "reset", or "silent": not at all."""

    pieces: tuple[Piece, ...]
    ending: str = "close"


Answer = Served | list[Served] | Callable[[str], Served]


class Hostile:
    """Listens on 127.0.0.1. `asked` counts the requests by address; `connections` all that came, also without one.

    `answers`: address → what is sent, or a list of what is sent in turn, the last of them again and again, or a
    function of the address; "*" is for all others. A request whose head holds `same` (in lower case) is answered 304.
    """

    def __init__(self, answers: Mapping[str, Answer], tls: ssl.SSLContext | None = None) -> None:
        self.answers = dict(answers)
        self.asked: Counter[str] = Counter()
        self.connections = 0
        self.port = 0
        self.same = b""
        self._tls = tls
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Listen; return the address, with a slash at its end."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=HEAD, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}/"

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(OSError, ValueError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode("latin-1")
            served = NOT_MODIFIED if self.same and self.same in head.lower() else self._answer(path)
            await _send(served, writer)
            if served.ending == "silent":
                await reader.read()
            elif served.ending == "reset":
                _reset(writer)
        writer.close()

    def _answer(self, path: str) -> Served:
        self.asked[path] += 1
        found = self.answers.get(path) or self.answers.get("*") or NOT_FOUND
        if callable(found):
            return found(path)
        return found[min(self.asked[path], len(found)) - 1] if isinstance(found, list) else found


async def _send(served: Served, writer: asyncio.StreamWriter) -> None:
    for piece in served.pieces:
        if isinstance(piece, Pause):
            await asyncio.sleep(piece.seconds)
            continue
        again = Again(piece, 1) if isinstance(piece, bytes) else piece
        for _ in range(again.times):
            writer.write(again.piece)
            await writer.drain()
            if again.apart:
                await asyncio.sleep(again.apart)


def _reset(writer: asyncio.StreamWriter) -> None:
    """End the connection by RST, where a close would send FIN."""
    found = writer.get_extra_info("socket")
    if found is not None:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def answer(
    body: bytes = b"",
    *headers: str,
    status: str = "200 OK",
    kind: str = "text/html; charset=utf-8",
    length: int | None = -1,
) -> bytes:
    """An HTTP/1.1 answer. `length`: what Content-Length says; -1: the truth, None: nothing."""
    lines = [
        f"HTTP/1.1 {status}",
        *([f"Content-Type: {kind}"] if kind else []),
        *headers,
        "Connection: close",
    ]
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length < 0 else length}")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def served(
    body: bytes = b"", *headers: str, status: str = "200 OK", kind: str = "text/html; charset=utf-8"
) -> Served:
    """An answer without tricks."""
    return Served((answer(body, *headers, status=status, kind=kind),))


NOT_FOUND = served(b"<html><title>404</title></html>", status="404 Not Found")
NOT_MODIFIED = served(status="304 Not Modified")
