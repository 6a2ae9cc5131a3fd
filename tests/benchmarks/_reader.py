"""A reader of many pages, in a process of its own: `python -m tests.benchmarks._reader`, its order as JSON on stdin.

The order: {"base", "token", "paths", "connections", "seconds", "rate"}; rate null: as fast as it goes. It prints
{"answers", "errors", "seconds", "p95"}, the last in milliseconds from when a request was due.
"""

import asyncio
import json
import signal
import sys
import time
from itertools import count
from typing import Any
from urllib.parse import urlsplit


class Reader:
    """Asks for the paths in turn over some connections that stay open."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._numbers = count()
        self._took: list[float] = []
        self._errors: list[str] = []
        self._begun = 0.0

    async def run(self) -> dict[str, Any]:
        """Read until the time is over, or somebody ends it by SIGTERM."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._end)
        self._begun = time.perf_counter()
        await asyncio.gather(*(self._read() for _ in range(self._order["connections"])))
        seconds = time.perf_counter() - self._begun
        took = sorted(self._took)
        return {
            "answers": len(took),
            "errors": self._errors[:10],
            "seconds": seconds,
            "p95": took[int(0.95 * len(took))] * 1000 if took else 0.0,
        }

    def _end(self) -> None:
        self._order["seconds"] = 0

    async def _read(self) -> None:
        parts = urlsplit(self._order["base"])
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        while True:
            number = next(self._numbers)
            due = self._begun + number / self._order["rate"] if self._order["rate"] else time.perf_counter()
            if due > self._begun + self._order["seconds"]:
                break
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if time.perf_counter() > self._begun + self._order["seconds"]:
                break
            path = self._order["paths"][number % len(self._order["paths"])]
            status = await self._ask(reader, writer, parts.netloc, path)
            self._took.append(time.perf_counter() - due)
            if status != 200:
                self._errors.append(f"{status} {path}")
        writer.close()

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, path: str
    ) -> int:
        token = self._order["token"]
        writer.write(f"GET {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        return int(head.split(b" ", 2)[1])


if __name__ == "__main__":
    print(json.dumps(asyncio.run(Reader(json.load(sys.stdin)).run())))
