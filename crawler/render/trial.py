"""Whether the browser works here: which it is, and one page that its script writes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from crawler.render.ask import require_browser
from crawler.render.find import Found, find_chromium
from storage.errors import ConfigError

#: Seconds that starting it and one page may take.
PATIENCE = 90.0
_PAGE = "<title>1</title><script>document.title = String(6 * 7)</script>"


@dataclass(frozen=True, slots=True)
class Trial:
    """What was found. found: None where there is no Chromium. problem: '' where it works, else what is wrong.

    sandboxed: whether Chromium runs in its sandbox, which it cannot under root.
    """

    found: Found | None
    problem: str = ""
    mend: str = ""
    sandboxed: bool = True


def try_browser() -> Trial:
    """Look for a Chromium, start it, and let it run a script. It opens no address."""
    found: Found | None = None
    try:
        found = find_chromium()
        require_browser()
        return asyncio.run(_try(found))
    except ConfigError as error:
        return Trial(
            found, f"{error.message}: {error.subject}" if error.subject else error.message, error.mend
        )


async def _try(found: Found | None) -> Trial:
    from crawler.render.browser import Browser, is_root

    browser = Browser()
    try:
        async with asyncio.timeout(PATIENCE), browser.page() as life:
            context = await life.chromium.new_context()
            page = await context.new_page()
            await page.set_content(_PAGE)
            works = await page.title() == "42"
            await context.close()
        return Trial(found, "" if works else "it does not run scripts", sandboxed=not is_root())
    except TimeoutError:
        return Trial(found, "it does not answer", "Start it by hand to see why")
    finally:
        await browser.close()
