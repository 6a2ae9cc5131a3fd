"""The peer of `rendering`: a bare Playwright loop, one context, so many pages at a time.

python -m tests.benchmarks._bare_browser HOME FIRST LAST TABS   prints {"pages", "seconds", "cpu"}
"""

import asyncio
import json
import os
import sys
import time
from contextlib import suppress

import psutil
from playwright.async_api import async_playwright

from crawler.render.browser import FLAGS, is_root
from crawler.render.find import require_chromium


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and of all below it, those that have ended among them."""
    total = 0.0
    with suppress(psutil.Error):
        for process in (whole := psutil.Process(pid), *whole.children(recursive=True)):
            with suppress(psutil.Error):
                total += sum(process.cpu_times()[:4])
    return total


async def work(home: str, first: int, last: int, tabs: int) -> None:
    """Read the articles from first to last."""
    numbers = iter(range(first, last + 1))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=require_chromium().path, args=list(FLAGS), chromium_sandbox=not is_root()
        )
        context = await browser.new_context()

        async def tab() -> None:
            for number in numbers:
                page = await context.new_page()
                await page.goto(f"{home}news/{number}.html", wait_until="domcontentloaded")
                await page.wait_for_selector("div.text", state="attached")
                assert "本报讯" in await page.content()
                await page.close()

        started, begun = time.monotonic(), cpu_of(os.getpid())
        await asyncio.gather(*(tab() for _ in range(tabs)))
        seconds = time.monotonic() - started
        cpu = cpu_of(os.getpid()) - begun
        await browser.close()
    print(json.dumps({"pages": last - first + 1, "seconds": seconds, "cpu": cpu}))


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], *map(int, sys.argv[2:])))
