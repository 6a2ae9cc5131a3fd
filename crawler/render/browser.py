"""The one browser of a process: started when a page needs it, renewed before it grows, killed where it hangs.

A *life* is one run of Playwright's driver (a node process) and of the Chromium below it. Pages of all crawls of the
process are read in the same life; when it is worn out, the next page waits until those in hand are done, and a new
one begins.

Nothing outlives us, not even after `kill -9`: the driver ends when the pipe to us breaks, and Chromium when the
pipe to the driver does.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from typing import Any

import psutil
from playwright.async_api import Browser as Chromium
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Playwright, async_playwright

from crawler.render.ask import Limits
from crawler.render.find import Found, require_chromium
from crawler.render.guard import Guard
from storage.errors import ConfigError

FLAGS = (
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-pings",
    "--mute-audio",
    "--disable-remote-fonts",
    "--blink-settings=imagesEnabled=false",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
#: Seconds that a life may take to begin, to end in good order, and to show that it is well.
START, END, WELL = 60.0, 10.0, 10.0


class Life:
    """One run of driver and Chromium."""

    def __init__(
        self, number: int, playwright: Playwright, chromium: Chromium, guard: Guard | None, driver: int
    ):
        self.number = number
        self.chromium = chromium
        self.guard = guard
        self.driver = driver  # its process id
        self.pages = 0  # begun in it
        self.open = 0
        self.broken = False
        self._playwright = playwright
        self._nobody = asyncio.Event()
        self._nobody.set()

    @classmethod
    async def begin(cls, number: int, found: Found, *, allow_private: bool) -> Life:
        """Start driver and Chromium. Raises ConfigError where Chromium does not start."""
        before = _drivers()
        async with asyncio.timeout(START):
            playwright = await async_playwright().start()
        driver = next(iter(_drivers() - before), 0)
        guard = Guard(allow_private=allow_private) if Guard.is_needed(allow_private=allow_private) else None
        try:
            chromium = await playwright.chromium.launch(**await launch_options(found, guard))
        except PlaywrightError as error:
            if guard:
                await guard.close()
            await _end_driver(playwright, driver)
            raise _not_started(found, error) from error
        return cls(number, playwright, chromium, guard, driver)

    def entered(self) -> None:
        """A page begins."""
        self.pages += 1
        self.open += 1
        self._nobody.clear()

    def left(self) -> None:
        """A page is done."""
        self.open -= 1
        if not self.open:
            self._nobody.set()

    def is_worn(self, limits: Limits) -> bool:
        """Whether a new life is to begin before the next page."""
        if self.broken or not self.chromium.is_connected() or self.pages >= limits.life_pages:
            return True
        due = self.pages and self.pages % limits.context_pages == 0
        return bool(due) and self.megabytes() > limits.megabytes

    async def is_well(self) -> bool:
        """Whether the browser still answers."""
        try:
            async with asyncio.timeout(WELL):
                context = await self.chromium.new_context()
                await context.close()
        except (PlaywrightError, TimeoutError, Exception):
            return False
        return True

    def megabytes(self) -> float:
        """What driver and browser hold, pages that they share counted once (PSS, where the system tells)."""
        return sum(map(_held, self.processes())) / 2**20

    def processes(self) -> list[psutil.Process]:
        """The driver and all below it, as far as they live."""
        try:
            driver = psutil.Process(self.driver)
            return [driver, *driver.children(recursive=True)]
        except (psutil.Error, ValueError):
            return []

    def kill(self) -> None:
        """End all at once; pages in hand fail."""
        self.broken = True
        _kill(self.processes())

    async def end(self) -> None:
        """Wait for the pages in hand, then end driver and browser: in good order where they can, else at once."""
        await self._nobody.wait()
        processes = self.processes()
        if not self.broken:
            with contextlib.suppress(TimeoutError, Exception):
                async with asyncio.timeout(END):
                    await self.chromium.close()
        with contextlib.suppress(TimeoutError, Exception):
            async with asyncio.timeout(END):
                await self._playwright.stop()
        _kill(processes)
        if self.guard is not None:
            await self.guard.close()


class Browser:
    """The browser of a process. Made without cost: nothing starts before the first page."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        allow_private_addresses: bool = False,
        find: Callable[[], Found] = require_chromium,
    ) -> None:
        self.limits = limits or Limits()
        self.lives = 0
        self.life: Life | None = None
        self._allow_private = allow_private_addresses
        self._find = find
        self._turn = asyncio.Lock()
        self._tabs = asyncio.Semaphore(self.limits.tabs)
        self._resting: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def page(self) -> AsyncIterator[Life]:
        """Room for one page in a browser that is well. Raises ConfigError where there is none to be had."""
        async with self._tabs:
            life = await self._enter()
            try:
                yield life
            finally:
                life.left()
                self._rest()

    async def close(self) -> None:
        """Wait for the pages in hand, and end the browser."""
        if self._resting is not None:
            self._resting.cancel()
        async with self._turn:
            life, self.life = self.life, None
            if life is not None:
                await life.end()

    async def _enter(self) -> Life:
        async with self._turn:
            if self.life is not None and self.life.is_worn(self.limits):
                worn, self.life = self.life, None
                await worn.end()
            if self.life is None:
                self.lives += 1
                self.life = await Life.begin(self.lives, self._find(), allow_private=self._allow_private)
            self.life.entered()
            return self.life

    def _rest(self) -> None:
        """See to it that a browser nobody needs ends after a while."""
        if self._resting is not None:
            self._resting.cancel()
        loop = asyncio.get_running_loop()
        self._resting = loop.call_later(self.limits.idle_seconds, self._end_idle)

    def _end_idle(self) -> None:
        self._ending = asyncio.ensure_future(self._end_if_idle())

    async def _end_if_idle(self) -> None:
        async with self._turn:
            if self.life is not None and not self.life.open:
                life, self.life = self.life, None
                await life.end()


async def launch_options(found: Found, guard: Guard | None) -> dict[str, Any]:
    """How Chromium is started. Its sandbox is left out only for root, for whom Chromium has none."""
    options: dict[str, Any] = {
        "executable_path": found.path,
        "args": list(FLAGS),
        "chromium_sandbox": not is_root(),
        "handle_sigint": False,  # the pages in hand are finished first
        "handle_sigterm": False,
        "handle_sighup": False,
        "timeout": START * 1000,
    }
    if guard is not None:
        options["proxy"] = {"server": await guard.start()}
    return options


def is_root() -> bool:
    """Whether we are the superuser, under whom Chromium starts without its sandbox only."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _not_started(found: Found, error: PlaywrightError) -> ConfigError:
    said = error.message.split("Call log:")[0].strip().splitlines()
    first = next((line for line in said if "error" in line.lower()), said[0] if said else "")
    mend = "Say: newsdelta doctor"
    if "sandbox" in error.message.lower() and not is_root():
        mend = "Its sandbox needs user namespaces: allow them (sysctl kernel.unprivileged_userns_clone=1)"
    return ConfigError(f"Chromium does not start ({first.strip()})", subject=found.path, mend=mend)


async def _end_driver(playwright: Playwright, driver: int) -> None:
    with contextlib.suppress(TimeoutError, Exception):
        async with asyncio.timeout(END):
            await playwright.stop()
    with contextlib.suppress(psutil.Error):
        if driver:
            psutil.Process(driver).kill()


def _drivers() -> set[int]:
    """The process ids of Playwright's drivers below us."""
    found = set()
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if "run-driver" in child.cmdline():
                found.add(child.pid)
    return found


def _held(process: psutil.Process) -> int:
    """Bytes that a process holds."""
    try:
        memory = process.memory_full_info()
        return int(getattr(memory, "pss", 0) or memory.rss)
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()  # psutil sees to it that the number was not given to another process
