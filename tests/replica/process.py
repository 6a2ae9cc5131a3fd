"""A replica in a process of its own, for benchmarks and the demo: `with ReplicaProcess(articles=1000) as
replica: …`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .control import CONTROL_PATH, Calls, ReplicaError

ROOT = Path(__file__).parents[2]
#: Seconds that a call may take; `truths` of many articles is the slowest.
PATIENCE = 120


class ReplicaProcess(Calls):
    """Runs `python -m tests.replica serve` and talks to it over its control address. `timeline` is a file's
    path.

    Further settings are the long options of that command: weight=40000 becomes `--weight 40000`, gzip=True
    `--gzip`.
    """

    def __init__(
        self,
        seed: int | None = None,
        articles: int | None = None,
        timeline: str | Path | None = None,
        channels: Sequence[str] | None = None,
        *,
        port: int = 0,
        speed: float | None = None,
        **settings: Any,
    ) -> None:
        options = {
            "seed": seed,
            "articles": articles,
            "timeline": timeline and Path(timeline).resolve(),
            "channels": channels and ",".join(channels),
            "port": port,
            "speed": speed or 0,
            "parent": os.getpid(),
            **settings,
        }
        self._command = [sys.executable, "-m", "tests.replica", "serve", *_spelled(options)]
        self._process: subprocess.Popen[bytes] | None = None
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._urls = {}

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise ReplicaError(f"the replica's process ended at once with status {self._process.wait()}")
        self._urls = json.loads(line)["urls"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()

    @property
    def pid(self) -> int:
        """The process's id, to measure it by."""
        assert self._process is not None
        return self._process.pid

    def _call(self, name: str, /, **arguments: Any) -> Any:
        content = json.dumps({"call": name, "with": arguments}).encode()
        request = urllib.request.Request(self.url.rstrip("/") + CONTROL_PATH, data=content, method="POST")
        try:
            with self._opener.open(request, timeout=PATIENCE) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            raise ReplicaError(json.load(error)["error"]) from error


def _spelled(options: dict[str, Any]) -> list[str]:
    words: list[str] = []
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is True:
            words.append(flag)
        elif value is not None and value is not False:
            words += [flag, str(value)]
    return words
