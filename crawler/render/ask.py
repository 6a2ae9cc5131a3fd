"""How a request is put to the browser. Needs neither Playwright nor a Chromium: those that ask import no more."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from crawler.sites.model import Rendering
from storage.errors import ConfigError

#: Where a request says that the browser is to answer it.
META = "newsdelta_browser"

#: Scrapy's settings for a crawl in which the browser may be asked.
SETTINGS: dict[str, Any] = {
    "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "crawler.render.handler.BrowserHandler"),
    "PLAYWRIGHT_BROWSER_TYPE": "chromium",
    "PLAYWRIGHT_PROCESS_REQUEST_HEADERS": None,
    "PLAYWRIGHT_RESTART_DISCONNECTED_BROWSER": False,
    "PLAYWRIGHT_DOWNLOAD_TIMEOUT": 2000,
}


@dataclass(frozen=True, slots=True)
class Ask:
    """How one page is to be read.

    wait_for: a selector that shows that it is there. more: that of its "more" button. depth: presses of it, or
    scrolls to the page's end. time_zone: the browser's, as pages write times in it.
    """

    wait_for: str = ""
    more: str = ""
    depth: int = 0
    time_zone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds the browser.

    tabs: pages open at a time, in all crawls of the process. page_seconds: for one page from first to last.
    answer_seconds: until its server answers. settle_seconds: until it has come to rest. context_pages: after so many
    the context is given up, and with it what driver and browser keep of its pages. life_pages, megabytes: driver and
    browser begin anew after so many pages, or when together they hold so much. idle_seconds: without a page, after
    which they end.
    """

    tabs: int = 4
    page_seconds: float = 60.0
    answer_seconds: float = 25.0
    settle_seconds: float = 10.0
    context_pages: int = 20
    life_pages: int = 500
    megabytes: float = 1200.0
    idle_seconds: float = 60.0


def browser_meta(
    rendering: Rendering | None, *, listing: bool, time_zone: str = "Asia/Shanghai"
) -> dict[str, Any]:
    """What to add to the `meta` of a request for a listing or an article of a channel; {}: it is asked for plainly.

    A listing waits for its selector only where the channel's articles are asked for plainly: the selector
    names what the pages in the browser must show.
    """
    if rendering is None or not (rendering.listings if listing else rendering.articles):
        return {}
    if not listing:
        return {META: Ask(rendering.wait_for, time_zone=time_zone)}
    wait_for = "" if rendering.articles else rendering.wait_for
    return {META: Ask(wait_for, rendering.more, rendering.depth, time_zone)}


def require_browser() -> None:
    """Raise ConfigError, with the mend, where what reads pages in a browser is not installed."""
    missing = [name for name in ("playwright", "scrapy_playwright") if find_spec(name) is None]
    if missing:
        raise ConfigError(
            "Pages that need JavaScript need parts that are not installed",
            subject=", ".join(missing),
            mend='Say: pip install "newsdelta[javascript]"',
        )
    from crawler.render.find import require_chromium

    require_chromium()
