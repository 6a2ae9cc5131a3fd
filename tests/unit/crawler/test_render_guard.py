"""The proxy that guards the browser: what it lets through, and that it looks at each request by itself."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from crawler.render.guard import Guard


@asynccontextmanager
async def far_server(answer: bytes):
    """A server that keeps its connections open whatever it is told; what it was asked."""
    asked: list[bytes] = []

    async def serve(reader, writer):
        while head := await reader.readuntil(b"\r\n\r\n"):
            asked.append(head)
            writer.write(answer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1], asked
    server.close()


async def said(proxy: str, words: bytes, last: bytes = b"never said") -> bytes:
    """What the proxy answers until it closes the connection, or has said its last words."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.rsplit(":", 1)[1]))
    writer.write(words)
    found = b""
    async with asyncio.timeout(60):
        while not found.endswith(last) and (piece := await reader.read(1000)):
            found += piece
    writer.close()
    return found


def guarded(work, *, allow_private):
    """Run work(guard, proxy) beside a guard."""

    async def run():
        guard = Guard(allow_private=allow_private)
        proxy = await guard.start()
        try:
            return await work(guard, proxy)
        finally:
            await guard.close()

    return asyncio.run(run())


@pytest.fixture(autouse=True)
def _no_other_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok"


def test_a_request_goes_to_its_server_with_its_path_alone_and_the_connection_ends_with_it():
    async def work(guard, proxy):
        async with far_server(ANSWER) as (port, asked):
            words = (
                f"GET http://127.0.0.1:{port}/a?b HTTP/1.1\r\nHost: x\r\nProxy-Connection: keep-alive\r\n\r\n"
            )
            found = await said(proxy, words.encode(), b"ok")
            return found, asked

    found, asked = guarded(work, allow_private=True)
    assert found == b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
    assert asked == [b"GET /a?b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"]


def test_a_tunnel_passes_bytes_both_ways():
    async def work(guard, proxy):
        async with far_server(b"hello") as (port, asked):
            words = f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n"
            return await said(proxy, words.encode(), b"hello"), asked

    found, asked = guarded(work, allow_private=True)
    assert found == b"HTTP/1.1 200 Connected\r\n\r\nhello"
    assert asked == [b"GET / HTTP/1.1\r\n\r\n"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.1", "169.254.169.254", "10.0.0.1"])
@pytest.mark.parametrize("words", ["GET http://{}:{}/ HTTP/1.1\r\n\r\n", "CONNECT {}:{} HTTP/1.1\r\n\r\n"])
def test_private_addresses_are_refused_without_a_word_however_they_are_written(host, words):
    async def work(guard, proxy):
        async with far_server(ANSWER) as (port, asked):
            return await said(proxy, words.format(host, port).encode()), asked, guard.refused

    found, asked, refused = guarded(work, allow_private=False)
    assert (found, asked) == (b"", [])
    assert list(refused) == [host.strip("[]")]


@pytest.mark.parametrize(
    "words", [b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"CONNECT :: HTTP/1.1\r\n\r\n"]
)
def test_nonsense_is_answered_with_silence(words):
    async def work(guard, proxy):
        return await said(proxy, words)

    assert guarded(work, allow_private=False) == b""
